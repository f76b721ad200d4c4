"""A table on its way into the roster: carried from page to page sealed, mapped and mended by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.urls import reverse

from fengcai.apps.contests import roster
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.pages.units import classes_of
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User

SALT = "fengcai.organiser.roster"
PREVIEW_LIFE_S = 2 * 60 * 60
MOST_COLUMNS = 40
"""Columns of a table with unknown headers that are carried along to be named."""

FIX = re.compile(r"fix-(\d{1,6})-([a-z_]{1,20})")
WORDS = {
    "unit": "单位名称",
    "unit_class": "类别",
    "district": "片区、院区、地区",
    "parent": "上级单位",
    "aliases": "别名",
    "email": "单位邮箱",
    "unit_phone": "单位电话",
    "contact": "联络员",
    "phone": "联络员电话",
    "contact_email": "联络员邮箱",
    "head": "负责人",
    "head_phone": "负责人电话",
}


@dataclass(frozen=True)
class Parcel:
    """A table that was read: its rows as in the file while `columns` is None, else canonical."""

    filename: str
    headers: Sequence[str]
    rows: Sequence[Any]
    columns: Mapping[str, int] | None
    seal: str = ""

    def mapped(self, columns: Mapping[str, int]) -> Parcel:
        """With the columns of the roster, the others left behind."""
        rows = roster.canonical([(line, cells) for line, cells in self.rows], columns)
        return replace(self, rows=rows, columns=columns, headers=())

    def with_rows(self, rows: Sequence[Any]) -> Parcel:
        """With other rows."""
        return replace(self, rows=rows)

    def seen_by(self, seal: str) -> Parcel:
        """With its seal, to be shown."""
        return replace(self, seal=seal)


def sealed(contest: Contest, who: User, parcel: Parcel) -> str:
    """What was read comes back with the next step, sealed: nobody can slip rows in between."""
    rows = parcel.rows
    if parcel.columns is None:
        rows = [[line, list(cells)[:MOST_COLUMNS]] for line, cells in rows]
    return signing.dumps(
        [
            contest.pk,
            who.pk,
            parcel.filename,
            list(parcel.headers)[:MOST_COLUMNS],
            rows,
            parcel.columns is not None,
        ],
        salt=SALT,
        compress=True,
    )


def unsealed(contest: Contest, who: User, seal: str) -> Parcel:
    """Raises `Refused` for what is old, somebody else's, or not what was shown."""
    try:
        whose, by, filename, headers, rows, mapped = signing.loads(
            seal, salt=SALT, max_age=PREVIEW_LIFE_S
        )
    except signing.SignatureExpired:
        raise Refused("预览已超过两小时，没有导入。请重新上传文件，再确认一次。") from None
    except (signing.BadSignature, ValueError):
        raise Refused("预览的内容不完整，没有导入。请重新上传文件。") from None
    if whose != contest.pk or by != who.pk:
        raise Refused("这份预览属于别的活动或别的账号，没有导入。请重新上传文件。")
    kept = [(line, list(cells)) for line, cells in rows]
    return Parcel(filename, headers, kept, {} if mapped else None, seal)


def corrections(sent: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """What was typed into the rows that were refused: line → key → text."""
    found: dict[int, dict[str, str]] = {}
    for name, text in sent.items():
        match = FIX.fullmatch(name)
        if match and match[2] in roster.MENDABLE:
            found.setdefault(int(match[1]), {})[match[2]] = str(text)[:200]
    return found


def said_columns(sent: Mapping[str, str], parcel: Parcel) -> dict[str, int]:
    """Which column is what, as chosen: 1 for the first."""
    places = {key: whole_number(sent.get(f"column-{key}")) - 1 for key in roster.COLUMNS}
    return {key: place for key, place in places.items() if 0 <= place < len(parcel.headers)}


def mapping_page(
    parcel: Parcel, seal: str = "", typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The headers with some of what stands below them, and the question which is what."""
    known = roster.columns_of(parcel.headers)
    headers = list(parcel.headers)[:MOST_COLUMNS]
    options = []
    for place, header in enumerate(headers):
        some = [str(cells[place]) for _, cells in parcel.rows[:3] if place < len(cells)]
        told = "、".join(filter(None, some))[:40]
        options.append((str(place + 1), header or f"第 {place + 1} 列", told))
    chosen = {key: str(place + 1) for key, place in known.items()}
    if typed is not None:
        chosen = {key: typed.get(f"column-{key}", "") for key in roster.COLUMNS}
    return {
        "filename": parcel.filename,
        "parcel": seal or parcel.seal,
        "options": options,
        "questions": [
            (key, word, key in ("unit", "unit_class"), chosen.get(key, ""))
            for key, word in WORDS.items()
        ],
    }


def preview_page(
    contest: Contest, parcel: Parcel, found: roster.RosterPreview, seal: str
) -> dict[str, Any]:
    """What an import would do, with the rows that it would not take ready to be mended."""
    return {
        "preview": found,
        "filename": parcel.filename,
        "headers": parcel.headers,
        "classes": list(classes_of(contest).values()),
        "rows_template": "organiser/_roster_rows.html",
        "refused_template": "organiser/_roster_mend.html",
        "back": reverse("office-units", args=[contest.slug]),
        "blank": reverse("office-units-template", args=[contest.slug]),
        "take_in": reverse("office-units-import", args=[contest.slug]),
        "mend": reverse("office-units-preview", args=[contest.slug]),
        "parcel": seal,
    }
