"""Statements that are put together once and asked again with other values.

Django's ORM puts a statement together anew at every use. For a wide one, a work with all that is joined to
it, that takes ten times as long as the database does to answer. A queryset is written as always, with
`Given` in the place of what changes from use to use; what the ORM made of it is kept in each thread.
No row and no answer is kept. Django promises no way to do this: what of its insides is used stands in this
module alone, and `tests/apps/test_prepared.py` names it, piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime
from threading import local
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Model, QuerySet

R = TypeVar("R")
_WRITTEN_KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Given(Expression):
    """A value to come, where the ORM takes an expression: `filter(entry=Given("entry"))`, or any
    number of values: `filter(pk__in=Given("keys", many=True))`.

    Keys, words, numbers and instants; never None, which is asked for in other words of SQL. The ORM would
    know by the column whether a text that reads like a UUID is one; here it is, unless `words` says that a
    column of text is asked.
    """

    def __init__(self, name: str, *, many: bool = False, words: bool = False) -> None:
        super().__init__()
        self.name, self.many, self.words = name, many, words

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Its place in the statement, which names it where several values may come."""
        return f"%s/*{self.name}*/" if self.many else "%s", [self]

    def adapted(self, value: Any, connection: Any) -> Any:
        """A value as the database's driver takes it."""
        if isinstance(value, str) and not self.words and _WRITTEN_KEY.fullmatch(value):
            value = UUID(value)
        if isinstance(value, Model):
            value = value.pk
        if isinstance(value, UUID):
            return value if connection.features.has_native_uuid_field else value.hex
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
        return value


class Prepared(Generic[R]):
    """The rows of a queryset, as it reads them: objects, with what is joined or prefetched, or values.

    `build` is called once in each thread, so it must depend on nothing: not on a person, not on the
    time, not on settings.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, R]]) -> None:
        self._build = build
        self._here = local()

    def __call__(self, **given: Any) -> list[R]:
        """The rows. 1 SQL and those of its prefetches; none where one of several values has none.
        What is given beyond what the statement asks for is left aside."""
        return self.part(0, None, **given)

    def first(self, **given: Any) -> R | None:
        """The first row, None where there is none."""
        return next(iter(self.part(0, 1, **given)), None)

    def part(self, begin: int, end: int | None, **given: Any) -> list[R]:
        """The rows from `begin` to `end`, of a queryset that sets no limit itself."""
        rows, compiler, sql, places = self._ready()
        bound = _bound(sql, places, given, compiler.connection)
        if bound is None:
            return []
        sql, values = bound
        if (begin, end) != (0, None):
            sql = f"{sql} {compiler.connection.ops.limit_offset_sql(begin, end)}"
        asked = copy(compiler)
        asked.as_sql = lambda *_, **__: (sql, values)
        query = copy(rows.query)
        query.get_compiler = lambda *_, **__: asked  # type: ignore[method-assign]
        # As `rows.all()` does, but for a copy of the query: it is not put together again.
        found: Any = type(rows)(model=rows.model, query=query)
        for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
            setattr(found, name, getattr(rows, name))
        return list(found)

    def _ready(self) -> tuple[QuerySet[Any, R], Any, str, Sequence[Any]]:
        """What the ORM made of the queryset for this thread's connection."""
        connection = connections[DEFAULT_DB_ALIAS]
        if getattr(self._here, "connection", None) is not connection:
            rows = self._build()
            compiler = rows.query.get_compiler(connection=connection)
            sql, places = compiler.as_sql()
            converters = compiler.get_converters([each[0] for each in compiler.select])
            compiler.get_converters = lambda _: converters
            self._here.made = rows, compiler, sql, tuple(places)
            self._here.connection = connection
        found: tuple[QuerySet[Any, R], Any, str, Sequence[Any]] = self._here.made
        return found


def _bound(
    sql: str, places: Sequence[Any], given: Mapping[str, Any], connection: Any
) -> tuple[str, tuple[Any, ...]] | None:
    """The statement with a place for each of several values, and all values; None where one of several
    values has none."""
    values: list[Any] = []
    for each in places:
        if not isinstance(each, Given):
            values.append(each)
        elif each.many:
            several = [each.adapted(one, connection) for one in given[each.name]]
            if not several:
                return None
            values += several
            sql = sql.replace(f"%s/*{each.name}*/", ", ".join(["%s"] * len(several)))
        else:
            values.append(each.adapted(given[each.name], connection))
    return sql, tuple(values)


def attach(to: Iterable[Model], name: str, rows: Iterable[Any], *, by: str) -> None:
    """Leave `rows` on the objects that their foreign key `by` names, as `prefetch_related(name)` does:
    `each.name.all()` then costs nothing. The rows keep their order."""
    found: dict[Any, list[Any]] = {each.pk: [] for each in to}
    owners = {each.pk: each for each in to}
    for row in rows:
        key = getattr(row, f"{by}_id")
        found[key].append(row)
        setattr(row, by, owners[key])
    for key, owner in owners.items():
        read = getattr(owner, name).all()
        read._result_cache, read._prefetch_done = found[key], True
        kept: dict[str, Any] = owner.__dict__.setdefault("_prefetched_objects_cache", {})
        kept[name] = read
