"""What the organiser sees of a round: who has handed in, what is short, and a work's sheets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_at, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.manning import kinds_in, manning_of, panels_of
from fengcai.apps.judging.models import (
    Assignment,
    Commitment,
    Conflict,
    HandIn,
    Round,
    RoundEntry,
    ScoreSheet,
    Seat,
)
from fengcai.apps.judging.panel import (
    Panel,
    arrange,
    panel_id,
    panel_of,
    panels_in,
    per_entry,
    rule_of,
    scheme_of,
)
from fengcai.apps.judging.queries.rounds import rounds_of
from fengcai.apps.judging.reach import fallen
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.scoring import check_sheet, sheet_total, show


@dataclass(frozen=True)
class JudgeProgress:
    """How far one judge is. `seat` numbers the judge without naming the person."""

    judge: User
    seat: int
    name: str
    promised_at: datetime | None
    due: int
    done: int
    recused: int
    handed_in_at: datetime | None
    excused_at: datetime | None
    excuse: str
    panel: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecusalRow:
    """A work that a judge keeps away from, and why."""

    judge: str
    work: str
    why: str


@dataclass(frozen=True)
class RoundProgress:
    """A round of the rulebook and how far it is; `round` is None until it is opened."""

    rule: RoundRule
    round: Round | None
    works: int
    judges: tuple[JudgeProgress, ...]
    shortages: tuple[str, ...]
    panels: Mapping[str, str]
    """The panels that the round tells apart, id → name; empty where it has one."""
    recusals: tuple[RecusalRow, ...] = ()
    kinds: tuple[str, ...] = ()
    """The kinds of judges that its panels must have."""
    wanted: tuple[str, ...] = ()
    """What the rules say of its panels' numbers, in words."""
    lacking: tuple[str, ...] = ()
    """What its panels lack now, once it is opened."""

    @property
    def waiting(self) -> list[str]:
        """The judges who have not handed in."""
        return [each.name for each in self.judges if not each.handed_in_at and not each.excused_at]

    @property
    def sealable(self) -> bool:
        """Whether the round could be sealed as it stands."""
        open_now = self.round is not None and self.round.state == Round.State.OPEN
        return open_now and not self.waiting and not self.shortages


@dataclass(frozen=True)
class SheetRow:
    """One judge's sheet for a work; `values` pairs each criterion's name with its mark."""

    seat: int
    judge: str
    values: tuple[tuple[str, str], ...]
    total: str | None
    comment: str
    handed_in_at: datetime | None
    counts: bool
    why: str


def round_progress(*, contest: Contest, user: User) -> list[RoundProgress]:
    """Every round of the rules, opened or not, for the organiser. 2 SQL and at most 11
    for each opened round."""
    require_role(user, contest, Role.ORGANISER)
    opened = {round.round_id: round for round in rounds_of(contest)}
    rules = rules_of(contest)
    found = []
    for rule in rules.rounds:
        round = opened.get(rule.id)
        found.append(
            RoundProgress(
                rule=rule,
                round=None,
                works=0,
                judges=(),
                shortages=(),
                panels=panels_in(rules, rule),
                kinds=kinds_in(panels_of(rules, rule)),
                wanted=_wanted(rules, rule),
            )
            if round is None
            else progress_of(round)
        )
    return found


