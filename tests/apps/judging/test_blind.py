"""A blind panel: no unit, no name and no file's name that carries them, on whatever way a judge comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fengcai.apps.assets.queries import part_of
from fengcai.apps.judging.actions import declare_conflict, hand_in, seal_round
from fengcai.apps.judging.blind import identifying, plain_filename, veiled
from fengcai.apps.judging.queries import judge_desk, judge_stack, judge_work
from fengcai.apps.people.tokens.actions import create_token
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.publishing.queries import file_access
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Panel
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.clause("H5")]

CITE = make.example()[1].rounds[0].cite


@pytest.fixture
def clock() -> Iterator[None]:
    """The round's own window is open."""
    with time_machine.travel(NOON, tick=True):
        yield


UNIT, AUTHOR, OTHER, PHONE = "第1科", "张青禾", "李望1", "0791-00000000"


def blind(rules: Rules) -> Rules:
    base = rules.rounds[0].model_copy(update={"panel_id": "jury", "min_judges": 2})
    jury = Panel(id="jury", name="初评专家", blind=True, cite=CITE)
    return rules.model_copy(update={"rounds": (base,), "panels": (jury,)})


@pytest.fixture
def stage() -> Stage:
    """Two works; the first says in its title and its text whose it is. Judge 3 is of its unit."""
    stage = make.contest(works=2, judges=4, judge_units=(None, None, 0), change=blind)
    entry = stage.entries[0]
    entry.title = f"{UNIT}{AUTHOR}的一天"
    entry.fields["synopsis"] = f"{UNIT}的{AUTHOR}和{OTHER}记录一个普通工作日。"
    entry.save()
    return make.opened(stage)


def tells(text: str) -> list[str]:
    """What of the first work's unit and people stands in a text."""
    return [word for word in (UNIT, AUTHOR, OTHER, "一科一风采视频大赛.mp4") if word in text]


def test_titles_and_texts_are_read_without_unit_and_people(stage: Stage) -> None:
    work = judge_work(round=stage.open, user=stage.judges[0], entry_id=stage.entries[0].pk)
    assert (work.card.title, work.card.unit) == ("〔已隐去〕〔已隐去〕的一天", "")
    assert dict(work.texts) == {
        label: "〔已隐去〕的〔已隐去〕和〔已隐去〕记录一个普通工作日。" for label, _ in work.texts
    }
    assert len(work.texts) == 1
    assert [step.title for step in work.strip] == ["〔已隐去〕〔已隐去〕的一天", "仁心故事之2"]
    assert [film.filename for film in work.films] == [""]
    desk = judge_desk(round=stage.open, user=stage.judges[0])
    assert [(card.title, card.unit) for card in desk.cards] == [
        ("〔已隐去〕〔已隐去〕的一天", ""), ("仁心故事之2", ""),
    ]  # fmt: skip


def test_every_page_of_the_desk_is_silent(stage: Stage, client: Client) -> None:
    judge = stage.judges[0]
    client.force_login(judge)
    where = [stage.contest.slug, "review"]
    room = reverse("judge-work", args=[*where, stage.entries[0].pk])
    pages = [
        client.get(reverse("judge-stack", args=where)),
        client.get(room),
        client.get(reverse("judge-work", args=[*where, stage.entries[1].pk])),
        client.get(reverse("judge-hand-in", args=where)),
        client.post(reverse("judge-hand-in", args=where), {"signed_name": "评委1"}),
        client.get(reverse("judge-sheets", args=where)),
        client.post(reverse("judge-save", args=[*where, stage.entries[0].pk]), {"theme": "99"}),
        client.get(reverse("judge-room", args=[stage.contest.slug]), follow=True),
        client.get(reverse("me")),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 422, 200, 422, 200, 200]
    assert [tells(page.content.decode()) for page in pages] == [[]] * len(pages)
    assert "〔已隐去〕" in pages[0].content.decode()


def test_other_ways_to_the_work_are_closed(stage: Stage, client: Client) -> None:
    entry = stage.entries[0]
    client.force_login(stage.judges[0])
    for address in (f"/works/{entry.pk}/", f"/review/{entry.pk}/"):
        answer = client.get(address)
        assert answer.status_code in (403, 404)
        assert tells(answer.content.decode()) == []
    judge = stage.judges[0]
    _, key = create_token(
        user=judge, name="程序", scopes=tuple(Scope.values), life=timedelta(days=9),
        by=f"user:{judge.pk}", at=NOON,
    )  # fmt: skip
    slug = stage.contest.slug
    for address in (
        f"entries/{entry.pk}", f"contests/{slug}/entries", f"contests/{slug}/units",
        f"contests/{slug}/results", f"entries/{entry.pk}/review",
    ):  # fmt: skip
        answer = Client().get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {key}"})
        told = json.dumps(answer.json(), ensure_ascii=False)
        assert (address, answer.status_code, tells(told)) in [
            (address, status, []) for status in (200, 403, 404)
        ]


