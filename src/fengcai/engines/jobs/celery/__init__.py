"""The Celery engine: a broker carries the numbers of waiting jobs to workers on any machine.

It carries nothing else. Whatever a broker loses, repeats or delays, the rows decide.
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings


def install() -> None:
    """Have this process tell the broker of every job that it commits."""
    from fengcai.engines.jobs import carriage
    from fengcai.engines.jobs.celery.carrier import ThreadedCarrier

    carriage.install(ThreadedCarrier(settings.FENGCAI_BROKER_URL))


def run_worker(stop: threading.Event, **options: Any) -> bool:
    """As `fengcai.engines.jobs.run_worker`, for jobs that the broker announces."""
    from fengcai.engines.jobs.celery.worker import serve

    return serve(settings.FENGCAI_BROKER_URL, stop, **options)


def broker_trouble() -> str | None:
    """What keeps this process from the broker, for engineers; empty when it answers."""
    from fengcai.engines.jobs.celery.line import Line

    line = Line(settings.FENGCAI_BROKER_URL)
    try:
        line.knock()
    except line.troubles as trouble:
        return str(trouble) or type(trouble).__name__
    finally:
        line.close()
    return ""
