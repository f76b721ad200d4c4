"""What an officer has the mailbox say or fetch: ask for files, reply, fetch a linked file, wait no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.upkeep import scope_of
from fengcai.apps.mailbox.actions.notes import desk_case, note, tell
from fengcai.apps.mailbox.answering import ask, write_to
from fengcai.apps.mailbox.models import Case, PendingFile
from fengcai.apps.mailbox.states import PendingState
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.engines.jobs import enqueue

LONGEST_REPLY = 5000
OPEN_AGAIN = timedelta(days=30)


@transaction.atomic
def ask_for_files(
    *, contest: Contest, case_id: UUID, words: str, version: int, by: User, at: datetime
) -> Case:
    """Write to the sender for what is missing, with the page to send it by, open for a month more."""
    case = desk_case(case_id, contest, by, version)
    _reachable(case)
    words = storable(words).strip()[:LONGEST_REPLY]
    case.open_until = max(case.open_until or at, at + OPEN_AGAIN)
    case.version += 1
    case.save(update_fields=["open_until", "version"])
    ask(case, words, key=f"mailbox:ask:{case.pk}:{case.version}", at=at)
    tell(case, "请发件人用专用链接补传文件。", at=at, by=by)
    note(case, "mailbox.ask", {}, at=at, by=by)
    return case


@transaction.atomic
def reply(
    *, contest: Contest, case_id: UUID, words: str, version: int, by: User, at: datetime
) -> Case:
    """Answer a letter in the officer's own words."""
    case = desk_case(case_id, contest, by, version)
    _reachable(case)
    words = storable(words).strip()
    if not words:
        raise Refused("请写回信的内容。", fields={"words": "请写内容"})
    if len(words) > LONGEST_REPLY:
        raise Refused(f"回信最多 {LONGEST_REPLY} 字。", fields={"words": f"现有 {len(words)} 字"})
    case.version += 1
    case.save(update_fields=["version"])
    write_to(case, words, key=f"mailbox:reply:{case.pk}:{case.version}", at=at)
    tell(case, f"回信：{words[:200]}", at=at, by=by)
    note(case, "mailbox.reply", {}, at=at, by=by)
    return case


@transaction.atomic
def wait_no_longer(
    *, contest: Contest, case_id: UUID, pending: int, version: int, by: User, at: datetime
) -> Case:
    """Stop waiting for a linked file: it came another way, or is not wanted."""
    case = desk_case(case_id, contest, by, version)
    row = _pending(case, pending)
    row.state = PendingState.ASIDE
    row.save(update_fields=["state"])
    case.version += 1
    case.save(update_fields=["version"])
    tell(case, f"不再等“{row.name[:120]}”。", at=at, by=by)
    note(case, "mailbox.wait_no_longer", {"pending": row.pk}, at=at, by=by)
    return case


@transaction.atomic
def fetch_file(
    *, contest: Contest, case_id: UUID, pending: int, version: int, by: User, at: datetime
) -> Case:
    """Have a linked file fetched: only from hosts that the installation allows, and only because an
    officer says so for this one."""
    case = desk_case(case_id, contest, by, version)
    row = _pending(case, pending)
    if not may_fetch(row.url):
        raise Refused(
            "本系统没有被允许从这个网站取文件（管理员用 FENGCAI_FETCH 和 FENGCAI_FETCH_HOSTS 设置）。"
            "请让发件人用专用链接上传，或自己下载后在作品页上传。"
        )
    case.version += 1
    case.save(update_fields=["version"])
    enqueue(
        "mailbox.fetch", {"pending": row.pk, "by": by.pk}, dedupe_key=f"mailbox.fetch:{row.pk}",
        subject=f"letter:{case.pk}", scope=scope_of(contest),
    )  # fmt: skip
    tell(case, f"去取“{row.name[:120]}”。", at=at, by=by)
    note(case, "mailbox.fetch", {"pending": row.pk}, at=at, by=by)
    return case


def fetch_hosts() -> tuple[str, ...]:
    """The hosts from which linked files may be fetched: those named in the settings, and none where
    they name none. (An author's public page may come from anywhere; a mailed link may not.)"""
    if not settings.FENGCAI_FETCH:
        return ()
    named = settings.FENGCAI_FETCH_HOSTS.lower().split(",")
    return tuple(each.strip() for each in named if each.strip())


def may_fetch(url: str) -> bool:
    """Whether the link's host is one of `fetch_hosts`."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return any(
        host == each or (each.startswith(".") and host.endswith(each)) for each in fetch_hosts()
    )


def _pending(case: Case, pk: int) -> PendingFile:
    row = case.pending.filter(pk=pk).first()
    if row is None:
        raise NotFound("信里没有这个大附件，请刷新页面。")
    if row.state != PendingState.WAITING:
        raise Refused(f"这个大附件现在是“{row.get_state_display()}”，不用再处理。")
    return row


def _reachable(case: Case) -> None:
    if case.bounce or "@" not in case.sender:
        raise Refused("这封信没有可以回复的地址。")
