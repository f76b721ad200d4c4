"""What a film can claim or be: bounded, explained, never a crash, never a false pass.

Together with `test_hostile_files` (what is no film, cuts at each tenth, headers that lie) this is the
list of bad input that the inspection has to stand.
"""

from __future__ import annotations

import os
import random
import struct
import threading
from fractions import Fraction
from pathlib import Path

import av
import pytest

from fengcai.core.inspection import evaluate
from fengcai.core.rulebook import Citation, Requirement
from fengcai.media import Facts, Limits, inspect_file, reading
from fengcai.media.opening import Order
from fengcai.media.verdicts import REASONS
from tests.media import clips
from tests.media.boxes_by_hand import DATA_AT, box, movie, track

pytestmark = pytest.mark.media

FRAME = 16 * 16 * 3


def written(folder: Path, content: bytes) -> Path:
    path = folder / "work.mp4"
    path.write_bytes(content)
    return path


def said(facts: Facts) -> tuple[str, str]:
    return facts.verdict, facts.reason_code


def by_hand(samples: int, *, held: int = 25, **more: object) -> bytes:
    one = track(samples=samples, sample_bytes=FRAME, data_at=DATA_AT, **more)  # type: ignore[arg-type]
    return movie([one], bytes(FRAME * held))


# -- how many frames --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "answer"),
    [
        (3_600_000, ("damaged", "truncated")),
        (2**32 - 1, ("unreadable", "no_frames")),
    ],
)
def test_frames_that_are_only_claimed(samples: int, answer: tuple[str, str], tmp_path: Path):
    facts = inspect_file(written(tmp_path, by_hand(samples)))
    assert said(facts) == answer
    assert "duration" not in facts.flat()
    assert facts.cost.cpu_s < 10


def test_very_many_tiny_frames_are_not_all_looked_at(tmp_path: Path):
    """Thirty thousand frames of 2 × 2: fewer points than one picture, and a check would look at each."""
    one = track(size=(2, 2), samples=30_000, sample_bytes=12, data_at=DATA_AT)
    facts = inspect_file(written(tmp_path, movie([one], bytes(360_000))))
    assert said(facts) == ("readable", "")
    assert (facts.video.frames_found, facts.decoding.mode) == (30_000, "swift")
    assert facts.video.frames_decoded < 3_000
    assert facts.flat()["duration"] == 1200


