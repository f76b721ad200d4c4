"""The rows of the publication's page: which accepted work is shown, and where the result stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fengcai.apps.awards.queries import approved_page
from fengcai.apps.entries.cards import Card, cards
from fengcai.apps.entries.states import State
from fengcai.apps.publishing.queries import results_published
from fengcai.apps.publishing.rules import shown
from fengcai.apps.releases.queries import owed_in
from fengcai.web.shared.cards import file_url

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class WorkRow:
    """An accepted work; `gallery_number` is empty while it is not shown."""

    card: Card
    poster: str
    gallery_number: str
    ticked: bool
    awards: tuple[str, ...]
    hiding: bool
    owed: tuple[str, ...]
    reason: str


def publication_page(contest: Contest, *, user: User, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The page's context. 12 SQL whatever the number of works."""
    numbers = dict(shown(contest).values_list("entry_id", "number"))
    result = approved_page(contest)
    held: dict[Any, list[str]] = {}
    for winner in result.winners if result else ():
        held.setdefault(winner.work.entry_id, []).append(winner.award)
    owed = owed_in(contest, timezone.now())
    ticked = set(typed.get("entries", ()))
    rows = [
        WorkRow(
            card=card,
            poster=file_url(card.file.id, "poster") if card.file and card.file.has_poster else "",
            gallery_number=numbers.get(card.id, ""),
            ticked=str(card.id) in ticked,
            awards=tuple(held.get(card.id, ())),
            owed=tuple(owed.get(card.id, ())),
            hiding=typed.get("hiding") == card.id,
            reason=typed.get("reason", "") if typed.get("hiding") == card.id else "",
        )
        for card in sorted(cards(contest, states=[State.ACCEPTED]), key=lambda card: card.number)
    ]
    return {
        "works": rows,
        "shown_count": sum(bool(row.gallery_number) for row in rows),
        "to_show": sum(not row.gallery_number and not row.owed for row in rows),
        "owing": sum(bool(row.owed) for row in rows),
        "result": result,
        "published": results_published(contest),
    }
