"""Folding keeps the place of every sign, whatever a text holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.wording import fold
from fengcai.core.wording.folding import BORDER, Folding


def test_blanks_marks_and_invisible_signs_go_and_clauses_keep_a_border() -> None:
    folded = fold("根\u200b 治－★《高》\x00，９５．５％㎏Ⅴ。")
    assert folded.text == f"根治高{BORDER}955%kgv{BORDER}"
    assert folded.span(0, 2) == (0, 4)
    assert folded.span(2, 3) == (7, 8)


def test_a_sign_that_becomes_two_stands_in_one_place() -> None:
    folded = fold("1㎏a")
    assert folded.text == "1kga"
    assert [folded.place(at) for at in range(4)] == [(0, 1), (1, 2), (1, 2), (2, 3)]


def test_stand_ins_are_read_as_what_they_stand_for() -> None:
    assert fold("療效Ѵ", {"療": "疗", "ѵ": "v"}).text == "疗效v"


def test_an_override_is_read_as_it_is_shown_and_mapped_back() -> None:
    text = "甲\u202e治根\u202c乙\u202e丁丙\n戊"
    folded = fold(text)
    assert folded.text == "甲根治乙丙丁戊"
    assert folded.span(1, 3) == (2, 4)
    assert text[slice(*folded.span(1, 3))] == "治根"
    assert folded.span(0, 1) == (0, 1)


def test_numbers_keep_their_marks_where_words_lose_their_disguise() -> None:
    plain, places = Folding({"嶶": "微", "：": BORDER}).undisguised(
        "加 嶶  信 号：A-b 1\u200b38 ㎏"
    )
    assert plain == "加微信号：A-b 138 ㎏"
    assert places == [0, 2, 5, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18]


def test_what_is_remembered_is_bounded() -> None:
    folding = Folding({})
    folding.update({chr(0x20000 + at): "" for at in range(29_999)})
    assert folding.fold("药效").text == "药效"
    assert len(folding) == 30_000


@given(st.text())
def test_every_folded_sign_lies_inside_the_text(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.place(at)
        assert 0 <= start < end <= len(text)
    assert fold(folded.text.replace(BORDER, "。")).text.count(BORDER) >= folded.text.count(BORDER)
