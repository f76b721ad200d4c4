"""Small papers that strangers send (a signed release, a proof of a unit): what a virus scanner says of them.

The works themselves go through `assets.quarantine`. Where no scanner is set nothing is looked at and nothing
is said.
"""

from __future__ import annotations

import io
from typing import Literal

from django.conf import settings

from fengcai.apps.refusals import Refused
from fengcai.engines import antivirus

Said = Literal["", "clean", "infected", "unscanned"]


def look(data: bytes) -> tuple[Said, str]:
    """The verdict on a few bytes, with why it is not known; empty where no scanner is set."""
    if not settings.FENGCAI_CLAMD:
        return "", ""
    most = settings.FENGCAI_CLAMD_MAX_MB * antivirus.MEBIBYTE
    place = antivirus.place_of(settings.FENGCAI_CLAMD, most_bytes=most)
    found = antivirus.scan(io.BytesIO(data), len(data), place)
    verdict: Said = found.verdict
    return verdict, found.why


def refuse_infected(data: bytes, *, what: str, field: str) -> Said:
    """Raise `Refused` for a paper in which a virus was found; returns what was said of any other."""
    verdict, _ = look(data)
    if verdict == "infected":
        raise Refused(
            f"{what}里查出了病毒，没有保存。请换一台电脑或改拍一张照片再传。您填写的其他内容都还在。",
            fields={field: "查出了病毒"},
        )
    return verdict
