"""What detectors of numbers and codes find (phones, prices, QR codes), and which term speaks of it.

The detectors stand elsewhere; here is the law alone.
"""

from __future__ import annotations

from .lexicon import Term, shipped

_DIVERSION = "negative-list-2025/diversion"
_COMMERCE = "negative-list-2025/commerce"
_CONTACT = "self-media-2025/contact"
_TERMS = {
    **dict.fromkeys(("wechat", "qq", "scan", "qr_code"), _DIVERSION),
    **dict.fromkeys(("selling", "price"), _COMMERCE),
}


def term_of(kind: str) -> Term:
    """The term that speaks of a detector's kind; of contacts in general where it is not named."""
    return shipped().term(_TERMS.get(kind, _CONTACT))
