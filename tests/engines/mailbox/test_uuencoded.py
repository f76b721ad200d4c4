"""Files that old programs write into the text of a mail."""

from __future__ import annotations

import binascii
import random
from pathlib import Path

import pytest

from fengcai.engines.mailbox import Limits, read
from tests.engines.mailbox.writing import mail, text_part

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]
DATA = random.Random(3).randbytes(10_000)


def written(data: bytes, name: bytes = b"a.doc", end: bytes = b"`\nend\n") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + end


def plain(body: bytes) -> bytes:
    return b"From: a@b.cn\nContent-Type: text/plain; charset=gbk\n\n" + body


def test_a_file_in_the_text_is_an_attachment_and_no_text(tmp_path: Path) -> None:
    body = "前文\n".encode("gbk") + written(DATA, "作品.mp4".encode("gbk")) + "后文\n".encode("gbk")
    with read(plain(body), spool=tmp_path) as letter:
        [file] = letter.attachments
        assert (file.name, file.size, file.whole, file.inline) == ("作品.mp4", 10_000, True, False)
        assert file.path.read_bytes() == DATA
        assert letter.text == "前文\n后文"
        assert letter.problems == ()


def test_two_files_and_line_ends_of_dos(tmp_path: Path) -> None:
    body = (written(b"one") + written(b"two", b"../b.txt")).replace(b"\n", b"\r\n")
    with read(plain(body), spool=tmp_path) as letter:
        assert [(x.name, x.path.read_bytes()) for x in letter.attachments] == [
            ("a.doc", b"one"), ("b.txt", b"two"),
        ]  # fmt: skip


def test_blanks_that_were_lost_at_the_end_of_lines(tmp_path: Path) -> None:
    body = b"\n".join(x.rstrip() for x in written(bytes(200)).replace(b"`", b" ").split(b"\n"))
    with read(plain(body), spool=tmp_path) as letter:
        assert letter.attachments[0].path.read_bytes() == bytes(200)


def test_one_that_has_no_end_is_told_and_the_text_behind_it_is_kept(tmp_path: Path) -> None:
    body = written(DATA, end=b"") + "\n谢谢老师，请查收附件里的作品。".encode("gbk")
    with read(plain(body), spool=tmp_path) as letter:
        assert letter.attachments[0].whole is False
        assert "没有结尾" in letter.problems[0].text
        assert letter.text == "谢谢老师，请查收附件里的作品。"


@pytest.mark.parametrize(
    "said", ["begin 100 students", "begin 644 a.doc", "begin 644 a.doc\n这不是文件\nend", "begin 6"]
)
def test_a_sentence_that_begins_so_is_a_sentence(said: str) -> None:
    with read(mail(text_part(said))) as letter:
        assert letter.attachments == ()
        assert letter.text == said


def test_they_count_as_attachments_do(tmp_path: Path) -> None:
    body = b"".join(written(b"%d" % n) for n in range(9))
    limits = Limits(attachments=4, attachment_bytes=1_000)
    with read(plain(body + written(DATA)), spool=tmp_path, limits=limits) as letter:
        assert len(letter.attachments) == 4
        assert [each.kind for each in letter.problems] == ["too-many-attachments"]
        assert letter.text == ""
    with read(plain(written(DATA)), spool=tmp_path, limits=limits) as letter:
        assert (letter.attachments[0].size, letter.attachments[0].whole) == (1_000, False)
