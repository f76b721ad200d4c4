"""Registers the live engine with Django and has it listen to jobs."""

from __future__ import annotations

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Owns no rows."""

    name = "fengcai.engines.live"
    label = "live"
    verbose_name = "实时提示"

    def ready(self) -> None:
        """Publish the signs of life of this process's jobs."""
        from fengcai.engines import jobs
        from fengcai.engines.live.job_signs import pass_on

        jobs.observe(pass_on)
