"""What the configuration makes of the policy, the identity provider and the second factor."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fengcai.apps.contests.roles import Role
from fengcai.project.configuration import ROLES, Configuration
from fengcai.project.security import content_policy, doors, settings_for

OIDC = {
    "oidc_issuer": "https://sso.example.cn/realms/yy",
    "oidc_client_id": "fengcai",
    "oidc_client_secret": "s",
}


def test_the_policy_of_the_default_installation_knows_no_other_address() -> None:
    policy = content_policy(Configuration())
    words = [word for words in policy.values() for word in words]
    assert set(words) == {"'self'", "'none'", "data:"}
    assert "report-uri" not in policy


@pytest.mark.parametrize(
    ("endpoint", "origins"),
    [
        (
            "https://oss.example.cn:9000",
            ["https://oss.example.cn:9000", "https://works.oss.example.cn:9000"],
        ),
        (
            "",
            [
                "https://s3.cn-north-1.amazonaws.com", "https://works.s3.cn-north-1.amazonaws.com",
                "https://s3.amazonaws.com", "https://works.s3.amazonaws.com",
            ],
        ),
    ],
)  # fmt: skip
def test_works_on_s3_are_shown_from_there_and_scripts_are_not(
    endpoint: str, origins: list[str]
) -> None:
    policy = content_policy(
        Configuration(storage="s3://works/a", s3_endpoint=endpoint, s3_region="cn-north-1")
    )
    assert policy["img-src"] == ["'self'", "data:", *origins]
    assert policy["media-src"] == ["'self'", *origins]
    assert policy["script-src"] == policy["connect-src"] == ["'self'"]


def test_the_sign_in_form_may_lead_to_the_provider() -> None:
    policy = content_policy(Configuration(**OIDC, csp_report="/report"))  # type: ignore[arg-type]
    assert policy["form-action"] == ["'self'", "https://sso.example.cn"]
    assert policy["report-uri"] == "/report"


def test_a_form_may_lead_to_every_door_that_is_set_and_to_no_other() -> None:
    given = {
        "wechat_site_appid": "wx", "wechat_site_secret": "s", "wecom_corpid": "ww",
        "wecom_agentid": "1", "wecom_secret": "s", "cas_url": "https://cas.example.cn/cas",
    }  # fmt: skip
    policy = content_policy(Configuration(**given))  # type: ignore[arg-type]
    assert policy["form-action"] == [
        "'self'", "https://cas.example.cn", "https://open.weixin.qq.com",
        "https://login.work.weixin.qq.com",
    ]  # fmt: skip
    assert set(doors(Configuration(**given))) == {"wechat_site", "wecom", "cas"}  # type: ignore[arg-type]
    assert doors(Configuration()) == {}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"oidc_issuer": "https://sso.example.cn"}, "要一起设"),
        ({**OIDC, "oidc_issuer": "http://sso.example.cn"}, "https://"),
        ({**OIDC, "oidc_issuer": "sso.example.cn"}, "https://"),
        ({"require_second_factor": "organiser,king"}, "没有角色 king"),
        ({"trusted_proxies": 9}, "5"),
        ({"wechat_appid": "wx1"}, "FENGCAI_WECHAT_SECRET 要一起设"),
        ({"wecom_corpid": "ww", "wecom_secret": "s"}, "要一起设"),
        ({"ldap_url": "ldaps://l.example.cn"}, "要一起设"),
        ({"ldap_url": "ldap://l.example.cn", "ldap_base": "dc=x"}, "明文传输"),
        ({"ldap_filter": "(uid=x)"}, "须含"),
        ({"cas_url": "http://cas.example.cn/cas"}, "https://"),
        ({"wechat_api": "http://proxy.example.cn"}, "https://"),
        ({"hsts": -1}, "0"),
        ({"oidc_match": "email"}, "username"),
    ],
)
def test_half_a_setting_is_an_error_in_words(given: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Configuration(**given)


def test_https_brings_its_settings_and_plain_http_brings_none() -> None:
    plain = settings_for(Configuration())
    assert plain["SESSION_COOKIE_SECURE"] is False
    assert not {"SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER"} & set(
        plain
    )
    safe = settings_for(Configuration(https=True, trusted_proxies=1))
    assert safe["SESSION_COOKIE_SECURE"] is safe["CSRF_COOKIE_SECURE"] is True
    assert safe["SECURE_SSL_REDIRECT"] is True
    assert safe["SECURE_HSTS_SECONDS"] == 30 * 24 * 3600
    assert safe["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_the_roles_are_those_of_a_contest() -> None:
    assert set(ROLES) == set(Role.values)
    chosen = Configuration(require_second_factor=" organiser, administrator ")
    assert chosen.second_factor_roles == {"organiser", "administrator"}


def test_answers_beside_django_are_no_pages() -> None:
    import asyncio

    from fengcai.project.headers import guarded

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    own = [(b"Referrer-Policy", b"no-referrer"), (b"content-type", b"text/plain")]
    asyncio.run(guarded(send)({"type": "http.response.start", "status": 201, "headers": own}))
    asyncio.run(guarded(send)({"type": "http.response.body", "body": b"x"}))
    assert sent[0]["status"] == 201
    assert sent[0]["headers"] == [
        *own,
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    ]
    assert sent[1] == {"type": "http.response.body", "body": b"x"}
