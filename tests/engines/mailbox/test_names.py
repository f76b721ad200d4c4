"""Names of strangers: harmless on any disk, and nothing of them lost that can be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.engines.mailbox import read, safe_name
from fengcai.engines.mailbox.names import hides, one_line, several_lines, visible
from tests.engines.mailbox.writing import file_part, mail, named

pytestmark = pytest.mark.intake


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("../../x", "x"),
        ("..\\..\\windows\\x.docx", "x.docx"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\张三\\作品.mp4", "作品.mp4"),
        ("作品\u202egpj.exe", "作品gpj.exe"),
        ("心\u200b内\u200d科.mp4", "心内科.mp4"),
        ("a\x00b\r\nc\t.pdf", "ab c.pdf"),
        ("内科:第1版?.docx", "内科：第1版？.docx"),
        ("...", "附件3.bin"),
        ("", "附件3.bin"),
        ("\u202e\u200b", "附件3.bin"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("console.txt", "console.txt"),
        ("作品.mp4 . ", "作品.mp4"),
        ("Café.pdf", "Café.pdf"),
        ("👨\u200d⚕️.png", "👨\u200d⚕️.png"),
        ("می\u200cشود.pdf", "می\u200cشود.pdf"),
        ("\u3164.pdf", "附件3.pdf"),
    ],
)
def test_a_safe_name(said: str, safe: str) -> None:
    assert safe_name(said, 3) == safe


def test_a_name_without_one_is_told_by_its_kind() -> None:
    assert safe_name("", 2, "video/mp4") == "附件2.mp4"


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("科" * 500 + ".docx", 1) == "科" * 65 + ".docx"
    assert safe_name("a" * 500 + ".mp4", 1) == "a" * 116 + ".mp4"


@given(st.text(max_size=300), st.integers(1, 500))
def test_every_safe_name_is_fit_for_any_disk(said: str, number: int) -> None:
    name = safe_name(said, number)
    assert name
    assert len(name) <= 120
    assert len(name.encode("utf-8", "surrogatepass")) <= 200
    assert not set(name) & set('/\\<>:"|?*\0\r\n\u202e\u200b\u2066')
    assert name.strip(". ") == name
    assert safe_name(name, number) == name


def test_what_cannot_be_seen_is_told() -> None:
    assert visible("作品\u202egpj.exe") == "作品‹U+202E›gpj.exe"
    assert hides("a\u200bb")
    assert not hides("👨\u200d⚕️ plain\r\n 字")


def test_one_line_and_several() -> None:
    assert one_line("  a\r\n\tb\u2028c\u202e ") == "a b c"
    assert several_lines("a\r\nb\rc\x07\u202e") == "a\nb\nc"
    assert one_line("e\u0301") == unicodedata.normalize("NFC", "e\u0301")
    assert one_line("123456", 3) == "123"


def test_hidden_characters_in_a_mail_are_taken_out_and_told() -> None:
    raw = mail(
        file_part(b"1", named("心内科\u202egpj.exe")),
        file_part(b"2", named("../../../tmp/x")),
        subject="心\u200b内科\u202e投稿",
        sender='"=?utf-8?B?5byg4oCu5LiJ?=" <a@b.cn>',
    )
    with read(raw) as letter:
        assert (letter.subject, letter.sender_name) == ("心内科投稿", "张三")
        assert [(one.name, one.said) for one in letter.attachments] == [
            ("心内科gpj.exe", "心内科‹U+202E›gpj.exe"),
            ("x", "../../../tmp/x"),
        ]
        assert [one.kind for one in letter.problems] == ["hidden-characters"]
        assert {one.path.parent for one in letter.attachments} == {
            letter.attachments[0].path.parent
        }
