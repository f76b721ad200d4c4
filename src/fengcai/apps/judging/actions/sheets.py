"""What a judge writes: marks that save themselves, private notes, and the signature at the end."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.naming import plain
from fengcai.apps.judging.blind import is_blind
from fengcai.apps.judging.models import (
    Assignment,
    HandIn,
    Note,
    Round,
    ScoreSheet,
    Seat,
    fresh_salt,
)
from fengcai.apps.judging.panel import NOT_SHARED_YET, Panel, panel_of, sheets_hash
from fengcai.apps.judging.rules import (
    require_in_time,
    require_not_handed_in,
    require_open,
    require_promise,
    require_seat,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.core.scoring import Scheme, check_sheet

LONGEST_COMMENT = 2_000
LONGEST_NOTE = 500
MOST_NOTES = 200
LAST_SECOND = Decimal(86_400)


@transaction.atomic
def save_sheet(
    *,
    round: Round,
    entry_id: UUID,
    values: Mapping[str, str],
    comment: str,
    expected_version: int,
    by: User,
    at: datetime,
) -> ScoreSheet:
    """Keep a judge's marks for a work; some may still be missing. `expected_version` 0: the first.

    `values` maps criterion ids to decimals in text; an empty text takes a mark back. Raises
    `Refused` with a message for each mark out of bounds or off its step, `Stale` when another
    device saved first, `TooLate` outside the round's own window.
    """
    seat, panel = _desk(round, by, entry_id)
    require_in_time(seat.round, at)
    sheet = ScoreSheet.objects.filter(round=seat.round, judge=by, entry_id=entry_id).first()
    standing = sheet.version if sheet else 0
    if standing != expected_version:
        raise Stale(
            "这份评分在另一处保存过。您填的分数还在页面上，请核对后再保存。",
            version=standing,
            current={"values": sheet.values, "comment": sheet.comment} if sheet else {},
        )
    marks = {id: unicodedata.normalize("NFKC", value).strip() for id, value in values.items()}
    marks = {id: value for id, value in marks.items() if value}
    lines = panel.lines_of(seat)
    problems = mark_problems(lines, marks)
    if len(comment.strip()) > LONGEST_COMMENT:
        problems["comment"] = f"评语最多 {LONGEST_COMMENT} 字，现有 {len(comment.strip())} 字"
    if problems:
        raise Refused("有的分数没有保存，请看各项说明。", fields=problems)
    sheet = sheet or ScoreSheet(round=seat.round, judge=by, entry_id=entry_id)
    sheet.values, sheet.comment = marks, comment.strip()
    sheet.version, sheet.saved_at, sheet.salt = standing + 1, at, fresh_salt()
    sheet.save()
    record(
        seat.round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.mark",
        subject=f"entry:{entry_id}",
        details={
            "round": seat.round_id,
            "version": sheet.version,
            "complete": not check_sheet(lines, marks),
            "sheet": sheet.commitment,
        },
        at=at,
    )
    return sheet


@transaction.atomic
def add_note(
    *, round: Round, entry_id: UUID, seconds: Decimal, text: str, by: User, at: datetime
) -> Note:
    """Keep a private note at a moment of the film. It is the judge's own: the record knows nothing
    of it, and nobody else reads it."""
    seat, _ = _desk(round, by, entry_id, marking=False)
    if not text.strip() or len(text.strip()) > LONGEST_NOTE:
        raise Refused(
            f"笔记应有 1 到 {LONGEST_NOTE} 字。", fields={"text": f"1 到 {LONGEST_NOTE} 字"}
        )
    if not seconds.is_finite() or not 0 <= seconds <= LAST_SECOND:
        raise Refused("笔记的时间点不在影片之内。", fields={"seconds": "请选择影片中的时间点"})
    notes = Note.objects.filter(round=seat.round, judge=by, entry_id=entry_id)
    if notes.count() >= MOST_NOTES:
        raise Refused(f"一件作品最多记 {MOST_NOTES} 条笔记，请先删去不用的。")
    return Note.objects.create(
        round=seat.round,
        judge=by,
        entry_id=entry_id,
        seconds=seconds.quantize(Decimal("0.001")),
        text=text.strip(),
        at=at,
    )


@transaction.atomic
def delete_note(*, note_id: int, by: User) -> None:
    """Throw one of one's own notes away. Raises `NotFound` for anybody else's."""
    gone, _ = Note.objects.filter(pk=note_id, judge=by).delete()
    if not gone:
        raise NotFound("没有这条笔记，可能已经删除。")


@transaction.atomic
def hand_in(*, round: Round, signed_name: str, by: User, at: datetime) -> HandIn:
    """Sign and lock all of one's sheets. Refused with what is missing, work by work.

    The refusal's `fields` maps the ids of unfinished works to what each still wants.
    """
    seat = require_seat(by, round, lock=True)
    require_open(seat.round)
    require_promise(seat)
    require_not_handed_in(seat)
    require_in_time(seat.round, at)
    panel = panel_of(seat.round, seat=seat)
    if not panel.shared and not Assignment.objects.filter(round=seat.round).exists():
        raise Refused(NOT_SHARED_YET)
    lines, due = panel.lines_of(seat), panel.works_for(seat)
    sheets = {
        sheet.entry_id: sheet for sheet in ScoreSheet.objects.filter(round=seat.round, judge=by)
    }
    missing: dict[str, str] = {}
    blind = is_blind(panel.rules, panel.rule, seat.panel)
    for place in due:
        values = sheets[place.entry_id].values if place.entry_id in sheets else {}
        problems = check_sheet(lines, values)
        if problems:
            what = "".join(problems) if values else "还没有打分。"
            called = f"{place.number} 号" + ("" if blind else f"《{place.entry}》")
            missing[str(place.entry_id)] = f"{called}：{what}"
    if missing:
        raise Refused(
            f"还有 {len(missing)} 件作品没有评完，评完后再签名提交。已填的分数都已保存。",
            fields=missing,
        )
    signed_name = plain(storable(signed_name))
    if not signed_name:
        raise Refused("请签上您的姓名。", fields={"signed_name": "请填写姓名"})
    signed = [
        {"judge": seat.label, "work": str(id), "sheet": sheets[id].commitment}
        for id in sorted((place.entry_id for place in due), key=str)
    ]
    ScoreSheet.objects.filter(pk__in=[sheets[place.entry_id].pk for place in due]).update(
        handed_in_at=at
    )
    row = HandIn.objects.create(
        round=seat.round,
        judge=by,
        signed_name=signed_name[:60],
        at=at,
        hash=sheets_hash(signed),
    )
    record(
        seat.round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.hand_in",
        subject=f"round:{seat.round_id}",
        details={"seat": seat.label, "sheets": row.hash, "count": len(signed)},
        personal={"signed_name": row.signed_name},
        at=at,
    )
    return row


def mark_problems(scheme: Scheme, marks: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each mark that is there; a missing one is no problem while drafting."""
    known = {one.id: one for one in scheme.criteria}
    found: dict[str, str] = {}
    for id, value in marks.items():
        if id not in known:
            found[id] = "评分表里没有这一项。"
            continue
        alone = replace(scheme, criteria=(known[id],), tie_break=())
        problems = check_sheet(alone, {id: value})
        if problems:
            found[id] = "".join(problems)
    return found


def _desk(round: Round, by: User, entry_id: UUID, *, marking: bool = True) -> tuple[Seat, Panel]:
    """The judge's seat, held, and the panel; the work is in the round and not recused."""
    seat = require_seat(by, round, lock=True)
    require_open(seat.round)
    require_promise(seat)
    if marking:
        require_not_handed_in(seat)
    panel = panel_of(seat.round, seat=seat, work=entry_id)
    panel.place(entry_id)
    reasons = panel.reasons[by.pk, entry_id]
    if reasons:
        blind = is_blind(panel.rules, panel.rule, seat.panel)
        raise Refused("这件作品您须回避，不能评分。" + ("" if blind else "".join(reasons)))
    if not panel.marks(seat, entry_id):
        raise NotFound("这件作品没有分给您评。")
    return seat, panel
