"""One pass over an open film: demux, decode, feed the analysers, report.

Runs inside the limited child process. Results are plain JSON-ready parts of `Facts`, sent as they
become known, so that a film that breaks the process still leaves what was readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fengcai.media.analysers import PICTURE_ANALYSERS
from fengcai.media.analysers.samples import Picture, Scalers
from fengcai.media.analysers.stills import Stills
from fengcai.media.analysers.timing import Timing
from fengcai.media.listening import Listener

_ATTACHED_PICTURE = 0x400
_MOST_ERRORS = 2_000
_TIME_BASE = Fraction(1, 1_000_000)


class Unreadable(Exception):
    """The pass cannot give what was asked; `code` is a key of verdicts.REASONS."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Order:
    """What the parent asks of the child."""

    demuxer: str
    size: int
    mode: str
    threads: int
    picture_pixels: int
    thorough_pixels: int
    pictures: bool


Emit = Callable[[dict[str, Any]], None]
Tell = Callable[[float], None]


def read_film(
    url: str, options: dict[str, str], order: Order, emit: Emit, tell: Tell
) -> dict[str, bytes]:
    """Read the film once; facts go to `emit`, progress (0–1) to `tell`, JPEG files come back."""
    try:
        container = av.open(url, format=order.demuxer, options=options)
    except MemoryError:
        raise
    except (FFmpegError, OSError, ValueError) as problem:
        raise Unreadable("open_failed", str(problem)[:200]) from None
    with container:
        return _Pass(container, order, emit, tell).run()


