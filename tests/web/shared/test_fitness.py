"""What only SQLite could store is turned away at the door, before anything is signed or recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.entries.models import Declaration, Entry
from fengcai.web.shared.fitness import FitTextMiddleware
from tests.factories.collecting import DECLARED, UNITS, Collecting, collecting, inspected

pytestmark = pytest.mark.django_db

SAID = "看不见的空字符，或半个字符"


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    return collecting()


def come_in(made: Collecting) -> Client:
    client = Client()
    client.force_login(made.contacts[UNITS[0]])
    return client


def signing(signed_name: str, version: int) -> dict[str, object]:
    return {"signed_name": signed_name, "version": version, "declared": DECLARED}


@pytest.mark.parametrize("wholly", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_name_with_a_nul_signs_nothing(made: Collecting, tmp_path: Path, wholly: str) -> None:
    entry = made.draft()
    inspected(made.with_film(entry, tmp_path))
    before, client = AuditRecord.objects.count(), come_in(made)
    address = f"/works/{entry.pk}/submit"
    if wholly == "multipart/form-data":
        answer = client.post(address, signing("联络员\0", 2))
    else:
        answer = client.post(address, "version=2&signed_name=%E5%90%8D%00", content_type=wholly)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert SAID in page
    assert "没有改动任何数据" in page
    assert "请返回上一页" in page
    assert (Declaration.objects.count(), AuditRecord.objects.count()) == (0, before)
    assert Entry.objects.get(pk=entry.pk).state == "draft"


@pytest.mark.parametrize(
    "address",
    ["/?q=a%00b", "/?a%00b=1", "/c/yikeyifengcai/gallery/%00/", "/enter/abc%00/", "/accounts/login/?next=%00"],
)  # fmt: skip
def test_an_address_with_a_nul_is_a_page_and_no_fault(
    client: Client, made: Collecting, address: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert SAID in answer.content.decode()


def test_a_name_of_a_field_is_looked_at_too(client: Client, made: Collecting) -> None:
    answer = client.post("/accounts/login/", {"login": "a", "password": "b", "x\0": ""})
    assert answer.status_code == 400


def test_scripts_and_fragments_get_it_in_their_own_way(client: Client) -> None:
    told = client.get("/?q=%00", headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (400, "unfit-text")
    fragment = client.get("/?q=%00", headers={"HX-Request": "true"})
    assert fragment.status_code == 400
    assert SAID in json.loads(fragment["HX-Trigger"])["toast"]["message"]


def test_a_cookie_with_a_nul_is_dropped(client: Client, rf: Any) -> None:
    seen: dict[str, str] = {}
    request = rf.get("/")
    request.COOKIES = {"sessionid": "abcdefgh\0", "kept": "风采", "x\0": "1"}

    def answer(request: Any) -> Any:
        seen.update(request.COOKIES)

    FitTextMiddleware(answer)(request)
    assert seen == {"kept": "风采"}
    # "\000" is how a cookie says NUL; a session's key would be looked up in the database.
    page = client.get("/me/", headers={"Cookie": 'sessionid="abcdefghij\\000"'})
    assert page.status_code == 302


def test_half_a_character_in_a_form_is_refused_and_whole_ones_pass(rf: Any) -> None:
    door = FitTextMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    request = rf.post("/x", {"reason": "好"}, headers={"Accept": "application/json"})
    assert door.process_view(request, None, (), {}) is None  # type: ignore[arg-type]
    half = rf.post("/x", {"reason": "好"}, headers={"Accept": "application/json"})
    half._load_post_and_files()
    half.POST._mutable = True
    half.POST["reason"] = "坏\ud83d"
    answer = door.process_view(half, None, (), {})  # type: ignore[arg-type]
    assert answer is not None
    assert answer.status_code == 400
    emoji = rf.post("/x", {"reason": "好😀\r\n\t"})
    assert door.process_view(emoji, None, (), {}) is None  # type: ignore[arg-type]
