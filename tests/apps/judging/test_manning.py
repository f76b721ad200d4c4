"""A round opens with the judges that its panels must have: how many, and of which kinds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.judging.actions import assign_panel, excuse_judge, open_round, seal_round
from fengcai.apps.judging.manning import Seating
from fengcai.apps.judging.models import Round, Seat
from fengcai.apps.judging.queries import round_progress
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Panel, Seats
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H5")]

CITE = make.example()[1].rounds[0].cite
OUTSIDE, CLINIC = "院外专家", "临床专家"


def manned(judges: int | None = 3, **more: Any) -> Any:
    """One panel of three: at least two from outside and one clinician, unless told otherwise."""
    kinds = more.pop("kinds", ((OUTSIDE, 2), (CLINIC, 1)))

    def change(rules: Rules) -> Rules:
        base = rules.rounds[0].model_copy(update={"panel_id": "jury", "min_judges": 2})
        jury = Panel(
            id="jury", name="专家评委", judges=judges, cite=CITE,
            composition=tuple(Seats(who=who, min=least, cite=CITE) for who, least in kinds), **more,
        )  # fmt: skip
        return rules.model_copy(update={"rounds": (base,), "panels": (jury,)})

    return change


def begin(stage: Stage, *kinds: tuple[str, ...], short: str = "") -> Round:
    return open_round(
        contest=stage.contest,
        round_id="review",
        seating={
            judge.pk: Seating(kinds=own) for judge, own in zip(stage.judges, kinds, strict=False)
        },
        short=short,
        by=stage.organiser,
        at=NOON,
    )


def test_a_panel_without_the_kinds_it_must_have_is_refused_with_what_is_missing() -> None:
    stage = make.contest(works=2, judges=3, change=manned())
    with pytest.raises(Refused) as caught:
        begin(stage, (OUTSIDE,))
    assert caught.value.message == (
        f"“专家评委”还缺院外专家 1 位：规则至少 2 位，现有 1 位（{CITE}）。"
        f"“专家评委”还缺临床专家 1 位：规则至少 1 位，现有 0 位（{CITE}）。"
        "请增聘评委，或在下面勾选评委的身份，再启动。"
    )
    with pytest.raises(Refused, match="还缺院外专家 1 位"):
        begin(stage, (OUTSIDE,), (CLINIC,), short="来不及")
    assert not Seat.objects.exists()


def test_one_judge_may_be_of_two_kinds_and_the_record_keeps_them() -> None:
    stage = make.contest(works=2, judges=3, change=manned())
    begin(stage, (OUTSIDE, CLINIC), (OUTSIDE,))
    assert AuditRecord.objects.get(action="judging.open").details["kinds"] == {
        "J1": [OUTSIDE, CLINIC], "J2": [OUTSIDE],
    }  # fmt: skip


@pytest.mark.parametrize(("judges", "said"), [(4, "现有 4 位"), (2, "现有 2 位")])
def test_another_number_than_the_rules_give_needs_a_reason(judges: int, said: str) -> None:
    stage = make.contest(works=2, judges=judges, change=manned(kinds=()))
    with pytest.raises(Refused) as caught:
        begin(stage)
    assert caught.value.message == (
        f"“专家评委”{said}评委，规则写明 3 位（{CITE}）。"
        "请补足或减少评委；确需按现有人数启动，请写明原因。"
    )
    assert caught.value.fields == {"short": "请写明为什么按现有人数启动"}
    begin(stage, short="一位评委临时出差")
    record = AuditRecord.objects.get(action="judging.open")
    assert record.details["sizes"] == {"jury": [judges, 3]}
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert found.lacking == (f"“专家评委”{said}评委，规则写明 3 位（{CITE}）。",)


def test_the_right_number_needs_none() -> None:
    stage = make.contest(works=2, judges=3, change=manned(kinds=()))
    begin(stage)
    assert "sizes" not in AuditRecord.objects.get(action="judging.open").details
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert found.lacking == ()
    assert found.wanted == (f"专家评委：3 位（{CITE}）",)


def test_too_many_from_one_unit_are_refused() -> None:
    stage = make.contest(
        works=4, judges=3, judge_units=(0, 0, 1), change=manned(kinds=(), max_per_unit=1)
    )
    with pytest.raises(Refused, match=r"“专家评委”每个单位最多 1 位评委.*现有第1科 2 位"):
        begin(stage)


def test_a_panel_of_another_round_is_refused() -> None:
    stage = make.contest(works=2, judges=3, change=manned(kinds=()))
    with pytest.raises(Refused, match="没有这个评委组"):
        open_round(
            contest=stage.contest, round_id="review", by=stage.organiser, at=NOON,
            seating={stage.judges[0].pk: Seating(panel="x")},
        )  # fmt: skip


def test_who_leaves_is_missed_and_the_seal_says_so() -> None:
    stage = make.contest(works=1, judges=3, change=manned())
    stage.round = begin(stage, (OUTSIDE,), (OUTSIDE,), (CLINIC,))
    for judge in stage.judges:
        make.sign_commitment(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    gone = stage.judges.pop(0)
    excuse_judge(round=stage.open, judge=gone, reason="出差", by=stage.organiser, at=NOON)
    lost = f"“专家评委”还缺院外专家 1 位：规则至少 2 位，现有 1 位（{CITE}）。"
    (found,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert found.lacking[0] == lost
    make.judged(stage)
    seal_round(round=stage.open, by=stage.organiser, at=NOON)
    assert AuditRecord.objects.get(action="judging.seal").details["lacking"] == [lost]


def test_what_a_judge_is_may_be_said_later() -> None:
    stage = make.contest(works=2, judges=3, change=manned())
    stage.round = begin(stage, (OUTSIDE,), (OUTSIDE,), (CLINIC,))
    seat = assign_panel(
        round=stage.open, judge=stage.judges[2], panel="jury", kinds=[OUTSIDE, CLINIC, "别的"],
        by=stage.organiser, at=NOON,
    )  # fmt: skip
    assert seat.kinds == [OUTSIDE, CLINIC]


def test_the_page_asks_who_is_what_and_keeps_what_was_ticked(client: Client) -> None:
    stage = make.contest(works=2, judges=4, change=manned())
    client.force_login(stage.organiser)
    where = reverse("office-round", args=[stage.contest.slug])
    page = client.get(where).content.decode()
    assert "专家评委：3 位，院外专家至少 2 位、临床专家至少 1 位" in page
    first, second, third, fourth = (judge.pk for judge in stage.judges)
    act = reverse("office-round-open", args=[stage.contest.slug, "review"])
    sent = {
        "panel": "chosen", "judges": [first, second, third, fourth],
        f"kinds-{first}": [OUTSIDE], f"kinds-{second}": [OUTSIDE],
    }  # fmt: skip
    refused = client.post(act, sent)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "还缺临床专家 1 位" in page
    assert f'name="kinds-{first}" value="院外专家" checked' in page
    assert 'name="short"' not in page
    refused = client.post(act, {**sent, f"kinds-{third}": [CLINIC]})
    assert "请写明为什么按现有人数启动" in refused.content.decode()
    sent |= {f"kinds-{third}": [CLINIC], "short": "候补一位"}
    assert client.post(act, sent).status_code == 302
    assert [seat.kinds for seat in Seat.objects.all()] == [[OUTSIDE], [OUTSIDE], [CLINIC], []]
    page = client.get(where).content.decode()
    assert "“专家评委”现有 4 位评委，规则写明 3 位" in page
    change = reverse("office-round-panel", args=[stage.contest.slug, "review", fourth])
    sent = {"panel": "jury", "kinds-asked": "yes", "kinds": [OUTSIDE]}
    assert client.post(change, sent).status_code == 302
    assert Seat.objects.get(judge=fourth).kinds == [OUTSIDE]