def progress_of(round: Round) -> RoundProgress:
    """An opened round. At most 11 SQL. Only the works that somebody is recused from are read; all others count as everybody's."""
    every = list(Seat.objects.filter(round=round).select_related("judge").prefetch_related("units"))
    panel, works, fell = _recusals(round, [seat for seat in every if seat.excused_at is None])
    promised = dict(Commitment.objects.filter(round=round).values_list("judge_id", "at"))
    signed = dict(
        HandIn.objects.filter(round=round, reopened_at=None).values_list("judge_id", "at")
    )
    barred = {
        seat.judge_id: {
            row.entry_id for row in panel.works if panel.reasons[seat.judge_id, row.entry_id]
        }
        for seat in panel.seats
    }
    due = {
        seat.judge_id: len(panel.works_for(seat))
        if panel.given is not None and seat.label in panel.given
        else works - len(barred[seat.judge_id])
        for seat in panel.seats
    }
    done = _done(panel, barred, fell)
    manning = manning_of(panel.rules, panel.rule, panel.seats, {})
    return RoundProgress(
        rule=panel.rule,
        round=round,
        works=works,
        judges=tuple(
            JudgeProgress(
                judge=seat.judge,
                seat=seat.number,
                name=str(seat.judge),
                promised_at=promised.get(seat.judge_id),
                due=due.get(seat.judge_id, 0),
                done=done[seat.judge_id] if seat.judge_id in barred else 0,
                recused=len(barred.get(seat.judge_id, ())),
                handed_in_at=signed.get(seat.judge_id),
                excused_at=seat.excused_at,
                excuse=seat.excuse,
                panel=panel_id(panel.rule, seat),
                kinds=tuple(seat.kinds),
            )
            for seat in every
        ),
        shortages=tuple(each.text for each in panel.shortages()),
        panels=panel.apart,
        recusals=_recused(panel),
        kinds=kinds_in(panels_of(panel.rules, panel.rule)),
        wanted=_wanted(panel.rules, panel.rule),
        lacking=(*manning.lacking, *manning.differs),
    )


def _wanted(rules: Rules, rule: RoundRule) -> tuple[str, ...]:
    said = []
    for panel in panels_of(rules, rule) if rule.scheme.criteria else ():
        kinds = "、".join(f"{one.who}至少 {one.min} 位" for one in panel.composition)
        parts = [
            f"{panel.judges} 位" if panel.judges is not None else "",
            kinds,
            f"每个单位最多 {panel.max_per_unit} 位" if panel.max_per_unit is not None else "",
            f"每件作品由其中 {panel.per_entry} 位评" if panel.per_entry is not None else "",
            "评委看不到单位和作者" if panel.blind else "",
        ]
        told = "，".join(part for part in parts if part)
        said += [f"{panel.name}：{told}（{panel.cite}）"] if told else []
    return tuple(said)


def _recused(panel: Panel) -> tuple[RecusalRow, ...]:
    """By work, then by seat. No SQL."""
    names = dict(panel.matrix.names)
    judges = {seat.label: str(seat.judge) for seat in panel.seats}
    return tuple(
        RecusalRow(judges[pair.judge], names[pair.work], "".join(pair.reasons))
        for pair in panel.matrix.pairs
        if pair.reasons
    )


def _recusals(round: Round, seats: Sequence[Seat]) -> tuple[Panel, int, int]:
    """The panel over the works that somebody is recused from, how many works there are in all, and
    how many fell out of the round since it was opened.

    A panel that is too small for any work at all is laid out whole: each work is then short. So is
    one that shares its works out, and a sealed round, whose works are named in its ranking.
    """
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    if round.state != Round.State.OPEN:
        panel = panel_of(round)
        return panel, len(panel.works), 0
    fell = fallen(round).count()
    shared = any(per_entry(round, rules, rule, panel_id(rule, seat)) for seat in seats)
    if shared or len(seats) < rule.min_judges:
        panel = panel_of(round)
        return panel, len(panel.works), fell
    conflicts = list(Conflict.objects.filter(round=round, withdrawn_at=None))
    units = {unit.pk for seat in seats for unit in seat.units.all()}
    named = Q(entry__in=[row.entry_id for row in conflicts])
    if rule.recuse_own_unit:
        named |= Q(entry__unit__in=units)
    works = (
        RoundEntry.objects.filter(named, round=round, entry__state=State.ACCEPTED)
        .select_related("entry")
        .only("round", "entry", "number", "entry__title", "entry__unit")
    )
    panel = arrange(round, rules, seats=seats, works=list(works), conflicts=conflicts)
    return panel, RoundEntry.objects.filter(round=round).count() - fell, fell


