"""The two real contests: nothing wrong, at least nine values in ten, every sentence accounted for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fengcai.core.notice import coverage, draft
from fengcai.core.rulebook import check, no_answers, parse
from tests.core.notice.yardstick import measure
from tests.core.rulebook.samples import example

NAMES = ["jiangxi-2026", "hubei-2025"]


@pytest.mark.notices
@pytest.mark.clause("B1", "B18")
@pytest.mark.parametrize("name", NAMES)
def test_a_draft_finds_nine_values_in_ten_and_none_wrongly(
    name: str, notice: Callable[[str], str], record_property: Callable[[str, object], None]
) -> None:
    shown = draft(notice(name), id=name)
    book = parse(shown.yaml_text, name=name)
    assert check(book, no_answers(book.id)) == ()
    result = measure(example(name), shown)
    record_property("share", round(result.share, 3))
    print(f"{name}: {len(result.found)} of {len(result.found) + len(result.missed)} found")
    # Nothing contradicts the hand-made book, claims what it calls open, or adds a value of its own.
    assert (result.wrong, result.bold, result.extra) == ([], [], [])
    assert result.share >= 0.9, result.missed
    assert len(result.found) >= 75


@pytest.mark.notices
@pytest.mark.clause("B1")
@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_is_cited_or_explained(name: str, notice: Callable[[str], str]) -> None:
    covered = coverage(example(name), notice(name))
    assert [each.text for each in covered.uncovered] == []
    assert covered.lost == ()
    assert all(each.why for each in covered.sentences if each.by == "background")
    assert covered.count("rule") >= 35


@pytest.mark.notices
@pytest.mark.clause("B1")
def test_hubeis_missing_attachments_are_one_blocking_question(notice: Callable[[str], str]) -> None:
    shown = draft(notice("hubei-2025"), id="hubei-2025")
    (asked,) = [each for each in shown.questions if "附件没有随通知提供" in each.also]
    assert (asked.blocks, asked.options) == ("opening", {})
    assert asked.also.count("2025年") == 3
    assert "slots" not in {step for each in shown.proposals for step in each.path}


@pytest.mark.notices
def test_jiangxis_special_awards_follow_from_the_total(notice: Callable[[str], str]) -> None:
    shown = draft(notice("jiangxi-2026"), id="jiangxi-2026")
    (asked,) = [each for each in shown.questions if "implied" in each.options]
    assert asked.options["implied"][0] == "各 1 名（由奖金总额推出）"
    assert shown.remarks == (
        "最佳创意奖、最佳技术奖、最佳人文奖没有写名额；总额 17100 元减去 1×1500 + 3×1200 + 6×1000 = 11100 元，"
        "余 6000 元，正好各 1 名。",
    )
