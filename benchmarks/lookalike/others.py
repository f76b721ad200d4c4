"""Photos, texts and sounds, and false alarms among real files: the same questions as for films."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.lookalike import films, scenes, texts
from benchmarks.lookalike.counting import LOPSIDED, NEAR, Goal, say, share
from benchmarks.lookalike.scenes import Gray
from benchmarks.media.sound import music
from benchmarks.media.sound.blocks import through_aac
from benchmarks.media.sound.noises import coloured
from benchmarks.media.sound.voices import RATE, Wave
from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint, SoundFingerprint, join, text_fingerprint
from fengcai.media.fingerprints.making import fingerprint_file
from fengcai.media.fingerprints.stills import gray_of, still_parts
from fengcai.media.likeness import compare

_PDQ_NEAR = 31
_PICTURES = (".png", ".jpg", ".jpeg")


def photos(family: str, first: int, count: int) -> None:
    """Stills under each change of the family, and false alarms among them."""
    shown = [
        scenes.film(family, 200_000 + seed, 2)[0].at(0.0) for seed in range(first, first + count)
    ]
    _stills("lookalike.photos", family, shown, first)


def _stills(name: str, family: str, shown: list[Gray], first: int) -> None:
    prints = [_still(picture) for picture in shown]
    plain, lopsided = films.changes(family)
    for group, figure, must in ((plain, "", NEAR), (lopsided, "_lopsided", LOPSIDED)):
        found, peer, missed = 0, 0, Counter[str]()
        for title, change in group.items():
            for number, picture in enumerate(shown):
                seen = change([picture], number)[0]
                hit = compare(prints[number], _still(seen)).verdict in films.FOUND
                found += hit
                missed[title] += not hit
                peer += int((films.pdq(picture) != films.pdq(seen)).sum()) <= _PDQ_NEAR
        share(f"{name}{figure}", found, len(group) * len(shown), must, family=family, first=first,
              pdq=peer, missed={key: n for key, n in missed.items() if n})  # fmt: skip
    films.alarms(f"{name}.false_alarms", prints, family)


LEFT_OUT = frozenset(
    ("chessboard_GRAY.png", "chessboard_RGB.png", "color.png", "logo.png", "phantom.png",
     "motorcycle_right.png")
)  # fmt: skip
"""Of scikit-image's pictures: what was drawn by a program, and the second half of a stereo pair."""


