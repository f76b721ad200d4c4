"""A table on its way in: carried from page to page sealed, mapped and mended by hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import TableRefused, read_table
from fengcai.engines.documents.tables.reading import MAX_BYTES
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.contests.table_columns import Columns
    from fengcai.apps.people.models import User

PREVIEW_LIFE_S = 2 * 60 * 60
MOST_COLUMNS = 40
"""Columns of a table with unknown headers that are carried along to be named."""

MOST_ROWS = 3_000
FIX = re.compile(r"fix-(\d{1,6})-([a-z_]{1,20})")


def without(headers: Sequence[str], used: Collection[int]) -> list[str]:
    """The headers of columns of which nothing is taken, so that nobody thinks it was."""
    left = [header.strip() for place, header in enumerate(headers) if place not in used]
    return [header[:40] for header in left if header][:MOST_COLUMNS]


@dataclass(frozen=True)
class Parcel:
    """A table that was read: its rows as in the file while not `mapped`, else canonical; then `unused` are
    the headers of columns that were left behind."""

    filename: str
    headers: Sequence[str]
    rows: Sequence[Any]
    mapped: bool = False
    unused: Sequence[str] = ()


@dataclass(frozen=True)
class Counter:
    """Where tables of one kind are handed in. `what` is what they list (单位), `file` such a file
    (单位名单文件), `words` what each column is asked for by."""

    columns: Columns
    words: Mapping[str, str]
    what: str
    file: str

    @property
    def salt(self) -> str:
        """Seals of one kind of table open no other."""
        return f"fengcai.organiser.{self.columns.purpose}"

    def parcel(self, request: HttpRequest, contest: Contest, who: User) -> Parcel:
        """The table of a file just sent, or of a preview that was mended. Raises `Refused`."""
        if request.POST.get("parcel"):
            return self.mended(self.unsealed(contest, who, request.POST["parcel"]), request.POST)
        sent = self._table(request)
        found = self.columns.found_in(sent.headers)
        return sent if self.columns.lacking(found) else self.mapped(sent, found)

    def mapped(self, parcel: Parcel, columns: Mapping[str, int]) -> Parcel:
        """With the columns of this kind, the others left behind."""
        rows = self.columns.canonical([(line, cells) for line, cells in parcel.rows], columns)
        unused = without(parcel.headers, columns.values())
        return replace(parcel, rows=rows, mapped=True, headers=(), unused=unused)

    def mended(self, parcel: Parcel, sent: Mapping[str, str]) -> Parcel:
        """With what was typed into the rows that were refused."""
        if not parcel.mapped:
            return parcel
        found: dict[int, dict[str, str]] = {}
        for name, text in sent.items():
            match = FIX.fullmatch(name)
            if match and match[2] in self.columns.mendable:
                found.setdefault(int(match[1]), {})[match[2]] = str(text)[:200]
        return replace(parcel, rows=self.columns.mended(parcel.rows, found))

    def said(self, sent: Mapping[str, str], parcel: Parcel) -> dict[str, int]:
        """Which column is what, as chosen: 1 for the first."""
        places = {key: whole_number(sent.get(f"column-{key}")) - 1 for key in self.columns.names}
        return {key: place for key, place in places.items() if 0 <= place < len(parcel.headers)}

    def sealed(self, contest: Contest, who: User, parcel: Parcel) -> str:
        """What was read comes back with the next step, sealed: nobody can slip rows in between."""
        rows = parcel.rows
        if not parcel.mapped:
            rows = [[line, list(cells)[:MOST_COLUMNS]] for line, cells in rows]
        told = [contest.pk, who.pk, parcel.filename, list(parcel.headers)[:MOST_COLUMNS], rows]
        told += [parcel.mapped, list(parcel.unused)]
        return signing.dumps(told, salt=self.salt, compress=True)

    def unsealed(self, contest: Contest, who: User, seal: str) -> Parcel:
        """Raises `Refused` for what is old, somebody else's, or not what was shown."""
        try:
            whose, by, filename, headers, rows, mapped, unused = signing.loads(
                seal, salt=self.salt, max_age=PREVIEW_LIFE_S
            )
        except signing.SignatureExpired:
            raise Refused("预览已超过两小时，没有导入。请重新上传文件，再确认一次。") from None
        except (signing.BadSignature, ValueError):
            raise Refused("预览的内容不完整，没有导入。请重新上传文件。") from None
        if whose != contest.pk or by != who.pk:
            raise Refused("这份预览属于别的活动或别的账号，没有导入。请重新上传文件。")
        lines = [(line, list(cells)) for line, cells in rows]
        return Parcel(filename, headers, lines, mapped, unused)

    def confirmed(self, request: HttpRequest, contest: Contest, who: User) -> Parcel:
        """The parcel of a preview that is to be taken in. Raises `Refused`."""
        parcel = self.unsealed(contest, who, request.POST.get("parcel", ""))
        if not parcel.mapped:
            raise Refused("还没有指明哪一列是什么，没有导入。请重新上传文件。")
        return parcel

    def mapping_page(
        self, parcel: Parcel, seal: str, typed: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The headers with some of what stands below them, and the question which is what. 1 SQL."""
        headers = list(parcel.headers)[:MOST_COLUMNS]
        options = []
        for place, header in enumerate(headers):
            some = [str(cells[place]) for _, cells in parcel.rows[:3] if place < len(cells)]
            told = "、".join(filter(None, some))[:40]
            options.append((str(place + 1), header or f"第 {place + 1} 列", told))
        known = self.columns.found_in(parcel.headers)
        chosen = {key: str(place + 1) for key, place in known.items()}
        if typed is not None:
            chosen = {key: typed.get(f"column-{key}", "") for key in self.columns.names}
        required = self.columns.required
        return {
            "filename": parcel.filename,
            "parcel": seal,
            "options": options,
            "lacks": "或".join(self.words[key] for key in required),
            "questions": [
                (key, word, key in required, chosen.get(key, ""))
                for key, word in self.words.items()
            ],
        }

    def _table(self, request: HttpRequest) -> Parcel:
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise Refused(f"请先选择{self.file}（.xlsx 或 .csv）。", fields={"file": "请选择文件"})
        if (file.size or 0) > MAX_BYTES:
            raise Refused(
                f"“{file.name}”超过 {MAX_BYTES // 1024 // 1024} MB，没有导入。"
                "请删去图片和多余的工作表，另存后再上传。",
                fields={"file": "文件太大"},
            )
        name = file.name or "文件"
        try:
            table = read_table(file.read(), name, expected=self.columns.expected)
        except TableRefused as refusal:
            raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None
        if len(table.rows) > MOST_ROWS:
            raise Refused(
                f"“{name}”有 {len(table.rows)} 行，一次最多导入 {MOST_ROWS} {self.what}。"
                "请分几个文件。",
                fields={"file": "行数太多"},
            )
        rows = [[row.number, list(row.cells)] for row in table.rows]
        return Parcel(name, list(table.headers), rows)
