"""Codes to telephone numbers, and the accounts that a proved number opens.

Sending is not done here: messages stand above this context. Whether a number is known to anybody is
never told before the code has been entered.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from fengcai.apps.people.events import Kind
from fengcai.apps.people.log import note
from fengcai.apps.people.models import PhoneCode, User, VerifiedPhone
from fengcai.apps.people.phones.numbers import masked, mobile, mobiles_in
from fengcai.apps.refusals import Refused

LIFE = timedelta(minutes=5)
MOST_TRIES = 5
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# What carriers allow for codes is 1 a minute, 5 an hour, 10 a day for one number. A whole hospital may
# share one address, a browser should not serve many people.
LIMITS: dict[str, tuple[tuple[timedelta, int], ...]] = {
    "number": ((MINUTE, 1), (HOUR, 5), (DAY, 10)),
    "device": ((HOUR, 8), (DAY, 20)),
    "address": ((HOUR, 200), (DAY, 600)),
}
WAIT = {
    MINUTE: "验证码刚刚发过，请过一分钟再要；先看看短信有没有到。",
    HOUR: "这一小时要的验证码太多了，请过一会儿再试，或换一种方式登录。",
    DAY: "今天要的验证码太多了，请明天再试，或换一种方式登录。",
}
NO_MOBILE = "请填 11 位的手机号。"


class TooMany(Refused):
    """A limit is reached; `message` says how long to wait."""

    status = 429
    code = "too-many-codes"


@transaction.atomic
def new_code(*, number: str, address: str, device: str, at: datetime) -> str:
    """Six digits for `number`, to be sent to it and kept nowhere; codes before it are void.

    `address` and `device` (a cookie's random text) are counted by. Raises `Refused` for what is no
    mobile number and `TooMany` at a limit, whoever the number belongs to. 5 to 8 SQL.
    """
    number = mobile(number)
    if not number:
        raise Refused(NO_MOBILE, fields={"number": NO_MOBILE})
    whose = {
        "number": _digest("number", number),
        "address": _digest("address", address),
        "device": _digest("device", device),
    }
    for name, limits in LIMITS.items():
        _require_room(name, whose[name], limits, at)
    PhoneCode.objects.filter(number=whose["number"], used_at=None, expires_at__gt=at).update(
        expires_at=at
    )
    code = f"{secrets.randbelow(10**6):06}"
    try:
        with transaction.atomic():
            PhoneCode.objects.create(
                **whose,
                digest=_digest(f"code:{number}", code),
                minute=int(at.timestamp() // 60),
                created_at=at,
                expires_at=at + LIFE,
            )
    except IntegrityError:  # another request of the same minute came first
        raise TooMany(WAIT[MINUTE]) from None
    return code


def _require_room(
    name: str, digest: str, limits: Sequence[tuple[timedelta, int]], at: datetime
) -> None:
    longest = limits[-1][0]
    times = list(
        PhoneCode.objects.filter(**{name: digest}, created_at__gt=at - longest)
        .order_by("-created_at")
        .values_list("created_at", flat=True)[: limits[-1][1]]
    )
    for length, most in limits:
        if sum(each > at - length for each in times) >= most:
            raise TooMany(WAIT[length])


def prove(*, number: str, code: str, at: datetime) -> bool:
    """Whether `code` was sent to `number` in the last five minutes. A right one is used up, a wrong
    one counts: after five the code is void. Each of two at once is one try. At most 3 SQL."""
    number, code = mobile(number), code.strip()
    row = (
        PhoneCode.objects.filter(number=_digest("number", number), used_at=None, expires_at__gt=at)
        .order_by("-created_at")
        .first()
    )
    if row is None:
        # The same work as with a row: how long it takes must not tell whether a code is waiting.
        constant_time_compare(_digest(f"code:{number}", code), "0" * 64)
        return False
    # The try is counted before it is judged, and is on record whatever happens after.
    tried = PhoneCode.objects.filter(pk=row.pk, used_at=None, tries__lt=MOST_TRIES).update(
        tries=F("tries") + 1
    )
    right = constant_time_compare(_digest(f"code:{number}", code), row.digest)
    if not (tried and right):
        return False
    return bool(PhoneCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at))


def accounts_of(number: str) -> list[User]:
    """The active accounts that the holder of `number` may open, by name: those for which it was proved,
    and the one for which it stands in a roster if it is one only. 2 SQL.

    Nobody who has a password or looks after the installation is found by a roster, which an officer
    of any contest writes: they prove their number themselves, from inside.
    """
    proved = [
        row.user
        for row in VerifiedPhone.objects.filter(number=number, user__is_active=True)
        .select_related("user")
        .order_by("user__name", "pk")
    ]
    listed = [
        user
        for user in User.objects.filter(
            phone__contains=number[-4:], is_active=True, is_staff=False, is_superuser=False,
            verified_phone=None,
        ).order_by("pk")
        if number in mobiles_in(user.phone) and not user.has_usable_password()
    ]  # fmt: skip
    return proved + (listed if len(listed) == 1 else [])


@transaction.atomic
def verify_phone(
    *, user: User, number: str, at: datetime, address: str = "", device: str = ""
) -> None:
    """Keep that `user` has proved `number`; the one before it is forgotten. Does nothing when it is
    the same."""
    number = mobile(number)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row = VerifiedPhone.objects.filter(user=user).first()
    if row is not None and row.number == number:
        return
    VerifiedPhone.objects.update_or_create(
        user=user, defaults={"number": number, "verified_at": at}
    )
    note(user, Kind.PHONE_PROVED, at=at, address=address, device=device, detail=masked(number))


@transaction.atomic
def remove_phone(*, user: User, at: datetime, address: str = "", device: str = "") -> bool:
    """Forget the proved number of `user`; False when there was none. The roster's stays: it is the
    office's."""
    row = VerifiedPhone.objects.filter(user=user).first()
    if row is None:
        return False
    row.delete()
    note(user, Kind.PHONE_REMOVED, at=at, address=address, device=device, detail=masked(row.number))
    return True


def phone_of(user: User) -> str:
    """The number that `user` has proved, masked; empty when there is none. 1 SQL."""
    row = VerifiedPhone.objects.filter(user=user).first()
    return masked(row.number) if row else ""


def purge_codes(at: datetime) -> int:
    """Delete the codes that no longer count for any limit; returns how many."""
    gone, _ = PhoneCode.objects.filter(created_at__lte=at - DAY).delete()
    return gone


def _digest(salt: str, value: str) -> str:
    """Keyed with the installation's secret: six digits and eleven are soon tried out otherwise."""
    return salted_hmac(f"fengcai.phones.{salt}", value, algorithm="sha256").hexdigest()
