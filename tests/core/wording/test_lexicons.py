"""Every shipped term by its own examples, and the shape that the files have to have."""

from __future__ import annotations

import pytest

from fengcai.core.wording import LexiconError, Term, find, parse, shipped, term_of

pytestmark = pytest.mark.clause("J9", "B6")

TERMS = {term.key: term for term in shipped().terms}


@pytest.mark.parametrize("key", TERMS)
def test_a_term_finds_its_examples_and_leaves_the_others(key: str) -> None:
    term = TERMS[key]

    def stands(text: str) -> bool:
        return any(term in hit.terms and not hit.excuse for hit in find(text))

    assert [text for text in term.hits if not stands(text)] == []
    assert [text for text in term.clear if stands(text)] == []


def test_every_term_has_examples_of_both_kinds_a_basis_and_advice() -> None:
    assert [t.key for t in TERMS.values() if not (t.hits and t.clear)] == []
    assert {t.source.id for t in TERMS.values()} == {
        *("advertising-law-9", "advertising-law-16", "advertising-law-other"),
        "medical-advertising-7",
        *("negative-list-2025", "self-media-2025"),
    }
    assert [t.key for t in TERMS.values() if t.advice.endswith(("。", "；"))] == []
    cure = shipped().term("advertising-law-16/cure")
    assert (cure.basis, cure.status, cure.weight) == (
        "广告法第十六条第（一）项", "verified", "clear",
    )  # fmt: skip
    # Known from others' words only, and said so.
    assert shipped().term("negative-list-2025/diversion").status == "second-hand"
    assert shipped().term("advertising-law-9/first").status == "second-hand"
    with pytest.raises(KeyError):
        shipped().term("advertising-law-16/none")


def test_no_word_stands_twice_in_a_term_nor_is_idle_beside_a_shorter_one() -> None:
    twice = {
        f"{term.key}: {word}" for term in TERMS.values() for word in term.words
        if term.words.count(word) > 1
    }  # fmt: skip
    assert twice == set()


def test_an_exemption_holds_one_of_its_terms_words() -> None:
    fold = shipped().folding.fold
    idle = {
        f"{term.key}: {phrase}"
        for term in TERMS.values()
        for phrase in term.unless
        if not any(fold(word).text in fold(phrase).text for word in term.words)
    }
    assert idle == set()


GOOD = """
source: law
law: 某法
short: 某法
title: 《某法》
status: verified
note: 无
terms:
  - {id: one, article: 第一条, reads_as: 夸大, says: 不得夸大, advice: 删去, weight: clear,
     words: [神药], hits: [神药], clear: [药]}
"""


def test_a_lexicon_of_ones_own_reads_by_itself() -> None:
    lexicon = parse({"law.yaml": GOOD})
    term: Term = lexicon.terms[0]
    assert (term.key, term.denial, term.after, term.unless) == ("law/one", True, None, ())
    assert [hit.words for hit in find("没有神药", lexicon=lexicon)] == ["神药"]
    assert find("没有神药", lexicon=lexicon)[0].excuse == ""  # nobody told it what denies


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": "a: [\n"}, "a.yaml: "),
        ({"a.yaml": "- a\n"}, "a.yaml: not a mapping"),
        ({"a.yaml": GOOD.replace("note: 无\n", "")}, "a.yaml: missing ['note']"),
        ({"a.yaml": GOOD + "more: 1\n"}, "a.yaml: unknown ['more']"),
        ({"a.yaml": GOOD.replace("verified", "heard")}, "a.yaml: status heard"),
        ({"a.yaml": GOOD.replace("weight: clear", "weight: 3")}, "a.yaml: one: weight 3"),
        ({"a.yaml": GOOD.replace("advice: 删去, ", "")}, "a.yaml: one: missing ['advice']"),
        ({"a.yaml": GOOD.replace("[神药], hits", "[药], hits")}, "a.yaml: one: too short: ['药']"),
        ({"a.yaml": GOOD.replace("[神药], hits", "神药, hits")}, "not a list of texts: '神药'"),
        ({"a.yaml": GOOD.replace("clear: [药]", "clear: [1]")}, "not a list of texts: [1]"),
        ({"a.yaml": GOOD, "b.yaml": GOOD}, "term twice: ['law/one']"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(files: dict[str, str], said: str) -> None:
    with pytest.raises(LexiconError) as fault:
        parse(files)
    assert said in str(fault.value)


def test_faulty_disguises_and_negations_are_told() -> None:
    with pytest.raises(LexiconError, match="is not a pair of signs"):
        parse({}, disguises="a: 蕞最 好")
    with pytest.raises(LexiconError, match="unknown key beyond"):
        parse({}, contraries="beyond: [不]")


def test_every_sign_of_every_word_has_its_reading() -> None:
    signs = {sign for term in TERMS.values() for word in term.words for sign in word}
    assert {sign for sign in signs if "一" <= sign <= "鿿"} - shipped().readings.keys() == set()


def test_a_reading_that_is_none_is_told() -> None:
    with pytest.raises(LexiconError, match="1 is not pinyin"):
        parse({}, readings="1: 一")


def test_every_kind_that_detectors_find_has_its_law() -> None:
    assert [term_of(kind).key for kind in ("wechat", "qr_code", "price", "phone", "mail")] == [
        "negative-list-2025/diversion",
        "negative-list-2025/diversion",
        "negative-list-2025/commerce",
        "self-media-2025/contact",
        "self-media-2025/contact",
    ]
