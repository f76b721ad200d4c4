"""The forms of the second step, with our words and one rule more: a code is good once."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache

from fengcai.apps.people.queries import username_for

LIFE_OF_A_CODE = 120  # seconds: three steps of thirty, and a little
DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


def _dress(form: forms.Form, label: str) -> None:
    field = form.fields["code"]
    field.label = label
    field.error_messages["required"] = "请输入验证码。"
    field.widget.attrs = dict(DIGITS)


class _OnceOnly:
    """allauth forgets a used code after one step of thirty seconds, but takes it for three."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(filter(str.isdigit, code))
            if not cache.add(f"totp-used:{self.user.pk}:{digits}", True, LIFE_OF_A_CODE):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceOnly, AuthenticateForm):
    """The second step of signing in: a code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, "6 位验证码，或 8 位恢复码")


class CodeAgainForm(_OnceOnly, ReauthenticateForm):
    """The same, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, "6 位验证码，或 8 位恢复码")


class FirstCodeForm(ActivateTOTPForm):
    """The code that proves that the app has taken the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, "手机上显示的 6 位验证码")


MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError)


class _Shaped:
    """What is no passkey's answer at all is refused like a wrong one."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MISSHAPEN:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(_Shaped, AuthenticateWebAuthnForm):
    """The second step by a passkey."""


class PasskeyAgainForm(_Shaped, ReauthenticateWebAuthnForm):
    """A passkey before something that matters."""


class PasskeyLoginForm(_Shaped, LoginWebAuthnForm):
    """A passkey instead of a password."""


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey of ours always signs in by itself, so it always asks for PIN, finger or face."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = forms.CharField(
            label="给它起个名字",
            help_text="方便日后辨认，例如“办公室电脑”“我的手机”。",
            max_length=40,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """The key must have asked for its owner."""
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except MISSHAPEN:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


class PasswordLoginForm(LoginForm):
    """The account's name, or the e-mail address that one account only has."""

    def clean_login(self) -> str:
        """The name of the account. An address that is nobody's or several people's stays what it is
        and opens nothing, after as long a time."""
        return username_for(str(super().clean_login()))


class PasswordAgainForm(PasswordForm):
    """The password once more, before something that matters. There is no page to reset it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)
        field.error_messages["required"] = "请输入密码。"


class NewPasswordForm(ChangePasswordForm):
    """Likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""  # the page says it once, in a sentence
