"""The office's list of works: bounded whatever the number, and all said in the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from tests.factories import judging as factory

SignedIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def crowded(works: int) -> factory.Stage:
    """One work with its film, and copies of it without."""
    stage = factory.contest(works=1, judges=0)
    (one,) = stage.entries
    # It stands first, so that every page has a file to ask about.
    Entry.objects.filter(pk=one.pk).update(updated_at=timezone.now() + timedelta(days=1))
    Entry.objects.bulk_create(
        Entry(
            contest=stage.contest,
            rulebook=one.rulebook,
            unit=one.unit,
            track=one.track,
            themes=one.themes,
            title=f"仁心故事之{number}",
            state="accepted",
            number=f"{number:03d}",
            created_by=stage.organiser,
            submitted_at=one.submitted_at,
        )
        for number in range(2, works + 1)
    )
    return stage


@pytest.mark.parametrize("works", [1, 50, 500])
def test_the_page_is_bounded(signed_in: SignedIn, works: int) -> None:
    stage = crowded(works)
    client = signed_in(stage.organiser)
    where = f"/c/{stage.contest.slug}/office/works/"
    client.get(where)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(where)
    assert len(seen) == 9  # the session, the person, the contest, the role, and the list's five
    assert answer.content.count(b'<th scope="row">') == min(works, 50)
    assert len(answer.content) < 120_000
    assert f"导出这 {works} 件" in answer.content.decode()


def test_words_state_and_order_stand_in_the_address(signed_in: SignedIn) -> None:
    stage = crowded(120)
    client = signed_in(stage.organiser)
    where = f"/c/{stage.contest.slug}/office/works/"
    page = client.get(where, {"q": "之1", "state": "accepted", "sort": "number", "page": "1"})
    text = page.content.decode()
    assert 'value="之1"' in text
    assert "仁心故事之100" in text
    assert "仁心故事之99<" not in text
    assert 'aria-sort="ascending"' in text
    other = client.get(where, {"state": "nonsense", "sort": "nonsense", "page": "x", "unit": "-"})
    assert other.status_code == 200
    assert client.get(where, {"q": "zzz"}).content.decode().count("没有这样的作品") == 1


def test_htmx_gets_the_list_alone_and_the_history_the_page(signed_in: SignedIn) -> None:
    stage = crowded(2)
    client = signed_in(stage.organiser)
    where = f"/c/{stage.contest.slug}/office/works/"
    part = client.get(where, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="works"')
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<!DOCTYPE html>" in client.get(where, headers=restored).content.decode()


def test_the_export_is_the_choice_and_no_formula(signed_in: SignedIn) -> None:
    stage = crowded(3)
    Entry.objects.filter(number="003").update(title="=1+1")
    client = signed_in(stage.organiser)
    answer = client.get(f"/c/{stage.contest.slug}/office/works.csv", {"sort": "number"})
    with pytest.warns(Warning, match="asynchronous iterators"):  # the test client is not a server
        sent = b"".join(answer)
    lines = sent.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("作品,单位,编号")
    assert lines[1].startswith("'=1+1,第1科,003")


def test_only_the_office_sees_the_list(signed_in: SignedIn) -> None:
    stage = crowded(1)
    stranger = factory.person("路人")
    for name in ("works/", "works.csv"):
        where = f"/c/{stage.contest.slug}/office/{name}"
        assert signed_in(stranger).get(where).status_code == 403
