"""What the judge's desk and the organiser's overview show, in a bounded number of statements."""

from __future__ import annotations

from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.judging.actions import declare_conflict, excuse_judge, hand_in, save_sheet
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.queries import (
    judge_desk,
    judge_rounds,
    judge_stack,
    judge_work,
    may_watch_as_judge,
    round_at,
    round_of,
    round_progress,
    sheets_of,
)
from fengcai.apps.refusals import NotFound, NotPermitted
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage, marks

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return make.opened(make.contest(works=4, judges=4, judge_units=(3,)))


@pytest.mark.clause("J14")
def test_the_stack_shows_every_work_with_its_state(stage: Stage) -> None:
    judge = stage.judges[0]
    make.mark(stage, judge, stage.entries[0], 88)
    save_sheet(
        round=stage.open, entry_id=stage.entries[1].pk, values={"theme": "9.5"}, comment="",
        expected_version=0, by=judge, at=NOON,
    )  # fmt: skip
    stack = judge_stack(round=stage.open, user=judge)
    assert [
        (c.number, c.title, c.unit, c.themes, c.state, c.state_name, c.marked, c.total)
        for c in stack.cards
    ] == [
        (1, "仁心故事之1", "第1科", ("医疗服务类",), "done", "已评", 5, "88"),
        (2, "仁心故事之2", "第2科", ("医疗服务类",), "partial", "评了一部分", 1, None),
        (3, "仁心故事之3", "第3科", ("医疗服务类",), "todo", "未评", 0, None),
        (4, "仁心故事之4", "第4科", ("医疗服务类",), "recused", "回避", 0, None),
    ]
    assert stack.cards[0].duration == Fraction("183.5")
    assert stack.cards[0].has_poster
    assert (stack.works, len(stack.due), stack.done, stack.left, stack.locked) == (
        4, 3, 1, 2, False,
    )  # fmt: skip
    assert [(c.name, c.min, c.max, c.step, c.weight) for c in stack.criteria] == [
        (name, "0", "20", "0.5", "1")
        for name in ("主题契合度", "内容充实度", "特色辨识度", "制作精良度", "创意新颖度")
    ]
    assert (stack.name, stack.full) == ("评审", "100")
    assert stack.window is not None


def test_a_works_page_has_its_film_its_words_and_its_neighbours(stage: Stage) -> None:
    judge = stage.judges[0]
    make.mark(stage, judge, stage.entries[2], 70)
    work = judge_work(round=stage.open, user=judge, entry_id=stage.entries[1].pk)
    assert [(f.slot, f.name, f.kind, f.duration) for f in work.films] == [
        ("main", "参评视频", "video", Fraction("183.5"))
    ]
    sprite = work.films[0].sprite
    assert sprite is not None
    assert (sprite["columns"], sprite["rows"]) == (10, 2)
    assert work.texts == (("作品简介", "记录一个普通工作日。"),)
    assert (work.previous, work.following, work.next_todo) == (
        stage.entries[0].pk,
        stage.entries[2].pk,
        stage.entries[0].pk,
    )
    assert (work.values, work.version, work.locked) == ({}, 0, False)
    done = judge_work(round=stage.open, user=judge, entry_id=stage.entries[2].pk)
    assert (done.values, done.version, done.following) == (marks(70), 1, None)


@pytest.mark.clause("J8")
def test_a_consent_form_is_no_part_of_the_work() -> None:
    def with_scans(rules: make.Rules) -> make.Rules:
        track = rules.tracks[0]
        scans = track.slots[0].model_copy(
            update={"id": "consent_scans", "name": "知情同意书扫描件", "kind": "document"}
        )
        return rules.model_copy(
            update={"tracks": (track.model_copy(update={"slots": (*track.slots, scans)}),)}
        )

    stage = make.opened(make.contest(works=1, judges=3, change=with_scans))
    make.film(stage.entries[0], stage.organiser, slot="consent_scans")
    work = judge_work(round=stage.open, user=stage.judges[0], entry_id=stage.entries[0].pk)
    assert [film.slot for film in work.films] == ["main"]
    assert (
        judge_stack(round=stage.open, user=stage.judges[0]).cards[0].film == work.films[0].asset_id
    )


def test_who_may_watch_as_a_judge(stage: Stage) -> None:
    judge, own, other = stage.judges[0], stage.entries[3], stage.entries[0]
    assert may_watch_as_judge(judge, other)
    assert not may_watch_as_judge(judge, own)
    assert not may_watch_as_judge(stage.organiser, other)
    declare_conflict(round=stage.open, entry_id=other.pk, reason="亲属", by=judge, at=NOON)
    assert not may_watch_as_judge(judge, other)
    assert may_watch_as_judge(stage.judges[1], other)
    excuse_judge(
        round=stage.open, judge=stage.judges[1], reason="出差", by=stage.organiser, at=NOON
    )
    assert not may_watch_as_judge(stage.judges[1], other)


def test_before_the_promise_nothing_is_watched() -> None:
    stage = make.opened(make.contest(works=1, judges=3), promised=False)
    assert not may_watch_as_judge(stage.judges[0], stage.entries[0])


