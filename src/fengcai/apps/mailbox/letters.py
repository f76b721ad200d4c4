"""A case's letter and its files as bytes: read again from what was kept, never from a copy in a row."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from fengcai.apps.mailbox import archives
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.engines import storage
from fengcai.engines.mailbox import Attachment, Letter, read

LARGEST_LETTER = 256 * 1024**2
"""Bytes of a letter that is read. Mail services take a hundred million at most; it is read in memory."""


class TooLarge(Exception):
    """The letter is larger than any that is read."""


class FileGone(Exception):
    """The bytes of a file cannot be had any more; one Chinese sentence says why."""


@contextlib.contextmanager
def letter_of(case: Case) -> Iterator[Letter]:
    """The letter, parsed. Raises `TooLarge`, and what `storage.readable`
    raises; a broken letter is none of it."""
    if case.size > LARGEST_LETTER:
        raise TooLarge
    with storage.readable(case.key, sha256=case.sha256) as path:
        raw = path.read_bytes()
    with read(raw) as letter:
        yield letter


def attachments(letter: Letter) -> Iterator[tuple[str, Attachment]]:
    """Every file of a letter and of those nested in it, with its place (`1/0`: the first file of the
    second letter)."""
    for number, each in enumerate(letter.letters()):
        for index, attachment in enumerate(each.attachments):
            yield f"{number}/{index}", attachment


@contextlib.contextmanager
def file_of(row: CaseFile) -> Iterator[Path]:
    """A local copy of a case's file, which may be moved away. Raises `FileGone`, OSError (disk full)."""
    path = scratch()
    try:
        if row.key:
            with storage.readable(row.key, sha256=row.sha256) as kept:
                _copy(kept, path)
        else:
            place, _, member = row.path.partition("!")
            with letter_of(row.case) as letter:
                found = dict(attachments(letter)).get(place)
                if found is None:
                    raise FileGone("信里找不到这个文件了，请从原信下载。")
                if member:
                    archives.take_out(found.path, int(member), path)
                else:
                    _copy(found.path, path)
        yield path
    finally:
        path.unlink(missing_ok=True)


def scratch() -> Path:
    """A name for a file in DATA/scratch that does not exist yet."""
    return storage.scratch_directory() / f"{uuid4().hex}.part"


def _copy(source: Path, target: Path) -> None:
    try:
        with contextlib.suppress(OSError):
            os.link(source, target)
            return
        shutil.copyfile(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
