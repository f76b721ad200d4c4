"""The sample works: the list, and that films come out as the list says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from fengcai.core.inspection import evaluate, for_each_file
from fengcai.core.rulebook import resolve
from fengcai.engines.documents import fonts
from fengcai.media import inspect_file
from fengcai.media.remarks import remarks
from fengcai.samples.cast import DEPARTMENTS
from fengcai.samples.films import (
    COLLECTED,
    FILMS,
    JUDGED,
    Fault,
    Film,
    make_film,
    making,
    voice,
)
from fengcai.samples.films.catalogue import Direction
from fengcai.samples.films.lettering import NoFont, chinese_font, overlay, subtitle
from fengcai.samples.films.painting import PAINTERS
from tests.core.rulebook.samples import example, example_answers
from tests.media import clips

pytestmark = pytest.mark.media


def short(**changes: object) -> Film:
    """A small one, so that a test takes a second or two."""
    return replace(FILMS[0], slug="short", lines=("一二三",), fault="p720", **changes)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return make_film(short(), tmp_path_factory.mktemp("made") / "a.mp4", speech="tones")


EDITIONS = {"first": FILMS, "judged": JUDGED, "collected": COLLECTED}
ALL = (*FILMS, *JUDGED, *COLLECTED)


def test_the_list_is_what_the_demo_needs():
    faults = Counter(film.fault for film in FILMS)
    assert faults.pop(None) >= 10
    assert faults + Counter(f.fault for f in COLLECTED if f.fault) == dict.fromkeys(
        get_args(Fault), 1
    )
    assert {film.fault for film in JUDGED} == {None}
    assert {film.direction for film in FILMS} == set(get_args(Direction))
    assert len({film.slug for film in ALL}) == len({film.title for film in ALL}) == len(ALL)
    assert {film.scene for film in FILMS} == set(PAINTERS)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_units_are_those_of_the_demo_roster_each_once(edition):
    films = EDITIONS[edition]
    roster = {department.name for department in DEPARTMENTS}
    assert {film.unit_name for film in films} <= roster
    assert len({film.unit_name for film in films}) == len(films)


def test_one_film_repeats_another_and_only_that_one():
    (copy,) = [film for film in ALL if film.copied]
    (first,) = [film for film in FILMS if film.slug == copy.copied]
    assert (copy.lines, copy.scene, copy.beside, copy.palette) == (
        first.lines,
        first.scene,
        first.beside,
        first.palette,
    )
    assert copy.title != first.title
    looks = Counter((film.scene, film.beside, film.palette) for film in ALL)
    assert looks.pop((copy.scene, copy.beside, copy.palette)) == 2
    assert set(looks.values()) == {1}


def test_cuts_come_with_phrases_and_shots_last():
    lines = [making._Line(start, start + 1, None) for start in (1.5, 3.0, 4.4, 6.1, 7.5)]
    assert making._cuts(lines, 9.0, 25) == [0, 75, 152]
    assert making._cuts([], 1.9, 25) == [0]


def test_a_glide_goes_by_even_points_and_stays_inside():
    assert [making._pace(480, frames) for frames in (0, 60, 120, 160, 300)] == [4, 4, 4, 2, 0]
    off = [making._tremor(t / 25, 0.0) for t in range(50)]
    assert {each % 2 for each in off} == {0}
    assert 12 <= max(off) <= 22


def test_a_dark_still_is_lightened_and_a_bright_one_kept():
    dark = np.full((8, 8), 16 + 20, np.uint8)
    assert making._lifted(dark).mean() > 16 + 0.27 * 219
    bright = np.full((8, 8), 150, np.uint8)
    assert np.array_equal(making._lifted(bright), bright)


def test_a_hum_is_laid_under_the_whole_film():
    music = voice.bed(2.0, 3)
    stereo = np.stack((music, music))
    difference = voice.hummed(stereo) - stereo
    spectrum = np.abs(np.fft.rfft(difference[0]))
    assert np.fft.rfftfreq(len(difference[0]), 1 / voice.RATE)[spectrum.argmax()] == 50
    level = 20 * np.log10(np.sqrt((difference**2).mean()) / np.sqrt((stereo**2).mean()))
    assert level == pytest.approx(-14, abs=0.2)


@pytest.mark.clause("J3", "J4", "J6")
def test_a_fit_film_is_fit_in_every_respect_that_an_inspection_sees(tmp_path):
    film = next(film for film in FILMS if film.slug == "zhenjiu")
    facts = inspect_file(make_film(film, tmp_path / "a.mp4"), filename=film.file_name)
    rules = resolve(example("jiangxi-2026"), example_answers("jiangxi-2026"))
    found = evaluate(for_each_file(rules.judged_on("video", "main")), facts.flat())
    seen = {each.requirement: each.verdict for each in found if each.verdict != "person"}
    assert set(seen.values()) == {"pass"}, seen
    assert [each.measure for each in remarks(facts.measures) if each.sure] == []


@pytest.mark.clause("J12")
def test_names_follow_the_rule_but_for_the_one_that_breaks_it():
    wrong = [film for film in ALL if film.file_name != f"{film.unit_name}+一科一风采视频大赛.mp4"]
    assert [film.fault for film in wrong] == ["wrong_name"]


@pytest.mark.skipif(not fonts.installed(), reason="the package's own fonts are not built here")
def test_every_character_can_be_lettered():
    for film in ALL:
        assert fonts.missing(film.title + film.unit_name + "".join(film.lines), "sans") == ()


def test_a_film_is_made_as_listed(small):
    facts = inspect_file(small)
    flat = facts.flat()
    assert (facts.verdict, facts.decoding.errors) == ("readable", 0)
    assert (flat["width"], flat["height"], flat["fps"]) == (1280, 720, 25)
    assert (flat["container"], flat["video_codec"], flat["audio_codec"]) == ("mp4", "h264", "aac")
    assert facts.container.faststart is True
    assert flat["has_audio"] is True
    assert float(flat["loudness"]) == pytest.approx(voice.TARGET_LUFS, abs=0.7)
    assert float(flat["true_peak"]) <= -1.0


def test_the_same_film_is_the_same_bytes(small, tmp_path):
    again = make_film(short(), tmp_path / "b.mp4", speech="tones")
    assert again.read_bytes() == small.read_bytes()


def test_pictures_move_and_letters_show(small, tmp_path):
    import av

    with av.open(str(small)) as film:
        frames = [f.to_ndarray(format="gray").astype(float) for f in film.decode(video=0)]
    assert np.abs(frames[-1] - frames[-12]).mean() > 0.3
    spoken = frames[round(len(frames) * 0.75)][600:690]
    assert (spoken > 225).sum() > 300  # white subtitle letters
    titled = frames[10][250:350]
    assert (titled > 225).sum() > 3000  # the title's


def test_a_film_on_its_side_and_a_silent_one(tmp_path):
    silent = make_film(
        replace(FILMS[0], lines=(), fault="silent"), tmp_path / "s.mp4", speech="tones"
    )
    facts = inspect_file(silent)
    assert (facts.audio.silent, facts.flat()["has_audio"]) == (True, False)
    turned = make_film(
        replace(FILMS[0], lines=(), fault="rotated"), tmp_path / "r.mp4", speech="tones"
    )
    facts = inspect_file(turned)
    assert (facts.video.coded_width_px, facts.video.coded_height_px) == (1920, 1080)
    assert (facts.flat()["width"], facts.flat()["height"]) == (1080, 1920)


def test_looping_packets_makes_a_long_film_without_decoding(tmp_path):
    once = clips.make(tmp_path / "once.mp4", frames=50, sound=clips.tone(2.0))
    making._loop(once, tmp_path / "long.mp4", Fraction(41))
    facts = inspect_file(tmp_path / "long.mp4")
    assert facts.verdict == "readable"
    assert facts.flat()["fps"] == 25
    assert Fraction(41) < facts.flat()["duration"] < Fraction(44)
    assert facts.video.frame_rate == "constant"
    assert facts.decoding.errors == 0
    assert facts.audio.loudness_lufs == pytest.approx(-20.0, abs=0.4)


@pytest.mark.parametrize("scene", sorted(PAINTERS))
@pytest.mark.parametrize("size", [(240, 136), (136, 240)])
def test_a_painter_paints_the_same_moving_detailed_picture(scene, size):
    palette = next(film.palette for film in FILMS if film.scene == scene)
    one, two = (PAINTERS[scene](size, palette, np.random.default_rng(5)) for _ in range(2))
    picture = one.paint(1.0)
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3
    assert picture.shape[0] * size[0] == picture.shape[1] * size[1]
    assert np.array_equal(picture, two.paint(1.0))
    assert picture.std() > 12
    assert not np.array_equal(picture, one.paint(1.6))


def test_speech_falls_back_to_a_melody(monkeypatch):
    monkeypatch.setattr(voice.shutil, "which", lambda name: None)
    sung = voice.spoken("银针虽小", "auto", 3)
    assert np.array_equal(sung, voice.spoken("银针虽小", "tones", 3))
    assert 0.8 < len(sung) / voice.RATE < 2.0
    assert np.abs(sung).max() > 0.05


def test_a_voice_that_breaks_falls_back_too(monkeypatch):
    monkeypatch.setattr(voice.shutil, "which", lambda name: "/bin/false")
    assert np.array_equal(voice.spoken("一", "auto", 3), voice.spoken("一", "tones", 3))


def test_a_long_subtitle_is_broken_and_stays_inside():
    drawn = subtitle((1280, 720), "长" * 60, chinese_font("sans"))
    assert drawn.y > 400
    assert drawn.y + drawn.keep.shape[0] <= 720
    assert drawn.x >= 0
    assert drawn.x + drawn.keep.shape[1] <= 1280


def test_an_overlay_of_opaque_white_is_white():
    from PIL import Image

    white = overlay(Image.new("RGBA", (8, 4), (255, 255, 255, 255)))
    planes = tuple(np.zeros(shape, np.uint8) for shape in ((4, 8), (2, 4), (2, 4)))
    white.lay(planes, 1.0)
    assert planes[0].tolist() == [[235] * 8] * 4
    assert planes[1].tolist() == planes[2].tolist() == [[128] * 4] * 2


def test_no_font_is_said_plainly(monkeypatch):
    from fengcai.samples.films import lettering

    def missing(face: str) -> Path:
        raise fonts.FontsMissing("no")

    monkeypatch.setattr(lettering.fonts, "path", missing)
    monkeypatch.setattr(lettering, "_DEBIAN", {"serif": (), "sans": ()})
    with pytest.raises(NoFont, match="找不到中文字体"):
        chinese_font("sans")
