"""The recount: whatever is changed behind the application's back is found, and where."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from psycopg.types.json import Json

from fengcai.apps.audit.actions import record
from fengcai.apps.audit.models import AuditChain, AuditRecord
from fengcai.apps.audit.queries import VerifiedChain, verify_all, verify_chain
from fengcai.core.ledger import Head, append, start

AT = datetime(2026, 4, 30, 9, tzinfo=UTC)
CHAIN = "contest:1"


def note(number: int, chain: str = CHAIN) -> AuditRecord:
    with transaction.atomic():
        return record(
            chain,
            actor="user:1",
            action="judging.mark",
            subject=f"entry:{number}",
            details={"total": "89.5"},
            at=AT + timedelta(seconds=number),
        )


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def tamper(column: str, value: object) -> None:
    """Change a column of the third record, past the checks that the table itself makes."""
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = ON")
    elif column == "details":
        value = Json(json.loads(str(value)))
    sql(f"UPDATE audit_auditrecord SET {column} = %s WHERE sequence = 3", value)
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = OFF")


any_text = pytest.mark.skipif(
    "__import__('django.db').db.connection.vendor != 'sqlite'",
    reason="only SQLite's columns hold any text",
)


@pytest.fixture
def five(db: None) -> list[AuditRecord]:
    return [note(number) for number in range(1, 6)]


def test_an_intact_chain(five: list[AuditRecord]) -> None:
    found = verify_chain(CHAIN)
    assert found == VerifiedChain(CHAIN, True, 5, five[-1].hash)
    assert [str(one) for one in AuditChain.objects.all()] == ["contest:1 #5"]
    assert (found.broken_at, found.what, found.problem, found.events) == (None, "", "", 5)


@pytest.mark.django_db
def test_a_chain_that_nobody_wrote_to_is_intact_and_empty() -> None:
    assert verify_chain(CHAIN) == VerifiedChain(CHAIN, True, 0, start(CHAIN).hash)
    assert verify_all() == ()


@pytest.mark.parametrize(
    ("column", "value", "broken_at", "what"),
    [
        ("actor", "user:2", 3, "hash"),
        ("action", "judging.unmark", 3, "hash"),
        ("subject", "entry:9", 3, "hash"),
        ("details", '{"total": "99.5"}', 3, "hash"),
        ("details", '{"total": 89.5}', 3, "hash"),
        pytest.param("details", '{"total": ', 3, "hash", marks=any_text),
        ("at", "2026-04-30 09:00:04", 3, "hash"),
        pytest.param("at", "yesterday", 3, "hash", marks=any_text),
        pytest.param("at", "2026-13-40 09:00:00", 3, "hash", marks=any_text),
        ("previous", "0" * 64, 3, "previous"),
        ("hash", "0" * 64, 3, "hash"),
        ("sequence", 9, 3, "gap"),
        ("chain", "contest:2", 3, "gap"),
    ],
)
def test_a_changed_column_is_found_where_it_is(
    five: list[AuditRecord], column: str, value: object, broken_at: int, what: str
) -> None:
    tamper(column, value)
    found = verify_chain(CHAIN)
    assert (found.ok, found.broken_at, found.what) == (False, broken_at, what)
    assert (found.length, found.head) == (2, five[1].hash)
    assert found.problem.startswith(("第 3 条记录", "缺少第 3 条记录"))


@pytest.mark.parametrize(
    ("sequence", "what", "problem"),
    [
        (1, "gap", "缺少第 1 条记录，后面直接是第 2 条。"),
        (3, "gap", "缺少第 3 条记录，后面直接是第 4 条。"),
        (5, "end", "记录到第 4 条为止，链尾登记的却是第 5 条：末尾的记录被删去。"),
    ],
)
def test_a_deleted_record_is_found(
    five: list[AuditRecord], sequence: int, what: str, problem: str
) -> None:
    sql("DELETE FROM audit_auditrecord WHERE sequence = %s", sequence)
    found = verify_chain(CHAIN)
    assert (found.broken_at, found.what, found.problem) == (sequence, what, problem)


def test_swapped_records_are_found(five: list[AuditRecord]) -> None:
    sql("UPDATE audit_auditrecord SET sequence = 99 WHERE sequence = 2")
    sql("UPDATE audit_auditrecord SET sequence = 2 WHERE sequence = 4")
    sql("UPDATE audit_auditrecord SET sequence = 4 WHERE sequence = 99")
    found = verify_chain(CHAIN)
    assert (found.broken_at, found.what) == (2, "previous")


def test_a_tail_rewritten_with_good_hashes_is_found_at_the_head_row(
    five: list[AuditRecord],
) -> None:
    """Only whoever rewrites the head row too gets by; a head printed elsewhere catches that."""
    before = Head(4, five[3].hash)
    false = append(
        before,
        at=AT + timedelta(seconds=5),
        actor="user:1",
        action="judging.mark",
        subject="entry:5",
        details={"total": "99.5"},
    )
    sql(
        'UPDATE audit_auditrecord SET details = %s, "hash" = %s WHERE sequence = 5',
        '{"total": "99.5"}',
        false.hash,
    )
    found = verify_chain(CHAIN)
    assert (found.broken_at, found.what) == (5, "end")
    assert found.problem == "第 5 条记录与链尾的登记不符：记录或链尾被改动过。"


def test_a_record_beyond_the_head_row_is_found(five: list[AuditRecord]) -> None:
    sql("UPDATE audit_auditchain SET sequence = 4, hash = %s", five[3].hash)
    found = verify_chain(CHAIN)
    assert (found.broken_at, found.what) == (5, "end")
    assert found.problem == "链尾登记的是第 4 条，却有第 5 条：记录或链尾被改动过。"


def test_a_chain_whose_head_row_or_records_are_gone_is_found(five: list[AuditRecord]) -> None:
    note(1, "contest:2")
    note(1, "contest:3")
    sql("DELETE FROM audit_auditchain WHERE name = %s", "contest:2")
    sql("DELETE FROM audit_auditrecord WHERE chain = %s", "contest:3")
    assert [(one.name, one.ok, one.broken_at) for one in verify_all()] == [
        ("contest:1", True, None),
        ("contest:2", False, 1),
        ("contest:3", False, 1),
    ]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_record_appended_meanwhile_is_no_break(five: list[AuditRecord], when: str) -> None:
    appended: list[int] = []

    def meanwhile(execute: Any, statement: str, *rest: Any) -> Any:
        mine = "audit_auditrecord" in statement and not appended
        if mine:
            appended.append(1)
        if mine and when == "before":
            note(6)
        result = execute(statement, *rest)
        if mine and when == "after":
            note(6)
        return result

    with connection.execute_wrapper(meanwhile):
        found = verify_chain(CHAIN)
    assert appended == [1]
    assert (found.ok, found.problem) == (True, "")
    assert verify_chain(CHAIN).length == 6


@pytest.mark.django_db
def test_memory_does_not_grow_with_the_chain() -> None:
    def fill(chain: str, count: int) -> None:
        head, rows = start(chain), []
        for _ in range(count):
            event = append(
                head, at=AT, actor="user:1", action="a", subject="b", details={"note": "x" * 500}
            )
            fields = event.to_json()
            rows.append(AuditRecord(chain=chain, **{**fields, "at": AT}))
            head = event.head
        models.QuerySet[AuditRecord](AuditRecord).bulk_create(rows, batch_size=500)
        AuditChain.objects.create(name=chain, sequence=count, hash=head.hash)

    def peak(chain: str) -> int:
        tracemalloc.start()
        try:
            assert verify_chain(chain).ok
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    fill("short", 600)
    fill("long", 1_800)
    assert peak("long") < 1.3 * peak("short")
