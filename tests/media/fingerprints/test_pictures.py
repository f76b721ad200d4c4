"""Fingerprints of pictures: what survives which change, what is kept, what is refused."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.lookalike import scenes
from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint, NoFingerprint, hashing, pictures
from fengcai.media.fingerprints.pictures import MOST_PICTURES, PictureFingerprint, row_of
from fengcai.media.likeness import Index, compare

pytestmark = pytest.mark.clause("B4")
TIMES = np.arange(0, 20, 1.0)


@cache
def shots(seed: int, family: str = "streets") -> tuple[scenes.Shot, ...]:
    return tuple(scenes.film(family, seed, 20))


def made(seed: int, change: str = "", times: np.ndarray = TIMES) -> Fingerprint:
    how = {**scenes.CHANGES, **scenes.LOPSIDED}.get(change)
    return fingerprints.read(scenes.fingerprint(scenes.pictures(list(shots(seed)), times), how))


@cache
def original() -> Fingerprint:
    return made(1)


@pytest.mark.parametrize("change", [*scenes.CHANGES, *scenes.LOPSIDED])
def test_a_changed_copy_half_a_second_beside_is_found(change: str) -> None:
    found = compare(original(), made(1, change, TIMES + 0.5))
    assert found.verdict in ("copy", "shares")
    longest = max(found.segments, key=lambda each: each.seconds)
    assert abs(longest.a_from_s - longest.b_from_s) <= 1.5
    assert longest.mirrored == (change == "mirror")


def test_strangers_have_nothing_in_common() -> None:
    assert compare(original(), made(2)).verdict == "no"


def test_the_cut_sides_are_told() -> None:
    found = compare(original(), made(1, "corner 20"))
    frame = next(each.frame for each in found.segments if each.frame is not None)
    assert [round(side, 1) for side in (frame.left, frame.top, frame.right, frame.bottom)] == [
        0.2, 0.2, 0.0, 0.0,
    ]  # fmt: skip


def joined(*parts: tuple[int, float, float]) -> Fingerprint:
    """A film of pieces (film, from, to), one after the other."""
    shown, start = [], 0.0
    for seed, first, last in parts:
        piece = scenes.pictures(list(shots(seed)), np.arange(first, last))
        shown += [(start + t - first, picture) for t, picture in piece]
        start += last - first
    return fingerprints.read(scenes.fingerprint(iter(shown)))


def test_a_piece_in_the_middle_is_shared_footage_with_both_moments() -> None:
    found = compare(original(), joined((2, 0, 19), (1, 6, 13), (3, 0, 19)))
    assert found.verdict == "shares"
    [piece] = [each for each in found.segments if each.kind == "picture"]
    assert abs(piece.a_from_s - 6) <= 1
    assert abs(piece.b_from_s - 19) <= 1
    assert 5 <= piece.seconds <= 9  # a moment at each end
    assert found.reasons == ("part",)


def test_the_same_opening_alone_is_a_template() -> None:
    one = joined((1, 0, 5), (2, 0, 19), (4, 0, 19))
    other = joined((1, 0, 5), (3, 0, 19), (5, 0, 19))
    found = compare(one, other)
    assert (found.verdict, found.reasons) == ("template", ("ends",))


def test_the_index_proposes_the_original_and_forgets_what_is_removed() -> None:
    index = Index()
    for seed in range(1, 5):
        index.add(seed * 10, made(seed))
    copy = made(1, "left 20, logo", TIMES + 0.5)
    assert index.candidates(copy)[0].work == 10
    index.remove(10)
    assert 10 not in [each.work for each in index.candidates(copy)]
    assert len(index) == 3


def test_a_four_hour_film_keeps_a_bounded_number_of_pictures() -> None:
    maker = PictureFingerprint()
    plain = np.zeros((180, 320), dtype=np.float32)
    for second in range(4 * 3600):
        maker.feed(scenes.Sampled(plain, Fraction(second)))
    kept = pictures.read(maker.result(), 1)
    assert MOST_PICTURES / 2 <= len(kept) <= MOST_PICTURES
    assert kept.times_s[-1] > 4 * 3600 - 60


def test_a_film_turned_by_its_headers_equals_one_turned_in_its_pixels() -> None:
    picture = shots(1)[0].at(1.0)
    turned = np.rot90(picture)
    upright = row_of(picture, Fraction(0))
    maker = PictureFingerprint()
    maker.feed(scenes.Sampled(turned.astype(np.float32), Fraction(0), quarter_turns=3))
    assert maker.result() == upright.tobytes()


def test_the_mirrors_hash_is_the_hashs_mirror() -> None:
    picture = shots(1)[0].at(0.5)
    mirrored = np.ascontiguousarray(picture[:, ::-1])
    differing = np.unpackbits(
        hashing.hashes(mirrored)[0] ^ hashing.hashes(picture)[0] ^ hashing.MIRROR
    )
    assert differing.sum() <= 2


@pytest.mark.parametrize("caption", [False, True])
def test_bars_are_left_out_also_under_a_caption(caption: bool) -> None:
    picture = np.full((360, 640), 16, dtype=np.uint8)
    picture[45:315] = cv2.resize(shots(1)[0].at(0.5), (640, 270)) // 2 + 60
    if caption:
        cv2.putText(picture, "WORDS ON THE BAR", (180, 345), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 235, 2)
    left, top, right, bottom = hashing.without_bars(picture)
    assert (left, right) == (0, 640)
    assert abs(top - 45) <= 1
    assert abs(bottom - 315) <= 1


def test_a_picture_without_anything_in_it_equals_no_other() -> None:
    gray = np.full((180, 320), 90, dtype=np.uint8)
    blank = fingerprints.read(fingerprints.join(pictures=row_of(gray, Fraction(0)).tobytes()))
    assert compare(blank, blank).verdict == "no"


def test_bytes_that_are_cut_or_foreign_are_refused() -> None:
    data = fingerprints.join(pictures=row_of(shots(1)[0].at(0), Fraction(0)).tobytes())
    assert not fingerprints.read(data).empty
    for broken in (b"", b"FCFP", data[:-1], data[:20], b"XXXX" + data[4:], data + data[5:]):
        with pytest.raises(NoFingerprint):
            fingerprints.read(broken)


def test_photos_alone_are_proposed_by_the_index() -> None:
    index = Index()
    for seed in range(1, 4):
        gray = shots(seed)[0].at(0)
        index.add(
            seed, fingerprints.read(fingerprints.join(pictures=row_of(gray, Fraction(0)).tobytes()))
        )
    cut = scenes.CHANGES["crop 6"](shots(2)[0].at(0))
    asked = fingerprints.read(fingerprints.join(pictures=row_of(cut, Fraction(0)).tobytes()))
    assert [each.work for each in index.candidates(asked)] == [2]


def test_a_card_that_stands_still_is_a_template() -> None:
    card = np.asarray(shots(9)[0].at(0))
    films = []
    for seed, at in ((2, 6), (3, 10)):
        shown = [p for _, p in scenes.pictures(list(shots(seed)), TIMES)]
        shown[at : at + 5] = [card] * 5
        films.append(fingerprints.read(scenes.fingerprint(enumerate(shown))))  # type: ignore[arg-type]
    found = compare(*films)
    assert (found.verdict, found.reasons) == ("template", ("still",))


def test_one_long_take_is_recognised_after_a_lopsided_crop() -> None:
    take = scenes.Shot(shots(4)[0].painting, 12, 400, 300, 620, (18.0, 5.0, -8.0))
    times = np.arange(0, 12.0)
    one = fingerprints.read(scenes.fingerprint(scenes.pictures([take], times)))
    change = scenes.LOPSIDED["left 20"]
    other = fingerprints.read(scenes.fingerprint(scenes.pictures([take], times), change))
    assert compare(one, other).verdict == "copy"


VERSION_1 = Path(__file__).parent / "version-1.bin"


def test_a_fingerprint_kept_since_version_1_is_still_read_and_recognised() -> None:
    kept = fingerprints.read(VERSION_1.read_bytes())
    assert kept.pictures is not None
    assert len(kept.pictures) == 10
    assert kept.text is not None
    assert kept.cuts_s == (2.5, 6.0)
    assert compare(kept, made(1, "left 20, logo", np.arange(0, 10.0))).verdict == "copy"


def test_sections_of_the_future_are_skipped() -> None:
    data = fingerprints.join(pictures=row_of(shots(1)[0].at(0), Fraction(0)).tobytes())
    newer = data + b"NEWS" + bytes([1]) + (3).to_bytes(4, "little") + b"abc"
    assert len(fingerprints.read(newer).pictures or ()) == 1
    unknown = data[:9] + bytes([99]) + data[10:]
    assert fingerprints.read(unknown).pictures is None
