"""Whatever is sent, the answer is a problem that a program can read: 422, never 500."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client

from fengcai.api.problems import KINDS
from fengcai.apps.entries.models import Entry
from tests.api.conftest import Calls, Program
from tests.factories.collecting import Collecting

OWN = "心病科"
HOSTILE = {
    "nul": b'{"version": 1, "fields": {"title": "a\\u0000b"}}',
    "surrogate": b'{"version": 1, "fields": {"title": "a\\ud800b"}}',
    "surrogate in a list": b'{"version": 1, "themes": ["\\udfff"]}',
    "surrogate in a name": b'{"version": 1, "fields": {"\\ud800": "x"}}',
    "surrogate in people": b'{"version": 1, "fields": {"authors": [{"name": "\\ud800"}]}}',
    "huge number": b'{"version": 1' + b"0" * 400 + b"}",
    "float": b'{"version": 1.5}',
    "infinity": b'{"version": Infinity}',
    "text": b'{"version": "one"}',
    "list": b"[]",
    "null": b"null",
    "number": b"7",
    "nothing": b"",
    "unknown": b'{"version": 1, "state": "accepted"}',
    "too long": b'{"version": 1, "fields": {"synopsis": "' + b"x" * 20_001 + b'"}}',
}
MALFORMED = {
    "not json": b"{version",
    "not utf-8": b'{"version": 1, "fields": {"title": "\xff\xfe"}}',
    "digits": b'{"version": ' + b"9" * 5000 + b"}",
    "deep": b'{"version": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_body_that_no_rule_allows(stage: Collecting, calls: Calls, name: str) -> None:
    entry = stage.draft()
    program = calls(stage.contacts[OWN])
    answer = program.send("PATCH", f"entries/{entry.pk}", HOSTILE[name])
    assert (answer.status, answer.problem) == (422, "invalid")
    assert answer.body["errors"]
    assert all(e["field"].startswith("body") and e["message"] for e in answer.body["errors"])
    assert Entry.objects.get().version == entry.version


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_no_json(stage: Collecting, calls: Calls, name: str) -> None:
    entry = stage.draft()
    answer = calls(stage.contacts[OWN]).send("PATCH", f"entries/{entry.pk}", MALFORMED[name])
    assert (answer.status, answer.problem) == (400, "malformed")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("limit", "0"), ("limit", "201"), ("limit", "1" + "0" * 400), ("limit", "x"),
        ("after", "x"), ("after", "W10"), ("after", "eyJhIjoxfQ"), ("after", "é"),
        ("after", "WyIyMDI2LTA0LTEwIiwiMSJd"), ("after", "A" * 301),
        ("q", "a\x00b"), ("q", "x" * 101), ("track", "\x00"), ("unit", "-1"),
        ("unit", "9" * 19), ("state", "\x00"),
    ],
)  # fmt: skip
def test_a_parameter_that_no_rule_allows(
    stage: Collecting, calls: Calls, parameter: str, value: str
) -> None:
    program = calls(stage.organiser)
    answer = program.get(f"contests/{stage.contest.slug}/entries", **{parameter: value})
    assert (answer.status, answer.problem) == (422, "invalid")
    assert [e["field"] for e in answer.body["errors"]] == [f"query.{parameter}"]
    assert all(e["message"] and e["message_en"] for e in answer.body["errors"])


def test_an_instant_that_no_database_holds(stage: Collecting, calls: Calls) -> None:
    from fengcai.api.pages import cursor

    program = calls(stage.organiser)
    for begun in ("2026-04-10T09:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        answer = program.get(f"contests/{stage.contest.slug}/entries", after=cursor(begun, uuid4()))
        assert (answer.status, answer.problem) == (422, "invalid")


def test_a_term_that_no_database_holds(stage: Collecting, calls: Calls) -> None:
    entry = stage.draft()
    program = calls(stage.reviewer)
    for until in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-04-20T17:00:00"):
        body = {"version": 1, "reasons": "晃", "mend_until": until}
        answer = program.post(f"entries/{entry.pk}/review/return", body)
        assert (answer.status, answer.problem) == (422, "invalid")
        assert [e["field"] for e in answer.body["errors"]] == ["body.mend_until"]
        assert "时区" in answer.body["errors"][0]["message"]


@pytest.mark.parametrize(
    "address", ["entries/1", "entries/%00", "jobs/x", "jobs/" + "9" * 30, "contests/%00", "jobs/-1"]
)
def test_an_id_that_is_none(stage: Collecting, calls: Calls, address: str) -> None:
    answer = calls(stage.organiser).get(address)
    assert (answer.status, answer.problem) == (422, "invalid")


def test_what_is_said_is_said_in_both_languages(stage: Collecting, calls: Calls) -> None:
    answer = calls(stage.organiser).get("contests", limit="x")
    assert answer.body == {
        "type": "/api/v1/problems/invalid",
        "title": "请求不合要求",
        "title_en": "Invalid request",
        "status": 422,
        "detail": "有的参数或字段不合要求，见 errors；没有执行。",
        "detail_en": "Some parameters or fields are not as required, see errors. Nothing was done.",
        "instance": "/api/v1/contests",
        "errors": [
            {
                "field": "query.limit",
                "message": "应为整数",
                "message_en": "Input should be a valid integer, "
                "unable to parse string as an integer",
            }
        ],
    }


def test_every_type_leads_to_its_meaning(db: None) -> None:
    open_to_all = Program("")
    listed = open_to_all.get("problems").body
    assert {each["type"] for each in listed} == {kind.type for kind in KINDS.values()}
    for each in listed:
        assert open_to_all.get(each["type"]).body == each
    assert open_to_all.get("problems/no-such").problem == "not-found"


def test_an_unknown_address_and_a_wrong_method(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.organiser)
    assert (program.get("nothing").status, program.get("nothing").problem) == (404, "not-found")
    answer = program.send("DELETE", "contests")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET"


def test_a_host_that_is_not_served(db: None) -> None:
    answer = Client().get("/api/v1/contests", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_only_json_and_not_too_much_of_it(stage: Collecting, calls: Calls, settings) -> None:
    entry = stage.draft()
    program = calls(stage.contacts[OWN])
    address = f"entries/{entry.pk}"
    for kind in ("application/x-www-form-urlencoded", "text/plain", ""):
        answer = program.send("PATCH", address, b"version=1", content_type=kind)
        assert (answer.status, answer.problem) == (415, "media-type")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = program.patch(address, {"version": 1, "fields": {"title": "x" * 200}})
    assert (answer.status, answer.problem) == (413, "too-large")


def test_a_defect_tells_a_reference_and_nothing_else(
    stage: Collecting, calls: Calls, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret of the house")

    program = calls(stage.organiser)
    monkeypatch.setattr("fengcai.api.routers.contests.contests_for", broken)
    answer = program.get("contests")
    assert (answer.status, answer.problem) == (500, "fault")
    assert "secret" not in json.dumps(answer.body)
    assert answer.body["reference"] in caplog.text
    assert "secret of the house" in caplog.text


def test_pages_for_people_stay_pages(db: None) -> None:
    answer = Client().get("/nothing-here/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
