"""Registers the storage engine with Django."""

from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Owns the `Verification` row."""

    name = "fengcai.engines.storage"
    label = "storage"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "存储"
