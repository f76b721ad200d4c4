"""Experts' opinions as pages show them: to the unit and the desk, and to the expert by the link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.quarantine import withheld
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.actions.opinions import GONE, alive, by_token, standing_files
from fengcai.apps.entries.models import Entry, FileVersion, Opinion
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Rules


@dataclass(frozen=True)
class OpinionRow:
    """One opinion, asked for or given. `outdated`: the work has other files since."""

    id: int
    name: str
    post: str
    unit: str
    verdict: str
    verdict_name: str
    science: str
    appeal: str
    harm: str
    asked_at: datetime
    given_at: datetime | None
    expires_at: datetime
    outdated: bool


@dataclass(frozen=True)
class Invitation:
    """What an expert's link opens. `open` tells whether an opinion may still be given."""

    entry: Entry
    rules: Rules
    row: OpinionRow
    open: bool


def opinions_of(entry: Entry) -> list[OpinionRow]:
    """The opinions on a work, the oldest first. 1 SQL, 2 where one was given."""
    rows = list(entry.opinions.filter(void_at=None))
    now = [str(each) for each in standing_files(entry)] if any(r.given_at for r in rows) else []
    return [_row(each, now) for each in rows]


def invitation(*, token: str, at: datetime) -> Invitation:
    """The page of an expert's link. Raises `NotFound` for one that was taken back or never was."""
    row = by_token(token)
    if row is None or row.void_at is not None or (row.given_at is None and not alive(row, at)):
        raise NotFound(GONE)
    return Invitation(row.entry, rules_of(row.entry.contest), _row(row, row.seen), alive(row, at))


def file_for_expert(*, token: str, asset_id: UUID, slots: frozenset[str], at: datetime) -> Asset:
    """A current file of the work in one of `slots`, for the expert while the link is open.

    Raises `NotFound`, as if there were none.
    """
    row = by_token(token)
    if row is not None and alive(row, at):
        version = (
            FileVersion.objects.filter(
                entry=row.entry_id, asset=asset_id, current=True, slot__in=slots
            )
            .select_related("asset")
            .first()
        )
        if version is not None and not withheld(version.asset):
            return version.asset
    raise NotFound(GONE)


def _row(row: Opinion, now: list[str]) -> OpinionRow:
    return OpinionRow(
        id=row.pk,
        name=row.name,
        post=row.post,
        unit=row.unit,
        verdict=row.verdict,
        verdict_name=row.get_verdict_display() if row.verdict else "",
        science=row.science,
        appeal=row.appeal,
        harm=row.harm,
        asked_at=row.asked_at,
        given_at=row.given_at,
        expires_at=row.expires_at,
        outdated=row.given_at is not None and sorted(row.seen) != sorted(now),
    )