class _Pass:
    def __init__(self, container: InputContainer, order: Order, emit: Emit, tell: Tell) -> None:
        self._container = container
        self._order = order
        self._emit = emit
        self._tell = tell
        self._errors = 0
        self._first_error: str | None = None
        self._ended_early = False
        self._film = self._first_film()
        self._sound = container.streams.audio[0] if container.streams.audio else None
        self._declared = self._declared_duration()
        self._thorough = self._wants_every_frame()
        self._frames = 0
        self._reached = Fraction(0)
        self._rotation = 0
        self._interlaced: bool | None = None
        self._size = (0, 0)
        self._size_changes = 0
        self._start = 0
        self._last_key: Fraction | None = None
        self._stills = Stills(self._declared)
        self._checks = [make() for make in PICTURE_ANALYSERS]
        self._scalers = Scalers()
        self._listener = Listener()

    def run(self) -> dict[str, bytes]:
        self._emit({"container": self._container_facts()})
        if self._film is None and self._sound is None:
            raise Unreadable("no_streams")
        timing: Timing | None = None
        if self._film is not None:
            self._prepare(self._film)
            timing = Timing(
                Fraction(self._film.time_base or _TIME_BASE),
                _rate(self._film.base_rate) or _rate(self._film.average_rate),
            )
            self._start = self._film.start_time or 0
            self._emit({"video": self._film_facts(self._film, {})})
        self._walk(timing)
        return self._report(timing)

    # -- what the headers say ---------------------------------------------------------------

    def _first_film(self) -> VideoStream | None:
        for stream in self._container.streams.video:
            if not int(stream.disposition) & _ATTACHED_PICTURE:
                return stream
        return None

    def _declared_duration(self) -> Fraction | None:
        stream = self._film or self._sound
        if stream is not None and stream.duration and stream.time_base:
            return stream.duration * Fraction(stream.time_base)
        if self._container.duration:
            return self._container.duration * _TIME_BASE
        return None

    def _wants_every_frame(self) -> bool:
        if self._order.mode != "auto" or self._film is None:
            return self._order.mode != "swift"
        context = self._film.codec_context
        rate = _rate(self._film.average_rate) or Fraction(25)
        frames = max(self._film.frames, int((self._declared or 0) * rate))
        return frames * context.width * context.height <= self._order.thorough_pixels

    def _container_facts(self) -> dict[str, Any]:
        streams = self._container.streams
        duration = self._container.duration
        return {
            "name": self._container.format.name.split(",")[0],
            "duration_s": str(duration * _TIME_BASE) if duration else None,
            "video_streams": len(streams.video),
            "audio_streams": len(streams.audio),
            "subtitle_streams": len(streams.subtitles),
        }

    def _film_facts(self, film: VideoStream, timing: dict[str, Any]) -> dict[str, Any]:
        context = film.codec_context
        aspect = self._aspect(film)
        shown = (max(1, round(context.width * aspect)), context.height)
        if self._rotation % 180:
            shown = shown[1], shown[0]
        return {
            "codec": context.name,
            "profile": film.profile,
            "pixel_format": context.pix_fmt,
            "coded_width_px": context.width,
            "coded_height_px": context.height,
            "rotation_deg": self._rotation,
            "sample_aspect": str(aspect),
            "display_width_px": shown[0],
            "display_height_px": shown[1],
            "interlaced": self._interlaced,
            "size_changes": self._size_changes,
            "frames_declared": film.frames or None,
            "frames_decoded": self._frames,
            **timing,
        }

    def _aspect(self, film: VideoStream) -> Fraction:
        aspect = Fraction(film.sample_aspect_ratio or 1)
        return aspect if aspect > 0 else Fraction(1)

    def _prepare(self, film: VideoStream) -> None:
        try:
            context = film.codec_context
            wide, high = context.width, context.height
        except (FFmpegError, AttributeError, ValueError):
            raise Unreadable("no_decoder", "") from None
        if wide * high > self._order.picture_pixels:
            raise Unreadable("picture_too_large", f"{wide}×{high}")
        if wide <= 0 or high <= 0:
            raise Unreadable("no_frames", "0×0")
        context.thread_count = self._order.threads
        context.thread_type = "AUTO"
        if not self._thorough:
            context.skip_frame = "NONKEY"

    # -- the pass ---------------------------------------------------------------------------

    def _walk(self, timing: Timing | None) -> None:
        wanted = [stream for stream in (self._film, self._sound) if stream is not None]
        told = 0.0
        for packet in self._packets(wanted):
            if self._film is not None and packet.stream is self._film and timing is not None:
                self._film_packet(packet, self._film, timing)
            else:
                self._sound_packet(packet)
            if packet.pos is not None and self._order.size:
                share = packet.pos / self._order.size
                if share - told >= 0.01:
                    told = share
                    self._tell(min(1.0, share))
            if self._errors > _MOST_ERRORS:
                self._ended_early = True
                break
        self._listener.finish()

    def _packets(self, wanted: list[Any]) -> Iterator[Packet[Any]]:
        walk = self._container.demux(*wanted)
        while True:
            try:
                packet = next(walk)
            except StopIteration:
                return
            except MemoryError:
                raise
            except FFmpegError as problem:
                self._count(str(problem))
                self._ended_early = True
                break
            yield packet
        for stream in wanted:
            yield from self._flush(stream)

    def _flush(self, stream: VideoStream | AudioStream) -> Iterator[Packet[Any]]:
        empty: Packet[Any] = Packet()
        empty.stream = stream
        yield empty

    def _film_packet(self, packet: Packet[Any], film: VideoStream, timing: Timing) -> None:
        time = packet.pts if packet.pts is not None else packet.dts
        if packet.size and not packet.is_discard:
            timing.feed(time, packet.duration)
        if packet.is_corrupt:
            self._count("packet cut short")
        if not self._thorough and packet.size and not self._worth_decoding(packet, time):
            return
        for frame in self._decoded(packet):
            if isinstance(frame, VideoFrame):
                self._see(frame, film)

    def _worth_decoding(self, packet: Packet[Any], time: int | None) -> bool:
        """Swift mode: keyframes, at most one per tile step (an all-intra film has too many)."""
        if not packet.is_keyframe:
            return False
        at = self._since_start(time)
        if self._last_key is not None and at - self._last_key < self._stills.step:
            return False
        self._last_key = at
        return True

    def _since_start(self, time: int | None) -> Fraction:
        base = self._film.time_base if self._film is not None else None
        return max(Fraction(0), ((time or 0) - self._start) * Fraction(base or _TIME_BASE))

    def _see(self, frame: VideoFrame, film: VideoStream) -> None:
        if frame.width * frame.height > self._order.picture_pixels:
            raise Unreadable("picture_too_large", f"{frame.width}×{frame.height}")
        if frame.is_corrupt:
            self._count("frame decoded with errors")
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
        if not self._stills.wants(at):
            return
        picture = Picture(frame, at, self._aspect(film), self._scalers)
        self._stills.feed(picture)
        for check in self._checks:
            check.feed(picture)

    def _sound_packet(self, packet: Packet[Any]) -> None:
        for frame in self._decoded(packet):
            if isinstance(frame, AudioFrame):
                self._listener.hear(frame)

    def _decoded(self, packet: Packet[Any]) -> list[Any]:
        try:
            return list(packet.decode())
        except MemoryError:
            raise
        except EOFError:
            return []
        except FFmpegError as problem:
            self._count(str(problem))
            return []

    def _count(self, what: str) -> None:
        self._errors += 1
        self._first_error = self._first_error or what[:200]

    # -- the answer -------------------------------------------------------------------------

    def _report(self, timing: Timing | None) -> dict[str, bytes]:
        measured = timing.result() if timing is not None else {}
        files: dict[str, bytes] = {}
        part: dict[str, Any] = {}
        duration = Fraction(measured["duration_s"]) if "duration_s" in measured else None
        if self._film is not None and timing is not None:
            measured["frames_found"] = timing.count
            part["video"] = self._film_facts(self._film, measured)
        if self._sound is not None:
            part["audio"] = self._sound_facts(self._sound)
        part["measures"] = {c.name: r for c in self._checks if (r := c.result())}
        part["decoding"] = self._decoding(duration, measured)
        if self._film is not None and self._frames and self._order.pictures:
            part["pictures"], files = self._stills.result(duration)
        self._emit(part)
        if self._film is not None and self._frames == 0:
            raise Unreadable("no_frames", self._first_error or "")
        return files

    def _sound_facts(self, sound: AudioStream) -> dict[str, Any]:
        context = sound.codec_context
        return {
            "codec": context.name,
            "profile": sound.profile,
            "channels": context.channels,
            "layout": context.layout.name,
            "sample_rate_hz": context.sample_rate,
            **self._listener.result(),
        }

    def _decoding(self, duration: Fraction | None, measured: dict[str, Any]) -> dict[str, Any]:
        gap = Fraction(measured.get("interval_max_s", 0)) or Fraction(1, 25)
        if self._film is None:
            reached: Fraction | None = self._listener.duration
        elif self._thorough:
            reached = self._reached + gap if self._frames else Fraction(0)
        else:
            reached = duration
        declared = self._declared
        if declared is not None and reached is not None:
            # A header may round, and a stream may start late, by a few frames.
            complete = declared - reached <= max(Fraction(1, 2), 3 * gap)
            reached = min(reached, declared)
        else:
            complete = not self._ended_early
        return {
            "mode": "thorough" if self._thorough else "swift",
            "errors": self._errors,
            "first_error": self._first_error,
            "to_the_end": complete and not self._ended_early,
            "reached_s": None if reached is None else str(reached),
            "declared_s": None if declared is None else str(declared),
        }


def _rate(value: Fraction | None) -> Fraction | None:
    return Fraction(value) if value and value > 0 else None
