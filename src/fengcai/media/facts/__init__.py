"""Facts: what was measured in one file, typed, versioned and frozen.

Units stand in the names. Times and rates that are exact in the file stay exact here (a fraction,
written "30000/1001"). Facts hold no opinion on any rule: `flat()` gives them to core.inspection
under the names that rulebooks use. Facts of earlier versions are read as what they said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import model_validator

from fengcai.media.facts.exact import Exact, Part, storable
from fengcai.media.facts.measures import Answer, Box, Curve, Measure, Span
from fengcai.media.facts.naming import FactValue, flat
from fengcai.media.facts.parts import (
    Audio,
    Container,
    Containment,
    Cost,
    Decoding,
    Image,
    Paper,
    Pictures,
    Poster,
    Sprite,
    Video,
)

__all__ = [
    "FACTS_VERSION",
    "Answer",
    "Audio",
    "Box",
    "Container",
    "Containment",
    "Cost",
    "Curve",
    "Decoding",
    "Exact",
    "FactValue",
    "Facts",
    "Image",
    "Kind",
    "Measure",
    "Paper",
    "Pictures",
    "Poster",
    "Span",
    "Sprite",
    "Verdict",
    "Video",
    "storable",
]

FACTS_VERSION = 3
_UNTYPED_MEASURES = 3
"""Before this version a measure was a bare table of values."""

Kind = Literal["video", "audio", "image", "playlist", "text", "document", "empty", "unknown"]
Verdict = Literal["readable", "damaged", "unreadable"]


class Facts(Part):
    """All that one inspection found out about one file."""

    version: int = FACTS_VERSION
    filename: str
    size_bytes: int
    sha256: str | None = None
    kind: Kind
    verdict: Verdict
    reason: str = ""
    reason_code: str = ""
    container: Container | None = None
    video: Video | None = None
    audio: Audio | None = None
    image: Image | None = None
    paper: Paper | None = None
    decoding: Decoding | None = None
    pictures: Pictures = Pictures()
    measures: dict[str, Measure] = {}
    containment: Containment = Containment()
    cost: Cost | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_every_database_can_keep_it(cls, told: Any) -> Any:
        """Whoever names the file or reports on it: no fact may hold what only SQLite stores."""
        told = storable(told)
        if isinstance(told, dict) and isinstance(told.get("version"), int):
            return _upgraded(told)
        return told

    def flat(self) -> dict[str, FactValue]:
        """Fact names of rulebooks → values. Seconds and rates are Fractions, levels Decimals.

        `width` and `height` are as shown (after sample aspect and rotation). `has_audio` asks for
        something audible: a silent track is not sound. `fps` is the rate the film keeps (see
        docs/reference/media.md). Of a damaged file, what the missing part could change is absent.
        """
        return flat(self)

    def spans(self, names: Iterable[str]) -> tuple[Span, ...]:
        """The moments behind these fact names, in the order of time; none where all is well."""
        wanted = frozenset(names)
        found = [
            span
            for measure in self.measures.values()
            if wanted.intersection(measure.about)
            for span in measure.spans
        ]
        return tuple(sorted(found, key=lambda span: (span.from_s, span.to_s)))


def _upgraded(told: dict[str, Any]) -> dict[str, Any]:
    """Facts of an earlier version in today's shape; they keep their version number."""
    if told["version"] >= _UNTYPED_MEASURES or not isinstance(told.get("measures"), dict):
        return told
    typed = {
        name: {"method": f"facts version {told['version']}", "answer": "clear", "values": values}
        for name, values in told["measures"].items()
        if isinstance(values, dict) and "method" not in values
    }
    return {**told, "measures": typed}
