"""Who marks what in a round as it stands: seats × works, recusals, and the sheets that count.

It reads rows and asks `core.assignment`; it writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from fengcai.apps.contests.queries import rules_at
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import (
    Assignment,
    Conflict,
    Round,
    RoundEntry,
    ScoreSheet,
    Seat,
)
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.assignment import Matrix, Shortage, check_panel, eligible_pairs
from fengcai.core.ledger import canonical
from fengcai.core.rulebook import Declaration, Rules
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.scoring import Scheme

PROMISE = (
    "我将独立、客观、公正地评分；对评审过程、评分、评语和未公布的作品内容保密，不录制、不外传；"
    "与作品或其作者有利害关系的，主动声明回避。"
)
"""What a judge promises where the rulebook has no words of its own for it."""


def rule_of(rules: Rules, round_id: str) -> RoundRule:
    """The rulebook's round with this id. Raises `NotFound`."""
    for rule in rules.rounds:
        if rule.id == round_id:
            return rule
    raise NotFound("规则中没有这一轮评审。")


def scheme_of(rule: RoundRule) -> Scheme:
    """The scheme, in core's exact form, of a round that is marked."""
    return Scheme.from_json(rule.scheme.model_dump(mode="json"))


_schemes: dict[tuple[str, str], Scheme] = {}
"""The schemes of rounds by the hash of their rules: exact numbers take a while to read."""


def scheme_in(rules: Rules, round_id: str) -> Scheme:
    """The scheme of any round: a vote's score is the vote's mark; a screening has neither criteria
    nor parts."""
    key = (rules.hash, round_id)
    if key not in _schemes:
        if len(_schemes) >= 256:
            _schemes.clear()
        _schemes[key] = _scheme_in(rules, round_id)
    return _schemes[key]


def _scheme_in(rules: Rules, round_id: str) -> Scheme:
    rule = rule_of(rules, round_id)
    if rule.scheme.criteria or rule.scheme.components:
        return scheme_of(rule)
    data = rule.scheme.model_dump(mode="json")
    vote = rules.vote(rule.vote)
    if vote is not None:
        part = {"id": vote.id, "name": vote.name, "of": "vote", "ref": vote.id, "weight": "1"}
        return Scheme.from_json({**data, "components": [part], "total": str(vote.full)})
    bare = {"id": "none", "name": "", "of": "field", "ref": "", "weight": "1"}
    unmarked = Scheme.from_json({**data, "components": [bare], "total": "1"})
    return replace(unmarked, components=())


def promises_of(rules: Rules) -> tuple[Declaration, ...]:
    """What the rulebook has judges declare; may be empty."""
    return tuple(
        each for each in rules.declarations if each.when == "judge" and each.signatory == "judge"
    )


def promise_text(rules: Rules) -> str:
    """The words of the promise: the rulebook's own, else `PROMISE`."""
    return "\n".join(each.text for each in promises_of(rules)) or PROMISE


def panels_in(rules: Rules, rule: RoundRule) -> dict[str, str]:
    """The panels that a round tells apart, by id: those whose marks are a part of the score by
    itself, or that have lines of their own on the sheet. Empty where it has one."""
    parts = [one.ref for one in rule.scheme.components if one.of == "panel" and one.ref]
    lines = [one.panel for one in rule.scheme.criteria if one.panel]
    return {id: panel.name for id in (*parts, *lines) if (panel := rules.panel(id)) is not None}


def panel_id(rule: RoundRule, seat: Seat) -> str:
    """The id of the panel that the seat is on: its own, else the round's; empty if neither is."""
    return seat.panel or rule.panel_id or ""


NO_PANEL = "您还没有编入评委组，不知道该评哪几项。请联系组织者编组；已填的内容都在。"


NOT_SHARED_YET = "作品还没有分给评委。组织者确定分工之后，这里就会列出您要评的作品。"


