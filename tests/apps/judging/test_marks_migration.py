"""Sheets written before `marked` was kept are counted when the database is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fengcai.apps.judging.models import ScoreSheet
from tests.factories import judging as make

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("judging", "0002_score_sheet_salt")]


def migrate(to: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(to)


@pytest.fixture
def latest() -> Iterator[list[tuple[str, str]]]:
    leaves = list(MigrationExecutor(connection).loader.graph.leaf_nodes("judging"))
    yield leaves
    migrate(leaves)


def test_existing_sheets_are_counted(latest: list[tuple[str, str]]) -> None:
    stage = make.opened(make.contest(works=3, judges=3))
    first, second = stage.judges[:2]
    make.mark(stage, first, stage.entries[0], 88)
    make.mark(stage, second, stage.entries[1], 70)
    ScoreSheet.objects.filter(judge=second).update(values={"theme": "9.5"})
    whole = ScoreSheet.objects.get(judge=first)
    assert len(whole.values) == 5

    migrate(BEFORE)
    with connection.cursor() as cursor:
        columns = {
            column.name
            for column in connection.introspection.get_table_description(
                cursor, ScoreSheet._meta.db_table
            )
        }
    assert "marked" not in columns

    migrate(latest)
    assert dict(ScoreSheet.objects.values_list("judge", "marked")) == {first.pk: 5, second.pk: 1}
