"""What surrounds a page: whose contest it is, where one can go, whom one can ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from fengcai.apps.contests.queries import masthead, rules_of


@dataclass(frozen=True)
class Link:
    """A place in the main navigation."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Shell:
    """The masthead and the foot of a page; the default is a page of no contest."""

    title: str = ""
    url: str = "/"
    issuer: str = ""
    accent: str = ""
    demo: bool = False
    nav: Sequence[Link] = ()
    contacts: Sequence[Any] = ()


PLACES = (
    ("contest", "活动首页"),
    ("rules", "规则"),
    ("gallery", "作品展播"),
    ("results", "评选结果"),
)


def shell_of(contest: Any, path: str = "") -> Shell:
    """The shell of a contest's pages; `path` is the page's own, to mark where one is.

    A contest that is not open yet (open questions) still has its issuer and its colour.
    """
    head = masthead(contest)
    contacts: Sequence[Any] = rules_of(contest).contacts if contest.is_open else ()
    return Shell(
        title=contest.title,
        url=_place("contest", contest.slug) or "/",
        issuer=head.issuer,
        accent=head.accent,
        demo=contest.demo,
        nav=[
            Link(label, url, url == path)
            for name, label in PLACES
            if (url := _place(name, contest.slug))
        ],
        contacts=contacts,
    )


def _place(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""
