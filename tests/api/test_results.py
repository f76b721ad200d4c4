"""Results: the organiser's until published, then everybody's; no judge's name in any answer."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.awards.actions import issue_certificates, revoke_certificate
from fengcai.apps.awards.models import Certificate, Result
from fengcai.apps.awards.queries import approved_page, result_page
from fengcai.apps.awards.queries.parts import ranking_part, result_head, winners_part
from fengcai.apps.contests.feeds import standing_in
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.publishing.actions import publish_results
from fengcai.apps.publishing.feeds import result_seen
from fengcai.engines import storage
from tests.api.conftest import Calls, Program
from tests.factories import judging
from tests.factories.judging import NOON, Stage

ADDRESSES = ("results", "results/awards", "results/ranking")


STAGE_JUDGES = 3


@pytest.fixture
def judged(db: None) -> Stage:
    """A contest whose result is computed and approved, not yet published."""
    stage = judging.contest(works=12, judges=STAGE_JUDGES, slug="judged")
    judging.approved(stage)
    return stage


def contact_of(stage: Stage, index: int) -> User:
    user = judging.person("联络员")
    Membership.objects.create(
        contest=stage.contest, user=user, role=Role.CONTACT, unit=stage.units[index]
    )
    return user


def publish(stage: Stage) -> None:
    publish_results(contest=stage.contest, by=stage.organiser, at=NOON)


def everything(program: Program) -> str:
    """All that this program can read, as one text."""
    said = [program.get("me"), program.get("contests"), program.get("contests/judged")]
    for end in ("rules", "units", "entries", *ADDRESSES, "certificates", "jobs"):
        answer = program.get(f"contests/judged/{end}")
        said.append(answer)
        for row in answer.body.get("items", []) if answer.status == 200 else []:
            if end == "entries":
                said += [program.get(row["url"]), program.get(f"{row['url']}/review")]
    return json.dumps([answer.body for answer in said], ensure_ascii=False)


def test_before_publication_only_the_organiser(judged: Stage, calls: Calls) -> None:
    reviewer = judging.person("审核员")
    Membership.objects.create(contest=judged.contest, user=reviewer, role=Role.REVIEWER)
    own = calls(judged.organiser)
    for address in ADDRESSES:
        assert own.get(f"contests/judged/{address}").status == 200
        for user in (reviewer, judged.judges[0], contact_of(judged, 0)):
            answer = calls(user).get(f"contests/judged/{address}")
            assert (answer.status, answer.problem) == (404, "not-found")
        Membership.objects.filter(role=Role.CONTACT).delete()
    head = own.get("contests/judged/results").body
    assert (head["approved"], head["published"], head["works"]) == (True, False, 12)
    assert head["hash"] == Result.objects.get(current=True).hash
    assert (head["awarded"], head["planned"]) == ("17100", "17100")
    assert Decimal(head["money"][0]["each"]) * head["money"][0]["count"] == Decimal(
        head["money"][0]["total"]
    )


def test_a_stranger_reads_no_published_result_of_another_contest(
    judged: Stage, calls: Calls
) -> None:
    publish(judged)
    stranger = judging.contest(works=1, judges=0, slug="other").organiser
    for address in ADDRESSES:
        assert calls(stranger).get(f"contests/judged/{address}").problem == "not-found"


def test_once_published_everybody_in_it_reads_the_same(judged: Stage, calls: Calls) -> None:
    publish(judged)
    for address in ADDRESSES:
        said = [
            calls(user).get(f"contests/judged/{address}").body
            for user in (judged.organiser, judged.judges[0])
        ]
        assert said[0] == said[1]
    assert calls(judged.judges[0]).get("contests/judged/results").body["published"] is True


def test_awards_and_ranking_carry_exact_numbers_and_reasons(judged: Stage, calls: Calls) -> None:
    program = calls(judged.organiser)
    awards = program.get("contests/judged/results/awards").body["items"]
    assert len(awards) == 13
    first = awards[0]
    assert (first["rank"], first["score"], first["money"]) == (1, "95.00", "1500")
    assert first["reason"]
    assert first["section"]
    ranking = program.get("contests/judged/results/ranking").body["items"]
    assert [row["rank"] for row in ranking] == list(range(1, 13))
    assert ranking[0]["score"] == "95.00"
    assert [mark["seat"] for mark in ranking[0]["marks"]] == ["评委 1", "评委 2", "评委 3"]
    assert all(isinstance(mark["total"], str) for mark in ranking[0]["marks"])


def test_the_ranking_by_pages_is_the_whole_ranking(judged: Stage, calls: Calls) -> None:
    program = calls(judged.organiser)
    whole = program.get("contests/judged/results/ranking", limit=200).body["items"]
    address, pages = "contests/judged/results/ranking?limit=5", []
    while address:
        body = program.get(address).body
        pages.append(len(body["items"]))
        assert body["items"] == whole[sum(pages[:-1]) : sum(pages)]
        address = body["next"]
    assert pages == [5, 5, 2]


@pytest.mark.parametrize("published", [False, True])
def test_a_part_says_what_the_whole_result_says(judged: Stage, published: bool) -> None:
    """Page by page the same rows as the result's own page, and only the works of the page are read."""
    if published:
        publish(judged)
    result, public = result_seen(standing_in("judged", judged.organiser))
    whole = approved_page(judged.contest) if public else result_page(
        contest=judged.contest, user=judged.organiser
    )  # fmt: skip
    assert whole is not None and public is published
    ranked = [
        replace(row, marks=tuple(replace(m, judge="") for m in row.marks)) for row in whole.ranking
    ]
    for start, most in ((0, 5), (5, 5), (10, 5), (99, 5), (2**63, 5)):
        part = ranking_part(result, start=start, most=most, public=public)
        assert part == ranked[start : start + most]
        light, _ = result_seen(standing_in("judged", judged.organiser), without=("ranking",))
        winners = winners_part(light, start=start, most=most, public=public)
        assert winners == whole.all_winners[start : start + most]
        assert "ranking" in light.get_deferred_fields()
    head = result_head(result, public=public)
    assert [(m.award, m.count, m.each, m.total) for m in head.money] == [
        (m.award, m.count, m.each, m.total) for m in whole.money
    ]
    assert (head.works, head.round_name, head.flags) == (12, whole.round_name, whole.flags)
    with CaptureQueriesContext(connection) as seen:
        ranking_part(result, start=3, most=2, public=public)
    (asked,) = [each["sql"] for each in seen if "judging_roundentry" in each["sql"]]
    assert asked.count("'") + asked.count("%s") < 20  # two works, not twelve


