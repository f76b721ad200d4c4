"""Facts: what was measured in one file, typed, versioned and frozen.

Units stand in the names. Times and rates that are exact in the file stay exact here (a fraction,
written "30000/1001"). Facts hold no opinion on any rule: `flat()` gives them to core.inspection
under the names that rulebooks use, and a fact that is not known is absent there.
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    JsonValue,
    PlainSerializer,
    PlainValidator,
    model_validator,
)

FACTS_VERSION = 2

Kind = Literal["video", "audio", "image", "playlist", "text", "document", "empty", "unknown"]
Verdict = Literal["readable", "damaged", "unreadable"]
_WRITTEN = re.compile(r"-?[0-9]{1,200}(?:/0*[1-9][0-9]{0,200})?")

FactValue = bool | int | str | Decimal | Fraction


def storable(value: Any) -> Any:
    """The same JSON value as every database can keep it, keys included.

    PostgreSQL refuses U+0000 and half characters (lone surrogates) in text and jsonb, and every
    engine refuses a number that is not finite: the first are dropped, the last becomes null.
    """
    match value:
        case str():
            return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {storable(name): storable(each) for name, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value


def _exact(value: object) -> Fraction:
    # A report may come from a child that was taken over: 1/0 and 1e999999999 are no numbers here.
    if isinstance(value, str) and not _WRITTEN.fullmatch(value):
        raise ValueError("an exact number is written in digits, such as 30000/1001")
    if isinstance(value, (Fraction, int, str)):
        return Fraction(value)
    raise ValueError("an exact number is written as a fraction, such as 30000/1001")


Exact = Annotated[Fraction, PlainValidator(_exact), PlainSerializer(str, return_type=str)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Container(_Part):
    """The wrapping: name as in `container in [mp4]`, and how complete the file looks."""

    name: str
    major_brand: str | None = None
    faststart: bool | None = None
    fragmented: bool | None = None
    duration_s: Exact | None = None
    missing_bytes: int = 0
    video_streams: int = 0
    audio_streams: int = 0
    subtitle_streams: int = 0


class Video(_Part):
    """The first moving-picture stream. Display sizes hold after sample aspect and rotation."""

    codec: str
    profile: str | None = None
    pixel_format: str | None = None
    coded_width_px: int
    coded_height_px: int
    rotation_deg: int = 0
    sample_aspect: Exact = Fraction(1)
    display_width_px: int
    display_height_px: int
    interlaced: bool | None = None
    size_changes: int = 0
    fps_nominal: Exact | None = None
    fps_average: Exact | None = None
    fps_kept: Exact | None = None
    frame_rate: Literal["constant", "variable"] | None = None
    interval_min_s: Exact | None = None
    interval_max_s: Exact | None = None
    steady_share: float | None = None
    frames_declared: int | None = None
    frames_found: int = 0
    frames_decoded: int = 0
    duration_s: Exact | None = None


class Audio(_Part):
    """The first sound stream. Loudness by ITU-R BS.1770-4; None where nothing was loud enough."""

    codec: str
    profile: str | None = None
    channels: int
    layout: str
    sample_rate_hz: int
    duration_s: Exact | None = None
    loudness_lufs: float | None = None
    loudness_max_momentary_lufs: float | None = None
    sample_peak_dbfs: float | None = None
    true_peak_dbtp: float | None = None
    silent: bool | None = None


class Image(_Part):
    """A still picture, measured from its header only. Sizes as shown, after EXIF orientation."""

    format: str
    width_px: int
    height_px: int
    dpi_x: Exact | None = None
    dpi_y: Exact | None = None
    colour_mode: str | None = None
    bit_depth: int | None = None
    has_exif: bool | None = None
    camera: str | None = None
    taken: date | None = None


class Paper(_Part):
    """A text or document: pages, and words as Chinese offices count them (see `papers`).

    `format` is pdf, docx, txt or what was sniffed; what could not be counted is None.
    """

    format: str
    pages: int | None = None
    words: int | None = None
    characters: int | None = None
    encrypted: bool | None = None


class Decoding(_Part):
    """How the file was read: every frame (thorough), or keyframes and packet times (swift)."""

    mode: Literal["swift", "thorough"]
    errors: int = 0
    first_error: str | None = None
    to_the_end: bool
    reached_s: Exact | None = None
    declared_s: Exact | None = None


class Poster(_Part):
    """One upright frame that stands for the film."""

    file: str
    width_px: int
    height_px: int
    time_s: Exact


class Sprite(_Part):
    """Tiles in reading order, `columns` a row; `times_s[i]` is the moment of tile i."""

    file: str
    columns: int
    rows: int
    tile_width_px: int
    tile_height_px: int
    times_s: tuple[Exact, ...]


class Pictures(_Part):
    """Files written into the outputs folder."""

    poster: Poster | None = None
    sprite: Sprite | None = None


class Containment(_Part):
    """Which walls stood around the process that read the file; `inactive` says why not."""

    active: tuple[str, ...] = ()
    inactive: dict[str, str] = {}


class Cost(_Part):
    """What the inspection took."""

    wall_s: float
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None


class Facts(_Part):
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
    measures: dict[str, dict[str, JsonValue]] = {}
    containment: Containment = Containment()
    cost: Cost | None = None

    @model_validator(mode="before")
    @classmethod
    def _every_database_can_keep_it(cls, told: Any) -> Any:
        """Whoever names the file or reports on it: no fact may hold what only SQLite stores."""
        return storable(told)

    def flat(self) -> dict[str, FactValue]:
        """Fact names of rulebooks → values. Seconds and rates are Fractions, levels Decimals.

        `width` and `height` are as shown (after sample aspect and rotation). `has_audio` asks for
        something audible: a silent track is not sound. `fps` is the rate the film keeps (see
        docs/reference/media.md). Of a damaged file, what the missing part could change is absent.
        """
        flat: dict[str, FactValue] = {
            "filename": self.filename,
            "size": self.size_bytes,
            "verdict": self.verdict,
        }
        whole = self.verdict == "readable"
        if self.container is not None:
            flat["container"] = self.container.name
            flat["has_subtitle_track"] = self.container.subtitle_streams > 0
            _put(flat, "faststart", self.container.faststart)
        if self.video is not None:
            flat["video_codec"] = self.video.codec
            flat["rotation"] = self.video.rotation_deg
            if self.video.size_changes == 0:
                flat["width"] = self.video.display_width_px
                flat["height"] = self.video.display_height_px
            _put(flat, "fps", self.video.fps_kept or self.video.fps_average)
            if self.video.frame_rate is not None:
                flat["constant_frame_rate"] = self.video.frame_rate == "constant"
        if self.image is not None:
            flat |= _still(self.image)
        for name in ("pages", "words", "characters", "encrypted") if self.paper else ():
            _put(flat, name, getattr(self.paper, name))
        timed = self.video or self.audio
        if timed is not None and whole:
            _put(flat, "duration", timed.duration_s)
        if self.audio is not None:
            flat["audio_codec"] = self.audio.codec
            flat["audio_channels"] = self.audio.channels
            flat["sample_rate"] = self.audio.sample_rate_hz
            if self.audio.silent is False or (whole and self.audio.silent is not None):
                flat["has_audio"] = not self.audio.silent
            if whole:
                _put(flat, "loudness", _level(self.audio.loudness_lufs))
                _put(flat, "true_peak", _level(self.audio.true_peak_dbtp))
        elif self.container is not None and self.decoding is not None:
            flat["has_audio"] = self.container.audio_streams > 0
        length = flat.get("duration")
        if isinstance(length, Fraction) and length > 0:
            flat["bitrate"] = Fraction(self.size_bytes * 8) / length
        return flat


def _still(image: Image) -> dict[str, FactValue]:
    """A picture's own facts. `dpi` is the lesser of both axes; a print is as wide as its pixels at
    its resolution; `taken` is a day in ISO form."""
    flat: dict[str, FactValue] = {"width": image.width_px, "height": image.height_px}
    if image.dpi_x and image.dpi_y:
        flat["dpi"] = min(image.dpi_x, image.dpi_y)
        flat["print_width"] = Fraction(image.width_px * 254, 10) / image.dpi_x
        flat["print_height"] = Fraction(image.height_px * 254, 10) / image.dpi_y
    for name in ("colour_mode", "bit_depth", "has_exif", "camera"):
        _put(flat, name, getattr(image, name))
    if image.taken is not None:
        flat["taken"] = image.taken.isoformat()
    return flat


def _put(flat: dict[str, FactValue], name: str, value: FactValue | None) -> None:
    if value is not None:
        flat[name] = value


def _level(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}")
