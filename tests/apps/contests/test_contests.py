"""Laying down a contest, answering its questions, opening it, giving roles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fengcai.apps.audit.queries import records
from fengcai.apps.contests import actions, queries
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core import rulebook

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)


def text(kind: str, name: str) -> str:
    return (ROOT / "examples" / kind / name).read_text("utf-8")


@pytest.fixture
def organiser() -> User:
    return User.objects.create(username="office", name="宣传科")


def lay_down(organiser: User, book: str = "jiangxi-2026.yaml", **more: object) -> Contest:
    return actions.create_contest(
        slug="c",
        rulebook_text=text("rulebooks", book),
        organiser=organiser,
        by=None,
        at=NOW,
        **more,
    )


def answer_all(contest: Contest, by: User) -> None:
    given = rulebook.parse_answers(text("answers", "jiangxi-2026.yaml"), name="a")
    for question, answer in given.items():
        actions.answer_question(
            contest=contest,
            question=question,
            choice=answer.choice or "",
            value=answer.value,
            reason=answer.reason,
            by=by,
            at=NOW,
        )


@pytest.mark.clause("B1")
def test_a_contest_cannot_open_while_a_question_is_open(organiser: User) -> None:
    contest = lay_down(organiser)
    with pytest.raises(Refused, match="还有 15 个问题待明确（A1、A2"):
        actions.open_contest(contest=contest, by=organiser, at=NOW)
    with pytest.raises(Refused, match="规则尚未生效"):
        queries.rules_of(contest)


def test_answers_open_it_and_the_rules_are_frozen_by_their_hash(organiser: User) -> None:
    contest = lay_down(organiser)
    answer_all(contest, organiser)
    opened = actions.open_contest(contest=contest, by=organiser, at=NOW)
    rules = queries.rules_of(opened)
    assert (opened.state, rules.hash) == ("open", opened.version.hash)  # type: ignore[union-attr]
    assert rules.money_total == 17100
    last = records(contest.chain, limit=1)[0]
    assert (last.action, last.details) == ("contests.open", {"rules": rules.hash})
    with pytest.raises(Refused, match="规则已冻结"):
        actions.answer_question(
            contest=opened, question="A1", choice="no", reason="再想想", by=organiser, at=NOW
        )


def test_hubei_shows_its_open_questions(organiser: User) -> None:
    contest = lay_down(organiser, "hubei-2025.yaml")
    rows = queries.questions(contest)
    assert [row.question.id for row in rows] == [f"B{n}" for n in range(1, 20)]
    assert all(row.answer is None for row in rows)


@pytest.mark.parametrize(
    ("question", "choice", "value", "reason", "said"),
    [
        ("A99", "no", None, "因为", "没有编号为 A99 的问题"),
        ("A1", "perhaps", None, "因为", "没有选项“perhaps”"),
        ("A1", "", None, "因为", "还没有选择答案"),
        ("A1", "no", None, " ", "请写明理由"),
        ("A1", "", {"may_enter": "是"}, "因为", "不能这样自定值"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    organiser: User, question: str, choice: str, value: object, reason: str, said: str
) -> None:
    contest = lay_down(organiser)
    with pytest.raises(Refused, match=said):
        actions.answer_question(
            contest=contest,
            question=question,
            choice=choice,
            value=value,
            reason=reason,
            by=organiser,
            at=NOW,
        )
    assert contest.answers.count() == 0


def test_a_broken_rulebook_is_refused_line_by_line(organiser: User) -> None:
    with pytest.raises(Refused, match=r"第 \d+ 行"):
        actions.create_contest(
            slug="x", rulebook_text="rulebook: 1\n标题: 无", organiser=organiser, by=None, at=NOW
        )
    assert Contest.objects.count() == 0


def test_roles_are_given_and_ended_by_organisers_only(organiser: User) -> None:
    contest = lay_down(organiser)
    judge = User.objects.create(username="j", name="评委一")
    with pytest.raises(NotPermitted, match="只有本活动的组织者"):
        actions.appoint(contest=contest, user=judge, role=Role.JUDGE, by=judge, at=NOW)
    seat = actions.appoint(contest=contest, user=judge, role=Role.JUDGE, by=organiser, at=NOW)
    again = actions.appoint(contest=contest, user=judge, role=Role.JUDGE, by=organiser, at=NOW)
    assert seat.pk == again.pk
    actions.dismiss(seat=seat, by=organiser, at=NOW)
    assert queries.people_in(contest, Role.JUDGE) == []
    mine = queries.people_in(contest, Role.ORGANISER)[0]
    with pytest.raises(Refused, match="不能撤去自己"):
        actions.dismiss(seat=mine, by=organiser, at=NOW)
