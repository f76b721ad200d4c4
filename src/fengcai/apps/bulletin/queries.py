"""Announcements and questions as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from fengcai.apps.bulletin.answering import digest
from fengcai.apps.bulletin.models import Announcement, Question
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound

MOST = 200
NEWEST = 3


def announcements(contest: Contest, *, most: int = MOST) -> Sequence[Announcement]:
    """The published announcements, pinned ones first. 1 SQL."""
    rows = contest.announcements.filter(state=Announcement.State.PUBLISHED)
    return list(rows[:most])


def announcements_all(contest: Contest, *, by: User) -> Sequence[Announcement]:
    """Every announcement, for the office; drafts first. 2 SQL."""
    require_role(by, contest, Role.ORGANISER)
    order = {"draft": 0, "published": 1, "ended": 2}
    return sorted(contest.announcements.all()[:MOST], key=lambda row: order[row.state])


def announcement(contest: Contest, pk: int, *, by: User) -> Announcement:
    """One announcement, for the office. Raises `NotFound`. 2 SQL."""
    require_role(by, contest, Role.ORGANISER)
    row = contest.announcements.filter(pk=pk).first()
    if row is None:
        raise NotFound("没有这条公告。")
    return row


def faq(contest: Contest, *, search: str = "") -> Sequence[Question]:
    """The public questions with their answers, newest first; those in which all words of `search` stand.
    1 SQL."""
    rows = Question.objects.filter(contest=contest, faq=True, state=Question.State.ANSWERED)
    for word in search.split()[:8]:
        said = Q(faq_text__icontains=word) | Q(faq_text="", text__icontains=word)
        rows = rows.filter(said | Q(answer__icontains=word))
    return list(rows.order_by("-answered_at")[:MOST])


def mine(contest: Contest, user: object) -> Sequence[Question]:
    """What this account has asked, newest first. 1 SQL."""
    if not isinstance(user, User):
        return []
    return list(Question.objects.filter(contest=contest, asker=user).order_by("-asked_at")[:50])


def question_by_token(contest: Contest, token: str) -> Question:
    """A visitor's own question. Raises `NotFound`. 1 SQL."""
    row = Question.objects.filter(contest=contest, digest=digest(token[:64])).first()
    if row is None:
        raise NotFound("没有这个问题，链接可能不完整。")
    return row


def questions_in(contest: Contest, *, by: User, state: str) -> Sequence[Question]:
    """The questions in a state, the longest waiting first; answered ones newest first. 2 SQL."""
    require_role(by, contest, Role.ORGANISER)
    rows = Question.objects.filter(contest=contest, state=state).select_related("asker")
    newest_first = state != Question.State.OPEN
    return list(rows.order_by("-answered_at" if newest_first else "asked_at")[:MOST])


def question(contest: Contest, pk: UUID, *, by: User) -> Question:
    """One question, for the office. Raises `NotFound`. 2 SQL."""
    require_role(by, contest, Role.ORGANISER)
    row = Question.objects.filter(contest=contest, pk=pk).select_related("asker").first()
    if row is None:
        raise NotFound("没有这个问题。")
    return row
