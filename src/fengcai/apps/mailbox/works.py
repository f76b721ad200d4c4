"""Which work of a unit a letter's files belong to, on whose behalf, and which instant counts.

Asks the rules and the works that stand; begins one through the entries' own action where there is none.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.governing import handing_in
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.mailbox.fitting import channel_for, places
from fengcai.apps.mailbox.models import Case, CaseFile, Connection
from fengcai.apps.mailbox.names import folded
from fengcai.apps.mailbox.states import Degree
from fengcai.apps.mailbox.states import State as Letter
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules, Window
from fengcai.core.rulebook.rules import Slot

OWN_CLOCK = timedelta(days=1)
"""How far a letter's own date may lie before its arrival and still be believed: longer than any queue
of a mail server holds a letter back, shorter than what is gained by setting a clock back."""


def agent(unit: Unit, sender: str = "") -> User:
    """Somebody of the unit on whose behalf its letter is taken in: the sender, where it is one of its
    people, else its first contact, else its head. Raises `Refused` where it has nobody."""
    seats = (
        Membership.objects.filter(
            unit=unit, until=None, role__in=(Role.CONTACT, Role.HEAD), user__is_active=True
        )
        .select_related("user")
        .order_by("role", "pk")
    )
    people = [seat.user for seat in seats]
    if not people:
        raise Refused(
            f"{unit.name}还没有联络员，作品没有人负责。请先在“人员”页指定联络员，再回来收件；信和附件都在。"
        )
    return next((u for u in people if sender and u.email.strip().lower() == sender), people[0])


def is_of_unit(unit: Unit, sender: str) -> bool:
    """Whether the address is one that the unit is known to write from. 1 SQL."""
    if not sender:
        return False
    if unit.email and unit.email.strip().lower() == sender:
        return True
    return Membership.objects.filter(
        unit=unit, until=None, role__in=(Role.CONTACT, Role.HEAD), user__email__iexact=sender
    ).exists()


def may_begin(case: Case) -> bool:
    """Whether the letter may begin a work by itself: its unit was named by a person, its address is the
    unit's or was confirmed for it before, or the mailbox is set to take anybody's. 4 SQL at most."""
    assert case.unit is not None
    box = Connection.objects.filter(contest=case.contest_id).first()
    if box is None or not box.registered_only or case.degree == Degree.PERSON:
        return True
    if is_of_unit(case.unit, case.sender):
        return True
    confirmed = Case.objects.filter(
        contest=case.contest_id, sender=case.sender, unit=case.unit, degree=Degree.PERSON
    )
    return bool(case.sender) and confirmed.exclude(pk=case.pk).exclude(state=Letter.ASIDE).exists()


def said_in(case: Case, files: list[CaseFile]) -> str:
    """The subject and the files' names, folded, to look for a name in."""
    return " ".join([folded(case.subject), *(folded(row.name) for row in files)])


def track_for(rules: Rules, case: Case, files: list[CaseFile]) -> str:
    """The track that a letter's files are for: the only one that takes mail, the one that is named, or
    the only one whose places take such files. Raises `Refused` where that leaves a choice."""
    open_to = [t for t in rules.tracks if places(rules, t.id, t.slots)]
    if not open_to:
        raise Refused("按规则书，本活动的作品不通过邮箱报送。请回复来信，告诉对方怎样报送。")
    said = said_in(case, files)
    named = [t for t in open_to if folded(t.name) in said]
    if len(named) == 1:
        return named[0].id
    if len(open_to) == 1:
        return open_to[0].id
    names = [row.name.lower() for row in files if not row.inline]
    fitting = [
        t
        for t in open_to
        if any(n.endswith(s.accept) for s in places(rules, t.id, t.slots) for n in names)
    ]
    if len(fitting) == 1:
        return fitting[0].id
    raise Refused("看不出是哪一类作品：" + "、".join(t.name for t in open_to[:6]) + "。请选定。")


def standing_work(case: Case, track: str, title_of: list[CaseFile]) -> Entry | None:
    """The unit's work that the files belong to; None where there is none yet. Raises `Refused` where
    several could be meant, or the only one is no draft any more."""
    if case.entry_id is not None:
        return case.entry
    assert case.unit is not None
    rows = list(
        Entry.objects.filter(unit=case.unit, track=track)
        .exclude(state=State.WITHDRAWN)
        .order_by("created_at")
    )
    if not rows:
        return None
    said = said_in(case, title_of)
    titled = [row for row in rows if len(folded(row.title)) > 2 and folded(row.title) in said]
    drafts = [row for row in rows if row.state in WRITABLE]
    if len(titled) == 1:
        return titled[0]
    if len(drafts) == 1 and len(rows) == 1:
        return drafts[0]
    if len(rows) == 1:
        return rows[0]
    raise Refused(f"{case.unit.name}已有 {len(rows)} 件作品，看不出这封信是哪一件的。请选定。")


def work_for(case: Case, track: str, by: User, at: datetime, files: list[CaseFile]) -> Entry:
    """The same, begun where there is none. Raises `Refused` (too late, quota full)."""
    found = standing_work(case, track, files)
    if found is not None:
        return found
    assert case.unit is not None
    return entries.start_entry(contest=case.contest, unit=case.unit, track=track, by=by, at=at)


def window_for(rules: Rules, unit: Unit, track: str, slot: Slot) -> Window:
    """The window by which a letter's file for this place is judged: its place's, its channel's, or
    the one in which the unit hands in."""
    channel = channel_for(rules, track, slot.id)
    for id in (slot.window, channel.window if channel else None):
        if id and id in rules.windows:
            return rules.windows[id]
    return handing_in(rules, unit, track)


def counted_at(case: Case, window: Window) -> datetime:
    """The instant that counts for a letter: its own date where the rules go by the date of the mail
    and it can be believed, else when the mail server received it."""
    if window.basis == "mail_date" and case.dated_at is not None and not odd_date(case):
        return min(case.dated_at, case.received_at)
    return case.received_at


def odd_date(case: Case) -> str:
    """Why the letter's own date cannot be believed, in a sentence; empty where it can."""
    if case.dated_at is None:
        return "信上没有日期"
    if case.dated_at > case.received_at + timedelta(minutes=10):
        return "信上的日期晚于邮箱收到它的时间"
    if case.received_at - case.dated_at > OWN_CLOCK:
        days = (case.received_at - case.dated_at).days
        return f"信上的日期比邮箱收到它的时间早 {days} 天"
    return ""
