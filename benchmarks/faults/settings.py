"""The installation's own settings, with the drill's one table and its one kind of job."""

from __future__ import annotations

from fengcai.project.settings import *  # noqa: F403  (Django reads every name)
from fengcai.project.settings import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = [*PRODUCT, "benchmarks.faults.effects"]
