"""Writing the record: in the caller's transaction, in order, and never again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from fengcai.apps.audit.actions import erase_personal, record
from fengcai.apps.audit.models import AuditChain, AuditRecord, AuditSecret, Immutable
from fengcai.apps.audit.queries import Personal, RecordRow, chains, records, verify_chain
from fengcai.core.ledger import salted, start
from tests import warm

AT = datetime(2026, 4, 30, 17, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
CHAIN = "contest:1"


def note(subject: str = "entry:1", **changes: Any) -> AuditRecord:
    with transaction.atomic():
        return record(
            changes.pop("chain", CHAIN),
            **{
                "actor": "user:1",
                "action": "entries.submit",
                "subject": subject,
                "details": {"version": 1},
                "at": AT,
                **changes,
            },
        )


@pytest.mark.django_db
def test_records_follow_each_other() -> None:
    first, second, other = note(), note("entry:2"), note(chain="contest:2")
    assert (first.sequence, second.sequence, other.sequence) == (1, 2, 1)
    assert first.previous == start(CHAIN).hash
    assert second.previous == first.hash
    assert other.previous == start("contest:2").hash
    assert [(one.name, one.length, one.head) for one in chains()] == [
        ("contest:1", 2, second.hash),
        ("contest:2", 1, other.hash),
    ]


@pytest.mark.django_db
def test_a_record_reads_as_it_was_written() -> None:
    details = {"files": ("a.mp4",), "total": "89.5", "from": None, "on": True, "名": "e\u0301"}
    written = note(details=details)
    read = AuditRecord.objects.get()
    assert read.at == AT
    assert read.details == {
        "files": ["a.mp4"],
        "total": "89.5",
        "from": None,
        "on": True,
        "名": "\u00e9",
    }
    assert read.details == written.details
    assert verify_chain(CHAIN).ok


@pytest.mark.django_db(transaction=True)
def test_an_act_and_its_record_stand_or_fall_together() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(CHAIN, actor="user:1", action="a", subject="b", details={}, at=AT)
    assert AuditRecord.objects.count() == 0
    note()
    with transaction.atomic():
        note("entry:2", personal={"name": "张某"})
        transaction.set_rollback(True)
    assert AuditSecret.objects.count() == 0
    assert note("entry:3").sequence == 2
    assert verify_chain(CHAIN).length == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"details": {"mark": 18.5}}, TypeError),
        ({"details": {"personal": {}}}, ValueError),
        ({"at": datetime(2026, 4, 30, 17)}, ValueError),
        ({"actor": ""}, ValueError),
        ({"action": "a" * 101}, ValueError),
        ({"chain": "c" * 101}, ValueError),
        ({"personal": {"name": "张\x00某"}}, ValueError),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        note(**changes)
    assert AuditRecord.objects.count() == 0
    assert AuditChain.objects.count() == 0


@pytest.mark.django_db
def test_records_are_never_changed_or_deleted() -> None:
    row = note(personal={"name": "张某"})
    row.actor = "user:2"
    rows = AuditRecord.objects.all()
    for attempt in (
        row.save,
        row.delete,
        rows.delete,
        AuditRecord(pk=row.pk).save,
        lambda: rows.update(actor="user:2"),
        lambda: rows.bulk_update([row], ["actor"]),
        lambda: rows.bulk_create([row], update_conflicts=True),
        lambda: AuditRecord.objects.update_or_create(pk=row.pk, defaults={"actor": "user:2"}),
    ):
        with pytest.raises(Immutable):
            attempt()
    assert AuditRecord.objects.get().actor == "user:1"
    with pytest.raises(ProtectedError):
        models.QuerySet(AuditRecord).delete()


@pytest.mark.django_db
def test_no_second_record_takes_a_sequence() -> None:
    row = note()
    twin = AuditRecord(
        chain=CHAIN, sequence=1, at=AT, actor="x", action="y", subject="z", details={}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    assert AuditRecord.objects.get().hash == row.hash


@pytest.mark.django_db
def test_personal_values_stand_outside_the_chain() -> None:
    row = note(personal={"signed_name": "张某", "phone": "079100000000"})
    secret = AuditSecret.objects.get(name="signed_name")
    assert len(secret.salt) == 32
    assert str(secret) == "contest:1 #1 entries.submit signed_name"
    assert row.details["personal"]["signed_name"] == salted("张某", secret.salt)
    assert "张某" not in json.dumps(row.details, ensure_ascii=False)
    assert records(CHAIN) == (
        RecordRow(
            1,
            AT.astimezone(UTC),
            "user:1",
            "entries.submit",
            "entry:1",
            {"version": 1},
            (Personal("phone", "079100000000", True), Personal("signed_name", "张某", True)),
            row.hash,
        ),
    )
    again = note(personal={"signed_name": "张某"})
    assert again.details["personal"] != row.details["personal"]


@pytest.mark.django_db
def test_a_false_personal_value_shows() -> None:
    note(personal={"signed_name": "张某"})
    AuditSecret.objects.update(value="李某")
    assert records(CHAIN)[0].personal == (Personal("signed_name", "李某", False),)


@pytest.mark.django_db
def test_erasing_a_person_leaves_the_chain_whole() -> None:
    note("round:1", actor="user:7", personal={"signed_name": "张某"})
    note("user:7", personal={"phone": "1", "mail": "2"})
    note("round:1", actor="user:8", personal={"signed_name": "李某"})
    note("user:7", chain="contest:2", personal={"phone": "1"})
    later = AT + timedelta(days=1)
    asked: dict[str, Any] = {"actor": "user:1", "reason": "本人申请删除", "at": later}
    assert erase_personal(CHAIN, about="user:7", **asked) == 3
    assert sorted(AuditSecret.objects.values_list("value", flat=True)) == ["1", "李某"]
    newest, third, second, first = records(CHAIN)
    assert (newest.action, newest.subject, newest.details) == (
        "audit.erase",
        "user:7",
        {"reason": "本人申请删除", "values": 3},
    )
    assert third.personal == (Personal("signed_name", "李某", True),)
    assert second.personal == (Personal("mail", None, True), Personal("phone", None, True))
    assert first.personal == (Personal("signed_name", None, True),)
    assert verify_chain(CHAIN).ok


@pytest.mark.django_db
def test_pages_of_records() -> None:
    for number in range(1, 6):
        note(f"entry:{number % 2}")
    assert [one.sequence for one in records(CHAIN)] == [5, 4, 3, 2, 1]
    assert [one.sequence for one in records(CHAIN, "entry:1", 2)] == [5, 3]
    assert [one.sequence for one in records(CHAIN, limit=2, before=4)] == [3, 2]
    assert records("contest:9") == ()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_statements_does_not_grow(count: int) -> None:
    for _ in range(count):
        note(personal={"name": "张某"})
    with CaptureQueriesContext(connection) as page:
        assert len(records(CHAIN)) == count
    assert len(page) == 2
    with CaptureQueriesContext(connection) as recount:
        assert verify_chain(CHAIN).length == count
    assert len(recount) == 3
    with CaptureQueriesContext(connection) as append:
        note(personal={"a": "1", "b": "2"})
    statements = [one["sql"].split()[0] for one in append]
    assert statements.count("SELECT") == 1
    assert statements.count("INSERT") == 2
    assert statements.count("UPDATE") == 1


@pytest.mark.engines
def test_several_processes_never_fork_a_chain(tmp_path: Path) -> None:
    database = json.dumps(
        {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(tmp_path / "audit.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;",
            },
        }
    )
    environment = {**os.environ, "AUDIT_DATABASE": database}
    program = [sys.executable, "-m", "tests.apps.audit.writer"]
    root = Path(__file__).resolve().parents[3]

    def begin(*arguments: str) -> subprocess.Popen[str]:
        return warm.Popen(
            [*program, *arguments],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(process: subprocess.Popen[str]) -> str:
        told, errors = process.communicate(timeout=100)
        assert (process.returncode, errors) == (0, "")
        return told

    finish(begin("migrate"))
    for process in [begin("write", CHAIN, "40") for _ in range(3)]:
        finish(process)
    found = json.loads(finish(begin("verify", CHAIN)))
    assert found == {"ok": True, "length": 120, "problem": ""}
