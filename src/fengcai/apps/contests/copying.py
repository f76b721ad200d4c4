"""Last year's contest as the beginning of this year's: its rules, its dates moved, its questions open.

Nothing that was decided last year counts this year: every answer is asked for again, with last
year's beside it. What only last year's notice had (its number, its date) becomes a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from fengcai.apps.contests import versions
from fengcai.apps.contests.actions import create_contest
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.rewriting import CannotRewrite, Edit, rewrite
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.source import read

MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})((?: \d{2}:\d{2}(?::\d{2})?)?)")
GAP = "待明确"


@transaction.atomic
def copy_contest(
    *,
    contest: Contest,
    slug: str,
    years: int,
    roster: bool,
    organiser: User,
    by: User,
    at: datetime,
) -> Contest:
    """Begin the next edition from this one: `years` later, its questions open again.

    With `roster` the units come along, with their contacts and heads. Needs the right to lay
    contests down and to be an organiser of `contest`. Raises `Refused`.
    """
    require_role(by, contest, Role.ORGANISER)
    if not 1 <= years <= 20:
        raise Refused("新一届应在 1 到 20 年之后。", fields={"years": "请填 1 到 20"})
    source = contest.version
    if source is None:
        raise Refused("这一届没有可用的规则书。")
    try:
        text = moved(versions.version(contest, source.number).text, years=years)
    except CannotRewrite as problem:
        raise Refused(f"上一届的规则书不能自动改到新一届：{problem}") from None
    made = create_contest(
        slug=slug,
        rulebook_text=text,
        organiser=organiser,
        by=by,
        series=contest.series,
        edition=_next_edition(contest),
        follows=contest,
        note=f"复制自“{contest.title}”第 {source.number} 版，日期顺延 {years} 年",
        at=at,
    )
    if roster:
        _copy_roster(contest, made, at)
    return made


def moved(text: str, *, years: int) -> str:
    """A rulebook's text for an edition `years` later.

    Dates of windows move, the year in its names too; the notice's number and date become a question.
    """
    tree = read(text, name="规则书").value
    edits = [*_dates(tree, years), *_names(tree, years), *_edition(tree, years)]
    question = _free_id(tree)
    asked = _notice_gaps(tree)
    if asked:
        edits += [Edit("set", ("notice", key), f"{GAP} {question}.{key}") for key in asked]
        edits.append(Edit("set", ("questions", question), _notice_question(tree, asked)))
    return rewrite(text, edits)


def _dates(tree: Any, years: int) -> Iterator[Edit]:
    for key in ("windows", "feeds_into", "calendar", "documents"):
        for path, value in _texts(tree.get(key), (key,)):
            if "original" not in path and (match := MOMENT.fullmatch(value)):
                yield Edit("set", path, _later(match, years))
    for id, question in tree.get("questions", {}).items():
        for path, value in _texts(question.get("options"), ("questions", id, "options")):
            if "sets" in path and (match := MOMENT.fullmatch(value)):
                yield Edit("set", path, _later(match, years))


def _later(match: re.Match[str], years: int) -> str:
    year, month, day = int(match[1]) + years, match[2], match[3]
    if (month, day) == ("02", "29") and not _leap(year):
        day = "28"
    return f"{year}-{month}-{day}{match[4]}"


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _names(tree: Any, years: int) -> Iterator[Edit]:
    issued = str(tree.get("notice", {}).get("issued", ""))
    year = issued[:4] if MOMENT.fullmatch(issued) else ""
    for key in ("id", "title", "short_title", "theme"):
        value = tree.get(key)
        if not isinstance(value, str) or value.startswith(GAP):
            continue
        told = re.sub(r"20\d{2}", lambda m: str(int(m[0]) + years), value)
        if key == "id" and told == value:
            told = f"{value}-{int(year) + years}" if year else f"{value}-next"
        told = re.sub(r"第([0-9]+)届", lambda m: f"第{int(m[1]) + 1}届", told)
        if told != value:
            yield Edit("set", (key,), told)


def _edition(tree: Any, years: int) -> Iterator[Edit]:
    edition = tree.get("edition")
    if not isinstance(edition, dict):
        return
    for key, more in (("number", 1), ("year", years)):
        if str(edition.get(key, "")).isdigit():
            yield Edit("set", ("edition", key), str(int(edition[key]) + more))
    name = str(edition.get("name", ""))
    told = re.sub(r"第([0-9]+)届", lambda m: f"第{int(m[1]) + 1}届", name)
    told = re.sub(r"20\d{2}", lambda m: str(int(m[0]) + years), told)
    if told != name:
        yield Edit("set", ("edition", "name"), told)
    yield Edit("set", ("edition", "previous"), str(tree["id"]))


def _notice_gaps(tree: Any) -> list[str]:
    notice = tree.get("notice", {})
    return [
        key
        for key in ("number", "issued")
        if key in notice and not str(notice[key]).startswith(GAP)
    ]


def _notice_question(tree: Any, asked: list[str]) -> dict[str, Any]:
    words = {"number": "新一届通知的文号", "issued": "新一届通知的印发日期（例如 2027-04-02）"}
    return {
        "ask": "新一届通知的文号和印发日期是什么？"
        if len(asked) == 2
        else f"{words[asked[0]].split('（')[0]}是什么？",
        "also": "规则从上一届复制而来，各条出处仍是上一届通知的字句，请对照新通知核对。",
        "cite": tree["notice"]["cite"],
        "blocks": "opening",
        "free": {key: words[key] for key in asked},
    }


def _free_id(tree: Any) -> str:
    taken = set(tree.get("questions", {}))
    return next(id for n in range(1, len(taken) + 2) if (id := f"N{n}") not in taken)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        for step, each in rows:
            yield from _texts(each, (*path, step))


def _next_edition(contest: Contest) -> int:
    last = Contest.objects.filter(series=contest.series).order_by("-edition").first()
    return (last.edition if last else contest.edition) + 1


def _copy_roster(source: Contest, made: Contest, at: datetime) -> None:
    """Units that are not closed with their order and parents, and the contacts and heads of now."""
    new: dict[int, Unit] = {}
    units = list(source.units.filter(closed_at=None).order_by("order", "pk"))
    for unit in units:
        new[unit.pk] = Unit.objects.create(
            contest=made,
            name=unit.name,
            unit_class=unit.unit_class,
            order=unit.order,
            district=unit.district,
            aliases=unit.aliases,
            email=unit.email,
            phone=unit.phone,
        )
    for unit in units:
        if unit.parent_id in new:
            new[unit.pk].parent = new[unit.parent_id]
            new[unit.pk].save(update_fields=["parent"])
    seats = source.memberships.filter(
        until=None, role__in=(Role.CONTACT, Role.HEAD), user__is_active=True
    )
    Membership.objects.bulk_create(
        Membership(
            contest=made, user_id=seat.user_id, role=seat.role, unit=new[seat.unit_id], since=at
        )
        for seat in seats
        if seat.unit_id in new
    )
