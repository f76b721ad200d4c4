"""What Django, allauth, axes and django-csp are told about signing in and about the browser.

`settings_for` derives it from the configuration; what our own code reads as well is named in
`settings`. The pages themselves stand in
`web.shared.accounts`. Why it is so: docs/adr/0012-sign-in.md.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from fengcai.project.configuration import Configuration

ACCOUNTS = "fengcai.web.shared.accounts"
WECHAT, WECOM_SCAN = "https://open.weixin.qq.com", "https://login.work.weixin.qq.com"
ATTEMPTS = 5  # wrong passwords for one account from one address …
COOL_OFF = timedelta(minutes=15)  # … before it waits this long


def settings_for(configuration: Configuration) -> dict[str, Any]:
    """Django settings by name."""
    return {
        **_signing_in(),
        **_second_factor(),
        **_identity_provider(configuration),
        **_lockout(),
        **_picture(),
        **_transport(configuration),
        "CACHES": CACHES,
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": content_policy(configuration)},
    }


# Counters of attempts and one-time codes already used must be one for all processes, and must not
# need a service that a small installation has not got: they lie in the database, which every
# process needs anyway. Counting page views is cheap and coarse and stays in each process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "fengcai_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}


def _signing_in() -> dict[str, Any]:
    return {
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",  # first: a locked account is not even tried
            "rules.permissions.ObjectPermissionBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "ACCOUNT_ADAPTER": f"{ACCOUNTS}.adapters.ClosedAccountAdapter",
        "ACCOUNT_FORMS": {
            "login": f"{ACCOUNTS}.forms.PasswordLoginForm",
            "reauthenticate": f"{ACCOUNTS}.forms.PasswordAgainForm",
            "change_password": f"{ACCOUNTS}.forms.NewPasswordForm",
        },
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_SESSION_REMEMBER": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 15 * 60,  # seconds
        "ACCOUNT_RATE_LIMITS": {
            # Of one account, from wherever: passwords and second factors that were wrong.
            "login_failed": "20/m/ip,20/h/key",
            "login": "30/m/ip",
            "reauthenticate": "10/m/user",
            "change_password": "5/m/user",
        },
        "PASSWORD_RESET_TIMEOUT": 3600,  # seconds that a mailed link is good for
        "LOGIN_URL": "/accounts/login/",
        "LOGIN_REDIRECT_URL": "/me/",
        "LOGOUT_REDIRECT_URL": "/",
        "USERSESSIONS_TRACK_ACTIVITY": False,  # a write a page; `accounts.presence` does it thinly
    }


def _second_factor() -> dict[str, Any]:
    return {
        "MFA_ADAPTER": f"{ACCOUNTS}.adapters.FactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_FORMS": {
            "authenticate": f"{ACCOUNTS}.forms.CodeForm",
            "reauthenticate": f"{ACCOUNTS}.forms.CodeAgainForm",
            "activate_totp": f"{ACCOUNTS}.forms.FirstCodeForm",
            "add_webauthn": f"{ACCOUNTS}.forms.AddPasskeyForm",
            "authenticate_webauthn": f"{ACCOUNTS}.forms.PasskeyForm",
            "reauthenticate_webauthn": f"{ACCOUNTS}.forms.PasskeyAgainForm",
            "login_webauthn": f"{ACCOUNTS}.forms.PasskeyLoginForm",
        },
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_WEBAUTHN_USER_VERIFICATION": "required",  # a key that anybody can pick up is no proof
        "MFA_TOTP_ISSUER": "风采",
        "MFA_TOTP_TOLERANCE": 1,  # a telephone half a minute off still works
    }


def _identity_provider(configuration: Configuration) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "SOCIALACCOUNT_ADAPTER": f"{ACCOUNTS}.adapters.IdentityAdapter",
        "SOCIALACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,  # an address proves nothing
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {"provider_class": f"{ACCOUNTS}.oidc.Provider", "APPS": []}
        },
    }
    if configuration.oidc_issuer:
        settings["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"].append(
            {
                "provider_id": "oidc",
                "name": configuration.oidc_name,
                "client_id": configuration.oidc_client_id,
                "secret": configuration.oidc_client_secret,
                "settings": {
                    "server_url": configuration.oidc_issuer.rstrip("/"),
                    "oauth_pkce_enabled": True,
                    "scope": ["openid", "profile"],
                },
            }
        )
    return settings


def _lockout() -> dict[str, Any]:
    return {
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_DISABLE_ACCESS_LOG": True,  # the account log of `apps.people` says more
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
        "AXES_CLIENT_IP_CALLABLE": "fengcai.web.shared.address.counted_address",
        "AXES_USERNAME_CALLABLE": f"{ACCOUNTS}.lockout.tried_name",
        "AXES_LOCKOUT_CALLABLE": f"{ACCOUNTS}.lockout.locked_out",
    }


def _transport(configuration: Configuration) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "SESSION_ENGINE": "fengcai.apps.people.sessions",
        "SESSION_COOKIE_SECURE": configuration.https,
        "CSRF_COOKIE_SECURE": configuration.https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "fengcai.web.shared.refusals.csrf_failure",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }
    if configuration.https:
        settings |= {
            "SECURE_SSL_REDIRECT": True,
            "SECURE_REDIRECT_EXEMPT": [r"^healthz$", r"^readyz$"],
            "SECURE_HSTS_SECONDS": configuration.hsts,
            "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https",
        }
    if configuration.trusted_proxies:
        settings["SECURE_PROXY_SSL_HEADER"] = ("HTTP_X_FORWARDED_PROTO", "https")
    return settings


def content_policy(configuration: Configuration) -> dict[str, Any]:
    """The Content-Security-Policy: everything from this site, nothing inline.

    Works on S3 are shown from its address; the sign-in form may lead to the identity provider.
    """
    files = _file_origins(configuration)
    issuer = _identity_origins(configuration)
    policy: dict[str, Any] = {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *files],
        "media-src": ["'self'", *files],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *issuer],
        "frame-ancestors": ["'none'"],
    }
    if configuration.csp_report:
        policy["report-uri"] = configuration.csp_report
    return policy


def _file_origins(configuration: Configuration) -> list[str]:
    if not configuration.storage.startswith("s3://"):
        return []
    bucket = urlsplit(configuration.storage).netloc
    if not configuration.s3_endpoint:
        hosts = (f"s3.{configuration.s3_region}.amazonaws.com", "s3.amazonaws.com")
        return [f"https://{name}" for host in hosts for name in (host, f"{bucket}.{host}")]
    at = urlsplit(configuration.s3_endpoint)
    return [f"{at.scheme}://{at.netloc}", f"{at.scheme}://{bucket}.{at.netloc}"]


def _identity_origins(configuration: Configuration) -> list[str]:
    """Where a form that begins a sign-in elsewhere may lead."""
    found = [
        configuration.oidc_issuer,
        configuration.cas_url,
        WECHAT if configuration.wechat_appid or configuration.wechat_site_appid else "",
        *((WECHAT, WECOM_SCAN) if configuration.wecom_corpid else ()),
    ]
    return list(dict.fromkeys(_origin(address) for address in found if address))


def doors(configuration: Configuration) -> dict[str, dict[str, Any]]:
    """What the clients of `engines.identity` are made with, by the door's name, for those that are
    set."""
    given = configuration
    known: dict[str, dict[str, Any]] = {
        "wechat": {"appid": given.wechat_appid, "secret": given.wechat_secret,
                   "api": given.wechat_api.rstrip("/")},
        "wechat_site": {"appid": given.wechat_site_appid, "secret": given.wechat_site_secret,
                        "inside": False, "api": given.wechat_api.rstrip("/")},
        "wecom": {"corpid": given.wecom_corpid, "agentid": given.wecom_agentid,
                  "secret": given.wecom_secret, "api": given.wecom_api.rstrip("/")},
        "cas": {"url": given.cas_url, "version": given.cas_version},
        "ldap": {"url": given.ldap_url, "base": given.ldap_base, "filter": given.ldap_filter,
                 "bind_dn": given.ldap_bind_dn, "bind_password": given.ldap_bind_password,
                 "starttls": given.ldap_starttls, "ca_file": given.ldap_ca},
    }  # fmt: skip
    return {name: door for name, door in known.items() if next(iter(door.values()))}


def _picture() -> dict[str, Any]:
    """The picture before a code is sent: drawn here, without any service."""
    return {
        "CAPTCHA_TIMEOUT": 5,  # minutes
        "CAPTCHA_CHALLENGE_FUNCT": f"{ACCOUNTS}.picture.digits",
        "CAPTCHA_FONT_SIZE": 46,
        "CAPTCHA_IMAGE_SIZE": (240, 80),
        "CAPTCHA_LETTER_ROTATION": (-20, 20),
        # Read out where the server has the programs for it; nothing is fetched from anywhere.
        "CAPTCHA_FLITE_PATH": shutil.which("flite"),
        "CAPTCHA_SOX_PATH": shutil.which("sox"),
    }


def _origin(address: str) -> str:
    at = urlsplit(address)
    return f"{at.scheme}://{at.netloc}"
