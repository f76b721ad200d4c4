"""Coming on board: the key, the steps, a real test mail, 系统设置 for administrators only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import Installation, User
from fengcai.apps.people.privacy.actions import request_about_data
from fengcai.apps.people.setup import make_setup_key
from fengcai.web.organiser.pages.setup import snippet
from tooling.servers.exim import Exim, running

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

STEPS = ("organisation", "administrator", "address", "mail", "storage", "engines", "signin", "contest")  # fmt: skip
PASSWORD = "zhong-yi-yuan-2026"


@pytest.fixture(autouse=True)
def patient_doors() -> None:
    caches["process"].clear()


@pytest.fixture
def administrator() -> User:
    return create_account(username="boss", name="管理员", administrator=True)


@pytest.fixture(scope="module")
def exim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exim]:
    with running(tmp_path_factory.mktemp("setup-exim")) as server:
        yield server


def opened(client: Client) -> Client:
    assert client.post("/setup/key/", {"key": make_setup_key()}).status_code == 302
    return client


@pytest.mark.clause("U7")
def test_from_the_printed_key_to_a_signed_in_administrator(client: Client) -> None:
    for path in ("/setup/", *(f"/setup/{step}/" for step in STEPS)):
        assert client.get(path)["Location"] == "/setup/key/"
    assert client.post("/setup/key/", {"key": "AAAAA-BBBBB-CCCCC-DDDDD"}).status_code == 422
    before = client.session.session_key
    opened(client)
    assert client.session.session_key != before
    asked = [client.get(f"/setup/{step}/").status_code for step in STEPS]
    assert asked == [200] * len(STEPS)
    saved = client.post("/setup/organisation/", {"name": "示例医院", "contact": "宣传科"})
    assert saved["Location"] == "/setup/administrator/"
    assert Installation.objects.get().name == "示例医院"
    form = {"username": "guanli", "name": "管理员", "password1": PASSWORD, "password2": "other"}
    refused = client.post("/setup/administrator/", form)
    assert (refused.status_code, "guanli" in refused.content.decode()) == (422, True)
    made = client.post("/setup/administrator/", {**form, "password2": PASSWORD})
    assert made["Location"] == "/setup/address/"
    assert client.get("/setup/").status_code == 200
    assert client.get("/me/").content.decode().count("系统设置") == 1
    assert "还没有您办理的活动" in client.get("/me/").content.decode()
    assert Client().get("/setup/key/")["Location"] == "/setup/"
    assert Client().get("/setup/")["Location"].startswith("/accounts/login/")


def test_a_key_is_not_guessed_and_a_session_does_not_outlive_it(client: Client) -> None:
    opened(client)
    make_setup_key()  # the server was started again
    assert client.get("/setup/mail/")["Location"] == "/setup/key/"
    guesser = Client()
    for _ in range(5):
        guesser.post("/setup/key/", {"key": "x"})
    shut = guesser.post("/setup/key/", {"key": make_setup_key()})
    assert (shut.status_code, "过一刻钟再试" in shut.content.decode()) == (422, True)


def test_only_administrators_come_in_afterwards(
    signed_in: Callable[[object], Client], administrator: User
) -> None:
    contact = create_account(username="u1", name="联络员")
    for path in ("/setup/", "/setup/mail/", "/setup/storage/"):
        assert signed_in(contact).get(path).status_code == 403
        assert signed_in(administrator).get(path).status_code == 200
    assert signed_in(administrator).get("/setup/nothing/").status_code == 404
    asked = request_about_data(user=contact, kind="delete", text="删除电话", at=_now())
    assert "删除电话" in signed_in(administrator).get("/setup/").content.decode()
    path = f"/setup/requests/{asked.pk}/"
    assert signed_in(contact).post(path, {"answer": "好"}).status_code == 403
    assert signed_in(administrator).post(path, {"answer": "已删除"}).status_code == 302


def test_a_test_mail_really_goes_out_by_what_was_typed(
    client: Client, exim: Exim, administrator: User, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(administrator)
    form = {
        "url": f"smtp+plain://127.0.0.1:{exim.port}", "to": "office@example.cn",
        "sender": "fengcai@example.cn", "user": "", "password": "",
    }  # fmt: skip
    page = client.post("/setup/mail/", form).content.decode()
    assert 'data-tone="pass"' in page
    assert "FENGCAI_MAIL_FROM=fengcai@example.cn" in page
    nobody = client.post("/setup/mail/", {**form, "sender": ""})
    assert nobody.status_code == 422
    assert "没有发出" in nobody.content.decode()
    assert "请填在下面“发件地址”一栏" in nobody.content.decode()
    wrong = client.post("/setup/mail/", {**form, "url": "smtp+plain://127.0.0.1:1"})
    assert 'data-tone="fail"' in wrong.content.decode()
    assert "FENGCAI_MAIL_FROM" not in wrong.content.decode()


def test_the_trial_writes_no_file_and_shows_no_password(
    signed_in: Callable[[object], Client], administrator: User, tmp_path: Path
) -> None:
    client = signed_in(administrator)
    form = {"to": "a@example.cn", "sender": "b@example.cn", "user": "b", "password": "geheim-7"}
    for url in (f"folder://{tmp_path}", "console:", "http://example.cn", "smtp://"):
        page = client.post("/setup/mail/", {**form, "url": url})
        assert page.status_code == 422
        assert "geheim-7" not in page.content.decode()
    assert list(tmp_path.iterdir()) == []


def test_settings_to_copy_are_values_and_nothing_more() -> None:
    hostile = "a'b\"c\nFENGCAI_DEBUG=1 $(id) \\"
    made = snippet({"mail_user": hostile, "https": True, "trusted_proxies": 1})
    assert len(made.env.splitlines()) == 3
    shell = re.match(r"FENGCAI_MAIL_USER='(.*)'$", made.env.splitlines()[0])
    assert shell is not None
    assert shell[1].replace("'\\''", "\0").count("'") == 0
    told = tomllib.loads(made.toml)
    assert told == {"mail_user": hostile.replace("\n", " "), "https": True, "trusted_proxies": 1}


def test_the_forecast_counts_what_fits(
    signed_in: Callable[[object], Client], administrator: User
) -> None:
    page = signed_in(administrator).get("/setup/storage/").content.decode()
    fits = [int(number) for number in re.findall(r">(\d+) 件<", page)]
    assert len(fits) == 3
    assert fits == sorted(fits, reverse=True)


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()
