"""Whose word about an address counts, where passkeys work, and the brake on open pages."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from fengcai.web.shared.accounts.device import device_in_words
from fengcai.web.shared.address import Passkeys, client_address, counted_address, passkeys_at
from fengcai.web.shared.pace import paced


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "address"),
    [
        (0, "", "203.0.113.1", "203.0.113.1"),
        (0, "9.9.9.9", "203.0.113.1", "203.0.113.1"),
        (1, "", "203.0.113.1", "203.0.113.1"),
        (1, "9.9.9.9", "10.0.0.1", "9.9.9.9"),
        (1, "1.1.1.1, 9.9.9.9", "10.0.0.1", "9.9.9.9"),
        (2, "1.1.1.1, 9.9.9.9, 10.0.0.2", "10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", "10.0.0.1", "10.0.0.1"),
        (1, "not an address", "10.0.0.1", "10.0.0.1"),
        (1, "9.9.9.9,", "10.0.0.1", "10.0.0.1"),
        (0, "", "", "0.0.0.0"),
    ],
)
def test_a_forwarded_address_counts_as_far_as_our_proxies_reach(
    proxies: int, forwarded: str, peer: str, address: str
) -> None:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    with override_settings(FENGCAI_TRUSTED_PROXIES=proxies):
        assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers)) == address


def test_a_household_of_ipv6_counts_as_one() -> None:
    def counted(peer: str) -> str:
        return counted_address(RequestFactory().get("/", REMOTE_ADDR=peer))

    assert counted("2001:db8:1:2:3::4") == counted("2001:db8:1:2:ffff::1") == "2001:db8:1:2::"
    assert counted("2001:db8:1:3::1") != counted("2001:db8:1:2::1")
    assert counted("::ffff:203.0.113.1") == "203.0.113.1"


@pytest.mark.parametrize(
    ("host", "secure", "found"),
    [
        ("fengcai.example.cn", True, Passkeys.POSSIBLE),
        ("fengcai.example.cn:8443", True, Passkeys.POSSIBLE),
        ("fengcai.example.cn", False, Passkeys.INSECURE),
        ("localhost:8000", False, Passkeys.POSSIBLE),
        ("127.0.0.1:8000", False, Passkeys.NUMERIC),
        ("10.1.2.3", True, Passkeys.NUMERIC),
        ("[::1]:8000", False, Passkeys.NUMERIC),
    ],
)
def test_where_passkeys_work(host: str, secure: bool, found: Passkeys) -> None:
    with override_settings(ALLOWED_HOSTS=["*"]):
        assert passkeys_at(RequestFactory().get("/", HTTP_HOST=host, secure=secure)) is found


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (Windows NT 6.1) Chrome/109.0 Safari/537.36", "Windows 电脑上的Chrome"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Edg/120.0", "Windows 电脑上的Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0", "iPhone上的微信"),
        ("curl/8", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_devices_in_words(header: str, words: str) -> None:
    assert device_in_words(header) == words


def test_an_open_page_has_a_brake_for_each_address() -> None:
    caches["process"].clear()

    @paced("tested", limit=3, seconds=60)
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok")

    def ask(peer: str) -> int:
        from django.contrib.auth.models import AnonymousUser

        request = RequestFactory().get("/", REMOTE_ADDR=peer)
        request.user = AnonymousUser()
        return page(request).status_code

    assert [ask("203.0.113.1") for _ in range(5)] == [200, 200, 200, 429, 429]
    assert ask("203.0.113.2") == 200
