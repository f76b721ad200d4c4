"""Squares over places of a picture: what the task `hide` does behind the walls. Where they belong is planned
in `hiding`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from fengcai.media.facts import Box

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_SQUARES = 12
_MOST_BYTES = 8 * 1024**2
_MARGIN = 0.4


def carry_out(file: BinaryIO, pictures: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Make the pictures that stand one after the other in `file`."""
    from PIL import Image

    made = {}
    for each in pictures:
        file.seek(each["offset"])
        with Image.open(io.BytesIO(file.read(each["length"])), formats=("JPEG",)) as opened:
            picture = opened.convert("RGB")
        for box in each["boxes"]:
            _hide(picture, box)
        for quality in (86, 60, 35):
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            if out.tell() <= _MOST_BYTES:
                break
        made[each["target"]] = out.getvalue()
    return made


def _hide(picture: Any, box: Box) -> None:
    """A few large squares over the box and a little around it: no letter can be guessed."""
    from PIL import Image

    left, top, wide, high = box
    margin = _MARGIN * high
    edges = (
        max(0, int((left - margin) * picture.width)),
        max(0, int((top - margin) * picture.height)),
        min(picture.width, int((left + wide + margin) * picture.width) + 1),
        min(picture.height, int((top + high + margin) * picture.height) + 1),
    )
    size = edges[2] - edges[0], edges[3] - edges[1]
    if size[0] <= 0 or size[1] <= 0:
        return
    # As wide as the place is high, like a line of text; never finer than a twelfth of the picture.
    square = max(min(size), max(picture.size) // _SQUARES if box == WHOLE else 1, 1)
    few = max(1, size[0] // square), max(1, size[1] // square)
    part = picture.crop(edges).resize(few, Image.Resampling.BOX)
    picture.paste(part.resize(size, Image.Resampling.NEAREST), edges[:2])
