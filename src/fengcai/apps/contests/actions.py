"""What sets up a contest: its rulebook, its answers, its opening, its people.

Units: `roster`. The text of a draft: `drafting`. What changes once it is open: `amending`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests import queries, versions
from fengcai.apps.contests.founding import require_founder
from fengcai.apps.contests.models import Answer, Contest, Membership, RulebookVersion, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.contests.texts import fit, in_lines
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.core import rulebook
from fengcai.core.rulebook.book import values_of

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60


@transaction.atomic
def create_contest(
    *,
    slug: str,
    rulebook_text: str,
    organiser: User,
    by: User | None,
    at: datetime,
    label: str = "",
    demo: bool = False,
    shift_days: int = 0,
    series: str = "",
    edition: int = 1,
    follows: Contest | None = None,
    note: str = "",
) -> Contest:
    """Lay down a contest from a rulebook; `organiser` becomes its first organiser.

    `by` asks for it and needs the right to (`founding`); None is the machine's own operator at the
    command line. Raises `Refused` with every problem of the rulebook, line by line, or when the
    slug is taken, `NotPermitted` for anybody else.
    """
    if by is not None:
        require_founder(by)
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise Refused(
            f"网址名“{slug}”不合用：只用小写字母、数字和连字符，{LONGEST_SLUG} 字以内。",
            fields={"slug": "只用小写字母、数字和连字符"},
        )
    text = fit(rulebook_text)
    try:
        book = rulebook.parse(text, name="规则书")
    except rulebook.RulebookError as error:
        raise Refused(
            f"规则书有 {len(error.problems)} 处问题：\n{in_lines(error.problems)}"
        ) from None
    try:
        with transaction.atomic():
            contest = Contest.objects.create(
                slug=slug,
                title=book.book.title,
                demo=demo,
                label=label,
                shift_days=shift_days,
                series=series,
                edition=edition,
                follows=follows,
                created_at=at,
            )
    except IntegrityError:
        raise Refused(
            f"网址名“{slug}”已被另一个活动使用，请换一个。", fields={"slug": "已存在"}
        ) from None
    contest.version = RulebookVersion.objects.create(
        contest=contest, number=1, text=text, by=by, note=note or "建立活动", created_at=at
    )
    contest.save(update_fields=["version"])
    Membership.objects.create(contest=contest, user=organiser, role=Role.ORGANISER, since=at)
    record(
        contest.chain,
        actor=f"user:{by.pk}" if by else "system:operator",
        action="contests.create",
        subject=f"contest:{slug}",
        details={
            "rulebook": book.id,
            "organiser": f"user:{organiser.pk}",
            "demo": demo,
            "shift_days": shift_days,
            "edition": edition,
            "follows": follows.slug if follows else None,
        },
        at=at,
    )
    return contest


@transaction.atomic
def answer_question(
    *,
    contest: Contest,
    question: str,
    choice: str = "",
    value: Any = None,
    reason: str,
    by: User,
    at: datetime,
) -> Answer:
    """Record the organiser's answer to an open question.

    Before opening it may be changed: the former answer stays on record with its reason.
    """
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    if contest.state != Contest.State.DRAFT:
        raise Refused("活动已启动，规则已冻结。要改变规则，须发布补充通知。")
    asked = {q.id: q for q in queries.book_of(contest).questions}.get(question)
    if asked is None:
        raise Refused(f"规则书中没有编号为 {question} 的问题。")
    if not choice and value is None:
        raise Refused(f"问题 {question} 还没有选择答案。", fields={"choice": "请选择"})
    if not reason.strip():
        raise Refused(
            "请写明理由：日后有人问起，要能说清为何如此决定。", fields={"reason": "请填写"}
        )
    former = Answer.objects.filter(contest=contest, question=question, replaced_at=None)
    replaced = former.update(replaced_at=at)
    answer = Answer.objects.create(
        contest=contest,
        question=question,
        choice=choice,
        value=value,
        by=str(by)[:60],
        reason=storable(reason).strip(),
        at=at,
    )
    _, problem = values_of(queries.book_of(contest), question, queries.core_answer(answer))
    if problem:
        raise Refused(f"{problem[0]}。{problem[1]}", fields={"choice": problem[1]})
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.answer",
        subject=f"question:{question}",
        details={
            "choice": choice,
            "value": None if value is None else str(value),
            "replaces": bool(replaced),
        },
        personal={"reason": answer.reason},
        at=at,
    )
    return answer


@transaction.atomic
def open_contest(*, contest: Contest, by: User, at: datetime) -> Contest:
    """Freeze the rules by their hash and start. Refused while any question is open."""
    require_role(by, contest, Role.ORGANISER)
    contest = locked(contest)
    if contest.state != Contest.State.DRAFT:
        raise Refused("活动已经启动。")
    version = contest.version
    assert version is not None
    if (newest := versions.newest(contest)).pk != version.pk:
        raise Refused(
            f"规则书最新的第 {newest.number} 版还有读不懂的地方，先改好，或恢复第 {version.number} 版，"
            "再启动。"
        )
    try:
        rules = rulebook.resolve(
            queries.book_of(contest), queries.answers_of(contest), shift=queries.shift_of(contest)
        )
    except rulebook.UnansweredError as error:
        ids = "、".join(q.id for q in error.questions)
        raise Refused(
            f"还有 {len(error.questions)} 个问题待明确（{ids}），答复后才能启动。"
        ) from None
    except rulebook.RulebookError as error:
        raise Refused(
            f"规则书里有 {len(error.problems)} 处对不上，改好后才能启动：\n{in_lines(error.problems)}"
        ) from None
    classes = {each.id for each in rules.unit_classes}
    if strays := [
        unit.name for unit in queries.units_of(contest) if unit.unit_class not in classes
    ]:
        raise Refused(
            f"名单里有 {len(strays)} 个单位（{'、'.join(strays[:3])}{'等' if strays[3:] else ''}）"
            "的类别已不在规则里。请在规则里补上这个类别，再启动。"
        )
    version.resolved = rules.model_dump(mode="json")
    version.hash = rules.hash
    version.save(update_fields=["resolved", "hash"])
    contest.state = Contest.State.OPEN
    contest.opened_at = at
    contest.save(update_fields=["state", "opened_at"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.open",
        subject=f"contest:{contest.slug}",
        details={"rules": rules.hash},
        at=at,
    )
    return contest


@transaction.atomic
def appoint(
    *, contest: Contest, user: User, role: str, by: User, at: datetime, unit: Unit | None = None
) -> Membership:
    """Give `user` a role. Contacts and heads need a unit; a judge's unit is the one he is of."""
    require_role(by, contest, Role.ORGANISER)
    if role in (Role.CONTACT, Role.HEAD) and unit is None:
        raise Refused(f"{Role(role).label}必须属于一个单位。", fields={"unit": "请选择单位"})
    if unit is not None and unit.contest_id != contest.pk:
        raise Refused("这个单位不在本活动的名单中。", fields={"unit": "请选择本活动的单位"})
    seat, new = Membership.objects.get_or_create(
        contest=contest, user=user, role=role, unit=unit, defaults={"since": at}
    )
    if not new and seat.until is None:
        return seat
    seat.until = None
    seat.save(update_fields=["until"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.appoint",
        subject=f"user:{user.pk}",
        details={"role": str(role), "unit": unit.pk if unit else None},
        at=at,
    )
    return seat


@transaction.atomic
def dismiss(*, seat: Membership, by: User, at: datetime) -> None:
    """End a role from now on; what was done under it stays."""
    # One at a time in a contest: two organisers who dismiss each other would leave it without one.
    locked(seat.contest)
    seat = Membership.objects.select_related("contest").get(pk=seat.pk)
    require_role(by, seat.contest, Role.ORGANISER)
    if seat.role == Role.ORGANISER and seat.user_id == by.pk:
        raise Refused("不能撤去自己的组织者身份：请由另一位组织者办理。")
    if seat.until is not None:
        return
    seat.until = at
    seat.save(update_fields=["until"])
    record(
        seat.contest.chain,
        actor=f"user:{by.pk}",
        action="contests.dismiss",
        subject=f"user:{seat.user_id}",
        details={"role": seat.role, "unit": seat.unit_id},
        at=at,
    )


def locked(contest: Contest) -> Contest:
    """The contest as it stands, held until the transaction ends; rows that name it may be added."""
    return (
        Contest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version")
        .get(pk=contest.pk)
    )
