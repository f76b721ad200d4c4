"""A round's sheets and what comes from elsewhere, put through `core.scoring`.

What is taken from elsewhere is gathered once, at the seal, and kept with the round: a recount
reads that and never the rows of today.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from fengcai.apps.judging.counts import valid_votes
from fengcai.apps.judging.models import PenaltyRecord, Round
from fengcai.apps.judging.panel import Panel, panel_id, scheme_in
from fengcai.apps.refusals import Refused
from fengcai.core.ledger import canonical
from fengcai.core.rulebook import Rules
from fengcai.core.scoring import (
    Deduction,
    Extras,
    Ranking,
    Standing,
    TieDecision,
    exact,
    rank,
    vote_marks,
)

Inputs = dict[str, Any]


def inputs_of(panel: Panel, *, absent: Sequence[tuple[str, str]] = ()) -> Inputs:
    """What the round's score needs beside its sheets, as it stands now. Only what is needed is
    in it, so that it is empty where the sheets alone count. At most 3 SQL and 3 for each vote."""
    scheme, round = panel.scheme, panel.round
    works = {str(row.entry_id): row.entry for row in panel.works}
    found: Inputs = {}
    values: dict[str, dict[str, str]] = {}
    fulls: dict[str, str] = {}
    if scheme.panels or any(one.of == "panel" for one in scheme.components):
        own = {seat.label: panel_id(panel.rule, seat) for seat in panel.seats}
        found["panels"] = {label: id for label, id in own.items() if id}
    for one in scheme.components:
        if one.of == "round":
            before = _sealed(round, one.ref, panel.rules)
            figures = _figures(before)
            values[one.id] = {work: figures[work] for work in works if work in figures}
            fulls[one.id] = str(scheme_in(panel.rules, before.round_id).total)
        elif one.of == "vote":
            vote = panel.rules.vote(one.ref)
            assert vote is not None  # the rulebook was checked
            # The best of the vote is the best of all that stood in it, also those of other rounds.
            counts = valid_votes(round.contest, one.ref)
            found.setdefault("votes", {})[one.ref] = counts
            marks = vote_marks(vote.model_dump(mode="json"), counts)
            values[one.id] = {mark.work: str(mark.value) for mark in marks if mark.work in works}
            fulls[one.id] = str(vote.full)
        elif one.of == "field":
            values[one.id] = {
                work: number
                for work, entry in works.items()
                if (number := str(entry.fields.get(one.ref, "")).strip())
                and exact(number) is not None
            }
    found |= {"values": values} if values else {}
    found |= {"fulls": fulls} if fulls else {}
    earlier = [step.id for step in scheme.tie_break if step.by == "round"]
    if earlier:
        found["rounds"] = {id: _figures(_sealed(round, id, panel.rules)) for id in earlier}
    records = (
        PenaltyRecord.objects.filter(round=round, withdrawn_at=None) if scheme.penalties else ()
    )
    if records:
        found["deductions"] = [
            {
                "work": str(row.entry_id),
                "penalty": row.penalty_id,
                "times": row.times,
                **({"why": row.reason} if row.performance_id else {}),
            }
            for row in records
            if str(row.entry_id) in works
        ]
    if absent:
        found["absent"] = [list(pair) for pair in sorted(absent)]
    if any(step.by == "lot" for step in scheme.tie_break):
        found["seed"] = round.seed
    return found


def ranking_of(
    panel: Panel,
    sheets: Iterable[Mapping[str, Any]],
    inputs: Inputs,
    *,
    decisions: Iterable[TieDecision] = (),
) -> Ranking:
    """The ranking by sheets and inputs. A screening ranks nobody. Raises `ScoringError`. No SQL."""
    works = [str(row.entry_id) for row in panel.works]
    if not panel.scheme.criteria and not panel.scheme.components:
        text = "本轮只作审查，不评分、不排名次。"
        return Ranking(tuple(Standing.unranked(work, text) for work in sorted(works)))
    return rank(
        panel.scheme,
        sheets,
        works=works,
        decisions=decisions,
        submitted=submitted_at(panel),
        extras=_extras(inputs),
    )


def submitted_at(panel: Panel) -> dict[str, datetime]:
    """When each work was handed in, where it was."""
    return {
        str(row.entry_id): row.entry.submitted_at
        for row in panel.works
        if row.entry.submitted_at is not None
    }


def seal_hash(sheets: Sequence[Mapping[str, Any]], inputs: Inputs) -> str:
    """SHA-256 (hex) of what the seal closed: the sheets, and beside them what else went in."""
    whole: Any = {"sheets": list(sheets), "inputs": inputs} if inputs else list(sheets)
    return hashlib.sha256(canonical(whole)).hexdigest()


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def works_named(text: str) -> list[str]:
    """The ids of works that a text of core speaks of."""
    return _ID.findall(text)


def named(text: str, names: Mapping[str, str]) -> str:
    """`text` with the ids of works that core writes replaced by what people call them."""
    return _ID.sub(lambda found: names.get(found[0], found[0]), text)


def _extras(inputs: Inputs) -> Extras:
    values = {
        id: {work: Fraction(value) for work, value in given.items()}
        for id, given in inputs.get("values", {}).items()
    }
    return Extras(
        panels=inputs.get("panels", {}),
        values=values,
        fulls=inputs.get("fulls", {}),
        rounds=inputs.get("rounds", {}),
        deductions=[Deduction.from_json(row) for row in inputs.get("deductions", ())],
        absent=[(judge, work) for judge, work in inputs.get("absent", ())],
        seed=inputs.get("seed", ""),
    )


def _sealed(round: Round, id: str, rules: Rules) -> Round:
    found = Round.objects.filter(
        contest=round.contest_id, round_id=id, state=Round.State.SEALED
    ).first()
    if found is None:
        rule = rules.round(id)
        name = rule.name if rule else id
        raise Refused(f"要用“{name}”的得分，但它还没有封存。")
    return found


def _figures(round: Round) -> dict[str, str]:
    standings = round.ranking["standings"] if round.ranking else ()
    return {one["work"]: one["figure"] for one in standings if one["figure"] is not None}
