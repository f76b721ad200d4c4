"""The organiser's list of contests by edition, and the examples that one may begin from."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from fengcai.apps.contests.founding import administers, may_found, office_rights
from fengcai.apps.contests.queries import seats_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.refusals import NotFound
from fengcai.core import rulebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fengcai.apps.contests.models import Contest, OfficeRight
    from fengcai.apps.people.models import User

BESIDE = Path(__file__).parents[5] / "examples" / "rulebooks"


@dataclass(frozen=True)
class Series:
    """The editions of one contest, newest first."""

    title: str
    contests: list[Contest]


@dataclass(frozen=True)
class ManagePage:
    """Every contest that this person organises."""

    series: list[Series]
    may_found: bool
    administers: bool
    rights: Sequence[OfficeRight]


@dataclass(frozen=True)
class Example:
    """A rulebook that comes with the system."""

    name: str
    title: str
    theme: str


def manage_page(user: User) -> ManagePage:
    """The contests of this organiser by series; the demonstrations last. At most 3 SQL."""
    mine = [seat.contest for seat in seats_of(user) if seat.role == Role.ORGANISER]
    found: dict[str, list[Contest]] = {}
    for contest in sorted(mine, key=lambda each: (each.demo, -each.edition, -each.pk)):
        found.setdefault(contest.series, []).append(contest)
    admin = administers(user)
    return ManagePage(
        series=[Series(rows[0].title, rows) for rows in found.values()],
        may_found=may_found(user),
        administers=admin,
        rights=office_rights() if admin else [],
    )


def examples() -> list[Example]:
    """The rulebooks that come along, by title."""
    found = []
    for name in sorted(each.name for each in _folder().iterdir() if each.name.endswith(".yaml")):
        try:
            book = rulebook.parse(_text(name), name=name).book
        except rulebook.RulebookError:
            continue
        theme = book.theme if isinstance(book.theme, str) else ""
        found.append(Example(name, book.title, theme))
    return sorted(found, key=lambda each: each.title)


def example_text(name: str) -> str:
    """One of them. Raises `NotFound`."""
    if name not in {each.name for each in _folder().iterdir()}:
        raise NotFound("没有这份示例规则书。")
    return _text(name)


def _folder():  # type: ignore[no-untyped-def]
    inside = files("fengcai").joinpath("examples", "rulebooks")
    return BESIDE if BESIDE.is_dir() else inside


def _text(name: str) -> str:
    text: str = (_folder() / name).read_text("utf-8")
    return text