def per_entry(round: Round, rules: Rules, rule: RoundRule, panel: str) -> int | None:
    """How many judges of a panel (by id) mark each work; None where all of them do.

    A round without a seed was opened before works could be shared out: all judges mark everything.
    """
    found = rules.panel(panel) if round.seed and rule.scheme.criteria else None
    return found.per_entry if found else None


def lines_of(scheme: Scheme, rule: RoundRule, seat: Seat) -> Scheme:
    """The scheme with the lines of the seat's panel. Raises `Refused` where it is on none."""
    if scheme.panels and panel_id(rule, seat) not in scheme.panels:
        raise Refused(NO_PANEL)
    return scheme.for_panel(panel_id(rule, seat))


@dataclass(frozen=True)
class Panel:
    """A round with its rules, its seats in force, its works, and who may mark which.

    `given` are the works of each judge (by label) whose panel shares its works out: none before that
    is fixed. None where no panel does.
    """

    round: Round
    rules: Rules
    rule: RoundRule
    seats: tuple[Seat, ...]
    works: tuple[RoundEntry, ...]
    matrix: Matrix
    given: Mapping[str, frozenset[str]] | None = None

    @cached_property
    def reasons(self) -> dict[tuple[int, UUID], tuple[str, ...]]:
        """(judge's pk, entry's pk) → why the judge may not mark the work; empty if he may."""
        judges = {seat.label: seat.judge_id for seat in self.seats}
        works = {str(row.entry_id): row.entry_id for row in self.works}
        return {(judges[pair.judge], works[pair.work]): pair.reasons for pair in self.matrix.pairs}

    @property
    def shared(self) -> bool:
        """Whether the works were shared out, where a panel does so at all."""
        return self.given is None or any(self.given.values())

    def marks(self, seat: Seat, entry_id: UUID) -> bool:
        """Whether this judge marks this work: not recused, and given where works are shared out."""
        if self.reasons[seat.judge_id, entry_id]:
            return False
        given = (self.given or {}).get(seat.label)
        return given is None or str(entry_id) in given

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme in core's exact form."""
        return scheme_in(self.rules, self.round.round_id)

    @cached_property
    def apart(self) -> dict[str, str]:
        """The panels that the round tells apart, id → name."""
        return panels_in(self.rules, self.rule)

    def lines_of(self, seat: Seat) -> Scheme:
        """The scheme with the lines that this judge marks. Raises `Refused` while the judge is on no
        panel of a round whose panels mark different lines."""
        return lines_of(self.scheme, self.rule, seat)

    @property
    def marked(self) -> bool:
        """Whether judges mark in this round: not in a vote, not in a screening."""
        return bool(self.scheme.criteria)

    def works_for(self, seat: Seat) -> list[RoundEntry]:
        """The works that this judge has to mark."""
        return [row for row in self.works if self.marks(seat, row.entry_id)]

    def shortages(self) -> tuple[Shortage, ...]:
        """Works that recusals leave with fewer judges than the rules want.

        The round's number is asked of its own panel where it tells several apart.
        """
        return check_panel(self.matrix, min_judges=self.rule.min_judges, judges=self._asked)

    @property
    def _asked(self) -> tuple[str, ...] | None:
        if self.rule.panel_id not in self.apart:
            return None
        own = [seat for seat in self.seats if panel_id(self.rule, seat) == self.rule.panel_id]
        return tuple(seat.label for seat in own)

    def place(self, entry_id: UUID) -> RoundEntry:
        """The work's place in this round. Raises `NotFound`."""
        for row in self.works:
            if row.entry_id == entry_id:
                return row
        raise NotFound("这一轮评审中没有这件作品。")


