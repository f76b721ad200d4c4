"""The rows of the awards' page: ranking, owed decisions, money, certificates."""

from __future__ import annotations

from collections.abc import Mapping
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
)
from fengcai.apps.judging.queries import round_progress
from fengcai.apps.refusals import Refused
from fengcai.engines import jobs

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class DecideRow:
    """An award that the committee decides, with the form for it."""

    row: AwardRow
    works: list[tuple[WorkRow, bool]]
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
    """The page's context. At most 4 SQL and 8 for each opened round, 9 more once computed."""
    rounds = round_progress(contest=contest, user=user)
    last = rounds[-1] if rounds else None
    sealed = last is not None and last.round is not None and last.round.ranking is not None
    result = result_page(contest=contest, user=user) if sealed else None
    fields = error.fields if error else {}
    context: dict[str, Any] = {"sealed": sealed, "result": result, "last": last}
    if result is None:
        return context
    return {
        **context,
        "owed": _owed(result, typed, fields),
        "ties": [
            _tie(number, works, typed, fields) for number, works in enumerate(result.ties, start=1)
        ],
        "planned_ok": result.stated is None or result.planned == result.stated,
        "money_count": sum(row.count for row in result.money),
        **certificates_context(
            contest, user=user, result=result, revoking=typed if "certificate" in typed else None
        ),
    }


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
    winners = len(result.winners) if result is not None and result.approved else 0
    return {
        "certificates": rows,
        "standing": len(standing),
        "ready": sum(row.ready for row in standing),
        "to_issue": max(winners - len(standing), 0),
        "job": job,
        "revoking": revoking or {},
    }


def _owed(
    result: ResultPage, typed: Mapping[str, Any], fields: Mapping[str, str]
) -> list[DecideRow]:
    """The awards that the committee decides; the first one that waits is unfolded."""
    rows = [row for row in result.awards if row.award.decided_by == "committee"]
    waiting = [row.award.id for row in rows if row.decision is None]
    first = typed.get("award") or (waiting[0] if waiting else "")
    return [
        _decide(
            row,
            result,
            typed,
            fields,
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
    *,
    unfolded: bool,
    first: bool,
) -> DecideRow:
    mine = typed.get("award") == row.award.id
    made = row.decision
    chosen = {str(work.entry_id) for work in made.works} if made else set()
    if mine:
        chosen = set(typed.get("entries", ()))
    works = sorted((one.work for one in result.ranking), key=lambda work: work.number)
    return DecideRow(
        row=row,
        works=[(work, str(work.entry_id) in chosen) for work in works],
        reason=typed.get("reason", "") if mine else made.reason if made else "",
        minutes=typed.get("minutes", "") if mine else made.minutes if made else "",
        unfolded=unfolded,
        first=first and not result.approvable and not result.stale,
        fields=fields if mine else {},
    )


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
