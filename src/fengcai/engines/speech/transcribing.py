"""One piece of sound to an OpenAI-compatible endpoint: `POST …/audio/transcriptions`, multipart.

A limit stands on everything: time, size of the answer, number, length and times of segments.
Redirects are not followed. Whether to try again is said with the failure; nothing is tried again here.
"""

from __future__ import annotations

import io
import json
import math
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

SAMPLE_RATE = 16_000
MOST_ANSWER = 1024**2
MOST_SEGMENTS = 500
MOST_TEXT = 2_000
MOST_WAIT_S = 3600.0

# What Whisper's own code takes for silence, and for text that repeats itself without anybody speaking.
_SILENT, _UNSURE, _REPEATING = 0.6, -1.0, 2.4


class SpeechFailed(Exception):
    """There is no text; one Chinese sentence and what to do.

    `passing`: another try may succeed; `after_s`: not before so many seconds.
    """

    def __init__(self, text: str, *, passing: bool, after_s: float | None = None) -> None:
        super().__init__(text)
        self.passing = passing
        self.after_s = after_s


@dataclass(frozen=True)
class Endpoint:
    """Where to ask: `url` up to and including /v1, the model's name, and a key that may be empty."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 180.0


@dataclass(frozen=True)
class Segment:
    """What was said, from and to in seconds of the piece."""

    from_s: float
    to_s: float
    text: str


def transcribe(endpoint: Endpoint, samples: bytes, *, language: str = "zh") -> tuple[Segment, ...]:
    """The speech of one piece, in the order of time; none where nobody speaks.

    `samples` are 16-bit little-endian numbers, one channel, 16 000 a second. Raises SpeechFailed.
    """
    length = len(samples) / 2 / SAMPLE_RATE
    form = {
        "model": endpoint.model,
        "language": language,
        "temperature": "0",
        "response_format": "verbose_json",
        "timestamp_granularities[]": "segment",
    }
    sound = {"file": ("speech.wav", _wave(samples), "audio/wav")}
    return tuple(_segments(_post(endpoint, form, sound), length))


def _wave(samples: bytes) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples)
    return made.getvalue()


def _post(endpoint: Endpoint, form: dict[str, str], sound: dict[str, Any]) -> bytes:
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    address = f"{endpoint.url.rstrip('/')}/audio/transcriptions"
    until = time.monotonic() + endpoint.timeout
    try:
        with (
            httpx.Client(timeout=endpoint.timeout, follow_redirects=False) as client,
            client.stream("POST", address, data=form, files=sound, headers=headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise _refused(answer)
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_ANSWER:
                    raise SpeechFailed(
                        "语音接口的答复过长，没有采用。请换一个模型。", passing=False
                    )
                if time.monotonic() > until:
                    raise SpeechFailed("语音接口太久没有答完。", passing=True)
            return bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SpeechFailed(
            f"连不上语音接口（{type(error).__name__}）。请检查 FENGCAI_SPEECH_URL。",
            passing=not isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol),
        ) from error


def _refused(answer: httpx.Response) -> SpeechFailed:
    status = answer.status_code
    said = f"语音接口答复 {status}"
    if status in (401, 403):
        return SpeechFailed(
            f"{said}：密钥不对或没有权限。请检查 FENGCAI_SPEECH_KEY。", passing=False
        )
    if status == 413:
        return SpeechFailed(f"{said}：它不收这么长的一段声音。请调大它的上限。", passing=False)
    if status == 429 or status >= 500:
        return SpeechFailed(
            f"{said}，过一会儿再试。",
            passing=True,
            after_s=_wait(answer.headers.get("Retry-After")),
        )
    return SpeechFailed(
        f"{said}。请检查 FENGCAI_SPEECH_URL 和 FENGCAI_SPEECH_MODEL。", passing=False
    )


def _wait(told: str | None) -> float | None:
    """Retry-After in seconds, where it is a number that can be meant; a date is passed over."""
    if told is None or not told.strip().isascii() or not told.strip().isdecimal():
        return None
    return min(MOST_WAIT_S, float(told.strip()[:9]))


def _segments(body: bytes, length: float) -> Iterator[Segment]:
    """What was said, each within the piece and after the one before. Raises SpeechFailed."""
    try:
        answer = json.loads(body)
        told = answer.get("segments")
        if told is None:  # an endpoint that knows no times: one segment for the piece
            told = [{"start": 0.0, "end": length, "text": answer["text"]}]
        rows = [_row(each) for each in told[:MOST_SEGMENTS] if _spoken(each)]
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise SpeechFailed(
            "语音接口的答复不是约定的格式，没有采用。请换一个模型，或留空 FENGCAI_SPEECH_URL。",
            passing=False,
        ) from error
    for start, end, text in sorted(rows):
        begins = min(max(0.0, start), length)
        ends = min(max(begins, end), length)
        if text:
            yield Segment(round(begins, 3), round(ends, 3), text)


def _row(told: dict[str, Any]) -> tuple[float, float, str]:
    start, end, text = float(told["start"]), float(told["end"]), told["text"]
    if not math.isfinite(start) or not math.isfinite(end) or not isinstance(text, str):
        raise ValueError("a segment without a time or a text")
    # Characters that a database or a terminal would choke on say nothing.
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return start, end, " ".join(printable.split())[:MOST_TEXT]


def _spoken(told: dict[str, Any]) -> bool:
    """Whether the model believes that somebody speaks there; True where it does not say."""
    silent = _number(told.get("no_speech_prob"), 0.0) > _SILENT
    unsure = _number(told.get("avg_logprob"), 0.0) < _UNSURE
    repeating = _number(told.get("compression_ratio"), 0.0) > _REPEATING
    return not ((silent and unsure) or repeating)


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
