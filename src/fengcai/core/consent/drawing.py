"""A drawn signature as strokes on a box: read strictly, written anew, so that nothing else gets in.

The only words are `M x y` (the pen is set down) and `L x y` (it is drawn on), whole numbers.
"""

from __future__ import annotations

import itertools
import re

BOX = (1000, 400)
"""Width and height of the sheet that is drawn on."""
LONGEST = 24_000
SHORTEST_INK = 120
"""How much line a signature has at least, in units of the box: a tap or a dot is none."""

_WORD = re.compile(r"([ML])(\d{1,4}) (\d{1,4})", re.ASCII)


class BadDrawing(ValueError):
    """What was sent is no drawing of this form; the text is Chinese."""


def clean_drawing(text: str) -> str:
    """The same strokes, written anew as an SVG path.

    Raises `BadDrawing` for anything but strokes inside the box, too many, or too little ink.
    """
    if not text:
        raise BadDrawing("还没有签名：请在框里写下姓名，不方便手写的可以输入姓名。")
    if len(text) > LONGEST:
        raise BadDrawing("签名的笔画太多，请清除后重新签一次。")
    words = _WORD.findall(text)
    if "".join(f"{word}{x} {y}" for word, x, y in words) != text or not text.startswith("M"):
        raise BadDrawing("签名没有传完整，请清除后重新签一次。")
    points = [(word, int(x), int(y)) for word, x, y in words]
    if any(x > BOX[0] or y > BOX[1] for _, x, y in points):
        raise BadDrawing("签名超出了签名框，请清除后重新签一次。")
    ink = sum(
        abs(x - left) + abs(y - above)
        for (_, left, above), (word, x, y) in itertools.pairwise(points)
        if word == "L"
    )
    if ink < SHORTEST_INK:
        raise BadDrawing("签名太短，请写上完整的姓名。")
    return "".join(f"{word}{x} {y}" for word, x, y in points)
