"""The review desk: only reviewers come in, and a refused decision keeps what was judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from tests.factories.collecting import Collecting

ComeIn = Callable[[User], Client]


def test_the_desk_lists_what_waits(stage: Collecting, come_in: ComeIn, tmp_path: Path) -> None:
    entry = stage.under_review(tmp_path)
    page = come_in(stage.reviewer).get(f"/c/{stage.contest.slug}/review/").content.decode()
    assert "有 1 件作品等待审核" in page
    assert f"/review/{entry.pk}/" in page


@pytest.mark.parametrize("who", ["contacts", "heads"])
def test_units_do_not_review(stage: Collecting, come_in: ComeIn, tmp_path: Path, who: str) -> None:
    entry = stage.under_review(tmp_path)
    client = come_in(getattr(stage, who)["心病科"])
    assert client.get(f"/c/{stage.contest.slug}/review/").status_code == 403
    assert client.post(f"/review/{entry.pk}/", {"decision": "accept"}).status_code in (403, 404)
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"


def test_an_unfinished_review_is_refused_and_keeps_the_notes(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    entry = stage.under_review(tmp_path)
    answer = come_in(stage.reviewer).post(
        f"/review/{entry.pk}/",
        {"decision": "accept", "version": entry.version, "note-truthful": "片头 <晃>"},
    )
    assert answer.status_code == 422
    assert 'value="片头 &lt;晃&gt;"' in answer.content.decode()
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"
