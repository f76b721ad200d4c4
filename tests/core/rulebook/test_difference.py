"""What two sets of rules differ in, in Chinese, rule by rule."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.difference import Change, difference
from fengcai.core.rulebook.labels import label
from tests.factories.judging import example

CITE = Citation(section="补充通知", words="改")


def rules() -> Rules:
    return example()[1]


def only(old: Rules, new: Rules) -> Change:
    (found,) = difference(old, new)
    return found


def test_equal_rules_differ_in_nothing() -> None:
    assert difference(rules(), rules()) == ()


def test_one_value_is_told_with_its_rule_and_clause() -> None:
    old = rules()
    first = old.awards[0].model_copy(update={"money_each": Decimal(2000), "cite": CITE})
    told = only(old, old.model_copy(update={"awards": (first, *old.awards[1:])}))
    assert (told.path, told.chapter, told.what) == (
        "awards.first.money_each", "奖项", "一等奖 · 每名奖金",
    )  # fmt: skip
    assert (told.kind, told.before, told.after, told.cite) == ("changed", "1500", "2000", CITE)


def test_a_rule_that_came_or_went_is_told_whole() -> None:
    old = rules()
    less = old.model_copy(update={"awards": old.awards[1:]})
    gone, came = only(old, less), only(less, old)
    assert (gone.kind, gone.after, came.kind, came.before) == ("removed", "", "added", "")
    assert gone.before == came.after
    assert gone.before.startswith("名称：一等奖；奖项类别：")
    assert gone.cite == old.awards[0].cite


def test_another_order_is_not_another_rule() -> None:
    old = rules()
    told = only(old, old.model_copy(update={"awards": tuple(reversed(old.awards))}))
    assert told.what == "奖项 · 次序"
    assert told.before.startswith("一等奖、")
    assert told.after.endswith("、一等奖")


def test_a_new_citation_alone_is_told() -> None:
    old = rules()
    first = old.awards[0].model_copy(update={"cite": CITE})
    told = only(old, old.model_copy(update={"awards": (first, *old.awards[1:])}))
    assert (told.what, told.after) == ("一等奖 · 出处", "补充通知“改”")


def test_codes_sizes_times_and_absence_have_words() -> None:
    old = rules()
    slot = old.tracks[0].slots[0].model_copy(update={"max_bytes": None})
    track = old.tracks[0].model_copy(update={"slots": (slot, *old.tracks[0].slots[1:])})
    window = old.window.model_copy(update={"late": "mark"})
    new = old.model_copy(update={"tracks": (track,), "window": window, "entry_max_per_unit": None})
    told = {change.what: (change.before, change.after) for change in difference(old, new)}
    assert told == {
        "每个单位最多几件": ("2", "不限"),
        "视频作品 · 参评视频 · 单个文件最大": ("4 GB", ""),
        "报送 · 逾期怎么办": ("不再受理", "收下并注明"),
    }


def test_a_clause_of_the_whole_contest_may_stand_elsewhere() -> None:
    old = rules()
    told = only(old, old.model_copy(update={"entry_cite": CITE}))
    assert (told.path, told.after, told.cite) == ("entry_cite", "补充通知“改”", CITE)


def test_whose_answer_a_rule_comes_from_is_no_difference() -> None:
    old = rules()
    first = old.awards[0].model_copy(update={"answer": "Z9"})
    assert difference(old, old.model_copy(update={"awards": (first, *old.awards[1:])})) == ()


def test_a_grace_that_is_taken_away() -> None:
    old = rules()
    long = old.window.model_copy(update={"grace": timedelta(minutes=30)})
    told = only(old.model_copy(update={"window": long}), old)
    assert (told.before, told.after) == ("30 分钟", "无")


def test_steps_without_names_are_told_as_a_list() -> None:
    old = rules()
    last = old.rounds[-1]
    scheme = last.scheme.model_copy(update={"tie_break": last.scheme.tie_break[:-1]})
    rounds = (*old.rounds[:-1], last.model_copy(update={"scheme": scheme}))
    told = only(old, old.model_copy(update={"rounds": rounds}))
    assert told.path == "rounds.review.scheme.tie_break"
    assert told.before.startswith(f"{told.after}、")


def test_a_rule_known_by_its_place_is_called_by_what_it_holds() -> None:
    old = rules()
    first = old.contacts[0].model_copy(update={"phone": "0791-1"})
    told = only(old, old.model_copy(update={"contacts": (first, *old.contacts[1:])}))
    assert (told.path, told.after) == ("contacts[1].phone", "0791-1")
    assert "陈雯越、史建刚" in told.what


def test_a_window_that_closes_at_midnight_is_said_as_notices_say_it() -> None:
    old = rules()
    id, window = next(iter(old.windows.items()))
    midnight = window.closes.astimezone(ZoneInfo(old.timezone)).replace(hour=0, minute=0, second=0)
    later = window.model_copy(update={"closes": midnight})
    told = difference(old, old.model_copy(update={"windows": {**old.windows, id: later}}))
    (closes,) = (each for each in told if each.path.endswith(".closes"))
    assert closes.after.endswith("24:00")


def test_declarations_by_place_and_keys_under_others_have_their_words() -> None:
    assert label("when", "schedule") == "时间（通知原文）"
    assert label("when", "nowhere") == label("when")


def test_who_gets_an_award_units_or_works() -> None:
    award = rules().awards[0]
    formula = award.model_copy(update={"decided_by": "formula"})
    given = award.model_copy(update={"decided_by": "committee", "kind": "organisation"})
    assert (award.to_units, formula.to_units, given.to_units) == (False, True, True)
