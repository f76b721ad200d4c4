"""Photographs: many points agree on one scale and shift, or nothing is said."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks.lookalike import scenes, strangers
from fengcai.media import fingerprints, inspect_file
from fengcai.media.fingerprints import Fingerprint, NoFingerprint, join, text_fingerprint
from fengcai.media.fingerprints.stills import MOST, gray_of, still_parts
from fengcai.media.likeness import Index, compare

pytestmark = pytest.mark.clause("B4")


def made(gray: NDArray[np.uint8]) -> Fingerprint:
    return fingerprints.read(join(**still_parts(gray_of(Image.fromarray(gray)))))


@cache
def page(seed: int) -> NDArray[np.uint8]:
    """A page of small print: its whole looks like any other's."""
    return strangers.page(np.random.default_rng(seed))


@cache
def photo(seed: int) -> NDArray[np.uint8]:
    return np.asarray(scenes.film("streets", 200 + seed, 2)[0].at(0))


@pytest.mark.parametrize("change", ["logo", "mirror", "crop 12", "corner 20"])
def test_a_changed_photograph_is_found_with_what_was_cut(change: str) -> None:
    changed = {**scenes.CHANGES, **scenes.LOPSIDED}[change](photo(1))
    found = compare(made(photo(1)), made(changed))
    assert (found.verdict, found.reasons) == ("copy", ("pictures",))
    [segment] = found.segments
    assert segment.mirrored == (change == "mirror")
    assert segment.frame is not None
    sides = (segment.frame.left, segment.frame.top, segment.frame.right, segment.frame.bottom)
    cut = {"crop 12": (0.12,) * 4, "corner 20": (0.2, 0.2, 0, 0)}.get(change, (0,) * 4)
    assert sides == pytest.approx(cut, abs=0.02)


@pytest.mark.parametrize("change", ["captions", "mirror"])
def test_a_printed_page_is_found_though_pages_look_alike(change: str) -> None:
    found = compare(made(page(1)), made(scenes.CHANGES[change](page(1))))
    assert found.verdict == "copy"


def test_two_pages_of_one_type_and_layout_are_strangers() -> None:
    prints = [made(page(seed)) for seed in range(2, 6)]
    verdicts = {compare(a, b).verdict for n, a in enumerate(prints) for b in prints[:n]}
    assert verdicts == {"no"}


def test_the_index_proposes_a_photograph_by_its_many_points() -> None:
    index = Index()
    for seed in range(1, 7):
        index.add(seed, made(photo(seed)))
    copy = made(scenes.LOPSIDED["left 20, logo"](photo(3)))
    assert index.candidates(copy)[0].work == 3


def test_a_photograph_kept_before_there_were_many_points_is_still_compared() -> None:
    picture = scenes.film("streets", 3, 2)[0].at(0)
    early = fingerprints.read(join(pictures=still_parts(picture)["pictures"]))
    assert early.still is None
    assert compare(early, made(scenes.CHANGES["crop 6"](picture))).verdict == "copy"


def test_a_transparent_picture_lies_on_white_and_an_empty_one_equals_none() -> None:
    clear = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    assert gray_of(clear).min() == 255
    blank = made(np.full((200, 300), 255, dtype=np.uint8))
    assert blank.still is None
    assert compare(blank, blank).verdict == "no"
    large = gray_of(Image.fromarray(np.tile(page(1), (2, 2))))
    assert max(large.shape) == 640


def test_bytes_that_no_maker_writes_are_refused() -> None:
    for payload in (b"x" * 12, bytes(13) * (4 * MOST + 1)):
        with pytest.raises(NoFingerprint):
            fingerprints.read(join(still=payload))


def test_a_text_kept_with_fewer_hashes_is_compared_by_those() -> None:
    words = strangers.synopsis(1)
    whole = text_fingerprint(words)
    values = np.frombuffer(whole, dtype="<u4")
    early = np.concatenate((values[:65], values[257:321])).tobytes()
    head = b"FCFP\x01TEXT\x01" + len(early).to_bytes(4, "little")
    kept = fingerprints.read(head + early)
    assert compare(kept, fingerprints.read(join(text=whole))).text == 1.0
    other = fingerprints.read(join(text=text_fingerprint(strangers.synopsis(2))))
    assert (compare(kept, other).text or 0) < 0.34


@pytest.mark.media
def test_an_inspected_photograph_leaves_what_is_compared(tmp_path: Path) -> None:
    file, out = tmp_path / "photo.jpg", tmp_path / "out"
    Image.fromarray(photo(1)).save(file, quality=90)
    facts = inspect_file(file, outputs=out, expected="image")
    assert facts.verdict == "readable"
    parts = {name: (out / f"fingerprint-{name}.bin").read_bytes() for name in ("pictures", "still")}
    kept = fingerprints.read(join(pictures=parts["pictures"], still=parts["still"]))
    assert compare(kept, made(scenes.LOPSIDED["left 20"](photo(1)))).verdict == "copy"
