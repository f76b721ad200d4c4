"""Which stored files are this context's: directories and manifests of packs, forms, what is imported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from django.db.models import Model

from fengcai.apps.exchange.models import Filling, FormTemplate, Import, Pack
from fengcai.engines.storage import Owned, register_owner

_KEPT: tuple[tuple[str, type[Model], str, str], ...] = (
    ("下载包的目录", Pack, "tail_key", "tail_sha256"),
    ("下载包的清单", Pack, "manifest_key", "manifest_sha256"),
    ("表格模板", FormTemplate, "key", "sha256"),
    ("填好的表格", Filling, "key", "sha256"),
    ("导入的表格", Import, "key", "sha256"),
    ("导入的压缩包", Import, "archive_key", "archive_sha256"),
)


def _after(model: type[Model], key: str, sha256: str, after: str, limit: int) -> Sequence[Owned]:
    rows = model._default_manager.filter(**{f"{key}__gt": after}).order_by(key)
    return [Owned(*row) for row in rows.values_list(key, sha256)[:limit]]


def _holds(model: type[Model], key: str, keys: Collection[str]) -> Collection[str]:
    rows = model._default_manager.filter(**{f"{key}__in": keys})
    return set(rows.values_list(key, flat=True))


def register() -> None:
    """Tell the storage engine."""
    for name, model, key, sha256 in _KEPT:
        register_owner(
            name,
            after=partial(_after, model, key, sha256),
            holds=partial(_holds, model, key),
        )
