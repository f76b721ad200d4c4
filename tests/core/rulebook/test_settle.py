"""From answered book to `Rules`: every value where it belongs, zones, shifts, hash."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.core.rulebook import (
    Citation,
    RulebookError,
    Rules,
    TieBreak,
    UnansweredError,
    canonical,
    canonical_form,
    fingerprint,
    no_answers,
    resolve,
)
from tests.core.rulebook.samples import ANSWERS, answers, book, changed, without

STORED = Path(__file__).parent / "stored"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_sample_resolves_whole() -> None:
    rules = resolve(book(), answers())
    assert (rules.id, rules.document_number, rules.mailbox) == (
        "film-2030",
        "青院字〔2030〕1号",
        None,
    )
    assert (rules.entry_min_per_unit, rules.entry_max_per_unit) == (1, 3)
    assert (rules.head_confirmation, str(rules.head_confirmation_cite)) == (True, "七“负责人”")
    assert [(w.id, w.must_enter, w.may_enter) for w in rules.unit_classes] == [("ward", True, True)]
    (track,) = rules.tracks
    assert track.themes is not None
    assert [each.id for each in track.themes.options] == ["care", "craft"]
    assert [(each.id, each.options) for each in track.fields] == [
        ("title", ()),
        ("style", ("纪实", "剧情")),
    ]
    (slot,) = track.slots
    assert (slot.accept, slot.max_bytes) == ((".mp4",), 500 * 1024**2)
    assert [(r.id, r.severity, r.text) for r in slot.requirements] == [
        ("length", "must", "五分钟以内"),
        ("clean", "should", "画面干净"),
        ("short", "prefer", "短片"),
    ]
    assert slot.requirements[0].required_text == "时长应不超过 5 分钟"
    assert slot.requirements[2].effect == "tie_break"
    assert rules.requirements[0].tracks == ("film",)
    assert [(each.applies_to, each.template) for each in rules.naming] == [
        ("video_filename", "{unit}+微电影")
    ]
    assert [(each.id, each.count, each.money_each) for each in rules.awards] == [
        ("gold", 1, Decimal(2000)),
        ("silver", 2, Decimal(500)),
    ]
    assert (rules.stacking, rules.money_total, rules.money_recipient) == (
        "exclusive",
        Decimal(3000),
        "unit",
    )
    assert rules.certificate is not None
    assert rules.certificate.text == "发证书"
    assert rules.objections is None
    assert rules.recommendation is not None
    assert (rules.recommendation.max, rules.recommendation.targets) == (5, ("省赛",))
    assert [each.id for each in rules.terms] == ["fee"]
    assert [each.when for each in rules.schedule] == ["5月上旬"]


def test_times_get_the_contests_zone_and_keep_the_notices_words() -> None:
    rules = resolve(book(), answers())
    assert rules.window.closes == datetime(2030, 4, 30, 17, tzinfo=SHANGHAI)
    assert rules.window.grace == timedelta(minutes=10)
    assert rules.window.original == "4月30日17时前"
    assert list(rules.windows) == ["judging"]
    assert rules.windows["judging"].closes == datetime(2030, 5, 10, 16, tzinfo=UTC)


def test_rounds_carry_their_scheme() -> None:
    first, last = resolve(book(), answers()).rounds
    assert (first.input, last.input) == ("submission", "first")
    assert first.scheme.tie_break == (
        TieBreak(by="criterion", id="story"),
        TieBreak(by="earlier_submission"),
        TieBreak(by="committee"),
    )
    assert first.advance is not None
    assert (first.advance.by, first.advance.number, first.advance.base) == (
        "top",
        Decimal(10),
        "track",
    )
    assert last.advance is None
    assert [(each.id, each.step) for each in first.scheme.criteria] == [
        ("story", Decimal(1)),
        ("image", Decimal("0.5")),
    ]


def test_a_rule_that_comes_from_an_answer_names_the_question() -> None:
    rules = resolve(book(), answers())
    assert (rules.window.answer, rules.awards[0].answer, rules.awards[1].answer) == (
        "Q1",
        None,
        "Q2",
    )
    assert [(each.question, each.says, each.by) for each in rules.decisions] == [
        ("Q1", "算按时", "宣传科"),
        ("Q2", "两名，给科室", "宣传科"),
        ("Q3", "不公示", "宣传科"),
    ]


def test_open_questions_stop_the_resolution() -> None:
    with pytest.raises(UnansweredError) as caught:
        resolve(book(), no_answers("film-2030"))
    assert [each.id for each in caught.value.questions] == ["Q1", "Q2", "Q3"]
    assert str(caught.value) == "还有 3 个问题待明确：Q1、Q2、Q3"


def test_a_wrong_answer_or_a_wrong_sum_stops_the_resolution() -> None:
    with pytest.raises(RulebookError, match="问题 Q1 没有选项"):
        resolve(book(), answers(changed("choice: included", "choice: x", ANSWERS)))
    with pytest.raises(RulebookError, match="奖金合计"):
        resolve(book(changed("total: 3000 元", "total: 1 元")), answers())


def test_what_the_notice_does_not_rule_is_absent() -> None:
    text = without(r"  head_confirmation: .*")
    text = without(r"  certificate: .*", text)
    for key in ("schedule", "naming", "recognition"):
        text = without(rf"{key}:\n  - .*", text)
    text = without(r"  total: 3000 元", text)
    rules = resolve(book(text), answers())
    assert (rules.head_confirmation, rules.head_confirmation_cite) == (False, None)
    assert (rules.certificate, rules.money_total) == (None, None)
    assert (rules.schedule, rules.naming, rules.recognition) == ((), (), ())


def test_a_mailbox_is_kept() -> None:
    text = changed("units:\n", "mailbox: {address: a@example.cn, cite: 五 邮箱}\nunits:\n")
    assert resolve(book(text), answers()).mailbox == "a@example.cn"


def test_an_answer_without_an_option_is_told_by_its_values() -> None:
    given_ = answers(changed("choice: none", "value: {days: 5, cite: 六 公布}", ANSWERS))
    rules = resolve(book(), given_)
    assert rules.objections is not None
    assert (rules.objections.days, rules.objections.answer) == (5, "Q3")
    assert rules.decisions[2].says.startswith("公示的天数和出处：")


def test_a_shift_moves_every_window_and_nothing_else() -> None:
    real = resolve(book(), answers())
    demo = resolve(book(), answers(), shift=timedelta(days=-30))
    assert demo.window.opens == real.window.opens - timedelta(days=30)
    assert demo.windows["judging"].closes == real.windows["judging"].closes - timedelta(days=30)
    assert (demo.issued, demo.window.original) == (real.issued, real.window.original)
    assert (demo.shifted_by, real.shifted_by) == (timedelta(days=-30), timedelta(0))
    assert demo.hash != real.hash


def test_the_hash_is_the_digest_of_the_canonical_form_without_itself() -> None:
    rules = resolve(book(), answers())
    form = canonical_form(rules)
    assert form.pop("hash") == rules.hash
    text = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert rules.hash == sha256(text.encode()).hexdigest() == fingerprint(rules)
    assert canonical({"b": 1, "a": "甲"}) == '{"a":"甲","b":1}'.encode()


@pytest.mark.parametrize("name", ["film-2030", "jiangxi-2026"])
def test_rules_stored_before_the_language_grew_keep_their_hash(name: str) -> None:
    stored = json.loads((STORED / f"{name}.json").read_text("utf-8"))
    rules = Rules.model_validate(stored)
    assert rules.hash == stored["hash"] == fingerprint(rules)
    del stored["hash"]
    assert canonical_form(rules) == {**stored, "hash": rules.hash}


def test_the_sample_still_resolves_to_the_rules_stored_then() -> None:
    stored = json.loads((STORED / "film-2030.json").read_text("utf-8"))
    assert resolve(book(), answers()) == Rules.model_validate(stored)


def test_a_float_that_is_no_number_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def test_a_requirement_is_found_wherever_it_stands() -> None:
    rules = resolve(book(), answers())
    assert [
        rules.requirement(id) and rules.requirement(id).text for id in ("length", "true_story")
    ] == [  # type: ignore[union-attr]
        "五分钟以内",
        "真实",
    ]
    assert rules.requirement("nothing") is None


def test_a_citation_reads_as_in_a_document() -> None:
    cite = Citation(section="四（一）", words="统一为横版 MP4 格式")
    assert str(cite) == "四（一）“统一为横版 MP4 格式”"


@settings(max_examples=20)
@given(st.integers(-1000, 1000))
def test_resolved_json_reads_back_equal_and_keeps_its_hash(days: int) -> None:
    rules = resolve(book(), answers(), shift=timedelta(days=days))
    again = Rules.model_validate(json.loads(json.dumps(rules.model_dump(mode="json"))))
    assert again == rules
    assert fingerprint(again) == rules.hash
