"""How allauth is bound: nobody signs up by himself, accounts are made by the office, and an
identity provider only opens an account that it has been tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from fengcai.apps.people.access import account_for_identity
from fengcai.apps.people.actions import WEAK
from fengcai.apps.vaults import vault
from fengcai.engines.documents import qr
from fengcai.web.shared.accounts.entrance import LEFT
from fengcai.web.shared.accounts.lockout import attempts_key, locked_out, tried_name
from fengcai.web.shared.address import client_address
from fengcai.web.shared.browser import in_wechat
from fengcai.web.shared.context import is_loopback

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

    from fengcai.apps.people.models import User

_PURPOSE = b"fengcai-factors"
WRONG_CODE = "验证码不对，或已经用过。请看手机上的新验证码再输一次；恢复码每个只能用一次。"


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-in only. Accounts come from the roster, personal links and the command line."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "这个账号已停用。",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "密码不对，请再输一次。",
        "enter_current_password": "现在的密码不对，请再输一次。",
        "username_password_mismatch": "账号或密码不对。",
        "too_many_login_attempts": "登录失败次数太多。请过一刻钟再试，或联系管理员解除。",
        "rate_limited": "操作太频繁，请稍等一分钟再试。",
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The password of the demo accounts is printed in the README: it opens nothing from
        another machine. Raises ValidationError; ImmediateHttpResponse when it is locked."""
        printed = settings.FENGCAI_PRINTED_PASSWORD
        if credentials.get("password") == printed and not is_loopback(request):
            raise ValidationError("演示账号只能在运行它的这台机器上使用。")
        AxesProxyHandler.update_request(request)
        if not AxesProxyHandler.is_allowed(request, credentials):
            raise ImmediateHttpResponse(locked_out(request, None, credentials))
        super().pre_authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Without the host, so that the office's command line can find and clear it.
        return attempts_key(tried_name(request, credentials))

    def logout(self, request: HttpRequest) -> None:
        """Sign out; WeChat's browser does not bring back in who left."""
        super().logout(request)
        if in_wechat(request):
            request.session[LEFT] = True

    def get_client_ip(self, request: HttpRequest) -> str:
        """By which allauth counts attempts and names sessions."""
        return client_address(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: self-registration needs a review that this version does not have."""
        return False

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Django's validators, their refusals in Chinese. Raises ValidationError."""
        try:
            return str(super().clean_password(password, user))
        except ValidationError as error:
            faults = (WEAK.get(each.code or "", "太容易猜到") for each in error.error_list)
            raise ValidationError(f"密码{'；'.join(dict.fromkeys(faults))}。") from None


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets are encrypted at rest, texts and names are ours."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "您的角色必须启用第二步验证。请先添加另一种方式，再停用这一种。",
        "cannot_generate_recovery_codes": "先启用动态验证码或通行密钥，才能生成恢复码。",
        "incorrect_code": WRONG_CODE,
    }

    def get_totp_label(self, user: Any) -> str:
        """What the authenticator app lists: the account's name."""
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> str:
        """The QR code, drawn by our own engine: no inline style in it."""
        return qr.svg(url, border=4).decode()

    def encrypt(self, text: str) -> str:
        """Under a key derived from FENGCAI_SECRET_KEY."""
        return vault(_PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`. Raises InvalidToken when the secret key is another one."""
        return vault(_PURPOSE).decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """A name for a passkey whose owner gave none."""
        return "我的通行密钥"

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What the browser lists: the person and the account; the handle says neither."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.get_username(), "display_name": str(user)}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """This site, by the name in the address bar."""
        return super().get_public_key_credential_rp_entity() | {"name": "风采"}


class IdentityAdapter(DefaultSocialAccountAdapter):
    """An identity provider opens only accounts that exist; never by an e-mail address."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "connected_other": "这个统一认证身份已绑定在另一个账号上。请联系管理员。",
        "invalid_token": "统一认证发来的凭据无效。",
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Closed."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account of an identity seen for the first time, or say that there is none."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        claims = sociallogin.account.get_provider_account().get_user_data() or {}
        if settings.FENGCAI_OIDC_MATCH == "username":
            user = account_for_identity(str(claims.get("preferred_username") or ""))
            if user is not None:
                sociallogin.connect(request, user)
                return
        who = str(claims.get("preferred_username") or claims.get("name") or "")
        raise ImmediateHttpResponse(
            render(request, "account/no_account.html", {"who": who[:60]}, status=403)
        )

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to the account's security page."""
        return reverse("account_security")

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, *_: Any, **__: Any
    ) -> None:
        """Who turned back at the provider is simply at our sign-in page again."""
        if error == AuthError.CANCELLED:
            messages.info(request, "没有用统一认证登录。可以再试一次，或用账号密码登录。")
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
