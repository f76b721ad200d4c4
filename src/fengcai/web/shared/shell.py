"""What surrounds a page: whose contest it is, where one can go, whom one can ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

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
    ("questions", "答疑"),
)


def shell_of(contest: Any, path: str = "") -> Shell:
    """The shell of a contest's pages; `path` is the page's own, to mark where one is.

    A contest that is not open yet (open questions) still has its issuer and its colour.
    """
    head = masthead(contest)
    contacts: Sequence[Any] = rules_of(contest).contacts if contest.is_open else ()
    places = _places(contest.slug, get_script_prefix(), get_urlconf())
    return Shell(
        title=contest.title,
        url=places.get("contest", "/"),
        issuer=head.issuer,
        accent=head.accent,
        demo=contest.demo,
        nav=[
            Link(label, places[name], places[name] == path)
            for name, label in PLACES
            if name in places
        ],
        contacts=contacts,
    )


@lru_cache(maxsize=256)
def _places(slug: str, prefix: str, urlconf: str | None) -> Mapping[str, str]:
    """The addresses of a contest's `PLACES`, under the mount and the routes that `reverse` asks."""
    found = {}
    for name, _ in PLACES:
        with suppress(NoReverseMatch):
            found[name] = reverse(name, args=[slug])
    return found
