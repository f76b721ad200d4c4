"""What the engine costs in SQL statements, on the database that the tests run on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.engines import jobs
from fengcai.engines.jobs import JobContext, claims
from fengcai.engines.jobs.context import JobContext as Context
from fengcai.engines.jobs.execution import execute

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


def cost(what: Callable[[], object]) -> int:
    """Statements, those apart that open and close the test's own savepoints."""
    with CaptureQueriesContext(connection) as seen:
        what()
    return sum("SAVEPOINT" not in query["sql"] for query in seen.captured_queries)


@pytest.fixture
def waiting(kind: Callable[..., Any]) -> str:
    @kind("test.cost")
    def cost(job: JobContext, completing: bool = False) -> None:
        if completing:
            with job.completing():
                pass

    return "test.cost"


def test_enqueueing_is_one_statement(waiting: str) -> None:
    assert cost(lambda: jobs.enqueue(waiting)) == 1


def test_a_key_costs_four_and_a_known_one_two(waiting: str) -> None:
    assert cost(lambda: jobs.enqueue(waiting, dedupe_key="k")) == 4
    assert cost(lambda: jobs.enqueue(waiting, dedupe_key="k")) == 2


def test_claiming_is_one_statement_where_rows_can_be_skipped(waiting: str) -> None:
    jobs.enqueue(waiting)
    one = 1 if connection.vendor == "postgresql" else 2
    assert cost(lambda: claims.claim("w")) == one
    job = jobs.enqueue(waiting)
    assert cost(lambda: claims.claim_one(job.pk, "w")) == one
    # A number that comes again.
    assert cost(lambda: claims.claim_one(job.pk, "w")) == 1


@pytest.mark.parametrize(("completing", "statements"), [(False, 1), (True, 2)])
def test_an_ending_is_one_statement_or_two_around_effects(
    completing: bool, statements: int, waiting: str
) -> None:
    jobs.enqueue(waiting, {"completing": completing})
    held = claims.claim("w")
    assert held is not None
    assert cost(lambda: execute(held, Context(held))) == statements


def test_looking_for_lost_workers_is_one_statement(waiting: str) -> None:
    for _ in range(5):
        jobs.enqueue(waiting)
        claims.claim("elsewhere")
    assert cost(claims.recover) == 1


def test_the_engine_s_health_is_four_statements(waiting: str) -> None:
    jobs.enqueue(waiting)
    statements = 4 if connection.vendor == "postgresql" else 3
    assert cost(lambda: jobs.health(ask_broker=False)) == statements
    health = jobs.health()
    assert (health.waiting["default"], health.unserved, health.workers) == (1, ("default",), ())
    assert health.oldest is not None
