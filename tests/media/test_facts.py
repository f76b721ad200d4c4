from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError

from fengcai.media import FACTS_VERSION, Facts
from fengcai.media.facts import Audio, Container, Decoding, Measure, Pictures, Poster, Sprite, Video

pytestmark = pytest.mark.media

WHOLE = Facts(
    filename="a.mp4",
    size_bytes=1000,
    sha256="00",
    kind="video",
    verdict="readable",
    container=Container(name="mp4", duration_s=Fraction(10), video_streams=1, audio_streams=1),
    video=Video(
        codec="h264",
        coded_width_px=1440,
        coded_height_px=1080,
        sample_aspect=Fraction(4, 3),
        display_width_px=1920,
        display_height_px=1080,
        fps_nominal=Fraction(30000, 1001),
        fps_average=Fraction(30000, 1001),
        fps_kept=Fraction(30000, 1001),
        frame_rate="constant",
        duration_s=Fraction(1001, 100),
    ),
    audio=Audio(
        codec="aac",
        channels=2,
        layout="stereo",
        sample_rate_hz=48000,
        loudness_lufs=-20.2,
        true_peak_dbtp=-1.0,
        silent=False,
    ),
    decoding=Decoding(mode="thorough", to_the_end=True),
    pictures=Pictures(
        poster=Poster(file="poster.jpg", width_px=960, height_px=540, time_s=Fraction(1, 3)),
        sprite=Sprite(
            file="sprite.jpg",
            columns=5,
            rows=1,
            tile_width_px=160,
            tile_height_px=90,
            times_s=(Fraction(1, 25), Fraction(2, 25)),
        ),
    ),
    measures={"brightness": Measure(method="m", answer="clear", values={"mean_luma": 100.5})},
)


def test_facts_survive_json_exactly():
    assert Facts.model_validate_json(WHOLE.model_dump_json()) == WHOLE
    assert Facts.model_validate(WHOLE.model_dump(mode="json")) == WHOLE
    assert WHOLE.model_dump(mode="json")["video"]["fps_kept"] == "30000/1001"
    assert WHOLE.version == FACTS_VERSION == 3


def test_facts_are_frozen_and_closed():
    with pytest.raises(ValidationError):
        WHOLE.filename = "b.mp4"
    with pytest.raises(ValidationError):
        Facts.model_validate({**WHOLE.model_dump(mode="json"), "opinion": "good"})
    with pytest.raises(ValidationError):
        Video.model_validate({**WHOLE.video.model_dump(mode="json"), "fps_kept": 29.97})


def test_flat_gives_rulebook_names_with_exact_values():
    assert WHOLE.flat() == {
        "filename": "a.mp4",
        "size": 1000,
        "verdict": "readable",
        "container": "mp4",
        "has_subtitle_track": False,
        "video_codec": "h264",
        "rotation": 0,
        "width": 1920,
        "height": 1080,
        "fps": Fraction(30000, 1001),
        "constant_frame_rate": True,
        "duration": Fraction(1001, 100),
        "audio_codec": "aac",
        "audio_channels": 2,
        "sample_rate": 48000,
        "bitrate": Fraction(800_000, 1001),
        "has_audio": True,
        "loudness": Decimal("-20.20"),
        "true_peak": Decimal("-1.00"),
    }


def test_flat_leaves_out_what_the_missing_part_of_a_damaged_film_could_change():
    cut = WHOLE.model_copy(update={"verdict": "damaged"})
    assert set(WHOLE.flat()) - set(cut.flat()) == {
        "duration", "bitrate", "loudness", "true_peak",
    }  # fmt: skip
    mute = cut.model_copy(update={"audio": cut.audio.model_copy(update={"silent": True})})
    assert "has_audio" not in mute.flat()


def test_flat_of_a_silent_track_is_no_audio():
    silent = WHOLE.audio.model_copy(
        update={"silent": True, "loudness_lufs": None, "true_peak_dbtp": None}
    )
    flat = WHOLE.model_copy(update={"audio": silent}).flat()
    assert flat["has_audio"] is False
    assert "loudness" not in flat
