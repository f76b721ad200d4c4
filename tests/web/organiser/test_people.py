"""People: appointed, given links that open one door only, dismissed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.audit.queries import records
from fengcai.apps.contests.queries import people_in
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.queries import owner_of_link
from tests.factories import judging as factory

pytestmark = pytest.mark.django_db


def seat_of(stage, user):
    return next(seat for seat in people_in(stage.contest) if seat.user_id == user.pk)


def test_appointing_makes_an_account_that_comes_in_by_link(collecting, signed_in):
    client = signed_in(collecting.organiser)
    unit = collecting.units["儿科"]
    url = reverse("office-people", args=[collecting.contest.slug])
    sent = client.post(
        url, {"role": "judge", "name": "评委八（儿科）", "phone": "8", "unit": unit.pk}
    )
    assert sent.status_code == 302
    [seat] = [
        s for s in people_in(collecting.contest, Role.JUDGE) if s.user.name == "评委八（儿科）"
    ]
    assert (seat.unit, seat.user.phone, seat.user.has_usable_password()) == (unit, "8", False)


def test_a_refused_appointment_keeps_what_was_typed(collecting, signed_in):
    client = signed_in(collecting.organiser)
    before = len(people_in(collecting.contest))
    url = reverse("office-people", args=[collecting.contest.slug])
    sent = client.post(url, {"role": "head", "name": "某科负责人", "phone": "0791-7"})
    page = sent.content.decode()
    assert sent.status_code == 422
    assert "必须属于一个单位" in page
    assert 'value="某科负责人"' in page
    assert 'value="0791-7"' in page
    assert client.post(url, {"name": "无身份"}).status_code == 422
    assert client.post(url, {"role": "judge", "name": " "}).status_code == 422
    assert client.post(url, {"role": "judge", "person": "0"}).status_code == 422
    assert len(people_in(collecting.contest)) == before


def test_a_new_link_opens_and_the_old_one_does_not(collecting, signed_in):
    client = signed_in(collecting.organiser)
    seat = seat_of(collecting, collecting.contacts["儿科"])
    url = reverse("office-people-link", args=[collecting.contest.slug, seat.pk])
    first, second = client.post(url), client.post(url)
    tokens = [one.context["card"].url.rstrip("/").rsplit("/", 1)[1] for one in (first, second)]
    assert second.context["card"].url.startswith("http://testserver/enter/")
    assert "<svg" in second.content.decode()
    assert "no-store" in second["Cache-Control"]
    now = timezone.now()
    assert owner_of_link(tokens[0], at=now) is None
    assert owner_of_link(tokens[1], at=now) == seat.user
    newest = records(collecting.contest.chain, limit=1)[0]
    assert newest.action == "people.issue_links"
    assert tokens[1] not in str(newest)


def test_nobody_who_manages_more_gets_a_link_here(collecting, signed_in):
    other = factory.contest(works=1, judges=1, slug="other")
    client = signed_in(other.organiser)
    url = reverse("office-people", args=[other.contest.slug])
    client.post(url, {"role": "judge", "name": "甲"})
    from fengcai.apps.contests.actions import appoint

    seat = appoint(
        contest=other.contest,
        user=collecting.organiser,
        role=Role.JUDGE,
        by=other.organiser,
        at=timezone.now(),
    )
    answer = client.post(reverse("office-people-link", args=[other.contest.slug, seat.pk]))
    assert answer.status_code == 422
    assert "还负责管理别的活动" in answer.content.decode()


def test_the_sheet_counts_first_and_then_prints(collecting, signed_in):
    client = signed_in(collecting.organiser)
    url = reverse("office-people-sheet", args=[collecting.contest.slug])
    asked = client.get(url, {"role": "contact", "unit_class": "medtech"})
    seats = asked.context["count"]
    assert f"将为 {seats} 人签发新链接，旧链接失效" in asked.content.decode() or seats == 0
    answer = client.post(url, {"role": "judge"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    newest = records(collecting.contest.chain, limit=1)[0]
    assert len(newest.details["users"]) == len(collecting.judges)


def test_dismissal_ends_the_role_but_not_ones_own(collecting, signed_in):
    client = signed_in(collecting.organiser)
    judge = seat_of(collecting, collecting.judges[6])
    url = reverse("office-people-dismiss", args=[collecting.contest.slug, judge.pk])
    assert client.post(url).status_code == 302
    assert collecting.judges[6] not in [
        seat.user for seat in people_in(collecting.contest, Role.JUDGE)
    ]
    assert client.post(url).status_code == 404
    mine = seat_of(collecting, collecting.organiser)
    own = client.post(reverse("office-people-dismiss", args=[collecting.contest.slug, mine.pk]))
    assert own.status_code == 422
    assert "不能撤去自己的组织者身份" in own.content.decode()
