"""What the sender of a letter may see by its own page: its outline, and what is awaited; no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fengcai.apps.contests.models import Contest
from fengcai.apps.mailbox.actions.sending import UPLOAD_PURPOSE
from fengcai.apps.mailbox.answering import Shut, case_by_token
from fengcai.apps.mailbox.models import Case
from fengcai.apps.mailbox.queries.letter import PendingRow, pending_row
from fengcai.apps.mailbox.states import FileState
from fengcai.apps.refusals import NotFound
from fengcai.engines.uploads.queries import PendingUpload, receiving


@dataclass(frozen=True)
class SendersFile:
    """A file of a letter as its sender's page shows it."""

    name: str
    size: int
    said: str


@dataclass(frozen=True)
class SendersPage:
    """What whoever has the address of a letter's page may see: the letter's own outline, no more."""

    case: Case
    contest: Contest
    unit: str
    files: tuple[SendersFile, ...]
    pending: tuple[PendingRow, ...]
    arrived: tuple[PendingRow, ...]


def senders_case(token: str, at: datetime) -> Case:
    """The letter of a sender's page. Raises `NotFound`."""
    try:
        return case_by_token(token, at)
    except Shut as shut:
        said = (
            "这个上传链接已经过期，或这封来信已处理完。"
            if shut.expired
            else "这个上传链接不对，可能没有复制全。"
        )
        raise NotFound(f"{said}请联系活动主办方，或另发一封邮件；已收到的文件都在。") from None


def senders_page(token: str, at: datetime) -> SendersPage:
    """The page of one letter for its sender. 4 SQL. Raises `NotFound`."""
    case = senders_case(token, at)
    pending = [pending_row(row, at) for row in case.pending.all()]
    taken = {FileState.TAKEN: "已收入作品", FileState.REFUSED: "没有收下"}
    return SendersPage(
        case=case,
        contest=case.contest,
        unit=case.unit.name if case.unit else "",
        files=tuple(
            SendersFile(row.name, row.size, taken.get(FileState(row.state), "已收到，正在核对"))
            for row in case.files.all()
            if not row.inline
        ),
        pending=tuple(row for row in pending if row.waiting),
        arrived=tuple(row for row in pending if not row.waiting),
    )


def unfinished_uploads(case: Case, pending: int | None) -> tuple[PendingUpload, ...]:
    """Uploads for this letter that were begun and may be gone on with."""
    return receiving(UPLOAD_PURPOSE, owner=f"letter:{case.pk}", case=str(case.pk), pending=pending)
