"""Whole films through the child process: what is measured, and that it is exact."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from fengcai.media import Limits, inspect_file
from tests.media import clips

pytestmark = pytest.mark.media


@pytest.mark.clause("J3", "B2")
def test_a_plain_film(plain_film, tmp_path):
    told = []
    facts = inspect_file(plain_film, outputs=tmp_path, progress=lambda at, text: told.append(at))
    assert (facts.verdict, facts.reason, facts.kind) == ("readable", "", "video")
    assert facts.filename == "心病科+一科一风采视频大赛.mp4"
    assert facts.size_bytes == plain_film.stat().st_size
    assert facts.sha256 == hashlib.sha256(plain_film.read_bytes()).hexdigest()
    assert (facts.container.name, facts.container.faststart) == ("mp4", True)
    assert (facts.video.codec, facts.video.frames_decoded, facts.video.frames_found) == (
        "h264", 50, 50,
    )  # fmt: skip
    assert facts.decoding.mode == "thorough"
    assert (facts.decoding.errors, facts.decoding.to_the_end) == (0, True)
    flat = facts.flat()
    assert (flat["width"], flat["height"], flat["fps"]) == (320, 180, 25)
    assert flat["duration"] == 2
    assert flat["has_audio"] is True
    assert float(flat["loudness"]) == pytest.approx(-20.0, abs=0.3)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert "rlimits" in facts.containment.active
    assert type(facts).model_validate_json(facts.model_dump_json()) == facts


TOLD_BY_PACKETS = ("container", "video_codec", "width", "height", "fps", "constant_frame_rate",
                   "duration", "has_audio", "loudness", "true_peak", "bitrate")  # fmt: skip


def test_swift_and_thorough_agree_on_what_packets_tell(tmp_path):
    film = clips.make(tmp_path / "film.mp4", frames=700, sound=clips.tone(28.0))
    swift = inspect_file(film, limits=Limits(mode="swift"))
    thorough = inspect_file(film, limits=Limits(mode="thorough"))
    assert (swift.decoding.mode, thorough.decoding.mode) == ("swift", "thorough")
    assert swift.video.frames_decoded < thorough.video.frames_decoded == 700
    told, wanted = swift.flat(), thorough.flat()
    assert {name: told[name] for name in TOLD_BY_PACKETS} == {
        name: wanted[name] for name in TOLD_BY_PACKETS
    }


def test_a_long_film_is_read_swiftly_by_itself(plain_film):
    facts = inspect_file(plain_film, limits=Limits(thorough_pixels=320 * 180 * 49))
    assert facts.decoding.mode == "swift"


@pytest.mark.clause("J3")
@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(24), Fraction(30000, 1001)])
def test_frame_rates_are_exact(rate, tmp_path):
    film = clips.make(tmp_path / "film.mp4", rate=rate, frames=30)
    facts = inspect_file(film)
    assert facts.flat()["fps"] == rate
    assert facts.video.frame_rate == "constant"
    assert facts.flat()["duration"] == 30 / rate


def test_codecs_have_their_own_names_not_those_of_decoders(tmp_path):
    """FFmpeg reads AV1 by "libdav1d" and MP3 by "mp3float": a rulebook asks for av1 and mp3."""
    film = clips.make(tmp_path / "film.mkv", size=(64, 64), codec="libsvtav1", frames=3)
    assert inspect_file(film).flat()["video_codec"] == "av1"
    sound = tmp_path / "sound.mp3"
    with av.open(str(sound), "w") as out:
        track = out.add_stream("libmp3lame", rate=48_000, layout="mono")
        part = av.AudioFrame.from_ndarray(clips.tone(0.5, channels=1), format="fltp", layout="mono")
        part.sample_rate = 48_000
        out.mux(track.encode(part))
        out.mux(track.encode(None))
    assert inspect_file(sound, expected="audio").flat()["audio_codec"] == "mp3"


def test_a_variable_frame_rate_is_seen(tmp_path):
    times = [0]
    for i in range(40):
        times.append(times[-1] + (30 if i % 3 else 60))
    facts = inspect_file(clips.make(tmp_path / "film.mp4", times=times))
    assert facts.video.frame_rate == "variable"
    assert (facts.video.interval_min_s, facts.video.interval_max_s) == (
        Fraction(3, 100), Fraction(6, 100),
    )  # fmt: skip
    assert facts.flat()["fps"] == Fraction(1000 * 40, times[-1])


@pytest.mark.clause("J3")
@pytest.mark.parametrize("angle", [90, 180, -90])
def test_rotation_is_applied_to_size_and_pictures(angle, tmp_path):
    """The left third of every frame is red: after turning it must stand where the matrix says."""
    film = clips.make(tmp_path / "film.mp4", frames=12, rotation=angle)
    facts = inspect_file(film, outputs=tmp_path)
    sideways = angle != 180
    assert (facts.video.coded_width_px, facts.video.coded_height_px) == (320, 180)
    flat = facts.flat()
    assert (flat["width"], flat["height"]) == ((180, 320) if sideways else (320, 180))
    assert flat["rotation"] == -angle % 360
    poster = np.asarray(Image.open(tmp_path / "poster.jpg"), dtype=float)
    assert poster.shape[:2] == (flat["height"], flat["width"])
    redness = poster[:, :, 0] - poster[:, :, 2]
    h, w = redness.shape
    edges = {
        "top": redness[: h // 5].mean(),
        "bottom": redness[-(h // 5) :].mean(),
        "left": redness[:, : w // 5].mean(),
        "right": redness[:, -(w // 5) :].mean(),
    }
    # Turned counter-clockwise by the angle, the left edge goes down, right, or up.
    assert max(edges, key=edges.get) == {90: "bottom", 180: "right", -90: "top"}[angle]
    assert min(edges, key=edges.get) == {90: "top", 180: "left", -90: "bottom"}[angle]


def test_sample_aspect_is_applied(tmp_path):
    film = clips.make(tmp_path / "film.mp4", size=(240, 180), frames=8, aspect=Fraction(4, 3))
    facts = inspect_file(film, outputs=tmp_path)
    assert (facts.flat()["width"], facts.flat()["height"]) == (320, 180)
    assert Image.open(tmp_path / "poster.jpg").size == (320, 180)


@pytest.mark.clause("J4")
def test_no_track_and_a_silent_track_are_told_apart(tmp_path):
    mute = inspect_file(clips.make(tmp_path / "mute.mp4", frames=25))
    silent = inspect_file(clips.make(tmp_path / "silent.mp4", frames=25, sound=0 * clips.tone(1.0)))
    assert mute.audio is None
    assert silent.audio.silent is True
    assert mute.flat()["has_audio"] is silent.flat()["has_audio"] is False


def test_a_mono_track_at_another_rate(tmp_path):
    film = clips.make(
        tmp_path / "film.mp4", sound=clips.tone(2, -20, channels=1, rate=44_100), sound_rate=44_100
    )
    audio = inspect_file(film).audio
    assert (audio.channels, audio.layout, audio.sample_rate_hz) == (1, "mono", 44_100)
    assert audio.loudness_lufs == pytest.approx(-23.0, abs=0.3)


def test_an_index_at_the_end_and_another_container(tmp_path):
    late = inspect_file(clips.make(tmp_path / "late.mp4", faststart=False))
    assert (late.container.faststart, late.verdict) == (False, "readable")
    other = inspect_file(clips.make(tmp_path / "other.mkv"))
    assert (other.container.name, other.verdict) == ("matroska", "readable")
    assert other.flat()["fps"] == 25
    named = clips.make(tmp_path / "disguised.mp4", container="mov")
    assert inspect_file(named).container.name == "mov"


def test_poster_and_sprite(tmp_path):
    film = clips.make(tmp_path / "film.mp4", size=(1280, 720), frames=30, gop=6)
    facts = inspect_file(film, outputs=tmp_path / "new" / "folder")
    poster, sprite = facts.pictures.poster, facts.pictures.sprite
    sheet = Image.open(tmp_path / "new" / "folder" / "sprite.jpg")
    assert (poster.width_px, poster.height_px) == (960, 540)
    assert (sprite.columns, sprite.rows, len(sprite.times_s)) == (5, 4, 20)
    assert sheet.size == (5 * 160, 4 * 90)
    assert list(sprite.times_s) == sorted(sprite.times_s)
    assert sprite.times_s[-1] > Fraction(1)
    named = {name for each in facts.measures.values() for s in each.spans if (name := s.picture)}
    twins = {f"{name.removesuffix('.jpg')}-masked.jpg" for name in named}
    left = {p.name for p in (tmp_path / "new" / "folder").iterdir()}
    assert left - named - twins == {
        "poster.jpg", "sprite.jpg", "screen-text.json", "fingerprint-pictures.bin",
    }  # fmt: skip
    assert named <= left


def test_no_pictures_without_a_place_for_them(plain_film):
    assert inspect_file(plain_film).pictures.poster is None


def test_the_poster_is_not_black(tmp_path):
    """A film that is black but for its last third."""
    import av

    path = tmp_path / "dark.mp4"
    with av.open(str(path), "w") as out:
        film = out.add_stream("libx264", rate=25)
        film.width, film.height, film.pix_fmt = 320, 180, "yuv420p"
        for i in range(48):
            shown = clips.texture(320, 180, i / 25) if i >= 32 else np.zeros((180, 320, 3), "u1")
            frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
            frame.pts = i
            out.mux(film.encode(frame))
        out.mux(film.encode(None))
    facts = inspect_file(path, outputs=tmp_path)
    assert facts.pictures.poster.time_s >= Fraction(32, 25)
    assert np.asarray(Image.open(tmp_path / "poster.jpg")).mean() > 60
    assert facts.measures["black"].values["longest_s"] == 1.28


def test_the_name_that_people_gave(plain_film):
    assert inspect_file(plain_film, filename="原名.mp4").filename == "原名.mp4"


def test_a_missing_file_is_an_error_of_the_caller(tmp_path):
    with pytest.raises(FileNotFoundError):
        inspect_file(tmp_path / "none.mp4")


def test_what_progress_raises_ends_the_inspection(plain_film):
    class Cancelled(ValueError):
        pass

    def stop(at: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        inspect_file(plain_film, progress=stop)


def test_paths_may_be_text(plain_film):
    assert inspect_file(str(plain_film)).verdict == "readable"
    assert Path(plain_film).is_file()
