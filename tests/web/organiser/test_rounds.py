"""A round from the office's side: refusals name the reason, nothing typed is lost."""

from __future__ import annotations

import time_machine
from django.urls import reverse

from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import Round, Seat
from tests.factories import judging as factory


def url(stage, name, *rest):
    return reverse(f"office-round-{name}", args=[stage.contest.slug, "review", *rest])


@time_machine.travel(factory.NOON, tick=False)
def test_opening_early_must_be_said(accepted, signed_in):
    client = signed_in(accepted.organiser)
    unit = accepted.units[0]
    factory.accepted(accepted, unit, 99, state=State.CONFIRMED)
    refused = client.post(url(accepted, "open"))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "还在等待审核" in page
    assert 'name="early"' in page
    assert not Round.objects.exists()
    assert client.post(url(accepted, "open"), {"early": "yes"}).status_code == 302
    assert Round.objects.get().entries.count() == 12
    again = client.post(url(accepted, "open"))
    assert again.status_code == 422
    assert "已经开始" in again.content.decode()


@time_machine.travel(factory.NOON, tick=False)
def test_too_few_judges(signed_in, db):
    stage = factory.contest(works=2, judges=1)
    refused = signed_in(stage.organiser).post(url(stage, "open"))
    assert refused.status_code == 422
    assert "评委有 1 位" in refused.content.decode()


@time_machine.travel(factory.NOON, tick=False)
def test_sealing_waits_for_every_judge(accepted, signed_in):
    client = signed_in(accepted.organiser)
    factory.opened(accepted)
    page = client.get(reverse("office-round", args=[accepted.contest.slug])).content.decode()
    assert "全部提交后才能封存" in page
    assert "封存评审……" not in page
    refused = client.post(url(accepted, "seal"))
    assert refused.status_code == 422
    assert "还有 5 位评委没有提交评分" in refused.content.decode()
    factory.judged(accepted)
    page = client.get(reverse("office-round", args=[accepted.contest.slug])).content.decode()
    assert "60 份，应有 60 份" in page
    assert client.post(url(accepted, "seal")).status_code == 302
    assert Round.objects.get().state == Round.State.SEALED


@time_machine.travel(factory.NOON, tick=False)
def test_a_stack_goes_back_with_a_reason_only(accepted, signed_in):
    client = signed_in(accepted.organiser)
    factory.judged(factory.opened(accepted))
    judge = accepted.judges[0]
    refused = client.post(url(accepted, "reopen", judge.pk), {"reason": " "})
    assert refused.status_code == 422
    assert "请写明退回评分的原因" in refused.content.decode()
    assert client.post(url(accepted, "reopen", judge.pk), {"reason": "漏评"}).status_code == 302
    again = client.post(url(accepted, "reopen", judge.pk), {"reason": "再退一次"})
    assert again.status_code == 422
    assert 'value="再退一次"' in again.content.decode()
    assert client.post(url(accepted, "reopen", 0), {"reason": "x"}).status_code == 404


@time_machine.travel(factory.NOON, tick=False)
def test_a_judge_is_excused_and_taken_back(accepted, signed_in):
    client = signed_in(accepted.organiser)
    factory.opened(accepted)
    judge = accepted.judges[4]
    assert client.post(url(accepted, "excuse", judge.pk), {"reason": ""}).status_code == 422
    assert client.post(url(accepted, "excuse", judge.pk), {"reason": "出差"}).status_code == 302
    assert Seat.objects.get(judge=judge).excuse == "出差"
    assert client.post(url(accepted, "seat"), {"judge": "0"}).status_code == 422
    assert client.post(url(accepted, "seat"), {"judge": judge.pk}).status_code == 302
    assert Seat.objects.get(judge=judge).excused_at is None


@time_machine.travel(factory.NOON, tick=False)
def test_a_round_is_sealed_without_the_sheets_that_never_came_where_the_rules_allow(signed_in, db):
    def change(rules):
        base = rules.rounds[0]
        scheme = base.scheme.model_copy(update={"missing": "leave_out"})
        return rules.model_copy(update={"rounds": (base.model_copy(update={"scheme": scheme}),)})

    stage = factory.opened(factory.contest(works=1, judges=4, change=change))
    late, stage.judges = stage.judges[3], stage.judges[:3]
    factory.judged(stage)
    client = signed_in(stage.organiser)
    assert client.post(url(stage, "seal")).status_code == 422
    assert client.post(url(stage, "seal"), {"without_missing": "yes"}).status_code == 302
    assert stage.open.inputs["absent"] == [["J4", str(stage.entries[0].pk)]]
    assert stage.open.seats.get(judge=late).label == "J4"
