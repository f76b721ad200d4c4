"""Columns guessed, cells understood: people, times, choices, names of files."""

from __future__ import annotations

import pytest

from fengcai.apps.exchange import mapping
from fengcai.core.rulebook.rules import Slot
from tests.factories.judging import example

pytestmark = [pytest.mark.intake, pytest.mark.clause("H6")]


def test_columns_are_known_by_their_names() -> None:
    _, rules = example()
    headers = [
        "序号",
        "报名编号",
        "科室名称*",
        "作 品 名 称",
        "联系人",
        "手机",
        "提交时间",
        "备注",
        "影片",
    ]
    found = mapping.guess(rules, headers)
    expected = {
        "key": "报名编号", "unit": "科室名称*", "title": "作 品 名 称", "contact": "联系人",
        "phone": "手机", "submitted_at": "提交时间",
    }  # fmt: skip
    assert found.items() >= expected.items() and "备注" not in found.values()
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("张三（编导）、李四", [("张三", "编导"), ("李四", "")]),
        ("编导：张三；摄影:李四", [("张三", "编导"), ("李四", "摄影")]),
        ("  、 ", []),
        ("王五(主任(代))", [("王五(主任(代))", "")]),
    ],
)
def test_people_in_one_cell(text: str, rows: list[tuple[str, str]]) -> None:
    assert [(row["name"], row["role"]) for row in mapping.people(text)] == rows


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-04-30 16:59:58", "2026-04-30T16:59:58+08:00"),
        ("2026/4/30 16:59", "2026-04-30T16:59:00+08:00"),
        ("2026年4月30日 16:59", "2026-04-30T16:59:00+08:00"),
        ("2026-04-30T16:59:58.000", "2026-04-30T16:59:58+08:00"),
        ("明天", None),
        ("2026-02-30 10:00", None),
    ],
)
def test_times_as_spreadsheets_write_them(text: str, iso: str | None) -> None:
    found = mapping.instant(text, "Asia/Shanghai")
    assert (found.isoformat() if found else None) == iso


def test_a_choice_is_known_by_name_by_id_and_by_the_sources_own_word() -> None:
    options = {"video": "视频类"}
    assert mapping.choice(" 视频 类", options, {}) == "video"
    assert mapping.choice("VIDEO", options, {}) == "video"
    assert mapping.choice("短片", options, {"短片": "video"}) == "video"
    assert mapping.choice("短片", options, {}) is None


def test_links_are_found_and_names_parted() -> None:
    assert mapping.links("见 https://v.qq.com/x/1.html，谢谢") != []
    assert mapping.names("a.mp4; b.mp4\nc.mp4") == ["a.mp4", "b.mp4", "c.mp4"]
    assert Slot is not None
