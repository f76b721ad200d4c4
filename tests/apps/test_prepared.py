"""A statement that is kept gives what the queryset gives, whatever the values, and asks no more."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Finding
from fengcai.apps.contests.models import Unit
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.prepared import Given, Prepared, attach
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return make.contest(works=3, judges=1)


def test_the_rows_are_those_of_the_queryset_with_all_that_is_joined(stage: Stage) -> None:
    works = Prepared(lambda: Entry.objects.filter(pk=Given("entry")).select_related("unit"))
    for entry in stage.entries:
        with CaptureQueriesContext(connection) as asked:
            [row] = works(entry=entry.pk)
            assert (row, row.unit.name, row.fields) == (entry, entry.unit.name, entry.fields)
        assert len(asked) == 1
    assert works(entry=uuid4()) == [] and works.first(entry=uuid4()) is None


def test_what_changed_since_is_read_and_nothing_is_kept(stage: Stage) -> None:
    named = Prepared(lambda: Unit.objects.filter(contest=Given("contest")).order_by("order"))
    first = named(contest=stage.contest.pk)
    assert first == stage.units
    Unit.objects.filter(pk=first[0].pk).update(name="改名科")
    second = named(contest=stage.contest)
    assert (second[0].name, first[0].name) == ("改名科", stage.units[0].name)
    more = Unit.objects.create(contest=stage.contest, name="新科", unit_class="clinical", order=9)
    assert named(contest=stage.contest.pk) == [*stage.units, more]


def test_several_values_stand_in_the_place_of_one(stage: Stage) -> None:
    titles = Prepared(
        lambda: (
            Entry.objects.filter(
                pk__in=Given("keys", many=True),
                contest=Given("contest"),
                created_at__lt=Given("at"),
            )
            .order_by("number")
            .values_list("title", flat=True)
        )
    )
    keys = [entry.pk for entry in stage.entries]
    late = NOON + timedelta(days=4000)
    for some in (keys, keys[:1], keys[1:]):
        told = titles(keys=some, contest=stage.contest, at=late)
        assert told == [e.title for e in stage.entries if e.pk in some]
    assert titles(keys=keys, contest=stage.contest, at=NOON - timedelta(days=4000)) == []
    with CaptureQueriesContext(connection) as asked:
        assert titles(keys=[], contest=stage.contest, at=late) == []
    assert len(asked) == 0


def test_a_hostile_value_is_a_value(stage: Stage) -> None:
    named = Prepared(lambda: Unit.objects.filter(name__in=Given("names", many=True, words=True)))
    for hostile in ("' OR 1=1 --", "%s/*names*/", "%s", "%(contest)s", "*/ OR 1=1 /*"):
        assert named(names=[hostile, stage.units[0].name]) == [stage.units[0]]


def test_a_key_may_be_written_as_a_model_or_in_its_own_words(stage: Stage) -> None:
    works = Prepared(
        lambda: Entry.objects.filter(pk=Given("entry"), unit__in=Given("units", many=True))
    )
    entry = stage.entries[0]
    for key in (entry, entry.pk, str(entry.pk), str(entry.pk).upper()):
        assert works(entry=key, units=[entry.unit_id]) == [entry]


def test_words_that_read_like_a_key_stay_words(stage: Stage) -> None:
    named = Prepared(lambda: Unit.objects.filter(name=Given("name", words=True)))
    stage.units[0].name = str(uuid4())
    stage.units[0].save()
    assert named(name=stage.units[0].name) == [stage.units[0]]


def test_each_thread_has_its_own(stage: Stage) -> None:
    """Other connections do not see this transaction: only that they ask by themselves matters."""
    keys = Prepared(lambda: Unit.objects.filter(pk=Given("unit")).values_list("pk", flat=True))
    assert keys(unit=stage.units[0].pk) == [stage.units[0].pk]

    def made() -> int:
        sql = keys._ready()[2]
        connection.close()
        return id(keys._here.connection) if sql else 0

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(made).result() != id(keys._here.connection)
    assert keys(unit=stage.units[1].pk) == [stage.units[1].pk]


def test_attached_rows_are_there_without_asking(stage: Stage) -> None:
    files = Prepared(
        lambda: FileVersion.objects.filter(entry__in=Given("works", many=True)).select_related(
            "asset"
        )
    )
    works = list(Entry.objects.order_by("number"))
    rows = files(works=[work.pk for work in works[:2]])
    attach(works, "files", rows, by="entry")
    assets = [row.asset for row in rows]
    attach(assets, "findings", Finding.objects.filter(asset__in=assets), by="asset")
    with CaptureQueriesContext(connection) as asked:
        assert [len(work.files.all()) for work in works] == [1, 1, 0]
        for work in works[:2]:
            [row] = work.files.all()
            assert row.entry is work
            assert all(each.asset is row.asset for each in row.asset.findings.all())
    assert len(asked) == 0
    assert works[0].files.filter(current=True).count() == 1


ASKED_OF_DJANGO = [
    (Query, "get_compiler", "self, using=None, connection=None, elide_empty=True"),
    (SQLCompiler, "as_sql", "self, with_limits=True, with_col_aliases=False"),
    (SQLCompiler, "get_converters", "self, expressions"),
    (BaseDatabaseOperations, "limit_offset_sql", "self, low_mark, high_mark"),
    (BaseDatabaseOperations, "adapt_datetimefield_value", "self, value"),
]


@pytest.mark.parametrize(("owner", "name", "takes"), ASKED_OF_DJANGO)
def test_what_django_does_not_promise_is_called_as_before(
    owner: type, name: str, takes: str
) -> None:
    """Where an upgrade fails here, look first at this, in `apps.prepared`."""
    assert str(inspect.signature(getattr(owner, name))) == f"({takes})"


def test_what_django_does_not_promise_is_kept_as_before(stage: Stage) -> None:
    """A queryset with more to it than this wants more taken over by `Prepared.part`."""
    assert set(vars(Unit.objects.all())) == {
        *("model", "_query", "_db", "_hints"),  # given when it is made, or left as they are
        *("_iterable_class", "_fields", "_prefetch_related_lookups"),  # taken over
        *("_result_cache", "_prefetch_done"),  # set by `attach`
        *("_sticky_filter", "_for_write", "_known_related_objects"),  # none where a manager begins
        *("_defer_next_filter", "_deferred_filter"),
    }
    compiler = Unit.objects.filter(pk=Given("unit")).query.get_compiler(connection=connection)
    _, [place] = compiler.as_sql()
    assert isinstance(place, Given)
    assert [each[0].target.name for each in compiler.select][:2] == ["id", "contest"]
    contest = type(stage.contest).objects.prefetch_related("units").get()
    assert list(contest._prefetched_objects_cache) == ["units"]
