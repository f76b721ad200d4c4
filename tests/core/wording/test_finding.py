"""Words are found through their disguises, at their place, and excused where they deny or are names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.wording import Hit, find, parse

pytestmark = pytest.mark.clause("J9", "B6")


def standing(text: str, **more: object) -> list[str]:
    return [hit.words for hit in find(text, **more) if not hit.excuse]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [
        *("根治", "根 治", "根　治", "根\u200b\u200b治", "根.治", "根-治", "根\n治", "根\u0301治"),
        *("⼀根治"[1:], "根🌟治", "根\x00治", "根\u202a治", "根\ufe0f治", "根" + "\u200d" * 400 + "治"),
    ],
)  # fmt: skip
def test_disguises_of_a_word(written: str) -> None:
    text = f"甲乙{written}丙"
    hit = next(iter(find(text)))
    assert (hit.words, text[hit.start : hit.end]) == (written, written)
    assert [term.key for term in hit.terms] == [
        "advertising-law-16/cure",
        "medical-advertising-7/guarantee",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("國家級團隊", ["國家級"]),
        ("ＮＯ．１团队", ["ＮＯ．１"]),
        ("No.1团队", ["No.1"]),
        ("加ѵx领取", ["加ѵx"]),
        ("世，界，级，享受", ["世，界，级"]),
        ("「根」治", ["根」治"]),
        ("\u202e治根\u202c", ["治根"]),
        ("gen治颈椎病，根zhi", ["gen治", "根zhi"]),
        ("gēn治", ["gēn治"]),
        ("jia 微信", ["jia 微信"]),
        ("国jia级、guo jia ji", ["国jia级", "guo jia ji"]),
        ("ｗｕ fu zuo yong", ["ｗｕ fu zuo yong"]),
        ("Nó.1团队", ["Nó.1"]),
        ("０副作用", ["０副作用"]),
        ("百分百有效百分百安全", ["百分百有效", "百分百安全"]),
    ],
)
def test_other_disguises(text: str, words: list[str]) -> None:
    assert standing(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "根。治",  # two clauses
        "断了根，治了又发",
        "根\n\n治",  # two paragraphs
        "根" + "-" * 7 + "治",  # too far apart
        "piano 1",  # inside of another word
        "antigen治疗",  # the same with pinyin
        "Gen Zhi Shen Yao",  # names of people
        "no 12",
        "头、颈、肩",
        "根、治、疗",  # two signs between marks are chance
        "",
        "\x00",
        "\u202e",
        "\ud800",
    ],
)
def test_what_is_no_hit(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "excuse"),
    [
        ("胃癌根治术", "属于固定说法或者法定名称"),
        ("高血压不能根治", "前文是否定或者提醒"),
        ("不根治", "前文是否定或者提醒"),
        ("所谓的“根治”", "前文是否定或者提醒"),
        ("“根治”的说法不可信", "后文是否定或者提醒"),
        ("近视能根治吗？", "是提问"),
        ("不可信，根治", ""),  # another clause
        ("特别根治", ""),
        ("根治了，真的吗", ""),
        ("绝不是没有副作用", ""),
    ],
)
def test_excuses(text: str, excuse: str) -> None:
    assert [hit.excuse for hit in find(text)] == [excuse]


def test_names_of_the_contest_and_its_units_are_known() -> None:
    names = ["顶尖护理大赛", "", "全国第一医院"]
    assert [hit.excuse for hit in find("顶 尖护理大赛由全国第一医院承办，顶尖护理大赛", names=names)] == [
        "是活动或者单位的名称"
    ] * 3  # fmt: skip
    assert standing("我们是顶尖的", names=names) == ["顶尖"]


def test_a_longer_hit_takes_the_shorter_in_with_its_law() -> None:
    [hit] = find("秒杀癌症")
    assert (hit.words, hit.term.key) == ("秒杀癌症", "negative-list-2025/exaggeration")
    [rate] = find("总有效率达96%")
    assert rate.words == "总有效率"
    assert [term.source.id for term in rate.terms] == [
        "advertising-law-16",
        "medical-advertising-7",
    ]


def test_hits_that_only_overlap_are_both_told() -> None:
    assert standing("扫码加微信") == ["扫码加", "加微信"]


def test_the_exemption_of_one_law_does_not_free_a_word_for_all() -> None:
    files = {
        f"{name}.yaml": f"""
source: {name}
law: 法
short: 法
title: 法
status: verified
note: 无
terms:
  - {{id: one, article: 条, reads_as: 某, says: 某, advice: 某, weight: clear, words: [{word}],
      unless: [{word}山], hits: [], clear: []}}
"""
        for name, word in (("a", "药王"), ("b", "圣手"))
    }
    lexicon = parse(files)
    assert [hit.excuse for hit in find("药王山 圣手", lexicon=lexicon)] == [
        "属于固定说法或者法定名称", "",
    ]  # fmt: skip


@given(
    st.text(
        alphabet=st.sampled_from("根治最好国家级 \u200b\u202e\u202c，。\n的no1%加微信"), max_size=60
    )
)
def test_hits_lie_in_the_text_and_read_the_same_alone(text: str) -> None:
    hits: list[Hit] = find(text)
    for hit in hits:
        assert text[hit.start : hit.end] == hit.words != ""
        assert len({term.source.id for term in hit.terms}) == len(hit.terms)


def test_a_text_of_nothing_but_hits_is_read_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fengcai.core.wording.finding._MOST_READ", 200)
    assert len(find("根治" * 30_000)) == 100  # each word is two terms' and 200 are looked at


@pytest.mark.parametrize("sign", ["根", "\u200b", "，", "\x00", "\u202e", " ", "\u0301"])
def test_a_megabyte_of_one_sign_is_nothing(sign: str) -> None:
    assert find(sign * 300_000) == []
