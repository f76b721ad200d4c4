"""What equals what: two fingerprints compared, and an index that proposes whom to compare.

Pure computation over bytes that were made elsewhere: no file is opened and no film decoded here.
Names load when they are first asked for: a page that only words a finding needs no numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fengcai.media.likeness.comparing import (
        ORDER,
        Comparison,
        Segment,
        Verdict,
        compare,
        length_s,
    )
    from fengcai.media.likeness.index import Candidate, Index

__all__ = [
    "ORDER", "Candidate", "Comparison", "Index", "Segment", "Verdict", "compare", "length_s",
]  # fmt: skip

_OF_INDEX = ("Candidate", "Index")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    home = "index" if name in _OF_INDEX else "comparing"
    return getattr(import_module(f"fengcai.media.likeness.{home}"), name)
