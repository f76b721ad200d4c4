"""Files that are not what they seem: always a verdict in Chinese, never a crash, never a pass."""

from __future__ import annotations

import os
import struct
import zlib
from fractions import Fraction

import pytest

from fengcai.media import Limits, inspect_file
from fengcai.media.verdicts import REASONS
from tests.media import clips

pytestmark = pytest.mark.media


def written(tmp_path, content: bytes):
    path = tmp_path / "work.mp4"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\0" * 100_000, "zeros"),
        ("剧本：第一幕，清晨的病房。".encode() * 50, "text"),
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n", "playlist"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist"),
        (b"<?xml version='1.0'?><MPD></MPD>", "playlist"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 9 RTP/AVP 96\n", "playlist"),
        (b"PK\x03\x04" + b"\x14" * 400, "document"),
        (bytes(range(128, 256)) * 90 + b"\x01\x02", "unknown"),
        (b"\0\0\0\x20ftypisom" + b"\0" * 20, "no_index"),
    ],
)
def test_what_is_no_film(content, code, tmp_path):
    facts = inspect_file(written(tmp_path, content), outputs=tmp_path / "out")
    assert (facts.verdict, facts.reason_code) == ("unreadable", code)
    assert facts.reason == REASONS[code]
    assert facts.size_bytes == len(content)
    assert facts.sha256 is not None
    assert not (tmp_path / "out").exists()


def test_audio_only_keeps_what_was_measured(tmp_path):
    path = clips.make(tmp_path / "work.mp4", picture=False, sound=clips.tone(2.0))
    facts = inspect_file(path)
    assert (facts.verdict, facts.kind, facts.reason_code) == ("unreadable", "audio", "audio")
    assert facts.audio.loudness_lufs == pytest.approx(-20.0, abs=0.3)
    assert inspect_file(path, expected="audio").verdict == "readable"


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    rows = zlib.compress(b"\0" * 1000)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_is_measured_from_its_header_and_never_decoded(tmp_path):
    facts = inspect_file(written(tmp_path, png(16_000, 8_192)))
    assert (facts.verdict, facts.reason_code) == ("unreadable", "image")
    assert (facts.image.width_px, facts.image.height_px) == (16_000, 8_192)
    assert facts.cost.peak_memory_bytes < 150 * 1024**2


