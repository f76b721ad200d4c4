"""The rows of the awards' page: ranking, owed decisions, money, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fengcai.apps.awards.actions.certificates import certificates_subject
from fengcai.apps.awards.queries import (
    AwardRow,
    CertificateRow,
    ResultPage,
    WorkRow,
    certificates_in,
    result_page,
    still_open,
)
from fengcai.apps.contests.queries import units_of
from fengcai.apps.publishing.queries import results_published
from fengcai.apps.refusals import Refused
from fengcai.engines import jobs

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Unit
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class DecideRow:
    """An award that the committee decides, with the form for it."""

    row: AwardRow
    what: str
    choices: list[tuple[str, str, bool]]
    """Who may get it: id, name, whether chosen."""
    reason: str
    minutes: str
    unfolded: bool
    first: bool
    fields: Mapping[str, str]

    @property
    def several(self) -> bool:
        """Whether more than one work may get it."""
        return self.row.award.count != 1


@dataclass(frozen=True)
class TieRow:
    """A group of works that the committee has to put in order."""

    number: int
    works: list[tuple[WorkRow, str]]
    reason: str
    minutes: str
    fields: Mapping[str, str]


def awards_page(
    contest: Contest, *, user: User, typed: Mapping[str, Any], error: Refused | None
) -> dict[str, Any]:
    """The page's context. At most 3 SQL, 9 more once computed, 1 more once approved."""
    waiting = still_open(contest)
    sealed = not waiting
    result = result_page(contest=contest, user=user) if sealed else None
    fields = error.fields if error else {}
    context: dict[str, Any] = {"sealed": sealed, "result": result, "waiting": waiting}
    if result is None:
        return context
    return {
        **context,
        "owed": _owed(result, typed, fields),
        "ties": [
            _tie(number, works, typed, fields) for number, works in enumerate(result.ties, start=1)
        ],
        "orders": [
            {
                "row": row,
                "members": [
                    (id, name, _typed_place(typed, row.award_id, id)) for id, name in row.members
                ],
                "fields": fields if typed.get("order") == row.award_id else {},
                "reason": typed.get("reason", "") if typed.get("order") == row.award_id else "",
                "minutes": typed.get("minutes", "") if typed.get("order") == row.award_id else "",
            }
            for row in result.open_ties
        ],
        "vacatable": [] if result.approved else _vacatable(result, typed, fields),
        "planned_ok": result.stated is None or result.planned == result.stated,
        "published": result.approved and results_published(contest),
        "money_count": sum(row.count for row in result.money),
        **certificates_context(
            contest, user=user, result=result, revoking=typed if "certificate" in typed else None
        ),
    }


@dataclass(frozen=True)
class VacateRow:
    """An award of which the committee may leave places vacant, with the form for it."""

    row: AwardRow
    scopes: list[str]
    made: list[str]
    places: str
    reason: str
    minutes: str
    unfolded: bool
    fields: Mapping[str, str]


def _vacatable(
    result: ResultPage, typed: Mapping[str, Any], fields: Mapping[str, str]
) -> list[VacateRow]:
    found = []
    for row in result.awards:
        if not row.may_stay_vacant:
            continue
        mine = typed.get("vacant") == row.award.id
        standing = [
            one for one in result.decisions
            if one.kind == "vacant" and one.award_id == row.award.id and one.replaced_at is None
        ]  # fmt: skip
        found.append(
            VacateRow(
                row=row,
                scopes=[one.scope for one in row.places if one.scope],
                made=[f"{one.scope or row.award.name}空缺 {one.places} 名" for one in standing],
                places=typed.get("vacant_places", "") if mine else "",
                reason=typed.get("reason", "") if mine else "",
                minutes=typed.get("minutes", "") if mine else "",
                unfolded=mine,
                fields=fields if mine else {},
            )
        )
    return found


def _typed_place(typed: Mapping[str, Any], award: str, id: str) -> str:
    places: Mapping[str, str] = typed.get("places", {}) if typed.get("order") == award else {}
    return places.get(id, "")


def certificates_context(
    contest: Contest,
    *,
    user: User,
    result: ResultPage | None,
    revoking: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The certificates and how far their drawing is. 3 SQL."""
    rows: list[CertificateRow] = certificates_in(contest=contest, user=user)
    standing = [row for row in rows if row.revoked_at is None]
    job = jobs.status(subject=certificates_subject(contest))
    ready = 0
    if result is not None and result.approved:
        waiting = sum(one.work.entry_id in result.awaiting for one in result.winners)
        ready = result.prizes - waiting
    return {
        "certificates": rows,
        "standing": len(standing),
        "ready": sum(row.ready for row in standing),
        "to_issue": max(ready - len(standing), 0),
        "awaiting": _awaiting(result) if result is not None else [],
        "job": job,
        "revoking": revoking or {},
    }


def _awaiting(result: ResultPage) -> list[tuple[WorkRow, list[str]]]:
    """The winning works that still have to sign, each with what and by whom."""
    works = {one.work.entry_id: one.work for one in result.winners}
    return [
        (works[id], [f"{each.text}（{each.who}签署）" for each in found])
        for id, found in result.awaiting.items()
    ]


def _owed(
    result: ResultPage, typed: Mapping[str, Any], fields: Mapping[str, str]
) -> list[DecideRow]:
    """The awards that the committee decides; the first one that waits is unfolded."""
    rows = [row for row in result.awards if row.award.decided_by == "committee"]
    waiting = [row.award.id for row in rows if row.decision is None]
    to_units = any(row.award.to_units for row in rows)
    units = units_of(result.contest) if to_units else []
    first = typed.get("award") or (waiting[0] if waiting else "")
    return [
        _decide(
            row,
            result,
            typed,
            fields,
            units,
            unfolded=row.award.id == first,
            first=row.award.id == first and not result.ties,
        )
        for row in rows
    ]


def _decide(
    row: AwardRow,
    result: ResultPage,
    typed: Mapping[str, Any],
    fields: Mapping[str, str],
    units: Sequence[Unit],
    *,
    unfolded: bool,
    first: bool,
) -> DecideRow:
    mine = typed.get("award") == row.award.id
    made = row.decision
    chosen = set(made.chosen) if made else set()
    if mine:
        chosen = set(typed.get("entries", ()))
    return DecideRow(
        row=row,
        what="单位" if row.award.to_units else "作品",
        choices=[(id, name, id in chosen) for id, name in _choices(row, result, units)],
        reason=typed.get("reason", "") if mine else made.reason if made else "",
        minutes=typed.get("minutes", "") if mine else made.minutes if made else "",
        unfolded=unfolded,
        first=first and not result.approvable and not result.stale,
        fields=fields if mine else {},
    )


def _choices(row: AwardRow, result: ResultPage, units: Sequence[Unit]) -> list[tuple[str, str]]:
    if row.award.to_units:
        return [(str(unit.pk), unit.name) for unit in units]
    works = {one.work.entry_id: one.work for one in result.ranking}
    ordered = sorted(works.values(), key=lambda work: work.number)
    return [(str(work.entry_id), f"{work.name}（{work.unit}）") for work in ordered]


def _tie(
    number: int,
    works: tuple[WorkRow, ...],
    typed: Mapping[str, Any],
    fields: Mapping[str, str],
) -> TieRow:
    mine = typed.get("tie") == number
    places: Mapping[str, str] = typed.get("places", {}) if mine else {}
    return TieRow(
        number=number,
        works=[(work, places.get(str(work.entry_id), "")) for work in works],
        reason=typed.get("reason", "") if mine else "",
        minutes=typed.get("minutes", "") if mine else "",
        fields=fields if mine else {},
    )
