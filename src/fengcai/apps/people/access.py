"""What the office may do about somebody's sign-in: unlock, reset a lost second factor or password,
tie an account to an identity. Signing in itself is allauth's; counting attempts is axes'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.core.internal.ratelimit import get_cache_key, get_rates
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from axes.utils import reset
from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum

from fengcai.apps.people.actions import check_password_strength, revoke_personal_links
from fengcai.apps.people.events import Kind
from fengcai.apps.people.identities import JOINT, NAMES, OIDC, forget_ties
from fengcai.apps.people.log import BY_COMMAND, note
from fengcai.apps.people.models import User, VerifiedPhone
from fengcai.apps.people.tokens.actions import revoke_tokens
from fengcai.apps.refusals import NotFound, Refused

COMMAND = "system:command"
"""Who acts, as the audit record names it."""
FACTORS = {"totp": "动态验证码", "webauthn": "通行密钥"}


@dataclass(frozen=True)
class AccountRow:
    """An account as the office lists it."""

    username: str
    name: str
    active: bool
    administrator: bool
    has_password: bool
    factors: tuple[str, ...]
    identity: str
    ties: tuple[str, ...]
    failures: int
    last_login: datetime | None


def accounts(*, at: datetime, cool_off: timedelta) -> Sequence[AccountRow]:
    """Every account, by name; `failures` counts wrong passwords that still weigh. 6 SQL."""
    factors: dict[int, list[str]] = {}
    for user_id, kind in Authenticator.objects.values_list("user_id", "type").distinct():
        if kind in FACTORS:
            factors.setdefault(user_id, []).append(FACTORS[kind])
    identities = dict(SocialAccount.objects.filter(provider=OIDC).values_list("user_id", "uid"))
    ties: dict[int, list[str]] = {}
    others = SocialAccount.objects.exclude(provider=OIDC).exclude(provider__endswith=JOINT)
    for user_id, provider in others.values_list("user_id", "provider").order_by("pk"):
        names = ties.setdefault(user_id, [])
        if NAMES.get(provider, provider) not in names:
            names.append(NAMES.get(provider, provider))
    phones = set(VerifiedPhone.objects.values_list("user_id", flat=True))
    failed = dict(
        AccessAttempt.objects.filter(attempt_time__gt=at - cool_off)
        .order_by()
        .values_list("username")
        .annotate(failures=Sum("failures_since_start"))
    )
    return [
        AccountRow(
            username=user.username,
            name=user.name,
            active=user.is_active,
            administrator=user.is_staff,
            has_password=user.has_usable_password(),
            factors=tuple(sorted(factors.get(user.pk, ()))),
            identity=identities.get(user.pk, ""),
            ties=(*ties.get(user.pk, ()), *(("手机号",) if user.pk in phones else ())),
            failures=failed.get(user.username.casefold(), 0),
            last_login=user.last_login,
        )
        for user in User.objects.order_by("username")
    ]


def attempts_key(username: str) -> str:
    """Under which allauth counts the wrong passwords of one account, from wherever."""
    return f"account:{username.strip().casefold()}"


def locked_until(*, username: str, address: str, cool_off: timedelta) -> datetime | None:
    """When the newest wrong password from `address` stops to weigh; None when there is none."""
    newest = (
        AccessAttempt.objects.filter(username=username, ip_address=address)
        .order_by("-attempt_time")
        .first()
    )
    return newest.attempt_time + cool_off if newest else None


@transaction.atomic
def unlock_account(*, username: str, at: datetime, by: str = BY_COMMAND) -> int:
    """Forget the wrong passwords and codes of an account; returns how many records went."""
    user = _account(username)
    gone: int = reset(username=username.strip().casefold())
    keys = [attempts_key(username), f"mfa-auth-user-{user.pk}"]
    for rate in get_rates(app="allauth.account", action="login_failed"):
        if rate.per == "key":
            for key in keys:
                cache.delete(
                    get_cache_key(
                        None,
                        app="allauth.account",
                        action="login_failed",
                        rate=rate,
                        key=key,
                    )
                )
    note(user, Kind.UNLOCKED, at=at, detail=by)
    return gone


@dataclass(frozen=True)
class Closed:
    """The ways in beside the password that were open and are no longer."""

    links: int
    tokens: int
    ties: tuple[str, ...] = ()

    def __str__(self) -> str:
        """In words; empty when there was none."""
        ways = ((self.links, "个人链接"), (self.tokens, "接口令牌"))
        told = [f"{number} 个{name}" for number, name in ways if number]
        return "、".join(told + [f"{name}登录" for name in self.ties])


@transaction.atomic
def reset_second_factor(
    *, username: str, at: datetime, by: str = BY_COMMAND
) -> tuple[list[str], Closed]:
    """Take away every second factor and recovery code, sign the account out everywhere and close
    its personal links and tokens: whoever holds a link could enrol a factor of his own.

    Returns what was taken away, in words, and what was closed. Raises `Refused` when there was no
    factor.
    """
    user = _locked(username)
    had = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if not had:
        raise Refused(f"账号“{username}”没有启用第二步验证，没有可撤销的。")
    Authenticator.objects.filter(user=user).delete()
    names = sorted({FACTORS[kind] for kind in had if kind in FACTORS}) or ["恢复码"]
    closed = _close(user, Kind.FACTORS_RESET, ["、".join(names), by], at)
    return names, closed


@transaction.atomic
def set_password(
    *,
    username: str,
    password: str,
    at: datetime,
    by: str = BY_COMMAND,
    kind: Kind = Kind.PASSWORD_SET,
) -> Closed:
    """Give an account a new password; its sessions, personal links, tokens and self-made ties end:
    whoever knew the old one may have made some. Raises `Refused` when weak."""
    user = _locked(username)
    check_password_strength(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return _close(user, kind, [by], at)


def _close(user: User, why: Kind, about: list[str], at: datetime) -> Closed:
    """End every session, link, token and self-made tie of `user` and write it into the account's log."""
    end_sessions(user)
    links = user.links.filter(revoked_at=None, expires_at__gt=at).count()
    revoke_personal_links(user=user, at=at)
    tokens = revoke_tokens(user=user, by=COMMAND, at=at)
    closed = Closed(links, tokens, forget_ties(user))
    about = [*about, f"停用{closed}"] if str(closed) else about
    note(user, why, at=at, detail="；".join(about))
    return closed


