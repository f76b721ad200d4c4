"""The register of past winners (往届获奖作品): an organiser's table read in with a preview, films by folder.

Works that were never in this installation are named here, so that a work of this year can be held
against them by title and text, and by film where a file was given. No film is kept, only what it is
recognised by. Columns with people's names are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.likeness.actions import order_comparison
from fengcai.apps.likeness.models import Fingerprint, PriorWork
from fengcai.apps.likeness.rules import require_seeing
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines import storage
from fengcai.engines.jobs import Priority

COLUMNS = {
    "title": ("作品名称", "作品名", "题名", "作品题目", "作品", "名称", "片名"),
    "unit": (
        "单位",
        "报送单位",
        "单位名称",
        "科室",
        "科室名称",
        "作者单位",
        "选送单位",
        "参赛单位",
        "获奖单位",
        "获奖科室",
    ),
    "year": ("年份", "年度", "年", "届次", "获奖年份"),
    "award": ("奖项", "获奖等次", "等次", "获奖等级", "等级", "奖级", "奖次", "获奖情况"),
    "link": ("链接", "网址", "作品链接", "视频链接", "播放地址"),
    "summary": ("简介", "作品简介", "内容简介", "说明", "文案"),
}
LONGEST = {"title": 200, "unit": 100, "award": 60, "link": 500}
LONGEST_SUMMARY = 20_000
MOST = 20_000
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20\d\d)(?!\d)")


@dataclass(frozen=True)
class PriorRow:
    """One row as understood. `problem` says why it will not be taken; `known` that it stands."""

    line: int
    title: str
    unit: str = ""
    year: int = 0
    award: str = ""
    link: str = ""
    summary: str = ""
    known: bool = False
    problem: str = ""


@dataclass(frozen=True)
class PriorPreview:
    """What an import would do, before it does it."""

    rows: tuple[PriorRow, ...]
    missing_columns: tuple[str, ...] = ()

    @property
    def new(self) -> list[PriorRow]:
        """Rows that would be added."""
        return [row for row in self.rows if not row.problem and not row.known]

    @property
    def known(self) -> list[PriorRow]:
        """Rows that stand already; award, link and summary are written anew."""
        return [row for row in self.rows if not row.problem and row.known]

    @property
    def refused(self) -> list[PriorRow]:
        """Rows that will not be taken, each with its problem."""
        return [row for row in self.rows if row.problem]


def preview_priors(
    *, contest: Contest, headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]
) -> PriorPreview:
    """Understand a table of past winners. `rows`: (line in the file, cells as text). 1 SQL."""
    cleaned = ["".join(header.split()).rstrip("*＊") for header in headers]
    where = {
        key: next((cleaned.index(name) for name in names if name in cleaned), None)
        for key, names in COLUMNS.items()
    }
    missing = tuple(COLUMNS[key][0] for key in ("title", "year") if where[key] is None)
    if missing:
        return PriorPreview((), missing)
    standing = {(p.year, p.title, p.unit) for p in _of(contest)}
    seen: dict[tuple[int, str, str], int] = {}
    understood = []
    for line, cells in rows:
        told = {
            key: " ".join(str(cells[at]).split()) if at is not None and at < len(cells) else ""
            for key, at in where.items()
        }
        row = _understand(line, told)
        key = row.year, row.title, row.unit
        row = replace(row, known=key in standing)
        if not row.problem and key in seen:
            row = replace(row, problem=f"与第 {seen[key]} 行重复，只取前一行")
        seen.setdefault(key, line)
        understood.append(row)
    return PriorPreview(tuple(understood))


@transaction.atomic
def import_priors(*, contest: Contest, preview: PriorPreview, by: User, at: datetime) -> int:
    """Take in the rows of a preview that have no problem. Twice does no harm. Returns new works.

    Organisers may. They are compared with the works of the series in the background.
    """
    contest = locked(contest)  # two imports of one table follow each other
    require_role(by, contest, Role.ORGANISER)
    if preview.missing_columns:
        raise Refused(f"表中缺少这些列：{'、'.join(preview.missing_columns)}。没有导入任何内容。")
    standing = {(p.year, p.title, p.unit): p for p in _of(contest)}
    good = [row for row in preview.rows if not row.problem]
    fresh = {(row.year, row.title, row.unit) for row in good} - standing.keys()
    if len(standing) + len(fresh) > MOST:
        raise Refused(f"往届作品最多登记 {MOST} 件，没有导入。请先删去太早的年份。")
    for row in good:
        prior = standing.get((row.year, row.title, row.unit)) or PriorWork(
            series=contest.series, year=row.year, title=row.title, unit=row.unit,
            added_in=contest, added_at=at,
        )  # fmt: skip
        for name in ("award", "link", "summary"):
            setattr(prior, name, getattr(row, name) or getattr(prior, name))
        prior.save()
        keep_print(prior, _text_of(prior), film=False, at=at)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="likeness.import_priors",
        subject=f"contest:{contest.slug}",
        details={"added": len(fresh), "rows": len(preview.rows)},
        at=at,
    )
    return len(fresh)


@transaction.atomic
def keep_prior_film(
    *,
    contest: Contest,
    year: int,
    title: str,
    unit: str,
    award: str,
    film_name: str,
    data: bytes,
    by: User,
    at: datetime,
) -> PriorWork:
    """Write the fingerprint of a past winner's file, and the work itself if the register lacks it.

    A work of that year and title is taken whatever its unit, where there is only one. Organisers may.
    """
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    row = _understand(0, {"title": title, "unit": unit, "year": str(year), "award": award})
    if row.problem:
        raise Refused(f"{film_name}：{row.problem}。")
    prior = prior_named(contest=contest, year=year, title=row.title, unit=row.unit)
    if prior is None:
        prior = PriorWork.objects.create(
            series=contest.series, year=year, title=row.title, unit=row.unit, award=row.award,
            added_in=contest, added_at=at,
        )  # fmt: skip
        keep_print(prior, _text_of(prior), film=False, at=at)
    prior.film_name, prior.film_trouble = film_name[:200], ""
    prior.save(update_fields=["film_name", "film_trouble"])
    keep_print(prior, data, film=True, at=at)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="likeness.add_prior_film",
        subject=f"prior:{prior.pk}",
        details={"year": year, "bytes": len(data)},
        at=at,
    )
    return prior


@transaction.atomic
def remove_prior(*, contest: Contest, prior: int, by: User, at: datetime) -> None:
    """Take a row out of the register, with what was found by it. Organisers may."""
    row = registered(contest=contest, prior=prior, by=by)
    details = {"year": row.year, "prior": row.pk}
    if row.arrived_key:
        storage.delete(row.arrived_key)
    row.delete()
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="likeness.remove_prior",
        subject=f"prior:{prior}",
        details=details,
        at=at,
    )


def priors_of(*, contest: Contest, user: User) -> list[PriorWork]:
    """The register of the contest's series, each with `has_film`. 1 SQL.

    Raises `NotPermitted` for anybody but the contest's reviewers and organisers.
    """
    require_seeing(user, contest)
    films = Fingerprint.objects.filter(prior=OuterRef("pk"), film=True)
    rows = PriorWork.objects.filter(series=contest.series)
    return list(rows.defer("summary").annotate(has_film=Exists(films)))


def registered(*, contest: Contest, prior: int, by: User) -> PriorWork:
    """A row of the register. Organisers may. Raises `NotFound`. 1 SQL."""
    require_role(by, contest, Role.ORGANISER)
    row = PriorWork.objects.filter(series=contest.series, pk=prior).first()
    if row is None:
        raise NotFound("登记里没有这件作品：可能已被删去，请刷新页面。")
    return row


def prior_named(*, contest: Contest, year: int, title: str, unit: str) -> PriorWork | None:
    """The work of the register that is meant: of this unit, or the only one of that title."""
    named = list(_of(contest).filter(year=year, title=title))
    exact = next((one for one in named if one.unit == unit), None)
    return exact or (named[0] if len(named) == 1 and not (unit and named[0].unit) else None)


def _of(contest: Contest) -> QuerySet[PriorWork]:
    return PriorWork.objects.filter(series=contest.series, kind=PriorWork.Kind.WINNER)


def keep_print(prior: PriorWork, data: bytes, *, film: bool, at: datetime) -> None:
    """Write the fingerprint of a row's film, or of its text, and have it compared. In a transaction."""
    row, made = Fingerprint.objects.select_for_update(no_key=True).get_or_create(
        prior=prior, film=film, defaults={"data": data, "made_at": at}
    )
    if not made:
        if bytes(row.data) == data:
            return
        row.data, row.made_at = data, at
        row.save()
    order_comparison(row, priority=Priority.BULK)


def _text_of(prior: PriorWork) -> bytes:
    from fengcai.media.fingerprints import join, text_fingerprint

    written = [prior.title, prior.summary] if prior.summary else [prior.title]
    return join(text=text_fingerprint("\n".join(written)), title=prior.title)


def _understand(line: int, cells: dict[str, str]) -> PriorRow:
    title = cells["title"].strip("《》 ")
    row = PriorRow(
        line=line,
        title=title,
        unit=cells.get("unit", ""),
        award=cells.get("award", ""),
        link=cells.get("link", ""),
        summary=cells.get("summary", "")[:LONGEST_SUMMARY],
    )
    year = _YEAR.search(cells["year"])
    if not title:
        return replace(row, problem="没有作品名称")
    if year is None:
        return replace(
            row, problem=f"年份“{cells['year'][:20]}”看不出是哪一年，请写四位数字，如 2024"
        )
    row = replace(row, year=int(year.group()))
    for key, most in LONGEST.items():
        if len(getattr(row, key)) > most:
            return replace(row, problem=f"{COLUMNS[key][0]}超过 {most} 字")
    if row.link and not row.link.startswith(("http://", "https://")):
        return replace(row, problem="链接应以 http:// 或 https:// 开头")
    return row
