"""Which stored files are this context's: films with their SHA-256, and the pictures made of them, with
fingerprints, evidence and the text that was read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from fengcai.apps.assets.models import Asset, Output
from fengcai.engines.storage import Owned, register_owner

_MADE = ("poster_key", "sprite_key", "fingerprint_key")


def films(after: str, limit: int) -> Sequence[Owned]:
    """The next films by key. 1 SQL."""
    rows = Asset.objects.filter(key__gt=after).order_by("key").values_list("key", "sha256")
    return [Owned(key, sha256) for key, sha256 in rows[:limit]]


def holds_films(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are films. 1 SQL."""
    return set(Asset.objects.filter(key__in=keys).values_list("key", flat=True))


def _pictures_of(field: str, after: str, limit: int) -> Sequence[Owned]:
    # Two assets of the same bytes share their pictures.
    rows = Asset.objects.filter(**{f"{field}__gt": after}).order_by(field)
    return [Owned(key, "") for key in rows.values_list(field, flat=True).distinct()[:limit]]


def _holds_pictures(field: str, keys: Collection[str]) -> Collection[str]:
    return set(Asset.objects.filter(**{f"{field}__in": keys}).values_list(field, flat=True))


def outputs(after: str, limit: int) -> Sequence[Owned]:
    """The next outputs by key. 1 SQL."""
    rows = Output.objects.filter(key__gt=after).order_by("key")
    return [Owned(key, "") for key in rows.values_list("key", flat=True).distinct()[:limit]]


def holds_outputs(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are outputs. 1 SQL."""
    return set(Output.objects.filter(key__in=keys).values_list("key", flat=True))


def register() -> None:
    """Tell the storage engine."""
    register_owner("作品文件", after=films, holds=holds_films)
    register_owner("检测留下的图片和文字", after=outputs, holds=holds_outputs)
    for name, field in zip(("封面图", "缩略图条", "作品指纹"), _MADE, strict=True):
        register_owner(
            name,
            after=partial(_pictures_of, field),
            holds=partial(_holds_pictures, field),
        )
