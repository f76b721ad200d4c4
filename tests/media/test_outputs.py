"""What an inspection leaves beside its facts: pictures, evidence, texts and the fingerprint."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import numpy as np
import pytest
from PIL import Image

from fengcai.media import fingerprints, inspect_file
from fengcai.media.fingerprints.sound import RATE
from tests.media import clips

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of a film of four seconds with a melody."""
    folder = tmp_path_factory.mktemp("outputs")
    sound = clips.tone(4.0) * np.repeat([0.3, 1.0, 0.5, 0.8], clips.RATE)
    film = clips.make(folder / "film.mp4", frames=100, sound=sound.astype(np.float32))
    inspect_file(film, outputs=folder / "out")
    return folder / "out"


def test_both_parts_of_the_fingerprint_are_made_on_the_way(left):
    parts = {
        name: (left / f"fingerprint-{name}.bin").read_bytes() for name in ("pictures", "sound")
    }
    made = fingerprints.read(fingerprints.join(**parts))
    assert len(made.pictures.times_s) == 4
    assert 3 * RATE <= len(made.sound.words) <= 4 * RATE


def test_the_text_on_screen_is_left_with_its_times(left):
    assert json.loads((left / "screen-text.json").read_text("utf-8")) == []


def test_pictures_of_the_film_are_jpegs_of_their_kind(left):
    with Image.open(left / "poster.jpg") as poster, Image.open(left / "sprite.jpg") as sprite:
        assert (poster.format, poster.size, sprite.format) == ("JPEG", (320, 180), "JPEG")


def test_a_paper_leaves_its_text(tmp_path):
    page = docx.Document()
    page.add_paragraph("合理用药，关 爱生命")
    page.save(tmp_path / "a.docx")
    facts = inspect_file(tmp_path / "a.docx", outputs=tmp_path / "out", expected="document")
    assert facts.verdict == "readable"
    assert "合理用药" in (tmp_path / "out/text.txt").read_text("utf-8")
    assert facts.flat()["images"] == 0


def test_a_still_is_looked_at(tmp_path):
    Image.effect_noise((640, 480), 80).convert("RGB").save(tmp_path / "p.jpg", quality=90)
    facts = inspect_file(tmp_path / "p.jpg", expected="image")
    of_pixels, on_screen = {"editing", "place", "screenshot", "suffix", "upscaling"}, {
        "contact_shown", "faces", "personal_data", "platform_text", "qr_code", "record_page",
    }  # fmt: skip
    assert set(facts.measures) == of_pixels | on_screen
    assert facts.flat()["upscaled"] is False
