"""What equals what: two fingerprints compared, and an index that proposes whom to compare.

Pure computation over bytes that were made elsewhere: no file is opened and no film decoded here.
"""

from __future__ import annotations

from fengcai.media.likeness.compare import ORDER, Comparison, Segment, Verdict, compare, length_s
from fengcai.media.likeness.index import Candidate, Index

__all__ = [
    "ORDER", "Candidate", "Comparison", "Index", "Segment", "Verdict", "compare", "length_s",
]  # fmt: skip
