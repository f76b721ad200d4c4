"""The rows of the pages that show works and results: the gallery, one work, who won what and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from fengcai.apps.awards.queries import AwardRow, MarkRow, RankRow, ResultPage, WinnerRow
from fengcai.apps.publishing.queries import (
    GalleryCard,
    GalleryPage,
    GalleryWork,
    PublishedResults,
    gallery_cards,
)
from fengcai.web.shared.cards import FilmView, WorkCard, file_url, film_view, sprite_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


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
    to = work_addresses(contest)
    return GalleryView(
        cards=[public_card(card, url=to(card.number)) for card in page.cards],
        tabs=tabs if page.themes else [],
        total=page.total,
        whole=page.whole,
        number=page.number,
        pages=page.pages,
        previous=at(page.theme, page.previous) if page.previous else "",
        following=at(page.theme, page.following) if page.following else "",
    )


def work_addresses(contest: Contest) -> Callable[[str], str]:
    """The addresses of published works by their numbers: `reverse`, asked once for all of them."""
    mark = "0"
    before, _, after = reverse("work", args=[contest.slug, mark]).rpartition(mark)

    def to(number: str) -> str:
        plain = number.isascii() and number.isalnum()
        return f"{before}{number}{after}" if plain else reverse("work", args=[contest.slug, number])

    return to


def public_card(card: GalleryCard, *, url: str) -> WorkCard:
    """A published work as the work card shows it."""
    return WorkCard(
        title=card.title,
        unit=card.unit,
        url=url,
        poster=file_url(card.film, "poster") if card.film and card.has_poster else "",
        duration=card.duration,
        sprite=sprite_of(card.film, card.sprite),
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
    pictures = gallery_cards(contest, {winner.work.entry_id for winner in page.winners})
    to = work_addresses(contest)
    groups: dict[str, list[AwardView]] = {}
    for award in page.awards:
        winners = [
            WinnerView(winner, _winner_card(winner, result, pictures, to))
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
        ranking=[_rank(row, seats, result, to) for row in page.ranking],
        prizes=len(page.winners),
    )


def _winner_card(
    winner: WinnerRow,
    result: PublishedResults,
    pictures: Mapping[UUID, GalleryCard],
    to: Callable[[str], str],
) -> WorkCard:
    number = result.shown.get(winner.work.entry_id, "")
    shown = pictures.get(winner.work.entry_id)
    if shown is not None:
        return public_card(shown, url=to(shown.number))
    return WorkCard(
        title=winner.work.title,
        unit=winner.work.unit,
        url=to(number) if number else "",
        waiting="点开观看" if number else "不在展播",
    )


def _rank(
    row: RankRow, seats: Sequence[str], result: PublishedResults, to: Callable[[str], str]
) -> RankView:
    given = {mark.seat: mark for mark in row.marks}
    number = result.shown.get(row.work.entry_id, "")
    return RankView(
        row=row,
        url=to(number) if number else "",
        marks=[given.get(seat) for seat in seats],
    )
