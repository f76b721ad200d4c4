"""The original of a letter that names somebody whose data were erased: an officer has it deleted, or says
why it stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.models import Contest
from fengcai.apps.mailbox.actions.notes import desk_case, note, tell
from fengcai.apps.mailbox.models import Case
from fengcai.apps.mailbox.states import FileState, State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.engines import storage

GONE = "原信已随个人信息删除，附件取不出来了。"
SHORTEST_REASON = 2


@transaction.atomic
def drop_original(*, contest: Contest, case_id: UUID, version: int, by: User, at: datetime) -> Case:
    """Delete the letter as it came. Its row, its hash and what was taken into works stay."""
    case = desk_case(case_id, contest, by, version)
    _asked(case)
    if case.state not in (State.TAKEN, State.ASIDE):
        raise Refused(
            "这封信还没有处理完，删了原件，没收入作品的附件就没有了。请先处理完或搁置，再删原件。"
        )
    drop(case, at)
    case.version += 1
    case.save()
    tell(case, "原件已删除。", at=at, by=by)
    note(case, "mailbox.drop_original", {"sha256": case.sha256}, at=at, by=by)
    return case


@transaction.atomic
def keep_original(
    *, contest: Contest, case_id: UUID, reason: str, version: int, by: User, at: datetime
) -> Case:
    """Keep it all the same, and why: it is another one of that name, or a law asks for it."""
    case = desk_case(case_id, contest, by, version)
    _asked(case)
    reason = storable(reason).strip()[:300]
    if len(reason) < SHORTEST_REASON:
        raise Refused("请写明为什么保留。", fields={"keep": "请写明理由"})
    case.named, case.named_at = [], None
    case.version += 1
    case.save(update_fields=["named", "named_at", "version"])
    tell(case, f"原件保留：{reason}", at=at, by=by)
    note(case, "mailbox.keep_original", {}, at=at, by=by, personal={"reason": reason})
    return case


def drop(case: Case, at: datetime) -> None:
    """Take the bytes away when the transaction commits; the row is the caller's to save."""
    if case.key:
        storage.delete(case.key)
    for row in case.files.exclude(key=""):
        storage.delete(row.key)
    case.files.update(key="")
    case.files.filter(state=FileState.WAITING).update(why=GONE)
    case.key, case.named, case.named_at, case.erased_at = "", [], None, at


def _asked(case: Case) -> None:
    if case.named_at is None:
        raise Refused("这封信的原件不在待删之列，请刷新页面。")
