"""Every row of one database into another, in one transaction, and each one compared afterwards.

The destination is PostgreSQL: its COPY is fast and its deferrable keys let one transaction hold
everything. The source is any database that Django reads. Works from the models' columns, so that a
new table travels without a word here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction

from fengcai.engines.transfer.marks import arrive, arrived, may_arrive
from fengcai.engines.transfer.models import Move
from fengcai.engines.transfer.refusals import TransferRefused

CHUNK = 1_000
"""Rows read at once; memory stays flat whatever a table holds."""

MADE_BY_MIGRATING = {"contenttypes.ContentType", "auth.Permission"}

Say = Callable[[str, int], None]
"""Told each table's name and how many of its rows have travelled."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RowsMoved:
    """What arrived: rows by table name, empty tables included."""

    tables: dict[str, int]

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.tables.values())


def tables() -> list[type[models.Model]]:
    """Every model that owns a table here, links between two models included, marks of moves not."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model is not Move
    ]


def prepare(destination: str, *, source: str, move: UUID, at: datetime) -> bool:
    """Lay the tables down in an empty destination and mark it; False when the move has arrived.

    Can be run again. Looks before it touches anything: raises TransferRefused for a database that
    holds whatever this move did not bring, and leaves it as it is.
    """
    there = set(connections[destination].introspection.table_names())
    ours = {model._meta.db_table for model in tables()}
    goes_on = None
    if Move._meta.db_table in there:
        goes_on = may_arrive(destination, source=source, move=move)
        if goes_on is False:
            return False
    if foreign := there - ours - {Move._meta.db_table, "django_migrations"}:
        raise TransferRefused(
            f"目的数据库里已有别的表（如 {min(foreign)}），没有改动它。请为风采新建一个空库。"
        )
    if goes_on is None and (table := _first_with_rows(destination, there)):
        raise TransferRefused(
            f"目的数据库里已经有一套风采的数据（{table} 不是空的），没有改动它。请换一个空库。"
        )
    call_command("migrate", database=destination, interactive=False, verbosity=0)
    arrive(destination, source=source, move=move, at=at)
    return True


def _first_with_rows(using: str, there: Collection[str]) -> str | None:
    """A table with rows, asked in plain SQL: an older database may lack our newest columns."""
    connection = connections[using]
    for model in tables():
        table = model._meta.db_table
        if table in there and model._meta.label not in MADE_BY_MIGRATING:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    return table
    return None


@contextmanager
def held_still(source: str) -> Iterator[None]:
    """Nobody else writes to the source inside this block: one snapshot, and nothing lost after it.

    SQLite: the transaction takes the one writer's lock when it begins. PostgreSQL: SHARE locks.
    """
    with transaction.atomic(using=source):
        connection = connections[source]
        if connection.vendor == "postgresql":
            names = ", ".join(connection.ops.quote_name(m._meta.db_table) for m in tables())
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        yield


def copy_rows(source: str, destination: str, *, move: UUID, at: datetime, say: Say) -> RowsMoved:
    """Bring every row over, compare each, and take the mark of half a move off: all or nothing.

    `source` and `destination` are connection aliases. Raises TransferRefused for a row that the
    destination cannot hold or that arrived different, and when a database fails: then nothing has
    arrived, unless the very answer to the commit was lost (`has_arrived` tells).
    """
    counts: dict[str, int] = {}
    try:
        with held_still(source), transaction.atomic(using=destination):
            _empty(destination)
            for model in tables():
                counts[model._meta.db_table] = _copy(model, source, destination, say)
            _go_on_counting(destination)
            for model in tables():
                _compare(model, source, destination, counts[model._meta.db_table])
            arrived(destination, move=move, at=at)
    except DatabaseError as error:
        said = str(error).strip().splitlines()
        raise TransferRefused(
            f"没有搬完：{said[0] if said else type(error).__name__}。"
            "原来的数据没有改动；处理后再运行同一条命令。"
        ) from error
    return RowsMoved(counts)


def _empty(destination: str) -> None:
    connection = connections[destination]
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def _copy(model: type[models.Model], source: str, destination: str, say: Say) -> int:
    fields = model._meta.local_concrete_fields
    connection = connections[destination]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in _rows(model, source):
            _check(model, fields, row)
            copy.write_row(
                [
                    field.get_db_prep_save(value, connection)
                    for field, value in zip(fields, row, strict=True)
                ]
            )
            count += 1
            if count % CHUNK == 0:
                say(model._meta.db_table, count)
    say(model._meta.db_table, count)
    return count


def _rows(model: type[models.Model], using: str) -> Iterator[Row]:
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    return rows.iterator(chunk_size=CHUNK)


def _check(model: type[models.Model], fields: Any, row: Row) -> None:
    """Name what PostgreSQL would refuse and SQLite let in: the zero byte, and text over its width."""
    for field, value in zip(fields, row, strict=True):
        where = f"{model._meta.db_table} 第 {row[0]} 行的 {field.column}"
        text = value if isinstance(value, str) else ""
        if isinstance(field, models.JSONField):
            text = json.dumps(value)
            if "\\u0000" in text:
                text = "\0"
        if "\0" in text:
            raise TransferRefused(
                f"{where} 含有空字符（U+0000），PostgreSQL 不能保存。"
                "请在页面上改正这一处，再运行同一条命令；原来的数据没有改动。"
            )
        if isinstance(field, models.CharField) and len(text) > (field.max_length or len(text)):
            raise TransferRefused(
                f"{where} 有 {len(text)} 个字符，超过 {field.max_length} 个，PostgreSQL 不能保存。"
                "请在页面上改短，再运行同一条命令；原来的数据没有改动。"
            )


def _go_on_counting(destination: str) -> None:
    """New rows are numbered from where the copied ones end."""
    connection = connections[destination]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _compare(model: type[models.Model], source: str, destination: str, count: int) -> None:
    """Read every row back and hold it against the source, by its primary key."""
    table = model._meta.db_table
    arrived = model._base_manager.using(destination)
    if (there := arrived.count()) != count:
        raise TransferRefused(f"{table} 应有 {count} 行，目的数据库里有 {there} 行。已全部撤回。")
    fields = model._meta.local_concrete_fields
    names = [field.attname for field in fields]
    key = fields.index(model._meta.pk)
    rows = _rows(model, source)
    while chunk := list(islice(rows, CHUNK)):
        found = arrived.filter(pk__in=[row[key] for row in chunk]).values_list(*names)
        by_key = {row[key]: row for row in found}
        for row in chunk:
            other = by_key.get(row[key])
            if other != row:
                pairs = zip(fields, row, other or (None,) * len(row), strict=True)
                column = next(field.column for field, ours, theirs in pairs if ours != theirs)
                raise TransferRefused(
                    f"{table} 第 {row[key]} 行的 {column} 搬过去之后不一样。已全部撤回，"
                    "原来的数据没有改动。"
                )
