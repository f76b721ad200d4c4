"""Mails that are made to cost time or memory: each is read in seconds, whatever its writer hoped for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fengcai.engines.mailbox import read
from tests.engines.mailbox.writing import file_part, mail, multipart, named, text_part

pytestmark = pytest.mark.intake

SECONDS = 4.0  # of processor time; the naive way takes minutes, and some of these hours
KB = 1024
HEAD = b"From: a@b.cn\r\n"
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n"
PAGE = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
LINK = b'<a href="https://wx.mail.qq.com/ftn/download?key=%d">a</a>'
MAILS = {
    "words without an end": HEAD + b"Subject: " + b"=?a?b?x" * (60 * KB) + b"\r\n\r\n",
    "words almost ended": HEAD + b"Subject: =?utf-8?Q?" + b"=?? " * (100 * KB) + b"\r\n\r\n",
    "forty thousand words": HEAD + b"Subject: " + b"=?gbk?B?0MQ=?= " * (30 * KB) + b"\r\n\r\n",
    "accents on accents": HEAD + b"Subject: a" + "\u0316\u0301".encode() * (100 * KB) + b"\r\n\r\n",
    "comments in comments": HEAD + b"To: " + b"(" * (400 * KB) + b"\r\n\r\n",
    "groups in groups": HEAD + b"To: " + b"a:" * (200 * KB) + b"\r\n\r\n",
    "open ids": HEAD + b"References: " + (b"<" + b" " * 997) * 500 + b"\r\n\r\n",
    "comments in a type": HEAD + b"Content-Type: " + b"(" * (400 * KB) + b"\r\n\r\n",
    "percent signs": HEAD + b'Content-Type: a/b; name="' + b"%41" * (60 * KB) + b'!"\r\n\r\n',
    "parameters": HEAD + b"Content-Type: a/b" + b"; x*1*=%41" * (15 * KB) + b"\r\n\r\n",
    "blanks in parameters": HEAD + b"Content-Type: a/b" + (b";" + b" " * 500) * 300 + b"\r\n\r\n",
    "a thousand thousand fields": b"X: y\r\n" * (80 * KB) + HEAD + b"\r\n",
    "one field of many lines": HEAD + b"Subject: x" + b"\r\n y" * (100 * KB) + b"\r\n\r\n",
    "flowed lines": PLAIN[:-2] + b"; format=flowed\r\n\r\n" + b"x \r\n" * (180 * KB),
    "open tags": PAGE + b"<a " * (300 * KB),
    "open comments": PAGE + b"<!--" * (300 * KB),
    "open scripts": PAGE + b"<script>" * (200 * KB),
    "quotes in tags": PAGE + b"<a b='>" * (150 * KB),
    "quotes that are never closed": PAGE + b"<a b=\"" + b"<a b='" * (100 * KB),
    "entities": PAGE + b"&amp" * (200 * KB),
    "links and words": PAGE + b"".join(LINK % n + b"(1M, " * 100 for n in range(1_500)),
    "one link and one line": PAGE + LINK % 1 + b"((((" * (300 * KB),
    "addresses in text": PLAIN + b"\r\n" + b"https://wx.mail.qq.com/ftn/" * (25 * KB),
    "delimiters": HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * (600 * KB),
    "almost delimiters": HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--xx" * (900 * KB),
    "padding": HEAD + b"Content-Type: a/b; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"YQ==" * (150 * KB),
    "escapes": HEAD + b"Content-Type: a/b; name=x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * (3_000 * KB),
    "nothing but blank lines": b"\r\n" * (1_500 * KB),
}  # fmt: skip


@pytest.mark.parametrize("what", MAILS)
def test_it_is_read_in_time(what: str, tmp_path: Path) -> None:
    began = time.process_time()
    letter = read(MAILS[what], spool=tmp_path)
    assert time.process_time() - began < SECONDS
    assert len(letter.subject) <= 500
    assert len(letter.text) <= 200_000
    assert len(letter.links) <= 200


def test_two_thousand_texts_are_no_more_text_than_one(tmp_path: Path) -> None:
    part = text_part("科" * 20_000, encoding="8bit")
    letter = read(mail(*[part] * 300), spool=tmp_path)
    assert len(letter.text) == 200_000
    assert [one.kind for one in letter.problems] == ["text-cut"]


def test_fields_without_end_in_every_part(tmp_path: Path) -> None:
    part = b"Content-Type: a/b; name=x\r\n" + b"X: y\r\n" * (10 * KB) + b"\r\nz"
    letter = read(mail(*[part] * 40), spool=tmp_path)
    assert [one.size for one in letter.attachments] == [1] * 40


def test_a_mail_of_nothing_but_nested_mails_ends(tmp_path: Path) -> None:
    inner = mail(text_part("x"))
    eml = [file_part(inner, named(f"{n}.eml")) for n in range(300)]
    letter = read(mail(multipart(*eml, boundary="inner")), spool=tmp_path)
    assert len(list(letter.letters())) == 50
    assert len(letter.attachments) == 251  # the others are kept as files
    assert [one.kind for one in letter.problems] == ["too-many-letters"]


def test_mails_that_were_nested_leave_no_file(tmp_path: Path) -> None:
    inner = mail(text_part("x"), file_part(b"drin", named("a.txt")))
    letter = read(mail(file_part(inner, named("a.eml"))), spool=tmp_path)
    assert [one.name for one in letter.nested[0].attachments] == ["a.txt"]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"drin"]
