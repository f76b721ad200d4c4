"""What came with a letter goes into the unit's work, through the same actions as a page's upload.

Each file is a transaction of its own that moves it and says so: done again after a crash, what is in
already stays in, and the rest follows.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.scope import scope_of, track_of
from fengcai.apps.entries.states import WRITABLE
from fengcai.apps.mailbox.actions.notes import locked_case, note, tell
from fengcai.apps.mailbox.fitting import Offered, Plan, fit, places
from fengcai.apps.mailbox.letters import Parts
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.apps.mailbox.reading import templates_of
from fengcai.apps.mailbox.states import FileState, State
from fengcai.apps.mailbox.works import (
    agent,
    counted_at,
    is_of_unit,
    may_begin,
    standing_work,
    track_for,
    window_for,
    work_for,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from fengcai.engines import storage

FILENAMES = (
    "video_filename", "audio_filename", "image_filename", "document_filename", "filename",
)  # fmt: skip


def take_all(case_id: UUID, at: datetime) -> Case:
    """Take in whatever of a matched letter has one clear place; leave the rest to a person, with the
    reason. Does nothing for a case that is not (any more) waiting for it."""
    with transaction.atomic():
        case = locked_case(case_id)
        if case.state != State.MATCHED:
            return case
        try:
            plan, track = planned(case)
        except Refused as refusal:
            return _to_the_desk(case, refusal.message, at)
    held_up = list(dict.fromkeys(plan.open.values()))
    rows = list(case.files.filter(pk__in=plan.placed, state=FileState.WAITING))
    with Parts(rows) as parts:
        for row in rows:
            slot = plan.placed[row.pk]
            try:
                with parts.copy_of(row) as path, storage.provisional(), transaction.atomic():
                    # Asked anew in the lock: a colleague may have set the letter aside meanwhile.
                    case = locked_case(case_id)
                    if case.state != State.MATCHED:
                        return case
                    take_one(case, row, path, track=track, slot=slot, at=at)
            except Refused as refusal:
                held_up.append(refusal.message)
                CaseFile.objects.filter(pk=row.pk).update(
                    state=FileState.REFUSED if _final(refusal) else FileState.WAITING,
                    why=refusal.message[:400],
                    slot=slot,
                )
    with transaction.atomic():
        case = locked_case(case_id)
        if case.state != State.MATCHED:
            return case
        for id, why in {**plan.left, **plan.open}.items():
            CaseFile.objects.filter(pk=id, why="", state=FileState.WAITING).update(why=why[:400])
        if held_up:
            return _to_the_desk(case, "；".join(dict.fromkeys(held_up)), at)
        nothing = not case.files.filter(state=FileState.TAKEN).exists()
        if nothing and not case.pending.exists():
            return _to_the_desk(case, "附件里没有一个是规则书要的文件，请看一下。", at)
        case.state, case.why = State.TAKEN, ""
        case.version += 1
        case.save(update_fields=["state", "why", "version"])
    return case


def planned(case: Case) -> tuple[Plan, str]:
    """Where each file would go, and the track. Raises `Refused` where a person has to choose."""
    assert case.unit is not None
    rules = rules_of(case.contest)
    files = list(case.files.exclude(state=FileState.REFUSED))
    offered = [f for f in files if not f.inline and f.state == FileState.WAITING]
    track = track_for(rules, case, files)
    entry = standing_work(case, track, files)
    if entry is None and not may_begin(case):
        raise Refused(
            f"{case.unit.name}还没有作品，而发件地址没有登记在这个单位名下，所以没有自动开始。"
            "核对是不是这个单位的，再点“归到这个单位并收件”。"
        )
    slots = scope_of(entry, rules).slots if entry else track_of(rules, track).slots
    held: dict[str, int] = {}
    if entry is not None:
        for slot in entry.files.filter(current=True).values_list("slot", flat=True):
            held[slot] = held.get(slot, 0) + 1
    plan = fit(
        places(rules, track, slots),
        [Offered(f.pk, f.name, f.size) for f in offered],
        held=held,
        templates=templates_of(rules, *FILENAMES),
    )
    known = is_of_unit(case.unit, case.sender)
    doubts = {
        file: why
        for file, slot in plan.placed.items()
        if (why := _doubt(rules, entry, slot, held, known=known))
    }
    placed = {file: slot for file, slot in plan.placed.items() if file not in doubts}
    return Plan(placed, {**plan.open, **doubts}, plan.left), track


def _doubt(
    rules: Rules, entry: Entry | None, slot: str, held: dict[str, int], *, known: bool
) -> str:
    """Why a file is not put into a work by itself: the work is handed in already, or a file stands
    there and the sender's address is none of the unit's."""
    if entry is None:
        return ""
    name = next((s.name for s in track_of(rules, entry.track).slots if s.id == slot), slot)
    if entry.state not in WRITABLE:
        said = entry.get_state_display()
        return f"作品已报送（{said}），信里的文件没有换进去；要换，请逐个收入“{name}”。"
    single = next((s.max <= 1 for s in track_of(rules, entry.track).slots if s.id == slot), True)
    if single and held.get(slot) and not known:
        return f"“{name}”已有文件，而发件地址不是这个单位登记过的；要换，请逐个收入。"
    return ""


def take_one(
    case: Case,
    row: CaseFile,
    path: Path,
    *,
    track: str,
    slot: str,
    at: datetime,
    by: User | None = None,
    entry: Entry | None = None,
) -> Entry:
    """Put one file, of which `path` is a copy, into a place of the unit's work; `by` is the officer who
    says so, None where the rules alone decide. In the caller's transaction. Raises `Refused`, OSError
    (disk full)."""
    assert case.unit is not None
    rules = rules_of(case.contest)
    person = agent(case.unit, case.sender)
    place = next((s for s in track_of(rules, track).slots if s.id == slot), None)
    if place is None:
        raise Refused("规则书里没有这一项文件，请刷新页面后再选。")
    counted = counted_at(case, window_for(rules, case.unit, track, place))
    arrived = max(row.arrived_at, counted) if row.arrived_at else counted
    work = entry or work_for(case, track, person, arrived, list(case.files.all()))
    entries.hand_over_file(
        entry_id=work.pk, slot=slot, path=path, filename=row.name, by=person,
        began_at=row.began_at or arrived, finished_at=arrived,
    )  # fmt: skip
    row.state, row.slot, row.why = FileState.TAKEN, slot, ""
    if row.key and not case.files.filter(path__startswith=f"{row.apart}!").exists():
        # The work has the bytes now; what was sent for the letter need not lie here twice.
        storage.delete(row.key)
        row.key = ""
    row.save(update_fields=["state", "slot", "why", "key"])
    if case.entry_id != work.pk:
        case.entry = work
        case.save(update_fields=["entry"])
    tell(case, f"“{row.name[:120]}”收入作品的“{place.name}”。", at=at, by=by)
    details = {"entry": str(work.pk), "slot": slot, "file": row.pk, "sha256": row.sha256}
    note(case, "mailbox.take", details, at=at, by=by)
    return work


def _final(refusal: Refused) -> bool:
    """Whether the same file could not be taken by a person either: it came too late."""
    return refusal.code == "too-late"


def _to_the_desk(case: Case, why: str, at: datetime) -> Case:
    case.state, case.why = State.RESOLVE, why[:400]
    case.version += 1
    case.save(update_fields=["state", "why", "version"])
    tell(case, f"等待处理：{why}", at=at)
    return case
