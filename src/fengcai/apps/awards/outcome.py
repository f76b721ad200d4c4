"""The outcome of a sealed round: its sheets and the committee's decisions, put through core again.

It reads rows and computes; it writes nothing, so that a page, an approval and a recount agree.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fengcai.apps.awards.models import Decision
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.panel import Panel, counted_sheets, panel_of, sheets_hash
from fengcai.apps.refusals import Refused
from fengcai.core.allocation import (
    Allocation,
    AllocationError,
    CommitteeDecision,
    allocate,
)
from fengcai.core.ledger import canonical
from fengcai.core.scoring import Ranking, ScoringError, TieDecision, rank


@dataclass(frozen=True)
class Outcome:
    """A ranking with its ties decided as far as they are, and the awards that follow from it."""

    panel: Panel
    sheets: list[dict[str, Any]]
    decisions: dict[str, Any]
    ranking: Ranking
    allocation: Allocation

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON of ranking, decisions and allocation."""
        return outcome_hash(self.ranking.to_json(), self.decisions, self.allocation.to_json())


def outcome_hash(ranking: object, decisions: object, allocation: object) -> str:
    """SHA-256 (hex) of the canonical JSON of the three together."""
    whole = {"ranking": ranking, "decisions": decisions, "allocation": allocation}
    return hashlib.sha256(canonical(whole)).hexdigest()


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def call_by_name(text: str, names: Mapping[str, str]) -> str:
    """`text` with the ids of works that core writes replaced by what people call them."""
    return _ID.sub(lambda found: names.get(found[0], found[0]), text)


def sealed_round(contest: Contest) -> Round:
    """The round that the awards rest on: the last of the rules. Raises `Refused` until its seal."""
    rules = rules_of(contest)
    if any(award.tracks for award in rules.awards) or any(one.tracks for one in rules.rounds):
        raise Refused("本活动按类别分别评审和评奖，目前还不能由系统计算；评分都已保存，可以导出。")
    last = rules.rounds[-1]
    round = (
        Round.objects.filter(contest=contest, round_id=last.id, state=Round.State.SEALED)
        .select_related("contest__version", "rulebook")
        .first()
    )
    if round is None:
        raise Refused(f"“{last.name}”还没有封存，不能评定奖项。请先完成评审并封存。")
    return round


def standing_decisions(contest: Contest) -> list[Decision]:
    """The committee's decisions in force, oldest first. 1 SQL."""
    return list(Decision.objects.filter(contest=contest, replaced_at=None))


def outcome_of(contest: Contest, *, decisions: Sequence[Decision] | None = None) -> Outcome:
    """Compute the outcome as it stands (with `decisions` in the place of those in force). 7 SQL.

    Raises `Refused` while the round is not sealed, or when its sheets are not those sealed.
    """
    round = sealed_round(contest)
    panel = panel_of(round)
    sheets = counted_sheets(panel)
    if sheets_hash(sheets) != round.hash:
        raise Refused(
            "评分表与封存时的校验值不一致，不能据此评奖。数据没有改动；请联系系统管理员核查。"
        )
    made = standing_decisions(contest) if decisions is None else list(decisions)
    committee = panel.rule.panel
    ties = [one for one in made if one.kind == Decision.Kind.TIE]
    awards = [one for one in made if one.kind == Decision.Kind.AWARD]
    as_json = {
        "ties": [
            {"order": one.entries, "by": _by(committee, one.minutes), "reason": one.reason}
            for one in ties
        ],
        "awards": [
            {
                "award": one.award_id,
                "works": one.entries,
                "by": committee,
                "reason": one.reason,
                "minutes": one.minutes,
            }
            for one in awards
        ],
    }
    rules = panel.rules.model_dump(mode="json")
    try:
        ranking = rank(
            panel.scheme,
            sheets,
            works=[str(row.entry_id) for row in panel.works],
            decisions=[TieDecision.from_json(one) for one in as_json["ties"]],
            submitted={
                str(row.entry_id): row.entry.submitted_at
                for row in panel.works
                if row.entry.submitted_at is not None
            },
        )
        allocation = allocate(
            rules["awards"],
            ranking,
            decisions=[CommitteeDecision.from_json(one) for one in as_json["awards"]],
            eligible=[
                str(row.entry_id) for row in panel.works if row.entry.state == State.ACCEPTED
            ],
            money_total=rules["money_total"],
            stacking=panel.rules.stacking,
        )
    except (ScoringError, AllocationError) as error:
        raise Refused("不能计算评奖结果：" + "".join(error.problems)) from None
    return Outcome(panel, sheets, as_json, ranking, allocation)


def _by(committee: str, minutes: str) -> str:
    return f"{committee}（{minutes}）" if minutes else committee
