"""Registers the jobs engine with Django and finds every installed app's job handlers."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Label `jobs`; at start every installed app's `jobs` module is imported once."""

    name = "fengcai.engines.jobs"
    label = "jobs"
    verbose_name = "后台任务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the `jobs` module of each installed app, so that its handlers register."""
        autodiscover_modules("jobs")