def test_frames_closer_than_any_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Every frame lies in some window where they claim to be a thousandth of a second apart."""
    one = track(size=(2, 2), samples=400, sample_bytes=12, ticks=1, data_at=DATA_AT)
    film = written(tmp_path, movie([one], bytes(4_800)))
    monkeypatch.setattr(reading, "MOST_IN_WINDOWS", 100)
    told: dict[str, object] = {}
    own = os.dup(0)
    try:
        with film.open("rb") as file:
            os.dup2(file.fileno(), 0)
            order = Order("mov", film.stat().st_size, "swift", 1, 1 << 24, 1 << 30, False)
            reading.read_film(order, told.update, lambda share: None, None)
    finally:
        os.dup2(own, 0)
        os.close(own)
    video = told["video"]
    assert isinstance(video, dict)
    assert (video["frames_found"], video["fps_kept"]) == (400, "1000")
    assert 100 <= video["frames_decoded"] <= 102


def test_no_time_for_all_packets_is_a_verdict(tmp_path: Path):
    one = track(size=(2, 2), samples=300_000, sample_bytes=1, data_at=DATA_AT)
    film = written(tmp_path, movie([one], bytes(300_000)))
    facts = inspect_file(film, limits=Limits(wall_s=0.5))
    assert said(facts) == ("unreadable", "timeout")
    assert facts.reason == REASONS["timeout"]


@pytest.mark.parametrize("width", [2, 8, 9, 10, 15, 16, 17])
def test_a_narrow_film_is_a_film(width: int, tmp_path: Path):
    one = track(
        size=(width, 16), samples=10, sample_bytes=(3 * width + 1) // 2 * 2 * 16, data_at=DATA_AT
    )
    facts = inspect_file(written(tmp_path, movie([one], bytes(100 * 1024))))
    assert (said(facts), facts.video.coded_width_px) == (("readable", ""), width)


# -- what stands in the headers ---------------------------------------------------------------------


def test_16_000_by_8_192_is_refused_before_a_picture_is_made(tmp_path: Path):
    facts = inspect_file(written(tmp_path, by_hand(5, size=(16_000, 8_192))))
    assert said(facts) == ("unreadable", "picture_too_large")
    assert facts.reason.startswith("画面尺寸（16000×8192）超出可处理的范围")
    assert facts.cost.cpu_s < 1


def test_two_hundred_streams(tmp_path: Path):
    tracks = [
        track(number=n + 1, samples=5, sample_bytes=FRAME, data_at=DATA_AT + n * 5 * FRAME)
        for n in range(200)
    ]
    facts = inspect_file(written(tmp_path, movie(tracks, bytes(5 * FRAME * 200))))
    assert said(facts) == ("readable", "")
    assert (facts.container.video_streams, facts.video.frames_decoded) == (200, 5)
    assert facts.cost.cpu_s < 10


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (by_hand(5, codec=b"zzzz"), ("unreadable", "no_decoder")),
        (by_hand(5, size=(0, 0)), ("unreadable", "no_frames")),
        (movie([], b""), ("unreadable", "no_streams")),
        (movie([track(samples=0, sample_bytes=1, data_at=DATA_AT)], b""), ("unreadable", "no_frames")),
        (box(b"ftyp", b"isom", bytes(4)) + box(b"moov", *[box(b"trak")] * 3000), ("unreadable", "memory")),
        (box(b"ftyp", b"isom", bytes(4)) + b"\0\0\0\1moov" + b"\xff" * 8, ("unreadable", "no_index")),
    ],
)  # fmt: skip
def test_absurd_headers(content: bytes, answer: tuple[str, str], tmp_path: Path):
    assert said(inspect_file(written(tmp_path, content))) == answer


def test_boxes_within_boxes_without_end(tmp_path: Path):
    nested = b""
    for _ in range(2_000):
        nested = box(b"moov", nested)
    facts = inspect_file(written(tmp_path, box(b"ftyp", b"isom", bytes(4)) + nested))
    assert facts.verdict == "unreadable"


def test_an_encrypted_film_is_no_film_and_that_is_said(plain_film: Path, tmp_path: Path):
    path = tmp_path / "work.mp4"
    locked = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "00112233445566778899aabbccddeeff",
        "encryption_kid": "0123456789abcdef0123456789abcdef",
    }
    with av.open(str(plain_film)) as source, av.open(str(path), "w", options=locked) as out:
        streams = {each.index: out.add_stream_from_template(each) for each in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    facts = inspect_file(path)
    assert said(facts) == ("unreadable", "encrypted")
    assert facts.reason == REASONS["encrypted"]
    assert facts.container.name == "mp4"


# -- what the pictures and times are ----------------------------------------------------------------


def test_a_still_is_no_film_even_in_a_films_clothes(tmp_path: Path):
    """A photograph renamed is refused by its kind; one frame in a container is a film without a rate,
    so nothing that asks for a rate or a length can pass."""
    from PIL import Image

    photo = tmp_path / "work.mp4"
    Image.new("RGB", (64, 48), "red").save(photo, "JPEG")
    assert said(inspect_file(photo)) == ("unreadable", "image")
    facts = inspect_file(clips.make(tmp_path / "one.mp4", frames=1))
    assert said(facts) == ("readable", "")
    assert "fps" not in facts.flat()
    assert facts.flat()["duration"] < Fraction(1, 10)


def test_times_that_go_back(tmp_path: Path):
    """Two takes spliced without a thought: the second begins at zero again."""
    part = clips.make(tmp_path / "part.ts", frames=25).read_bytes()
    facts = inspect_file(written(tmp_path, part + part))
    assert facts.verdict in ("readable", "damaged")
    assert facts.video.frames_decoded == 50
    assert facts.flat().get("duration", 0) <= 2


def test_four_hours_of_a_screen_that_stands_still(tmp_path: Path):
    """One frame in half an hour: 14 400 seconds. What more frames would cost, `Chooser` bounds by time."""
    times = range(0, 4 * 3600 * 1000 + 1, 1_800_000)
    film = clips.make(tmp_path / "screen.mkv", size=(640, 360), times=times, gop=10)
    facts = inspect_file(film)
    assert said(facts) == ("readable", "")
    assert float(facts.video.duration_s) == pytest.approx(14_400, abs=1801)
    assert "duration" not in facts.flat()  # eight pictures bear no four hours out: a person looks
    assert facts.cost.cpu_s < 60


def test_a_rate_that_makes_eight_frames_last_for_weeks(tmp_path: Path):
    """Found by changing bytes at random: AVI's length is its rate, and a demand of a minute passed."""
    path = clips.make(tmp_path / "work.avi", size=(64, 36), frames=8, codec="mpeg4")
    content = bytearray(path.read_bytes())
    rate = content.index(b"strh") + 8 + 20  # dwScale of the first stream
    content[rate : rate + 4] = struct.pack("<I", 7_037_298)
    path.write_bytes(content)
    facts = inspect_file(path)
    assert facts.video.frames_found == 8
    assert facts.video.duration_s > 10**6
    assert "pass" not in {each.verdict for each in evaluate(DEMANDS, facts.flat())}


