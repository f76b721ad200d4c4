"""Leases kept beside long transactions: a row that one job's own transaction holds holds up nobody.

Two connections are needed, so rows are committed; where rows are not locked only the flag counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from fengcai.engines import jobs
from fengcai.engines.jobs import Job, JobContext, claims
from fengcai.engines.jobs.claims import Claim
from fengcai.engines.jobs.keeping import Keeper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]

locks_rows = pytest.mark.skipif(connection.vendor != "postgresql", reason="no rows are locked")


@pytest.fixture
def held(kind: Callable[..., Any]) -> list[Claim]:
    """Two jobs in this worker's hands."""

    @kind("test.held", lease=30)
    def handler(job: JobContext) -> None:
        """Held by hand below."""

    for _ in range(2):
        jobs.enqueue("test.held")
    found = [claims.claim("w") for _ in range(2)]
    return [one for one in found if one is not None]


def keeper_of(held: list[Claim]) -> tuple[Keeper, list[JobContext]]:
    """A keeper with these in hand, their renewal overdue."""
    keeper, contexts = Keeper(engine="embedded", name="w"), [JobContext(one) for one in held]
    for context in contexts:
        context._renewed = time.monotonic() - 20
        keeper._contexts[id(context)] = context
    return keeper, contexts


@contextmanager
def row_held(pk: int) -> Iterator[None]:
    """Another transaction, of another thread, holds this job's row."""
    taken, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Job.objects.filter(pk=pk).update(subject="held")
                taken.set()
                leave.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    try:
        yield
    finally:
        leave.set()
        thread.join()


def lease(one: Claim) -> Any:
    return Job.objects.values_list("lease_until", flat=True).get(pk=one.id)


def test_a_job_that_completes_is_not_renewed_until_its_transaction_ends(held: list[Claim]) -> None:
    _, (context, _) = keeper_of(held)
    assert context.renewal_due()
    with pytest.raises(ZeroDivisionError), context.completing():
        assert not context.renewal_due()
        raise ZeroDivisionError
    assert context.renewal_due(), "what was undone still has a lease to keep"


@locks_rows
def test_a_row_that_is_held_keeps_no_other_job_s_lease_from_renewal(held: list[Claim]) -> None:
    keeper, contexts = keeper_of(held)
    before = [lease(one) for one in held]
    with row_held(held[0].id):
        began = time.monotonic()
        keeper._beat()
        assert time.monotonic() - began < 2
        assert lease(held[1]) > before[1]
        assert not contexts[0].lost, "held up is not lost"
    assert lease(held[0]) == before[0]
    keeper._beat()
    assert lease(held[0]) > before[0]


def test_one_lease_in_trouble_keeps_no_other_from_renewal(
    held: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, contexts = keeper_of(held)
    before = lease(held[1])

    def renew() -> bool:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(contexts[0], "renew", renew)
    keeper._beat()
    assert lease(held[1]) > before


@locks_rows
def test_recovery_passes_over_a_row_that_is_held(held: list[Claim]) -> None:
    Job.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    with row_held(held[0].id):
        began = time.monotonic()
        assert claims.recover() == 1
        assert time.monotonic() - began < 2
    assert claims.recover() == 1
    assert [job.interruptions for job in Job.objects.order_by("id")] == [1, 1]


@locks_rows
def test_a_stop_puts_back_what_it_can_beside_a_row_that_is_held(held: list[Claim]) -> None:
    keeper, contexts = keeper_of(held)
    with row_held(held[0].id):
        began = time.monotonic()
        keeper._let_go()
        assert time.monotonic() - began < 2
    states = [job.state for job in Job.objects.order_by("id")]
    assert (states, [context.lost for context in contexts]) == (["running", "queued"], [True, True])
