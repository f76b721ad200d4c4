"""The rows of the round's page: the panel before, the progress during, the seal after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.contests.judges import profiles_of
from fengcai.apps.contests.queries import people_in, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.listing import counts
from fengcai.apps.entries.states import State
from fengcai.apps.judging.manning import Seating
from fengcai.apps.judging.queries import (
    JudgeProgress,
    RoundProgress,
    SharingPage,
    ShortlistPage,
    StepRow,
    coming_in,
    course_of,
    penalties_of,
    round_progress,
    sharing_page,
    shortlist_page,
    votes_page,
)
from fengcai.core.timetable import standing

if TYPE_CHECKING:
    from fengcai.apps.contests.duties import JudgeProfile
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
class SeatChoice:
    """A judge in the form of the opening: chosen or not, on which panel, of which kinds."""

    pk: int
    name: str
    unit: str
    chosen: bool
    panel: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class ShortlistRow:
    """Who goes on from a round, with the forms that a refusal keeps filled."""

    page: ShortlistPage
    ties: list[TieRow]
    reason: str
    minutes: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class TieRow:
    """Works that a person has to put in order: (id, name, place typed)."""

    number: int
    works: list[tuple[str, str, str]]
    reason: str
    minutes: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class RoundRow:
    """A round as the page shows it."""

    progress: RoundProgress
    stage: str
    judges: list[JudgeRow]
    candidates: list[tuple[int, str, str]]
    works: int
    may_still_come: bool
    refused: bool
    """Whether its opening was just refused."""
    early: bool
    early_said: bool
    window: Any
    primary: bool
    step: StepRow
    waits: str
    shortlist: ShortlistRow | None
    panels: list[tuple[str, str]]
    penalties: list[Any]
    sharing: SharingPage | None
    sharing_reason: str
    choices: list[SeatChoice]
    short: str
    asks_short: bool
    asks_seats: bool
    """Whether the opening asks which judges sit where."""

    @property
    def marked(self) -> bool:
        """Whether judges mark in it."""
        return bool(self.progress.rule.scheme.criteria)

    @property
    def sheets(self) -> tuple[int, int]:
        """Sheets done and due."""
        inside = [one for one in self.progress.judges if one.excused_at is None]
        return sum(one.done for one in inside), sum(one.due for one in inside)


def rounds_page(
    contest: Contest,
    *,
    user: User,
    at: datetime,
    typed: Mapping[str, Any],
    fields: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The page's context. 6 SQL, 8 for each opened round, 8 more for each shortlist."""
    rules = rules_of(contest)
    judges = _judges(contest)
    known = profiles_of(contest)
    accepted = counts(contest).get(State.ACCEPTED, 0)
    rows: list[RoundRow] = []
    course = course_of(contest, rules)
    steps = {step.rule.id: step for step in course}
    for progress in round_progress(contest=contest, user=user):
        seated = {one.judge.pk for one in progress.judges if one.excused_at is None}
        stage = progress.round.state if progress.round else "before"
        follows = progress.round is None and progress.rule.input != "submission"
        coming, waits = coming_in(contest, rules, progress.rule) if follows else (accepted, "")
        rows.append(
            RoundRow(
                progress=progress,
                stage=stage,
                judges=[_judge(one, typed) for one in progress.judges],
                candidates=[each for each in judges if each[0] not in seated],
                works=progress.works if progress.round else coming,
                may_still_come=progress.rule.input == "submission"
                and standing(rules.window, at) != "closed",
                refused=(mine := _sent(typed, progress)),
                early=mine and (bool(typed.get("early")) or "early" in (fields or {})),
                early_said=bool(typed.get("early")),
                window=rules.windows.get(progress.rule.window or ""),
                primary=stage != "sealed"
                and not waits
                and not any(row.stage == "before" and row.primary for row in rows),
                step=steps[progress.rule.id],
                waits=waits,
                shortlist=_shortlist(progress, steps, user, typed, fields or {}),
                panels=list(progress.panels.items()),
                penalties=penalties_of(round=progress.round, user=user)
                if progress.round and progress.rule.scheme.penalties
                else [],
                sharing=sharing_page(round=progress.round, user=user)
                if progress.round and stage == "open"
                else None,
                choices=_choices(judges, progress, typed, known) if stage == "before" else [],
                short=typed.get("short", "") if typed.get("round") == progress.rule.id else "",
                asks_seats=len(course) > 1 or bool(progress.panels or progress.kinds),
                asks_short=typed.get("round") == progress.rule.id
                and (bool(typed.get("short")) or "short" in (fields or {})),
                sharing_reason=typed.get("reason", "") if typed.get("act") == "share" else "",
            )
        )
    return {
        "rounds": rows,
        "judges": judges,
        "course": course if len(course) > 1 else [],
        "votes": bool(rules.votes),
        "done": all(r.stage == "sealed" for r in rows),
    }


