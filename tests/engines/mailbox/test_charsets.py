"""Bytes → text: every way in which a Chinese name has reached a mailbox comes back as that name."""

from __future__ import annotations

import base64
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.engines.mailbox import read
from fengcai.engines.mailbox.charsets import codec_of, decode
from fengcai.engines.mailbox.headers import fields, parameters, words
from tests.engines.mailbox.soup import CODECS, SOUP
from tests.engines.mailbox.writing import (
    continued,
    file_part,
    mail,
    split_words,
    text_part,
    word,
    word_of,
)

pytestmark = pytest.mark.intake

# Level 1 of GB 2312 are the characters of daily use; GBK adds the rest that names need.
LEVEL_1 = [
    bytes((high, low)).decode("gb2312")
    for high in range(0xB0, 0xD8)
    for low in range(0xA1, 0xFF if high < 0xD7 else 0xFA)
]
NAMES = st.text(st.sampled_from(LEVEL_1), min_size=2, max_size=12)
RARE = st.text(
    st.one_of(st.sampled_from(LEVEL_1), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)),
    min_size=1,
    max_size=12,
)


def test_every_level_1_character_of_gb_2312_is_there() -> None:
    assert len(LEVEL_1) == 3755


@pytest.mark.clause("J12")
@given(RARE, st.sampled_from(["gb2312", "GB2312", "gbk", "x-gbk", "cp936", "gb18030", "utf-8"]),
       st.sampled_from(["B", "Q"]))  # fmt: skip
def test_a_name_in_one_encoded_word(name: str, charset: str, how: str) -> None:
    codec = "utf-8" if charset == "utf-8" else "gb18030"
    assert words(word(name, charset, codec, how=how)) == name


@given(RARE, st.sampled_from([("gb2312", "gb18030"), ("utf-8", "utf-8")]), st.integers(1, 9))
def test_a_name_in_words_that_are_split_inside_a_character(
    name: str, charset: tuple[str, str], size: int
) -> None:
    said = fields(b"Subject: " + split_words(name, *charset, size).encode() + b"\r\n")
    assert said.text("subject") == name


@given(RARE, st.integers(1, 30))
def test_a_name_whose_base64_was_cut_as_text(name: str, size: int) -> None:
    whole = base64.b64encode(name.encode("gb18030")).decode()
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert words(" ".join(f"=?gbk?B?{piece}?=" for piece in pieces)) == name


@given(RARE, st.sampled_from(["gb2312", "utf-8", "x-gbk"]), st.integers(1, 9))
def test_a_name_in_continued_parameters(name: str, charset: str, size: int) -> None:
    codec = "utf-8" if charset == "utf-8" else "gb18030"
    said = continued(name + ".mp4", charset, codec, size)
    assert parameters(f"attachment;\r\n {said}".encode())["filename"] == name + ".mp4"


@given(NAMES, st.sampled_from(["gbk", "utf-8"]), st.sampled_from(['filename="%s"', "filename=%s"]))
def test_a_name_in_raw_bytes(name: str, codec: str, form: str) -> None:
    said = b"attachment; " + form.encode() % (name + ".docx").encode(codec)
    assert parameters(said)["filename"] == name + ".docx"


@given(NAMES, st.sampled_from(["", "us-ascii", "iso-8859-1", "gb2312", "unknown-8bit"]))
def test_a_text_in_gbk_whatever_is_said_of_it(name: str, said: str) -> None:
    assert decode(name.encode("gbk"), said) == (name, True)


@given(NAMES)
def test_a_text_in_gbk_that_is_said_to_be_utf_8(name: str) -> None:
    data = f"科普作品：{name}".encode("gbk")  # 普 is no UTF-8: nothing is left to chance
    assert decode(data, "utf-8") == (f"科普作品：{name}", True)


@given(NAMES, st.sampled_from(["", "us-ascii", "iso-8859-1", "gb2312", "gbk", "x-unknown"]))
def test_a_text_in_utf_8_whatever_is_said_of_it(name: str, said: str) -> None:
    text = f"科普作品：{name}"  # two signs alone can be good GBK by chance
    assert decode(text.encode("utf-8"), said) == (text, True)


