"""The list of a unit's works: what a card shows, who is counted, and what the list costs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.units import end_exemption, exempt_unit
from fengcai.apps.entries.cards import cards
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from tests.factories.collecting import Collecting

ComeIn = Callable[[User], Client]
UNIT = "心病科"


def another(stage: Collecting, title: str, state: State = State.DRAFT) -> Entry:
    unit = stage.units[UNIT]
    return Entry.objects.create(
        contest=stage.contest,
        rulebook=stage.contest.version,
        unit=unit,
        track="video",
        title=title,
        state=state,
        created_by=stage.contacts[UNIT],
    )


def text_of(stage: Collecting, come_in: ComeIn) -> str:
    answer = come_in(stage.contacts[UNIT]).get(f"/c/{stage.contest.slug}/works/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_withdrawn_work_is_shown_and_does_not_count(stage: Collecting, come_in: ComeIn) -> None:
    stage.draft()
    another(stage, "撤回的一件", State.WITHDRAWN)
    text = text_of(stage, come_in)
    assert "撤回的一件" in text
    assert "已有 1 件" in text


def test_a_card_shows_its_file_as_it_stands(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    entry = stage.draft()
    assert "还没有上传文件" in text_of(stage, come_in)
    stage.with_film(entry, tmp_path)
    film = entry.files.get(current=True).asset
    Asset.objects.filter(pk=film.pk).update(state=Asset.State.RECEIVED, poster_key="")
    assert "文件检查中" in text_of(stage, come_in)
    Asset.objects.filter(pk=film.pk).update(
        state=Asset.State.INSPECTED,
        poster_key="a/b.jpg",
        sprite_key="a/b.sprite.jpg",
        facts={
            "video": {"duration_s": "183.5"},
            "pictures": {"sprite": {
                "columns": 10, "rows": 6, "tile_width_px": 160, "tile_height_px": 90,
                "times_s": ["0", "1", "2"],
            }},
        },
    )  # fmt: skip
    text = text_of(stage, come_in)
    assert f'src="/files/{film.pk}/poster"' in text
    assert f'<fc-scrub src="/files/{film.pk}/sprite" columns="10" rows="6" count="3">' in text
    assert "3:03" in text or "3:04" in text
    (card,) = cards(stage.contest)
    assert card.file is not None
    assert (float(card.file.duration or 0), card.file.running) == (183.5, False)


@pytest.mark.parametrize("works", [1, 30])
def test_the_list_costs_the_same_at_any_length(
    stage: Collecting, come_in: ComeIn, works: int, django_assert_num_queries
) -> None:
    for number in range(works):
        another(stage, f"作品{number}")
    contact = come_in(stage.contacts[UNIT])
    contact.get(f"/c/{stage.contest.slug}/works/")
    with django_assert_num_queries(9):
        contact.get(f"/c/{stage.contest.slug}/works/")


def test_the_page_of_a_work_costs_few_statements(
    stage: Collecting, come_in: ComeIn, tmp_path: Path, django_assert_num_queries
) -> None:
    entry = stage.draft()
    stage.with_film(entry, tmp_path)
    contact = come_in(stage.contacts[UNIT])
    contact.get(f"/works/{entry.pk}/")
    with django_assert_num_queries(15):
        assert contact.get(f"/works/{entry.pk}/").status_code == 200


@pytest.mark.intake
@pytest.mark.clause("J1")
def test_an_exempted_unit_is_not_told_what_it_lacks(stage: Collecting, come_in: ComeIn) -> None:
    assert "还没有达到的要求" in text_of(stage, come_in)
    exempt_unit(
        unit=stage.units[UNIT], reason="整体搬迁，今年不报", by=stage.organiser, at=timezone.now()
    )
    text = text_of(stage, come_in)
    assert "还没有达到的要求" not in text
    assert "主办方已免去本单位的报送任务：整体搬迁，今年不报" in text
    end_exemption(unit=stage.units[UNIT], by=stage.organiser, at=timezone.now())
    assert "还没有达到的要求" in text_of(stage, come_in)
