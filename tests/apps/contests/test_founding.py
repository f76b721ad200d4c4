"""Who may lay a contest down."""

from __future__ import annotations

import pytest

from fengcai.apps.audit.queries import records
from fengcai.apps.contests import actions, founding
from fengcai.apps.contests.models import Contest
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from tests.apps.contests.test_contests import NOW, text
from tests.factories.collecting import collecting

pytestmark = pytest.mark.django_db


def create(by: User | None, slug: str = "c-2026") -> Contest:
    organiser = by or User.objects.create(username="o", name="宣传科")
    return actions.create_contest(
        slug=slug,
        rulebook_text=text("rulebooks", "jiangxi-2026.yaml"),
        organiser=organiser,
        by=by,
        at=NOW,
    )


def test_an_organiser_of_one_contest_may_not_begin_another() -> None:
    made = collecting()
    with pytest.raises(NotPermitted, match="没有建立活动的权限"):
        create(made.organiser)
    assert Contest.objects.count() == 1


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_administrators_may(flag: str) -> None:
    assert create(User.objects.create(username="a", name="管理员", **{flag: True})).edition == 1


def test_nobody_inactive_may() -> None:
    gone = User.objects.create(username="a", name="管理员", is_superuser=True, is_active=False)
    with pytest.raises(NotPermitted):
        create(gone)


def test_the_operator_at_the_command_line_may_and_is_recorded_so() -> None:
    row = records(create(None).chain, limit=1)[0]
    assert row.actor == "system:operator"


def test_the_right_is_given_and_taken_back_by_administrators() -> None:
    admin = User.objects.create(username="a", name="管理员", is_superuser=True)
    officer = User.objects.create(username="x", name="宣传科干事")
    with pytest.raises(NotPermitted, match="只有系统管理员"):
        founding.grant_office(user=officer, by=officer, at=NOW)
    right = founding.grant_office(user=officer, by=admin, at=NOW)
    assert [str(row.user) for row in founding.office_rights()] == ["宣传科干事"]
    with pytest.raises(Refused, match="已经有"):
        founding.grant_office(user=officer, by=admin, at=NOW)
    assert create(officer).slug == "c-2026"
    with pytest.raises(NotPermitted):
        founding.end_office(right=right.pk, by=officer, at=NOW)
    founding.end_office(right=right.pk, by=admin, at=NOW)
    with pytest.raises(NotFound):
        founding.end_office(right=right.pk, by=admin, at=NOW)
    with pytest.raises(NotPermitted):
        create(officer, "c-2027")
    told = [row.action for row in records(founding.CHAIN, limit=5)]
    assert told == ["contests.end_office", "contests.grant_office"]


@pytest.mark.parametrize("slug", ["", "Big", "a b", "-a", "a--b", "汉", "x" * 61])
def test_a_slug_that_does_not_fit_an_address_is_refused(slug: str) -> None:
    admin = User.objects.create(username="a", name="管理员", is_superuser=True)
    with pytest.raises(Refused) as caught:
        create(admin, slug)
    assert set(caught.value.fields) == {"slug"}
