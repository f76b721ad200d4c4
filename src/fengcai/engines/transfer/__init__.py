"""Carries a whole installation to other engines: every row and every file, each one compared.

Both databases are marked before the first row travels, and the destination's mark is taken off by
the very transaction that brings the rows: half a move can neither be served from nor go unnoticed.
Knows tables and keys, not what they mean.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fengcai.engines.transfer.refusals import TransferRefused

if TYPE_CHECKING:
    from fengcai.engines.transfer.files import FilesMoved, copy_files
    from fengcai.engines.transfer.marks import (
        Standing,
        has_arrived,
        leave,
        left,
        note_files,
        standing,
        stay,
    )
    from fengcai.engines.transfer.rows import RowsMoved, copy_rows, prepare

__all__ = [
    "FilesMoved",
    "RowsMoved",
    "Standing",
    "TransferRefused",
    "copy_files",
    "copy_rows",
    "has_arrived",
    "leave",
    "left",
    "note_files",
    "prepare",
    "standing",
    "stay",
]

# Django imports this package before models can be loaded, so what needs a model is looked up late.
_LATE = {
    "FilesMoved": "files",
    "RowsMoved": "rows",
    "Standing": "marks",
    "copy_files": "files",
    "copy_rows": "rows",
    "has_arrived": "marks",
    "leave": "marks",
    "note_files": "marks",
    "left": "marks",
    "prepare": "rows",
    "standing": "marks",
    "stay": "marks",
}


def __getattr__(name: str) -> Any:
    """Load the parts that need Django's models when they are first asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