@pytest.mark.parametrize("name", ["朱镕基", "喆喆", "𠮷野", "㛃玥", "李堃煊"])
def test_names_beyond_gb_2312_that_are_said_to_be_in_it(name: str) -> None:
    raw = mail(
        text_part(f"{name}的作品", charset="gb2312", codec="gb18030", encoding="8bit"),
        file_part(b"1", f'filename="{word(name + ".mp4", "gb2312", "gb18030")}"'),
        subject=word(name, "gb2312", "gb18030").encode(),
        sender=f'"{word(name, "gb2312", "gb18030")}" <a@b.cn>',
    )
    with read(raw) as letter:
        assert (letter.subject, letter.sender_name, letter.text, letter.attachments[0].name) == (
            name, name, f"{name}的作品", f"{name}.mp4",
        )  # fmt: skip
        assert letter.problems == ()


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Müller", "utf-8"), ("Ärzte für Übung", "utf-8"), ("Отчёт о работе", "utf-8"),
        ("Πρώτες", "utf-8"), ("café", "utf-8"), ("小校谢协", "gb2312"), ("学士", "gb2312"),
        ("心内科", "gbk"), ("《急救》——定稿", "gbk"), ("ＡＢＣ", "gbk"),
    ],
)  # fmt: skip
def test_undeclared_bytes_that_could_be_either(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == (text, True)


@pytest.mark.parametrize("name", ["恽丏", "朱镕基", "心内科"])
def test_gb_and_utf_8_under_the_name_of_gb(name: str) -> None:
    """恽丏 in GBK also spells UTF-8: a rare character and a D."""
    assert decode(name.encode("gbk"), "gbk") == (name, True)
    assert decode(f"{name}的作品".encode(), "gbk") == (f"{name}的作品", True)


@pytest.mark.parametrize(
    ("said", "codec"),
    [
        ("GB2312", "gb18030"), ("x-gbk", "gb18030"), ("cp936", "gb18030"), ("ms936", "gb18030"),
        ("EUC-CN", "gb18030"), ("gb_2312-80", "gb18030"), ("hz-gb-2312", "hz"), ("Big5", "cp950"),
        ("latin1", "cp1252"), ("iso-8859-8-i", "iso8859-8"), ("windows-1251", "cp1251"),
        ("x-sjis", "cp932"), ("unknown-8bit", None), ("", None), ("idna", None), ("zlib", None),
        ("unicode_escape", None), ("punycode", None), ("mbcs", None), ("iso-8859-99", None),
    ],
)  # fmt: skip
def test_charsets_names(said: str, codec: str | None) -> None:
    assert codec_of(said) == codec


@pytest.mark.parametrize(("language", "charset", "text"), SOUP, ids=lambda value: str(value)[:12])
def test_each_language_in_its_own_charset(language: str, charset: str, text: str) -> None:
    codec = CODECS.get(charset, charset)
    data = text.encode(codec)
    assert decode(data, charset) == (text, True)
    assert words(word_of(data, charset)) == text
    assert words(word_of(data, charset, how="Q")) == text


@pytest.mark.clause("J12")
def test_one_mail_of_every_charset_at_once() -> None:
    parts = [
        file_part(
            text.encode(),
            f"filename*={charset}''{quote_from_bytes(f'{n} {text}.txt'.encode(CODECS.get(charset, charset)))}",
        )
        for n, (_, charset, text) in enumerate(SOUP)
    ]
    subject = "\r\n ".join(word(text, cs, CODECS.get(cs, cs)) for _, cs, text in SOUP[:20])
    bodies = [
        text_part(text, charset=charset, codec=CODECS.get(charset, charset))
        for _, charset, text in SOUP
    ]
    with read(mail(*bodies, *parts, subject=subject.encode())) as letter:
        assert len({language for language, _, _ in SOUP}) == 42
        assert letter.subject == _joined(SOUP[:20])
        assert letter.text.split("\n\n") == [text for _, _, text in SOUP]
        assert [one.name for one in letter.attachments] == [
            f"{n} {text}.txt".replace(":", "：") for n, (_, _, text) in enumerate(SOUP)
        ]
        assert letter.problems == ()


def _joined(soup: tuple[tuple[str, str, str], ...]) -> str:
    return "".join(text for _, _, text in soup)


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    text, understood = decode(b"\xff\xff\xff abc", "utf-8")
    assert (text, understood) == ("��� abc", False)


def test_a_text_cut_inside_a_character_loses_no_more_than_that() -> None:
    data = "心肺复苏".encode()
    assert [decode(data[:size], "utf-8", cut=True) for size in (12, 11, 10, 9)] == [
        ("心肺复苏", True), ("心肺复", True), ("心肺复", True), ("心肺复", True),
    ]  # fmt: skip


@given(st.binary(max_size=60), st.text(max_size=12))
def test_no_bytes_and_no_charset_are_an_error(data: bytes, said: str) -> None:
    text, _ = decode(data, said)
    text.encode("utf-8")
