"""A POST that is sent again is done once; what was refused may be tried again."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.answers import purge
from fengcai.apps.people.jobs import KIND, order_upkeep
from fengcai.apps.people.models import KeptAnswer
from fengcai.engines.jobs import run_pending, status
from tests.api.conftest import Answer, Calls, Program
from tests.factories.collecting import CLOSES, DAY, Collecting

OWN, OTHER = "心病科", "针灸科"


def begin(program: Program, stage: Collecting, key: str, unit: str = OWN) -> Answer:
    address = f"contests/{stage.contest.slug}/entries"
    return program.post(address, {"unit": str(stage.units[unit].pk), "track": "video"}, key=key)


def test_the_same_key_gives_the_first_answer(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.contacts[OWN])
    first, again = begin(program, stage, "k-1"), begin(program, stage, "k-1")
    assert (first.status, again.status, first.body) == (201, 201, again.body)
    assert first.headers["Location"] == again.headers["Location"] == first.body["url"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Entry.objects.count() == 1
    assert AuditRecord.objects.filter(action="entries.start").count() == 1
    assert begin(program, stage, "k-2").body["id"] != first.body["id"]


def test_a_new_token_of_the_account_knows_the_key(stage: Collecting, calls: Calls) -> None:
    first = begin(calls(stage.contacts[OWN]), stage, "k")
    again = begin(calls(stage.contacts[OWN]), stage, "k")
    assert first.body == again.body
    assert Entry.objects.count() == 1


def test_two_accounts_share_no_keys(stage: Collecting, calls: Calls) -> None:
    begin(calls(stage.contacts[OWN]), stage, "k")
    other = begin(calls(stage.contacts[OTHER]), stage, "k", OTHER)
    assert (other.status, Entry.objects.count()) == (201, 2)


def test_the_key_of_another_request_is_refused(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.contacts[OWN])
    first = begin(program, stage, "k")
    address = f"contests/{stage.contest.slug}/entries"
    body = {"unit": str(stage.units[OWN].pk), "track": "photo"}
    for answer in (
        program.post(address, body, key="k"),
        program.post(f"entries/{first.body['id']}/withdraw", key="k"),
    ):
        assert (answer.status, answer.problem) == (422, "key-reused")
    assert Entry.objects.get().state == "draft"


def test_a_refusal_keeps_no_answer(stage: Collecting, calls: Calls) -> None:
    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        program = calls(stage.contacts[OWN])
        assert begin(program, stage, "k").problem == "too-late"
    assert not KeptAnswer.objects.exists()
    assert begin(program, stage, "k").status == 201


def test_a_day_later_the_key_is_new(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.contacts[OWN])
    begin(program, stage, "k")
    with time_machine.travel(DAY + timedelta(hours=23, minutes=59), tick=False):
        assert begin(program, stage, "k").headers["Idempotency-Replayed"] == "true"
    with time_machine.travel(DAY + timedelta(hours=24, minutes=1), tick=False):
        assert "Idempotency-Replayed" not in begin(program, stage, "k").headers
    assert Entry.objects.count() == 2


def test_upkeep_deletes_what_is_a_day_old(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.contacts[OWN])
    begin(program, stage, "old")
    KeptAnswer.objects.update(created_at=DAY - timedelta(hours=24))
    begin(program, stage, "new")
    assert purge(DAY - timedelta(seconds=1)) == 0
    order_upkeep()
    order_upkeep()
    run_pending()
    job = status(dedupe_key=KIND)
    assert job is not None
    assert (job.state, job.outcome) == ("done", {"answers": 1, "codes": 0})
    assert [row.key for row in KeptAnswer.objects.all()] == ["new"]


def test_while_the_first_is_at_work_the_second_is_told(
    stage: Collecting, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request arrives in the middle of the first one's action."""
    program = calls(stage.contacts[OWN])
    seen: list[Answer] = []
    real = actions.start_entry

    def slow(**arguments: Any) -> Entry:
        seen.append(begin(program, stage, "k"))
        return real(**arguments)

    monkeypatch.setattr("fengcai.apps.entries.actions.start_entry", slow)
    assert begin(program, stage, "k").status == 201
    assert [(answer.status, answer.problem) for answer in seen] == [(409, "key-in-use")]
    assert seen[0].headers["Retry-After"] == "1"
    monkeypatch.undo()
    assert begin(program, stage, "k").headers["Idempotency-Replayed"] == "true"
    assert Entry.objects.count() == 1


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_entry(stage: Collecting, calls: Calls) -> None:
    """Where no cache tells of the first, the database makes the others wait for its answer."""
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory refuses a locked table at once, whoever would wait")
    program = calls(stage.contacts[OWN])
    answers: list[Answer] = []
    gate = threading.Barrier(8)

    def ask() -> None:
        try:
            gate.wait(10)
            answers.append(begin(Program(program.key), stage, "k"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Entry.objects.count() == 1
    made = [answer for answer in answers if answer.status == 201]
    assert len(made) >= 1
    assert {answer.body["id"] for answer in made} == {str(Entry.objects.get().pk)}
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(answers) == 8


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 65, "中", "a\tb"])
def test_a_key_that_is_no_key(stage: Collecting, calls: Calls, key: str) -> None:
    program = calls(stage.contacts[OWN])
    if key == "":
        assert begin(program, stage, key).status == 201
        return
    answer = begin(program, stage, key)
    assert (answer.status, answer.problem) == (422, "invalid")
    assert answer.body["errors"][0]["field"] == "header.Idempotency-Key"
    assert not Entry.objects.exists()


def test_a_grant_is_made_anew_and_not_stored(stage: Collecting, calls: Calls) -> None:
    entry = stage.draft()
    program = calls(stage.contacts[OWN])
    address = f"entries/{entry.pk}/uploads"
    first = program.post(address, {"slot": "main"}, key="k")
    again = program.post(address, {"slot": "main"}, key="k")
    assert (first.status, again.status) == (201, 201)
    assert first.body["grant"] not in str(KeptAnswer.objects.values())
    other = program.post(f"entries/{entry.pk}/withdraw", key="k")
    assert other.problem == "key-reused"