@pytest.mark.clause("B2")
@pytest.mark.parametrize("faststart", [True, False])
def test_truncated_at_each_tenth(plain_film, tmp_path, faststart):
    whole = (
        plain_film if faststart
        else clips.make(tmp_path / "late.mp4", frames=50, sound=clips.tone(2.0), faststart=False)
    )  # fmt: skip
    content = whole.read_bytes()
    for tenth in range(1, 10):
        facts = inspect_file(written(tmp_path, content[: len(content) * tenth // 10]))
        assert facts.verdict in ("damaged", "unreadable"), tenth
        assert facts.reason_code in ("truncated", "no_index", "no_frames"), tenth
        assert "duration" not in facts.flat()
        if faststart and tenth >= 5:
            assert facts.reason_code == "truncated"
            assert facts.decoding.declared_s == 2
            assert Fraction(0) < facts.decoding.reached_s < 2


def test_the_reason_says_how_far_it_could_be_read(plain_film, tmp_path):
    content = plain_film.read_bytes()
    facts = inspect_file(written(tmp_path, content[: len(content) * 7 // 10]))
    reached = float(facts.decoding.reached_s)
    assert facts.reason == (
        f"文件不完整：片长应为 2.0 秒，只能读到 {reached:.1f} 秒。"
        "已保留可读部分的检查结果，请重新导出并完整上传。"
    )


def test_a_header_that_claims_years(tmp_path):
    """mvhd, tkhd and mdhd rewritten to decades: the samples still last one second."""
    path = clips.make(tmp_path / "film.mp4")
    content = bytearray(path.read_bytes())
    for box, offset in ((b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16)):
        at = content.index(box) + 4 + offset
        content[at : at + 4] = struct.pack(">I", 0xFFFFFFF0)
    facts = inspect_file(written(tmp_path, bytes(content)))
    assert (facts.flat()["fps"], facts.flat()["duration"]) == (25, 1)


def test_a_duration_that_nothing_bears_out_is_not_believed(tmp_path):
    """Matroska's Duration element rewritten to a thousand hours."""
    content = bytearray(clips.make(tmp_path / "film.mkv").read_bytes())
    at = content.index(b"\x44\x89\x88") + 3
    content[at : at + 8] = struct.pack(">d", 3.6e9)
    facts = inspect_file(written(tmp_path, bytes(content)), outputs=tmp_path / "out")
    assert (facts.verdict, facts.reason_code) == ("damaged", "truncated")
    assert facts.reason.startswith("文件不完整：片长应为 1000 小时 00 分，只能读到 1.0 秒")
    assert "duration" not in facts.flat()
    assert facts.flat()["fps"] == 25
    assert facts.pictures.poster is not None


def test_a_header_that_claims_a_huge_picture(tmp_path):
    content = bytearray(clips.make(tmp_path / "film.mp4", codec="mpeg4").read_bytes())
    at = content.index(b"mp4v") + 4 + 24
    content[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    facts = inspect_file(written(tmp_path, bytes(content)))
    # The pictures themselves are believed.
    assert (facts.video.coded_width_px, facts.video.coded_height_px) == (320, 180)


def test_a_header_that_disagrees_with_the_pictures(tmp_path):
    """The header promises 1920 × 1080; the pictures inside are 320 × 180."""
    content = bytearray(clips.make(tmp_path / "film.mp4", codec="mpeg4").read_bytes())
    at = content.index(b"mp4v") + 4 + 24
    content[at : at + 4] = struct.pack(">HH", 1920, 1080)
    flat = inspect_file(written(tmp_path, bytes(content))).flat()
    assert (flat["width"], flat["height"]) == (320, 180)


def test_a_size_that_changes_on_the_way_is_not_stated(tmp_path):
    """Two transport streams of different size in one file, as a careless splice leaves."""
    parts = [
        clips.make(tmp_path / f"{n}.ts", size=size, frames=12).read_bytes()
        for n, size in enumerate(((320, 180), (160, 90)))
    ]
    facts = inspect_file(written(tmp_path, b"".join(parts)))
    assert facts.video.size_changes == 1
    assert "width" not in facts.flat()


def test_larger_than_8k_is_refused(plain_film):
    facts = inspect_file(plain_film, limits=Limits(picture_pixels=320 * 179))
    assert (facts.verdict, facts.reason_code) == ("unreadable", "picture_too_large")
    assert facts.reason.startswith("画面尺寸（320×180）超出可处理的范围")


def test_noise_in_the_middle_is_counted(plain_film, tmp_path):
    content = bytearray(plain_film.read_bytes())
    start = content.index(b"mdat") + 200
    for at in range(start, len(content) - 200, 97):
        content[at] ^= 0x5A
    facts = inspect_file(written(tmp_path, bytes(content)))
    assert facts.verdict != "readable"
    assert facts.decoding.errors > 0


@pytest.mark.parametrize("seed", range(6))
def test_bytes_changed_at_random_never_break_the_parent(plain_film, tmp_path, seed):
    import random

    noise = random.Random(seed)
    content = bytearray(plain_film.read_bytes())
    end = content.index(b"mdat") if seed % 2 else len(content)
    for _ in range(12):
        content[noise.randrange(8, end)] = noise.randrange(256)
    facts = inspect_file(written(tmp_path, bytes(content)), limits=Limits(wall_s=30))
    assert facts.verdict in ("readable", "damaged", "unreadable")
    assert (facts.reason == "") == (facts.verdict == "readable")


def test_a_folder_and_a_pipe_are_not_films(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(IsADirectoryError):
        inspect_file(tmp_path)


def test_a_cover_picture_does_not_make_a_song_a_film(tmp_path):
    import av

    path = tmp_path / "song.mp4"
    clips.make(path, picture=False, sound=clips.tone(1.0))
    covered = tmp_path / "covered.mp4"
    with av.open(str(path)) as song, av.open(str(covered), "w") as out:
        track = out.add_stream_from_template(song.streams.audio[0])
        cover = out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        for packet in song.demux():
            if packet.dts is not None:
                packet.stream = track
                out.mux(packet)
        frame = av.VideoFrame(64, 64, "yuvj420p")
        frame.pts = 0
        out.mux(cover.encode(frame))
        out.mux(cover.encode(None))
    facts = inspect_file(covered)
    assert (facts.kind, facts.reason_code) == ("audio", "audio")
