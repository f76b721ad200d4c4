"""What an officer decides about a letter: whose it is, which file goes where, that it is set aside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State as Work
from fengcai.apps.mailbox.actions.notes import desk_case, note, tell
from fengcai.apps.mailbox.actions.receiving import order_answer, order_taking
from fengcai.apps.mailbox.actions.taking import take_one
from fengcai.apps.mailbox.letters import Parts
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.apps.mailbox.names import folded, plain
from fengcai.apps.mailbox.states import Degree, FileState, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.engines import storage

MOST_ALIASES = 20
SHORTEST_REASON = 2


@transaction.atomic
def assign(
    *,
    contest: Contest,
    case_id: UUID,
    unit: Unit,
    version: int,
    by: User,
    at: datetime,
    alias: str = "",
) -> Case:
    """Say which unit a letter is from; what came with it is taken in by the rules then. `alias` is
    another name of the unit that later letters are to be known by."""
    case = desk_case(case_id, contest, by, version)
    if unit.contest_id != contest.pk:
        raise NotFound("没有这个单位。")
    if case.files.filter(state=FileState.TAKEN).exists() and case.unit_id != unit.pk:
        raise Refused(
            f"这封信的文件已收入{case.unit}的作品，不能改归别的单位。"
            "如果归错了，请先在那件作品里处理，再让发件人重新发送。"
        )
    case.unit, case.degree = unit, Degree.PERSON
    case.state, case.why = State.MATCHED, ""
    case.version += 1
    case.save(update_fields=["unit", "degree", "state", "why", "version"])
    if alias.strip():
        _learn(unit, alias)
    tell(case, f"归到{unit.name}。", at=at, by=by)
    order_taking(case)
    note(case, "mailbox.assign", {"unit": unit.pk}, at=at, by=by)
    return case


def _learn(unit: Unit, alias: str) -> None:
    name = plain(storable(alias))[:100]
    row = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    names = [str(each) for each in row.aliases]
    if len(folded(name)) < 2:
        raise Refused("别名至少两个字。", fields={"alias": "至少两个字"})
    if folded(name) in {folded(each) for each in [row.name, *names]}:
        return
    if len(names) >= MOST_ALIASES:
        raise Refused(f"一个单位最多 {MOST_ALIASES} 个别名。", fields={"alias": "已满"})
    row.aliases = [*names, name]
    row.save(update_fields=["aliases"])


@transaction.atomic
def set_aside(
    *, contest: Contest, case_id: UUID, reason: str, version: int, by: User, at: datetime
) -> Case:
    """Nothing (more) is to be done with a letter, and why. It is kept, and can be brought back."""
    case = desk_case(case_id, contest, by, version)
    reason = storable(reason).strip()[:300]
    if len(reason) < SHORTEST_REASON:
        raise Refused("请写明为什么搁置。", fields={"reason": "请写明理由"})
    case.state, case.why = State.ASIDE, reason
    case.version += 1
    case.save(update_fields=["state", "why", "version"])
    tell(case, f"搁置：{reason}", at=at, by=by)
    note(case, "mailbox.aside", {}, at=at, by=by, personal={"reason": reason})
    return case


@transaction.atomic
def reopen(*, contest: Contest, case_id: UUID, version: int, by: User, at: datetime) -> Case:
    """Bring a letter back to the desk."""
    case = desk_case(case_id, contest, by, version)
    if case.state not in (State.ASIDE, State.TAKEN):
        raise Refused("这封来信已在待处理之列。")
    case.state, case.why = State.RESOLVE, "由工作人员重新打开。"
    case.version += 1
    case.save(update_fields=["state", "why", "version"])
    tell(case, "重新打开。", at=at, by=by)
    note(case, "mailbox.reopen", {}, at=at, by=by)
    return case


def take_file(
    *,
    contest: Contest,
    case_id: UUID,
    file: int,
    track: str,
    slot: str,
    entry: UUID | None,
    version: int,
    by: User,
    at: datetime,
) -> Case:
    """Put one file of a letter into a place of a work, as the officer says: in `entry`, or in a new
    work. Over a work that was handed in too (then its head confirms it anew); versions stay."""
    require_role(by, contest, Role.ORGANISER)
    # The bytes first, in no transaction: a letter may be large, and others write meanwhile.
    found = CaseFile.objects.select_related("case").filter(pk=file, case=case_id)
    asked = found.filter(case__contest=contest).first()
    if asked is None:
        raise NotFound("信里没有这个文件，请刷新页面。")
    if asked.state == FileState.TAKEN:
        raise Refused("这个文件已经收入作品。")
    with (
        Parts() as parts,
        parts.copy_of(asked) as path,
        storage.provisional(),
        transaction.atomic(),
    ):
        case = desk_case(case_id, contest, by, version)
        if case.unit is None:
            raise Refused("请先指定这封信是哪个单位的。")
        row = case.files.filter(pk=file).first()
        if row is None or row.state == FileState.TAKEN:
            raise Refused("这个文件已经收入作品。")
        work = None
        if entry is not None:
            works = Entry.objects.filter(unit=case.unit_id, track=track).exclude(
                state=Work.WITHDRAWN
            )
            work = works.filter(pk=entry).first()
            if work is None:
                raise NotFound("这个单位没有这件作品，请刷新页面。")
        elif case.entry_id is not None and case.entry is not None and case.entry.track == track:
            work = case.entry
        case.version += 1
        case.save(update_fields=["version"])
        take_one(case, row, path, track=track, slot=slot, at=at, by=by, entry=work)
    return case


@transaction.atomic
def finish(*, contest: Contest, case_id: UUID, version: int, by: User, at: datetime) -> Case:
    """Say that a letter of the desk is dealt with; the sender is told what came of it."""
    case = desk_case(case_id, contest, by, version)
    if case.state != State.RESOLVE:
        raise Refused("这封来信不在待处理之列。")
    if case.unit is None:
        raise Refused("还没有指定单位。不需要收件的来信，请写明理由后搁置。")
    case.state, case.why = State.TAKEN, ""
    case.version += 1
    case.save(update_fields=["state", "why", "version"])
    tell(case, "处理完毕。", at=at, by=by)
    order_answer(case)
    note(case, "mailbox.finish", {}, at=at, by=by)
    return case