def panel_of(round: Round, *, seat: Seat | None = None, work: UUID | None = None) -> Panel:
    """The round as it stands; with `seat`, for that judge alone; with `work`, for it alone. 4 SQL,
    5 where works are shared out.

    While the round is open, a work that lost its acceptance takes no part; once it is sealed its
    works are those that were ranked, whatever becomes of them later.
    """
    rules = rules_at(round.rulebook)
    seats = Seat.objects.filter(round=round, excused_at=None).select_related("judge")
    if seat is not None:
        seats = seats.filter(pk=seat.pk)
    works = RoundEntry.objects.filter(round=round).select_related("entry__unit").order_by("number")
    if round.ranking is None:
        works = works.filter(entry__state=State.ACCEPTED)
    else:
        works = works.filter(entry__in=[one["work"] for one in round.ranking["standings"]])
    if work is not None:
        works = works.filter(entry=work)
    conflicts = Conflict.objects.filter(round=round, withdrawn_at=None)
    sitting = tuple(seats.prefetch_related("units"))
    return arrange(
        round,
        rules,
        seats=sitting,
        works=tuple(works),
        conflicts=conflicts,
        given=given_in(round, rules, sitting, work=work),
    )


def given_in(
    round: Round, rules: Rules, seats: Iterable[Seat], *, work: UUID | None = None
) -> dict[str, frozenset[str]] | None:
    """Label → works, of the judges whose panels share works out; None where none does. At most 1 SQL."""
    rule = rule_of(rules, round.round_id)
    sharing = {
        seat.judge_id: seat.label
        for seat in seats
        if per_entry(round, rules, rule, panel_id(rule, seat))
    }
    if not sharing:
        return None
    rows = Assignment.objects.filter(round=round, judge__in=sharing, ended_at=None)
    if work is not None:
        rows = rows.filter(entry=work)
    found: dict[str, set[str]] = {label: set() for label in sharing.values()}
    for judge, entry in rows.values_list("judge_id", "entry_id"):
        found[sharing[judge]].add(str(entry))
    return {label: frozenset(works) for label, works in found.items()}


def arrange(
    round: Round,
    rules: Rules,
    *,
    seats: Sequence[Seat],
    works: Sequence[RoundEntry],
    conflicts: Iterable[Conflict],
    given: Mapping[str, frozenset[str]] | None = None,
) -> Panel:
    """Put seats and works together. No SQL when the rows are read with their units."""
    rule = rule_of(rules, round.round_id)
    labels = {seat.judge_id: seat.label for seat in seats}
    present = {row.entry_id for row in works}
    matrix = eligible_pairs(
        [
            {"id": seat.label, "units": [str(unit.pk) for unit in seat.units.all()]}
            for seat in seats
        ],
        [
            {
                "id": str(row.entry_id),
                "unit": str(row.entry.unit_id),
                "name": f"{row.number} 号《{row.entry}》",
            }
            for row in works
        ],
        recuse_own_unit=rule.recuse_own_unit,
        declared=[
            {
                "judge": labels[row.judge_id],
                "work": str(row.entry_id),
                "reason": row.reason,
                "found": row.kind != Conflict.Kind.DECLARED,
            }
            for row in conflicts
            if row.judge_id in labels and row.entry_id in present
        ],
        # Before anything is given out the numbers are those that may be.
        given=given if given and any(given.values()) else None,
    )
    return Panel(round, rules, rule, tuple(seats), tuple(works), matrix, given)


def counted_sheets(panel: Panel) -> list[dict[str, Any]]:
    """The sheets that count, as `core.scoring` reads them, in a fixed order. 1 SQL.

    They are those handed in by a judge who still has a seat and may mark the work.
    """
    seats = {seat.judge_id: seat for seat in panel.seats}
    places = {row.entry_id for row in panel.works}
    rows = ScoreSheet.objects.filter(round=panel.round, handed_in_at__isnull=False)
    found = [
        {"judge": seats[row.judge_id].label, "work": str(row.entry_id), "values": row.values}
        for row in rows
        if row.entry_id in places
        and row.judge_id in seats
        and panel.marks(seats[row.judge_id], row.entry_id)
    ]
    return sorted(found, key=lambda sheet: (sheet["work"], sheet["judge"]))


def sheets_hash(sheets: Sequence[dict[str, Any]]) -> str:
    """SHA-256 (hex) of the canonical JSON of sheets in their fixed order."""
    return hashlib.sha256(canonical(list(sheets))).hexdigest()
