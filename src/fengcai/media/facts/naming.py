"""Facts under the names that rulebooks use (`core.rulebook.predicate.FACTS`).

A fact that is not known is absent, and a finding on it is then undetermined. Of a damaged file,
what the missing part could change is absent too.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from fengcai.media.facts.exact import WRITTEN
from fengcai.media.facts.parts import Image

if TYPE_CHECKING:
    from fengcai.media.facts import Facts

FactValue = bool | int | str | Decimal | Fraction


MOST_APART_S = 60
"""Where pictures stand further apart than this, on average, a film's length is left to a person."""


def flat(facts: Facts) -> dict[str, FactValue]:
    """Fact names of rulebooks → values. Seconds and rates are Fractions, levels Decimals.

    `width` and `height` are as shown (after sample aspect and rotation). `has_audio` asks for
    something audible: a silent track is not sound. `fps` is the rate the film keeps (see
    docs/reference/media.md). Of a damaged file, what the missing part could change is absent.
    """
    named: dict[str, FactValue] = {
        "filename": facts.filename,
        "size": facts.size_bytes,
        "verdict": facts.verdict,
    }
    whole = facts.verdict == "readable"
    _film(facts, named)
    if facts.image is not None:
        named |= _still(facts.image)
    for name in ("pages", "words", "characters", "encrypted") if facts.paper else ():
        _put(named, name, getattr(facts.paper, name))
    _timed(facts, named, whole)
    for measure in facts.measures.values():
        for name, value in measure.facts.items():
            # What was seen stays true of a film cut short; that nothing was seen does not.
            if whole or value is True:
                named[name] = Fraction(value) if _is_number(value) else value
    if named.get("has_subtitle_track"):
        named["subtitles"] = True
    return named


def _film(facts: Facts, named: dict[str, FactValue]) -> None:
    if facts.container is not None:
        named["container"] = facts.container.name
        named["has_subtitle_track"] = facts.container.subtitle_streams > 0
        _put(named, "faststart", facts.container.faststart)
    if facts.video is not None:
        named["video_codec"] = facts.video.codec
        _put(named, "video_profile", facts.video.profile)
        named["rotation"] = facts.video.rotation_deg
        if facts.video.size_changes == 0:
            named["width"] = facts.video.display_width_px
            named["height"] = facts.video.display_height_px
        _put(named, "fps", facts.video.fps_kept or facts.video.fps_average)
        if facts.video.frame_rate is not None:
            named["constant_frame_rate"] = facts.video.frame_rate == "constant"


def _timed(facts: Facts, named: dict[str, FactValue], whole: bool) -> None:
    timed = facts.video or facts.audio
    if timed is not None and whole and not _too_sparse(facts):
        _put(named, "duration", timed.duration_s)
    if facts.audio is not None:
        named["audio_codec"] = facts.audio.codec
        named["audio_channels"] = facts.audio.channels
        named["sample_rate"] = facts.audio.sample_rate_hz
        if facts.audio.silent is False or (whole and facts.audio.silent is not None):
            named["has_audio"] = not facts.audio.silent
        if whole:
            _put(named, "loudness", _level(facts.audio.loudness_lufs))
            _put(named, "true_peak", _level(facts.audio.true_peak_dbtp))
    elif facts.container is not None and facts.decoding is not None:
        named["has_audio"] = facts.container.audio_streams > 0
    length = named.get("duration")
    if isinstance(length, Fraction) and length > 0:
        named["bitrate"] = Fraction(facts.size_bytes * 8) / length


def _too_sparse(facts: Facts) -> bool:
    """Whether so few pictures stand for so long that a header may have made the length up."""
    film = facts.video
    if film is None or film.duration_s is None or not film.frames_found:
        return False
    return film.duration_s > MOST_APART_S * film.frames_found


def _still(image: Image) -> dict[str, FactValue]:
    """A picture's own facts. `dpi` is the lesser of both axes; a print is as wide as its pixels at
    its resolution; `taken` is a day in ISO form."""
    named: dict[str, FactValue] = {
        "container": image.format,
        "width": image.width_px,
        "height": image.height_px,
    }
    if image.dpi_x and image.dpi_y:
        named["dpi"] = min(image.dpi_x, image.dpi_y)
        named["print_width"] = Fraction(image.width_px * 254, 10) / image.dpi_x
        named["print_height"] = Fraction(image.height_px * 254, 10) / image.dpi_y
    for name in ("colour_mode", "bit_depth", "has_exif", "camera", "animated"):
        _put(named, name, getattr(image, name))
    if image.taken is not None:
        named["taken"] = image.taken.isoformat()
    return named


def _put(named: dict[str, FactValue], name: str, value: FactValue | None) -> None:
    if value is not None:
        named[name] = value


def _level(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}")


def _is_number(value: bool | int | str) -> bool:
    """Whole numbers, and exact ones as they are written: "30000/1001"."""
    return isinstance(value, str) and WRITTEN.fullmatch(value) is not None
