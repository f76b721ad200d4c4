"""One rule for every door: what counts is when a request, a letter or a row had come in, to the second.

A request to page or API waits ten seconds for its thread here: nobody is late for having waited.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.people.tokens.actions import create_token
from fengcai.apps.receipt import RECEIVED, received_at
from fengcai.apps.refusals import TooLate
from fengcai.project.handler import OneThreadHandler
from tests.apps.exchange.test_importing import MAPPING, row, table, work_off
from tests.apps.mailbox.letters import FILM, an_office, letter
from tests.factories.collecting import CLOSES, DAY, DECLARED, Collecting, collecting, inspected

pytestmark = [pytest.mark.intake, pytest.mark.clause("J11")]

SECOND = timedelta(seconds=1)
WAITED = timedelta(seconds=10)
UNIT = "心病科"
EDGES = [(CLOSES, True), (CLOSES + SECOND, False)]


def asked(address: str, body: bytes, headers: dict[str, str], *, come_in: datetime) -> int:
    """The status of a POST whose body had come in at `come_in` and that waited for its turn."""
    sent: list[dict[str, Any]] = []
    with time_machine.travel(come_in, tick=False) as clock:

        class Crowded(OneThreadHandler):
            """Every thread is busy for a while."""

            def _answer(self, scope: Any, body: Any) -> Any:
                clock.shift(WAITED)
                return super()._answer(scope, body)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": address, "raw_path": address.encode(), "query_string": b"",
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
            "headers": [(b"host", b"testserver"), (b"content-length", str(len(body)).encode())]
            + [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        asyncio.run(Crowded()(scope, receive, send))
    return int(sent[0]["status"])


@pytest.fixture
def ready(transactional_db: None, tmp_path: Path) -> tuple[Collecting, Entry]:
    """A draft that lacks nothing but to be handed in."""
    stage = collecting()
    entry = stage.draft(UNIT)
    inspected(stage.with_film(entry, tmp_path))
    return stage, Entry.objects.get(pk=entry.pk)


def through_the_page(stage: Collecting, entry: Entry, *, come_in: datetime) -> int:
    client = Client()
    with time_machine.travel(come_in - timedelta(hours=1), tick=False):
        client.force_login(stage.contacts[UNIT])
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    token = "t" * 32
    form = {
        "version": entry.version, "declared": list(DECLARED), "signed_name": "联络员",
        "csrfmiddlewaretoken": token,
    }  # fmt: skip
    headers = {
        "cookie": f"{django_settings.SESSION_COOKIE_NAME}={cookie}; "
        f"{django_settings.CSRF_COOKIE_NAME}={token}",
        "content-type": "application/x-www-form-urlencoded",
    }
    body = urlencode(form, doseq=True).encode()
    return asked(reverse("entry-submit", args=[entry.pk]), body, headers, come_in=come_in)


def through_the_api(stage: Collecting, entry: Entry, *, come_in: datetime) -> int:
    with time_machine.travel(come_in - timedelta(hours=1), tick=False):
        user = stage.contacts[UNIT]
        _, key = create_token(
            user=user, name="程序", scopes=("entries:write",), life=timedelta(days=9),
            by=f"user:{user.pk}", at=timezone.now(),
        )  # fmt: skip
    said = {"version": entry.version, "declared": list(DECLARED), "signed_name": "联络员"}
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    address = f"/api/v1/entries/{entry.pk}/submit"
    return asked(address, json.dumps(said).encode(), headers, come_in=come_in)


@pytest.mark.parametrize("door", [through_the_page, through_the_api])
@pytest.mark.parametrize(("come_in", "taken"), EDGES)
def test_a_request_counts_as_it_had_come_in(
    ready: tuple[Collecting, Entry], door: Any, come_in: datetime, taken: bool
) -> None:
    stage, entry = ready
    status = door(stage, entry, come_in=come_in)
    entry.refresh_from_db()
    done = {through_the_page: 302, through_the_api: 200}[door]
    assert (status, entry.state) == ((done, "submitted") if taken else (TooLate.status, "draft"))
    assert entry.submitted_at == (come_in if taken else None)


@pytest.mark.django_db
@pytest.mark.parametrize(("come_in", "taken"), EDGES)
def test_a_letter_counts_as_the_mail_server_had_it(
    settings: Any, tmp_path: Path, come_in: datetime, taken: bool
) -> None:
    settings.FENGCAI_DATA = tmp_path / "data"
    settings.FENGCAI_PUBLIC_URL = "https://fengcai.example"
    raw = letter(files={"心血管内科.mp4": FILM})
    office = an_office(tmp_path)
    case = office.come(raw, received=come_in, at=CLOSES + timedelta(hours=5))
    assert (case.state == "taken", FileVersion.objects.exists()) == (taken, taken)


@pytest.mark.django_db
@pytest.mark.parametrize(("come_in", "taken"), EDGES)
def test_a_row_counts_as_the_other_system_had_it(come_in: datetime, taken: bool) -> None:
    from fengcai.apps.exchange import sources
    from fengcai.apps.exchange.models import Import

    stage = collecting()
    data = table(row("1", 提交时间=f"{come_in:%Y-%m-%d %H:%M:%S}"))
    with time_machine.travel(CLOSES + timedelta(hours=5), tick=True):
        run = sources.begin_import(
            contest=stage.contest, source="公众号", filename="导出.csv", data=data,
            by=stage.organiser, at=timezone.now(),
        )  # fmt: skip
        sources.map_columns(
            run_id=run.pk, mapping=MAPPING, track="video", track_names={}, unit_names={},
            rule="draft", honours_time=True, by=stage.organiser, at=timezone.now(),
        )  # fmt: skip
        work_off()
        assert run.rows.get().verdict == ("new" if taken else "refused")
        assert taken or "晚于截止时间" in run.rows.get().why
        if taken:
            sources.start_import(run_id=run.pk, by=stage.organiser, at=timezone.now())
            work_off()
        assert Import.objects.get().state == ("done" if taken else "checked")
    assert Entry.objects.count() == int(taken)


def test_without_a_note_it_is_the_present() -> None:
    request = RequestFactory().get("/")
    with time_machine.travel(DAY, tick=False):
        assert received_at(request) == timezone.now()
    request.scope = {RECEIVED: CLOSES}  # type: ignore[attr-defined]
    assert received_at(request) == CLOSES
