"""What the sender is told by itself: a receipt once, with what came in and what is wrong or missing; a
warning before a link expires. Machines, bounces and our own address are never answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.timezone import localtime

from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.states import WRITABLE
from fengcai.apps.mailbox.actions.notes import locked_case, tell
from fengcai.apps.mailbox.forwarding import passes_on
from fengcai.apps.mailbox.models import Case, CaseFile, Connection, PendingFile
from fengcai.apps.mailbox.naming import misnamed, misworded
from fengcai.apps.mailbox.reading import rules_or_none
from fengcai.apps.mailbox.states import FileState, Origin, PendingState, State
from fengcai.apps.messages.actions import Recipient, post
from fengcai.core.rulebook import Rules

MOST_A_DAY = 5
"""Answers that one address gets in a day by itself: two machines that answer one another stop here."""
DAY = timedelta(days=1)
WAIT_FOR_INSPECTION = timedelta(minutes=10)
MACHINES = ("mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply", "do-not-reply",
            "postmail", "bounce", "auto")  # fmt: skip
MOST_LINES = 40
_SALT = "fengcai.mailbox.letter"


@dataclass(frozen=True)
class Shut(Exception):
    """The address of a sender's page is not genuine, or past its time."""

    expired: bool


def page_token(case: Case) -> str:
    """The last part of the address of the sender's page; it opens nothing but this one letter."""
    return signing.Signer(salt=_SALT, sep=".").sign(case.pk.hex)


