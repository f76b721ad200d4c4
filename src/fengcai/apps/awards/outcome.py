"""The outcome of the sealed rounds: their sheets and the committee's decisions, through core again.

It reads rows and computes; it writes nothing, so that a page, an approval and a recount agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fengcai.apps.awards.field import field_of
from fengcai.apps.awards.models import Decision
from fengcai.apps.awards.resting import Footing, footing_of
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.states import State
from fengcai.apps.judging.panel import Panel, counted_sheets
from fengcai.apps.judging.tallying import named, ranking_of, seal_hash
from fengcai.apps.refusals import Refused
from fengcai.core.allocation import (
    Allocation,
    AllocationError,
    AwardOrder,
    CommitteeDecision,
    Vacated,
    allocate,
)
from fengcai.core.ledger import canonical
from fengcai.core.scoring import Ranking, ScoringError, TieDecision

Kind = Decision.Kind


@dataclass(frozen=True)
class Outcome:
    """Rankings with their ties decided as far as they are, and the awards that follow from them.

    `panels` and `rankings` are by round id, in the order of the rules; `panel` and `ranking` are the
    last one's.
    """

    footing: Footing
    panels: dict[str, Panel]
    rankings: dict[str, Ranking]
    sheets: dict[str, list[dict[str, Any]]]
    decisions: dict[str, Any]
    allocation: Allocation

    @property
    def panel(self) -> Panel:
        """The last round with its works."""
        return self.panels[self.footing.last.round_id]

    @property
    def ranking(self) -> Ranking:
        """The last round's ranking."""
        return self.rankings[self.footing.last.round_id]

    @property
    def ranking_json(self) -> dict[str, Any]:
        """The one ranking, or the standings of all rounds one after the other, each with its round."""
        if len(self.rankings) == 1:
            return self.ranking.to_json()
        whole: dict[str, Any] = {"standings": [], "ties": [], "unused": [], "rounds": []}
        for id, ranking in self.rankings.items():
            found = ranking.to_json()
            for key in ("standings", "ties", "unused"):
                whole[key] += [{**row, "round": id} for row in found[key]]
            whole["rounds"].append({"round": id, "sheets": self.panels[id].round.hash})
        return whole

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON of ranking, decisions and allocation."""
        return outcome_hash(self.ranking_json, self.decisions, self.allocation.to_json())


def outcome_hash(ranking: object, decisions: object, allocation: object) -> str:
    """SHA-256 (hex) of the canonical JSON of the three together."""
    whole = {"ranking": ranking, "decisions": decisions, "allocation": allocation}
    return hashlib.sha256(canonical(whole)).hexdigest()


def call_by_name(text: str, names: Mapping[str, str]) -> str:
    """`text` with the ids of works that core writes replaced by what people call them."""
    return named(text, names)


def standing_decisions(contest: Contest) -> list[Decision]:
    """The committee's decisions in force, oldest first. 1 SQL."""
    return list(Decision.objects.filter(contest=contest, replaced_at=None))


def outcome_of(contest: Contest, *, decisions: Sequence[Decision] | None = None) -> Outcome:
    """Compute the outcome as it stands (with `decisions` in the place of those in force). 7 SQL for
    one round, 5 more for each further one, at most 6 and 2 a vote for scopes, ratios and formulas.

    Raises `Refused` while a round is not sealed, or when its sheets are not those sealed.
    """
    footing = footing_of(contest)
    panels, sheets = footing.panels(), {}
    for id, panel in panels.items():
        sheets[id] = counted_sheets(panel)
        if seal_hash(sheets[id], panel.round.inputs) != panel.round.hash:
            raise Refused(
                "评分表与封存时的校验值不一致，不能据此评奖。数据没有改动；请联系系统管理员核查。"
            )
    made = standing_decisions(contest) if decisions is None else list(decisions)
    committee = panels[footing.last.round_id].rule.panel
    as_json = _as_json(made, committee)
    last = panels[footing.last.round_id]
    rules = last.rules.model_dump(mode="json")
    try:
        rankings = {
            id: ranking_of(panel, sheets[id], panel.round.inputs, decisions=_ties(panel, as_json))
            for id, panel in panels.items()
        }
        field = field_of(footing, panels, rankings) if footing.scoped else None
        if field is not None and field.votes:
            as_json["votes"] = {id: dict(sorted(rows.items())) for id, rows in field.votes.items()}
        allocation = allocate(
            rules["awards"],
            rankings[footing.last.round_id],
            decisions=[CommitteeDecision.from_json(one) for one in as_json["awards"]],
            orders=[AwardOrder.from_json(one) for one in as_json.get("orders", ())],
            vacated=[Vacated.from_json(one) for one in as_json.get("vacated", ())],
            eligible=_eligible(panels, field.entrants if field else ()),
            money_total=rules["money_total"],
            stacking=last.rules.stacking,
            field=field,
            max_per_unit=last.rules.award_max_per_unit,
            max_per_person=last.rules.award_max_per_person,
        )
    except (ScoringError, AllocationError) as error:
        raise Refused("不能计算评奖结果：" + "".join(error.problems)) from None
    return Outcome(footing, panels, rankings, sheets, as_json, allocation)


def _eligible(panels: Mapping[str, Panel], known: Any) -> list[str]:
    """The works that stand accepted, and those beside the rounds that a vote was held on."""
    states = {
        str(row.entry_id): row.entry.state == State.ACCEPTED
        for panel in panels.values()
        for row in panel.works
    }
    beside = [work for work in known if work not in states]
    return [*(work for work, good in states.items() if good), *beside]


def _ties(panel: Panel, decisions: Mapping[str, Any]) -> list[TieDecision]:
    inside = {str(row.entry_id) for row in panel.works}
    return [
        TieDecision.from_json(one) for one in decisions["ties"] if inside.issuperset(one["order"])
    ]


def _as_json(made: Sequence[Decision], committee: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ties": [
            {"order": one.entries, "by": _by(committee, one.minutes), "reason": one.reason}
            for one in made
            if one.kind == Kind.TIE
        ],
        "awards": [
            {
                "award": one.award_id,
                "works": one.entries,
                "by": committee,
                "reason": one.reason,
                "minutes": one.minutes,
            }
            for one in made
            if one.kind == Kind.AWARD
        ],
    }
    orders = [
        {
            "award": one.award_id,
            "order": one.entries,
            "by": _by(committee, one.minutes),
            "reason": one.reason,
        }
        for one in made
        if one.kind == Kind.ORDER
    ]
    vacated = [
        {
            "award": one.award_id,
            "places": one.places,
            "cell": one.cell,
            "by": _by(committee, one.minutes),
            "reason": one.reason,
        }
        for one in made
        if one.kind == Kind.VACANT
    ]
    # Said only where there is something to say: the hashes of older results stand.
    found |= {"orders": orders} if orders else {}
    return found | ({"vacated": vacated} if vacated else {})


def _by(committee: str, minutes: str) -> str:
    return f"{committee}（{minutes}）" if minutes else committee
