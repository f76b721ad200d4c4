"""Registers the marks that a move leaves in the two databases."""

from __future__ import annotations

from django.apps import AppConfig


class TransferConfig(AppConfig):
    """Owns the `Move` row."""

    name = "fengcai.engines.transfer"
    label = "transfer"
    verbose_name = "搬迁"
    default_auto_field = "django.db.models.BigAutoField"
