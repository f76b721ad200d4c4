"""Personal data on the poster, the strip and the evidence: hidden before anybody sees it."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fengcai.media.covering import WHOLE
from fengcai.media.facts import Decoding, Facts, Measure, Pictures, Poster, Span, Sprite
from fengcai.media.hiding import hidden, plan
from fengcai.media.limits import Limits

pytestmark = pytest.mark.media
BOX = (0.5, 0.5, 0.25, 0.1)


def span(at: int, until: int, **more: Any) -> Span:
    return Span(from_s=Fraction(at), to_s=Fraction(until), **more)


def facts(*, mode: str = "thorough", poster_at: int = 5, **measures: Measure) -> Facts:
    poster = Poster(file="poster.jpg", width_px=640, height_px=360, time_s=Fraction(poster_at))
    sprite = Sprite(file="sprite.jpg", columns=2, rows=1, tile_width_px=320, tile_height_px=180,
                    times_s=(Fraction(5), Fraction(20)))  # fmt: skip
    number = Measure(method="t", answer="found", about=("personal_data",),
                     spans=(span(4, 6, box=BOX, private=True, picture="personal-data-1.jpg"),))  # fmt: skip
    return Facts(
        filename="a.mp4", size_bytes=1, kind="video", verdict="readable",
        decoding=Decoding(mode=mode, to_the_end=True),  # type: ignore[arg-type]
        pictures=Pictures(poster=poster, sprite=sprite),
        measures={"personal_data": number, **measures},
    )  # fmt: skip


def shake(at: int, until: int) -> Measure:
    return Measure(method="t", answer="found", about=("shaky",),
                   spans=(span(at, until, picture="shake-1.jpg"),))  # fmt: skip


def stripes(width: int, height: int) -> bytes:
    """Fine upright stripes: what is hidden is grey, what is shown is not."""
    columns = np.where(np.arange(width) // 4 % 2, 255, 0).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.tile(columns, (height, 1))).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def contrast(jpeg: bytes, x: float, y: float) -> float:
    """How far the stripes stand out near a place, in shares of the picture."""
    grey = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), dtype=float)
    row, column = int(y * grey.shape[0]), int(x * grey.shape[1])
    return float(np.ptp(grey[row, column - 8 : column + 8]))


def test_what_stands_there_is_hidden_and_nothing_else() -> None:
    files = {
        "poster.jpg": stripes(640, 360),
        "sprite.jpg": stripes(640, 180),
        "shake-1.jpg": stripes(480, 270),
        "personal-data-1.jpg": stripes(320, 120),
    }
    told, kept = hidden(facts(shake=shake(3, 9)), files, Limits())
    assert contrast(kept["poster.jpg"], 0.6, 0.55) < 60
    assert contrast(kept["poster.jpg"], 0.2, 0.2) > 200
    assert contrast(kept["sprite.jpg"], 0.3, 0.55) < 60
    assert contrast(kept["sprite.jpg"], 0.8, 0.55) > 200
    assert kept["shake-1.jpg"] == files["shake-1.jpg"]
    assert contrast(kept["shake-1-masked.jpg"], 0.6, 0.55) < 60
    assert contrast(kept["shake-1-masked.jpg"], 0.2, 0.2) > 200
    assert told.measures["shake"].spans[0].private
    assert kept["personal-data-1.jpg"] == files["personal-data-1.jpg"]
    assert told.pictures.poster is not None


def test_a_picture_that_cannot_be_hidden_is_not_kept() -> None:
    files = {"poster.jpg": b"no picture", "sprite.jpg": b"neither"}
    told, kept = hidden(facts(), files, Limits())
    assert kept == {}
    assert (told.pictures.poster, told.pictures.sprite) == (None, None)


def test_other_moments_and_films_without_numbers_are_left_alone() -> None:
    away = facts(poster_at=40, shake=shake(30, 35))
    assert [(each.name, each.target) for each in plan(away)] == [("sprite.jpg", "sprite.jpg")]
    swift = facts(mode="swift", poster_at=14)
    assert [each.name for each in plan(swift)] == ["poster.jpg", "sprite.jpg"]
    nothing = facts().model_copy(update={"measures": {"shake": shake(3, 9)}})
    assert plan(nothing) == ()
    assert hidden(nothing, {"poster.jpg": b"x"}, Limits()) == (nothing, {"poster.jpg": b"x"})


def test_a_cut_out_part_is_hidden_as_a_whole() -> None:
    mark = Measure(method="t", answer="found", about=("watermark",),
                   spans=(span(0, 60, picture="watermark-1.jpg"),))  # fmt: skip
    (hiding,) = [each for each in plan(facts(watermark=mark)) if each.target.endswith("masked.jpg")]
    assert (hiding.target, hiding.boxes) == ("watermark-1-masked.jpg", (WHOLE,))
