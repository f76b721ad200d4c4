"""What the headers and the reading of one file told: container, streams, picture, paper, costs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from fengcai.media.facts.exact import Exact, Part


class Container(Part):
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


class Video(Part):
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


class Audio(Part):
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
    errors: int = 0


class Image(Part):
    """A still picture, measured from its header only. Sizes as shown, after EXIF orientation."""

    format: str
    width_px: int
    height_px: int
    dpi_x: Exact | None = None
    dpi_y: Exact | None = None
    colour_mode: str | None = None
    bit_depth: int | None = None
    animated: bool | None = None
    has_exif: bool | None = None
    camera: str | None = None
    taken: date | None = None


class Paper(Part):
    """A text or document: pages, and words as Chinese offices count them (see `papers`).

    `format` is pdf, docx, txt or what was sniffed; what could not be counted is None.
    """

    format: str
    pages: int | None = None
    words: int | None = None
    characters: int | None = None
    encrypted: bool | None = None


class Decoding(Part):
    """How the file was read: every frame (thorough), or keyframes and packet times (swift)."""

    mode: Literal["swift", "thorough"]
    errors: int = 0
    first_error: str | None = None
    to_the_end: bool
    reached_s: Exact | None = None
    declared_s: Exact | None = None


class Poster(Part):
    """One upright frame that stands for the film."""

    file: str
    width_px: int
    height_px: int
    time_s: Exact


class Sprite(Part):
    """Tiles in reading order, `columns` a row; `times_s[i]` is the moment of tile i."""

    file: str
    columns: int
    rows: int
    tile_width_px: int
    tile_height_px: int
    times_s: tuple[Exact, ...]


class Pictures(Part):
    """Files written into the outputs folder."""

    poster: Poster | None = None
    sprite: Sprite | None = None


class Containment(Part):
    """Which walls stood around the process that read the file; `inactive` says why not."""

    active: tuple[str, ...] = ()
    inactive: dict[str, str] = {}


class Cost(Part):
    """What the inspection took."""

    wall_s: float
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