def test_a_file_replaced_while_it_is_read(plain_film: Path, tmp_path: Path):
    """Another file takes its name: what was opened is judged, and never the other one."""
    path, other = tmp_path / "work.mp4", tmp_path / "other.mp4"
    path.write_bytes(plain_film.read_bytes())
    other.write_bytes(b"#EXTM3U\n")
    replaced = threading.Event()

    def replace(at: float, text: str) -> None:
        if not replaced.is_set():
            replaced.set()
            os.replace(other, path)

    facts = inspect_file(path, progress=replace)
    assert replaced.is_set()
    assert said(facts) == ("readable", "")
    assert facts.size_bytes == plain_film.stat().st_size
    assert facts.sha256 == inspect_file(plain_film).sha256


def test_a_file_overwritten_in_place_is_refused(plain_film: Path, tmp_path: Path):
    path = written(tmp_path, plain_film.read_bytes())
    done = threading.Event()

    def overwrite(at: float, text: str) -> None:
        if not done.is_set():
            done.set()
            with path.open("r+b") as file:
                file.seek(-100, os.SEEK_END)
                file.write(bytes(100))

    assert said(inspect_file(path, progress=overwrite)) == ("unreadable", "changed")


def test_a_file_emptied_while_it_is_read_is_refused(plain_film: Path, tmp_path: Path):
    path = written(tmp_path, plain_film.read_bytes())
    done = threading.Event()

    def empty(at: float, text: str) -> None:
        if not done.is_set():
            done.set()
            os.truncate(path, 0)

    assert said(inspect_file(path, progress=empty)) == ("unreadable", "changed")


# -- changed at random ------------------------------------------------------------------------------


def asks(name: str, predicate: str) -> Requirement:
    cite = Citation(section="四", words="时长")
    return Requirement(
        id=name, severity="must", text=name, cite=cite, checked_by="machine", predicate=predicate
    )


DEMANDS = [asks("long", "duration >= 60s"), asks("large", "width >= 1920")]
"""What a film of two seconds and 320 × 180 cannot fulfil, whatever is done to its bytes."""


def mutated(content: bytes, noise: random.Random) -> bytes:
    """Bytes turned, a stretch doubled, dropped, zeroed or swapped, or a length field made absurd."""
    made = bytearray(content)
    for _ in range(noise.choice((1, 2, 8))):
        at = noise.randrange(len(made) - 64)
        length = noise.choice((1, 4, 16, 64))
        match noise.randrange(6):
            case 0:
                made[at] = noise.randrange(256)
            case 1:
                made[at:at] = made[at : at + length]
            case 2:
                del made[at : at + length]
            case 3:
                made[at : at + length] = bytes(length)
            case 4:
                made[at : at + 4] = struct.pack(">I", noise.choice((0, 1, 2**31, 2**32 - 1)))
            case _:
                made[at : at + 4] = noise.choice(
                    (b"moov", b"trak", b"stbl", b"mdat", b"moof", b"elst")
                )
    return bytes(made)


def check(path: Path) -> Facts:
    """Inspect, and hold the promises that hold for whatever comes."""
    facts = inspect_file(path, limits=Limits(wall_s=30))
    assert facts.verdict in ("readable", "damaged", "unreadable")
    assert (facts.reason == "") == (facts.verdict == "readable")
    assert facts.reason_code in {"", "truncated", "corrupt", *REASONS}
    assert facts.reason_code not in ("crashed", "timeout")
    return facts


@pytest.mark.parametrize("seed", range(12))
def test_bytes_changed_by_chance_never_crash_a_reader(seed: int, plain_film: Path, tmp_path: Path):
    noise = random.Random(seed)
    content = plain_film.read_bytes()
    index = content[: content.index(b"mdat")]
    changed = mutated(index, noise) + content[len(index) :] if seed % 2 else mutated(content, noise)
    facts = check(written(tmp_path, changed))
    if facts.verdict == "readable":
        assert "pass" not in {each.verdict for each in evaluate(DEMANDS, facts.flat())}
