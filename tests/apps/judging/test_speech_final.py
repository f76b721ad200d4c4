"""The example `speech-final-2026` carried out: two panels, outside experts, a draw, times, one score."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fengcai.apps.awards.outcome import outcome_of
from fengcai.apps.judging.actions import (
    draw_order,
    hand_in,
    open_round,
    record_time,
    save_sheet,
    seal_round,
)
from fengcai.apps.judging.manning import Seating
from fengcai.apps.judging.queries import judge_work
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from tests.core.rulebook.samples import settled
from tests.factories import judging as make
from tests.factories.judging import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H5")]

FULL = {"speaking": "30", "structure": "20", "slides": "10", "answers": "10"}
OUTSIDE = "院外专家"


def final_alone(base: Rules) -> Rules:
    """The example's final with its panels, over the works of the stage at once."""
    book = settled("speech-final-2026")
    final = book.round("final")
    assert final is not None
    alone = final.model_copy(update={"input": "submission", "window": None, "tracks": ()})
    return base.model_copy(
        update={"language": "2", "rounds": (alone,), "panels": book.panels, "votes": (),
                "awards": base.awards[:1], "money_total": None}
    )  # fmt: skip


def test_the_speech_final_of_the_examples() -> None:
    stage = make.contest(works=1, judges=10, change=final_alone)
    experts, audience = stage.judges[:7], stage.judges[7:]
    seating = {judge.pk: Seating("experts", (OUTSIDE,)) for judge in experts[:3]}
    seating |= {judge.pk: Seating("experts") for judge in experts[3:]}
    seating |= {judge.pk: Seating("audience") for judge in audience}

    def begin(short: str = "") -> None:
        stage.round = open_round(
            contest=stage.contest, round_id="final", seating=seating, short=short,
            by=stage.organiser, at=NOON,
        )  # fmt: skip

    with pytest.raises(Refused, match="“专家评委”还缺院外专家 1 位：规则至少 4 位，现有 3 位"):
        begin()
    seating[experts[3].pk] = Seating("experts", (OUTSIDE,))
    with pytest.raises(Refused, match="“大众评审”现有 3 位评委，规则写明 31 位"):
        begin()
    begin("大众评审到场 3 人")
    for judge in stage.judges:
        make.sign_commitment(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    entry = stage.entries[0]
    seen = judge_work(round=stage.open, user=audience[0], entry_id=entry.pk)
    assert [one.name for one in seen.criteria] == ["总体印象"]

    draw_order(round=stage.open, by=stage.organiser, at=NOON)
    record_time(
        round=stage.open, entry_id=entry.pk, seconds=Decimal(511), by=stage.organiser, at=NOON
    )
    given = [
        *({"science": mark, **FULL} for mark in ("10", "12", "14", "16", "18", "20", "30")),
        *({"impression": mark} for mark in ("90", "80", "100")),
    ]
    for judge, values in zip(stage.judges, given, strict=True):
        save_sheet(
            round=stage.open, entry_id=entry.pk, values=values, comment="", expected_version=0,
            by=judge, at=NOON,
        )  # fmt: skip
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    (one,) = sealed.ranking["standings"]
    # (82 + 84 + 86 + 88 + 90) ÷ 5 = 86 × 70 % + 90 × 30 % = 87.2, less 3 × 0.5
    assert [part["value"] for part in one["parts"]] == ["86", "90"]
    assert one["figure"] == "85.70"
    assert {mark["judge"]: mark["dropped"] for mark in one["marks"] if mark["dropped"]} == {
        "J7": "high", "J1": "low",
    }  # fmt: skip
    assert one["trimming"] == (
        "专家评委平均分：7 份有效评分，去掉 1 个最高分、1 个最低分，其余 5 份平均。"
        "大众评审平均分：3 份有效评分，全部计入平均。"
        "专家评委平均分 86/100 × 70%；大众评审平均分 90/100 × 30%。"
        "超时或不足：用时 8 分 31 秒，限时 8 分钟，超出 31 秒，每 15 秒扣 0.5 分，计 3 次，扣 1.5 分。"
    )
    again = outcome_of(stage.contest).rankings["final"].of(str(entry.pk))
    assert (f"{again.figure:f}", again.trimming) == ("85.70", one["trimming"])
