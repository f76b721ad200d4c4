"""Addresses under /accounts/: those that we mean, and nothing else of the libraries.

The libraries' own maps stand last so that their names resolve; none of their other pages answers.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path, reverse_lazy
from django.views.generic import RedirectView

from fengcai.apps.people.identities import OIDC
from fengcai.web.shared.accounts import mailed, oidc, outside, pages, phone


def absent(request: HttpRequest) -> HttpResponse:
    """An address of a library that this product does not offer."""
    raise Http404


overview = RedirectView.as_view(url=reverse_lazy("account_security"))

urlpatterns = [
    path("login/", pages.sign_in),
    path("phone/", phone.number, name="account_phone"),
    path("phone/code/", phone.code, name="account_phone_code"),
    path("phone/choose/", phone.choose, name="account_phone_choose"),
    path("phone/picture/<slug:key>.png", phone.picture, name="account_picture"),
    path("phone/picture/<slug:key>.wav", phone.spoken, name="account_picture_spoken"),
    path("security/phone/", phone.mine, name="account_my_phone"),
    path("security/phone/forget/", phone.forget, name="account_phone_forget"),
    path("security/email/", mailed.email, name="account_my_email"),
    path("security/email/confirm/<str:token>", mailed.confirm, name="account_confirm"),
    path("password/forgotten/", mailed.forgotten, name="account_forgotten"),
    path("password/reset/<str:number>/<str:token>", mailed.reset, name="account_reset"),
    path("link/", outside.link, name="account_link"),
    path("ldap/", outside.ldap, name="account_ldap"),
    path("security/attach/<slug:provider>/", outside.attach, name="account_attach"),
    path("security/detach/<slug:provider>/", outside.detach, name="account_detach"),
    path("logout/", account.logout),
    path("inactive/", pages.inactive),
    path("reauthenticate/", account.reauthenticate),
    path("password/change/", account.password_change),
    path("security/", pages.security, name="account_security"),
    path("security/sessions/", pages.sign_out_elsewhere, name="account_sign_out_elsewhere"),
    path("security/unlink/", pages.unlink, name="account_unlink"),
    path("2fa/", overview),
    path("2fa/authenticate/", factor.authenticate),
    path("2fa/reauthenticate/", factor.reauthenticate),
    path("2fa/totp/activate/", totp.activate_totp),
    path("2fa/totp/deactivate/", totp.deactivate_totp),
    path("2fa/recovery-codes/", codes.view_recovery_codes),
    path("2fa/recovery-codes/generate/", codes.generate_recovery_codes),
    path("2fa/recovery-codes/download/", codes.download_recovery_codes),
    path("2fa/webauthn/", overview),
    path("2fa/webauthn/add/", webauthn.add_webauthn),
    path("2fa/webauthn/login/", webauthn.login_webauthn),
    path("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn),
    path("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn),
    path("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn),
    path("oidc/login/", oidc.login, {"provider_id": OIDC}, name="openid_connect_login"),
    path("oidc/callback/", oidc.callback, {"provider_id": OIDC}, name="openid_connect_callback"),
    path("<slug:provider>/start/", outside.start, name="account_outside"),
    path("<slug:provider>/back/", outside.back, name="account_outside_back"),
    re_path(r"", absent),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("3rdparty/", include("allauth.socialaccount.urls")),
]
