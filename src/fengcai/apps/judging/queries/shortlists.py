"""What the organiser sees between rounds: who goes on and why, what a person owes, the votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.judging.actions.entering import entering
from fengcai.apps.judging.counts import standing_count, voided
from fengcai.apps.judging.field import names_of
from fengcai.apps.judging.models import PenaltyRecord, Round, Ruling, VoteCount, VoteVoid
from fengcai.apps.judging.shortlisting import choice_of, feeds, standing_shortlist
from fengcai.apps.judging.standing import works_in_vote
from fengcai.apps.judging.tallying import named
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules, Vote
from fengcai.core.scoring import show, vote_marks

OUTCOMES = {
    "selected": "入围", "reserve": "替补", "tie": "并列待定", "waits": "待定", "out": "未入围",
}  # fmt: skip
_FIRST = ("tie", "waits", "selected", "reserve", "out")


@dataclass(frozen=True)
class StepRow:
    """A round in the course of judging: what it takes its works from, for what, what it feeds."""

    rule: RoundRule
    source: str
    scope: str
    leads_to: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class PickRow:
    """What became of one work at a shortlist, and why."""

    entry_id: UUID
    name: str
    unit: str
    rank: int | None
    figure: str | None
    outcome: str
    place: int | None
    reason: str
    cite: Any

    @property
    def outcome_name(self) -> str:
        """In Chinese, a reserve with its place."""
        return OUTCOMES[self.outcome] + (f" {self.place}" if self.place else "")


@dataclass(frozen=True)
class RulingRow:
    """A ruling in force, which may be taken back until the next round opens."""

    id: int
    kind: str
    works: tuple[str, ...]
    reason: str
    minutes: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ShortlistPage:
    """The shortlist of a sealed round. `ties` pair ids and names of works that want an order.

    `confirmed_at` is when it was confirmed; `stale` says that it would be another one now. `used`:
    a further round has been opened on it.
    """

    round: Round
    name: str
    screening: bool
    groups: tuple[str, ...]
    picks: tuple[PickRow, ...]
    flags: tuple[str, ...]
    ties: tuple[tuple[tuple[str, str], ...], ...]
    rulings: tuple[RulingRow, ...]
    confirmed_at: datetime | None
    stale: bool
    used: bool
    leads_to: tuple[str, ...]

    @property
    def selected(self) -> list[PickRow]:
        """Those who go on."""
        return [row for row in self.picks if row.outcome == "selected"]

    @property
    def ahead(self) -> list[PickRow]:
        """Those to be shown at once: all but the ones that are out."""
        return [row for row in self.picks if row.outcome != "out"]

    @property
    def out(self) -> list[PickRow]:
        """Those who do not go on."""
        return [row for row in self.picks if row.outcome == "out"]

    @property
    def owed(self) -> bool:
        """Whether it can only be confirmed with a reason."""
        return bool(self.flags) and not self.ties


def course_of(contest: Contest, rules: Rules) -> list[StepRow]:
    """The rounds in the order of the rules, with what leads where. 1 SQL."""
    states = dict(Round.objects.filter(contest=contest).values_list("round_id", "state"))
    names = names_of(rules)
    called = {each.id: each.name for each in rules.rounds}
    return [
        StepRow(
            rule=each,
            source=f"“{called[each.input]}”的入围作品" if each.input in called else "报送并审核通过的作品",
            scope="、".join(names.get(id, id) for id in (*each.tracks, *each.divisions, *each.regions)),
            leads_to=tuple(after.name for after in feeds(rules, each.id)),
            state=states.get(each.id, "before"),
        )
        for each in rules.rounds
    ]  # fmt: skip


def coming_in(contest: Contest, rules: Rules, rule: RoundRule) -> tuple[int, str]:
    """How many works a round would begin with now; or 0 and why it cannot begin. At most 4 SQL."""
    try:
        return len(entering(contest, rules, rule)), ""
    except Refused as refusal:
        return 0, refusal.message


def shortlist_page(*, round: Round, user: User) -> ShortlistPage:
    """Who goes on from a sealed round, as it stands now. At most 8 SQL."""
    require_role(user, round.contest, Role.ORGANISER)
    choice = choice_of(round)
    called = {str(row.entry_id): f"{row.number} 号《{row.entry}》" for row in choice.works}
    units = {str(row.entry_id): row.entry.unit.name for row in choice.works}
    confirmed = standing_shortlist(round)
    after = feeds(choice.rules, round.round_id)
    used = Round.objects.filter(
        contest=round.contest_id, round_id__in=[each.id for each in after]
    ).exists()
    selection = choice.selection
    # Once it is used the list that was confirmed is what stands, whatever became of works since.
    picks = confirmed.selection["picks"] if confirmed and used else selection.to_json()["picks"]
    rows = [
        PickRow(
            entry_id=UUID(one["work"]),
            name=called[one["work"]],
            unit=units[one["work"]],
            rank=one["rank"],
            figure=one["figure"],
            outcome=one["outcome"],
            place=one["place"],
            reason=one["reason"],
            cite=one["cite"],
        )
        for one in picks
    ]
    return ShortlistPage(
        round=round,
        name=choice.rule.name,
        screening=not choice.rule.scheme.criteria and not choice.rule.vote,
        groups=tuple(
            f"{group.name}：{group.text}" if group.name else group.text
            for group in selection.groups
        ),
        picks=tuple(sorted(rows, key=lambda row: _FIRST.index(row.outcome))),
        flags=() if used else tuple(named(flag.text, called) for flag in selection.flags),
        ties=()
        if used
        else tuple(
            tuple((id, f"{called[id]}（{units[id]}）") for id in flag.works)
            for flag in selection.flags
            if flag.kind == "tie"
        ),
        rulings=tuple(_ruling(row, called) for row in choice.rulings),
        confirmed_at=confirmed.at if confirmed else None,
        stale=confirmed is not None and not used and confirmed.hash != choice.hash,
        used=used,
        leads_to=tuple(each.name for each in after),
    )


def _ruling(row: Ruling, called: Mapping[str, str]) -> RulingRow:
    return RulingRow(
        id=row.pk,
        kind=row.get_kind_display(),
        works=tuple(called.get(id, id) for id in row.entries),
        reason=row.reason,
        minutes=row.minutes,
        by=str(row.by),
        at=row.at,
    )


@dataclass(frozen=True)
class VoteRow:
    """A work in a vote: what was counted, what is void, what it is worth."""

    entry_id: UUID
    number: str
    name: str
    unit: str
    counted: int | None
    void: int
    value: str
    text: str

    @property
    def valid(self) -> int | None:
        """The votes that count."""
        return None if self.counted is None else max(0, self.counted - self.void)


@dataclass(frozen=True)
class VotePage:
    """A vote with the works that stand in it, the counts in force and their history."""

    vote: Vote
    rows: tuple[VoteRow, ...]
    source: str
    history: tuple[VoteCount, ...]
    voids: tuple[VoteVoid, ...]


def votes_page(*, contest: Contest, user: User) -> list[VotePage]:
    """Every vote of the rules. At most 8 SQL a vote."""
    require_role(user, contest, Role.ORGANISER)
    rules = rules_of(contest)
    return [_vote(contest, rules, vote) for vote in rules.votes]


def _vote(contest: Contest, rules: Rules, vote: Vote) -> VotePage:
    works = works_in_vote(contest, rules, vote)
    standing = standing_count(contest, vote.id)
    counts = standing.counts if standing else {}
    void = voided(contest, vote.id)
    valid = {work: max(0, many - void[work]) for work, many in counts.items()}
    worth = {one.work: one for one in vote_marks(vote.model_dump(mode="json"), valid)}
    rows = []
    for number, entry in enumerate(works, start=1):
        id = str(entry.pk)
        one = worth.get(id)
        rows.append(
            VoteRow(
                entry_id=entry.pk,
                number=entry.number or str(number),
                name=f"《{entry}》",
                unit=entry.unit.name,
                counted=counts.get(id),
                void=void[id],
                value=show(one.value) if one else "",
                text=one.text if one else "",
            )
        )
    history = VoteCount.objects.filter(contest=contest, vote_id=vote.id).select_related("by")
    voids = VoteVoid.objects.filter(
        contest=contest, vote_id=vote.id, withdrawn_at=None
    ).select_related("by", "entry")
    return VotePage(
        vote, tuple(rows), standing.source if standing else "", tuple(history), tuple(voids)
    )


def penalties_of(*, round: Round, user: User) -> list[PenaltyRecord]:
    """The penalties in force in a round. 1 SQL."""
    require_role(user, round.contest, Role.ORGANISER)
    return list(
        PenaltyRecord.objects.filter(round=round, withdrawn_at=None).select_related("entry", "by")
    )
