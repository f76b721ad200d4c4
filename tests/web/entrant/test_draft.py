"""The draft's page and its autosave: who may, what is answered, what a refusal keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from tests.factories.collecting import Collecting

JSON = {"content_type": "application/json", "headers": {"Accept": "application/json"}}
ComeIn = Callable[[User], Client]


def save(client: Client, entry: Entry, version: int, **fields: object):
    return client.post(f"/works/{entry.pk}/save", {"version": version, "fields": fields}, **JSON)


def test_autosave_answers_the_new_version(stage: Collecting, come_in: ComeIn) -> None:
    entry = stage.draft()
    answer = save(come_in(stage.contacts["心病科"]), entry, entry.version, title="改过的名字")
    assert answer.status_code == 200
    assert answer.json()["version"] == entry.version + 1
    assert str(Entry.objects.get(pk=entry.pk)) == "改过的名字"


def test_a_second_tab_gets_both_texts(stage: Collecting, come_in: ComeIn) -> None:
    entry = stage.draft()
    contact = come_in(stage.contacts["心病科"])
    save(contact, entry, entry.version, title="先存的")
    answer = save(contact, entry, entry.version, title="后存的")
    assert answer.status_code == 409
    assert answer.json()["version"] == entry.version + 1
    assert answer.json()["current"]["title"] == "先存的"
    assert str(Entry.objects.get(pk=entry.pk)) == "先存的"


@pytest.mark.parametrize(
    "body",
    [
        *("{", "[]", '{"version": 1}', '{"version": "x", "fields": {}}'),
        '{"version": 1e999, "fields": {}}',
    ],
)
def test_a_garbled_autosave_is_refused_and_changes_nothing(
    stage: Collecting, come_in: ComeIn, body: str
) -> None:
    entry = stage.draft()
    answer = come_in(stage.contacts["心病科"]).post(f"/works/{entry.pk}/save", body, **JSON)
    assert answer.status_code == 422
    assert Entry.objects.get(pk=entry.pk).version == entry.version


def test_the_page_has_one_primary_button(stage: Collecting, come_in: ComeIn) -> None:
    """The next step leads to it, where it is on the page."""
    text = come_in(stage.contacts["心病科"]).get(f"/works/{stage.draft().pk}/").content.decode()
    assert '<a class="button" href="#' in text
    assert [text.count("button primary"), text.count(">提交作品</button>")] == [1, 1]


@pytest.mark.parametrize("part", ["", "files/main"])
def test_another_unit_s_work_is_not_there(stage: Collecting, come_in: ComeIn, part: str) -> None:
    entry = stage.draft()
    answer = come_in(stage.contacts["针灸科"]).get(f"/works/{entry.pk}/{part}")
    assert answer.status_code == 404
    assert "心跳的守护" not in answer.content.decode()


@pytest.mark.parametrize("part", ["save", "grant/main", "submit", "confirm", "recall", "withdraw"])
def test_another_unit_changes_nothing(stage: Collecting, come_in: ComeIn, part: str) -> None:
    entry = stage.draft()
    answer = come_in(stage.contacts["针灸科"]).post(f"/works/{entry.pk}/{part}")
    assert answer.status_code == 404
    assert Entry.objects.get(pk=entry.pk).version == entry.version


def test_a_refused_submission_keeps_every_character(stage: Collecting, come_in: ComeIn) -> None:
    entry = stage.draft()
    typed = "  “引号”<b>&\n第二行，𠮷㼆  "
    answer = come_in(stage.contacts["心病科"]).post(
        f"/works/{entry.pk}/submit",
        {"version": entry.version, "synopsis": typed, "signed_name": "联络员甲"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "  “引号”&lt;b&gt;&amp;\n第二行，𠮷㼆  </textarea>" in page
    assert 'value="联络员甲"' in page


def test_the_fragment_of_a_slot_shows_the_film(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    entry = stage.draft()
    stage.with_film(entry, tmp_path)
    answer = come_in(stage.contacts["心病科"]).get(f"/works/{entry.pk}/files/main")
    page = answer.content.decode()
    assert "心病科+一科一风采视频大赛.mp4" in page
    assert "正在检查文件" in page
    assert '<fc-progress channel="job:' in page
    assert f'refresh-url="/works/{entry.pk}/files/main"' in page
