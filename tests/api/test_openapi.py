"""The OpenAPI document is whole, and the API keeps to it whatever schemathesis thinks of.

Each operation is asked, through the ASGI entry, with requests that fit its schema and with requests
that do not; the seed is fixed. That what fits the schema is accepted is not asked: the contest's
rules may still refuse it (422).
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks as conformance

from fengcai.api.interface import api
from fengcai.api.openapi import READING, WRITING
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions import note_arrival, remove_item, save_item
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.publishing.actions import publish_results
from fengcai.engines.jobs.models import Job
from tests.api.conftest import Calls
from tests.apps.entries.test_places import draft, holding, slot, submit
from tests.factories import judging
from tests.factories.collecting import DAY, Collecting

DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
OPERATIONS = sorted(
    (operation["operationId"], path, method)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
)
JUDGED = ("read_result", "list_awards", "list_ranking", "list_certificates")
ON_THE_DESK = ("read_review", "decide_point", "return_entry", "accept_entry", "recall_entry")
REFUSED = ("submit_entry", "accept_entry", "read_certificate", "decide_remarks", "decide_likeness")
"""What chance does not bring about: a finished work, every point judged, a drawn certificate, a doubt."""
ON_PLACES = (
    "add_link",
    "save_link",
    "remove_link",
    "arrange_files",
    "note_arrival",
    "void_arrival",
)
"""What needs places for links and things, which the contest of the others has not."""
EXAMPLES = 15
CHECKS = [
    schemathesis.checks.not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_schema_conformance,
    conformance.response_headers_conformance,
    conformance.negative_data_rejection,
]


@pytest.mark.parametrize(("id", "path", "method"), OPERATIONS)
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_an_operation_keeps_to_its_schema(
    id: str,
    path: str,
    method: str,
    stage: Collecting,
    calls: Calls,
    unlimited: None,
    tmp_path: Path,
) -> None:
    now = contextlib.ExitStack()
    if id in ON_PLACES:
        document, key = _with_real_places(id, calls, now)
    else:
        entry = stage.under_review(tmp_path) if id in ON_THE_DESK else stage.draft()
        document, key = _with_real_things(id, stage, entry, calls)
    schema = schemathesis.openapi.from_dict(document)
    from fengcai.project.asgi import application

    schema.app = application
    operation = schema[path][method]
    known = {one["name"] for one in document["paths"][path][method].get("parameters", ())}
    modes = schemathesis.GenerationMode
    seen: set[int] = set()

    @seed(20260410)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(operation.as_strategy(modes.POSITIVE), operation.as_strategy(modes.NEGATIVE))
    )
    def ask(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        seen.add(response.status_code)
        # A name that we do not know in the query is passed over, as HTTP services do; nothing else
        # about such a request need be wrong.
        strange = set(case.query or {}) - known
        checks = [c for c in CHECKS if not strange or c is not conformance.negative_data_rejection]
        case.validate_response(response, checks=checks)

    with now:
        ask()
    assert seen & ({200, 201} if id not in REFUSED else {404, 422}), f"{id} was never reached"


@pytest.fixture
def unlimited(settings: Any) -> None:
    settings.FENGCAI_API_REQUESTS_A_MINUTE = 10**9


def _with_real_things(
    id: str, stage: Collecting, entry: Entry, calls: Calls
) -> tuple[dict[str, Any], str]:
    """The document with this installation's ids, so that requests reach what they are about; and
    the key of somebody who holds every role."""
    user, slug = stage.contacts["心病科"], stage.contest.slug
    if id in JUDGED:
        judged = judging.contest(works=12, judges=3, slug="judged")
        judging.approved(judged)
        publish_results(contest=judged.contest, by=judged.organiser, at=judging.NOON)
        user, slug = judged.organiser, "judged"
    else:
        for role in (Role.ORGANISER, Role.REVIEWER):
            Membership.objects.create(contest=stage.contest, user=user, role=role)
    job = Job.objects.create(
        kind="awards.certificates",
        subject=f"certificates:{stage.contest.pk}",
        state="failed",
        error="没有画成",
        run_at=DAY,
        created=DAY,
        finished=DAY,
    )
    real = {
        "contest": slug,
        "entry": str(entry.pk),
        "job": str(job.pk),
        "name": "stale",
        "requirement": "resolution",
    }
    document = _about(real)
    parts = document["components"]["schemas"]
    for body in ("Changes", "Submission", "Acceptance", "Return"):
        parts[body]["properties"]["version"] = {"type": "integer", "enum": [entry.version]}
    parts["NewEntry"]["properties"]["unit"]["enum"] = [str(stage.units["心病科"].pk)]
    parts["NewEntry"]["properties"]["track"]["enum"] = ["video"]
    parts["Return"]["properties"]["mend_until"] = {
        "type": "string",
        "enum": ["2026-04-20T17:00:00+08:00"],
    }
    parts["RulingIn"]["properties"]["machine"]["enum"] = ["pass"]
    parts["UploadWish"]["properties"]["slot"]["enum"] = ["main"]
    return document, calls(user).key


def _with_real_places(
    id: str, calls: Calls, now: contextlib.ExitStack
) -> tuple[dict[str, Any], str]:
    """The same of a contest with links, a set of pictures and a thing, while its window is open."""
    made, entry = draft(
        holding(
            slot("link", asks=("platform",)),
            slot("image", id="set", min=0, max=3, accept=(".jpg",), ordered=True, captions=True),
            slot("physical", id="disc", name="光盘", min=0),
        )
    )
    user = made.who(entry.unit)
    now.enter_context(time_machine.travel(made.when(entry), tick=True))
    at = timezone.now()
    save_item(
        entry_id=entry.pk, slot="place", place=None, by=user, at=at,
        values={"url": "https://mp.example.com/s/1", "platform": "微信公众号"},
    )  # fmt: skip
    for role in (Role.ORGANISER, Role.REVIEWER):
        Membership.objects.create(contest=made.contest, user=user, role=role)
    real = {
        "entry": str(entry.pk),
        "slot": "set" if id == "arrange_files" else "place",
        "place": "1",
    }
    if id.endswith("_arrival"):
        submit(made, entry)
        row = note_arrival(
            entry_id=entry.pk, what="disc", count=1, arrived_at=at, remark="", by=user, at=at
        )
        real["arrival"] = str(row.pk)
    document = _about(real)
    parts = document["components"]["schemas"]
    parts["ArrivalIn"]["properties"]["what"]["enum"] = ["disc"]
    parts["Order"]["properties"]["files"]["maxItems"] = 1
    if id == "add_link":  # a second place is free
        remove_item(entry_id=entry.pk, slot="place", place=1, by=user, at=at)
    return document, calls(user).key


def _about(real: dict[str, str]) -> dict[str, Any]:
    """The document with these names in its addresses."""
    document = copy.deepcopy(DOCUMENT)
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in real:
                    parameter["schema"] = {"type": "string", "enum": [real[parameter["name"]]]}
    return document


def test_every_operation_declares_its_problems() -> None:
    for id, path, method in OPERATIONS:
        operation = DOCUMENT["paths"][path][method]
        declared = set(operation["responses"])
        if "problems" in path:
            assert {"404", "422", "500"} <= declared
            continue
        expected = READING if method == "get" else WRITING
        assert {str(status) for status in expected} <= declared, id
        assert {"401", "403", "404", "422", "429"} <= declared
        for status in expected:
            content = operation["responses"][str(status)]["content"]
            assert content == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


def test_every_operation_is_described_in_chinese_and_names_its_scope() -> None:
    for id, path, method in OPERATIONS:
        operation = DOCUMENT["paths"][path][method]
        assert re.search(r"[一-鿿]", operation["summary"]), id
        assert re.search(r"[一-鿿]", operation["description"]), id
        if id == "me":
            assert operation["security"] == [{"Bearer": []}]
        elif "problems" in path:
            assert "security" not in operation
        else:
            assert operation["security"][0]["Bearer"][0] in Scope.values
        keys = [p["name"] for p in operation["parameters"] if p["in"] == "header"]
        assert keys == (["Idempotency-Key"] if method == "post" else [])
    said = [part.get("description", "") for part in DOCUMENT["components"]["schemas"].values()]
    assert [text for text in said if text and text.isascii()] == []


def test_ids_are_unique_and_every_scope_is_asked_somewhere() -> None:
    assert len({id for id, _, _ in OPERATIONS}) == len(OPERATIONS)
    asked = {
        scope
        for _, path, method in OPERATIONS
        for each in DOCUMENT["paths"][path][method].get("security", [])
        for scope in each["Bearer"]
    }
    assert asked == set(Scope.values)


def test_the_document_is_served_and_no_page_loads_from_elsewhere(db: None) -> None:
    client = Client()
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.content) == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")
    for address in ("docs", "redoc", ""):
        missing = client.get(f"/api/v1/{address}")
        assert missing.status_code == 404
        assert missing.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db(transaction=True)
def test_the_asgi_entry_answers_too(stage: Collecting, calls: Calls) -> None:
    """Chinese both ways, and a body that comes in pieces without a length."""
    from fengcai.project.asgi import application

    entry = stage.draft()
    key = calls(stage.contacts["心病科"]).key
    body = json.dumps({"version": entry.version, "fields": {"title": "仁心"}}).encode()
    pieces = [body[:10], body[10:]]
    sent: list[dict[str, Any]] = []

    async def ask() -> None:
        waiting = [
            {"type": "http.request", "body": piece, "more_body": bool(n == 0)}
            for n, piece in enumerate(pieces)
        ]

        async def receive() -> dict[str, Any]:
            if waiting:
                return waiting.pop(0)
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "PATCH",
            "scheme": "http",
            "path": f"/api/v1/entries/{entry.pk}",
            "raw_path": f"/api/v1/entries/{entry.pk}".encode(),
            "query_string": b"",
            "headers": [
                (b"host", b"testserver"),
                (b"authorization", f"Bearer {key}".encode()),
                (b"content-type", b"application/json"),
                (b"transfer-encoding", b"chunked"),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await application(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 200
    said = json.loads(b"".join(message.get("body", b"") for message in sent[1:]))
    assert said["version"] == entry.version + 1
