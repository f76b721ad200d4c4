"""The rows of the pages that show works and results: the gallery, one work, who won what and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from fengcai.apps.awards.queries import AwardRow, MarkRow, RankRow, ResultPage, WinnerRow
from fengcai.apps.publishing.queries import GalleryCard, GalleryPage, GalleryWork, PublishedResults
from fengcai.apps.publishing.queries import gallery as gallery_of
from fengcai.web.shared.cards import FilmView, WorkCard, file_url, film_view, sprite_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PICTURED = 4
"""How many pages of the gallery are read for the winners' posters, at most."""


@dataclass(frozen=True)
class Tab:
    """A theme to choose in the gallery."""

    name: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class GalleryView:
    """The gallery as its page shows it."""

    cards: list[WorkCard]
    tabs: list[Tab]
    total: int
    whole: int
    number: int
    pages: int
    previous: str
    following: str


@dataclass(frozen=True)
class WinnerView:
    """One award to one work, with its poster where the work is in the gallery."""

    row: WinnerRow
    card: WorkCard


@dataclass(frozen=True)
class AwardView:
    """An award with the works that won it."""

    row: AwardRow
    winners: list[WinnerView]


@dataclass(frozen=True)
class GroupView:
    """The awards of one group, in the order of the rules."""

    name: str
    awards: list[AwardView]

    @property
    def abreast(self) -> bool:
        """Whether the awards fit beside each other: several, each with one winner at most."""
        return len(self.awards) > 1 and all(len(award.winners) <= 1 for award in self.awards)


@dataclass(frozen=True)
class RankView:
    """A line of the ranking; `marks` stand under `seats` of the table, None where recused."""

    row: RankRow
    url: str
    marks: list[MarkRow | None]


@dataclass(frozen=True)
class ResultsView:
    """The published result as its page shows it."""

    page: ResultPage
    published_at: datetime
    objections_until: datetime | None
    groups: list[GroupView]
    seats: list[str]
    ranking: list[RankView]
    prizes: int


def gallery_view(contest: Contest, page: GalleryPage) -> GalleryView:
    """The gallery with addresses."""

    def at(theme: str, number: int = 1) -> str:
        asked = {name: v for name, v in (("theme", theme), ("page", number)) if v not in ("", 1)}
        return f"?{urlencode(asked)}" if asked else reverse("gallery", args=[contest.slug])

    tabs = [Tab("全部", page.whole, at(""), not page.theme)]
    tabs += [Tab(each.name, each.count, at(each.id), each.chosen) for each in page.themes]
    return GalleryView(
        cards=[public_card(contest, card) for card in page.cards],
        tabs=tabs if page.themes else [],
        total=page.total,
        whole=page.whole,
        number=page.number,
        pages=page.pages,
        previous=at(page.theme, page.previous) if page.previous else "",
        following=at(page.theme, page.following) if page.following else "",
    )


def public_card(contest: Contest, card: GalleryCard) -> WorkCard:
    """A published work as the work card shows it."""
    return WorkCard(
        title=card.title,
        unit=card.unit,
        url=reverse("work", args=[contest.slug, card.number]),
        poster=file_url(card.film, "poster") if card.film and card.has_poster else "",
        duration=card.duration,
        sprite=sprite_of(card.film, getattr(card, "sprite", None)),
        award=card.awards[0] if card.awards else "",
        meta="、".join(card.themes),
        waiting="点开观看",
    )


def film_views(work: GalleryWork) -> list[FilmView]:
    """The files of a published work."""
    return [film_view(film) for film in work.films]


def results_view(contest: Contest, result: PublishedResults) -> ResultsView:
    """The published result, awards by group and the ranking by seats."""
    page = result.page
    pictures = _pictures(contest, [winner.work.entry_id for winner in page.winners])
    groups: dict[str, list[AwardView]] = {}
    for award in page.awards:
        winners = [
            WinnerView(winner, _winner_card(contest, winner, result, pictures))
            for winner in award.winners
        ]
        groups.setdefault(award.award.group, []).append(AwardView(award, winners))
    seats = sorted(
        {mark.seat for row in page.ranking for mark in row.marks},
        key=lambda seat: int(seat.split()[1]),
    )
    days = page.rules.objections.days if page.rules.objections else None
    return ResultsView(
        page=page,
        published_at=result.published_at,
        objections_until=result.published_at + timedelta(days=days) if days else None,
        groups=[GroupView(name, awards) for name, awards in groups.items()],
        seats=seats,
        ranking=[_rank(contest, row, seats, result) for row in page.ranking],
        prizes=len(page.winners),
    )


def _pictures(contest: Contest, wanted: Sequence[Any]) -> dict[Any, GalleryCard]:
    """The winners' cards, read from the gallery's first pages. At most 4 SQL a page."""
    found: dict[Any, GalleryCard] = {}
    missing, number = set(wanted), 1
    while missing and number <= PICTURED:
        page = gallery_of(contest, page=number)
        found |= {card.entry_id: card for card in page.cards if card.entry_id in missing}
        missing -= set(found)
        if not page.following:
            break
        number = page.following
    return found


def _winner_card(
    contest: Contest,
    winner: WinnerRow,
    result: PublishedResults,
    pictures: dict[Any, GalleryCard],
) -> WorkCard:
    shown = pictures.get(winner.work.entry_id)
    if shown is not None:
        return public_card(contest, shown)
    number = result.shown.get(winner.work.entry_id, "")
    return WorkCard(
        title=winner.work.title,
        unit=winner.work.unit,
        url=reverse("work", args=[contest.slug, number]) if number else "",
        waiting="点开观看" if number else "不在展播",
    )


def _rank(
    contest: Contest, row: RankRow, seats: Sequence[str], result: PublishedResults
) -> RankView:
    given = {mark.seat: mark for mark in row.marks}
    number = result.shown.get(row.work.entry_id, "")
    return RankView(
        row=row,
        url=reverse("work", args=[contest.slug, number]) if number else "",
        marks=[given.get(seat) for seat in seats],
    )
