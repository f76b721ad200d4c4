"""Writing a draft's rulebook: every save is a version, nobody's text is ever lost.

A text that does not read as a rulebook is kept too; until it does, the pages go on showing the last
one that did. Once the contest is open the rules change by an amendment only (`amending`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests import versions
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import Contest, RulebookVersion
from fengcai.apps.contests.rewriting import CannotRewrite, Edit, rewrite
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.contests.texts import digest, fit
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused, Stale
from fengcai.apps.texts import storable
from fengcai.core import rulebook

LONGEST_NOTE = 200


@transaction.atomic
def save_rulebook(
    *, contest: Contest, text: str, expected: int, by: User, at: datetime, note: str = ""
) -> RulebookVersion:
    """Keep `text` as the next version; the newest one when it says the same.

    `expected` is the number of the version that the writer began from. Raises `Stale` with the text
    that stands now when somebody else saved meanwhile.
    """
    contest = _draft(contest, by)
    last = _expected(contest, expected, text)
    text = fit(text)
    if text == last.text:
        return last
    book = versions.examined(text).book
    saved = RulebookVersion.objects.create(
        contest=contest,
        number=last.number + 1,
        text=text,
        sound=book is not None,
        note=storable(note).strip()[:LONGEST_NOTE],
        by=by,
        created_at=at,
    )
    if book is not None:
        contest.version, contest.title = saved, book.book.title[:200]
        contest.save(update_fields=["version", "title"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.save_rulebook",
        subject=f"contest:{contest.slug}",
        details={"version": saved.number, "text": digest(text), "sound": saved.sound},
        personal={"note": saved.note} if saved.note else {},
        at=at,
    )
    return saved


def edit_rulebook(
    *,
    contest: Contest,
    edits: Sequence[Edit],
    expected: int,
    by: User,
    at: datetime,
    note: str = "",
) -> RulebookVersion:
    """Set, add or take away values of the newest text, and save it; the rest stays as written.

    Raises `Refused` when the text has no such place, `Stale` like `save_rulebook`.
    """
    last = versions.newest(contest)
    try:
        text = rewrite(last.text, edits) if last.number == expected else last.text
    except CannotRewrite as problem:
        raise Refused(f"没有改动：{problem}") from None
    except rulebook.RulebookError as error:
        first = error.problems[0]
        raise Refused(
            f"规则书第 {first.line} 行读不懂（{first.message}），表单暂不能改写它。"
            "请先在“文本”里改好，或恢复前一版。"
        ) from None
    return save_rulebook(contest=contest, text=text, expected=expected, by=by, at=at, note=note)


@transaction.atomic
def restore_version(
    *, contest: Contest, number: int, expected: int, by: User, at: datetime
) -> RulebookVersion:
    """Bring an earlier version back as a new one; what was written since stays in the list."""
    former = versions.version(contest, number)
    return save_rulebook(
        contest=contest,
        text=former.text,
        expected=expected,
        by=by,
        at=at,
        note=f"恢复第 {number} 版",
    )


def _draft(contest: Contest, by: User) -> Contest:
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    if contest.state != Contest.State.DRAFT:
        raise Refused("活动已启动，规则已冻结，没有保存。要改变规则，请发布补充通知。")
    return contest


def _expected(contest: Contest, expected: int, text: str) -> RulebookVersion:
    last = versions.newest(contest)
    if last.number != expected:
        raise Stale(
            f"{last.by or '另一位同事'}刚刚保存了第 {last.number} 版。您写的还在页面上，请对照后再保存。",
            version=last.number,
            current={"text": last.text},
        )
    return last
