"""Which stored files are this context's: scans of signed papers, with their SHA-256."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fengcai.apps.releases.models import Release
from fengcai.engines.storage import Owned, register_owner


def scans(after: str, limit: int) -> Sequence[Owned]:
    """The next scans by key. 1 SQL."""
    rows = Release.objects.filter(scan_key__gt=after).order_by("scan_key")
    return [Owned(key, sha) for key, sha in rows.values_list("scan_key", "scan_sha256")[:limit]]


def holds_scans(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are scans. 1 SQL."""
    return set(Release.objects.filter(scan_key__in=keys).values_list("scan_key", flat=True))


def register() -> None:
    """Tell the storage engine."""
    register_owner("同意书扫描件", after=scans, holds=holds_scans)
