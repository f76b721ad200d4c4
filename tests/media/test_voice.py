"""The sound of a file for those who write speech down: whole, bounded, cut where it is quiet."""

from __future__ import annotations

import io

import numpy as np
import pytest

from fengcai.media import voice
from fengcai.media.voice import Piece, Taken, pieces, take_voice
from tests.media import clips

pytestmark = pytest.mark.media


def spooled(samples: np.ndarray) -> io.BytesIO:
    return io.BytesIO(samples.astype("<i2").tobytes())


def test_the_sound_arrives_whole_as_one_channel_at_16_khz(plain_film):
    spool = io.BytesIO()
    told = []
    taken = take_voice(plain_film, spool, progress=lambda share, text: told.append(text))
    assert taken.failure == ""
    assert taken.seconds == pytest.approx(2.0, abs=0.05)
    wave = np.frombuffer(spool.getvalue(), "<i2").astype(float) / 2**15
    assert len(wave) == round(taken.seconds * voice.RATE_HZ)
    middle = wave[8_000:24_000]
    assert np.sqrt((middle**2).mean()) == pytest.approx(10 ** (-20 / 20) / np.sqrt(2), rel=0.05)
    peak = np.abs(np.fft.rfft(middle)).argmax()
    assert peak == pytest.approx(997, abs=1)  # one second: bins of one hertz
    assert set(told) == {"正在取出声音"}


def test_no_more_is_taken_than_was_asked(plain_film):
    spool = io.BytesIO()
    assert take_voice(plain_film, spool, most_s=0.5) == Taken(0.5, "")
    assert len(spool.getvalue()) == 16_000


def test_a_film_without_sound_and_a_text_have_no_voice(tmp_path):
    silent = clips.make(tmp_path / "silent.mp4", frames=5)
    assert take_voice(silent, io.BytesIO()) == Taken(0.0, "no_streams")
    text = tmp_path / "text.mp4"
    text.write_text("#EXTM3U\nhttp://127.0.0.1/a.ts\n")
    assert take_voice(text, io.BytesIO()) == Taken(0.0, "no_streams")


def test_a_film_cut_short_gives_what_is_there(plain_film, tmp_path):
    cut = tmp_path / "cut.mp4"
    content = plain_film.read_bytes()
    cut.write_bytes(content[: len(content) * 7 // 10])
    taken = take_voice(cut, io.BytesIO())
    assert 0.5 < taken.seconds < 2


def test_what_progress_raises_ends_the_child(plain_film):
    class Cancelled(Exception):
        pass

    def cancel(share: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        take_voice(plain_film, io.BytesIO(), progress=cancel)


def test_a_full_disk_is_the_callers_trouble(plain_film):
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        take_voice(plain_film, Full())


def test_pieces_are_cut_where_it_is_quiet_and_lose_nothing():
    noise = np.random.default_rng(1).integers(-9000, 9000, 16_000 * 70)
    noise[16_000 * 26 : 16_000 * 26 + 8_000] = 0
    noise[16_000 * 52 : 16_000 * 52 + 8_000] = 0
    spool = spooled(noise)
    found = list(pieces(spool, piece_s=30))
    assert b"".join(piece.samples for piece in found) == spool.getvalue()
    assert [round(piece.from_s) for piece in found] == [0, 26, 52]
    assert [piece.silent for piece in found] == [False, False, False]
    assert max(len(piece.samples) for piece in found) <= 30 * 32_000


def test_short_sound_is_one_piece_and_none_is_none():
    assert list(pieces(spooled(np.zeros(8_000)))) == [Piece(0.0, bytes(16_000))]
    assert list(pieces(io.BytesIO())) == []
    assert list(pieces(io.BytesIO(b"\0"))) == []
    assert Piece(0.0, bytes(16_000)).silent
    assert not Piece(0.0, spooled(np.full(100, -2000)).getvalue()).silent
