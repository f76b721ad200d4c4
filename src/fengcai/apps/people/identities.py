"""Which account an identity of another system opens: tied once, by the owner or the office, never by an
e-mail address or a name that people read.

One row for each subject that a provider may name; of WeChat, which knows one person by several, one for
each openid and one for the unionid that joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from fengcai.apps.people.events import Kind
from fengcai.apps.people.log import note
from fengcai.apps.people.models import PersonalLink, User, VerifiedPhone
from fengcai.apps.refusals import Refused
from fengcai.engines.identity import Identity

OIDC = "oidc"
JOINT = "-joint"
"""After a provider's name: the rows whose subject is a `joint` name."""

NAMES = {
    "oidc": "统一认证",
    "wechat": "微信",
    "wecom": "企业微信",
    "cas": "统一身份认证",
    "ldap": "单位账号",
}


@dataclass(frozen=True)
class Tie:
    """One provider by which an account is opened."""

    provider: str
    since: datetime


def account_for(identity: Identity) -> User | None:
    """The active account that `identity` is tied to; another openid of a known unionid is tied as well.
    None for an identity of a page that is only looked at. At most 3 SQL."""
    if identity.passing:
        return None
    found = _row(identity.provider, identity.subject)
    if found is None and identity.joint:
        found = _row(identity.provider + JOINT, identity.joint)
        if found is not None and found.user.is_active:
            _add(found.user, identity.provider, identity.subject)
    return found.user if found is not None and found.user.is_active else None


def account_of_this_name(identity: Identity) -> User | None:
    """The active account whose name is exactly what is typed at the provider, if nobody of that
    provider is tied to it yet; an administrator's never. For installations that say so. 1 SQL."""
    if not identity.login or identity.passing:
        return None
    return (
        User.objects.filter(
            username=identity.login, is_active=True, is_staff=False, is_superuser=False
        )
        .exclude(pk__in=SocialAccount.objects.filter(provider=identity.provider).values("user"))
        .first()
    )


@transaction.atomic
def tie(
    *, user: User, identity: Identity, at: datetime, address: str = "", device: str = ""
) -> bool:
    """Let `identity` open the account of `user`; False when it does already.

    Raises `Refused` when it opens another account, when another identity of the provider is tied to
    this one, or when it is no real person's.
    """
    name = NAMES[identity.provider]
    if identity.passing:
        raise Refused(
            f"这是{name}的预览页，不能确认是您本人，没有绑定。请点右下角“使用完整服务”再试。"
        )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    taken = _row(identity.provider, identity.subject) or (
        _row(identity.provider + JOINT, identity.joint) if identity.joint else None
    )
    if taken is not None and taken.user_id != user.pk:
        raise Refused(
            f"这个{name}已绑定在另一个账号上，没有改动。要换绑，请先用那个账号登录并解除。"
        )
    mine = SocialAccount.objects.filter(provider=identity.provider, user=user)
    # A service account and a website give two openids; each may be tied once.
    family = identity.subject.partition(":")[0] + ":" if identity.provider == "wechat" else ""
    other = mine.filter(uid__startswith=family).exclude(uid=identity.subject).exists()
    joint = SocialAccount.objects.filter(provider=identity.provider + JOINT, user=user).first()
    if other or (joint is not None and identity.joint and joint.uid != identity.joint):
        raise Refused(f"您的账号已绑定另一个{name}，请先解除再绑定这一个。")
    new = _add(user, identity.provider, identity.subject)
    if identity.joint:
        _add(user, identity.provider + JOINT, identity.joint)
    if new:
        note(user, Kind.LINKED, at=at, address=address, device=device, detail=name)
    return new


@transaction.atomic
def untie(*, user: User, provider: str, at: datetime, address: str = "", device: str = "") -> bool:
    """Let no identity of `provider` open the account any more; False when none did. Raises `Refused`
    when there would be no way in left."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows = SocialAccount.objects.filter(user=user, provider__in=(provider, provider + JOINT))
    if not rows.exists():
        return False
    if not _another_way(user, provider, at):
        raise Refused("这是您唯一的登录方式，不能解除。请先验证手机号或添加通行密钥，再解除。")
    rows.delete()
    note(
        user, Kind.UNLINKED, at=at, address=address, device=device,
        detail=NAMES.get(provider, provider),
    )  # fmt: skip
    return True


def forget_ties(user: User) -> tuple[str, ...]:
    """Take away what whoever had the password could have tied: proved number, WeChat and the like. Not
    the OIDC identity, which the office ties. Returns what was taken, in words."""
    rows = SocialAccount.objects.filter(user=user).exclude(provider__in=(OIDC, OIDC + JOINT))
    gone = [
        NAMES[provider]
        for provider in NAMES
        if provider in set(rows.values_list("provider", flat=True))
    ]
    rows.delete()
    if VerifiedPhone.objects.filter(user=user).delete()[0]:
        gone.append("手机号")
    return tuple(gone)


def ties_of(user: User) -> Mapping[str, Tie]:
    """By provider, since when. 1 SQL."""
    rows = SocialAccount.objects.filter(user=user).exclude(provider__endswith=JOINT)
    return {
        row.provider: Tie(row.provider, row.date_joined) for row in rows.order_by("-date_joined")
    }


def _another_way(user: User, provider: str, at: datetime) -> bool:
    from allauth.mfa.models import Authenticator

    return (
        user.has_usable_password()
        or VerifiedPhone.objects.filter(user=user).exists()
        or Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
        or SocialAccount.objects.filter(user=user)
        .exclude(provider__in=(provider, provider + JOINT))
        .exists()
        or PersonalLink.objects.filter(user=user, revoked_at=None, expires_at__gt=at).exists()
    )


def _row(provider: str, subject: str) -> SocialAccount | None:
    return (
        SocialAccount.objects.filter(provider=provider, uid=subject).select_related("user").first()
    )


def _add(user: User, provider: str, subject: str) -> bool:
    """Make the row; False when it stands, for whomever (the unique constraint is the last word)."""
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=user, provider=provider, uid=subject)
    except IntegrityError:
        row = _row(provider, subject)
        if row is None or row.user_id != user.pk:
            name = NAMES.get(provider.removesuffix(JOINT), provider)
            raise Refused(f"这个{name}已绑定在另一个账号上，没有改动。") from None
        return False
    return True