def case_by_token(token: str, at: datetime) -> Case:
    """The letter whose page this is. Raises `Shut`."""
    try:
        id = UUID(hex=signing.Signer(salt=_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        raise Shut(False) from None
    case = Case.objects.select_related("contest__version", "unit").filter(pk=id).first()
    if case is None:
        raise Shut(False)
    if case.state == State.ASIDE or case.open_until is None or at > case.open_until:
        raise Shut(True)
    return case


def page_url(case: Case) -> str:
    """The sender's page; empty where the installation does not know its own address."""
    if not settings.FENGCAI_PUBLIC_URL:
        return ""
    return f"{settings.FENGCAI_PUBLIC_URL}/letters/{page_token(case)}/"


def unanswerable(case: Case, at: datetime) -> str:
    """Why no answer goes out by itself, in a sentence; empty where one does. At most 2 SQL."""
    name, at_sign, domain = case.sender.partition("@")
    if case.bounce:
        return "退信不回复"
    if case.automatic:
        return "自动发出的邮件不回复"
    if not at_sign or not domain or any(name.startswith(each) for each in MACHINES):
        return "发件地址不收信，没有回复"
    box = Connection.objects.filter(contest=case.contest_id).first()
    if box is not None and case.sender == box.address.lower():
        return "本邮箱自己发出的邮件，不回复"
    if box is not None and not box.receipts:
        return "邮箱设置里关闭了自动回执，没有回复"
    today = Case.objects.filter(
        contest=case.contest_id, sender=case.sender, answered_at__gt=at - DAY
    ).exclude(pk=case.pk)
    if today.count() >= MOST_A_DAY:
        return f"一天内已给这个地址自动回复 {MOST_A_DAY} 次，没有再回复"
    return ""


def answer(case_id: UUID, at: datetime) -> bool:
    """Post the receipt, in the caller's transaction. True where it should wait: files are still being
    inspected, and not yet for ten minutes."""
    case = locked_case(case_id)
    if case.state not in (State.TAKEN, State.RESOLVE):
        return False
    if why := unanswerable(case, at):
        tell(case, why, at=at)
        return False
    if case.state == State.RESOLVE and _only_thanks(case):
        tell(case, "是对来信往来的回复，没有附件，没有再发回执。", at=at)
        return False
    newest = case.events.order_by("-at").values_list("at", flat=True).first() or at
    if at - newest < WAIT_FOR_INSPECTION and _inspecting(case):
        return True
    step = "taken" if case.state == State.TAKEN else "received"
    if case.answered in (step, "taken"):
        return False
    waits = case.pending.filter(state=PendingState.WAITING).exists()
    key = f"mailbox:receipt:{case.pk}:{step}"
    _post(case, "mailbox.receipt", _receipt(case), key=key, at=at, link=waits)
    case.answered_at, case.answered = at, step
    case.save(update_fields=["answered_at", "answered"])
    tell(case, "已向发件人发回执。", at=at)
    return False


def _only_thanks(case: Case) -> bool:
    """An answer without files, to us as far as we know: a receipt for it would ask for the next one."""
    return (
        not passes_on(case.subject)
        and not case.files.filter(inline=False).exists()
        and not case.pending.exists()
    )


def warn_of_expiry(case_id: UUID, at: datetime) -> int:
    """Warn of this letter's links that expire soon; returns how many were named. One transaction."""
    with transaction.atomic():
        case = locked_case(case_id)
        rows = list(
            case.pending.filter(
                state=PendingState.WAITING, alerted_at=None, expires_at__lte=at + 3 * DAY
            )
        )
        if not rows:
            return 0
        PendingFile.objects.filter(pk__in=[row.pk for row in rows]).update(alerted_at=at)
        gone = [row for row in rows if row.expires_at and row.expires_at <= at]
        names = "、".join(row.name for row in rows)[:200]
        if why := unanswerable(case, at):
            tell(case, f"大附件即将过期：{names}。{why}，请联系对方。", at=at)
            return len(rows)
        said = [_pending_line(row) for row in rows]
        said += [
            "",
            "过期后链接里的文件就取不到了。" if len(gone) < len(rows) else "链接已经过期。",
        ]
        key = f"mailbox:expiring:{case.pk}:{rows[0].pk}"
        _post(case, "mailbox.expiring", "\n".join(said), key=key, at=at, link=True)
        tell(case, f"已提醒发件人大附件即将过期：{names}。", at=at)
        return len(rows)


def ask(case: Case, words: str, *, key: str, at: datetime) -> None:
    """Ask the sender for what is missing, with the page to send it by (an officer's click)."""
    said = [words] if words else ["请把下面的文件传到本系统："]
    said += [_pending_line(row) for row in case.pending.filter(state=PendingState.WAITING)]
    _post(case, "mailbox.ask", "\n".join(said), key=key, at=at, link=True)


def write_to(case: Case, words: str, *, key: str, at: datetime) -> None:
    """Send an officer's own words."""
    _post(case, "mailbox.reply", words, key=key, at=at)


def _post(
    case: Case, template: str, said: str, *, key: str, at: datetime, link: bool = False
) -> None:
    box = Connection.objects.filter(contest=case.contest_id).first()
    post(
        template=template,
        to=Recipient(None, case.sender_name, case.sender),
        context={
            "subject": case.subject[:80] or "（无主题）",
            "contest": case.contest.title,
            "received": case.received_at,
            "said": said,
            "link": "\n".join(["", *_upload_lines(case)]) if link else "",
            "who": _who(case.contest, rules_or_none(case)),
        },
        channel="mail",
        key=key,
        contest=case.contest_id,
        at=at,
        in_reply_to=f"<{case.message_id.strip('<> ')}>" if case.message_id else "",
        reply_to=box.address if box else "",
    )


def _who(contest: Contest, rules: Rules | None) -> str:
    if rules is None:
        return contest.title
    people = [
        "联系人：" + "、".join(each.names) + (f"　{each.phone}" if each.phone else "")
        for each in rules.contacts[:3]
    ]
    return "\n".join([rules.issuer, *people])


def _receipt(case: Case) -> str:
    lines: list[str] = []
    if case.state == State.RESOLVE:
        lines += ["信和附件都已保存，正由工作人员核对；处理后会再告诉您。", ""]
    elif case.unit is not None:
        lines += [f"已归到：{case.unit.name}", ""]
    # To an address of which nothing is known we repeat nothing of what it wrote.
    files = [row for row in case.files.all() if not row.inline and case.unit is not None]
    lines += [_file_line(case, row) for row in files[:MOST_LINES]]
    if len(files) > MOST_LINES:
        lines.append(f"· ……共 {len(files)} 个文件")
    lines += _subject_remark(case)
    pending = [row for row in case.pending.all() if case.unit is not None and row.awaited]
    lines += [_pending_line(row) for row in pending[:MOST_LINES]]
    if defects := [*_unread(case), *_defects(case)]:
        lines += ["", "需要您处理：", *(f"· {each}" for each in defects[:MOST_LINES])]
    if case.entry is not None and case.entry.state in WRITABLE:
        lines += [
            "",
            "文件已放进草稿，还没有提交。请联络员登录后补齐表单并提交：",
            _works_url(case),
        ]
    return "\n".join(lines)


def _file_line(case: Case, row: CaseFile) -> str:
    size = in_bytes(row.size)
    if row.state == FileState.TAKEN:
        name = _slot_name(case, row.slot)
        return f"· {row.name}（{size}）：已收入“{name}”{_name_remark(case, row)}"
    if row.state == FileState.REFUSED:
        return f"· {row.name}（{size}）：没有收下。{row.why}"
    to_you = row.why.replace("请发件人", "请您")
    where = "（压缩包内）" if row.origin == Origin.PACKED else ""
    return f"· {row.name}{where}（{size}）：已随信保存" + (f"；{to_you}" if to_you else "")


def _unread(case: Case) -> list[str]:
    """What kept us from reading the letter and its writer can mend, said to him. A sentence that repeats
    his words (a file's name) goes to known units only."""
    told = [str(each) for each in case.problems]
    return [
        re.sub("请(?:对方|发件人)", "请您", each)
        for each in told
        if re.search("请(?:对方|发件人)", each) and (case.unit is not None or "“" not in each)
    ]


def _subject_remark(case: Case) -> list[str]:
    """That a letter with works is not headed as the notice asks, and how it should be. Repeats nothing of
    what was written."""
    rules = rules_or_none(case)
    if rules is None or not (case.files.filter(inline=False).exists() or case.pending.exists()):
        return []
    known = {"unit": case.unit.name} if case.unit else {}
    aliases = [str(each) for each in case.unit.aliases] if case.unit else []
    wrong = misworded(rules, case.subject, known, aliases)
    if wrong is None:
        return []
    return [
        f"邮件主题与通知（{wrong.section}）不一致：应为“{wrong.expected}”。信已照收，不用重发。"
    ]


def _name_remark(case: Case, row: CaseFile) -> str:
    """That a file is not named as the notice asks, how it should be, and that nothing need be done. Empty
    where the name is right, and where the rulebook makes it a defect, which is told with the defects."""
    rules = rules_or_none(case)
    if rules is None or case.entry is None:
        return ""
    slots = (s for t in rules.tracks if t.id == case.entry.track for s in t.slots)
    slot = next((s for s in slots if s.id == row.slot), None)
    track = next((t.name for t in rules.tracks if t.id == case.entry.track), "")
    known = {"unit": case.entry.unit.name, "title": case.entry.title, "track": track,
             "number": case.entry.number}  # fmt: skip
    wrong = misnamed(rules, slot, row.name, known) if slot else None
    if wrong is None or _judged_by_name(case, row):
        return ""
    now = "表单填齐后" if wrong.open else "打包下载时"
    return (
        f"\n　文件名与通知（{wrong.section}）不一致：应为“{wrong.expected}”，您发来的是“{row.name}”。"
        f"已照收，不用重发；{now}系统会按通知改成应有的名称。"
    )


def _judged_by_name(case: Case, row: CaseFile) -> bool:
    """Whether a requirement of the rulebook has found the name of this very file wrong. 1 SQL."""
    found = Finding.objects.filter(
        asset__version__entry=case.entry, asset__version__current=True,
        asset__filename=row.name[:255], verdict=Finding.Verdict.FAIL, severity="must",
    )  # fmt: skip
    return any("filename" in names for names in found.values_list("names", flat=True))


def _pending_line(row: PendingFile) -> str:
    told = [in_bytes(row.size) if row.size else ""]
    told.append(f"{localtime(row.expires_at):%Y-%m-%d %H:%M} 到期" if row.expires_at else "")
    said = "，".join(each for each in told if each)
    return f"· {row.name}{f'（{said}）' if said else ''}：信里只有下载链接，文件还没有收到"


def _upload_lines(case: Case) -> list[str]:
    if url := page_url(case):
        return [
            "",
            "请打开下面的专用链接上传（手机、电脑都可以，不用登录；以上传完成的时间为准）：",
            url,
        ]
    return ["", "请登录活动网站上传文件，或联系主办方。"]


def _works_url(case: Case) -> str:
    site = settings.FENGCAI_PUBLIC_URL
    return f"{site}/c/{case.contest.slug}/works/" if site else "（活动网站，地址见通知）"


def _slot_name(case: Case, slot: str) -> str:
    rules = rules_or_none(case)
    every = (s for t in (rules.tracks if rules else ()) for s in t.slots)
    return next((s.name for s in every if s.id == slot), slot)


def _inspecting(case: Case) -> bool:
    if case.entry_id is None:
        return False
    return FileVersion.objects.filter(
        entry=case.entry_id, current=True, asset__state=Asset.State.RECEIVED
    ).exists()


def _defects(case: Case) -> list[str]:
    """What is wrong with the work's files as far as inspected, and what the form still owes."""
    if case.entry is None or case.state != State.TAKEN:
        return []
    entry = case.entry
    said: list[str] = []
    current = list(entry.files.filter(current=True).select_related("asset"))
    waiting = [row.asset.filename for row in current if row.asset.state == Asset.State.RECEIVED]
    broken = Finding.objects.filter(
        asset__in=[row.asset_id for row in current], verdict=Finding.Verdict.FAIL, severity="must"
    )
    said += [
        f"{row.text}：测得 {row.measured}（依据通知{row.section}）"
        for row in broken.order_by("pk")[:MOST_LINES]
    ]
    said += [f"{row.asset.filename}：{row.asset.trouble}" for row in current if row.asset.trouble]
    if entry.state in WRITABLE:
        said += _unique(each.message for each in owed_by(entry, rules_of(case.contest)))
    if waiting:
        said.append(f"{'、'.join(waiting[:5])}：还在检测，结果请登录后看")
    return said


def _unique(rows: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(rows))


def in_bytes(size: int) -> str:
    """128 MB."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{size} B"
