"""Every page of the office: who may see it, that it is drawn, and what it costs in SQL."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.awards.actions import allocate
from fengcai.apps.contests.models import Unit
from fengcai.apps.contests.roles import Role
from fengcai.engines.documents.tables import read_table
from tests.factories import judging as factory

PLACES = (
    "office",
    "office-questions",
    "office-units",
    "office-people",
    "office-people-sheet",
    "office-round",
    "office-awards",
    "office-publication",
    "office-audit",
)
FILES = ("office-coverage-xlsx", "office-units-xlsx", "office-units-template")
POSTS = (
    ("office-answer", ["A1"]),
    ("office-open", []),
    ("office-units-preview", []),
    ("office-units-import", []),
    ("office-people", []),
    ("office-people-link", [1]),
    ("office-people-sheet", []),
    ("office-people-dismiss", [1]),
    ("office-round-open", ["review"]),
    ("office-round-seat", ["review"]),
    ("office-round-seal", ["review"]),
    ("office-round-reopen", ["review", 1]),
    ("office-round-excuse", ["review", 1]),
    ("office-awards-compute", []),
    ("office-awards-decide", ["best_creative"]),
    ("office-awards-tie", [1]),
    ("office-awards-approve", []),
    ("office-certificates-issue", []),
    ("office-certificate-revoke", ["0" * 8 + "-0000-4000-8000-000000000000"]),
    ("office-publish-works", []),
    ("office-publish-results", []),
    ("office-publication-hide", ["0" * 8 + "-0000-4000-8000-000000000000"]),
)


def test_only_organisers_come_in(collecting, signed_in):
    office = signed_in(collecting.organiser)
    others = [
        signed_in(user)
        for user in (
            collecting.contacts["心病科"],
            collecting.heads["心病科"],
            collecting.judges[0],
            collecting.reviewer,
        )
    ]
    for place in (*PLACES, *FILES):
        url = reverse(place, args=[collecting.contest.slug])
        for client in others:
            answer = client.get(url)
            assert answer.status_code == 403, place
            assert "只有本活动的组织者可以这样做" in answer.content.decode()
        assert office.get(url).status_code == 200, place
        stranger = Client().get(url)
        assert stranger.status_code == 302, place
        assert stranger["Location"].startswith("/accounts/login/")


def test_only_organisers_act(collecting, signed_in):
    contact, judge = signed_in(collecting.contacts["心病科"]), signed_in(collecting.judges[0])
    for place, rest in POSTS:
        url = reverse(place, args=[collecting.contest.slug, *rest])
        assert contact.post(url).status_code == 403, place
        assert judge.post(url).status_code == 403, place
        assert Client().post(url).status_code == 302, place


def test_an_organiser_of_another_contest_stays_out(collecting, signed_in):
    other = factory.contest(works=1, judges=1, slug="other")
    url = reverse("office", args=[collecting.contest.slug])
    assert signed_in(other.organiser).get(url).status_code == 403
    assert signed_in(collecting.organiser).get("/c/nothing/office/").status_code == 404


def test_a_contest_in_the_making_has_every_page(draft, signed_in):
    client = signed_in(draft.organiser)
    for place in PLACES:
        assert client.get(reverse(place, args=[draft.contest.slug])).status_code == 200, place


COST = {
    "office": 22,
    "office-questions": 8,
    "office-units": 8,
    "office-people": 8,
    "office-people-sheet": 8,
    "office-round": 22,
    "office-awards": 28,
    "office-publication": 18,
    "office-audit": 16,
}
"""The most SQL statements that a page may cost, the session's and the account's among them."""


@pytest.mark.parametrize("works", [1, 24])
def test_a_page_costs_no_more_for_many_works(
    works, signed_in, plain_pictures, django_assert_max_num_queries, db
):
    stage = factory.contest(works=works, judges=4)
    if works > 1:
        factory.approved(stage)
    else:
        factory.sealed(factory.judged(factory.opened(stage)))
        allocate(contest=stage.contest, by=stage.organiser, at=factory.NOON)
    plain_pictures()
    client = signed_in(stage.organiser)
    for place, most in COST.items():
        with django_assert_max_num_queries(most, info=place):
            answer = client.get(reverse(place, args=[stage.contest.slug]))
        assert answer.status_code == 200, place


def test_the_office_says_what_to_do_next(draft, signed_in):
    url = reverse("office", args=[draft.contest.slug])
    page = signed_in(draft.organiser).get(url).content.decode()
    assert "处没有写明，请逐项答复" in page
    assert page.count("button primary") == 1


def test_coverage_counts_have_a_denominator(collecting, signed_in):
    url = reverse("office", args=[collecting.contest.slug])
    page = signed_in(collecting.organiser).get(url).content.decode()
    units = len(collecting.units)
    assert f"/ {units} 个" in page
    assert f"还差 {units} 个" in page
    assert f"还有 {units} 个必报单位没有报送" in page
    assert page.count("未报送</span>") == units


def test_a_roster_of_nobody_is_not_complete(collecting, signed_in):
    Unit.objects.update(closed_at=timezone.now())
    url = reverse("office", args=[collecting.contest.slug])
    page = signed_in(collecting.organiser).get(url).content.decode()
    assert "名单里没有必报单位" in page
    assert "全了" not in page


def test_a_long_roster_comes_a_hundred_at_a_time(collecting, signed_in):
    known = len(collecting.units)
    Unit.objects.bulk_create(
        Unit(contest=collecting.contest, name=f"检验室{n}", unit_class="clinical", order=1000 + n)
        for n in range(150)
    )
    client = signed_in(collecting.organiser)
    url = reverse("office", args=[collecting.contest.slug])
    first, last = (client.get(url, {"page": page}) for page in (1, 99))
    total = known + 150
    assert (len(first.context["units"]), len(last.context["units"])) == (100, total - 100)
    assert f"第 1–100 条，共 {total} 条" in first.content.decode()
    assert "检验室149" in last.content.decode()


def test_every_role_but_the_organiser_may_get_cards(collecting, signed_in):
    url = reverse("office-people-sheet", args=[collecting.contest.slug])
    page = signed_in(collecting.organiser).get(url, {"role": Role.JUDGE}).content.decode()
    assert f"将为 {len(collecting.judges)} 人签发新链接，旧链接失效" in page


def test_the_phones_of_those_who_owe_go_into_the_list(collecting, signed_in):
    contact = collecting.contacts["儿科"]
    contact.phone = "0791-86360000"
    contact.save()
    client = signed_in(collecting.organiser)
    page = client.get(reverse("office", args=[collecting.contest.slug]), {"show": "owed"})
    assert 'href="tel:0791-86360000"' in page.content.decode()
    url = reverse("office-coverage-xlsx", args=[collecting.contest.slug])
    table = read_table(client.get(url, {"show": "owed"}).content, "x.xlsx")
    assert len(table.rows) == len(page.context["units"]) == len(collecting.units)
    [row] = [table.values(row) for row in table.rows if row.cells[0] == "儿科"]
    assert (row["状态"], row["电话"]) == ("未报送", "0791-86360000")


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda stage: stage, "报送已截止，可以启动评审"),
        (factory.opened, "评审进行中，已评 0 / 4 份"),
        (lambda stage: factory.judged(factory.opened(stage)), "评委都已提交，可以封存"),
        (
            lambda stage: factory.sealed(factory.judged(factory.opened(stage))),
            "评审已封存，请计算评奖结果",
        ),
    ],
)
@time_machine.travel(factory.NOON, tick=False)
def test_the_next_step_follows_the_contest(made, says, signed_in, plain_pictures, db):
    stage = factory.contest(works=1, judges=4)
    made(stage)
    plain_pictures()
    page = signed_in(stage.organiser).get(reverse("office", args=[stage.contest.slug]))
    assert says in page.content.decode()
    assert page.content.decode().count("button primary") == 1
