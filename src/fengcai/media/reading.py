"""Looking at an open film: its packets first, then its pictures, fed to the checks of `film`.

Runs inside a limited child process. Results are plain JSON-ready parts of `Facts`, sent as they
become known, so that a film that breaks the process still leaves what was readable.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.film import registry as room
from fengcai.media.film.stills import Stills
from fengcai.media.film.timing import Timing
from fengcai.media.film.windows import Window, windows
from fengcai.media.opening import (
    MICROSECOND,
    Emit,
    Faults,
    Order,
    Tell,
    declared_duration,
    decoded,
    film_of,
    open_input,
    packets,
    sound_of,
)
from fengcai.media.reach import how_far
from fengcai.media.samples import Picture, Scalers
from fengcai.media.tolerance import Together
from fengcai.media.verdicts import Unreadable

MOST_SAMPLES = 1200
MOST_WAIT_S = Fraction(1, 5)
LEAST_PIXELS = 640 * 360
"""What a smaller picture counts for: looking at it costs nearly as much."""
MOST_IN_WINDOWS = 6_000
"""Swift mode: so many frames and no more, however densely a film claims that they follow each other."""
ROOM_PICTURES = 4
"""Where not even as many pictures would fit, a film was not decoded for lack of memory."""

Show = Callable[[Picture], None]
"""Hands a picture on to be read; blocks while the reader is busy."""


def read_film(order: Order, emit: Emit, tell: Tell, show: Show | None) -> dict[str, bytes]:
    """Read the film once; facts go to `emit`, progress (0–1) to `tell`, pictures worth reading to
    `show`; the output files come back. Sound is another process's."""
    with open_input(order) as container:
        streams = container.streams
        duration = container.duration
        facts = {
            "name": container.format.name.split(",")[0],
            "duration_s": str(duration * MICROSECOND) if duration else None,
            "video_streams": len(streams.video),
            "audio_streams": len(streams.audio),
            "subtitle_streams": len(streams.subtitles),
        }
        emit({"container": facts})
        film = film_of(container)
        if film is None and sound_of(container) is None:
            raise Unreadable("no_streams")
        if film is None:
            return {}
        looking = _Looking(container, film, order, emit, tell, show)
        looking.survey()
    # Read again from the beginning: not every container can seek.
    with open_input(order) as container:
        film = film_of(container)
        if film is None:
            raise Unreadable("no_streams")
        return looking.look(container, film)


