"""What a letter says, as a case's rows: sender, subject, text, files, links, and whose it is.

Reads and matches; what is written is `jobs`' to commit in one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models.functions import Lower

from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.mailbox.forwarding import MOST, Original, originals, passes_on
from fengcai.apps.mailbox.letters import attachments
from fengcai.apps.mailbox.matching import Clues, Match, match
from fengcai.apps.mailbox.models import Case, CaseFile, PendingFile
from fengcai.apps.mailbox.names import Known
from fengcai.apps.mailbox.opening import MOST_FILES, is_archive, listed
from fengcai.apps.mailbox.returned import returned_in
from fengcai.apps.mailbox.states import Degree, FileState, State
from fengcai.apps.mailbox.texts import fit_for_keeping
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from fengcai.engines.mailbox import Letter

MOST_TEXT = 20_000


@dataclass
class Reading:
    """Rows to be, not saved."""

    case: dict[str, Any]
    originals: tuple[Original, ...] = ()
    files: list[CaseFile] = field(default_factory=list)
    pending: list[PendingFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    returned: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def read_into(case: Case, letter: Letter, own: str) -> Reading:
    """Everything that the letter gives. `own` is the mailbox's own address."""
    sender = letter.sender.strip().lower()
    made = Reading(
        {
            "message_id": fit_for_keeping(letter.message_id, 300),
            "sender": fit_for_keeping(sender, 254),
            "sender_name": fit_for_keeping(letter.sender_name, 200),
            "subject": fit_for_keeping(letter.subject, 500),
            "text": fit_for_keeping(letter.text, MOST_TEXT),
            "dated_at": letter.date,
            "automatic": letter.automatic or (bool(own) and sender == own.lower()),
            "bounce": letter.bounce,
        },
        originals=_originals(letter, own),
        problems=[fit_for_keeping(each.text, 300) for each in letter.problems],
        returned=returned_in(letter) if letter.bounce else (),
        failed=letter.failed,
    )
    _files(case, letter, made)
    for each in letter.letters():
        for link in each.links:
            if len(made.pending) < MOST_FILES:
                made.pending.append(
                    PendingFile(
                        case=case,
                        order=len(made.pending),
                        provider=link.provider[:40],
                        name=fit_for_keeping(link.name, 300) or "未写名称的大附件",
                        size=link.size,
                        expires_at=link.expires_at,
                        url=fit_for_keeping(link.url, 4000),
                    )
                )
    return made


def _originals(letter: Letter, own: str) -> tuple[Original, ...]:
    """Who wrote the letters that this one passes on, attached whole or standing in its text; not its own
    sender, and not the mailbox itself, which every answer to a receipt quotes."""
    found = [Original(each.sender_name, each.sender.lower()) for each in letter.letters()][1:]
    if passes_on(letter.subject):
        found += originals(letter.text)
    us = {letter.sender.strip().lower(), own.lower()}
    return tuple(dict.fromkeys(x for x in found if x.address not in us))[:MOST]


def _files(case: Case, letter: Letter, made: Reading) -> None:
    for place, each in attachments(letter):
        if len(made.files) >= MOST_FILES:
            made.problems.append(f"附件太多，只列出前 {MOST_FILES} 个；其余在原信里。")
            return
        name = fit_for_keeping(each.name, 300)
        row = _row(case, made, place, name, each.size, inline=each.inline)
        row.content_type = fit_for_keeping(each.content_type, 100)
        row.sha256 = each.sha256
        if not each.whole:
            row.state, row.why = (
                FileState.REFUSED,
                "信在这个附件中间断了，文件不完整，请发件人重发。",
            )
        if each.whole and is_archive(name):
            made.files += listed(row, place, each.path, room=MOST_FILES - len(made.files))


def _row(
    case: Case, made: Reading, path: str, name: str, size: int, *, inline: bool = False
) -> CaseFile:
    row = CaseFile(
        case=case, order=len(made.files), path=path, name=name or "未命名文件", size=size,
        inline=inline,
    )  # fmt: skip
    made.files.append(row)
    return row


def templates_of(rules: Rules | None, *kinds: str) -> tuple[str, ...]:
    """The naming rules of these kinds (`mail_subject`, `video_filename` …); all of them by default."""
    if rules is None:
        return ()
    rows = [n for n in rules.naming if not kinds or n.applies_to in kinds]
    return tuple(dict.fromkeys(n.template for n in rows))


def rules_or_none(case: Case) -> Rules | None:
    """The contest's rules, where its questions are answered."""
    try:
        return rules_of(case.contest)
    except Refused:
        return None


