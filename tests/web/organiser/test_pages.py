"""Every page of the office: who may see it, that it is drawn, and what it costs in SQL."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.contests.roles import Role
from fengcai.samples.stage import Stage
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


@pytest.mark.parametrize("place", [*PLACES, *FILES])
def test_only_organisers_come_in(place, collecting, signed_in):
    url = reverse(place, args=[collecting.contest.slug])
    for user in (
        collecting.contacts["心病科"],
        collecting.heads["心病科"],
        collecting.judges[0],
        collecting.reviewer,
    ):
        answer = signed_in(user).get(url)
        assert answer.status_code == 403
        assert "组织者" in answer.content.decode()
    assert signed_in(collecting.organiser).get(url).status_code == 200
    stranger = Client().get(url)
    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("place", "rest"), POSTS)
def test_only_organisers_act(place, rest, collecting, signed_in):
    url = reverse(place, args=[collecting.contest.slug, *rest])
    assert signed_in(collecting.contacts["心病科"]).post(url).status_code == 403
    assert signed_in(collecting.judges[0]).post(url).status_code == 403
    assert Client().post(url).status_code == 302


def test_an_organiser_of_another_contest_stays_out(collecting, signed_in):
    other = factory.contest(works=1, judges=1, slug="other")
    url = reverse("office", args=[collecting.contest.slug])
    assert signed_in(other.organiser).get(url).status_code == 403
    assert signed_in(collecting.organiser).get("/c/nothing/office/").status_code == 404


@pytest.mark.parametrize("place", PLACES)
def test_a_contest_in_the_making_has_every_page(place, draft, signed_in):
    answer = signed_in(draft.organiser).get(reverse(place, args=[draft.contest.slug]))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("place", "most"),
    [
        ("office", 32),
        ("office-questions", 8),
        ("office-units", 8),
        ("office-people", 8),
        ("office-people-sheet", 8),
        ("office-round", 22),
        ("office-awards", 28),
        ("office-publication", 18),
        ("office-audit", 16),
    ],
)
@pytest.mark.parametrize("works", [1, 30])
def test_a_page_costs_the_same_for_one_work_and_for_many(
    place, most, works, signed_in, django_assert_max_num_queries, db
):
    stage = factory.contest(works=works, judges=5)
    result = factory.approved(stage) if works > 1 else factory.judged(factory.opened(stage))
    assert result is not None
    client = signed_in(stage.organiser)
    with django_assert_max_num_queries(most):
        answer = client.get(reverse(place, args=[stage.contest.slug]))
    assert answer.status_code == 200


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
    assert page.count("未报送</span>") == units


def test_every_role_but_the_organiser_may_get_cards(collecting, signed_in):
    url = reverse("office-people-sheet", args=[collecting.contest.slug])
    page = signed_in(collecting.organiser).get(url, {"role": Role.JUDGE}).content.decode()
    assert f"将为 {len(collecting.judges)} 人签发新链接，旧链接失效" in page


def typed_stage(stage: Stage) -> Stage:
    return stage
