"""What changes accounts and personal links. Signing in by password is allauth's."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F

from fengcai.apps.people.events import Kind
from fengcai.apps.people.log import note
from fengcai.apps.people.models import PersonalLink, User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable

WEAK = {
    "password_too_short": "至少要 10 位",
    "password_too_common": "太常见，容易被猜到",
    "password_entirely_numeric": "不能全是数字",
}
LINK_LIFE = timedelta(days=45)
LONGEST_LINK_LIFE = timedelta(days=180)


@transaction.atomic
def create_account(
    *,
    username: str,
    name: str,
    password: str | None = None,
    phone: str = "",
    administrator: bool = False,
) -> User:
    """Make an account; without a password it can only come in by a personal link.

    An `administrator` looks after the installation; what happens inside a contest is not theirs.

    Raises `Refused` when the username is taken, the password too weak, or a text no text.
    """
    user = User(username=storable(username), name=storable(name), phone=storable(phone))
    user.is_staff = administrator
    if password is None:
        user.set_unusable_password()
    else:
        check_password_strength(password, user)
        user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused(
            f"账号“{username}”已存在，请换一个账号名。", fields={"username": "已存在"}
        ) from None
    return user


def check_password_strength(password: str, user: User) -> None:
    """Raises `Refused` with what is weak about it, in Chinese."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        faults = (WEAK.get(each.code or "", "太容易猜到") for each in error.error_list)
        text = "；".join(dict.fromkeys(faults))
        raise Refused(f"密码不合要求：{text}。", fields={"password": text}) from None


@transaction.atomic
def issue_personal_link(
    *, user: User, by: User | None, at: datetime, life: timedelta = LINK_LIFE
) -> str:
    """Make a new link for `user` and revoke the ones before it. Returns the token, shown once."""
    if not timedelta(0) < life <= LONGEST_LINK_LIFE:
        raise Refused(f"个人链接的有效期须在 1 至 {LONGEST_LINK_LIFE.days} 天之间。")
    # Of two links issued at once, the later one finds the earlier and revokes it.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    revoke_personal_links(user=user, at=at)
    token = secrets.token_urlsafe(24)
    PersonalLink.objects.create(
        user=user, digest=_digest(token), created_at=at, expires_at=at + life, created_by=by
    )
    return token


@transaction.atomic
def revoke_personal_links(*, user: User, at: datetime) -> int:
    """Close every open link of `user` and, where links are the only way in, the sessions that
    they opened (the session's hash hangs on the password field); returns how many were open."""
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return PersonalLink.objects.filter(user=user, revoked_at=None).update(revoked_at=at)


@transaction.atomic
def redeem_personal_link(*, token: str, at: datetime) -> User:
    """The owner of a link that is still alive; counts the use. Raises `Refused` otherwise."""
    link = PersonalLink.objects.select_related("user").filter(digest=_digest(token)).first()
    if link is None or not link.alive(at) or not link.user.is_active:
        raise Refused("这个个人链接无效或已过期。请联系活动主办方重新获取；已保存的作品不受影响。")
    PersonalLink.objects.filter(pk=link.pk).update(uses=F("uses") + 1, last_used_at=at)
    return link.user


@transaction.atomic
def set_email(*, user: User, email: str, at: datetime, address: str = "", device: str = "") -> None:
    """Give `user` the address that its holder has confirmed. Raises `Refused` for what is none."""
    email = storable(email).strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("邮箱的写法不对，没有改动。", fields={"email": "写法不对"}) from None
    User.objects.filter(pk=user.pk).update(email=email)
    note(user, Kind.EMAIL_PROVED, at=at, address=address, device=device, detail=_masked(email))


def _masked(email: str) -> str:
    name, _, host = email.rpartition("@")
    return f"{name[:2]}…@{host}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