@transaction.atomic
def link_identity(
    *, username: str, subject: str, at: datetime, by: str = BY_COMMAND, provider: str = OIDC
) -> None:
    """Tie an account to what a provider calls the person (`sub` of OIDC, the user of CAS, …). Raises
    `Refused` when either is taken."""
    user, name = _account(username), NAMES[provider]
    if not subject.strip() or len(subject) > 191:
        raise Refused(f"{name}的用户标识不能为空，也不能超过 191 个字符。")
    ties = SocialAccount.objects.filter(provider=provider)
    taken = ties.filter(uid=subject).select_related("user").first()
    if taken:
        raise Refused(f"这个{name}身份已绑定在账号“{taken.user.username}”上，没有改动。")
    if ties.filter(user=user).exists():
        raise Refused(f"账号“{username}”已绑定另一个{name}身份，请先解除。")
    ties.create(provider=provider, uid=subject, user=user)
    note(user, Kind.LINKED, at=at, detail=f"{name}；{by}")


@transaction.atomic
def unlink_identity(
    *, username: str, at: datetime, by: str = BY_COMMAND, provider: str = OIDC
) -> None:
    """Untie an account from a provider. Raises `Refused` when it was not tied."""
    user, name = _account(username), NAMES[provider]
    gone, _ = SocialAccount.objects.filter(
        provider__in=(provider, provider + JOINT), user=user
    ).delete()
    if not gone:
        raise Refused(f"账号“{username}”没有绑定{name}。")
    note(user, Kind.UNLINKED, at=at, detail=f"{name}；{by}")


