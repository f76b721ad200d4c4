"""The mailbox's jobs: look for letters, read them, take them in, answer, warn before a link expires.

Each can run twice without harm: what was done is seen in the rows, and what was not is done.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fengcai.apps.mailbox.actions.connecting import order_look
from fengcai.apps.mailbox.actions.notes import locked_case, tell
from fengcai.apps.mailbox.actions.receiving import order_answer, order_taking
from fengcai.apps.mailbox.actions.taking import take_all
from fengcai.apps.mailbox.answering import answer, warn_of_expiry
from fengcai.apps.mailbox.fetching import fetch_pending
from fengcai.apps.mailbox.letters import FileGone, Parts, letter_of
from fengcai.apps.mailbox.models import Case, CaseFile, Connection, PendingFile, Sought
from fengcai.apps.mailbox.opening import MOST_FILES, listed
from fengcai.apps.mailbox.polling import look
from fengcai.apps.mailbox.reading import read_into, standing, told, whose
from fengcai.apps.mailbox.returned import note_returned
from fengcai.apps.mailbox.searching import named_in
from fengcai.apps.mailbox.states import PendingState, State
from fengcai.apps.mailbox.vault import opened
from fengcai.engines.jobs import JobContext, JobRetry, Lane, Priority, enqueue, handler

log = logging.getLogger(__name__)

UNREADABLE = "这封信读不出来（格式损坏），请下载原信查看。"
BEFORE_EXPIRY = timedelta(days=3)
REFUSED_EVERY = timedelta(minutes=30)


@handler("mailbox.poll", title="查看报送邮箱", lane=Lane.MAIL, lease=timedelta(minutes=5),
         max_attempts=3)  # fmt: skip
def poll(job: JobContext, connection: int) -> dict[str, int]:
    """Fetch new letters; each is a case before the next is fetched. If the machine dies in the middle,
    the next look goes on from the last letter whose case stands."""
    row = Connection.objects.select_related("contest__version").filter(pk=connection).first()
    if row is None or not row.active:
        return {"letters": 0}
    return {"letters": look(row, beat=job.check)}


def order_polls() -> None:
    """Have every mailbox in use looked at soon; one look at a time for each. One that has refused us is
    tried again now and then only: a wrong password every two minutes would lock the account."""
    lately = timezone.now() - REFUSED_EVERY
    for row in Connection.objects.filter(active=True).exclude(refused=True, looked_at__gt=lately):
        order_look(row)


@handler("mailbox.read", title="读来信", lane=Lane.MAIL, lease=timedelta(minutes=5))
def read_letter(job: JobContext, case: str) -> None:
    """Read a kept letter into rows and say whose it is. One transaction; a crash repeats it whole."""
    row = Case.objects.select_related("contest__version").filter(pk=UUID(case)).first()
    if row is None or row.state != State.NEW:
        return
    at = timezone.now()
    own = Connection.objects.filter(contest=row.contest_id).values_list("address", flat=True)
    try:
        with letter_of(row) as letter:
            reading = read_into(row, letter, own.first() or "")
    except OSError:
        raise  # a full disk, a store that is away: the letter is kept, and is read later
    except Exception:
        # Whatever a letter is, it stays a case: an officer sees it and has the original.
        log.exception("letter %s could not be read", row.pk)
        _unread(job, row, UNREADABLE)
        return
    found = whose(row, reading)
    state, why = standing(row, reading, found)
    with job.completing():
        kept = locked_case(row.pk)
        if kept.state != State.NEW:
            return
        for name, value in {**reading.case, **told(found), "problems": [*kept.problems, *reading.problems][:50],
                            "state": state, "why": why[:400]}.items():  # fmt: skip
            setattr(kept, name, value)
        kept.open_until = at + timedelta(days=45)
        kept.save()
        CaseFile.objects.bulk_create(reading.files)
        PendingFile.objects.bulk_create(reading.pending)
        tell(kept, _first_line(state, why, kept), at=at)
        note_returned(kept, reading.returned, reading.failed, at)
        if state == State.MATCHED:
            order_taking(kept)
        elif state == State.RESOLVE:
            order_answer(kept)


def _unread(job: JobContext, case: Case, why: str) -> None:
    with job.completing():
        Case.objects.filter(pk=case.pk, state=State.NEW).update(state=State.RESOLVE, why=why)
        tell(case, why, at=timezone.now())


def _first_line(state: State, why: str, case: Case) -> str:
    if state != State.MATCHED:
        return why
    return f"认出是{case.unit.name if case.unit else ''}的来信（{case.get_degree_display()}）。"


@handler("mailbox.open", title="打开补传的压缩包", lane=Lane.MAIL, lease=timedelta(minutes=10))
def open_sent(job: JobContext, file: int) -> None:
    """List what lies in an archive that was sent for a letter, then have it taken in like an attachment.
    One transaction; a crash repeats it whole, and a list that stands is left."""
    row = CaseFile.objects.select_related("case").filter(pk=file).first()
    if row is None:
        return
    found: list[CaseFile] = []
    if row.key and not row.why:
        try:
            with Parts() as parts, parts.copy_of(row) as path:
                room = MOST_FILES - row.case.files.count()
                found = listed(row, row.apart, path, room=room)
        except FileGone as gone:
            row.why = str(gone)
    with job.completing():
        case = locked_case(row.case_id)
        if not case.files.filter(path__startswith=f"{row.apart}!").exists():
            CaseFile.objects.bulk_create(found)
            CaseFile.objects.filter(pk=row.pk, why="").update(why=row.why[:400])
        if case.state == State.MATCHED:
            order_taking(case)


@handler("mailbox.take", title="收来信的附件", lane=Lane.MAIL, lease=timedelta(minutes=10),
         max_attempts=8)  # fmt: skip
def take(job: JobContext, case: str) -> None:
    """Put the files into the unit's work, each in a transaction of its own; a crash goes on with the
    rest. The answer to the sender is ordered together with the ending."""
    row = take_all(UUID(case), timezone.now())
    with job.completing() as outcome:
        if row.state in (State.TAKEN, State.RESOLVE):
            order_answer(row)
        outcome["state"] = str(row.state)


@handler("mailbox.answer", title="回复来信的回执", lane=Lane.MAIL, max_attempts=40)
def send_answer(job: JobContext, case: str) -> None:
    """Post the receipt into the outbox; its key makes a second one impossible. Waits a little for the
    files to be inspected, so that their defects can be told."""
    with transaction.atomic():
        waiting = answer(UUID(case), timezone.now())
    if waiting:
        raise JobRetry("等附件检测完，好在回执里一并说明", after=timedelta(seconds=20))


@handler("mailbox.expiry", title="提醒即将过期的大附件", max_attempts=2)
def expiry(job: JobContext) -> dict[str, int]:
    """Warn the senders of links that expire within three days. Each warning is a transaction; a crash
    goes on with the rest at the next turn."""
    now = timezone.now()
    rows = PendingFile.objects.filter(
        state=PendingState.WAITING, alerted_at=None, expires_at__lte=now + BEFORE_EXPIRY,
        case__state__in=(State.MATCHED, State.TAKEN, State.RESOLVE),
    )  # fmt: skip
    warned = 0
    for case in sorted(set(rows.values_list("case_id", flat=True)), key=str):
        job.check()
        warned += warn_of_expiry(case, now)
    return {"warned": warned}


def order_expiry() -> None:
    """Have it done soon; one at a time however many workers ask."""
    enqueue("mailbox.expiry", {}, dedupe_key="mailbox.expiry", priority=Priority.BULK)


@handler("mailbox.fetch", title="取大附件", lane=Lane.MAIL, lease=timedelta(minutes=5),
         max_attempts=3)  # fmt: skip
def fetch(job: JobContext, pending: int, by: int) -> dict[str, str]:
    """Fetch one linked file that an officer asked for. Nothing is kept unless it came whole; a crash
    fetches again."""
    return {"said": fetch_pending(pending, by=by, began=timezone.now())}


@handler("mailbox.search", title="查来信原件里的个人信息", max_attempts=8)
def search(job: JobContext, sought: int) -> dict[str, int]:
    """Look into the originals that may name somebody whose data were erased; each that does waits for an
    officer. A letter a transaction: a crash goes on with the rest."""
    row = Sought.objects.filter(pk=sought).first()
    found = 0
    while row is not None and row.cases:
        job.check()
        found += _searched(row)
    Sought.objects.filter(pk=sought).delete()
    return {"found": found}


def _searched(row: Sought) -> bool:
    """The next letter of the search."""
    words = json.loads(opened(row.words))
    case = Case.objects.filter(pk=row.cases[0]).exclude(key="").first()
    try:
        named = named_in(case, words) if case else []
    except FileNotFoundError:
        named = []
    with transaction.atomic():
        if named:
            kept = locked_case(row.cases[0])
            kept.named, kept.named_at = named[:20], kept.named_at or timezone.now()
            kept.version += 1
            kept.save(update_fields=["named", "named_at", "version"])
            tell(
                kept,
                "原件里可能还写有一个已要求删除个人信息的人，等工作人员决定去留。",
                at=timezone.now(),
            )
        row.cases = row.cases[1:]
        row.save(update_fields=["cases"])
    return bool(named)
