"""Doubles of the obvious kind, known as soon as a work is handed in: file, title, topic, past winners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.entries.models import Entry
from fengcai.apps.likeness.models import PriorWork, Twin
from fengcai.apps.likeness.obvious import hints_of, keep_twins, twins_of
from fengcai.apps.refusals import NotPermitted
from fengcai.engines.jobs import run_pending
from tests.factories.collecting import DAY, UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    return collecting()


def handed_in(made: Collecting, unit: str, **changes: Any) -> Entry:
    entry = made.draft(unit, **changes)
    Entry.objects.filter(pk=entry.pk).update(state="confirmed")
    entry.refresh_from_db()
    return entry


@pytest.mark.clause("J10")
def test_the_same_title_of_another_unit_is_named_to_the_office_and_not_to_the_unit(
    made: Collecting, django_assert_num_queries: Any
) -> None:
    handed_in(made, UNITS[1], title="《心跳的守护者》")
    mine = handed_in(made, UNITS[0], title="心跳的 守护者！", synopsis="")
    assert keep_twins(entry=mine, at=DAY) == 1
    [row] = twins_of(entry=mine, user=made.reviewer)
    assert (row.kind, row.text) == ("title", "《《心跳的守护者》》（针灸科）：题名相同")
    assert hints_of(mine) == [
        "本次活动中已有其他单位的作品题名相同。如系合作或巧合，请准备向审核员说明。"
    ]
    with pytest.raises(NotPermitted):
        twins_of(entry=mine, user=made.contacts[UNITS[0]])
    with django_assert_num_queries(1):
        hints_of(mine)


@pytest.mark.clause("J10")
def test_the_same_file_under_another_name_is_seen_by_its_hash(
    made: Collecting, tmp_path: Path
) -> None:
    first, second = handed_in(made, UNITS[0]), handed_in(made, UNITS[1], title="银针")
    Entry.objects.update(state="draft")
    same = made.with_film(first, tmp_path).sha256
    asset = made.with_film(second, tmp_path)
    asset.sha256 = same
    asset.save()
    Entry.objects.update(state="submitted")
    keep_twins(entry=second, at=DAY)
    [row] = twins_of(entry=second, user=made.reviewer)
    assert row.text == "《心跳的守护》（心病科）：文件“心病科+一科一风采视频大赛.mp4”完全相同"
    assert row.entry_id == first.pk


@pytest.mark.clause("H8")
@pytest.mark.parametrize(
    ("title", "synopsis", "alike"),
    [
        ("血常规报告怎么看", "从白细胞、红细胞、血小板三项说起，看懂血常规检验报告单。", True),
        ("输血安全的最后一道关", "交叉配血实验的一天，跟着输血科同事走一遍流程。", False),
    ],
)
def test_a_topic_twice_inside_a_unit_is_noticed(
    made: Collecting, title: str, synopsis: str, alike: bool
) -> None:
    handed_in(made, UNITS[0], title="读懂血常规", synopsis="检验报告单上的白细胞、血小板说明什么。")
    handed_in(made, UNITS[1], title="血常规与您", synopsis="检验报告单上的白细胞、血小板说明什么。")
    mine = handed_in(made, UNITS[0], title=title, synopsis=synopsis)
    keep_twins(entry=mine, at=DAY)
    hints = hints_of(mine)
    assert len(hints) == int(alike)
    if alike:
        assert hints[0].startswith("与本单位的《读懂血常规》选题相近（都写到")


@pytest.mark.clause("H14")
def test_a_past_winner_is_met_by_its_name_or_nearly_so(made: Collecting) -> None:
    series = made.contest.series
    PriorWork.objects.create(
        series=series, year=2024, title="隐形的健康守护者", unit="某院", award="一等奖"
    )
    PriorWork.objects.create(series="another", year=2024, title="隐形的健康守护者", unit="某院")
    PriorWork.objects.create(series=series, year=2023, title="银针", unit="某院")
    mine = handed_in(made, UNITS[0], title="隐形的健康守护人")
    keep_twins(entry=mine, at=DAY)
    [row] = twins_of(entry=mine, user=made.reviewer)
    assert row.text == (
        "往届获奖作品2024 年《隐形的健康守护者》（某院，一等奖）：题名与往届获奖作品相近"
    )
    # A title of two characters is chance.
    short = handed_in(made, UNITS[1], title="银针")
    assert keep_twins(entry=short, at=DAY) == 0


def test_it_is_looked_for_when_a_work_is_handed_in_and_drafts_are_nobodys_double(
    made: Collecting, tmp_path: Path
) -> None:
    made.draft(UNITS[1], title="心跳的守护")
    entry = made.draft(UNITS[0])
    made.with_film(entry, tmp_path)
    made.submit(entry)
    run_pending()
    assert Twin.objects.count() == 0
    Entry.objects.filter(unit=made.units[UNITS[1]]).update(state="submitted")
    keep_twins(entry=Entry.objects.get(pk=entry.pk), at=DAY)
    keep_twins(entry=Entry.objects.get(pk=entry.pk), at=DAY)
    assert Twin.objects.get().kind == "title"
