"""Requirements over facts: exact bounds, three values, findings that cite."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.inspection import (
    COUNT,
    Finding,
    evaluate,
    for_each_file,
    holds,
    of_the_set,
)
from fengcai.core.rulebook import Citation, Requirement, parse_predicate
from tests.core.rulebook.samples import example, example_answers

CITE = Citation(section="四（一）", words="帧率 ≥ 25 fps")


def requirement(predicate: str | None = None, **changes: object) -> Requirement:
    base = {
        "id": "fps",
        "text": "帧率不低于 25 fps",
        "severity": "must",
        "checked_by": "human" if predicate is None else "machine",
        "predicate": predicate,
        "cite": CITE,
    }
    return Requirement.model_validate({**base, **changes})


def verdict(predicate: str, **facts: object) -> str:
    (found,) = evaluate([requirement(predicate)], facts)  # type: ignore[arg-type]
    return found.verdict


@pytest.mark.clause("J3")
@pytest.mark.parametrize(
    ("fps", "expected"),
    [
        (Fraction(24000, 1001), "fail"),
        ("24000/1001", "fail"),
        (24, "fail"),
        (Fraction(24999, 1000), "fail"),
        (25, "pass"),
        (25.0, "pass"),
        (Decimal("25.00"), "pass"),
        ("25/1", "pass"),
        (Fraction(30000, 1001), "pass"),
        (None, "undetermined"),
        ("n/a", "undetermined"),
        ("1/0", "undetermined"),
        (float("nan"), "undetermined"),
        (float("inf"), "undetermined"),
        (True, "undetermined"),
    ],
)
def test_frame_rate_is_compared_exactly(fps: object, expected: str) -> None:
    assert verdict("fps >= 25fps", fps=fps) == expected


@pytest.mark.clause("J5")
def test_five_minutes_includes_five_minutes() -> None:
    assert verdict("duration <= 5min", duration=300) == "pass"
    assert verdict("duration <= 5分钟", duration=Fraction("300.001")) == "fail"


@pytest.mark.clause("J3")
@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(1920, 1080, "pass"), (1919, 1080, "fail"), (1920, 1079, "fail"), (1080, 1920, "fail")],
)
def test_resolution_bounds_include_the_number(width: int, height: int, expected: str) -> None:
    assert verdict("width >= 1920 and height >= 1080", width=width, height=height) == expected


@pytest.mark.parametrize(
    ("predicate", "facts", "expected"),
    [
        ("width > 10 and height > 10", {"width": 5}, "fail"),
        ("width > 10 and height > 10", {"width": 50}, "undetermined"),
        ("width > 10 or height > 10", {"width": 50}, "pass"),
        ("width > 10 or height > 10", {"width": 5}, "undetermined"),
        ("width > 10 or height > 10", {"width": 5, "height": 5}, "fail"),
        ("not width > 10", {}, "undetermined"),
        ("not width > 10", {"width": 5}, "pass"),
        ("has_audio", {"has_audio": True}, "pass"),
        ("not has_audio", {"has_audio": True}, "fail"),
        ("has_audio", {"has_audio": 1}, "undetermined"),
        ("has_audio", {}, "undetermined"),
        ("container in [mp4, mov]", {"container": "MOV"}, "pass"),
        ("container in [mp4, mov]", {"container": "avi"}, "fail"),
        ("container not in [mp4, mov]", {"container": "avi"}, "pass"),
        ("container not in [mp4, mov]", {"container": "mp4"}, "fail"),
        ("container in [mp4]", {}, "undetermined"),
        ("container in [mp4]", {"container": 4}, "undetermined"),
        ("rotation in [0, 180]", {"rotation": 180.0}, "pass"),
        ("width in [height, 10]", {"width": 10}, "pass"),
        ("width in [height, 10]", {"width": 11}, "undetermined"),
        ("width not in [height, 10]", {"width": 11}, "undetermined"),
        ("width == height", {"width": 3, "height": 3}, "pass"),
        ("width != height", {"width": 3, "height": 3}, "fail"),
        ("width < height", {"width": 3, "height": 4}, "pass"),
        ('filename == "片.MP4"', {"filename": "片.mp4"}, "pass"),
        ("size <= 4GB", {"size": 4 * 1024**3}, "pass"),
        ("loudness >= -23LUFS", {"loudness": -22.5}, "pass"),
    ],
)
def test_unknown_is_neither_true_nor_false(
    predicate: str, facts: dict[str, object], expected: str
) -> None:
    assert verdict(predicate, **facts) == expected


def test_a_failed_must_says_what_was_measured_what_is_required_and_what_to_do() -> None:
    asked = requirement(
        "fps >= 25fps", hint="请按 25 帧导出。", required_text="帧率应不低于 25 fps"
    )
    assert evaluate([asked], {"fps": "24000/1001"}) == (
        Finding(
            requirement="fps",
            verdict="fail",
            severity="must",
            measured="帧率 23.976 fps",
            required="帧率应不低于 25 fps",
            text="不符合要求：帧率不低于 25 fps（帧率 23.976 fps；帧率应不低于 25 fps）。请按 25 帧导出。",
            cite=CITE,
            names=("fps",),
        ),
    )


@pytest.mark.parametrize(
    ("severity", "start"),
    [("must", "不符合要求："), ("should", "与建议不一致："), ("prefer", "未体现优先项：")],
)
def test_severity_sets_the_tone(severity: str, start: str) -> None:
    (found,) = evaluate([requirement("fps >= 25", severity=severity)], {"fps": 24})
    assert (found.severity, found.text.startswith(start)) == (severity, True)


def test_undetermined_asks_a_person_to_look() -> None:
    (found,) = evaluate([requirement("fps >= 25")], {})
    assert found.text == (
        "系统没有测出，请人工查看：帧率不低于 25 fps（帧率 未测出；帧率应不低于 25）"
    )


def test_pass_shows_the_measured_value() -> None:
    (found,) = evaluate([requirement("fps >= 25")], {"fps": 30})
    assert found.text == "符合：帧率不低于 25 fps（帧率 30 fps）"


@pytest.mark.clause("J4")
@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("human", "请审核员查看："),
        ("judge", "请评委在评分时把握："),
        ("declaration", "由承诺保证："),
        ("form", "报送时填写："),
    ],
)
def test_what_no_machine_checks_becomes_a_line_of_the_checklist(who: str, start: str) -> None:
    asked = requirement(checked_by=who, text="无水印标识", exception="本院标识不算")
    (found,) = evaluate([asked], {"fps": 1})
    assert (found.verdict, found.measured, found.required) == ("person", "", "")
    assert found.text == f"{start}无水印标识（本院标识不算）"


@pytest.mark.clause("J3", "J4", "J5", "J6", "B2")
def test_the_jiangxi_film_is_inspected_clause_by_clause() -> None:
    from fengcai.core.rulebook import resolve

    rules = resolve(example("jiangxi-2026"), example_answers("jiangxi-2026"))
    asked = rules.tracks[0].slots[0].requirements
    good = {"container": "mp4", "width": 1920, "height": 1080, "fps": "25/1", "duration": 300}
    good |= {"true_width": 1920, "true_height": 1080, "true_fps": "25/1", "upscaled": False}
    good |= {"has_audio": True, "noisy": False, "hum": False, "clipped": False}
    good |= {"shaky": False, "watermark": False, "subtitles": True}
    bad = {"container": "avi", "width": 720, "height": 1280, "fps": 24, "duration": 301}
    bad |= {"true_width": 405, "true_height": 720, "true_fps": 12, "upscaled": True}
    bad |= {"has_audio": False, "noisy": True, "shaky": True, "watermark": True, "subtitles": False}
    to_a_person = {"short_preferred", "onscreen_information", "framing"}
    assert {each.requirement: each.verdict for each in evaluate(asked, good)} == {
        each.id: "person" if each.id in to_a_person else "pass" for each in asked
    }
    failed = [
        (each.requirement, each.severity) for each in evaluate(asked, bad) if each.verdict == "fail"
    ]
    assert failed == [
        ("container", "must"),
        ("orientation", "must"),
        ("true_orientation", "must"),
        ("resolution", "must"),
        ("true_resolution", "must"),
        ("fps", "must"),
        ("true_fps", "must"),
        ("sound", "must"),
        ("steady", "must"),
        ("audio_clean", "must"),
        ("no_watermark", "must"),
        ("duration", "should"),
        ("subtitles", "should"),
    ]
    unknown = {each.requirement: each.verdict for each in evaluate(asked, {})}
    assert {unknown[each] for each in unknown if each not in to_a_person} == {"undetermined"}


numbers = st.none() | st.fractions(min_value=0, max_value=4000)
truths = st.sampled_from(["width > 10", "height >= 20", "fps == 25", "has_audio"])
predicates = st.recursive(
    truths,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | inner.map("not ({})".format)
    ),
    max_leaves=8,
)
fact_sets = st.fixed_dictionaries(
    {"width": numbers, "height": numbers, "fps": numbers, "has_audio": st.none() | st.booleans()}
)


@given(predicates, fact_sets)
def test_negation_turns_truth_around_and_leaves_unknown_alone(text: str, facts: dict) -> None:  # type: ignore[type-arg]
    held = holds(parse_predicate(text), facts)
    assert holds(parse_predicate(f"not ({text})"), facts) is (None if held is None else not held)


@given(predicates, fact_sets, fact_sets)
def test_learning_more_never_changes_a_known_verdict(text: str, facts: dict, more: dict) -> None:  # type: ignore[type-arg]
    known = {key: value for key, value in facts.items() if value is not None}
    held = holds(parse_predicate(text), known)
    if held is not None:
        assert holds(parse_predicate(text), {**more, **known}) is held


@given(st.fractions(min_value=0, max_value=200), st.fractions(min_value=0, max_value=200))
def test_a_bound_includes_its_number(bound: Fraction, fps: Fraction) -> None:
    text = f"fps >= {bound.numerator}/{bound.denominator}"
    assert holds(parse_predicate(text), {"fps": fps}) is (fps >= bound)


def test_demands_on_a_set_are_told_from_those_on_a_file() -> None:
    cite = Citation(section="三", words="组照4至10幅")
    rows = [
        Requirement(
            id=id, text="x", severity="must", checked_by="machine", predicate=predicate, cite=cite
        )
        for id, predicate in (("set", "count >= 4"), ("edge", "long_edge >= 10"), ("eye", None))
    ]
    assert [of_the_set(each) for each in rows] == [True, False, False]
    assert [each.id for each in for_each_file(rows)] == ["edge", "eye"]
    assert [f.verdict for f in evaluate(rows[:1], {COUNT: 3})] == ["fail"]
    assert [f.measured for f in evaluate(rows[:1], {COUNT: 4})] == ["件数 4 个"]
