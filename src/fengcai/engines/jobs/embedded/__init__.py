"""The embedded engine: workers look into the table themselves. Nothing else has to run."""

from fengcai.engines.jobs.embedded.worker import run_worker

__all__ = ["broker_trouble", "run_worker"]


def broker_trouble() -> str | None:
    """There is no broker to have trouble with."""
    return None
