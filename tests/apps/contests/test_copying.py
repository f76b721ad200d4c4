"""Last year's contest as the beginning of this year's."""

from __future__ import annotations

from datetime import datetime

import pytest

from fengcai.apps.contests import actions, queries
from fengcai.apps.contests.copying import copy_contest, moved
from fengcai.apps.contests.models import Contest, Membership, OfficeRight, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core import rulebook
from tests.apps.contests.test_amending import real
from tests.apps.contests.test_contests import text
from tests.factories.collecting import DAY, Collecting, collecting

pytestmark = pytest.mark.django_db


def copied(made: Collecting, slug: str = "yike-2027", **more: object) -> Contest:
    OfficeRight.objects.get_or_create(user=made.organiser, until=None)
    return copy_contest(
        **{
            "contest": real(made.contest) if not made.contest.answers.exists() else made.contest,
            "slug": slug,
            "years": 1,
            "roster": True,
            "organiser": made.organiser,
            "by": made.organiser,
            "at": DAY,
            **more,
        }  # type: ignore[arg-type]
    )


@pytest.mark.clause("B1")
def test_dates_move_and_every_question_is_open_again() -> None:
    made = collecting()
    new = copied(made)
    assert (new.series, new.edition, new.follows, new.state) == (
        "yikeyifengcai", 2, made.contest, "draft",
    )  # fmt: skip
    book = queries.book_of(new)
    assert book.id == "jiangxi-2027"
    window = book.book.windows["submission"]
    assert window.closes == datetime(2027, 4, 30, 17, 0)  # type: ignore[union-attr]
    rows = {row.question.id: row for row in queries.questions(new)}
    assert len(rows) == 16
    assert [row for row in rows.values() if row.answer] == []
    assert rows["N1"].question.ask == "新一届通知的文号和印发日期是什么？"
    suggested = rows["A2"].former[0]
    assert (suggested.why, suggested.text) == (
        "edition", queries.questions(made.contest)[1].answer_text,
    )  # fmt: skip
    with pytest.raises(Refused, match="还有 16 个问题待明确"):
        actions.open_contest(contest=new, by=made.organiser, at=DAY)


def test_an_answered_question_shows_no_suggestion_any_more() -> None:
    made = collecting()
    new = copied(made)
    actions.answer_question(
        contest=new, question="A2", choice="one", reason="今年少报", by=made.organiser, at=DAY
    )
    row = next(row for row in queries.questions(new) if row.question.id == "A2")
    assert row.former == ()


def test_the_roster_comes_along_when_asked_for() -> None:
    made = collecting()
    new = copied(made)
    units = list(Unit.objects.filter(contest=new).values_list("name", "unit_class"))
    assert sorted(units) == [("心病科", "clinical"), ("第1科", "clinical"), ("针灸科", "clinical")]
    seats = Membership.objects.filter(contest=new).values_list("role", "user__name")
    assert sorted(seats) == [
        (Role.CONTACT, "心病科联络员"),
        (Role.CONTACT, "针灸科联络员"),
        (Role.HEAD, "心病科负责人"),
        (Role.HEAD, "针灸科负责人"),
        (Role.ORGANISER, "宣传科（组织者）"),
    ]
    empty = copied(made, "yike-2028", roster=False, years=2)
    assert (empty.edition, Unit.objects.filter(contest=empty).count()) == (3, 0)


def test_who_may_copy() -> None:
    made = collecting()
    right = OfficeRight.objects.create(user=made.reviewer)
    with pytest.raises(NotPermitted, match="只有本活动的组织者"):
        copied(made, by=made.reviewer)
    right.user = made.organiser
    OfficeRight.objects.filter(user=made.organiser).delete()
    with pytest.raises(NotPermitted, match="没有建立活动的权限"):
        copy_contest(
            contest=made.contest, slug="z", years=1, roster=False,
            organiser=made.organiser, by=made.organiser, at=DAY,
        )  # fmt: skip
    assert Contest.objects.count() == 1


@pytest.mark.parametrize("years", [0, 21])
def test_a_year_that_makes_no_sense_is_refused(years: int) -> None:
    made = collecting()
    with pytest.raises(Refused) as caught:
        copied(made, years=years)
    assert caught.value.fields == {"years": "请填 1 到 20"}


@pytest.mark.parametrize("name", ["jiangxi-2026.yaml", "hubei-2025.yaml"])
@pytest.mark.parametrize("years", [1, 2])
def test_a_moved_rulebook_is_sound(name: str, years: int) -> None:
    book = rulebook.parse(moved(text("rulebooks", name), years=years), name=name)
    assert rulebook.check(book, rulebook.no_answers(book.id)) == ()


def test_the_29th_of_february_and_the_edition_in_the_title() -> None:
    source = text("rulebooks", "jiangxi-2026.yaml").replace("2026-04-30 17:00", "2028-02-29 17:00")
    source = source.replace("title: “一科", "title: 第3届2026年“一科", 1)
    told = moved(source, years=1)
    assert "closes: 2029-02-28 17:00" in told
    assert "title: 第4届2027年“一科一风采" in told
