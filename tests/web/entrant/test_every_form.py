"""The form of every track of every example in the browser: it shows every field and place, and what is
empty, huge, hostile, in half characters or sent twice is met with a sentence and keeps what was typed."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.test import Client

from fengcai.apps.entries.lists import LISTS, shape_of
from fengcai.apps.entries.models import Entry
from fengcai.core.rulebook.rules import Track
from tests.factories.any_rulebook import BOOKS, Unresolved, office, rules_named
from tests.web.shared.conftest import front_end

__all__ = ["front_end"]

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("H3")]
HOSTILE = "<script>alert(1)</script>\u202e\u200b'\"; DROP"


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.usefixtures("front_end")
def test_every_form_shows_everything_and_takes_nothing_wrong(book: str) -> None:
    try:
        rules = rules_named(book)
    except Unresolved:
        pytest.skip("only its organiser can answer a question of this rulebook")
    made = office(rules)
    for n, track in enumerate(rules.tracks):
        unit = made.unit(f"第{n}单位")
        entry = made.begin(unit, track.id)
        browser = Client()
        url = f"/works/{entry.pk}/"
        with time_machine.travel(made.when(entry), tick=False):
            browser.force_login(made.who(unit))
            page = browser.get(url)
            text = page.content.decode()
            assert page.status_code == 200, track.id
            for field in track.fields:
                assert field.label in text
                assert f'id="{field.id}"' in text
            for slot in (each for each in track.slots if not each.divisions):
                assert f'id="slot-{slot.id}"' in text
            if n:
                continue  # every page is looked at; what is wrong is refused in one place for all
            _empty(browser, url)
            _hostile(browser, url, track)
            _huge(browser, url, track)
            _twice(browser, url, entry, track)


def _empty(browser: Client, url: str) -> None:
    answer = browser.post(f"{url}submit", {"version": "1"})
    assert answer.status_code == 422
    assert "还差" in answer.content.decode()


def _sent(track: Track, text: str) -> dict[str, object]:
    sent: dict[str, object] = {}
    for field in track.fields:
        if field.kind == "people":
            sent |= {f"{field.id}-{part}": [text] for part in ("name", "role", *field.asks)}
        elif field.kind in LISTS:
            sent |= {f"{field.id}-{part}": [text] for part in shape_of(field).ids}
        else:
            sent[field.id] = text
    return sent


def _hostile(browser: Client, url: str, track: Track) -> None:
    version = Entry.objects.get(pk=url.split("/")[2]).version
    answer = browser.post(f"{url}submit", {"version": version, **_sent(track, HOSTILE)})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert browser.get(url).status_code == 200


def _huge(browser: Client, url: str, track: Track) -> None:
    version = Entry.objects.get(pk=url.split("/")[2]).version
    answer = browser.post(f"{url}save", {"version": version, **_sent(track, "长" * 30_000)})
    assert answer.status_code in (302, 422)
    assert browser.get(url).status_code == 200
    broken = browser.post(
        f"{url}save",
        json.dumps({"version": version, "fields": {_line(track): "\ud83d"}}),
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert broken.status_code in (409, 422)
    assert broken.json()["message"]


def _line(track: Track) -> str:
    return next(f.id for f in track.fields if f.kind in ("text", "longtext", "phone", "link"))


def _twice(browser: Client, url: str, entry: Entry, track: Track) -> None:
    entry.refresh_from_db()
    same = {"version": entry.version, **_sent(track, "同一句话")}
    first, second = (browser.post(f"{url}save", same) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    before = entry.version
    entry.refresh_from_db()
    assert entry.version == before + 1
