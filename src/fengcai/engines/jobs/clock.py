"""The one clock that leases are measured by: the database's, where machines share one.

Two workers whose own clocks differ by an hour still agree on whose lease has run out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connections, router
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils import timezone

from fengcai.engines.jobs.models import Job


def now() -> datetime:
    """The present instant, aware. SQLite lives on one machine, so that machine's clock serves."""
    connection = connections[router.db_for_write(Job)]
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    assert isinstance(instant, datetime)
    return instant


def instant(after: timedelta = timedelta(0)) -> datetime | Combinable:
    """The present instant plus `after`, to be written into a statement: asks no extra question."""
    if connections[router.db_for_write(Job)].vendor != "postgresql":
        return now() + after
    return Now() + after if after else Now()