def _done(panel: Panel, barred: Mapping[int, set[UUID]], fell: int) -> Counter[int]:
    """How many sheets of works that are due each judge has filled. 1 to 3 SQL."""
    sheets = ScoreSheet.objects.filter(_whole(panel), round=panel.round).order_by()
    if panel.given is not None:
        among = [seat.judge_id for seat in panel.seats if seat.label in panel.given]
        theirs_now = Assignment.objects.filter(
            round=panel.round, judge=OuterRef("judge"), entry=OuterRef("entry"), ended_at=None
        )
        sheets = sheets.filter(~Q(judge__in=among) | Exists(theirs_now))
    done = Counter(dict(sheets.values_list("judge").annotate(many=Count("*"))))
    if panel.round.state != Round.State.OPEN:
        gone = sheets.exclude(entry__in=[row.entry_id for row in panel.works])
        done.subtract(dict(gone.values_list("judge").annotate(many=Count("*"))))
    elif fell:
        gone = sheets.filter(entry__in=fallen(panel.round).values("pk"))
        done.subtract(dict(gone.values_list("judge").annotate(many=Count("*"))))
    theirs = Q()
    for judge, ids in barred.items():
        theirs |= Q(judge=judge, entry__in=ids) if ids else Q()
    if theirs:
        own = sheets.filter(theirs)
        done.subtract(dict(own.values_list("judge").annotate(many=Count("*"))))
    return done


def _whole(panel: Panel) -> Q:
    """The sheets that have every mark that their judge has to give."""
    every = Q(marked__gte=len(panel.scheme.criteria))
    for id in panel.scheme.panels:
        own = [seat.judge_id for seat in panel.seats if panel_id(panel.rule, seat) == id]
        full = len(panel.scheme.for_panel(id).criteria)
        every |= Q(judge__in=own, marked__gte=full)
    return every


def sheets_of(*, entry_id: UUID, user: User) -> dict[str, list[SheetRow]]:
    """A work's sheets by round id, once a round is sealed, for the organiser. At most 9 SQL a round.

    Until the seal nobody but the judge reads a sheet, not even the organiser.
    """
    entry = Entry.objects.select_related("contest").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("没有这件作品。")
    require_role(user, entry.contest, Role.ORGANISER)
    found: dict[str, list[SheetRow]] = defaultdict(list)
    rounds = Round.objects.filter(
        contest_id=entry.contest_id, state=Round.State.SEALED, entries__entry=entry
    ).select_related("rulebook", "contest")
    for round in rounds:
        panel = panel_of(round)
        rule = rule_of(rules_at(round.rulebook), round.round_id)
        scheme = scheme_of(rule)
        seats = {seat.judge_id: seat for seat in Seat.objects.filter(round=round)}
        sheets = ScoreSheet.objects.filter(round=round, entry=entry).select_related("judge")
        for sheet in sorted(sheets, key=lambda row: seats[row.judge_id].number):
            reasons = panel.reasons.get((sheet.judge_id, entry.pk), ("评委已退出本轮评审。",))
            if not reasons and not panel.marks(seats[sheet.judge_id], entry.pk):
                reasons = ("这件作品已不由这位评委评。",)
            counts = not reasons and sheet.handed_in_at is not None
            lines = scheme.for_panel(panel_id(rule, seats[sheet.judge_id]))
            mine = {one.id for one in lines.criteria}
            whole = not check_sheet(lines, sheet.values)
            found[round.round_id].append(
                SheetRow(
                    seat=seats[sheet.judge_id].number,
                    judge=str(sheet.judge),
                    values=tuple(
                        (one.name, sheet.values.get(one.id, ""))
                        for one in rule.scheme.criteria
                        if one.id in mine
                    ),
                    total=show(sheet_total(lines, sheet.values)) if whole else None,
                    comment=sheet.comment,
                    handed_in_at=sheet.handed_in_at,
                    counts=counts,
                    why="".join(reasons),
                )
            )
    return dict(found)
