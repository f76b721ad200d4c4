"""What the actions on a case share: the row's lock, its history, the contest's audit record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.mailbox.models import Case, CaseEvent
from fengcai.apps.mailbox.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale


def locked_case(case_id: UUID | str, contest: Contest | None = None) -> Case:
    """The case with contest, unit and work, locked until the transaction ends. Or `NotFound`."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related(
        "contest__version", "unit__parent"
    )
    case = rows.filter(pk=case_id).first()
    if case is None or (contest is not None and case.contest_id != contest.pk):
        raise NotFound("没有这封来信。")
    return case


def desk_case(case_id: UUID, contest: Contest, by: User, version: int | None = None) -> Case:
    """The same for somebody at the desk, who has to be an organiser. `version` is what the page showed;
    `Stale` where a colleague was first."""
    require_role(by, contest, Role.ORGANISER)
    case = locked_case(case_id, contest)
    if case.state == State.NEW:
        raise Refused("这封信还在读取，请稍后刷新页面再处理。")
    if version is not None and case.version != version:
        raise Stale(
            "另一位同事刚刚处理过这封来信，页面已不是最新的。请刷新后再看；您填的内容没有保存。",
            version=case.version,
            current={},
        )
    return case


def tell(case: Case, text: str, *, at: datetime, by: User | None = None) -> None:
    """Add a line to the case's history."""
    CaseEvent.objects.create(case=case, at=at, by=by, text=text[:400])


def note(
    case: Case,
    action: str,
    details: Mapping[str, Any],
    *,
    at: datetime,
    by: User | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Append to the contest's audit record. Call it last: it holds the chain's lock."""
    record(
        case.contest.chain,
        actor=f"user:{by.pk}" if by else "mailbox",
        action=action,
        subject=f"letter:{case.pk}",
        details=dict(details),
        personal=personal,
        at=at,
    )
