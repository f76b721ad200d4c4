"""The words of a film's subtitle tracks: what a player lays over the picture, so no reader of pictures
sees it. Tracks of pictures (PGS, VobSub) have no words and are left out."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from av.packet import Packet
from av.subtitles.subtitle import AssSubtitle

from fengcai.media.opening import Faults, decoded
from fengcai.media.screen.personal import masked

SUBTITLE_FILE = "subtitle-text.json"
MOST_LINES, MOST_LETTERS = 20_000, 2_000
MOST_BYTES = 900_000
_BREAK, _OVERRIDE = re.compile(r"\\[Nnh]"), re.compile(r"\{[^{}]*\}")


class SubtitleText:
    """Gathers lines with their times; in the form of the text on screen, without boxes."""

    def __init__(self) -> None:
        self._rows: list[bytes] = []
        self._size = 2
        self._faults = Faults()  # broken subtitles are no fault of picture or sound

    def take(self, packet: Packet[Any]) -> None:
        """The next packet of a subtitle track."""
        if packet.pts is None or packet.time_base is None or self._faults.too_many:
            return
        began = packet.pts * Fraction(packet.time_base)
        ended = began + (packet.duration or 0) * Fraction(packet.time_base)
        for told in decoded(packet, self._faults):
            for each in getattr(told, "rects", (told,)):
                if isinstance(each, AssSubtitle):
                    self._keep(began, ended, _plain(each))

    def _keep(self, began: Fraction, ended: Fraction, text: str) -> None:
        if not text or len(self._rows) >= MOST_LINES:
            return
        line = {
            "from_s": round(float(began), 3),
            "to_s": round(float(ended), 3),
            "text": masked(text),
        }
        row = json.dumps(line | {"box": None}, ensure_ascii=False).encode("utf-8", "replace")
        self._size += len(row) + 2
        if self._size <= MOST_BYTES:
            self._rows.append(row)

    def files(self) -> dict[str, bytes]:
        """The output file; none where no track said anything."""
        return {SUBTITLE_FILE: b"[" + b",\n".join(self._rows) + b"]"} if self._rows else {}


def _plain(line: AssSubtitle) -> str:
    """The words without styles; ASS writes a break as a backslash and a letter."""
    told = line.dialogue or line.text
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    return " ".join(_OVERRIDE.sub("", _BREAK.sub(" ", text)).split())[:MOST_LETTERS]