def votes_context(contest: Contest, *, user: User, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The votes' page: works with their counts; what a refused form held stays in it."""
    return {"pages": votes_page(contest=contest, user=user), "typed": typed}


def _shortlist(
    progress: RoundProgress,
    steps: Mapping[str, StepRow],
    user: User,
    typed: Mapping[str, Any],
    fields: Mapping[str, str],
) -> ShortlistRow | None:
    """Only a sealed round that another takes its works from has one."""
    round = progress.round
    if round is None or round.ranking is None or not steps[progress.rule.id].leads_to:
        return None
    page = shortlist_page(round=round, user=user)
    mine = typed.get("round") == progress.rule.id and typed.get("act") in ("order", "confirm")
    places = typed.get("places", {}) if mine else {}
    return ShortlistRow(
        page=page,
        ties=[
            TieRow(
                number=number,
                works=[(id, name, places.get(id, "")) for id, name in members],
                reason=typed.get("reason", "") if mine else "",
                minutes=typed.get("minutes", "") if mine else "",
                fields=fields if mine else {},
            )
            for number, members in enumerate(page.ties, start=1)
        ],
        reason=typed.get("reason", "") if mine else "",
        minutes=typed.get("minutes", "") if mine else "",
        fields=fields if mine else {},
    )


def _sent(typed: Mapping[str, Any], progress: RoundProgress) -> bool:
    return typed.get("act") == "open" and typed.get("round") == progress.rule.id


def _choices(
    judges: Sequence[tuple[int, str, str]],
    progress: RoundProgress,
    typed: Mapping[str, Any],
    known: Mapping[int, JudgeProfile],
) -> list[SeatChoice]:
    mine = typed if _sent(typed, progress) else {}
    chosen, seating = mine.get("chosen"), mine.get("seating", {})
    found = []
    for pk, name, unit in judges:
        placed = seating.get(pk) or _proposed(progress, known.get(pk))
        inside = chosen is None or pk in chosen
        found.append(SeatChoice(pk, name, unit, inside, placed.panel, placed.kinds))
    return found


def _judges(contest: Contest) -> list[tuple[int, str, str]]:
    """The judges with their units, each once. 1 SQL."""
    names: dict[int, str] = {}
    units: dict[int, list[str]] = {}
    for seat in people_in(contest, Role.JUDGE):
        names[seat.user_id] = str(seat.user)
        units.setdefault(seat.user_id, []).extend([seat.unit.name] if seat.unit else [])
    return [(pk, name, "、".join(units[pk])) for pk, name in names.items()]


def _proposed(progress: RoundProgress, known: JudgeProfile | None) -> Seating:
    """Where the list of judges puts somebody, as far as this round has such a panel and such kinds."""
    panels, kinds = (known.panels, known.kinds) if known else ([], [])
    mine = [id for id in panels if id in progress.panels]
    fitting = tuple(kind for kind in progress.kinds if kind in kinds)
    return Seating(mine[0] if mine else progress.rule.panel_id or "", fitting)


def _judge(one: JudgeProgress, typed: Mapping[str, Any]) -> JudgeRow:
    mine = typed.get("judge") == one.judge.pk
    return JudgeRow(
        one, typed.get("act", "") if mine else "", typed.get("reason", "") if mine else ""
    )
