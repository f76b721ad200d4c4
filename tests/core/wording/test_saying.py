"""What pages say of a hit: its surroundings, its sentence, a plain word."""

from __future__ import annotations

import pytest

from fengcai.core.wording import around, clause_of, find, plainly


def test_surroundings_are_cut_with_dots_and_show_no_hidden_sign() -> None:
    text = "甲" * 30 + "根\u202e\n治" + "乙" * 3
    assert around(text, 30, 34, reach=5) == ("…甲甲甲甲甲", "根 治", "乙乙乙")
    assert around("甲根治乙", 1, 3) == ("甲", "根治", "乙")
    assert around("根治" + "乙" * 30, 0, 2, reach=3)[2] == "乙乙乙…"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("前一句。本品根治\u200b颈椎病，见效！后一句", "本品根治颈椎病，见效"),
        ("根治", "根治"),
        ("  根治  ", "根治"),
    ],
)
def test_the_sentence_of_a_hit(text: str, sentence: str) -> None:
    [hit] = find(text)
    assert clause_of(text, hit.start, hit.end) == sentence


def test_a_sentence_without_end_is_bounded() -> None:
    assert len(clause_of("甲" * 500 + "根治" + "乙" * 500, 500, 502)) == 402


def test_a_plain_word_accuses_nobody() -> None:
    [hit] = find("本疗法根 治颈椎病")
    term = hit.term
    assert plainly(
        hit.words, where="标题", reads_as=term.reads_as, basis=term.basis, advice=term.advice
    ) == (
        "标题里的“根 治”容易被看成疗效保证（广告法第十六条第（一）项），"
        "建议改为有依据的说法，如“缓解症状”“控制病情”“改善生活质量”。"
    )
