"""A contest into which one unit has handed a film and another a copy of it; and what uploads there were.

Run like `tests.journeys.stage`, by `premises.stage(..., module="tests.journeys.copied_stage")`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.journeys.stage import BOOK, _hand_over, _inspected

# isort: split
from django.utils import timezone

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.likeness.queries import LikenessRow, found_in
from fengcai.apps.people.queries import account
from fengcai.engines.jobs import run_pending
from fengcai.engines.uploads.models import Upload
from fengcai.samples import works
from fengcai.samples.cast import OFFICE, PASSWORD
from fengcai.samples.films import FILMS
from fengcai.samples.journey import shift_to_close_in
from fengcai.samples.stage import set_up


def copied(slug: str, film: str, copy: str) -> dict[str, Any]:
    """Two submitted works of two units, the second one's film a copy of the first's; both inspected
    and compared."""
    now = timezone.now()
    stage = set_up(
        slug=slug, book=BOOK, answers=BOOK, label="走查",
        shift_days=shift_to_close_in(10, now), at=now,
    )  # fmt: skip
    entries = []
    for each, path in zip(FILMS[1:3], (film, copy), strict=True):
        entry = works.draft(stage, each, at=now)
        _hand_over(stage, each, entry, Path(path))
        entries.append(entry)
    for each, entry in zip(FILMS[1:3], entries, strict=True):
        _inspected(entry.pk, stage.contacts[each.unit_name])
        works.submit_and_confirm(stage, each, entry.pk, at=timezone.now())
    until = time.monotonic() + 60
    office = account(OFFICE[0][0])
    assert office is not None
    here = {entry.pk for entry in entries}
    # Other journeys on this installation may hold the same film: the pair of these two is meant.
    while not (pairs := [pair for pair in _pairs(slug, office) if _ids(pair) == here]):
        assert time.monotonic() < until, "the copy was not found"
        run_pending(10)
        time.sleep(0.1)
    (pair,) = pairs
    return {
        "pair": pair.id,
        "titles": [each.title for each in FILMS[1:3]],
        "organiser": OFFICE[0][0],
        "password": PASSWORD,
    }


def uploads() -> dict[str, Any]:
    """How many uploads were ever begun on this installation."""
    return {"begun": Upload.objects.count()}


def _pairs(slug: str, office: Any) -> list[LikenessRow]:
    found = found_in(contest=contest_by_slug(slug), user=office)
    return [pair for group in found.groups for pair in group.pairs]


def _ids(pair: LikenessRow) -> set[Any]:
    return {pair.mine.id, pair.theirs.id}


COMMANDS = {"copied": copied, "uploads": uploads}