class _Looking:
    def __init__(
        self,
        container: InputContainer,
        film: VideoStream,
        order: Order,
        emit: Emit,
        tell: Tell,
        show: Show | None,
    ) -> None:
        self._container, self._film = container, film
        self._order = order
        self._emit, self._tell, self._show = emit, tell, show
        self._faults = Faults()
        self._declared = declared_duration(container, film)
        self._has_sound = sound_of(container) is not None
        self._base = Fraction(film.time_base or MICROSECOND)
        self._frames = 0
        self._reached = Fraction(0)
        self._rotation = 0
        self._interlaced: bool | None = None
        self._size = (0, 0)
        self._size_changes = 0
        self._start = 0
        self._timing = Timing(self._base, _rate(film.base_rate) or _rate(film.average_rate))
        self._windows: tuple[Window, ...] = ()
        self._window = 0
        self._in_window = False
        self._next_sample = Fraction(0)
        self._scalers = Scalers()

    # -- what the headers and the packets say -----------------------------------------------

    def survey(self) -> None:
        """Times, sizes and keyframes of every packet; nothing is decoded."""
        film = self._film
        self._refuse_hopeless(film)
        self._emit({"video": self._film_facts(film, {})})
        self._start = film.start_time or 0
        times, sizes, keys = array("q"), array("q"), array("b")
        told = 0.0
        for packet in packets(self._container, film, self._faults):
            time = packet.pts if packet.pts is not None else packet.dts
            if packet.size and not packet.is_discard:
                self._timing.feed(time, packet.duration)
                if time is not None and len(times) < Timing.MOST_FRAMES:
                    times.append(time)
                    sizes.append(packet.size)
                    keys.append(packet.is_keyframe)
            told = self._advance(packet, told, 0.0, 0.05)
        # What a damaged file did to the survey, it will do to the looking: counted there, once.
        self._faults = Faults()
        self._measured = self._timing.result()
        duration = self._measured.get("duration_s")
        self._duration = Fraction(duration) if duration else None
        self._thorough = self._wants_every_frame(film)
        width, height = self._shown_size(film)
        kept = self._measured.get("fps_kept")
        self.header = Film(
            width_px=width,
            height_px=height,
            fps=Fraction(kept) if kept else None,
            duration_s=self._duration,
            codec=film.codec_context.codec.canonical_name,
            pixel_format=film.codec_context.pix_fmt,
            thorough=self._thorough,
            has_sound=self._has_sound,
            packet_times_s=np.float64(self._base)
            * (_whole_numbers(times) - self._start).astype(np.float64),
            packet_bytes=_whole_numbers(sizes),
            packet_keys=np.frombuffer(keys, dtype=np.int8).astype(bool)
            if keys
            else np.zeros(0, bool),
        )
        if not self._thorough:
            self._windows = windows(self.header)
        self._step = _sample_step(self._duration)
        self._stills = Stills(self._declared)
        checks = [make(self.header) for make in room.CHECKS]
        self._checks = Together(checks)
        self._runners = [c for c in checks if type(c).run is not PictureCheck.run]
        self._samplers = [c for c in checks if type(c).sample is not PictureCheck.sample]

    def _refuse_hopeless(self, film: VideoStream) -> None:
        try:
            context = film.codec_context
            wide, high = context.width, context.height
        except (FFmpegError, AttributeError, ValueError):
            raise Unreadable("no_decoder", "") from None
        if wide * high > self._order.picture_pixels:
            raise Unreadable("picture_too_large", f"{wide}×{high}")
        if wide <= 0 or high <= 0:
            raise Unreadable("no_frames", "0×0")

    def _wants_every_frame(self, film: VideoStream) -> bool:
        if self._order.mode != "auto":
            return self._order.mode != "swift"
        context = film.codec_context
        frames = max(film.frames, self._timing.count)
        picture = max(LEAST_PIXELS, context.width * context.height)
        return frames * picture <= self._order.thorough_pixels

    def _shown_size(self, film: VideoStream) -> tuple[int, int]:
        context = film.codec_context
        shown = max(1, round(context.width * _aspect(film))), context.height
        return (shown[1], shown[0]) if self._rotation % 180 else shown

    def _film_facts(self, film: VideoStream, timing: dict[str, Any]) -> dict[str, Any]:
        context = film.codec_context
        width, height = self._shown_size(film)
        return {
            "codec": context.codec.canonical_name,
            "profile": film.profile,
            "pixel_format": context.pix_fmt,
            "coded_width_px": context.width,
            "coded_height_px": context.height,
            "rotation_deg": self._rotation,
            "sample_aspect": str(_aspect(film)),
            "display_width_px": width,
            "display_height_px": height,
            "interlaced": self._interlaced,
            "size_changes": self._size_changes,
            "frames_declared": film.frames or None,
            "frames_decoded": self._frames,
            **timing,
        }

    def _advance(self, packet: Packet[Any], told: float, start: float, share: float) -> float:
        """Tell how far the file was read; the survey takes the first twentieth of the bar."""
        if packet.pos is not None and self._order.size:
            now = start + share * min(1.0, packet.pos / self._order.size)
            if now - told >= 0.01:
                self._tell(now)
                return now
        return told

    # -- the pictures -----------------------------------------------------------------------

    def look(self, container: InputContainer, film: VideoStream) -> dict[str, bytes]:
        """Decode what this mode decodes, feed the checks, report."""
        self._film = film
        context = film.codec_context
        context.thread_count = self._order.threads
        context.thread_type = "AUTO"
        context.options = {"skip_loop_filter": "noref"}
        told = 0.05
        for packet in packets(container, film, self._faults):
            self._take(packet)
            told = self._advance(packet, told, 0.05, 0.95)
            if self._faults.too_many:
                self._faults.ended_early = True
                break
        return self._report()

    def _take(self, packet: Packet[Any]) -> None:
        if packet.is_corrupt:
            self._faults.note("packet cut short")
        if packet.size and not self._thorough and not self._worth_decoding(packet):
            return
        for frame in decoded(packet, self._faults):
            if isinstance(frame, VideoFrame):
                self._see(frame)

    def _worth_decoding(self, packet: Packet[Any]) -> bool:
        """Swift mode: whole windows, and keyframes at sample steps (an all-intra film has many)."""
        time = packet.pts if packet.pts is not None else packet.dts
        at = self._since_start(time)
        while self._window < len(self._windows) and at > self._windows[self._window].to_s + 1:
            self._window += 1
            self._in_window = False
        if self._window < len(self._windows) and self._frames < MOST_IN_WINDOWS:
            window = self._windows[self._window]
            if packet.is_keyframe:
                self._in_window = window.from_s - 0.001 <= at <= window.to_s
            if self._in_window and at <= window.to_s:
                return True
        return packet.is_keyframe and at >= self._next_sample

    def _since_start(self, time: int | None) -> Fraction:
        return max(Fraction(0), ((time or 0) - self._start) * self._base)

    def _see(self, frame: VideoFrame) -> None:
        if frame.width * frame.height > self._order.picture_pixels:
            raise Unreadable("picture_too_large", f"{frame.width}×{frame.height}")
        if frame.is_corrupt:
            self._faults.note("frame decoded with errors")
        if self._frames == 0:
            self._rotation = -round(frame.rotation / 90) * 90 % 360
            self._interlaced = frame.interlaced_frame
            self._size = frame.width, frame.height
        elif self._size != (frame.width, frame.height):
            self._size_changes += 1
            self._size = frame.width, frame.height
        self._frames += 1
        at = self._since_start(frame.pts) if frame.pts is not None else self._reached
        self._reached = max(self._reached, at)
        picture = Picture(frame, at, _aspect(self._film), self._scalers)
        first = self._begins_stretch(at)
        if first is not None:
            self._checks.feed(lambda check: check.run(picture, first=first), self._runners)
        if at >= self._next_sample and self._finished(frame, at):
            self._next_sample = at + self._step
            self._checks.feed(lambda check: check.sample(picture), self._samplers)
            if self._show is not None:
                self._show(picture)
        if self._stills.wants(at):
            self._stills.feed(picture)

    def _finished(self, frame: VideoFrame, at: Fraction) -> bool:
        """Frames on which no other builds come without the filter that hides the edges of their blocks,
        which saves a twentieth of the decoding: what is looked at on its own is another one, if soon one comes."""
        return frame.pict_type != PictureType.B or at >= self._next_sample + MOST_WAIT_S

    def _begins_stretch(self, at: Fraction) -> bool | None:
        """Whether a stretch of whole frames begins with this one; None outside of any."""
        if self._thorough:
            return self._frames == 1
        for index, window in enumerate(self._windows):
            if window.from_s - 0.001 <= at <= window.to_s:
                began = index != self._stretch
                self._stretch = index
                return began
        return None

    _stretch = -1

    # -- the answer -------------------------------------------------------------------------

    def _report(self) -> dict[str, bytes]:
        timing = {**self._measured, "frames_found": self._timing.count}
        part: dict[str, Any] = {"video": self._film_facts(self._film, timing)}
        part["measures"], files = self._checks.results()
        part["decoding"] = self._decoding()
        if self._frames and self._order.pictures:
            part["pictures"], stills = self._stills.result(self._duration)
            files |= stills
        self._emit(part)
        if self._frames == 0:
            self._ask_for_room()
            raise Unreadable("no_frames", self._faults.first or "")
        return files

    def _ask_for_room(self) -> None:
        """Some decoders call their lack of memory "invalid data". Raises MemoryError."""
        context = self._film.codec_context
        np.empty(ROOM_PICTURES * context.width * context.height * 3 // 2, np.uint8)

    def _decoding(self) -> dict[str, Any]:
        gap = Fraction(self._measured.get("interval_max_s", 0)) or Fraction(1, 25)
        if self._thorough:
            reached: Fraction | None = self._reached + gap if self._frames else Fraction(0)
        else:
            reached = self._duration
        return {
            "mode": "thorough" if self._thorough else "swift",
            **how_far(self._faults, self._declared, reached, gap),
        }


def _whole_numbers(kept: array[int]) -> NDArray[np.int64]:
    """The 64-bit numbers of an array, which may be empty."""
    return np.array(kept, dtype=np.int64)


def _sample_step(duration: Fraction | None) -> Fraction:
    """A quarter of a second in short films, a second in usual ones, more in very long ones."""
    length = duration or Fraction(0)
    return max(Fraction(1, 4), min(Fraction(1), length / 120), length / MOST_SAMPLES)


def _aspect(film: VideoStream) -> Fraction:
    aspect = Fraction(film.sample_aspect_ratio or 1)
    return aspect if aspect > 0 else Fraction(1)


def _rate(value: Fraction | None) -> Fraction | None:
    return Fraction(value) if value and value > 0 else None
