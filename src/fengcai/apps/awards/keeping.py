"""Which stored files are this context's: the PDFs of certificates, with their SHA-256."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fengcai.apps.awards.models import Certificate
from fengcai.engines.storage import Owned, register_owner


def certificates(after: str, limit: int) -> Sequence[Owned]:
    """The next certificates by key. 1 SQL."""
    rows = Certificate.objects.filter(key__gt=after).order_by("key").values_list("key", "sha256")
    return [Owned(key, sha256) for key, sha256 in rows[:limit]]


def holds_certificates(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are certificates. 1 SQL."""
    return set(Certificate.objects.filter(key__in=keys).values_list("key", flat=True))


def register() -> None:
    """Tell the storage engine."""
    register_owner("证书", after=certificates, holds=holds_certificates)