@transaction.atomic
def appoint_administrator(*, username: str, at: datetime, by: str = BY_COMMAND) -> bool:
    """Let an account look after the installation; False when it does already."""
    user = _locked(username)
    if user.is_staff:
        return False
    if not user.is_active:
        raise Refused(f"账号“{username}”已停用，不能设为系统管理员。")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    note(user, Kind.ADMINISTRATOR, at=at, detail=by)
    return True


@transaction.atomic
def dismiss_administrator(*, username: str, at: datetime, by: str = BY_COMMAND) -> bool:
    """Take that away again; False when there is nothing to take."""
    user = _locked(username)
    if not user.is_staff:
        return False
    user.is_staff = False
    user.save(update_fields=["is_staff"])
    note(user, Kind.NO_ADMINISTRATOR, at=at, detail=by)
    return True


def account_for_identity(username: str) -> User | None:
    """The active account of exactly this name, if no identity is tied to it yet."""
    return (
        User.objects.filter(username=username, is_active=True)
        .exclude(pk__in=SocialAccount.objects.filter(provider=OIDC).values("user"))
        .first()
    )


def has_second_factor(user: User) -> bool:
    """Whether `user` has a code or a passkey (recovery codes alone are none). 1 SQL."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


@dataclass(frozen=True)
class SessionRow:
    """A browser in which an account is signed in."""

    id: int
    user_agent: str
    address: str
    since: datetime
    last_seen: datetime
    current: bool


def sessions_of(user: User, *, current: str) -> Sequence[SessionRow]:
    """The open sessions, this one first, then the newest. 2 SQL and more for each session, which
    is loaded to see whether it still holds."""
    rows = [
        SessionRow(
            id=row.pk,
            user_agent=row.user_agent,
            address=row.ip,
            since=row.created_at,
            last_seen=row.last_seen_at,
            current=row.session_key == current,
        )
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(rows, key=lambda row: (not row.current, -row.last_seen.timestamp()))


def remember_session(
    user: User, *, session_key: str, address: str, user_agent: str, at: datetime
) -> None:
    """List a session from its first moment on."""
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user,
            "ip": address,
            "user_agent": user_agent[:longest],
            "created_at": at,
            "last_seen_at": at,
        },
    )


def seen(*, session_key: str, at: datetime, address: str) -> None:
    """Note that a session was used. 1 SQL."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=at, ip=address)


def end_session(user: User, session_id: int) -> bool:
    """Sign `user` out in one browser; False when there is no such session of his."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        return False
    session.end()
    return True


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner knows it."""

    id: int
    name: str
    since: datetime
    last_used: datetime | None


@dataclass(frozen=True)
class Factors:
    """What an account has for the second step."""

    code_since: datetime | None
    code_last_used: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None

    @property
    def any(self) -> bool:
        """Whether the second step is asked for."""
        return self.code_since is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """1 SQL."""
    code = codes = None
    passkeys = []
    for row in Authenticator.objects.filter(user=user).order_by("pk"):
        if row.type == Authenticator.Type.TOTP:
            code = row
        elif row.type == Authenticator.Type.RECOVERY_CODES:
            codes = row
        else:
            passkeys.append(Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at))
    return Factors(
        code_since=code.created_at if code else None,
        code_last_used=code.last_used_at if code else None,
        passkeys=tuple(passkeys),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )


def identity_of(user: User) -> SocialAccount | None:
    """The identity of the provider that is tied to `user`."""
    return SocialAccount.objects.filter(provider=OIDC, user=user).first()


def end_sessions(user: User, *, but: str = "") -> int:
    """Sign `user` out everywhere, except in the session with the key `but`; returns how many."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()
        ended += 1
    return ended


def _locked(username: str) -> User:
    """The account, locked: no link and no token can be made for it meanwhile."""
    return User.objects.select_for_update(no_key=True).get(pk=_account(username).pk)


def _account(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(f"没有名为“{username}”的账号。")
    return user
