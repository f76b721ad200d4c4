"""Django's settings, derived from `configuration`. No rule of any contest stands here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from pydantic import ValidationError

from fengcai.project import security
from fengcai.project.configuration import Configuration
from fengcai.project.logs import one_way
from fengcai.samples.cast import PASSWORD, PHONES, demo_logins

try:
    CONFIGURATION = Configuration()
except ValidationError as error:
    what = "；".join(
        "：".join((*(f"FENGCAI_{str(at).upper()}" for at in e["loc"][:1]), e["msg"]))
        for e in error.errors()
    ).replace("Value error, ", "")
    raise ImproperlyConfigured(f"配置有误：{what}") from None

FENGCAI_DATA = CONFIGURATION.data.resolve()
FENGCAI_JOBS = CONFIGURATION.jobs
FENGCAI_BROKER_URL = CONFIGURATION.broker_url
FENGCAI_LIVE = CONFIGURATION.live
FENGCAI_REDIS_URL = CONFIGURATION.redis_url
FENGCAI_STORAGE = CONFIGURATION.storage
FENGCAI_S3_ENDPOINT = CONFIGURATION.s3_endpoint
FENGCAI_S3_REGION = CONFIGURATION.s3_region
FENGCAI_S3_ACCESS_KEY = CONFIGURATION.s3_access_key
FENGCAI_S3_SECRET_KEY = CONFIGURATION.s3_secret_key
FENGCAI_S3_ADDRESSING = CONFIGURATION.s3_addressing
FENGCAI_S3_PRESIGN = CONFIGURATION.s3_presign
FENGCAI_ACCEL_REDIRECT = CONFIGURATION.accel_redirect
FENGCAI_PUBLIC_URL = CONFIGURATION.public_url.rstrip("/")
FENGCAI_DEMO_LOGINS = demo_logins() if CONFIGURATION.demo else ()
FENGCAI_PRINTED_PASSWORD = PASSWORD  # it stands in the README: never good from elsewhere
FENGCAI_DEMO_PASSWORD = PASSWORD if CONFIGURATION.demo else ""
FENGCAI_DEMO_PHONES = PHONES if CONFIGURATION.demo else {}
FENGCAI_ICP = CONFIGURATION.icp
FENGCAI_NOTICE_MODEL_URL = CONFIGURATION.notice_model_url
FENGCAI_NOTICE_MODEL = CONFIGURATION.notice_model
FENGCAI_NOTICE_MODEL_KEY = CONFIGURATION.notice_model_key
FENGCAI_CLAMD = CONFIGURATION.clamd
FENGCAI_CLAMD_MAX_MB: int = CONFIGURATION.clamd_max_mb
FENGCAI_SPEECH_URL = CONFIGURATION.speech_url
FENGCAI_SPEECH_MODEL = CONFIGURATION.speech_model
FENGCAI_SPEECH_KEY = CONFIGURATION.speech_key
FENGCAI_IMPORT_FOLDER = CONFIGURATION.import_folder
FENGCAI_MAILBOX_CA = CONFIGURATION.mailbox_ca
FENGCAI_FETCH: bool = CONFIGURATION.fetch
FENGCAI_FETCH_HOSTS = CONFIGURATION.fetch_hosts
FENGCAI_FETCH_INSIDE = CONFIGURATION.fetch_inside
FENGCAI_MAIL = CONFIGURATION.mail_server()
FENGCAI_MAIL_PER_MINUTE: int = CONFIGURATION.mail_per_minute
FENGCAI_SMS = CONFIGURATION.sms_provider()
FENGCAI_SMS_PER_MINUTE: int = CONFIGURATION.sms_per_minute
FENGCAI_ROBOT_URL: str = CONFIGURATION.robot_url.rstrip("/")
FENGCAI_TRUSTED_PROXIES: int = CONFIGURATION.trusted_proxies
FENGCAI_SECOND_FACTOR_FOR: frozenset[str] = CONFIGURATION.second_factor_roles
FENGCAI_OIDC_NAME: str = CONFIGURATION.oidc_name if CONFIGURATION.oidc_issuer else ""
FENGCAI_OIDC_MATCH: str = CONFIGURATION.oidc_match
FENGCAI_DOORS: dict[str, dict[str, Any]] = security.doors(CONFIGURATION)
FENGCAI_DOOR_NAMES: dict[str, str] = {
    "wechat": "微信",
    "wecom": "企业微信",
    "cas": CONFIGURATION.cas_name,
    "ldap": CONFIGURATION.ldap_name,
}
FENGCAI_DOOR_MATCH: dict[str, str] = {
    "wecom": CONFIGURATION.wecom_match,
    "cas": CONFIGURATION.cas_match,
    "ldap": CONFIGURATION.ldap_match,
}

SECRET_KEY = CONFIGURATION.key()
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = [host.strip() for host in CONFIGURATION.allowed_hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "fengcai.web.shared",  # before allauth: its templates are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "captcha",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
    "fengcai.engines.jobs",
    "fengcai.engines.storage",
    "fengcai.engines.uploads",
    "fengcai.engines.live",
    "fengcai.engines.transfer",
    "fengcai.apps.audit",
    "fengcai.apps.people",
    "fengcai.apps.messages",
    "fengcai.apps.contests",
    "fengcai.apps.bulletin",
    "fengcai.apps.registration",
    "fengcai.apps.assets",
    "fengcai.apps.entries",
    "fengcai.apps.releases",
    "fengcai.apps.intake",
    "fengcai.apps.mailbox",
    "fengcai.apps.exchange",
    "fengcai.apps.likeness",
    "fengcai.apps.compliance",
    "fengcai.apps.judging",
    "fengcai.apps.awards",
    "fengcai.apps.publishing",
    "fengcai.web.public",
    "fengcai.web.entrant",
    "fengcai.web.reviewer",
    "fengcai.web.organiser",
    "fengcai.web.judge",
]

MIDDLEWARE = [
    "fengcai.api.doorway.ApiDoorway",
    "fengcai.web.shared.accounts.gate.Transport",
    "csp.middleware.CSPMiddleware",
    "fengcai.project.statics.StaticFiles",
    "fengcai.web.shared.fitness.FitTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fengcai.web.shared.accounts.gate.SecondFactorGate",
    "fengcai.web.shared.accounts.gate.Presence",
    "fengcai.web.shared.refusals.RefusalMiddleware",
    "fengcai.web.shared.elsewhere.OpenElsewhere",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "fengcai.project.urls"
ASGI_APPLICATION = "fengcai.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fengcai.web.shared.context.installation",
            ],
        },
    }
]

DATABASES = CONFIGURATION.databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Signing in, lockout, transport, Content-Security-Policy, caches.
globals().update(security.settings_for(CONFIGURATION))
AXES_FAILURE_LIMIT: int = security.ATTEMPTS
AXES_COOLOFF_TIME: timedelta = security.COOL_OFF

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # the wheel serves its own built front end without collectstatic
WHITENOISE_AUTOREFRESH = False
STATICFILES_DIRS = [Path(__file__).resolve().parents[1] / "web" / "static"]
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$"

FENGCAI_API_REQUESTS_A_MINUTE = 600  # by one token; counted in the cache

DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

one_way()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "fengcai.project.logs.Line",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # httpx tells each address that it asks, and with it a robot's key or a telephone number.
    "loggers": {"fengcai": {"level": "INFO"}, "httpx": {"level": "WARNING"}},
}