def test_files_are_called_by_the_works_number(stage: Stage) -> None:
    film = stage.entries[0].files.get(current=True).asset
    for user, called in (
        (stage.judges[0], "1号作品.mp4"),
        (stage.organiser, "第1科+一科一风采视频大赛.mp4"),
    ):
        asset, public = file_access(user=user, asset_id=film.pk, at=NOON)
        assert (part_of(asset, "film").filename, public) == (called, False)
    film.refresh_from_db()
    assert film.filename == "第1科+一科一风采视频大赛.mp4"


def test_where_judges_are_not_blind_files_keep_their_names() -> None:
    stage = make.opened(make.contest(works=1, judges=3))
    film = stage.entries[0].files.get(current=True).asset
    asset, _ = file_access(user=stage.judges[0], asset_id=film.pk, at=NOON)
    assert asset.filename == "第1科+一科一风采视频大赛.mp4"


def test_a_recusal_does_not_tell_whose_the_work_is(stage: Stage) -> None:
    judge, work = stage.judges[2], stage.entries[0].pk
    first, second = judge_stack(round=stage.open, user=judge).cards
    assert (first.state, first.why, first.unit) == ("recused", "按规则回避。", "")
    with pytest.raises(NotPermitted) as seen:
        judge_work(round=stage.open, user=judge, entry_id=work)
    assert seen.value.message == "这件作品您须回避，不能观看和评分。按规则回避。"
    with pytest.raises(Refused) as marked:
        make.mark(stage, judge, stage.entries[0], 80)
    assert marked.value.message == "这件作品您须回避，不能评分。"
    declare_conflict(
        round=stage.open, entry_id=second.entry_id, reason="认得出是同门", by=judge, at=NOON
    )
    mine = judge_stack(round=stage.open, user=judge).cards[1]
    assert mine.why == "评委声明回避：认得出是同门"


def test_what_is_missing_is_named_by_number(stage: Stage) -> None:
    with pytest.raises(Refused) as caught:
        hand_in(round=stage.open, signed_name="评委1", by=stage.judges[0], at=NOON)
    assert caught.value.fields == {
        str(stage.entries[0].pk): "1 号：还没有打分。",
        str(stage.entries[1].pk): "2 号：还没有打分。",
    }


def test_the_office_sees_whose_it_is_before_and_after(stage: Stage, client: Client) -> None:
    client.force_login(stage.organiser)
    page = client.get(f"/review/{stage.entries[0].pk}/").content.decode()
    assert tells(page)[:2] == [UNIT, AUTHOR]
    make.judged(stage)
    sealed = seal_round(round=stage.open, by=stage.organiser, at=NOON)
    client.force_login(stage.judges[0])
    after = client.get(reverse("judge-stack", args=[stage.contest.slug, "review"]))
    assert sealed.state == "sealed"
    assert tells(after.content.decode()) == []


def test_a_blind_desk_asks_no_more_statements(stage: Stage) -> None:
    other = make.opened(make.contest(works=2, judges=4, slug="seen"))
    counts: list[list[int]] = []
    for each in (other, stage):
        found = []
        for ask in (judge_desk, judge_stack):
            round, user = each.open, each.judges[0]
            with CaptureQueriesContext(connection) as captured:
                ask(round=round, user=user)
            found.append(len(captured))
        counts.append(found)
    assert counts[0] == counts[1] == [8, 3]


FORM: dict[str, Any] = {
    "authors": [
        {"name": "王", "role": "摄影"},
        {"name": "张青", "role": "编导", "unit": "内科"},
        {"name": "张青禾", "role": "编导", "phone": "13800000000"},
    ]
}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("李　望拍了三天", "〔已隐去〕拍了三天"),
        ("由张\u200b青\u202e禾讲述", "由〔已隐去〕讲述"),
        ("阿依古丽买买提", "〔已隐去〕"),
        ("致信 A.Li@Example.cn", "致信 〔已隐去〕"),
        ("电话 079100000000", "电话 〔已隐去〕"),
        ("国王、望江", "国王、望江"),
    ],
)
def test_a_name_is_hidden_however_it_is_spaced(text: str, read: str) -> None:
    names = ("李望", "张青禾", "阿依古丽·买买提", "a.li@example.cn", "王\u200b")
    fields = {"authors": [{"name": name, "phone": PHONE} for name in names]}
    words = identifying(make.example()[1], "video", fields, ())
    assert veiled(text, words) == read


def test_longer_words_are_hidden_first_and_single_characters_never() -> None:
    words = identifying(make.example()[1], "video", FORM, ("心内科", ""))
    assert words == ("13800000000", "张青禾", "心内科", "内科", "张青")
    assert veiled("心内科张青禾（13800000000）和王老师", words) == (
        "〔已隐去〕〔已隐去〕（〔已隐去〕）和王老师"
    )
    assert veiled("张青禾", ()) == "张青禾"


def test_a_plain_filename_keeps_the_kind_only() -> None:
    assert plain_filename(12, "心内科+张青禾.MP4") == "12号作品.mp4"
    assert plain_filename(3, "无扩展名") == "3号作品"
