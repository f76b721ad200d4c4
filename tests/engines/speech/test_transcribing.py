"""Speech to text against a service of our own: one request a piece, limits, and nothing trusted."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator

import pytest

from fengcai.engines.speech import Endpoint, Segment, SpeechFailed, transcribe
from tests.engines.speech.fake import Service, segment, service, verbose

TWO_SECONDS = bytes(2 * 2 * 16_000)


@pytest.fixture
def far() -> Iterator[Service]:
    with service() as made:
        yield made


def test_one_request_with_the_sound_the_key_and_the_form(far: Service) -> None:
    samples = b"\x01\x02" * 32_000
    far.answers = [(200, {}, verbose(segment(0.0, 1.25, " 用心守护。"), segment(1.25, 1.9, "好")))]
    assert transcribe(far.endpoint, samples) == (
        Segment(0.0, 1.25, "用心守护。"),
        Segment(1.25, 1.9, "好"),
    )
    (asked,) = far.asked
    assert (asked.path, asked.key) == ("/v1/audio/transcriptions", "Bearer key")
    sound = asked.fields.pop("file")
    assert asked.fields == {
        "model": b"whisper-1", "language": b"zh", "temperature": b"0",
        "response_format": b"verbose_json", "timestamp_granularities[]": b"segment",
    }  # fmt: skip
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        assert file.readframes(file.getnframes()) == samples


def test_without_a_key_none_is_sent_and_none_is_shown(far: Service) -> None:
    transcribe(Endpoint(far.url, "m"), TWO_SECONDS)
    assert far.asked[0].key == ""
    assert "key" not in repr(far.endpoint)


def test_a_service_without_times_gives_one_segment(far: Service) -> None:
    far.answers = [(200, {}, json.dumps({"text": "一句话"}).encode())]
    assert transcribe(far.endpoint, TWO_SECONDS) == (Segment(0.0, 2.0, "一句话"),)


@pytest.mark.parametrize(
    "doubt",
    [{"no_speech_prob": 0.9, "avg_logprob": -1.5}, {"compression_ratio": 3.0}],
)
def test_what_the_model_heard_in_silence_is_left_out(far: Service, doubt: dict[str, float]) -> None:
    said = segment(0, 1, "谢谢观看", **doubt)
    far.answers = [(200, {}, verbose(said, segment(1, 2, "查房")))]
    assert transcribe(far.endpoint, TWO_SECONDS) == (Segment(1.0, 2.0, "查房"),)


def test_times_stay_within_the_piece_and_texts_are_clean(far: Service) -> None:
    far.answers = [
        (200, {}, verbose(
            segment(5, 99, "晚"), segment(-3, 1e300, "早\x00\n 的"), segment(1, 0.5, "反"),
            segment(0, 1, " \t "), segment(1.5, 2, "长" * 5000),
        ))
    ]  # fmt: skip
    assert transcribe(far.endpoint, TWO_SECONDS) == (
        Segment(0.0, 2.0, "早 的"),
        Segment(1.0, 1.0, "反"),
        Segment(1.5, 2.0, "长" * 2000),
        Segment(2.0, 2.0, "晚"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"not json", b"[]", b"3", b"null", b"{}", b"[" * 100_000, b'{"segments": 5}', b'{"text": 7}',
        b'{"segments": [{"start": 0, "end": 1}]}', b'{"segments": ["a"]}',
        b'{"segments": [{"start": NaN, "end": 1, "text": "a"}]}',
        b'{"segments": [{"start": 0, "end": 1e999, "text": "a"}]}',
        b'{"segments": [{"start": 0, "end": 1, "text": ["a"]}]}', b"\xff\xfe\x00",
        b'{"segments": {"a": 1}}', b'{"segments": [{"start": 1' + b"0" * 5000 + b', "end": 1, "text": "a"}]}',
    ],
)  # fmt: skip
def test_an_answer_of_another_form_is_one_sentence(far: Service, body: bytes) -> None:
    far.answers = [(200, {}, body)]
    with pytest.raises(SpeechFailed, match="不是约定的格式") as raised:
        transcribe(far.endpoint, TWO_SECONDS)
    assert not raised.value.passing


@pytest.mark.parametrize(
    ("status", "headers", "sentence", "passing", "after"),
    [
        (401, {}, "答复 401：密钥不对", False, None),
        (403, {}, "答复 403：密钥不对", False, None),
        (404, {}, "答复 404。请检查 FENGCAI_SPEECH_URL", False, None),
        (413, {}, "答复 413：它不收", False, None),
        (302, {"Location": "http://127.0.0.1:9/elsewhere"}, "答复 302", False, None),
        (429, {"Retry-After": "30"}, "答复 429", True, 30.0),
        (429, {"Retry-After": "999999"}, "答复 429", True, 3600.0),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, "答复 429", True, None),
        (429, {"Retry-After": "-5"}, "答复 429", True, None),
        (500, {}, "答复 500", True, None),
        (503, {"Retry-After": "2"}, "答复 503", True, 2.0),
    ],
)
def test_a_refusal_says_whether_to_try_again(
    far: Service, status: int, headers: dict[str, str], sentence: str, passing: bool, after: float
) -> None:
    far.answers = [(status, headers, b"secret words of theirs")]
    with pytest.raises(SpeechFailed, match=sentence) as raised:
        transcribe(far.endpoint, TWO_SECONDS)
    assert (raised.value.passing, raised.value.after_s) == (passing, after)
    assert "secret" not in str(raised.value)


def test_an_answer_without_end_is_cut(far: Service) -> None:
    far.answers = [(200, {}, b" " * (1024**2 + 1))]
    with pytest.raises(SpeechFailed, match="答复过长"):
        transcribe(far.endpoint, TWO_SECONDS)


def test_a_service_that_says_nothing_is_left(far: Service) -> None:
    far.hold.clear()
    with pytest.raises(SpeechFailed, match="连不上语音接口（ReadTimeout）") as raised:
        transcribe(Endpoint(far.url, "m", timeout=0.2), TWO_SECONDS)
    assert raised.value.passing


@pytest.mark.parametrize(
    ("url", "passing"),
    [("http://127.0.0.1:9/v1", True), ("http://[bad/v1", True), ("ftp://127.0.0.1/v1", False)],
)
def test_a_service_that_is_not_there(url: str, passing: bool) -> None:
    with pytest.raises(SpeechFailed, match="连不上语音接口") as raised:
        transcribe(Endpoint(url, "m", timeout=2), TWO_SECONDS)
    assert raised.value.passing is passing
