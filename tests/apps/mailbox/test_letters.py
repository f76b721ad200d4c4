"""A large letter with many files: read once for all of them, and never held."""

from __future__ import annotations

import base64
import tracemalloc
from pathlib import Path

import pytest

from fengcai.apps.mailbox.letters import FileGone, Parts, letter_of
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.engines import storage
from tests.apps.mailbox.letters import Office

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]
FILES, SIZE = 200, 64 * 1024


def written(path: Path) -> None:
    """A letter of 200 attachments, each of other bytes, about 17 MB."""
    body = b"\n".join(
        base64.b64encode(bytes(SIZE))[at : at + 76] for at in range(0, SIZE * 4 // 3, 76)
    )
    with path.open("wb") as file:
        file.write(
            b"From: li@example.cn\nSubject: x\nMIME-Version: 1.0\n"
            b"Content-Type: multipart/mixed; boundary=bb\n"
        )
        for n in range(FILES):
            file.write(
                b"\n--bb\nContent-Type: video/mp4\nContent-Transfer-Encoding: base64\n"
                b'Content-Disposition: attachment; filename="%03d.mp4"\n\n' % n
            )
            file.write(base64.b64encode(b"%03d" % n) + b"\n" + body)
        file.write(b"\n--bb--\n")


def bytes_read() -> int:
    """By this process, so far, from wherever (Linux)."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


def test_two_hundred_files_cost_one_reading_and_no_memory(office: Office, tmp_path: Path) -> None:
    raw = tmp_path / "raw.eml"
    written(raw)
    size = raw.stat().st_size
    kept = storage.adopt(raw, suffix=".eml")
    case = Case(contest=office.made.contest, key=kept.key, sha256=kept.sha256, size=size)
    rows = [CaseFile(case=case, path=f"0/{n}", name="x", size=SIZE) for n in range(FILES)]
    before = bytes_read()
    tracemalloc.start()
    with Parts() as parts:
        for n, row in enumerate(rows):
            with parts.copy_of(row) as path, path.open("rb") as file:
                assert file.read(3) == b"%03d" % n
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * 2**20
    # Its hash, its parts, its bodies: a few times the letter, and not two hundred times.
    assert bytes_read() - before < 6 * size
    assert list(storage.scratch_directory().iterdir()) == []


def test_what_is_gone_is_said(office: Office, tmp_path: Path) -> None:
    raw = tmp_path / "raw.eml"
    raw.write_bytes(b"From: a@b.c\n\nx")
    kept = storage.adopt(raw, suffix=".eml")
    case = Case(contest=office.made.contest, key=kept.key, sha256=kept.sha256)
    with Parts() as parts, pytest.raises(FileGone, match="找不到这个文件"):
        parts.copy_of(CaseFile(case=case, path="0/3")).__enter__()
    case = Case(contest=case.contest, key=storage.fresh_key(".eml"), sha256=kept.sha256)
    with Parts() as parts, pytest.raises(FileGone, match="找不到这封信的原件"):
        parts.copy_of(CaseFile(case=case, path="0/0")).__enter__()
    with pytest.raises(FileNotFoundError):
        letter_of(case).__enter__()
