"""Contests, rules and units: one's own contests only, and in them what one's role shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.roles import Role
from tests.api.conftest import Calls
from tests.apps.contests.test_amending import CITE, CLOSE, NUMBER, amend, real
from tests.factories import judging
from tests.factories.collecting import Collecting


def test_me_says_who_and_where(stage: Collecting, calls: Calls) -> None:
    user = stage.contacts["心病科"]
    answer = calls(user, "entries:read").get("me")
    assert answer.body == {
        "id": str(user.pk),
        "name": "心病科联络员",
        "token": {
            "name": "测试",
            "scopes": ["entries:read"],
            "expires_at": answer.body["token"]["expires_at"],
        },
        "seats": [
            {
                "contest": stage.contest.slug,
                "role": "contact",
                "role_name": "联络员",
                "unit": str(stage.units["心病科"].pk),
                "unit_name": "心病科",
            }
        ],
    }
    assert answer.body["token"]["expires_at"].endswith("+08:00")
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_organiser_sees_his_contest_and_not_the_other(stage: Collecting, calls: Calls) -> None:
    other = judging.contest(works=2, judges=3, slug="other")
    program = calls(stage.organiser)
    assert [row["id"] for row in program.get("contests").body["items"]] == [stage.contest.slug]
    for address in (
        "contests/other",
        "contests/other/rules",
        "contests/other/units",
        "contests/other/entries",
        "contests/other/jobs",
        "contests/other/results",
        "contests/other/results/ranking",
        "contests/other/results/awards",
        "contests/other/certificates",
        f"entries/{other.entries[0].pk}",
        f"entries/{other.entries[0].pk}/review",
        "contests/none",
    ):
        answer = program.get(address)
        assert (address, answer.status, answer.problem) == (address, 404, "not-found")
    line = {"unit": "急诊科", "unit_class": "clinical"}
    assert program.post("contests/other/units/import", {"rows": [line]}).problem == "not-found"
    assert Unit.objects.filter(name="急诊科").count() == 0


def test_a_contest_tells_its_window_with_the_clause(stage: Collecting, calls: Calls) -> None:
    body = calls(stage.contacts["心病科"]).get(f"contests/{stage.contest.slug}").body
    assert body["roles"] == ["contact"]
    assert body["window"]["closes"] == "2026-04-30T17:00:00+08:00"
    assert body["window"]["closes_inclusive"] is True
    assert body["window"]["section"]
    assert body["rules_hash"] == stage.contest.version.hash
    assert (body["results_published"], body["works_shown"]) == (False, 0)


def test_the_rules_come_whole_with_exact_numbers(stage: Collecting, calls: Calls) -> None:
    answer = calls(stage.organiser).get(f"contests/{stage.contest.slug}/rules")
    rules = answer.body["rules"]
    assert answer.body["hash"] == rules["hash"] == stage.contest.version.hash
    assert rules["title"] == stage.contest.title
    assert (
        rules["awards"][0]["money_each"]
        == stage.contest.version.resolved["awards"][0]["money_each"]
    )
    assert isinstance(rules["awards"][0]["money_each"], str)
    assert set(rules["awards"][0]["cite"]) == {"section", "words"}


def test_rules_not_yet_in_force_are_refused(stage: Collecting, calls: Calls) -> None:
    Contest.objects.update(state="draft")
    stage.contest.version.__class__.objects.update(resolved=None, hash="")
    program = calls(stage.organiser)
    body = program.get(f"contests/{stage.contest.slug}").body
    assert (body["state"], body["window"], body["rules_hash"]) == ("draft", None, None)
    assert len(body["open_questions"]) > 0
    assert body["open_questions"][0]["answer"] is None
    answer = program.get(f"contests/{stage.contest.slug}/rules")
    assert (answer.status, answer.problem) == (422, "refused")
    assert "规则尚未生效" in answer.body["detail"]


def test_a_contact_sees_his_own_unit_and_a_judge_none(stage: Collecting, calls: Calls) -> None:
    slug = stage.contest.slug
    judge = judging.person("评委")
    Membership.objects.create(contest=stage.contest, user=judge, role=Role.JUDGE)

    def names(user) -> list[str]:
        return [row["name"] for row in calls(user).get(f"contests/{slug}/units").body["items"]]

    assert names(stage.contacts["心病科"]) == ["心病科"]
    assert names(judge) == []
    assert names(stage.reviewer) == names(stage.organiser) == ["第1科", "心病科", "针灸科"]


def test_units_by_pages_see_each_once(stage: Collecting, calls: Calls) -> None:
    for n in range(25):
        Unit.objects.create(
            contest=stage.contest, name=f"病区{n}", unit_class="clinical", order=n % 3
        )
    program = calls(stage.organiser)
    address, seen = f"contests/{stage.contest.slug}/units?limit=4", []
    while address:
        page = program.get(address).body
        assert len(page["items"]) <= 4
        seen += [row["id"] for row in page["items"]]
        address = page["next"]
        Unit.objects.filter(name="病区0").delete()  # what goes meanwhile moves nothing else
    everything = Unit.objects.filter(contest=stage.contest).order_by("order", "pk")
    assert [id for id in seen if everything.filter(pk=id).exists()] == [
        str(row.pk) for row in everything
    ]
    assert len(seen) == len(set(seen)) == 28


@pytest.mark.parametrize("many", [1, 50])
def test_sql_does_not_grow(stage: Collecting, calls: Calls, many: int) -> None:
    for n in range(many):
        Unit.objects.create(contest=stage.contest, name=f"病区{n}", unit_class="clinical", order=n)
    program = calls(stage.organiser)
    program.get("me")
    with CaptureQueriesContext(connection) as seen:
        program.get(f"contests/{stage.contest.slug}/units", limit=200)
    assert len(seen) == 4  # token, contest, roles, units
    with CaptureQueriesContext(connection) as seen:
        program.get("contests", limit=200)
    assert len(seen) == 2  # token, contests


def test_a_roster_is_tried_then_taken_in_once(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.organiser)
    address = f"contests/{stage.contest.slug}/units/import"
    rows = [
        {"unit": "急诊科", "unit_class": "clinical", "contact": "急诊联络员"},
        {"unit": "心病科", "unit_class": "clinical"},
        {"unit": "食堂", "unit_class": "没有的类别"},
    ]
    tried = program.post(address, {"rows": rows, "dry_run": True}).body
    assert (tried["added"], tried["known"], tried["dry_run"]) == (1, 1, True)
    assert not Unit.objects.filter(name="急诊科").exists()
    taken = program.post(address, {"rows": rows}).body
    assert (taken["added"], taken["known"]) == (1, 1)
    assert [(r["row"], r["unit"]) for r in taken["refused"]] == [(3, "食堂")]
    assert "没有的类别" in taken["refused"][0]["problem"]
    again = program.post(address, {"rows": rows}).body
    assert (again["added"], again["known"]) == (0, 2)
    seat = Membership.objects.get(unit__name="急诊科")
    assert (seat.role, seat.user.name) == ("contact", "急诊联络员")


def test_only_the_organiser_takes_a_roster_in(stage: Collecting, calls: Calls) -> None:
    address = f"contests/{stage.contest.slug}/units/import"
    rows = [{"unit": "急诊科", "unit_class": "clinical"}]
    for user in (stage.reviewer, stage.contacts["心病科"]):
        for dry_run in (True, False):
            answer = calls(user).post(address, {"rows": rows, "dry_run": dry_run})
            assert (answer.status, answer.problem) == (403, "not-permitted")
    assert not Unit.objects.filter(name="急诊科").exists()


def test_amendments_are_told_with_what_they_changed(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.contacts["心病科"], "contests:read")
    address = f"contests/{stage.contest.slug}/amendments"
    assert program.get(address).body == {"items": [], "next": None}
    amendment = amend(real(stage.contest), stage.organiser, CLOSE, CITE)
    told = program.get(address).body
    assert told["next"] is None
    assert told["items"] == [
        {
            "number": 1,
            "notice_number": NUMBER,
            "reason": "多个科室在抗洪一线",
            "at": "2026-04-10T09:00:00+08:00",
            "version_before": 1,
            "version_after": 2,
            "rules_hash": amendment.after.hash,
            "changes": [
                {
                    "chapter": "时间与报送",
                    "what": "报送 · 截止",
                    "kind": "changed",
                    "before": "2026 年 4 月 30 日 17:00",
                    "after": "2026 年 5 月 5 日 17:00",
                    "section": "补充通知",
                    "words": "报送截止延至5月5日17:00",
                }
            ],
        }
    ]
    stranger = calls(judging.person("路人"), "contests:read")
    assert stranger.get(address).status == 404
