"""The ways of signing in that this installation offers, and the clients behind them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from fengcai.engines.identity import Cas, Directory, WeChat, WeCom
from fengcai.web.shared.browser import in_wechat, in_wecom, on_phone


@dataclass(frozen=True)
class Way:
    """One way on the sign-in page. `posts`: it leads elsewhere, so a form begins it."""

    key: str
    label: str
    hint: str
    icon: str
    url: str
    posts: bool = False


def wechat(*, inside: bool) -> WeChat | None:
    """WeChat's door inside WeChat, or on a website; None where it is not set."""
    given = settings.FENGCAI_DOORS.get("wechat" if inside else "wechat_site")
    return WeChat(**given) if given else None


def wecom() -> WeCom | None:
    """企业微信's."""
    given = settings.FENGCAI_DOORS.get("wecom")
    return WeCom(**given) if given else None


def cas() -> Cas | None:
    """The CAS server's."""
    given = settings.FENGCAI_DOORS.get("cas")
    return Cas(**given) if given else None


def directory() -> Directory | None:
    """The directory's."""
    given = settings.FENGCAI_DOORS.get("ldap")
    return Directory(**given) if given else None


def name_of(provider: str) -> str:
    """How pages call a provider."""
    return str(settings.FENGCAI_DOOR_NAMES.get(provider, provider))


def by_phone() -> bool:
    """Whether codes can be sent to telephones."""
    return settings.FENGCAI_SMS is not None


def codes_are_printed() -> bool:
    """Whether codes are only printed where the system was started: a trial, in which nothing is sent."""
    return settings.FENGCAI_SMS is not None and not settings.FENGCAI_SMS.leaves


def by_mail() -> bool:
    """Whether links can be mailed: there is a server for it, and this site's address is known (never
    that of a request, which a stranger may make up)."""
    return settings.FENGCAI_MAIL is not None and bool(settings.FENGCAI_PUBLIC_URL)


def configured() -> tuple[str, ...]:
    """The providers that a signed-in person may tie to the account."""
    found = [name.removesuffix("_site") for name in settings.FENGCAI_DOORS]
    return tuple(dict.fromkeys(found))


def ways(request: HttpRequest) -> list[Way]:
    """What to offer to this browser, the likeliest first; the password is always there."""
    inside, outside = in_wechat(request), not in_wechat(request)
    found: list[Way] = []
    if (inside and wechat(inside=True)) or (
        outside and wechat(inside=False) and not on_phone(request)
    ):
        hint = "用正在登录的微信，不用输入" if inside else "用手机微信扫一扫"
        found.append(_way("wechat", "微信登录", hint, "chat", posts=True))
    if wecom() and outside:
        hint = "用正在登录的企业微信" if in_wecom(request) else "用企业微信扫一扫"
        found.append(_way("wecom", "企业微信登录", hint, "people", posts=True))
    if by_phone():
        found.append(
            Way(
                "phone",
                "手机号登录",
                "收一条短信验证码，不用密码",
                "phone",
                reverse("account_phone"),
            )
        )
    if cas():
        found.append(
            _way("cas", f"{name_of('cas')}登录", "到单位的认证页面", "building", posts=True)
        )
    if settings.FENGCAI_OIDC_NAME:
        label = f"用{settings.FENGCAI_OIDC_NAME}登录"
        url = reverse("openid_connect_login")
        found.append(Way("oidc", label, "到单位的认证页面", "building", url, posts=True))
    if directory():
        hint = "单位内网系统的账号和密码"
        found.append(
            Way("ldap", f"{name_of('ldap')}登录", hint, "building", reverse("account_ldap"))
        )
    url = reverse("account_login") + "?way=password"
    found.append(Way("password", "账号密码登录", "活动组织者发给您的账号，或邮箱", "lock", url))
    return found


def _way(key: str, label: str, hint: str, icon: str, *, posts: bool) -> Way:
    return Way(key, label, hint, icon, reverse("account_outside", args=[key]), posts)
