"""The rows of the round's page: the panel before, the progress during, the seal after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.contests.queries import people_in, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.listing import counts
from fengcai.apps.entries.states import State
from fengcai.apps.judging.queries import JudgeProgress, RoundProgress, round_progress
from fengcai.core.timetable import standing

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class JudgeRow:
    """One judge's progress, with the form that a refusal keeps open."""

    one: JudgeProgress
    act: str
    reason: str

    @property
    def percent(self) -> int:
        """Whole per cent of the sheets due."""
        return self.one.done * 100 // self.one.due if self.one.due else 0


@dataclass(frozen=True)
class RoundRow:
    """A round as the page shows it."""

    progress: RoundProgress
    stage: str
    judges: list[JudgeRow]
    candidates: list[tuple[int, str, str]]
    works: int
    may_still_come: bool
    early: bool
    window: Any
    primary: bool

    @property
    def sheets(self) -> tuple[int, int]:
        """Sheets done and due."""
        inside = [one for one in self.progress.judges if one.excused_at is None]
        return sum(one.done for one in inside), sum(one.due for one in inside)


def rounds_page(
    contest: Contest, *, user: User, at: datetime, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """The page's context. 4 SQL, and 8 for each opened round."""
    rules = rules_of(contest)
    judges = [
        (seat.user_id, str(seat.user), seat.unit.name if seat.unit else "")
        for seat in people_in(contest, Role.JUDGE)
    ]
    accepted = counts(contest).get(State.ACCEPTED, 0)
    rows: list[RoundRow] = []
    for progress in round_progress(contest=contest, user=user):
        seated = {one.judge.pk for one in progress.judges if one.excused_at is None}
        stage = progress.round.state if progress.round else "before"
        rows.append(
            RoundRow(
                progress=progress,
                stage=stage,
                judges=[_judge(one, typed) for one in progress.judges],
                candidates=[each for each in judges if each[0] not in seated],
                works=progress.works if progress.round else accepted,
                may_still_come=standing(rules.window, at) != "closed",
                early=typed.get("act") == "open" and typed.get("round") == progress.rule.id,
                window=rules.windows.get(progress.rule.window or ""),
                primary=stage != "sealed" and all(row.stage == "sealed" for row in rows),
            )
        )
    return {"rounds": rows, "judges": judges, "done": all(r.stage == "sealed" for r in rows)}


def _judge(one: JudgeProgress, typed: Mapping[str, Any]) -> JudgeRow:
    mine = typed.get("judge") == one.judge.pk
    return JudgeRow(
        one, typed.get("act", "") if mine else "", typed.get("reason", "") if mine else ""
    )
