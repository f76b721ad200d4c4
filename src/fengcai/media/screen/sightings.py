"""What the checks on text have in common: sightings on pages become spans with times and pictures."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from fengcai.media.checks import Film, Page, ScreenCheck
from fengcai.media.facts.measures import Answer, Box, Measure, Span
from fengcai.media.screen.evidence import MOST_FILES, cutting
from fengcai.media.screen.spells import Timeline

MOST_SPANS = 60
_MOST_SEEN = 400
NOTHING_LOOKED_AT = "没有取到可供识别的画面，请人工查看"


@dataclass(frozen=True)
class Sighting:
    """Something that one line (or picture) shows.

    `key` tells one thing from another; `text` is what may be shown (masked where private); `sure`
    tells what counts as found from what a person has to look at.
    """

    kind: str
    key: str
    text: str
    box: Box
    line: str
    sure: bool
    private: bool = False


@dataclass
class _Seen:
    sighting: Sighting
    from_s: Fraction
    to_s: Fraction
    picture: str | None


class TimedCheck(ScreenCheck):
    """A check that is told, before its result, how long each line stood: `times`."""

    def __init__(self, film: Film | None) -> None:
        super().__init__(film)
        self.times = Timeline()


class SightingCheck(TimedCheck):
    """A check whose answer is a list of things seen. `fact` is the name it gives rulebooks."""

    fact: ClassVar[str | None] = None
    about: ClassVar[tuple[str, ...]] = ()
    method: ClassVar[str] = ""

    def __init__(self, film: Film | None) -> None:
        super().__init__(film)
        self._seen: dict[str, list[_Seen]] = {}
        self._count = 0

    @abstractmethod
    def find(self, page: Page) -> Sequence[Sighting]:
        """What this page shows."""

    def look(self, page: Page) -> None:
        for sighting in self.find(page):
            if self._count >= _MOST_SEEN:
                return
            earlier = self._seen.setdefault(sighting.key, [])
            picture = earlier[0].picture if earlier else self._evidence(page, sighting)
            earlier.append(_Seen(sighting, page.time_s, page.time_s, picture))
            self._count += 1

    def _evidence(self, page: Page, sighting: Sighting) -> str | None:
        """Cut it out while there is room; what is sure comes first to the last places."""
        room = MOST_FILES if sighting.sure else MOST_FILES - 4
        if len(self.files) + 1 + sighting.private > room:
            return None
        name = f"{self.name.replace('_', '-')}-{len(self._seen)}"
        self.files[f"{name}.jpg"] = cutting(page, sighting.box, plain=sighting.private)
        if sighting.private:
            self.files[f"{name}-masked.jpg"] = cutting(page, sighting.box, hide=(sighting.box,))
        return f"{name}.jpg"

    def result(self) -> Measure:
        spans = self._spans()
        sure = any(seen.sighting.sure for all_of in self._seen.values() for seen in all_of)
        answer: Answer = "found" if sure else "doubtful" if spans else "clear"
        if not self.times.samples:
            return Measure(
                method=self.method, answer="unmeasured", about=self.about, why=NOTHING_LOOKED_AT
            )
        facts: dict[str, bool | int | str] = {}
        if self.fact is not None and answer != "doubtful":
            facts[self.fact] = sure
        return Measure(
            method=self.method,
            answer=answer,
            about=self.about,
            facts=facts,
            values=self.values(),
            spans=tuple(spans),
        )

    def values(self) -> dict[str, float | int | bool | str | None]:
        """How many of each kind."""
        counted: dict[str, float | int | bool | str | None] = {}
        for all_of in self._seen.values():
            name = f"{all_of[0].sighting.kind}_count"
            counted[name] = int(counted.get(name) or 0) + 1
        return counted

    def _spans(self) -> list[Span]:
        """The weightiest 60: what is sure, then what stood long; in the order of time."""
        spells = [spell for all_of in self._seen.values() for spell in self._merged(all_of)]
        spells.sort(key=lambda seen: (not seen.sighting.sure, seen.from_s - seen.to_s))
        return [
            Span(
                from_s=seen.from_s,
                to_s=seen.to_s,
                text=seen.sighting.text[:300],
                box=seen.sighting.box,
                picture=seen.picture,
                private=seen.sighting.private,
                timed=self.times.timed,
            )
            for seen in sorted(spells[:MOST_SPANS], key=lambda seen: (seen.from_s, seen.to_s))
        ]

    def _merged(self, all_of: list[_Seen]) -> list[_Seen]:
        """The times of one thing: its line's spells, those that touch made one."""
        timed: list[_Seen] = []
        for seen in all_of:
            spell = self.times.of(seen.sighting.line, seen.from_s) if seen.sighting.line else None
            if spell is not None:
                seen.from_s = min(seen.from_s, spell.from_s)
                seen.to_s = max(seen.to_s, spell.to_s)
            if timed and seen.from_s <= timed[-1].to_s:
                timed[-1].to_s = max(timed[-1].to_s, seen.to_s)
            else:
                timed.append(seen)
        return timed