def test_a_judges_rounds(stage: Stage) -> None:
    judge = stage.judges[0]
    for entry in stage.entries[:3]:
        make.mark(stage, judge, entry, 80)
    hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    rows = judge_rounds(judge)
    assert [(r.round, r.name, r.promised, r.handed_in) for r in rows] == [
        (stage.open, "评审", True, True)
    ]
    assert judge_rounds(stage.organiser) == []


def test_the_overview_counts_each_judges_sheets(stage: Stage) -> None:
    first, second = stage.judges[:2]
    make.mark(stage, first, stage.entries[0], 80)
    for entry in stage.entries:
        make.mark(stage, second, entry, 80)
    hand_in(round=stage.open, signed_name="评委二", by=second, at=NOON)
    excuse_judge(
        round=stage.open, judge=stage.judges[3], reason="出差", by=stage.organiser, at=NOON
    )
    (row,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert [
        (j.seat, j.name, j.due, j.done, j.recused, j.handed_in_at, j.excused_at) for j in row.judges
    ] == [
        (1, "评委1", 3, 1, 1, None, None),
        (2, "评委2", 4, 4, 0, NOON, None),
        (3, "评委3", 4, 0, 0, None, None),
        (4, "评委4", 0, 0, 0, None, NOON),
    ]
    assert (row.works, row.waiting, row.sealable) == (4, ["评委1", "评委3"], False)
    assert row.shortages == ("作品 4 号《仁心故事之4》 回避后仅剩 2 位评委，少于规则要求的 3 位。",)


def test_the_overview_before_the_opening_and_when_all_is_in() -> None:
    stage = make.contest(works=2, judges=3)
    (row,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert (row.rule.id, row.round, row.judges, row.sealable) == ("review", None, (), False)
    make.judged(make.opened(stage))
    (row,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert row.sealable
    make.sealed(stage)
    (row,) = round_progress(contest=stage.contest, user=stage.organiser)
    assert not row.sealable
    with pytest.raises(NotPermitted):
        round_progress(contest=stage.contest, user=stage.judges[0])


def test_a_round_is_found_by_its_id(stage: Stage) -> None:
    assert round_of(stage.contest, "review") == stage.round
    with pytest.raises(NotFound):
        round_of(stage.contest, "final")


def test_an_address_that_reads_like_a_key_is_a_rounds_name(stage: Stage) -> None:
    """PostgreSQL compares no text with a key."""
    with pytest.raises(NotFound):
        round_at(stage.contest.slug, str(uuid4()))
    named = str(uuid4())
    Round.objects.filter(pk=stage.open.pk).update(round_id=named)
    assert round_at(stage.contest.slug, named).pk == stage.open.pk


def test_sheets_stay_with_their_judge_until_the_seal() -> None:
    stage = make.opened(make.contest(works=2, judges=4, judge_units=(1,)))
    make.judged(stage, totals=lambda w, j: 80 + j, skip=[(1, 0)])
    work = stage.entries[0]
    assert sheets_of(entry_id=work.pk, user=stage.organiser) == {}
    excuse_judge(
        round=stage.open, judge=stage.judges[3], reason="撤回", by=stage.organiser, at=NOON
    )
    with pytest.raises(NotPermitted):
        sheets_of(entry_id=work.pk, user=stage.judges[0])
    make.seats_filled(stage)
    make.sealed(stage)
    rows = sheets_of(entry_id=work.pk, user=stage.organiser)["review"]
    assert [(r.seat, r.judge, r.total, r.counts, r.why) for r in rows] == [
        (1, "评委1", "80", True, ""),
        (2, "评委2", "81", True, ""),
        (3, "评委3", "82", True, ""),
        (4, "评委4", "83", False, "评委已退出本轮评审。"),
        (5, "替补评委", "80", True, ""),
    ]
    assert rows[0].values[0] == ("主题契合度", "20")
    with pytest.raises(NotFound):
        sheets_of(entry_id=uuid4(), user=stage.organiser)


def test_an_inactive_account_has_no_seat(stage: Stage) -> None:
    stage.judges[0].is_active = False
    with pytest.raises(NotFound):
        judge_stack(round=stage.open, user=stage.judges[0])


@pytest.mark.parametrize("works", [1, 50])
def test_statements_do_not_grow_with_the_works(works: int) -> None:
    stage = make.opened(make.contest(works=works, judges=3))
    judge = stage.judges[0]
    make.mark(stage, judge, stage.entries[0], 80)
    counts = {}
    round = stage.open
    for name, ask in {
        "stack": lambda: judge_stack(round=round, user=judge),
        "work": lambda: judge_work(round=round, user=judge, entry_id=stage.entries[0].pk),
        "desk": lambda: judge_desk(round=round, user=judge),
        "progress": lambda: round_progress(contest=stage.contest, user=stage.organiser),
        "rounds": lambda: judge_rounds(judge),
    }.items():
        with CaptureQueriesContext(connection) as seen:
            ask()
        counts[name] = len(seen)
    assert counts == {
        "stack": 3,
        # Where all is marked, the next work to mark is looked for from the first on, in vain, and
        # there is none to go on with.
        "work": 9 if works == 1 else 7,
        "desk": 6 if works == 1 else 8,
        "progress": 10,
        "rounds": 3,
    }
