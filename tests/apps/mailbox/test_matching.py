"""Whose letter it is: by the naming rule, short names, addresses; never by a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.apps.mailbox.matching import Clues, Match, follows, match
from fengcai.apps.mailbox.names import Known, folded, plain, usual_names

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]

HEART, NEEDLE, EAST, WEST, BONE, SPINE = 1, 2, 3, 4, 5, 6
UNITS = [
    Known(HEART, "心血管内科"),
    Known(NEEDLE, "针灸推拿科", ("针推一病区",)),
    Known(EAST, "超声医学科（东院）"),
    Known(WEST, "超声医学科（西院）"),
    Known(BONE, "骨科"),
    Known(SPINE, "骨科脊柱组"),
]
RULE = ["{unit}+一科一风采视频大赛"]


def found(subject: str = "", units: list[Known] = UNITS, **clues: object) -> Match:
    return match(units, Clues(subject=subject, **clues), templates=RULE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "unit", "degree"),
    [
        ("心血管内科+一科一风采视频大赛", HEART, "certain"),
        ("心血管内科＋一科一风采视频大赛", HEART, "certain"),
        ("心血管内科 一科一风采视频大赛（2）", HEART, "certain"),
        ("心血管内科-一科一风采视频大赛-2", HEART, "certain"),
        ("心血管内科+一科一风采视频大赛 最终版", HEART, "certain"),
        ("心内科+一科一风采视频大赛", HEART, "certain"),
        ("Re: 转发：回复: 心内科+一科一风采视频大赛", HEART, "certain"),
        ("心\u200b内\u202e科\ufeff+一科一风采视频大赛", HEART, "certain"),
        ("針灸科", None, "none"),
        ("针灸科的作品", NEEDLE, "likely"),
        ("【报送】针推一病区", NEEDLE, "likely"),
        ("骨科脊柱组+一科一风采视频大赛", SPINE, "certain"),
        ("骨科脊柱组视频", SPINE, "likely"),
        ("超声科+一科一风采视频大赛", None, "unsure"),
        ("超声医学科（西院）+一科一风采视频大赛", WEST, "certain"),
        ("心管内科+一科一风采视频大赛", None, "unsure"),
        ("骨科二病区的片子", None, "unsure"),
        ("骨科和心内科合拍", None, "unsure"),
        ("骨科、心内科", None, "unsure"),
        ("你好", None, "none"),
        ("", None, "none"),
    ],
)
def test_what_a_subject_says(subject: str, unit: int | None, degree: str) -> None:
    match = found(subject)
    assert (match.unit, match.degree) == (unit, degree)
    assert all(reason.how for reason in match.reasons)


def test_a_near_miss_is_offered_and_not_taken() -> None:
    match = found("心血管内料+一科一风采视频大赛")
    assert (match.unit, match.candidates[0]) == (None, HEART)
    assert "相近" in match.reasons[0].how


def test_a_known_address_is_enough_and_a_contradiction_is_a_question() -> None:
    assert found("补交", contact_of=[HEART], sender="a@b").degree == "certain"
    assert found("补交", earlier=[BONE], sender="a@b").degree == "likely"
    against = found("骨科+一科一风采视频大赛", contact_of=[HEART], sender="a@b")
    assert (against.unit, against.ambiguous) == (None, True)
    # Who speaks for two says in the letter for which.
    both = found("骨科+一科一风采视频大赛", contact_of=[HEART, BONE], sender="a@b")
    assert (both.unit, both.degree) == (BONE, "certain")
    assert found("补交", contact_of=[HEART, BONE], sender="a@b").ambiguous


def test_file_names_speak_where_the_subject_does_not() -> None:
    files = [f"{n}.jpg" for n in range(199)]
    assert found("作品", files=["心内科+一科一风采视频大赛.mp4", *files]).unit == HEART
    assert found("作品", files=["../../骨科.mp4"]).unit == BONE
    assert found("作品", files=["骨科.mp4", "心内科.mp4"]).ambiguous
    # What the text says is a hint only.
    text = found("作品", text="我们是骨科，请查收")
    assert (text.unit, text.degree, text.candidates) == (None, "unsure", (BONE,))


def test_an_officers_alias_outweighs_the_table() -> None:
    units = [Known(1, "心血管内科"), Known(2, "心脏中心", ("心内科",))]
    assert found("心内科+一科一风采视频大赛", units).unit == 2


def test_a_name_of_a_unit_outweighs_the_table() -> None:
    units = [Known(1, "心血管内科"), Known(2, "心内科")]
    assert found("心内科+一科一风采视频大赛", units).unit == 2
    assert found("心血管内科+一科一风采视频大赛", units).unit == 1


def test_two_units_of_one_name_are_a_question() -> None:
    units = [Known(1, "检验科"), Known(2, "检验\u200b科"), Known(3, "骨科")]
    match = found("检验科+一科一风采视频大赛", units)
    assert (match.unit, set(match.candidates)) == (None, {1, 2})


def test_the_table_knows_what_hospitals_say() -> None:
    assert folded("心内科") in usual_names("心血管内科")
    assert folded("ICU") in usual_names("重症医学科")
    assert usual_names("从来没有的科") == frozenset()


def test_a_file_follows_the_rule_or_not() -> None:
    assert follows(RULE, "心内科+一科一风采视频大赛.mp4")
    assert not follows(RULE, "心内科.mp4")
    assert not follows(["{title}"], "心内科.mp4")


NAMES = st.text("心血管内外骨科检验针灸东西院（）一二", min_size=2, max_size=8).map(
    lambda s: s + "科"
)


@given(st.lists(NAMES, min_size=1, max_size=8, unique_by=folded), st.data())
def test_the_rule_followed_to_the_letter_finds_the_very_unit(
    names: list[str], data: st.DataObject
) -> None:
    units = [Known(n, name) for n, name in enumerate(names)]
    which = data.draw(st.sampled_from(units))
    mark = data.draw(st.sampled_from(["+", "＋", " ", "-", "_", ""]))
    reply = data.draw(st.sampled_from(["", "回复：", "Fw: Re: "]))
    match = found(f"{reply}{which.name}{mark}一科一风采视频大赛", units)
    assert (match.unit, match.degree) == (which.id, "certain")


@given(st.text(max_size=6000), st.lists(st.text(max_size=300), max_size=60), st.text(max_size=300))
def test_whatever_comes_is_judged_and_never_without_evidence(
    subject: str, files: list[str], name: str
) -> None:
    match = found(subject, files=files, sender_name=name)
    if match.unit is not None:
        assert any(
            r.unit == match.unit and r.degree in ("certain", "likely") for r in match.reasons
        )
    else:
        assert match.degree in ("unsure", "none")
    assert len(plain(subject)) <= 500
