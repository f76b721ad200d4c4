"""The rows of the pages on look-alikes: groups, and two works side by side. Links and films only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role
from fengcai.apps.likeness.queries import LikenessRow, Work, found_in, side_by_side
from fengcai.apps.publishing.queries import may_watch
from fengcai.web.shared.cards import file_url

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User

TONES = {"copy": "fail", "shares": "doubt", "template": "note"}


@dataclass(frozen=True)
class Side:
    """One of two works beside each other: `film` is empty where the reader may not watch it."""

    work: Work
    name: str
    film: str
    poster: str
    url: str


@dataclass(frozen=True)
class Moment:
    """A stretch as a button: where each film starts, and how fast the second runs."""

    kind: str
    left: float
    left_to: float
    right: float
    right_to: float
    pace: float


def likenesses_page(contest: Contest, user: User) -> dict[str, Any]:
    """The groups of a contest. What `found_in` asks, and 1 SQL."""
    return {
        "found": found_in(contest=contest, user=user),
        "tones": TONES,
        "may_decide": has_role(user, contest, Role.ORGANISER),
    }


def likeness_page(contest: Contest, user: User, likeness: int) -> dict[str, Any]:
    """Two works side by side. What `side_by_side` asks, and for each film whether it may be watched."""
    row = side_by_side(contest=contest, likeness=likeness, user=user)
    left, right = _side(row.mine, "本作品", user), _side(row.theirs, "对方", user)
    pictures = row.mine.picture or row.theirs.picture
    return {
        "row": row,
        "left": left,
        "right": right,
        "tone": TONES[row.verdict],
        "moments": [] if pictures else _moments(row),
        "both": bool(left.film and right.film) and not pictures,
        "may_decide": has_role(user, contest, Role.ORGANISER),
    }


def _side(work: Work, name: str, user: User) -> Side:
    film = poster = url = ""
    if work.film and may_watch(user=user, asset_id=work.film, at=timezone.now()):
        film = file_url(work.film, "film")
        poster = file_url(work.film, "poster") if work.has_poster else ""
    if work.id and not work.elsewhere:
        url = reverse("review", args=[work.id])
    return Side(work, name, film, poster, url)


def _moments(row: LikenessRow) -> list[Moment]:
    return [
        Moment(each.kind, each.mine_from, each.mine_to, each.theirs_from, each.theirs_to, each.pace)
        for each in sorted(row.stretches, key=lambda one: (one.kind, one.mine_from))
    ]
