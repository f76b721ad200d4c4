"""Questions: asked by entrants and visitors, answered to the asker alone or to everybody."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from fengcai.apps.audit.actions import record
from fengcai.apps.bulletin.models import Question
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.messages.actions import post, register_template
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable

TEMPLATE = "bulletin.answer"
LONGEST_QUESTION, LONGEST_ANSWER = 1_000, 3_000
AN_HOUR = timedelta(hours=1)
MOST_OF_ONE, MOST_OF_VISITORS = 10, 60
"""Questions of one account in an hour, and of all visitors together: above it, somebody plays."""

MAIL = re.compile(r"[^\s@,;<>\"']+@[^\s@,;<>\"']+\.[^\s@,;<>\"']+")


def register() -> None:
    """The wording by which an answer goes out."""
    register_template(
        TEMPLATE,
        title="答疑的答复",
        subject="{contest}：您的提问有了答复",
        body="您问：\n{question}\n\n主办方答复：\n{answer}{clause}\n\n查看：{link}",
    )


@transaction.atomic
def ask_question(
    *,
    contest: Contest,
    text: str,
    by: User | None,
    name: str = "",
    email: str = "",
    at: datetime,
) -> tuple[Question, str]:
    """Put a question to the office. Returns it with the token of its own page, told once.

    Of somebody with an account neither name nor address is kept beside it.
    """
    if not contest.is_open:
        raise Refused("活动还在筹备，暂时不能提问。")
    text = storable(text.replace("\r\n", "\n")).strip()
    name, email = " ".join(storable(name).split()), email.strip()
    wrong = {}
    if not text or len(text) > LONGEST_QUESTION:
        wrong["text"] = f"请写下问题（不超过 {LONGEST_QUESTION} 字）"
    if by is None and email and (len(email) > 200 or not MAIL.fullmatch(email)):
        wrong["email"] = "邮箱不完整，请核对；也可以不填"
    if len(name) > 60:
        wrong["name"] = "称呼不超过 60 字"
    if wrong:
        raise Refused("问题还没有提交：" + "；".join(wrong.values()), fields=wrong)
    recent = Question.objects.filter(contest=contest, asked_at__gt=at - AN_HOUR)
    mine, most = recent.filter(asker=by), MOST_OF_ONE if by else MOST_OF_VISITORS
    if mine.count() >= most:
        raise Refused("最近一小时提问太多，没有提交。请稍后再问，或直接联系主办方。")
    token = secrets.token_urlsafe(18)
    row = Question.objects.create(
        contest=contest,
        asker=by,
        name="" if by else name,
        email="" if by else email,
        digest=digest(token),
        text=text,
        asked_at=at,
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}" if by else "visitor",
        action="bulletin.ask",
        subject=f"question:{row.pk}",
        details={},
        at=at,
    )
    return row, token


@transaction.atomic
def answer_question(
    *,
    contest: Contest,
    question_id: UUID,
    answer: str,
    faq: bool = False,
    faq_text: str = "",
    section: str = "",
    words: str = "",
    by: User,
    at: datetime,
) -> Question:
    """Answer to the asker, and with `faq` to everybody, under `faq_text` where the office words the
    question anew (a name in it, say). A changed answer is told again."""
    row = _locked(contest, question_id, by)
    answer = storable(answer.replace("\r\n", "\n")).strip()
    faq_text = storable(faq_text.replace("\r\n", "\n")).strip()
    section, words = " ".join(storable(section).split()), " ".join(storable(words).split())
    wrong = {}
    if not answer or len(answer) > LONGEST_ANSWER:
        wrong["answer"] = f"请写答复（不超过 {LONGEST_ANSWER} 字）"
    if len(faq_text) > LONGEST_QUESTION:
        wrong["faq_text"] = f"公开的问题不超过 {LONGEST_QUESTION} 字"
    if len(section) > 60 or len(words) > 200:
        wrong["words"] = "依据的章节不超过 60 字，原文不超过 200 字"
    if wrong:
        raise Refused("答复还没有保存：" + "；".join(wrong.values()), fields=wrong)
    changed = answer != row.answer
    row.answer, row.answered_at, row.answered_by = answer, at, by
    row.state = Question.State.ANSWERED
    row.faq, row.faq_text = faq, faq_text if faq_text != row.text else ""
    row.section, row.words = section, words
    row.save()
    if changed:
        _tell(row, at)
    _note(row, by, "bulletin.answer", {"faq": faq}, at)
    return row


@transaction.atomic
def close_question(*, contest: Contest, question_id: UUID, by: User, at: datetime) -> Question:
    """Set a question aside without an answer (advertising, abuse)."""
    row = _locked(contest, question_id, by)
    if row.state != Question.State.OPEN:
        raise Refused("这个问题已经处理过，没有改动。")
    row.state, row.answered_at, row.answered_by = Question.State.CLOSED, at, by
    row.save()
    _note(row, by, "bulletin.close", {}, at)
    return row


def digest(token: str) -> str:
    """What a question's page is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


def _tell(row: Question, at: datetime) -> None:
    to = Recipient.of(row.asker) if row.asker else Recipient(name=row.name, email=row.email)
    if not row.asker and not row.email:
        return
    place = reverse("questions", args=[row.contest.slug])
    post(
        template=TEMPLATE,
        to=to,
        context={
            "contest": row.contest.title,
            "question": row.text,
            "answer": row.answer,
            "clause": f"\n（依据通知{row.section}“{row.words}”）" if row.words else "",
            "link": settings.FENGCAI_PUBLIC_URL + place,
        },
        key=f"bulletin.answer:{row.pk}:{hashlib.sha256(row.answer.encode()).hexdigest()[:16]}",
        contest=row.contest_id,
        at=at,
    )


def _locked(contest: Contest, pk: UUID, by: User) -> Question:
    require_role(by, contest, Role.ORGANISER)
    rows = Question.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("contest", "asker").filter(contest=contest, pk=pk).first()
    if row is None:
        raise NotFound("没有这个问题，可能在别的活动里。")
    return row


def _note(row: Question, by: User, action: str, details: dict[str, object], at: datetime) -> None:
    record(
        row.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"question:{row.pk}",
        details=details,
        at=at,
    )
