"""The embedded engine: workers look into the table themselves. Nothing else has to run."""

from fengcai.engines.jobs.embedded.worker import run_worker

__all__ = ["run_worker"]
