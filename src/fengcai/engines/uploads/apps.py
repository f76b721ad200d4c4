"""Registers the upload engine with Django."""

from __future__ import annotations

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Owns the `Upload` row."""

    name = "fengcai.engines.uploads"
    label = "uploads"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "上传"
