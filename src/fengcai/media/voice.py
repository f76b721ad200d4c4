"""The sound of a file for somebody who writes speech down: 16 kHz, one channel, in bounded pieces.

Reading happens in a limited child like every other reading; what comes of it lies in a file of the
caller, at most three hours of it, and is cut where it is quiet. Nothing is heard or judged here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from fengcai.media import processes
from fengcai.media.limits import Limits
from fengcai.media.processes import Progress, Task
from fengcai.media.sniff import HEAD_BYTES, sniff

RATE_HZ = 16_000
SAMPLE_BYTES = 2
MOST_S = 3 * 3600
PIECE_S = 60
_CUT_WITHIN_S = 10
_QUIET_S = 0.2
_SILENT = 10 ** (-60 / 20) * 2**15
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Taken:
    """How the reading went: seconds of sound that lie in the file, and a reason code of
    `verdicts.REASONS` where it ended early ("" where it did not)."""

    seconds: float
    failure: str


@dataclass(frozen=True)
class Piece:
    """Sound that belongs together. `samples`: 16-bit little-endian, one channel, 16 kHz."""

    from_s: float
    samples: bytes

    @property
    def silent(self) -> bool:
        """Whether nothing in it is louder than −60 dB of full scale."""
        wave = np.frombuffer(self.samples, "<i2").astype(np.int32)
        return not wave.size or float(np.abs(wave).max()) < _SILENT


def take_voice(
    path: Path,
    spool: IO[bytes],
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
    most_s: float = MOST_S,
) -> Taken:
    """Write the sound of the file at `path` into `spool`, at most `most_s` seconds (32 kB each).

    `progress(share, text)` is called from this thread; what it raises ends the child and passes
    through. Raises OSError for a file that cannot be opened, or a spool that takes no more.
    """
    limits = limits or Limits()
    with path.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
        if found.demuxer is None:
            return Taken(0.0, "no_streams")
        order = {
            "film": {
                "demuxer": found.demuxer,
                "size": os.fstat(file.fileno()).st_size,
                "mode": "thorough",
                "threads": 1,
                "picture_pixels": limits.picture_pixels,
                "thorough_pixels": 0,
                "pictures": False,
            },
        }
        read, written = os.pipe()
        spooling = _Spooling(read, spool, int(most_s * RATE_HZ) * SAMPLE_BYTES)
        spooling.start()
        try:
            report = processes.run(
                file,
                [Task("voice", order, written)],
                limits,
                lambda share: progress(share, "正在取出声音") if progress else None,
            )["voice"]
        finally:
            # Every writer is gone by now, so the pipe has an end.
            spooling.join()
    if spooling.problem is not None:
        raise spooling.problem
    failure = "" if spooling.full else report.failure or ""
    return Taken(spooling.taken / SAMPLE_BYTES / RATE_HZ, failure)


class _Spooling(threading.Thread):
    """Takes from the pipe what the child gives, up to a bound; then the child finds nobody there."""

    def __init__(self, pipe: int, spool: IO[bytes], most: int) -> None:
        super().__init__(name="fengcai-voice", daemon=True)
        self.taken = 0
        self.full = False
        self.problem: OSError | None = None
        self._pipe, self._spool, self._most = pipe, spool, most

    def run(self) -> None:
        try:
            while chunk := os.read(self._pipe, min(_CHUNK, self._most - self.taken)):
                self._spool.write(chunk)
                self.taken += len(chunk)
                if self.taken >= self._most:
                    self.full = True
                    return
            self._spool.flush()
        except OSError as problem:  # a full disk
            self.problem = problem
        finally:
            os.close(self._pipe)


def pieces(spool: IO[bytes], *, piece_s: float = PIECE_S) -> Iterator[Piece]:
    """The sound in pieces of at most `piece_s` seconds, cut at the quietest fifth of a second of their
    last ten, so that no word is cut that need not be. Reads from the beginning."""
    spool.seek(0)
    most = int(piece_s * RATE_HZ)
    at, left = 0, b""
    while True:
        left += spool.read((most * SAMPLE_BYTES) - len(left))
        count = len(left) // SAMPLE_BYTES
        if not count:
            return
        end = count if count < most else _cut(np.frombuffer(left, "<i2", count))
        yield Piece(at / RATE_HZ, left[: end * SAMPLE_BYTES])
        at += end
        left = left[end * SAMPLE_BYTES :]


def _cut(wave: np.ndarray[tuple[int], np.dtype[np.int16]]) -> int:
    """Behind the middle of the quietest stretch near the end."""
    step = int(_QUIET_S * RATE_HZ)
    span = min(len(wave) // 2, _CUT_WITHIN_S * RATE_HZ) // step
    if not span:
        return len(wave)
    begin = len(wave) - span * step
    energy = (wave[begin:].astype(np.float64) ** 2).reshape(span, step).sum(axis=1)
    return begin + int(energy.argmin()) * step + step // 2
