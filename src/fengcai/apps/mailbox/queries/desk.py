"""The mail desk's list: letters by where they stand, newest first, with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.mailbox.models import Case, CaseFile, PendingFile
from fengcai.apps.mailbox.states import Degree, FileState, PendingState, State
from fengcai.apps.people.models import User

PER_PAGE = 30
RESOLVE, PENDING, TAKEN, ASIDE, NAMED, ALL = (
    "resolve", "pending", "taken", "aside", "named", "all",
)  # fmt: skip
FILTERS = {
    RESOLVE: "待处理",
    PENDING: "文件未到",
    TAKEN: "已收件",
    ASIDE: "已搁置",
    NAMED: "原件待删",
    ALL: "全部",
}


@dataclass(frozen=True)
class Asked:
    """What the list is asked for."""

    show: str = RESOLVE
    words: str = ""
    page: int = 1


@dataclass(frozen=True)
class Row:
    """A letter in the list."""

    id: UUID
    subject: str
    sender: str
    sender_name: str
    received_at: datetime
    state: str
    state_name: str
    why: str
    unit: str
    degree_name: str
    files: int
    taken: int
    pending: int


@dataclass(frozen=True)
class Desk:
    """The list with its counts."""

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    total: int


def desk(*, contest: Contest, user: User, asked: Asked) -> Desk:
    """The letters asked for, newest first. 5 SQL besides the check of the role."""
    require_role(user, contest, Role.ORGANISER)
    waiting = Q(pk__in=PendingFile.objects.filter(state=PendingState.WAITING).values("case"))
    conditions = {
        RESOLVE: Q(state__in=(State.RESOLVE, State.NEW, State.MATCHED)),
        PENDING: waiting & ~Q(state=State.ASIDE),
        TAKEN: Q(state=State.TAKEN),
        ASIDE: Q(state=State.ASIDE),
        NAMED: Q(named_at__isnull=False),
        ALL: Q(),
    }
    mine = Case.objects.filter(contest=contest)
    counts = mine.aggregate(**{name: Count("pk", filter=q) for name, q in conditions.items()
                               if name != ALL}, **{ALL: Count("pk")})  # fmt: skip
    found = _searched(mine.filter(conditions[asked.show]), asked.words)
    total = counts[asked.show] if not asked.words else found.count()
    begin = (asked.page - 1) * PER_PAGE
    rows = list(
        found.select_related("unit")
        .defer("text", "reasons", "problems")
        .order_by("-received_at", "-pk")[begin : begin + PER_PAGE]
    )
    held = _counted(
        CaseFile.objects.filter(case__in=rows),
        all=Count("pk", filter=Q(inline=False)),
        taken=Count("pk", filter=Q(state=FileState.TAKEN)),
    )
    awaited = _counted(
        PendingFile.objects.filter(case__in=rows, state=PendingState.WAITING), all=Count("pk")
    )
    shown = (_row(row, held.get(row.pk, {}), awaited.get(row.pk, {})) for row in rows)
    return Desk(tuple(shown), counts, total)


def _counted(rows: QuerySet[Any], **counts: Count) -> dict[UUID, dict[str, int]]:
    return {row["case"]: row for row in rows.order_by().values("case").annotate(**counts)}


def _searched(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(subject__icontains=word) | Q(sender__icontains=word)
            | Q(sender_name__icontains=word) | Q(unit__name__icontains=word)
        )  # fmt: skip
    return rows


def _row(case: Case, files: Mapping[str, int], pending: Mapping[str, int]) -> Row:
    return Row(
        id=case.pk,
        subject=case.subject or ("（正在读取）" if case.state == State.NEW else "（无主题）"),
        sender=case.sender,
        sender_name=case.sender_name,
        received_at=case.received_at,
        state=case.state,
        state_name=case.get_state_display(),
        why=case.why,
        unit=case.unit.name if case.unit else "",
        degree_name=str(Degree(case.degree).label) if case.unit else "",
        files=files.get("all", 0),
        taken=files.get("taken", 0),
        pending=pending.get("all", 0),
    )


def to_resolve(contest: Contest) -> int:
    """How many letters wait for a person. 1 SQL."""
    return Case.objects.filter(contest=contest, state=State.RESOLVE).count()
