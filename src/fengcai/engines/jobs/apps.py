"""Registers the jobs engine with Django and finds every installed app's job handlers."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Label `jobs`; at start every installed app's `jobs` module is imported once."""

    name = "fengcai.engines.jobs"
    label = "jobs"
    verbose_name = "后台任务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the `jobs` module of each installed app, so that its handlers register; with a
        broker, tell it of each job that is committed from now on."""
        autodiscover_modules("jobs")
        if getattr(settings, "FENGCAI_JOBS", "embedded") == "celery":
            import_module("fengcai.engines.jobs.celery").install()
