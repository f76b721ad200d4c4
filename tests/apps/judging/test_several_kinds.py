"""Rounds of other kinds: a screening, two panels, sheets that never came, penalties, a lot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.judging.actions import (
    assign_panel,
    confirm_shortlist,
    open_round,
    record_penalty,
    seal_round,
    set_aside,
    withdraw_penalty,
)
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.shortlisting import choice_of
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Advance, Component, Panel, Penalty, TieBreak
from tests.factories import judging as make
from tests.factories.judging import NOON

pytestmark = pytest.mark.django_db


def scheme(**changes: Any) -> Callable[[Rules], Rules]:
    def change(rules: Rules) -> Rules:
        base = rules.rounds[0]
        more = base.model_copy(update={"scheme": base.scheme.model_copy(update=changes)})
        return rules.model_copy(update={"rounds": (more,), "panels": _panels(rules)})

    return change


def _panels(rules: Rules) -> tuple[Panel, ...]:
    cite = rules.rounds[0].cite
    return tuple(Panel(id=id, name=name, cite=cite) for id, name in (("e", "专家"), ("a", "大众")))


def part(rules_cite: Any, id: str, weight: str) -> Component:
    return Component(id=id, name=id, of="panel", ref=id, weight=Decimal(weight), cite=rules_cite)


CITE = make.example()[1].rounds[0].cite


@pytest.mark.clause("H5")
def test_a_screening_lets_all_through_but_those_set_aside() -> None:
    def screened(rules: Rules) -> Rules:
        base = rules.rounds[0]
        bare = base.scheme.model_copy(
            update={"criteria": (), "total": Decimal(0), "tie_break": (), "aggregate": "mean",
                    "drop_high": 0, "drop_low": 0, "drop_only_if_at_least": 0}
        )  # fmt: skip
        first = base.model_copy(
            update={"id": "check", "name": "形式审查", "kind": "screening", "scheme": bare,
                    "min_judges": 0, "advance": Advance(by="all", cite=CITE)}
        )  # fmt: skip
        return rules.model_copy(
            update={"rounds": (first, base.model_copy(update={"input": "check"}))}
        )

    stage = make.contest(works=3, judges=3, change=screened)
    round = open_round(contest=stage.contest, round_id="check", by=stage.organiser, at=NOON)
    assert round.seats.count() == 0
    round = seal_round(round=round, by=stage.organiser, at=NOON)
    out = stage.entries[1]
    set_aside(
        round=round,
        entry_id=out.pk,
        reason="缺少授权书",
        minutes="审查表 2 号",
        by=stage.organiser,
        at=NOON,
    )
    assert (
        choice_of(round).selection.of(str(out.pk)).reason == "不予通过：缺少授权书（审查表 2 号）。"
    )
    confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    after = open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=NOON)
    assert [row.entry_id for row in after.entries.all()] == [
        stage.entries[0].pk, stage.entries[2].pk,
    ]  # fmt: skip


@pytest.mark.clause("H5")
def test_two_panels_are_weighed_seventy_to_thirty() -> None:
    parts = (part(CITE, "e", "0.7"), part(CITE, "a", "0.3"))
    stage = make.opened(make.contest(works=2, judges=3, change=scheme(components=parts)))
    stage = make.judged(
        stage, totals=lambda work, judge: [[90, 80, 50], [70, 70, 100]][work][judge]
    )
    with pytest.raises(Refused, match="没有编入评委组"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="没有这个评委组"):
        assign_panel(
            round=stage.open, judge=stage.judges[0], panel="x", by=stage.organiser, at=NOON
        )
    for judge, panel in zip(stage.judges, ("e", "e", "a"), strict=True):
        assign_panel(round=stage.open, judge=judge, panel=panel, by=stage.organiser, at=NOON)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    assert [row["figure"] for row in sealed.ranking["standings"]] == ["79.00", "74.50"]
    assert sealed.inputs["panels"] == {"J1": "e", "J2": "e", "J3": "a"}


@pytest.mark.parametrize(("missing", "figure"), [("leave_out", "80.00"), ("zero", "60.00")])
def test_sheets_that_never_came_count_as_the_rules_say(missing: str, figure: str) -> None:
    change = scheme(missing=missing)
    stage = make.opened(make.contest(works=1, judges=4, change=change))
    panel = stage.judges
    stage.judges = panel[:3]
    make.judged(stage, totals=lambda work, judge: 80)
    with pytest.raises(Refused, match="确认后封存"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON, without_missing=True)
    assert sealed.ranking is not None
    assert sealed.ranking["standings"][0]["figure"] == figure
    assert sealed.inputs["absent"] == [["J4", str(stage.entries[0].pk)]]
    assert (
        AuditRecord.objects.get(action="judging.seal").details["absent"] == sealed.inputs["absent"]
    )


@pytest.mark.clause("H5")
def test_penalties_are_recorded_taken_back_and_counted() -> None:
    over = Penalty(
        id="over",
        name="超时",
        points=Decimal(2),
        per=timedelta(seconds=30),
        max=Decimal(5),
        cite=CITE,
    )
    stage = make.opened(make.contest(works=1, judges=3, change=scheme(penalties=(over,))))
    given: dict[str, Any] = {
        "round": stage.open, "entry_id": stage.entries[0].pk, "penalty_id": "over", "by": stage.organiser,
        "at": NOON,
    }  # fmt: skip
    with pytest.raises(Refused, match="超出多少时间"):
        record_penalty(**given, reason="超时")
    with pytest.raises(Refused, match="事由"):
        record_penalty(**given, reason=" ", over=timedelta(seconds=1))
    first = record_penalty(**given, reason="超时", over=timedelta(seconds=200))
    assert first.times == 7
    withdraw_penalty(record_id=first.pk, round=stage.open, by=stage.organiser, at=NOON)
    assert record_penalty(**given, reason="超时 31 秒", over=timedelta(seconds=31)).times == 2
    make.judged(stage, totals=lambda work, judge: 90)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    assert sealed.ranking["standings"][0]["figure"] == "86.00"


def test_a_lot_is_committed_at_the_opening_and_told_at_the_seal() -> None:
    chain = (TieBreak(by="lot"),)
    stage = make.opened(make.contest(works=4, judges=3, change=scheme(tie_break=chain)))
    committed = AuditRecord.objects.get(action="judging.open").details["seed_sha256"]
    make.judged(stage, totals=lambda work, judge: 80)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    assert [row["rank"] for row in sealed.ranking["standings"]] == [1, 2, 3, 4]

    seed = AuditRecord.objects.get(action="judging.seal").details["seed"]
    assert hashlib.sha256(bytes.fromhex(seed)).hexdigest() == committed
    assert Round.objects.get().inputs["seed"] == seed