def real_files(folder: Path) -> None:
    """Real films and photos of a folder, all different: false alarms, and the photos under each change."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in LEFT_OUT)
    pictures = [path for path in paths if path.suffix.lower() in _PICTURES]
    prints = [
        fingerprints.read(made.data) for path in paths if (made := fingerprint_file(path)).data
    ]
    films.alarms("lookalike.real.false_alarms", prints, "real")
    shown = [_opened(path) for path in pictures]
    for family in scenes.FAMILIES:  # whose changes are made; the pictures are the same
        _stills("lookalike.real.photos", family, shown, 0)
    # A film of a photo: a window that slides over it, so that real surfaces move.
    moving = [
        scenes.Shot(_painting(picture), 12, 400, 300, 620, (18.0, 5.0, -8.0)) for picture in shown
    ]
    for family in scenes.FAMILIES:
        _moving(family, moving)


def _moving(family: str, moving: list[scenes.Shot]) -> None:
    plain, lopsided = films.changes(family)
    originals = [
        fingerprints.read(scenes.fingerprint(scenes.pictures([shot], np.arange(0, 12.0))))
        for shot in moving
    ]
    for group, figure, must in ((plain, "", NEAR), (lopsided, "_lopsided", LOPSIDED)):
        found, missed = 0, Counter[str]()
        for title, change in group.items():
            for number, shot in enumerate(moving):
                taken = list(scenes.pictures([shot], np.arange(0.5, 12)))
                seen = change([picture for _, picture in taken], number)
                copy = scenes.fingerprint(zip((t for t, _ in taken), seen, strict=True))
                hit = compare(originals[number], fingerprints.read(copy)).verdict in films.FOUND
                found += hit
                missed[title] += not hit
        share(f"lookalike.real.moving{figure}", found, len(group) * len(moving), must,
              family=family, missed={key: n for key, n in missed.items() if n})  # fmt: skip
    films.alarms("lookalike.real.moving.false_alarms", originals, family)


def all_texts(count: int = 60) -> None:
    """Synopses taken over, marked anew, shortened, paraphrased; strangers of the same subject."""
    for bank in texts.BANKS:
        for kind in (*texts.KINDS, "strangers"):
            pairs = [texts.pair(bank, kind, seed) for seed in range(count)]
            verdicts = Counter(compare(_text(a), _text(b)).verdict for a, b in pairs)
            found = verdicts["copy"] + verdicts["shares"]
            peer = sum(SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.6 for a, b in pairs)
            if kind == "strangers":
                say("lookalike.texts.false_alarms", found, "pairs", None, family=bank, of=count,
                    difflib=peer)  # fmt: skip
            else:
                goal = LOPSIDED if kind == "paraphrased" else NEAR
                share(f"lookalike.texts.{kind}", found, count, goal, family=bank, difflib=peer)


_PLAYED: dict[str, tuple[Callable[[np.random.Generator, float], Wave], ...]] = {
    "tuning": (music.chords, music.band_with_drums),
    "reporting": (music.guitar, music.bells, music.strings),
}
_SECONDS = 24.0


def sounds(count: int = 4) -> None:
    """Music recoded, faster and slower at the same pitch, sped up, under a voice's noise; strangers."""
    changes: dict[str, Callable[[Wave, np.random.Generator], Wave]] = {
        "aac 48 kb/s": lambda wave, rng: through_aac(wave[None], 48_000)[0],
        "tempo 0.95": lambda wave, rng: _tempo(wave, 0.95),
        "tempo 1.05": lambda wave, rng: _tempo(wave, 1.05),
        "speed 1.03": lambda wave, rng: _sped(wave, 1.03),
        "noise 12 dB below": _under,
        "from second 6": lambda wave, rng: wave[6 * RATE :],
    }
    for family, players in _PLAYED.items():
        rng = np.random.default_rng(len(family))
        played = [player(rng, _SECONDS) for player in players for _ in range(count)]
        prints = [_heard(wave) for wave in played]
        for name, change in changes.items():
            hits = sum(
                compare(prints[n], _heard(change(wave, rng))).verdict in films.FOUND
                for n, wave in enumerate(played)
            )
            share(f"lookalike.sounds.{name}", hits, len(played), Goal(0.9, 0.95), family=family)
        pairs = list(combinations(prints, 2))
        false = sum(compare(a, b).verdict in films.FOUND for a, b in pairs)
        say("lookalike.sounds.false_alarms", false, "pairs", None, family=family, of=len(pairs))


@dataclass(frozen=True)
class _Block:
    planes: NDArray[np.float32]
    rate_hz: int = RATE


def _heard(wave: Wave) -> Fingerprint:
    maker = SoundFingerprint()
    maker.feed(_Block(np.asarray(wave, dtype=np.float32)[None]))
    return fingerprints.read(join(sound=maker.result()))


def _tempo(wave: Wave, tempo: float) -> Wave:
    """Faster or slower at the same pitch, by FFmpeg's `atempo`."""
    import av.filter

    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE)
    )
    stretch, sink = graph.add("atempo", str(tempo)), graph.add("abuffersink")
    source.link_to(stretch)
    stretch.link_to(sink)
    graph.configure()
    out = []
    for start in range(0, len(wave), 4096):
        block = np.ascontiguousarray(wave[None, start : start + 4096], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        frame.time_base = Fraction(1, RATE)
        graph.push(frame)
        while True:
            try:
                out.append(graph.pull().to_ndarray().reshape(-1))
            except (BlockingIOError, av.error.EOFError):
                break
    return np.concatenate(out)


def _sped(wave: Wave, speed: float) -> Wave:
    at = np.arange(0, len(wave) - 1, speed)
    return np.interp(at, np.arange(len(wave)), wave).astype(np.float32)


def _under(wave: Wave, rng: np.random.Generator) -> Wave:
    noise = coloured(rng, len(wave), -3.0)
    level = np.sqrt((wave**2).mean() / (noise**2).mean()) * 10 ** (-12 / 20)
    return np.asarray(wave + level * noise, dtype=np.float32)


def _still(picture: Gray) -> Fingerprint:
    return fingerprints.read(join(**still_parts(gray_of(Image.fromarray(picture)))))


def _opened(path: Path) -> Gray:
    image = Image.open(path).convert("L")
    image.thumbnail((1280, 1280))
    # Video coders want even sides.
    return np.asarray(image)[: image.height // 2 * 2, : image.width // 2 * 2]


def _painting(picture: Gray) -> Gray:
    size = (scenes.WIDE, scenes.HIGH)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def _text(text: str) -> Fingerprint:
    return fingerprints.read(join(text=text_fingerprint(text)))
