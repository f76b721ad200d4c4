"""Registers the upload engine with Django."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.apps import AppConfig

from fengcai.engines import storage


class UploadsConfig(AppConfig):
    """Owns the `Upload` row."""

    name = "fengcai.engines.uploads"
    label = "uploads"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "上传"

    def ready(self) -> None:
        """What arrives in S3 under its final key is somebody's before its purpose has taken it."""
        storage.register_owner("正在接收的文件", after=_none_to_scrub, holds=_holds)


def _none_to_scrub(after: str, limit: int) -> Sequence[storage.Owned]:
    """A file that is still arriving has no SHA-256 to be held against."""
    return ()


def _holds(keys: Collection[str]) -> Collection[str]:
    from fengcai.engines.uploads.models import Upload

    live = (Upload.State.RECEIVING, Upload.State.FINISHED)
    return set(Upload.objects.filter(key__in=keys, state__in=live).values_list("key", flat=True))
