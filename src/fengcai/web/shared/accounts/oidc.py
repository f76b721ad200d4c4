"""Signing in through the hospital's identity provider, by OpenID Connect's code flow.

allauth leads to the provider and back. It leaves out the nonce, and the token's signature when the
token came straight from the token endpoint; an intranet's TLS is not always what it should be, so
both are checked here. Source: OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2; Discovery 1.0, 4.3.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fengcai.apps.people.identities import OIDC

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")
CLOCKS_APART = 60  # seconds


class Adapter(OpenIDConnectOAuth2Adapter):
    """One sign-in at the provider. `nonce` is what this browser's session has asked with."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document. Raises OAuth2Error when it is not that of our issuer."""
        if not hasattr(self, "_found"):
            issuer = self.get_provider().app.settings["server_url"]
            found = _fetch(f"{issuer}/.well-known/openid-configuration")
            if missing := [name for name in NEEDED if not isinstance(found.get(name), str)]:
                raise OAuth2Error(f"discovery document without {missing}")
            if found["issuer"].rstrip("/") != issuer:
                raise OAuth2Error(f"discovery document of another issuer: {found['issuer']}")
            self._found = found
        return self._found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The identity that the provider vouches for; keeps nothing but what names it."""
        raw = kwargs["response"].get("id_token")
        if not isinstance(raw, str):
            raise OAuth2Error("no id_token")
        claims = self._verified(raw, app.client_id)
        if "preferred_username" not in claims and "userinfo_endpoint" in self.openid_config:
            more = _fetch(self.openid_config["userinfo_endpoint"], bearer=token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo of somebody else")
            claims = {**more, **claims}
        kept = {name: claims.get(name) for name in ("sub", "preferred_username", "name")}
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _verified(self, token: str, client_id: str) -> dict[str, Any]:
        """The claims of a token signed by the issuer, for us, now, for this very request."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise OAuth2Error(f"id_token signed by {header.get('alg')}")
            keys = jwt.PyJWKSet.from_dict(_fetch(self.openid_config["jwks_uri"])).keys
            fitting = [key for key in keys if key.key_id == header.get("kid")]
            if not fitting and "kid" not in header and len(keys) == 1:
                fitting = keys
            if not fitting:
                raise OAuth2Error("id_token signed by an unknown key")
            claims: dict[str, Any] = jwt.decode(
                token,
                fitting[0].key,
                algorithms=[header["alg"]],
                audience=client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_APART,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"id_token refused: {error}") from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else client_id) != client_id:
            raise OAuth2Error("id_token for another client")
        if not self.nonce or not hmac.compare_digest(str(claims["nonce"]), self.nonce):
            raise OAuth2Error("id_token of another request")
        return claims


class Provider(OpenIDConnectProvider):
    """Our provider: a fresh nonce for each request, and nothing that the address bar may add."""

    oauth2_adapter_class = Adapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, **_: Any
    ) -> HttpResponse:
        """Lead to the provider's own page; a page of ours when it cannot be reached."""
        nonce = secrets.token_urlsafe(24)
        try:
            answer: HttpResponse = super().redirect(
                request,
                "connect" if process == "connect" else "login",
                next_url,
                auth_params={"nonce": nonce},
                scope=self.get_scope(),
                nonce=nonce,
            )
        except OAuth2Error as error:
            return render_authentication_error(request, self, exception=error)
        return answer


class Callback(OAuth2CallbackView):
    """The way back. Hands the nonce of the stashed state to the adapter."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state.get("nonce", "")
        return state, answer


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest, provider_id: str = OIDC) -> HttpResponse:
    """POST leads to the provider. A form may only lead where the page's policy allows; a provider
    whose pages lie elsewhere than its issuer is reached by one more tap."""
    adapter = _adapter(request)
    if request.method != "POST":
        return redirect("account_login")
    answer: HttpResponse = OAuth2LoginView.adapter_view(adapter)(request)
    target = answer.headers.get("Location", "")
    issuer = adapter.get_provider().app.settings["server_url"]
    if _origin(target) in {"://", _origin(issuer)}:
        return answer
    return render(
        request, "account/continue.html", {"target": target, "host": urlsplit(target).netloc}
    )


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest, provider_id: str = OIDC) -> HttpResponse:
    """The provider sends the browser back here."""
    answer: HttpResponse = Callback.adapter_view(_adapter(request))(request)
    return answer


def _adapter(request: HttpRequest) -> Adapter:
    adapter = Adapter(request, OIDC)
    try:
        adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return adapter


def _fetch(address: str, *, bearer: str = "") -> dict[str, Any]:
    """A JSON object. Raises OAuth2Error for whatever else comes, or does not."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address, headers=headers)
            answer.raise_for_status()
            found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise OAuth2Error(f"{address}: {error}") from error
    if not isinstance(found, dict):
        raise OAuth2Error(f"{address}: not an object")
    return found


def _origin(address: str) -> str:
    at = urlsplit(address)
    return f"{at.scheme}://{at.netloc}"
