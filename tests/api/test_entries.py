"""Works over the API: the same rules as on the pages, each unit its own, pages that stay put."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.models import Round
from tests.api.conftest import Calls
from tests.factories import judging
from tests.factories.collecting import CLOSES, DAY, DECLARED, Collecting, inspected

OWN, OTHER = "心病科", "针灸科"
PEOPLE = [{"name": "编导甲", "role": "编导"}]
FIELDS = {
    "title": "心跳的守护",
    "authors": PEOPLE,
    "contact": "心病科联络员 0791-0000000",
    "synopsis": "从一张心电图开始。",
}


def of(stage: Collecting) -> str:
    return f"contests/{stage.contest.slug}/entries"


def test_from_a_draft_to_submission(stage: Collecting, calls: Calls, tmp_path: Path) -> None:
    program = calls(stage.contacts[OWN], "entries:read", "entries:write")
    made = program.post(of(stage), {"unit": str(stage.units[OWN].pk), "track": "video"})
    assert made.status == 201
    address = made.headers["Location"]
    assert address == made.body["url"] == f"/api/v1/entries/{made.body['id']}"
    assert (made.body["state"], made.body["version"]) == ("draft", 1)

    saved = program.patch(address, {"version": 1, "fields": FIELDS, "themes": ["service"]})
    assert (saved.status, saved.body["version"]) == (200, 2)
    stale = program.patch(address, {"version": 1, "fields": {"title": "另一个"}})
    assert (stale.status, stale.problem) == (409, "stale")
    assert (stale.body["version"], stale.body["current"]["title"]) == (2, "心跳的守护")

    music = {"kind": "music", "title": "晨光", "licence": "own", "author": "本科室"}
    listed = program.patch(address, {"version": 2, "fields": {"rights": [music]}})
    assert (listed.status, program.get(address).body["fields"]["rights"][0]["title"]) == (
        200,
        "晨光",
    )
    wrong = program.patch(address, {"version": 3, "fields": {"rights": [{"poem": "x"}]}})
    assert (wrong.status, wrong.problem) == (422, "refused")

    grant = program.post(f"{address}/uploads", {"slot": "main"})
    assert (grant.status, grant.body["endpoint"]) == (201, "/uploads/")
    assert grant.body["grant"]
    assert grant.body["max_size"] > 0

    sign = {"version": 3, "declared": list(DECLARED), "signed_name": "心病科联络员"}
    early = program.post(f"{address}/submit", sign)
    assert (early.status, early.problem) == (422, "refused")
    assert [e["field"] for e in early.body["errors"]] == ["slot-main"]
    assert program.get(address).body["owed"][0]["field"] == "slot-main"

    inspected(stage.with_film(Entry.objects.get(), tmp_path), resolution="fail", truthful="person")
    done = program.post(f"{address}/submit", sign)
    assert (done.status, done.body["state"], done.body["version"]) == (200, "submitted", 4)

    read = program.get(address).body
    assert read["fields"]["authors"] == PEOPLE
    assert read["files"] == [
        {"slot": "main", "id": read["files_all"][0]["id"], "state": "inspected", "broken": 1}
    ]
    findings = {f["requirement"]: f for f in read["files_all"][0]["findings"]}
    assert (findings["resolution"]["verdict"], findings["resolution"]["section"]) == (
        "fail", "四（一）",
    )  # fmt: skip
    assert [d["signed_name"] for d in read["declarations"]] == ["心病科联络员"] * 3
    assert read["deadline"] == CLOSES.isoformat()

    assert program.post(f"{address}/recall").body["state"] == "draft"
    assert program.post(f"{address}/withdraw").body["state"] == "withdrawn"
    again = program.post(f"{address}/withdraw")
    assert (again.status, again.problem) == (422, "refused")
    assert "已撤回" in again.body["detail"]


def test_a_program_sends_a_film_by_tus(stage: Collecting, calls: Calls) -> None:
    """The grant is one that the receiver takes: what the guide says can be done."""
    from fengcai.engines.uploads.grants import read_grant

    entry = stage.draft()
    program = calls(stage.contacts[OWN])
    grant = program.post(f"entries/{entry.pk}/uploads", {"slot": "main"}).body["grant"]
    read = read_grant(grant, at=timezone.now())
    assert read.purpose == "entries.file"
    assert read.subject == {
        "entry": str(entry.pk), "slot": "main", "user": stage.contacts[OWN].pk,
    }  # fmt: skip


def test_another_units_work_looks_as_if_there_were_none(
    stage: Collecting, calls: Calls, tmp_path: Path
) -> None:
    entry = stage.under_review(tmp_path, OWN)
    program = calls(stage.contacts[OTHER])
    unknown = uuid4()
    asked = [
        ("GET", "", None),
        ("GET", "/review", None),
        ("PATCH", "", {"version": entry.version, "fields": {"title": "改"}}),
        ("POST", "/uploads", {"slot": "main"}),
        ("POST", "/submit", {"version": 1, "declared": [], "signed_name": "某"}),
        ("POST", "/recall", None),
        ("POST", "/withdraw", None),
        ("POST", "/review/accept", {"version": entry.version}),
        (
            "POST",
            "/review/return",
            {"version": 1, "reasons": "无", "mend_until": "2026-04-20T00:00:00+08:00"},
        ),
    ]
    for method, end, body in asked:
        real = program.send(method, f"entries/{entry.pk}{end}", body)
        none = program.send(method, f"entries/{unknown}{end}", body)
        assert (end, real.status, real.problem) == (end, 404, "not-found")
        assert {**real.body, "instance": ""} == {**none.body, "instance": ""}
    assert program.get(of(stage)).body["items"] == []
    assert program.get(of(stage), q=entry.title).body["items"] == []
    assert program.get(of(stage), unit=str(entry.unit_id)).body["items"] == []
    answer = program.post(of(stage), {"unit": str(entry.unit_id), "track": "video"})
    assert (answer.status, answer.problem) == (403, "not-permitted")
    assert Entry.objects.get().state == "confirmed"


def test_a_judge_learns_nothing_of_works(stage: Collecting, calls: Calls) -> None:
    other = judging.opened(judging.contest(works=3, judges=3, slug="judged"))
    assert Round.objects.count() == 1
    program = calls(other.judges[0])
    assert program.get("contests/judged").body["roles"] == ["judge"]
    assert program.get("contests/judged/entries").body == {"items": [], "next": None}
    for entry in other.entries:
        assert program.get(f"entries/{entry.pk}").problem == "not-found"
        assert program.get(f"entries/{entry.pk}/review").problem == "not-found"


def test_a_list_is_narrowed(stage: Collecting, calls: Calls, tmp_path: Path) -> None:
    first = stage.under_review(tmp_path, OWN)
    second = stage.draft(OTHER, title="银针之上", at=DAY + timedelta(minutes=1))
    program = calls(stage.reviewer)

    def ids(**sought: str) -> list[str]:
        return [row["id"] for row in program.get(of(stage), **sought).body["items"]]

    both = [str(first.pk), str(second.pk)]
    assert ids() == both
    assert ids(state="confirmed") == both[:1]
    assert ids(state="draft") == both[1:]
    assert ids(track="video") == both
    assert ids(track="photo") == []
    assert ids(unit=str(second.unit_id)) == both[1:]
    assert ids(q="银针") == ids(q="针灸") == both[1:]
    assert ids(q="%") == []
    assert program.get(of(stage), state="lost").problem == "invalid"


def test_pages_see_each_work_once_while_others_come(calls: Calls) -> None:
    many = judging.contest(works=7, judges=0, slug="many")
    Entry.objects.update(created_at=DAY)  # all at one instant: the id decides
    program = calls(many.organiser)
    address, seen = "contests/many/entries?limit=3&state=accepted", []
    while address:
        page = program.get(address).body
        seen += [row["id"] for row in page["items"]]
        address = page["next"]
        if address:
            assert address.startswith("/api/v1/contests/many/entries?limit=3&state=accepted&after=")
            judging.accepted(many, many.units[0], 100 + len(seen))
            Entry.objects.filter(pk=many.entries[-1].pk).update(title="改过")
    assert seen[:7] == sorted(str(entry.pk) for entry in many.entries)
    assert len(seen) == len(set(seen)) == 9


@pytest.mark.parametrize("many", [1, 50])
def test_sql_does_not_grow(stage: Collecting, calls: Calls, tmp_path: Path, many: int) -> None:
    other = judging.contest(works=many, judges=0, slug="many")
    Membership.objects.create(
        contest=other.contest, user=stage.contacts[OWN], role=Role.CONTACT, unit=other.units[0]
    )
    for user in (other.organiser, stage.contacts[OWN]):
        program = calls(user)
        program.get("me")
        with CaptureQueriesContext(connection) as seen:
            page = program.get("contests/many/entries", limit=200).body
        assert len(page["items"]) == (many if user == other.organiser else 1)
        assert len(seen) == 6  # token, contest, roles, works, files, findings


def test_a_later_page_is_found_by_its_index(stage: Collecting, calls: Calls) -> None:
    """However many works come before it: the place is looked up, nothing is sorted."""
    if connection.vendor != "sqlite":
        pytest.skip("asks SQLite how it would look")
    from fengcai.apps.contests.feeds import standing_of
    from fengcai.apps.entries.feeds import Sought, entries_in

    standing = standing_of(stage.contest, stage.organiser)
    with CaptureQueriesContext(connection) as seen:
        entries_in(standing, Sought(), after=(DAY, uuid4()), most=51)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {seen.captured_queries[0]['sql']}")
        plan = " | ".join(row[3] for row in cursor.fetchall())
    assert "entry_begun (contest_id=? AND created_at>?)" in plan
    assert "TEMP B-TREE" not in plan


def test_outside_the_time_nothing_is_begun(stage: Collecting, calls: Calls) -> None:
    with time_machine.travel(CLOSES + timedelta(seconds=1), tick=False):
        answer = calls(stage.contacts[OWN]).post(
            of(stage), {"unit": str(stage.units[OWN].pk), "track": "video"}
        )
    assert (answer.status, answer.problem) == (422, "too-late")
    assert answer.body["title_en"] == "Outside the time allowed"
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"authors": "编导甲"}, "authors"),
        ({"title": PEOPLE}, "title"),
        ({"nickname": "无此栏"}, "nickname"),
        ({"themes": "service"}, "themes"),
    ],
)
def test_a_field_of_the_wrong_kind_keeps_the_draft(
    stage: Collecting, calls: Calls, fields: dict, wrong: str
) -> None:
    entry = stage.draft()
    program = calls(stage.contacts[OWN])
    answer = program.patch(f"entries/{entry.pk}", {"version": entry.version, "fields": fields})
    assert (answer.status, answer.problem) == (422, "refused")
    assert [e["field"] for e in answer.body["errors"]] == [wrong]
    assert Entry.objects.get().fields == entry.fields
    assert Entry.objects.get().version == entry.version


def test_the_desk_accepts_and_returns(stage: Collecting, calls: Calls, tmp_path: Path) -> None:
    entry = stage.under_review(tmp_path, OWN)
    program = calls(stage.reviewer, "entries:read", "review:write")
    sheet = program.get(f"entries/{entry.pk}/review").body
    assert sheet["version"] == entry.version
    assert {p["requirement"]: p["machine"] for p in sheet["points"]}["resolution"] == "pass"

    early = program.post(f"entries/{entry.pk}/review/accept", {"version": sheet["version"]})
    assert (early.status, early.problem) == (422, "refused")
    due = {e["field"] for e in early.body["errors"]}
    assert due < {p["requirement"] for p in sheet["points"]}
    twice = [{"requirement": "truthful", "decision": "ok"}] * 2
    answer = program.post(
        f"entries/{entry.pk}/review/accept", {"version": sheet["version"], "points": twice}
    )
    assert [e["field"] for e in answer.body["errors"]] == ["truthful"]

    judged = [{"requirement": r, "decision": "ok"} for r in sorted(due)]
    body = {"version": sheet["version"], "points": judged}
    assert (
        calls(stage.organiser).post(f"entries/{entry.pk}/review/accept", body).problem
        == "not-permitted"
    )
    done = program.post(f"entries/{entry.pk}/review/accept", body)
    assert (done.status, done.body["state"], done.body["number"]) == (200, "accepted", "001")

    second = stage.under_review(tmp_path, OTHER)
    back = program.post(
        f"entries/{second.pk}/review/return",
        {
            "version": second.version,
            "reasons": "片头晃动",
            "mend_until": "2026-04-20T17:00:00+08:00",
        },
    )
    assert (back.status, back.body["state"]) == (200, "returned")
    seen = calls(stage.contacts[OTHER]).get(f"entries/{second.pk}").body
    assert seen["reviews"] == [
        {
            "decision": "return",
            "reasons": "片头晃动",
            "mend_until": "2026-04-20T17:00:00+08:00",
            "at": seen["reviews"][0]["at"],
        }
    ]


def test_a_scope_for_reading_writes_nothing(stage: Collecting, calls: Calls) -> None:
    entry = stage.draft()
    program = calls(stage.contacts[OWN], "entries:read")
    for method, end in [
        ("PATCH", ""),
        ("POST", "/submit"),
        ("POST", "/uploads"),
        ("POST", "/withdraw"),
        ("POST", "/recall"),
    ]:
        answer = program.send(method, f"entries/{entry.pk}{end}", {"version": 1})
        assert (end, answer.problem) == (end, "scope-missing")
    assert program.post(f"entries/{entry.pk}/review/accept", {"version": 1}).problem == (
        "scope-missing"
    )


def test_a_file_in_a_form_is_no_way_in(stage: Collecting, calls: Calls) -> None:
    entry = stage.draft()
    program = calls(stage.contacts[OWN])
    film = SimpleUploadedFile("a.mp4", b"0" * 10)
    answer = program.send(
        "POST",
        f"entries/{entry.pk}/uploads",
        film.read(),
        content_type="multipart/form-data; boundary=x",
    )
    assert (answer.status, answer.problem) == (415, "media-type")


def test_what_has_to_be_signed_is_told_and_whether_it_is(
    stage: Collecting, calls: Calls, tmp_path: Path
) -> None:
    program = calls(stage.contacts[OWN], "entries:read", "entries:write")
    entry = stage.draft()
    inspected(stage.with_film(entry, tmp_path))
    address = f"entries/{entry.pk}"
    before = program.get(address).body
    asked = {p["id"]: p for p in before["promises"]}
    assert {p["when"] for p in asked.values()} == {"submit", "confirm"}
    assert set(DECLARED) == {id for id, p in asked.items() if p["when"] == "submit"}
    assert not any(p["signed"] for p in asked.values())
    sign = {"version": before["version"], "declared": list(DECLARED), "signed_name": "联络员"}
    assert program.post(f"{address}/submit", {**sign, "signers": {"x": "y"}}).status == 200
    after = program.get(address).body
    assert {p["id"] for p in after["promises"] if p["signed"]} == set(DECLARED)
    assert (after["links"], after["arrivals"], after["divisions"]) == ([], [], [])
    assert [(f["slot"], f["place"], f["caption"]) for f in after["files_all"]] == [("main", 1, "")]


def test_links_arrivals_and_sets_are_told(calls: Calls) -> None:
    from fengcai.apps.entries.actions import note_arrival, save_item
    from tests.apps.entries.test_places import draft, holding, slot, submit

    made, entry = draft(
        holding(
            slot("link", asks=("platform",)),
            slot("physical", id="disc", name="光盘", min=0, label=True),
        )
    )
    user = made.who(entry.unit)
    with time_machine.travel(made.when(entry), tick=True):
        at = timezone.now()
        values = {"url": "https://mp.example.com/s/1", "platform": "微信公众号"}
        save_item(entry_id=entry.pk, slot="place", place=None, values=values, by=user, at=at)
        submit(made, entry)
        note_arrival(
            entry_id=entry.pk, what="disc", count=1, arrived_at=at, remark="挂号信",
            by=made.organiser, at=at,
        )  # fmt: skip
        told = calls(user, "entries:read").get(f"entries/{entry.pk}").body
    assert [(one["slot"], one["url"], one["platform"]) for one in told["links"]] == [
        ("place", "https://mp.example.com/s/1", "微信公众号")
    ]
    assert [(one["what"], one["count"], one["note"]) for one in told["arrivals"]] == [
        ("disc", 1, "挂号信")
    ]
