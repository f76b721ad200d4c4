"""A judge's sheets: what is kept, what is refused, and the signature that locks them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fengcai.apps.audit.models import AuditRecord, AuditSecret
from fengcai.apps.judging.actions import (
    add_note,
    declare_conflict,
    delete_note,
    hand_in,
    reopen_stack,
    save_sheet,
)
from fengcai.apps.judging.models import HandIn, Note, ScoreSheet
from fengcai.apps.judging.queries import judge_work
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale, TooLate
from tests.factories import judging as make
from tests.factories.judging import NOON, TIME, Stage, marks

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return make.opened(make.contest(works=3, judges=3))


def save(stage: Stage, values: dict[str, str], **changes: Any) -> ScoreSheet:
    given: dict[str, Any] = {
        "round": stage.open,
        "entry_id": stage.entries[0].pk,
        "values": values,
        "comment": "",
        "expected_version": 0,
        "by": stage.judges[0],
        "at": NOON,
    }
    return save_sheet(**(given | changes))


@pytest.mark.clause("J14")
def test_a_sheet_may_be_partial_and_is_kept_as_typed(stage: Stage) -> None:
    sheet = save(stage, {"theme": "18.5", "content": " １７ ", "craft": ""}, comment=" 镜头稳 ")
    assert sheet.values == {"theme": "18.5", "content": "17"}
    assert (sheet.comment, sheet.version, sheet.handed_in_at) == ("镜头稳", 1, None)
    again = save(stage, {"theme": "19"}, expected_version=1)
    assert (again.pk, again.values, again.version) == (sheet.pk, {"theme": "19"}, 2)
    assert ScoreSheet.objects.count() == 1


@pytest.mark.clause("J14")
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("20.5", "“主题契合度”的分数 20.5 超出范围，应在 0 到 20 分之间。"),
        ("-0.5", "“主题契合度”的分数 -0.5 超出范围，应在 0 到 20 分之间。"),
        ("18.3", "“主题契合度”的分数 18.3 不合打分间隔，应从 0 分起，每 0.5 分一档。"),
        ("十八", "“主题契合度”的分数“十八”不是数字，请只填阿拉伯数字。"),
        ("1e1", "“主题契合度”的分数“1e1”不是数字，请只填阿拉伯数字。"),
    ],
)
def test_a_mark_out_of_the_rules_is_refused_at_its_line(
    stage: Stage, value: str, problem: str
) -> None:
    with pytest.raises(Refused) as refusal:
        save(stage, {"theme": value, "content": "10"})
    assert refusal.value.fields == {"theme": problem}
    assert ScoreSheet.objects.count() == 0


@pytest.mark.parametrize("value", ["0", "20", "0.5"])
def test_the_bounds_belong_to_the_range(stage: Stage, value: str) -> None:
    assert save(stage, {"theme": value}).values == {"theme": value}


def test_an_unknown_criterion_and_an_endless_comment_are_refused(stage: Stage) -> None:
    with pytest.raises(Refused) as refusal:
        save(stage, {"luck": "1"}, comment="长" * 2_001)
    assert refusal.value.fields == {
        "luck": "评分表里没有这一项。",
        "comment": "评语最多 2000 字，现有 2001 字",
    }


def test_two_tabs_on_one_sheet(stage: Stage) -> None:
    save(stage, {"theme": "18"}, comment="先存的")
    with pytest.raises(Stale) as refusal:
        save(stage, {"theme": "12"})
    assert refusal.value.version == 1
    assert refusal.value.current == {"values": {"theme": "18"}, "comment": "先存的"}
    assert ScoreSheet.objects.get().values == {"theme": "18"}


def test_the_record_commits_to_a_sheet_without_telling_it(stage: Stage) -> None:
    sheet = save(stage, marks(93), comment="好")
    note = AuditRecord.objects.filter(action="judging.mark").get()
    assert note.details == {
        "round": stage.open.pk, "version": 1, "complete": True, "sheet": sheet.commitment,
    }  # fmt: skip
    assert not AuditSecret.objects.filter(record=note).exists()
    first = sheet.commitment
    assert save(stage, marks(93), comment="好", expected_version=1).commitment != first


@pytest.mark.clause("J14")
def test_handing_in_names_what_is_missing_work_by_work(stage: Stage) -> None:
    judge = stage.judges[0]
    make.mark(stage, judge, stage.entries[0], 80)
    save(stage, {"theme": "10", "content": "10"}, entry_id=stage.entries[1].pk)
    with pytest.raises(Refused) as refusal:
        hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    assert refusal.value.message == (
        "还有 2 件作品没有评完，评完后再签名提交。已填的分数都已保存。"
    )
    assert refusal.value.fields == {
        str(stage.entries[1].pk): (
            "2 号《仁心故事之2》：“特色辨识度”还没有打分。“制作精良度”还没有打分。“创意新颖度”还没有打分。"
        ),
        str(stage.entries[2].pk): "3 号《仁心故事之3》：还没有打分。",
    }
    assert HandIn.objects.count() == 0


def test_handing_in_locks_every_sheet_under_a_signature(stage: Stage) -> None:
    judge = stage.judges[0]
    for entry in stage.entries:
        make.mark(stage, judge, entry, 80)
    with pytest.raises(Refused) as refusal:
        hand_in(round=stage.open, signed_name=" ", by=judge, at=NOON)
    assert refusal.value.fields == {"signed_name": "请填写姓名"}
    row = hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    assert (row.signed_name, row.at, len(row.hash)) == ("评委一", NOON, 64)
    assert set(ScoreSheet.objects.values_list("handed_in_at", flat=True)) == {NOON}
    with pytest.raises(Refused, match="已签名提交"):
        save(stage, {"theme": "1"}, expected_version=1)
    with pytest.raises(Refused, match="已签名提交"):
        hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    assert judge_work(round=stage.open, user=judge, entry_id=stage.entries[0].pk).locked


def test_a_judge_recused_from_everything_hands_in_an_empty_stack(stage: Stage) -> None:
    judge = stage.judges[0]
    for entry in stage.entries:
        declare_conflict(round=stage.open, entry_id=entry.pk, reason="亲属", by=judge, at=NOON)
    assert hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON).at == NOON


def test_a_stack_is_reopened_with_a_reason_and_signed_anew(stage: Stage) -> None:
    judge = stage.judges[0]
    for entry in stage.entries:
        make.mark(stage, judge, entry, 80)
    with pytest.raises(Refused, match="还没有提交"):
        reopen_stack(round=stage.open, judge=judge, reason="笔误", by=stage.organiser, at=NOON)
    hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    with pytest.raises(Refused, match="请写明退回评分的原因"):
        reopen_stack(round=stage.open, judge=judge, reason="", by=stage.organiser, at=NOON)
    with pytest.raises(NotPermitted):
        reopen_stack(round=stage.open, judge=judge, reason="笔误", by=judge, at=NOON)
    row = reopen_stack(round=stage.open, judge=judge, reason="笔误", by=stage.organiser, at=NOON)
    assert (row.reopened_at, row.reopened_by, row.reopen_reason) == (NOON, stage.organiser, "笔误")
    assert set(ScoreSheet.objects.values_list("handed_in_at", flat=True)) == {None}
    make.mark(stage, judge, stage.entries[0], 81)
    hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    assert HandIn.objects.count() == 2


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 5, 6, 7, 59, 59, tzinfo=TIME), "尚未开始"),
        (datetime(2026, 5, 15, 18, 0, 1, tzinfo=TIME), "截止"),
    ],
)
def test_marks_are_taken_within_the_rulebooks_time_only(
    stage: Stage, at: datetime, words: str
) -> None:
    judge = stage.judges[0]
    for entry in stage.entries:
        make.mark(stage, judge, entry, 80)
    with pytest.raises(TooLate, match=words):
        save(stage, {"theme": "1"}, expected_version=1, at=at)
    with pytest.raises(TooLate, match=words):
        hand_in(round=stage.open, signed_name="评委一", by=judge, at=at)
    hand_in(round=stage.open, signed_name="评委一", by=judge, at=NOON)
    with pytest.raises(TooLate, match=words):
        reopen_stack(round=stage.open, judge=judge, reason="笔误", by=stage.organiser, at=at)


def test_the_last_second_is_in_time(stage: Stage) -> None:
    last = datetime(2026, 5, 15, 18, 0, 0, tzinfo=TIME)
    assert save(stage, {"theme": "1"}, at=last).saved_at == last


def test_notes_are_private_and_sit_at_their_moment(stage: Stage) -> None:
    judge, other, work = stage.judges[0], stage.judges[1], stage.entries[0]
    records = AuditRecord.objects.count()
    for moment, text in (("61.5", "字幕有错字"), ("3.0004", " 开场好 ")):
        add_note(
            round=stage.open,
            entry_id=work.pk,
            seconds=Decimal(moment),
            text=text,
            by=judge,
            at=NOON,
        )
    notes = judge_work(round=stage.open, user=judge, entry_id=work.pk).notes
    assert [(note.seconds, note.text) for note in notes] == [
        (Decimal("3.000"), "开场好"),
        (Decimal("61.500"), "字幕有错字"),
    ]
    assert judge_work(round=stage.open, user=other, entry_id=work.pk).notes == ()
    with pytest.raises(NotFound):
        delete_note(note_id=notes[0].id, by=other)
    delete_note(note_id=notes[0].id, by=judge)
    assert Note.objects.count() == 1
    assert AuditRecord.objects.count() == records


@pytest.mark.parametrize(
    ("seconds", "text", "field"),
    [
        ("1", " ", "text"),
        ("1", "长" * 501, "text"),
        ("-1", "好", "seconds"),
        ("NaN", "好", "seconds"),
    ],
)
def test_a_note_without_words_or_outside_the_film_is_refused(
    stage: Stage, seconds: str, text: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        add_note(
            round=stage.open, entry_id=stage.entries[0].pk, seconds=Decimal(seconds), text=text,
            by=stage.judges[0], at=NOON,
        )  # fmt: skip
    assert list(refusal.value.fields) == [field]


def test_notes_end_at_two_hundred(stage: Stage) -> None:
    judge, work = stage.judges[0], stage.entries[0]
    Note.objects.bulk_create(
        Note(round=stage.open, judge=judge, entry=work, seconds=Decimal(n), text="记", at=NOON)
        for n in range(200)
    )
    with pytest.raises(Refused, match="最多记 200 条"):
        add_note(
            round=stage.open, entry_id=work.pk, seconds=Decimal(1), text="多", by=judge,
            at=NOON + timedelta(minutes=1),
        )  # fmt: skip
