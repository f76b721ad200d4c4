"""Title card and end card: large or centred text in the first and the last seconds of a film.

It tells that such a card stands there, with its text; what has to be written on it is the rulebook's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from fengcai.media.checks import Film, Line, Page
from fengcai.media.facts.measures import Answer, Measure, Span
from fengcai.media.screen.evidence import cutting
from fengcai.media.screen.personal import masked
from fengcai.media.screen.records import around
from fengcai.media.screen.sightings import TimedCheck
from fengcai.media.screen.spells import Spell, plain
from fengcai.media.screen.subtitles import subtitle_lines

_OPENING_S, _OPENING_SHARE = Fraction(12), Fraction(1, 6)
_LARGE = 0.055
_SEEN_EVERY_S = 2
_MIDDLE = (0.2, 0.8)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TOO_FEW = "片头片尾取到的画面太少，不能断定有没有，请人工查看"
_CREDITS = re.compile(
    r"制作|出品|拍摄|摄影|摄像|剪辑|导演|编导|编剧|策划|监制|配音|旁白|后期|指导|主演|演员|鸣谢|感谢|谢谢|"
    r"再见|完$|剧终|[Tt]he [Ee]nd|联合|报送|选送|主办|承办|版权|出镜|文案|字幕"
)


class _Card(TimedCheck):
    """What both have in common: lines that begin or end in a stretch, and one page that shows them."""

    of_stills = False
    method = (
        "PP-OCR lines, large or in the middle, in the first or last 12 s (a sixth of short films)"
    )

    def __init__(self, film: Film | None) -> None:
        super().__init__(film)
        self._page: Page | None = None

    def stretch(self) -> tuple[Fraction, Fraction]:
        """From and to, in which the card has to begin or end."""
        raise NotImplementedError

    def length(self) -> Fraction:
        """Seconds at the beginning or the end that count: 12, or a sixth of a short film."""
        return min(_OPENING_S, self.times.end_s * _OPENING_SHARE)

    def weight(self, line: Spell | Line) -> int:
        """2 for a line that makes a card by itself, 1 for one that helps, 0 for none."""
        left, top, width, height = line.box
        central = _MIDDLE[0] <= left + width / 2 <= _MIDDLE[1]
        in_middle = _MIDDLE[0] <= top + height / 2 <= _MIDDLE[1]
        if len(plain(line.text)) < 2 or not central or not in_middle:
            return 0
        return 2 if height >= _LARGE and _is_writing(plain(line.text)) else 1

    def result(self) -> Measure:
        if not self.times.samples or self.times.end_s == 0:
            return self._unmeasured()
        start, end = self.stretch()
        subtitles = {id(spell) for spell in subtitle_lines(self.times.spells)}
        inside = [
            spell
            for spell in self.times.spells
            if spell.from_s <= end and spell.to_s >= start and id(spell) not in subtitles
        ]
        lines = [spell for spell in inside if self.weight(spell)]
        weight = max((self.weight(spell) for spell in lines), default=0)
        answer: Answer = "clear"
        if weight >= 2 or len(lines) >= 3:
            answer = "found"
        elif lines:
            answer = "doubtful"
        elif not self._dense(start, end):
            return self._unmeasured()
        return Measure(
            method=self.method,
            answer=answer,
            about=(self.name,),
            facts={} if answer == "doubtful" else {self.name: answer == "found"},
            values={"lines_count": len(lines)} if lines else {},
            limits={"letter_share": _LARGE},
            spans=self._spans(lines),
        )

    def _dense(self, start: Fraction, end: Fraction) -> bool:
        """Whether no card could have stood there unseen: a picture at least every two seconds."""
        inside = [at for at in self.times.samples if start <= at <= end]
        return all(
            after - before <= _SEEN_EVERY_S for before, after in pairwise((start, *inside, end))
        )

    def _spans(self, lines: Sequence[Spell]) -> tuple[Span, ...]:
        if not lines:
            return ()
        picture = None
        if self._page is not None:
            picture = f"{self.name.replace('_', '-')}.jpg"
            self.files[picture] = cutting(self._page, (0.0, 0.0, 1.0, 1.0))
        ordered = sorted(lines, key=lambda spell: (spell.from_s, spell.box[1], spell.box[0]))
        return (
            Span(
                from_s=min(spell.from_s for spell in lines),
                to_s=max(spell.to_s for spell in lines),
                text=masked(" / ".join(spell.text for spell in ordered))[:300],
                box=around(lines),
                picture=picture,
            ),
        )

    def _unmeasured(self) -> Measure:
        return Measure(method=self.method, answer="unmeasured", about=(self.name,), why=_TOO_FEW)


def _is_writing(words: str) -> bool:
    """Two Chinese signs or four letters: less is read into railings and grilles as well."""
    return len(_CHINESE.findall(words)) >= 2 or len(words) >= 4


class TitleCard(_Card):
    """Text that stands there as the film begins."""

    name = "title_card"

    def look(self, page: Page) -> None:
        if page.time_s <= _OPENING_S and self._fuller(page):
            self._page = page

    def _fuller(self, page: Page) -> bool:
        weight = sum(self.weight(line) for line in page.lines)
        kept = sum(self.weight(line) for line in self._page.lines) if self._page else 0
        return weight > kept

    def stretch(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), self.length()


class EndCard(_Card):
    """Text that stands there as the film ends; words of credits count wherever they stand."""

    name = "end_card"

    def look(self, page: Page) -> None:
        if any(self.weight(line) for line in page.lines):
            self._page = page

    def weight(self, line: Spell | Line) -> int:
        return 2 if _CREDITS.search(line.text) else super().weight(line)

    def stretch(self) -> tuple[Fraction, Fraction]:
        return self.times.end_s - self.length(), self.times.end_s

    def _dense(self, start: Fraction, end: Fraction) -> bool:
        """Of the whole film: how long it goes on behind the last sparse picture is not known here."""
        return super()._dense(Fraction(0), end)
