"""A live round: the order drawn by lot, times measured, what too long costs, nothing left out."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.awards.actions import allocate
from fengcai.apps.awards.queries import result_page
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import (
    draw_order,
    record_penalty,
    record_time,
    seal_round,
    withdraw_penalty,
)
from fengcai.apps.judging.models import Draw, PenaltyRecord, Performance, Round, RoundEntry
from fengcai.apps.judging.queries import judge_stack, stage_page
from fengcai.apps.judging.seeds import derived
from fengcai.apps.judging.staging import spoken
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.core.assignment import draw
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Live, Penalty
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H5")]

CITE = make.example()[1].rounds[0].cite
OVER = Penalty(
    id="time", name="超时", points=Decimal("0.5"), per=timedelta(seconds=15), max=Decimal(2),
    cite=CITE,
)  # fmt: skip


def live(
    order: str = "draw", *, limit: int | None = 480, least: int | None = None,
    penalties: Any = (OVER,),
) -> Any:  # fmt: skip
    def change(rules: Rules) -> Rules:
        base = rules.rounds[0]
        scheme = base.scheme.model_copy(update={"penalties": penalties})
        rule = Live(
            order=order, time_limit=None if limit is None else timedelta(seconds=limit),
            questions=timedelta(minutes=2), cite=CITE,
            time_min=None if least is None else timedelta(seconds=least),
        )  # fmt: skip
        round = base.model_copy(update={"live": rule, "scheme": scheme, "kind": "live"})
        return rules.model_copy(
            update={"rounds": (round,), "awards": rules.awards[:1], "money_total": None}
        )

    return change


def opened(works: int = 4, **more: Any) -> Stage:
    return make.opened(make.contest(works=works, judges=3, change=live(**more)))


def drawn(stage: Stage, reason: str = "") -> Draw:
    return draw_order(round=stage.open, reason=reason, by=stage.organiser, at=NOON)


def timed(stage: Stage, work: int, seconds: str, reason: str = "") -> Performance:
    return record_time(
        round=stage.open, entry_id=stage.entries[work].pk, seconds=Decimal(seconds),
        reason=reason, by=stage.organiser, at=NOON,
    )  # fmt: skip


def test_the_order_is_drawn_from_the_seed_that_was_committed() -> None:
    stage = opened()
    committed = AuditRecord.objects.get(action="judging.open").details["seed_sha256"]
    made = drawn(stage)
    works = [str(entry.pk) for entry in stage.entries]
    assert hashlib.sha256(bytes.fromhex(stage.open.seed)).hexdigest() == committed
    assert made.seed == derived(stage.open.seed, "draw 1")
    assert tuple(made.order) == draw(works, seed=made.seed)
    assert AuditRecord.objects.get(action="judging.draw").details == {
        "draw": 1, "seed": made.seed, "order": made.order,
    }  # fmt: skip
    rows = RoundEntry.objects.filter(round=stage.round).order_by("number")
    assert [(row.number, str(row.entry_id)) for row in rows] == list(enumerate(made.order, 1))
    cards = judge_stack(round=stage.open, user=stage.judges[0]).cards
    assert [str(card.entry_id) for card in cards] == made.order
    assert [card.number for card in cards] == [1, 2, 3, 4]


def test_the_order_is_drawn_once_and_again_only_with_a_reason() -> None:
    stage = opened()
    first = drawn(stage)
    with pytest.raises(Refused) as caught:
        drawn(stage)
    assert caught.value.fields == {"reason": "请填写"}
    second = drawn(stage, "一位选手未到场抽签，重抽")
    assert (second.number, second.seed) == (2, derived(stage.open.seed, "draw 2"))
    assert second.seed != first.seed
    rows = RoundEntry.objects.filter(round=stage.round).order_by("number")
    assert [str(row.entry_id) for row in rows] == second.order
    timed(stage, 0, "400")
    with pytest.raises(Refused, match="不能重抽"):
        drawn(stage, "再来")
    with pytest.raises(NotPermitted):
        draw_order(round=stage.open, by=stage.judges[0], at=NOON)


def test_marks_fix_the_order_too() -> None:
    stage = opened()
    drawn(stage)
    make.mark(stage, stage.judges[0], stage.entries[0], 80)
    with pytest.raises(Refused, match="不能重抽"):
        drawn(stage, "再来")


def test_what_fell_out_before_the_draw_has_no_place_in_it() -> None:
    stage = opened()
    Entry.objects.filter(pk=stage.entries[1].pk).update(state=State.WITHDRAWN)
    made = drawn(stage)
    assert len(made.order) == 3
    last = RoundEntry.objects.filter(round=stage.round).order_by("number").last()
    assert last is not None
    assert (last.entry_id, last.number) == (stage.entries[1].pk, 4)


@pytest.mark.parametrize("order", ["number", "listed"])
def test_without_the_rule_nothing_is_drawn(order: str) -> None:
    stage = opened(order=order)
    with pytest.raises(Refused, match="没有规定这一轮抽签"):
        drawn(stage)
    assert stage_page(round=stage.open, user=stage.organiser).drawn
    assert timed(stage, 0, "400").seconds == 400


@pytest.mark.parametrize(
    ("seconds", "times", "points", "figure"),
    [
        ("479.9", [], [], "90.00"),
        ("480", [], [], "90.00"),
        ("480.1", [1], ["1/2"], "89.50"),
        ("495", [1], ["1/2"], "89.50"),
        ("495.1", [2], ["1"], "89.00"),
        ("511", [3], ["3/2"], "88.50"),
        ("600", [8], ["2"], "88.00"),
    ],
)
def test_what_too_long_costs(
    seconds: str, times: list[int], points: list[str], figure: str
) -> None:
    """Eight minutes, the bound itself allowed; half a point for every 15 seconds begun, at most 2."""
    stage = opened(works=1)
    drawn(stage)
    timed(stage, 0, seconds)
    assert [row.times for row in PenaltyRecord.objects.all()] == times
    make.judged(stage, totals=lambda work, judge: 90)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    (one,) = sealed.ranking["standings"]
    assert [taken["points"] for taken in one.get("taken", [])] == points
    assert one["figure"] == figure


def test_the_measure_stands_in_the_scores_explanation() -> None:
    stage = opened(works=1)
    drawn(stage)
    timed(stage, 0, "511")
    make.judged(stage, totals=lambda work, judge: 90)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert sealed.ranking is not None
    assert sealed.ranking["standings"][0]["trimming"].endswith(
        "超时：用时 8 分 31 秒，限时 8 分钟，超出 31 秒，每 15 秒扣 0.5 分，计 3 次，扣 1.5 分。"
    )
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert "用时 8 分 31 秒" in page.ranking[0].trimming
    assert page.ranking[0].figure == "88.50"


def test_a_correction_needs_a_reason_and_mends_the_penalty() -> None:
    stage = opened(works=1)
    drawn(stage)
    first = timed(stage, 0, "511")
    assert timed(stage, 0, "511.0") == first
    with pytest.raises(Refused, match="更正用时，请写明原因"):
        timed(stage, 0, "481")
    timed(stage, 0, "481", "秒表误按")
    assert list(
        PenaltyRecord.objects.order_by("pk").values_list("times", "withdrawn_at")
    ) == [(3, NOON), (1, None)]  # fmt: skip
    timed(stage, 0, "470", "录像核对")
    assert not PenaltyRecord.objects.filter(withdrawn_at=None).exists()
    assert Performance.objects.filter(replaced_at=None).get().seconds == 470
    assert Performance.objects.count() == 3


def test_what_follows_from_the_time_is_not_taken_back_by_hand() -> None:
    stage = opened(works=1)
    drawn(stage)
    timed(stage, 0, "511")
    row = PenaltyRecord.objects.get()
    with pytest.raises(Refused, match="请在现场页更正用时"):
        withdraw_penalty(record_id=row.pk, round=stage.open, by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="请在现场页更正用时"):
        record_penalty(
            round=stage.open, entry_id=stage.entries[0].pk, penalty_id="time", reason="从轻",
            over=timedelta(seconds=1), by=stage.organiser, at=NOON,
        )  # fmt: skip
    assert PenaltyRecord.objects.get(withdrawn_at=None).times == 3


def test_a_penalty_by_hand_stays_where_the_time_was_kept_to() -> None:
    """Speaking too short costs points too; that a person records."""
    stage = opened(works=1)
    drawn(stage)
    record_penalty(
        round=stage.open, entry_id=stage.entries[0].pk, penalty_id="time", reason="不足 6 分钟",
        over=timedelta(seconds=20), by=stage.organiser, at=NOON,
    )  # fmt: skip
    timed(stage, 0, "340")
    assert PenaltyRecord.objects.get(withdrawn_at=None).reason == "不足 6 分钟"


def test_timing_waits_for_the_draw_and_the_seal_for_both() -> None:
    stage = opened(works=2)
    with pytest.raises(Refused, match="请先抽签"):
        timed(stage, 0, "400")
    make.judged(stage)
    with pytest.raises(Refused, match="还没有抽签"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)
    made = drawn(stage)
    timed(stage, 0, "400")
    place = made.order.index(str(stage.entries[1].pk)) + 1
    with pytest.raises(Refused) as caught:
        seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert caught.value.message == (
        f"{place} 号《仁心故事之2》还没有记录用时，超时与否无从算起。请在现场页补记，再封存。"
    )
    timed(stage, 1, "400")
    assert seal_round(round=stage.open, by=stage.organiser, at=NOON).state == "sealed"
    with pytest.raises(Refused, match="已封存"):
        timed(stage, 1, "401", "更正")


@pytest.mark.parametrize("seconds", ["0", "-3", "14401", "NaN", "Infinity"])
def test_times_that_cannot_be_are_refused(seconds: str) -> None:
    stage = opened(works=1)
    drawn(stage)
    with pytest.raises(Refused, match="例如 7:45"):
        timed(stage, 0, seconds)


def test_a_round_without_a_limit_is_not_timed() -> None:
    stage = opened(works=1, limit=None)
    drawn(stage)
    with pytest.raises(Refused, match="没有规定这一轮的时限"):
        timed(stage, 0, "400")
    make.judged(stage)
    assert seal_round(round=stage.open, by=stage.organiser, at=NOON).state == "sealed"


def test_of_several_penalties_by_time_a_person_chooses() -> None:
    other = OVER.model_copy(update={"id": "short", "name": "不足"})
    stage = opened(works=1, penalties=(OVER, other))
    drawn(stage)
    timed(stage, 0, "511")
    page = stage_page(round=stage.open, user=stage.organiser)
    assert (page.choose, page.rows[0].over, page.rows[0].cost) == (True, "31 秒", "")
    assert not PenaltyRecord.objects.exists()


EITHER = OVER.model_copy(update={"name": "超时或不足", "against": "either"})
LONG = OVER.model_copy(update={"against": "too_long"})
SHORT = OVER.model_copy(
    update={"id": "short", "name": "不足", "points": Decimal(1), "per": timedelta(seconds=30),
            "against": "too_short"}
)  # fmt: skip
ONCE = SHORT.model_copy(update={"per": None, "max": None})


@pytest.mark.parametrize(
    ("penalties", "seconds", "taken", "why"),
    [
        ((EITHER,), "360", [], ""),
        ((EITHER,), "359.9", [("time", 1)], "用时 5 分 59.9 秒，至少 6 分钟，不足 0.1 秒，每 15 秒扣 0.5 分，计 1 次"),
        ((EITHER,), "330", [("time", 2)], "用时 5 分 30 秒，至少 6 分钟，不足 30 秒，每 15 秒扣 0.5 分，计 2 次"),
        ((EITHER,), "511", [("time", 3)], "用时 8 分 31 秒，限时 8 分钟，超出 31 秒，每 15 秒扣 0.5 分，计 3 次"),
        ((LONG, SHORT), "511", [("time", 3)], "用时 8 分 31 秒，限时 8 分钟，超出 31 秒，每 15 秒扣 0.5 分，计 3 次"),
        ((LONG, SHORT), "329", [("short", 2)], "用时 5 分 29 秒，至少 6 分钟，不足 31 秒，每 30 秒扣 1 分，计 2 次"),
        ((LONG, ONCE), "100", [("short", 1)], "用时 1 分 40 秒，至少 6 分钟，不足 4 分 20 秒"),
        ((LONG,), "100", [], ""),  # what is said to count too long alone costs nothing here
        ((OVER,), "100", [], ""),
    ],
)  # fmt: skip
def test_what_too_short_costs(
    penalties: Any, seconds: str, taken: list[tuple[str, int]], why: str
) -> None:
    stage = opened(works=1, least=360, penalties=penalties)
    drawn(stage)
    timed(stage, 0, seconds)
    rows = list(PenaltyRecord.objects.filter(withdrawn_at=None))
    assert [(row.penalty_id, row.times) for row in rows] == taken
    assert [row.reason for row in rows] == [why] * len(taken)


def test_a_correction_from_too_short_to_too_long_takes_the_other_penalty() -> None:
    stage = opened(works=1, least=360, penalties=(LONG, SHORT))
    drawn(stage)
    timed(stage, 0, "329")
    timed(stage, 0, "481", "秒表误按")
    kept = PenaltyRecord.objects.filter(withdrawn_at=None).get()
    assert (kept.penalty_id, kept.times) == ("time", 1)
    page = stage_page(round=stage.open, user=stage.organiser)
    assert (page.limit, page.choose) == ("每件 6 分钟至 8 分钟", False)
    assert page.penalty == "超时：每 15 秒扣 0.5 分；不足：每 30 秒扣 1 分"
    assert (page.rows[0].badge, page.rows[0].over) == ("超时", "1 秒")


def test_a_round_with_a_least_time_alone_is_timed(client: Client) -> None:
    stage = opened(works=2, limit=None, least=360, penalties=(ONCE,))
    drawn(stage)
    timed(stage, 0, "350")
    make.judged(stage)
    with pytest.raises(Refused, match="超时或不足与否无从算起"):
        seal_round(round=stage.open, by=stage.organiser, at=NOON)
    client.force_login(stage.organiser)
    where = reverse("office-stage", args=[stage.contest.slug, "review"])
    page = client.get(where).content.decode()
    assert "每件至少 6 分钟" in page and "不足：扣 1 分" in page
    assert "用时 5 分 50 秒，至少 6 分钟，不足 10 秒" in page


def test_of_two_penalties_against_one_side_a_person_chooses() -> None:
    stage = opened(works=1, least=360, penalties=(LONG, SHORT, ONCE))
    drawn(stage)
    timed(stage, 0, "300")
    page = stage_page(round=stage.open, user=stage.organiser)
    assert (page.choose, page.rows[0].badge, page.rows[0].cost) == (True, "不足", "")
    timed(stage, 0, "511", "更正")  # the other side has one alone
    assert PenaltyRecord.objects.filter(withdrawn_at=None).get().penalty_id == "time"


def test_a_round_that_is_not_live_has_no_stage() -> None:
    stage = make.opened(make.contest(works=1, judges=3))
    with pytest.raises(NotFound, match="不是现场评审"):
        stage_page(round=stage.open, user=stage.organiser)
    with pytest.raises(Refused, match="没有规定"):
        drawn(stage)


def test_a_round_from_before_there_were_draws_can_be_drawn() -> None:
    stage = opened(works=2)
    Round.objects.update(seed="")
    assert len(drawn(stage).seed) == 64


def test_the_page_asks_the_same_number_of_statements_for_few_and_for_many() -> None:
    counts = []
    for works in (2, 24):
        stage = make.contest(works=works, judges=3, slug=f"s{works}", change=live())
        make.opened(stage)
        drawn(stage)
        round = stage.open
        with CaptureQueriesContext(connection) as captured:
            stage_page(round=round, user=stage.organiser)
        counts.append(len(captured))
    assert counts == [5, 5]


def test_the_page_draws_times_and_prints(client: Client) -> None:
    stage = opened(works=3)
    client.force_login(stage.organiser)
    where = [stage.contest.slug, "review"]
    office = client.get(reverse("office-round", args=where[:1])).content.decode()
    assert reverse("office-stage", args=where) in office
    page = client.get(reverse("office-stage", args=where)).content.decode()
    assert "抽签定出场次序" in page
    assert "仁心故事" not in page
    act = reverse("office-stage-draw", args=where)
    assert client.post(act).status_code == 302
    assert client.post(act).status_code == 422
    entry = stage.entries[0].pk
    clock = reverse("office-stage-time", args=[*where, entry])
    refused = client.post(clock, {"seconds": "八分"})
    assert refused.status_code == 422
    assert 'value="八分"' in refused.content.decode()
    assert client.post(clock, {"seconds": "8：31.0"}).status_code == 302
    assert Performance.objects.get().seconds == Decimal("511.0")
    page = client.get(reverse("office-stage", args=where)).content.decode()
    assert "8 分 31 秒" in page
    assert "超出 31 秒，每 15 秒扣 0.5 分，计 3 次" in page
    assert "已计时 1 / 3" in page
    client.force_login(stage.judges[0])
    assert client.get(reverse("office-stage", args=where)).status_code == 403
    assert client.post(clock, {"seconds": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("seconds", "said"),
    [("511", "8 分 31 秒"), ("480.0", "8 分钟"), ("31.5", "31.5 秒"), ("0", "0 秒"),
     ("60.1", "1 分 0.1 秒"), ("3600", "60 分钟")],
)  # fmt: skip
def test_times_are_spoken(seconds: str, said: str) -> None:
    assert spoken(Decimal(seconds)) == said