def whose(case: Case, reading: Reading) -> Match:
    """The unit that the letter is from. 4 SQL."""
    sender = reading.case["sender"]
    units = list(
        Unit.objects.filter(contest=case.contest_id, closed_at=None, merged_into=None).order_by(
            "order", "pk"
        )
    )
    passed_on = {each.address for each in reading.originals if each.address}
    by_address = _registered(case, units, {sender, *passed_on} - {""})
    earlier: set[int] = set()
    if sender:
        before = Case.objects.filter(
            contest=case.contest_id, sender=sender, degree=Degree.PERSON, state=State.TAKEN
        ).exclude(pk=case.pk)
        earlier = {pk for pk in before.values_list("unit_id", flat=True) if pk is not None}
    return match(
        [Known(u.pk, u.name, tuple(str(a) for a in u.aliases)) for u in units],
        Clues(
            subject=reading.case["subject"],
            files=[row.name for row in reading.files if not row.inline]
            + [row.name for row in reading.pending],
            sender_name=reading.case["sender_name"],
            text=reading.case["text"],
            contact_of=by_address[sender],
            earlier=earlier,
            sender=sender,
            forwarded=[each.name for each in reading.originals if each.name],
            forwarded_by={(unit, each) for each in passed_on for unit in by_address[each]},
        ),
        templates=templates_of(rules_or_none(case)),
    )


def _registered(case: Case, units: list[Unit], addresses: set[str]) -> defaultdict[str, set[int]]:
    """Whose registered addresses these are. 1 SQL."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    if not addresses:
        return found
    for unit in units:
        if (own := unit.email.strip().lower()) in addresses:
            found[own].add(unit.pk)
    seats = (
        Membership.objects.annotate(address=Lower("user__email"))
        .filter(
            contest=case.contest_id, until=None, role__in=(Role.CONTACT, Role.HEAD),
            address__in=addresses, unit__isnull=False,
        )
        .values_list("address", "unit_id")
    )  # fmt: skip
    for address, unit_id in seats:
        if unit_id is not None:
            found[address].add(unit_id)
    return found


def told(found: Match) -> dict[str, Any]:
    """A match as a case keeps it."""
    return {
        "unit_id": found.unit,
        "degree": found.degree,
        "reasons": [
            {"unit": r.unit, "source": r.source, "quote": r.quote, "how": r.how,
             "degree": r.degree}
            for r in found.reasons[:20]
        ],
        "candidates": list(found.candidates[:20]),
    }  # fmt: skip


def same_letter(case: Case, reading: Reading) -> Case | None:
    """An earlier case of the same Message-ID with the very same files: the letter came twice (a copy,
    a mailbox that was moved). 2 SQL at most."""
    if not reading.case["message_id"]:
        return None
    twins = Case.objects.filter(
        contest=case.contest_id, message_id=reading.case["message_id"],
        sender=reading.case["sender"], subject=reading.case["subject"],
    ).exclude(pk=case.pk).exclude(state=State.NEW)  # fmt: skip
    mine = sorted(row.sha256 for row in reading.files if row.sha256)
    for twin in twins.order_by("taken_up_at")[:5]:
        theirs = twin.files.exclude(sha256="").filter(key="").values_list("sha256", flat=True)
        same_text = twin.text == reading.case["text"]
        if same_text and sorted(theirs) == mine and twin.pending.count() == len(reading.pending):
            return twin
    return None


def standing(case: Case, reading: Reading, found: Match) -> tuple[State, str]:
    """Where the letter goes from here, and why in a sentence."""
    offered = [row for row in reading.files if not row.inline and row.state == FileState.WAITING]
    if reading.case["bounce"]:
        return State.ASIDE, "退信：此前发出的一封邮件没有送到。不需要收件，也不会回复。"
    if reading.case["automatic"] and not offered and not reading.pending:
        return State.ASIDE, "自动回复或系统通知，没有文件。不会回复。"
    if twin := same_letter(case, reading):
        when = _when(twin.received_at)
        return (
            State.ASIDE,
            f"与 {when} 收到的一封信相同（同一 Message-ID、同样的文件），没有重复收件。",
        )
    if reading.case["automatic"]:
        return State.RESOLVE, "由系统自动发出，却带着文件，请人工看一下。不会自动回复。"
    if found.ambiguous:
        return State.RESOLVE, "线索指向不止一个单位，请选定。"
    if found.unit is None:
        why = "没有找到是哪个单位的来信，请指定。"
        return State.RESOLVE, why if not found.candidates else "是哪个单位的来信还拿不准，请选定。"
    if not offered and not reading.pending:
        return State.RESOLVE, "信里没有附件，也没有大附件链接。请看正文，需要时回复。"
    return State.MATCHED, ""


def _when(at: datetime) -> str:
    from django.utils.timezone import localtime

    return f"{localtime(at):%Y-%m-%d %H:%M}"
