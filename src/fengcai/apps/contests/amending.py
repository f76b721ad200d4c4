"""补充通知: changing the rules of an open contest, so that everybody sees what changed and why.

A proposal is worked out first and shown; what is published is the very thing that was shown. What
later contexts know of works, marks and awards they say themselves: they `watch` here when they start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from fengcai.apps.audit.actions import record
from fengcai.apps.contests import queries, versions
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import (
    Amendment,
    AmendmentSeen,
    Answer,
    Contest,
    RulebookVersion,
)
from fengcai.apps.contests.objecting import Amended, Watcher, fixed, of_time, of_units
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.contests.texts import digest, fit, in_lines
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused, Stale
from fengcai.apps.texts import storable
from fengcai.core import rulebook
from fengcai.core.rulebook import Rulebook, Rules, values_of
from fengcai.core.rulebook.difference import Change, difference
from fengcai.engines.jobs import enqueue

__all__ = [
    "Amended", "Proposal", "Reanswer", "Watcher", "amend_contest", "amendments_of", "as_json",
    "fixed", "mark_seen", "of_time", "of_units", "propose", "seen_counts", "unseen_by", "watch",
]  # fmt: skip

LONGEST_NUMBER = 100


@dataclass(frozen=True)
class Reanswer:
    """Another answer to a question of the notice: an option, or values of one's own."""

    question: str
    choice: str = ""
    value: Any = None


@dataclass(frozen=True)
class Proposal:
    """An amendment as it would be published: another text, another answer, or both.

    `fingerprint` names exactly this one. Who answers, when and why is told at the publication: until
    then `after` has the amendment itself in that place.
    """

    text: str
    base: int
    before: Rules
    after: Rules
    changes: tuple[Change, ...]
    objections: tuple[str, ...]
    answer: Reanswer | None = None

    @property
    def fingerprint(self) -> str:
        """The hash of the rules that it leads to."""
        return self.after.hash


_watchers: dict[str, Watcher] = {}


def watch(name: str, watcher: Watcher) -> None:
    """Have `watcher` asked about every amendment from now on; once for each name."""
    _watchers[name] = watcher


def propose(
    *, contest: Contest, text: str, at: datetime, answer: Reanswer | None = None
) -> Proposal:
    """Work out what a changed rulebook, or another answer, would change. Nothing is written.

    Raises `Refused` for a text that is no sound rulebook, leaves questions open, or changes nothing.
    """
    if not contest.is_open or contest.version is None:
        raise Refused("活动还没有启动，规则可以直接修改，不需要补充通知。")
    text = fit(text)
    after = _resolved(contest, text, answer)
    before = queries.rules_of(contest)
    changes = difference(before, after)
    if not changes:
        same = "这个答复与现在的相同" if answer else "改动的只是写法或注释"
        raise Refused(f"规则没有变化：{same}，不需要补充通知。")
    amended = Amended(contest, before, after, at)
    return Proposal(
        text, contest.version.number, before, after, changes, _objections(amended), answer
    )


@dataclass(frozen=True)
class _Signed:
    by: str
    reason: str
    at: datetime


def _resolved(
    contest: Contest, text: str, answer: Reanswer | None, signed: _Signed | None = None
) -> Rules:
    """The rules of a text with the answers given, and `answer` in the place of the former one: under
    the names of that one until it is `signed`, so that only what it says is seen to change."""
    try:
        book = rulebook.parse(text, name="规则书")
        answers = queries.answers_of(contest, book)
        if answer is not None:
            stamp = signed or answers.get(answer.question) or _Signed("", "", contest.created_at)
            given = rulebook.Answer(
                answer.choice or None, answer.value, stamp.by, stamp.at, stamp.reason
            )
            _fitting(book, answer.question, given)
            answers = replace(answers, decisions={**answers.decisions, answer.question: given})
        return rulebook.resolve(book, answers, shift=queries.shift_of(contest))
    except rulebook.UnansweredError as error:
        ids = "、".join(each.id for each in error.questions)
        raise Refused(
            f"改过的规则里又有待明确的问题（{ids}）。补充通知要写明确定的内容，请直接写上值。"
        ) from None
    except rulebook.RulebookError as error:
        raise Refused(
            f"改过的规则书有 {len(error.problems)} 处问题：\n{in_lines(error.problems)}"
        ) from None


def _fitting(book: Rulebook, question: str, given: rulebook.Answer) -> None:
    """Raise `Refused` where the book does not ask this, or cannot be answered so."""
    if question not in {each.id for each in book.questions}:
        raise Refused(f"规则书中没有编号为 {question} 的问题。")
    if given.choice is None and given.value is None:
        raise Refused(f"问题 {question} 还没有选择答案。", fields={"choice": "请选择"})
    _, problem = values_of(book, question, given)
    if problem:
        raise Refused(f"{problem[0]}。{problem[1]}", fields={"choice": problem[1]})


