"""The words of subtitle tracks, through the walls: MP4's own kind, SubRip and ASS, with their times."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from fengcai.media import inspect_file
from fengcai.media.limits import Limits
from tests.media.clips import make, tone

pytestmark = [
    pytest.mark.media,
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg writes the subtitles"),
]
SAID = """1
00:00:00,200 --> 00:00:00,800
根治<i>高血压</i>，请加微信

2
00:00:01,000 --> 00:00:01,500
病案号联系人 13812345678
请按时服药

3
00:00:01,600 --> 00:00:01,800


"""
QUICK = Limits(read_screen=False)


def with_subtitles(folder: Path, suffix: str, codec: str, text: str = SAID) -> Path:
    film, words = folder / "film.mp4", folder / "words.srt"
    if not film.exists():
        make(film, frames=50, sound=tone(2.0))
    words.write_text(text, encoding="utf-8")
    made = folder / f"subtitled{suffix}"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(film), "-i", str(words), "-map", "0", "-map", "1",
               "-c", "copy", "-c:s", codec, str(made)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "mov_text"), (".mkv", "srt"), (".mkv", "ass")]
)
def test_every_kind_of_track_gives_its_words_with_times(
    tmp_path: Path, suffix: str, codec: str
) -> None:
    outputs = tmp_path / "outputs"
    facts = inspect_file(with_subtitles(tmp_path, suffix, codec), outputs=outputs, limits=QUICK)
    assert facts.verdict == "readable"
    assert facts.flat()["has_subtitle_track"] is True
    told = json.loads((outputs / "subtitle-text.json").read_bytes())
    times = [(round(line["from_s"], 1), round(line["to_s"], 1)) for line in told]
    texts = [line["text"].replace(" ", "") for line in told]
    assert list(zip(times, texts, strict=True)) == [
        ((0.2, 0.8), "根治高血压，请加微信"),
        ((1.0, 1.5), "病案号联系人138****5678请按时服药"),
    ]


def test_a_silent_film_has_its_subtitles_read_too(tmp_path: Path) -> None:
    make(tmp_path / "film.mp4", frames=50)
    outputs = tmp_path / "outputs"
    inspect_file(with_subtitles(tmp_path, ".mp4", "mov_text"), outputs=outputs, limits=QUICK)
    told = json.loads((outputs / "subtitle-text.json").read_bytes())
    assert [line["text"] for line in told][:1] == ["根治高血压，请加微信"]


def test_a_film_without_any_leaves_no_file(tmp_path: Path) -> None:
    film, outputs = tmp_path / "film.mp4", tmp_path / "outputs"
    make(film, sound=tone(1.0))
    inspect_file(film, outputs=outputs, limits=QUICK)
    assert (outputs / "poster.jpg").exists()
    assert not (outputs / "subtitle-text.json").exists()


def test_tens_of_thousands_of_lines_are_bounded(tmp_path: Path) -> None:
    lines = "\n\n".join(
        f"{n + 1}\n00:00:01,000 --> 00:00:01,010\n第 {n} 句{'长' * 60}" for n in range(6000)
    )
    outputs = tmp_path / "outputs"
    facts = inspect_file(
        with_subtitles(tmp_path, ".mkv", "srt", lines), outputs=outputs, limits=QUICK
    )
    assert facts.verdict == "readable"
    file = outputs / "subtitle-text.json"
    assert 800_000 < file.stat().st_size <= 900_100
    assert json.loads(file.read_bytes())[0]["text"].startswith("第 0 句")
