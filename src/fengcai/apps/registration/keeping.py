"""Which stored files are this context's: the papers by which units prove who they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fengcai.apps.registration.models import Registration
from fengcai.engines.storage import Owned, register_owner


def proofs(after: str, limit: int) -> Sequence[Owned]:
    """The next papers by key. 1 SQL."""
    rows = Registration.objects.filter(proof_key__gt=after).order_by("proof_key")
    return [Owned(*row) for row in rows.values_list("proof_key", "proof_sha256")[:limit]]


def holds(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are such papers. 1 SQL."""
    rows = Registration.objects.filter(proof_key__in=keys)
    return set(rows.values_list("proof_key", flat=True))


def register() -> None:
    """Tell the storage engine."""
    register_owner("单位报名的证明材料", after=proofs, holds=holds)
