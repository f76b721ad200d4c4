"""The judge's desk: who gets in, the promise first, recusals, the signature under the stack."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.judging.actions import sign_commitment
from fengcai.apps.judging.models import Commitment, Conflict, HandIn
from fengcai.apps.judging.queries import desk
from tests.factories import judging as make
from tests.web.judge.conftest import ROOM
from tests.web.public.conftest import FACTS

pytestmark = pytest.mark.django_db
Enter = Callable[[object], Client]


def film_of(entry: object) -> str:
    version = FileVersion.objects.get(entry=entry, current=True)
    return f"/files/{version.asset_id}/film"


def promise(stage: make.Stage, *indexes: int) -> None:
    for index in indexes:
        judge = stage.judges[index]
        sign_commitment(round=stage.open, signed_name=str(judge), by=judge, at=make.NOON)


def test_nobody_without_a_seat_gets_in(stage: make.Stage, come_in: Enter, client: Client) -> None:
    other = make.contest(works=1, judges=5, slug="another")
    contact = make.person("第1科联络员")
    Membership.objects.create(
        contest=stage.contest, user=contact, role=Role.CONTACT, unit=stage.units[0]
    )
    paths = ("", "hand-in/", "sheets/", f"{stage.entries[0].pk}/")
    for stranger in (other.judges[0], contact, stage.organiser):
        browser = come_in(stranger)
        for path in paths:
            answer = browser.get(ROOM + path)
            assert answer.status_code == 404
            assert "仁心故事" not in answer.content.decode()
        assert browser.get("/c/yikeyifengcai/judge/").status_code == 403
        assert browser.post(f"{ROOM}commitment/", {"signed_name": "某人"}).status_code == 404
    assert Commitment.objects.count() == 0
    for path in paths:
        answer = client.get(ROOM + path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_a_judge_of_a_round_not_opened_waits(come_in: Enter) -> None:
    stage = make.contest(works=1, judges=5)
    answer = come_in(stage.judges[0]).get("/c/yikeyifengcai/judge/")
    assert answer.status_code == 200
    assert "评审还没有开始" in answer.content.decode()


def test_before_the_promise_nothing_of_any_work_is_shown(stage: make.Stage, come_in: Enter) -> None:
    browser = come_in(stage.judges[0])
    assert browser.get("/c/yikeyifengcai/judge/")["Location"] == ROOM
    page = browser.get(ROOM)
    text = page.content.decode()
    assert page.status_code == 200
    assert "保密承诺" in text and "仁心故事" not in text and "/files/" not in text
    entry = stage.entries[0]
    closed = browser.get(f"{ROOM}{entry.pk}/")
    assert closed.status_code == 403 and "仁心故事" not in closed.content.decode()
    for path in ("hand-in/", "sheets/"):
        assert browser.get(ROOM + path).status_code == 404
    assert browser.get(film_of(entry)).status_code == 404

    unsigned = browser.post(f"{ROOM}commitment/", {"signed_name": "  "})
    assert unsigned.status_code == 422 and "请签上您的姓名" in unsigned.content.decode()
    assert Commitment.objects.count() == 0
    signed = browser.post(f"{ROOM}commitment/", {"signed_name": "评委1"})
    assert signed["Location"] == ROOM
    row = Commitment.objects.get()
    assert (row.judge, row.signed_name) == (stage.judges[0], "评委1")
    shown = browser.get(ROOM).content.decode()
    for each in stage.entries:
        assert each.title in shown
    assert "已评 0 / 3" in shown


def test_own_unit_is_recused_and_cannot_be_opened_or_marked(
    stage: make.Stage, come_in: Enter
) -> None:
    promise(stage, 2)
    browser = come_in(stage.judges[2])
    own = stage.entries[1]
    text = browser.get(ROOM).content.decode()
    assert "回避的作品" in text and "已评 0 / 2" in text
    assert f"{ROOM}{own.pk}/" not in text
    film = FileVersion.objects.get(entry=own).asset_id
    assert str(film) not in text
    assert browser.get(f"/files/{film}/poster").status_code == 404
    assert browser.get(f"{ROOM}{own.pk}/").status_code == 403
    marked = browser.post(
        f"{ROOM}{own.pk}/marks",
        {"version": 0, "values": make.marks(80), "comment": ""},
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert marked.status_code == 403
    assert "回避" in marked.json()["message"]


def test_many_recused_works_of_one_s_own_unit_are_counted_and_not_all_named(
    stage: make.Stage, come_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "RECUSED_SHOWN", 0)
    promise(stage, 2)
    text = come_in(stage.judges[2]).get(ROOM).content.decode()
    assert "其中 1 件须回避" in text
    assert "本单位另有 1 件同样回避，不逐件列出" in text
    assert stage.entries[1].title not in text


def test_a_conflict_is_declared_with_its_reason_and_taken_back(
    stage: make.Stage, come_in: Enter
) -> None:
    promise(stage, 0)
    browser = come_in(stage.judges[0])
    entry = stage.entries[0]
    address = f"{ROOM}conflict/"
    bare = browser.post(address, {"work": str(entry.pk), "reason": " "})
    assert bare.status_code == 422 and "请填写回避原因" in bare.content.decode()
    unchosen = browser.post(address, {"work": "", "reason": "作者是我的学生"})
    assert unchosen.status_code == 422
    assert 'value="作者是我的学生"' in unchosen.content.decode()
    assert Conflict.objects.count() == 0

    assert browser.post(address, {"work": str(entry.pk), "reason": "师生"}).status_code == 302
    assert "已评 0 / 2" in browser.get(ROOM).content.decode()
    assert browser.get(f"{ROOM}{entry.pk}/").status_code == 403
    assert browser.get(film_of(entry)).status_code == 404

    assert browser.post(address, {"work": str(entry.pk), "withdraw": "yes"}).status_code == 302
    assert browser.get(f"{ROOM}{entry.pk}/").status_code == 200
    own = browser.post(address, {"work": str(stage.entries[1].pk), "withdraw": "yes"})
    assert own.status_code == 404 and "没有声明过回避" in own.content.decode()


def test_hand_in_names_what_is_missing_then_locks(stage: make.Stage, come_in: Enter) -> None:
    promise(stage, 0)
    judge = stage.judges[0]
    browser = come_in(judge)
    make.mark(stage, judge, stage.entries[0], 81)
    page = browser.get(f"{ROOM}hand-in/").content.decode()
    assert "还有 2 件没有评完" in page and "2 号《仁心故事之2》" in page
    assert "签名提交并锁定" not in page
    early = browser.post(f"{ROOM}hand-in/", {"signed_name": "评委1"})
    assert early.status_code == 422
    assert "2 号《仁心故事之2》：还没有打分。" in early.content.decode()
    assert HandIn.objects.count() == 0

    for entry in stage.entries[1:]:
        make.mark(stage, judge, entry, 77)
    unsigned = browser.post(f"{ROOM}hand-in/", {"signed_name": ""})
    assert unsigned.status_code == 422 and "请填写姓名" in unsigned.content.decode()
    assert browser.post(f"{ROOM}hand-in/", {"signed_name": "评委1"})["Location"] == ROOM
    assert HandIn.objects.get().signed_name == "评委1"

    assert "您的评分已签名提交" in browser.get(ROOM).content.decode()
    room = browser.get(f"{ROOM}{stage.entries[0].pk}/").content.decode()
    assert "save-url" not in room and room.count("readonly") == 6
    late = browser.post(
        f"{ROOM}{stage.entries[0].pk}/marks",
        {"version": 1, "values": make.marks(60), "comment": ""},
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert late.status_code == 422 and "已锁定" in late.json()["message"]
    paper = browser.get(f"{ROOM}sheets/").content.decode()
    assert "<strong>81</strong>" in paper and paper.count("<strong>77</strong>") == 2
    assert "评委签名" in paper


def test_a_sealed_round_is_read_only(stage: make.Stage, come_in: Enter) -> None:
    promise(stage, 0, 1, 2, 3, 4)
    for index, judge in enumerate(stage.judges):
        for entry in stage.entries:
            if (index, entry) != (2, stage.entries[1]):
                make.mark(stage, judge, entry, 70 + index)
        make.hand_in(round=stage.open, signed_name=str(judge), by=judge, at=make.NOON)
    make.sealed(stage)
    browser = come_in(stage.judges[0])
    assert "内容已锁定" in browser.get(ROOM).content.decode()
    room = browser.get(f"{ROOM}{stage.entries[0].pk}/").content.decode()
    assert "本轮评审已封存，评分只能查看" in room and 'id="note-form"' not in room
    again = browser.post(f"{ROOM}hand-in/", {"signed_name": "评委1"})
    assert again.status_code == 422 and "已封存" in again.content.decode()


def test_the_stack_costs_the_same_sql_whatever_its_length(come_in: Enter) -> None:
    counts = []
    for works in (3, 12):
        stage = make.opened(make.contest(works=works, judges=5, slug=f"contest-{works}"))
        Asset.objects.update(facts=FACTS)
        browser = come_in(stage.judges[0])
        for path in ("", f"{stage.entries[0].pk}/"):
            address = f"/c/contest-{works}/judge/review/{path}"
            browser.get(address)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert browser.get(address).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert counts[0] <= 25 and counts[1] <= 40
