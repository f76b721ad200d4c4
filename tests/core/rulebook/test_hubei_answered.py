"""Every gap of the Hubei book can be filled: values invented here, for the shape alone."""

from __future__ import annotations

import pytest

from fengcai.core.rulebook import Answers, check, explain, parse_answers, resolve
from tests.core.rulebook.samples import example

SLOT = "{name: 作品, kind: video, min: 1, max: 1, accept: [.mp4], cite: 四 具体要求见附件}"
SCHEME = (
    "{criteria: {whole: {name: 总体, min: 0, max: 100, step: 1, weight: 1, cite: 七（二） 评分}}, "
    "total: 100, aggregate: mean, drop_high: 0, drop_low: 0, drop_only_if_at_least: 0, "
    "rounding_places: 2, rounding_mode: half_up, tie_break: [committee], cite: 七（二） 评分}"
)
AWARD = "{{name: {}, group: 音视频类和图文类, count: 2, decided_by: ranking, tracks: [av, graphic], cite: 五（二） 拟获奖作品}}"
DECISIONS = {
    "B1": "choice: body",
    "B2": "choice: body",
    "B3": f"value: {{performance_work: {SLOT}, av_work: {SLOT}, graphic_work: {SLOT}, "
    "registration_form: 不设, quality: 照附件}",
    "B4": "choice: individuals_too",
    "B5": "choice: unlimited",
    "B6": "choice: within_unit_warn",
    "B7": "choice: min_1_reference",
    "B8": "choice: signed_opinion",
    "B9": "choice: url_required",
    "B10": "choice: provincial_and_above_any_edition",
    "B11": "choice: end_of_day",
    "B12": "choice: import",
    "B13": f"value: {{scheme: {SCHEME}, min_judges: 5, recuse_own_unit: 是}}",
    "B14": "value: {live: {by: top, number: 12, base: track, cite: 五（一） 初评}, "
    "desk: {by: ratio, number: 0.3, base: track, cite: 五（二） 按比例}}",
    "B15": f"value: {{scheme: {SCHEME}, min_judges: 3, recuse_own_unit: 是}}",
    "B16": "value: {live_first: 1, live_second: 2, live_third: 3, stacking: exclusive, "
    f"desk_first: {AWARD.format('一等奖')}, desk_second: {AWARD.format('二等奖')}, desk_third: 不设}}",
    "B17": "choice: discretionary, value: {count: 5}",
    "B18": "choice: add_term",
    "B19": "choice: none",
}


def decided() -> Answers:
    rows = "".join(
        f'  {id}: {{{text}, by: 组委会（试填）, at: "2025-05-20 09:00 +08:00", reason: 试填}}\n'
        for id, text in DECISIONS.items()
    )
    return parse_answers(
        f"answers: 1\nrulebook: hubei-2025\ndecisions:\n{rows}", name="answers.yaml"
    )


@pytest.mark.clause("H1", "H3", "H5", "H7")
def test_hubei_resolves_once_everything_is_answered() -> None:
    book = example("hubei-2025")
    assert check(book, decided()) == ()
    rules = resolve(book, decided())
    assert [each.role for each in rules.organisers] == ["主办", "主办", "主办", "协办"]
    assert rules.organisers[2].answer == "B1"
    assert {each.id: [slot.id for slot in each.slots] for each in rules.tracks} == {
        "performance": ["work", "expert_opinion"],
        "av": ["work", "publication"],
        "graphic": ["work", "publication"],
    }
    assert [each.id for each in rules.unit_classes][-1] == "individual"
    assert (rules.entry_min_per_unit, rules.entry_max_per_unit) == (0, None)
    assert rules.window.closes.isoformat() == "2025-06-11T00:00:00+08:00"
    assert (rules.window.closes_inclusive, rules.head_confirmation) == (False, False)
    assert [(each.id, each.input, each.kind) for each in rules.rounds] == [
        ("live_preliminary", "submission", "preliminary"),
        ("live_final", "live_preliminary", "live"),
        ("desk_preliminary", "submission", "preliminary"),
        ("desk_final", "desk_preliminary", "final"),
    ]
    assert [(each.id, each.count, each.tracks) for each in rules.awards] == [
        ("live_first", 1, ("performance",)),
        ("live_second", 2, ("performance",)),
        ("live_third", 3, ("performance",)),
        ("desk_first", 2, ("av", "graphic")),
        ("desk_second", 2, ("av", "graphic")),
        ("organisation", 5, ()),
    ]
    assert (rules.money_total, rules.money_recipient, rules.objections) == (None, None, None)


def test_an_answered_book_has_nothing_open_left_to_say() -> None:
    assert [
        each.text for each in explain(example("hubei-2025"), decided()) if "待明确" in each.text
    ] == []