@transaction.atomic
def amend_contest(
    *,
    contest: Contest,
    text: str,
    expected: int,
    confirmed: str,
    notice_number: str,
    reason: str,
    by: User,
    at: datetime,
    answer: Reanswer | None = None,
) -> Amendment:
    """Publish an amendment: the rules change at once, works keep the version they were handed in under.

    `answer` answers a question anew; the former answer stays on record. `expected` is the version
    that it was written for, `confirmed` the fingerprint of the proposal that was shown. Raises
    `Refused` with every objection, `Stale` when another came between.
    """
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    proposal = propose(contest=contest, text=text, at=at, answer=answer)
    if proposal.base != expected:
        assert contest.version is not None
        raise Stale(
            f"您写这份补充通知时，规则已改到第 {proposal.base} 版。您写的还在页面上，请重新核对差异。",
            version=proposal.base,
            current={"text": contest.version.text},
        )
    if confirmed != proposal.fingerprint:
        raise Refused("将要发布的内容与您确认的不同，没有发布。请重新核对差异，再确认。")
    if proposal.objections:
        raise Refused("不能这样补充：\n" + "\n".join(proposal.objections))
    number, reason = _said(contest, notice_number, reason)
    before = contest.version
    assert before is not None
    rules = proposal.after
    if answer is not None:
        # The rules name who answered, when and why: that is known only now.
        signed = _Signed(str(by)[:60], reason, at)
        rules = _resolved(contest, proposal.text, answer, signed)
        _answered_anew(contest, answer, by=by, reason=reason, at=at)
    after = RulebookVersion.objects.create(
        contest=contest,
        number=versions.newest(contest).number + 1,
        text=proposal.text,
        note=f"补充通知 {number}"[:200],
        by=by,
        hash=rules.hash,
        resolved=rules.model_dump(mode="json"),
        created_at=at,
    )
    contest.version, contest.amended = after, contest.amended + 1
    contest.save(update_fields=["version", "amended"])
    amended = Amended(contest, proposal.before, rules, at)
    effects = {key: n for each in _watchers.values() for key, n in each.follow(amended).items()}
    amendment = Amendment.objects.create(
        contest=contest,
        number=contest.amended,
        notice_number=number,
        reason=reason,
        before=before,
        after=after,
        changes=[as_json(change) for change in proposal.changes],
        effects=effects,
        by=by,
        at=at,
    )
    enqueue("contests.tell_amendment", {"amendment_id": amendment.pk}, scope=contest.chain)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.amend",
        subject=f"contest:{contest.slug}",
        details={
            "amendment": amendment.number,
            "notice": number,
            "before": before.hash,
            "after": after.hash,
            "text": digest(after.text),
            "changed": [change.path for change in proposal.changes],
            **({"answered": answer.question} if answer else {}),
            "effects": effects,
        },
        personal={"reason": reason},
        at=at,
    )
    return amendment


def _answered_anew(
    contest: Contest, answer: Reanswer, *, by: User, reason: str, at: datetime
) -> None:
    former = Answer.objects.filter(contest=contest, question=answer.question, replaced_at=None)
    former.update(replaced_at=at)
    Answer.objects.create(
        contest=contest,
        question=answer.question,
        choice=answer.choice,
        value=answer.value,
        by=str(by)[:60],
        reason=reason,
        at=at,
    )


@transaction.atomic
def mark_seen(*, contest: Contest, by: User, at: datetime) -> int:
    """Note that `by` has read every amendment so far; returns how many were new to him."""
    rows = unseen_by(by, contest)
    AmendmentSeen.objects.bulk_create(
        [AmendmentSeen(amendment=row, user=by, at=at) for row in rows], ignore_conflicts=True
    )
    return len(rows)


def amendments_of(contest: Contest) -> Sequence[Amendment]:
    """Every amendment, newest first, with who made it and between which versions.

    1 SQL, none for a contest without any.
    """
    if not contest.amended:
        return []
    return list(_joined(contest).order_by("-number"))


def unseen_by(user: User, contest: Contest) -> Sequence[Amendment]:
    """Amendments that `user` has not said to have read, oldest first. 1 SQL, none without any."""
    if not contest.amended:
        return []
    return list(_joined(contest).exclude(seen__user=user).order_by("number"))


def _joined(contest: Contest) -> QuerySet[Amendment]:
    rows = contest.amendments.select_related("by", "before", "after")
    return queries.without_texts(rows, "before", "after")


def seen_counts(contest: Contest) -> dict[int, int]:
    """Amendment's id → how many of those who act for a unit now have read it. 1 SQL."""
    entrants = Q(
        seen__user__memberships__contest=contest,
        seen__user__memberships__until=None,
        seen__user__memberships__role__in=(Role.CONTACT, Role.HEAD),
    )
    rows = contest.amendments.annotate(read=Count("seen__user", filter=entrants, distinct=True))
    return dict(rows.values_list("pk", "read"))


def as_json(change: Change) -> dict[str, Any]:
    """A change as it is kept."""
    kept = asdict(change)
    if change.cite is not None:
        kept["cite"] = change.cite.model_dump()
    return kept


def _said(contest: Contest, notice_number: str, reason: str) -> tuple[str, str]:
    number, why = storable(notice_number).strip(), storable(reason).strip()
    missing = {}
    if not number:
        missing["notice_number"] = "请填写文号；没有文号的写日期和标题"
    elif len(number) > LONGEST_NUMBER:
        missing["notice_number"] = f"最多 {LONGEST_NUMBER} 字"
    elif contest.amendments.filter(notice_number=number).exists():
        missing["notice_number"] = "这个文号的补充通知已经发布过"
    if not why:
        missing["reason"] = "请写明理由，参赛者会看到"
    if missing:
        raise Refused("补充通知还差几项，没有发布。您写的都还在页面上。", fields=missing)
    return number, why


def _objections(amended: Amended) -> tuple[str, ...]:
    found = [*fixed(amended), *of_time(amended), *of_units(amended)]
    for watcher in _watchers.values():
        found += watcher.objections(amended)
    return tuple(dict.fromkeys(found))
