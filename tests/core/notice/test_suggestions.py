"""A model's suggestions are kept only when the notice bears them out."""

from __future__ import annotations

import pytest

from fengcai.core.notice import Draft, Suggestion, draft
from fengcai.core.rulebook import check, no_answers, parse
from tests.core.notice.notices import notice

TEXT = notice(
    "一、说明", "作品请在五月前交到宣传科，口号是青山常在。", "评审结束后公告3天，奖金合计200元。"
)


def taken(*extra: Suggestion) -> Draft:
    shown = draft(TEXT, id="film-2030", extra=extra)
    assert check(parse(shown.yaml_text, name="draft"), no_answers("film-2030")) == ()
    return shown


def from_model(shown: Draft) -> dict[str, object]:
    return {".".join(each.path): each.value for each in shown.proposals if each.source == "model"}


def test_a_suggestion_with_its_words_in_the_text_is_kept_and_marked() -> None:
    shown = taken(
        Suggestion("theme", "青山常在", "口号是青山常在"), Suggestion("objections.days", "3", "评审结束后公告 3 天"),
        Suggestion("requirements.office.must", "交到宣传科", "作品请在五月前交到宣传科"),
         Suggestion("terms.slogan.text", "口号", "口号是青山常在"),
    )  # fmt: skip
    assert from_model(shown) == {
        "theme": "青山常在", "objections.days": "3", "requirements.office.must": "交到宣传科",
        "requirements.office.checked_by": "human", "terms.slogan.text": "口号",
    }  # fmt: skip
    assert "theme: 青山常在  # 请核对（模型建议）" in shown.yaml_text
    assert not any("没有采用" in each for each in shown.remarks)
    assert {each.confidence for each in shown.proposals if each.source == "model"} == {0.5}


@pytest.mark.parametrize(
    "wrong",
    [
        Suggestion("theme", "绿水长流", "口号是绿水长流"), Suggestion("theme", "青山", "青山"),
        Suggestion("objections.days", "5", "评审结束后公告3天"), Suggestion("objections.days", "三天", "评审结束后公告3天"),
        Suggestion("rounds.review.min_judges", "3", "评审结束后公告3天"), Suggestion("id", "evil", "口号是青山常在"),
        Suggestion("theme", "青山\n常在", "口号是青山常在"), Suggestion("theme", "", "口号是青山常在"),
        Suggestion("notice.issued", "2030-13-01", "口号是青山常在"),
         Suggestion("windows.submission.closes", "明天", "作品请在五月前交到宣传科"),
        Suggestion("../theme", "青山常在", "口号是青山常在"), Suggestion("theme", "青山常在", ""),
    ],
)  # fmt: skip
def test_what_the_text_does_not_bear_out_is_left_out(wrong: Suggestion) -> None:
    shown = taken(wrong)
    assert from_model(shown) == {}
    assert shown.remarks == (
        "模型的 1 条建议没有采用：引的原文不在通知里，或值与所引的原文对不上。",
    )


def test_a_rules_finding_is_never_replaced() -> None:
    shown = taken(
        Suggestion("title", "青山大赛", "评审结束后公告3天"), Suggestion("theme", "青山常在", "口号是青山常在"),
        Suggestion("theme", "口号", "口号是青山常在"), Suggestion("requirements.one.must", "交",
         "交到宣传科，口号"), Suggestion("requirements.one.should", "交", "交到宣传科，口号"),
    )  # fmt: skip
    assert shown.title == "2030年青山医院短视频大赛"
    assert from_model(shown)["theme"] == "青山常在"
    assert "requirements.one.should" not in from_model(shown)


def test_a_day_that_no_calendar_has_is_left_out() -> None:
    text = notice("一、说明", "二月三十日 2030-02-30 印发。", signed="青山医院")
    shown = draft(
        text,
        id="film-2030",
        extra=[Suggestion("notice.issued", "2030-02-30", "二月三十日 2030-02-30 印发")],
    )
    assert from_model(shown) == {}
    assert check(parse(shown.yaml_text, name="draft"), no_answers("film-2030")) == ()
