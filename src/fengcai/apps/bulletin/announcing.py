"""Announcements: written, published, pinned, ended, and told to the units by message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from fengcai.apps.audit.actions import record
from fengcai.apps.bulletin.models import Announcement
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.messages.actions import preview, register_template
from fengcai.apps.messages.models import Channel
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused, Stale
from fengcai.apps.texts import storable
from fengcai.engines.jobs import enqueue

TEMPLATE = "bulletin.announcement"
LONGEST_TITLE, LONGEST_TEXT = 120, 5_000
SHOWN = 8


@dataclass(frozen=True)
class Telling:
    """What would go out, before it does: to how many, by which way, and one of them as it would look."""

    people: int
    ways: tuple[tuple[str, int], ...]
    subject: str
    body: str
    names: tuple[str, ...]


def register() -> None:
    """The wording by which an announcement goes out."""
    register_template(
        TEMPLATE,
        title="公告",
        subject="{contest}公告：{title}",
        body="{text}\n\n查看全部公告：{link}",
    )


@transaction.atomic
def save_announcement(
    *,
    contest: Contest,
    announcement_id: int | None,
    title: str,
    text: str,
    expected_version: int = 0,
    by: User,
    at: datetime,
) -> Announcement:
    """Write or change an announcement; one that is published changes for everybody at once."""
    require_role(by, contest, Role.ORGANISER)
    title = " ".join(storable(title).split())
    text = storable(text.replace("\r\n", "\n")).strip()
    wrong = {}
    if not title or len(title) > LONGEST_TITLE:
        wrong["title"] = f"请写标题（不超过 {LONGEST_TITLE} 字）"
    if not text or len(text) > LONGEST_TEXT:
        wrong["text"] = f"请写内容（不超过 {LONGEST_TEXT} 字）"
    if wrong:
        raise Refused("公告还没有保存：" + "；".join(wrong.values()), fields=wrong)
    if announcement_id is None:
        row = Announcement(contest=contest, by=by, created_at=at)
    else:
        row = _locked(contest, announcement_id)
        if row.version != expected_version:
            raise Stale(
                "这条公告刚被别人改过，您的改动还在页面上。请先看一看现在的内容。",
                version=row.version,
                current={"title": row.title, "text": row.text},
            )
        row.version += 1
    row.title, row.text, row.changed_at = title, text, at
    row.save()
    _note(row, by, "bulletin.save", {"version": row.version}, at)
    return row


@transaction.atomic
def publish_announcement(*, contest: Contest, announcement_id: int, by: User, at: datetime) -> None:
    """Show an announcement to everybody, or show it again."""
    require_role(by, contest, Role.ORGANISER)
    row = _locked(contest, announcement_id)
    if row.state == Announcement.State.PUBLISHED:
        return
    row.state, row.ended_at = Announcement.State.PUBLISHED, None
    row.published_at = row.published_at or at
    row.changed_at = at
    row.save()
    _note(row, by, "bulletin.publish", {"version": row.version}, at)


@transaction.atomic
def end_announcement(*, contest: Contest, announcement_id: int, by: User, at: datetime) -> None:
    """Take an announcement off the pages; it stays in the office's list."""
    require_role(by, contest, Role.ORGANISER)
    row = _locked(contest, announcement_id)
    if row.state != Announcement.State.PUBLISHED:
        raise Refused("这条公告没有在发布中。")
    row.state, row.ended_at, row.pinned = Announcement.State.ENDED, at, False
    row.changed_at = at
    row.save()
    _note(row, by, "bulletin.end", {}, at)


@transaction.atomic
def pin_announcement(
    *, contest: Contest, announcement_id: int, pinned: bool, by: User, at: datetime
) -> None:
    """Keep an announcement above the others, or no longer."""
    require_role(by, contest, Role.ORGANISER)
    row = _locked(contest, announcement_id)
    if row.state == Announcement.State.ENDED and pinned:
        raise Refused("已结束的公告不能置顶。请先重新发布。")
    row.pinned, row.changed_at = pinned, at
    row.save(update_fields=["pinned", "changed_at"])
    _note(row, by, "bulletin.pin", {"pinned": pinned}, at)


@transaction.atomic
def tell_announcement(*, contest: Contest, announcement_id: int, by: User, at: datetime) -> int:
    """Send a published announcement to the contacts and heads of all units, once. Returns to how many."""
    require_role(by, contest, Role.ORGANISER)
    row = _locked(contest, announcement_id)
    if row.state != Announcement.State.PUBLISHED:
        raise Refused("请先发布，再发送。")
    if row.told_at is not None:
        raise Refused("这条公告已经发送过，不会再发第二次。有更正请另发一条公告。")
    people = addressees(contest)
    if not people:
        raise Refused("各单位还没有联络员或负责人，没有可以发送的人。")
    row.told_at = at
    row.save(update_fields=["told_at"])
    enqueue(
        "bulletin.tell",
        {"announcement_id": row.pk},
        dedupe_key=f"bulletin.tell:{row.pk}",
        subject=f"announcement:{row.pk}",
        scope=f"contest:{contest.pk}",
    )
    _note(row, by, "bulletin.tell", {"people": len(people)}, at)
    return len(people)


def telling(contest: Contest, announcement_id: int, *, by: User) -> Telling:
    """What `tell_announcement` would send. 3 SQL."""
    require_role(by, contest, Role.ORGANISER)
    row = contest.announcements.filter(pk=announcement_id).first()
    if row is None:
        raise NotFound("没有这条公告。")
    people = addressees(contest)
    if not people:
        raise Refused("各单位还没有联络员或负责人，没有可以发送的人。")
    words = words_of(row)
    made = [preview(template=TEMPLATE, to=Recipient.of(user), context=words) for user in people]
    ways = Counter(str(Channel(each.channel).label) for each in made)
    return Telling(
        people=len(people),
        ways=tuple(ways.most_common()),
        subject=made[0].subject,
        body=made[0].body,
        names=tuple(str(user) for user in people[:SHOWN]),
    )


def addressees(contest: Contest) -> Sequence[User]:
    """The contacts and heads of all units, each once. 1 SQL."""
    rows = Membership.objects.filter(
        contest=contest, until=None, role__in=(Role.CONTACT, Role.HEAD), user__is_active=True
    ).select_related("user")
    return list({row.user_id: row.user for row in rows.order_by("unit__order", "pk")}.values())


def words_of(row: Announcement) -> dict[str, str]:
    """The fields of the message."""
    link = settings.FENGCAI_PUBLIC_URL + reverse("notices", args=[row.contest.slug])
    return {"contest": row.contest.title, "title": row.title, "text": row.text, "link": link}


def _locked(contest: Contest, pk: int) -> Announcement:
    rows = Announcement.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("contest").filter(contest=contest, pk=pk).first()
    if row is None:
        raise NotFound("没有这条公告，可能在别的活动里。")
    return row


def _note(
    row: Announcement, by: User, action: str, details: dict[str, object], at: datetime
) -> None:
    record(
        row.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"announcement:{row.pk}",
        details=details,
        at=at,
    )
