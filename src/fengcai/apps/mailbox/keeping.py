"""Which stored files are this context's: the letters as they came, and files sent for them later."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.engines.storage import Owned, register_owner


def letters(after: str, limit: int) -> Sequence[Owned]:
    """The next letters by key. 1 SQL."""
    rows = Case.objects.filter(key__gt=after).order_by("key").values_list("key", "sha256")
    return [Owned(key, sha256) for key, sha256 in rows[:limit]]


def holds_letters(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are letters. 1 SQL."""
    return set(Case.objects.filter(key__in=keys).values_list("key", flat=True))


def files(after: str, limit: int) -> Sequence[Owned]:
    """The next files that were sent for a letter. 1 SQL."""
    rows = CaseFile.objects.filter(key__gt=after).order_by("key").values_list("key", "sha256")
    return [Owned(key, sha256) for key, sha256 in rows[:limit]]


def holds_files(keys: Collection[str]) -> Collection[str]:
    """Which of the keys are such files. 1 SQL."""
    return set(CaseFile.objects.filter(key__in=keys).values_list("key", flat=True))


def register() -> None:
    """Tell the storage engine."""
    register_owner("来信原件", after=letters, holds=holds_letters)
    register_owner("来信补传的文件", after=files, holds=holds_files)