@pytest.mark.parametrize("published", [False, True])
def test_no_role_learns_a_judges_name(judged: Stage, calls: Calls, published: bool) -> None:
    if published:
        publish(judged)
    names = [f"密审专家{n}号" for n in range(STAGE_JUDGES)]
    for judge, name in zip(judged.judges, names, strict=True):
        User.objects.filter(pk=judge.pk).update(name=name, username=f"geheim{judge.pk}")
    reviewer = judging.person("审核员")
    Membership.objects.create(contest=judged.contest, user=reviewer, role=Role.REVIEWER)
    for user in (judged.organiser, reviewer, contact_of(judged, 0)):
        said = everything(calls(user))
        assert "仁心故事之1" in said
        assert [name for name in [*names, "geheim"] if name in said] == []
    # A judge reads his own name under /me, and no other judge's.
    said = everything(calls(User.objects.get(pk=judged.judges[0].pk)))
    assert [name for name in names if name in said] == [names[0]]


def test_before_the_seal_marks_change_no_answer(db: None, calls: Calls) -> None:
    stage = judging.opened(judging.contest(works=3, judges=3, slug="judged"))
    programs = [calls(user) for user in (stage.organiser, *stage.judges, contact_of(stage, 0))]
    before = [everything(program) for program in programs]
    judging.judged(stage, totals=lambda work, judge: 83 - work)
    assert [everything(program) for program in programs] == before
    assert programs[0].get("contests/judged/results/ranking").problem == "not-found"


def test_a_unit_reads_its_own_certificates_the_organiser_all(judged: Stage, calls: Calls) -> None:
    made = issue_certificates(
        contest=judged.contest, by=judged.organiser, at=NOON, site="https://contest.example"
    )
    first = made[0]
    revoke_certificate(certificate_id=first.pk, reason="姓名有误", by=judged.organiser, at=NOON)
    own = calls(judged.organiser).get("contests/judged/certificates", limit=200).body["items"]
    assert [row["number"] for row in own] == [row.number for row in made]
    assert own[0]["revoke_reason"] == "姓名有误"
    assert [row["revoked_at"] is None for row in own] == [False] + [True] * 12

    index = judged.units.index(first.entry.unit)
    contact = calls(contact_of(judged, index))
    theirs = contact.get("contests/judged/certificates").body["items"]
    assert {row["unit"] for row in theirs} == {first.entry.unit.name}
    foreign = next(row for row in made if row.entry.unit_id != first.entry.unit_id)
    assert contact.get(f"certificates/{foreign.pk}.pdf").problem == "not-found"
    assert contact.get(f"certificates/{first.pk}.pdf").problem == "not-found"  # not drawn yet
    assert calls(judged.judges[0]).get("contests/judged/certificates").body["items"] == []


def test_a_certificate_comes_as_pdf(judged: Stage, calls: Calls) -> None:
    made = issue_certificates(
        contest=judged.contest, by=judged.organiser, at=NOON, site="https://contest.example"
    )
    key = storage.write_bytes(b"%PDF-1.7 ...", suffix=".pdf").key
    Certificate.objects.filter(pk=made[0].pk).update(key=key)
    program = calls(judged.organiser)
    row = program.get("contests/judged/certificates").body["items"][0]
    assert row["ready"] is True
    client = Client()
    answer = client.get(row["pdf"], headers={"Authorization": f"Bearer {program.key}"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer) == b"%PDF-1.7 ..."
    assert client.get(row["pdf"]).status_code == 401


@pytest.mark.parametrize("works", [12, 30])
def test_sql_does_not_grow(db: None, calls: Calls, works: int) -> None:
    stage = judging.contest(works=works, judges=3, slug="judged")
    judging.approved(stage)
    publish(stage)
    issue_certificates(
        contest=stage.contest, by=stage.organiser, at=NOON, site="https://contest.example"
    )
    program = calls(stage.organiser)
    program.get("me")
    counted = {}
    for address in (*ADDRESSES, "certificates"):
        with CaptureQueriesContext(connection) as seen:
            assert program.get(f"contests/judged/{address}", limit=200).status == 200
        counted[address] = len(seen)
    assert counted == {"results": 5, "results/awards": 9, "results/ranking": 8, "certificates": 4}
