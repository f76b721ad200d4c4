"""A case's letter and its files as bytes: read again from what was kept, never from a copy in a row."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

from fengcai.apps.mailbox import archives
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.apps.refusals import Refused
from fengcai.engines import storage
from fengcai.engines.mailbox import Attachment, Letter, read


class FileGone(Refused):
    """The bytes of a file cannot be had; one Chinese sentence says why."""


@contextlib.contextmanager
def letter_of(case: Case) -> Iterator[Letter]:
    """The letter, parsed; its files lie beside what is stored, so that taking one over copies nothing.
    Raises what `storage.readable` raises; a broken letter is none of it."""
    scratch_root = storage.scratch_directory()
    with tempfile.TemporaryDirectory(prefix="letter-", dir=scratch_root) as folder:
        with storage.readable(case.key, sha256=case.sha256) as path:
            letter = read(path, spool=Path(folder))
        yield letter


def attachments(letter: Letter) -> Iterator[tuple[str, Attachment]]:
    """Every file of a letter and of those nested in it, with its place (`1/0`: the first file of the
    second letter)."""
    for number, each in enumerate(letter.letters()):
        for index, attachment in enumerate(each.attachments):
            yield f"{number}/{index}", attachment


class Parts(contextlib.ExitStack):
    """The files of one letter as local copies: the letter is read at the first that lies in it, once,
    however many are asked for. `wanted` are those that will be: what of them lies in one archive is taken
    out together. Use it in a `with`."""

    def __init__(self, wanted: Iterable[CaseFile] = ()) -> None:
        super().__init__()
        self._found: dict[str, Attachment] | None = None
        self._wanted: defaultdict[str, set[int]] = defaultdict(set)
        self._unpacked: dict[str, dict[int, Path]] = {}
        for row in wanted:
            place, _, member = row.path.partition("!")
            if member:
                self._wanted[place].add(int(member))

    @contextlib.contextmanager
    def copy_of(self, row: CaseFile) -> Iterator[Path]:
        """A copy that may be moved away. Take it before a transaction begins: it may be gigabytes.
        Raises `FileGone`, OSError (disk full)."""
        path = scratch()
        try:
            try:
                self._copied(row, path)
            except archives.ArchiveRefused as refused:
                raise FileGone(str(refused)) from None
            except FileNotFoundError:
                raise FileGone(
                    "存储里找不到这封信的原件，附件取不出来。请联系系统管理员。"
                ) from None
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _copied(self, row: CaseFile, path: Path) -> None:
        if row.key:
            with storage.readable(row.key, sha256=row.sha256) as kept:
                _copy(kept, path)
            return
        place, _, member = row.path.partition("!")
        source = self._sent(row.case, place) or self._attached(row.case, place)
        if member:
            self._take_out(place, source, int(member), path)
        else:
            _copy(source, path)

    def _sent(self, case: Case, place: str) -> Path | None:
        """An archive that came another way than in the letter, by its row."""
        if not place.startswith("#"):
            return None
        row = case.files.filter(pk=int(place[1:])).exclude(key="").first()
        if row is None:
            raise FileGone("这个压缩包已经收入作品，里面的文件请从作品里取。")
        return self.enter_context(storage.readable(row.key, sha256=row.sha256))

    def _attached(self, case: Case, place: str) -> Path:
        if not case.key:
            raise FileGone("原信已随个人信息删除，附件取不出来了。")
        found = self._letters_own(case).get(place)
        if found is None:
            raise FileGone("信里找不到这个文件了，请从原信下载。")
        return found.path

    def _take_out(self, place: str, archive: Path, number: int, path: Path) -> None:
        if place not in self._unpacked:
            self._unpacked[place] = {}
            if len(numbers := self._wanted[place]) > 1:
                folder = self.enter_context(
                    tempfile.TemporaryDirectory(dir=storage.scratch_directory())
                )
                self._unpacked[place] = archives.take_out_together(archive, numbers, Path(folder))
        if ready := self._unpacked[place].pop(number, None):
            ready.replace(path)
        else:
            archives.take_out(archive, number, path)

    def _letters_own(self, case: Case) -> dict[str, Attachment]:
        if self._found is None:
            self._found = dict(attachments(self.enter_context(letter_of(case))))
        return self._found


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
