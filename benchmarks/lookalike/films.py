"""Films: recall of copies under each change, false alarms among strangers, templates told from copies.

Films are numbered, so that a long count can be run in pieces and summed up: `--first 20 --films 10`.
Copies are sampled half a second beside the original and at random keyframes, in turn. A pair counts as
found when its verdict is copy or shares. Every pair of strangers is compared whole, as if the index
had proposed it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pdqhash
from numpy.typing import NDArray

from benchmarks.lookalike import copying, scenes
from benchmarks.lookalike.counting import LOPSIDED, NEAR, Goal, say, share
from benchmarks.lookalike.scenes import Gray
from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint, join
from fengcai.media.likeness import compare

SECONDS = 30.0
PDQ_NEAR = 31
FOUND = ("copy", "shares")

Changed = Callable[[list[Gray], int], list[Gray]]


def changes(family: str) -> tuple[dict[str, Changed], dict[str, Changed]]:
    """What is done to a family's films, symmetrical and lopsided: by name, pictures and film to pictures."""
    if family == "leaves":
        return (
            {name: _each(change) for name, change in scenes.CHANGES.items()},
            {name: _each(change) for name, change in scenes.LOPSIDED.items()},
        )
    return (
        {name: _coded(change) for name, change in copying.CHANGES.items()},
        {name: _coded(change) for name, change in copying.LOPSIDED.items()},
    )


def recall(family: str, first: int, films: int, *, peer: bool = True) -> None:
    """Share of copies found, for each change and over all, with the peer's beside it."""
    plain, lopsided = changes(family)
    tally = {name: [0, 0, 0] for name in (*plain, *lopsided)}
    missed = []
    for seed in range(first, first + films):
        shots = scenes.film(family, seed, SECONDS)
        shown = list(scenes.pictures(shots, np.arange(0, SECONDS)))
        original = fingerprints.read(scenes.fingerprint(iter(shown)))
        hashes = np.stack([pdq(picture) for _, picture in shown]) if peer else None
        for name, change in {**plain, **lopsided}.items():
            taken = list(scenes.pictures(shots, sampled(seed, len(name))))
            seen = change([picture for _, picture in taken], seed)
            copy = fingerprints.read(
                scenes.fingerprint(zip((t for t, _ in taken), seen, strict=True))
            )
            found = compare(original, copy)
            tally[name][0] += found.verdict in FOUND
            tally[name][1] += found.verdict == "copy"
            tally[name][2] += hashes is not None and pdq_alike(hashes, seen)
            if found.verdict not in FOUND:
                missed.append(f"{name} {seed}")
    for group, figure, must in (
        (plain, "near_duplicates", NEAR),
        (lopsided, "lopsided_crop", LOPSIDED),
    ):
        for name in group:
            share(f"lookalike.{figure}.{name}", tally[name][0], films, must, family=family,
                  first=first, copy=tally[name][1], pdq=tally[name][2])  # fmt: skip
        hits, copies, peers = (sum(tally[name][k] for name in group) for k in range(3))
        share(f"lookalike.{figure}", hits, films * len(group), must, family=family, first=first,
              copy=copies, pdq=peers, missed=[one for one in missed if one.rsplit(" ", 1)[0] in group])  # fmt: skip


def alarms(name: str, prints: list[Fingerprint], family: str) -> None:
    """Compare each with each, and say how many verdicts are false; too few to prove a rate by."""
    pairs = list(combinations(range(len(prints)), 2))
    began = time.process_time()
    verdicts = Counter(compare(prints[i], prints[j]).verdict for i, j in pairs)
    each = (time.process_time() - began) / len(pairs)
    false = sum(verdicts[verdict] for verdict in FOUND)
    say(name, false, "pairs", None, family=family, of=len(pairs), template=verdicts["template"],
        each_ms=round(each * 1000, 2))  # fmt: skip


TRUTHS = ("copy", "shares", "template: opening", "template: closing", "template: card",
          "template: rhythm", "strangers")  # fmt: skip


def templates(family: str, first: int, films: int) -> None:
    """The confusion of copies, shared footage and templates, each pair of works made so on purpose."""
    table = {truth: Counter[str]() for truth in TRUTHS}
    for seed in range(first, first + films):
        for truth in TRUTHS:
            a, b = pair(family, truth, seed)
            table[truth][compare(a, b).verdict] += 1
    for truth in TRUTHS:
        want = "no" if truth == "strangers" else truth.split(":")[0]
        share(f"lookalike.told_apart.{truth}", table[truth][want], films, Goal(0.9, 0.95), family=family,
              first=first, verdicts=dict(table[truth]))  # fmt: skip
    kinds = [truth for truth in TRUTHS if truth.startswith("template")]
    false = sum(table[truth][verdict] for truth in kinds for verdict in FOUND)
    share("lookalike.templates_not_called_copies", films * len(kinds) - false, films * len(kinds),
          Goal(0.95, 0.98), family=family, first=first)  # fmt: skip


def pair(family: str, truth: str, seed: int) -> tuple[Fingerprint, Fingerprint]:
    """Two films of about fifty seconds that have `truth` in common and nothing else."""
    rng = np.random.default_rng([seed, 77])
    change = list(changes(family)[0].values())[seed % len(changes(family)[0])]
    one, two = (_shown(scenes.film(family, 50_000 + 2 * seed + k, 50), 0, 48) for k in (0, 1))
    if truth == "copy":
        two = one
    elif truth == "shares":
        start = int(rng.integers(10, 30))
        two = two[:24] + one[start : start + 8] + two[32:]
    elif truth in ("template: opening", "template: closing"):
        intro = _shown(scenes.film(family, 70_000 + seed, 5), 0, 5)
        opens = truth.endswith("opening")
        one = intro + one[5:] if opens else one[:-5] + intro
        two = intro + two[5:] if opens else two[:-5] + intro
    elif truth == "template: card":
        card = scenes.film(family, 90_000 + seed, 2)[0].at(0.0)
        one = one[:12] + [_titled(card, "ONE DAY")] * 5 + one[17:]
        two = two[:20] + [_titled(card, "NIGHT SHIFT")] * 5 + two[25:]
    elif truth == "template: rhythm":
        return _rhythmic(family, seed, rng)
    coded = change(two, seed) if truth in ("copy", "shares") else two
    return _read(one), _read(coded)


def _rhythmic(family: str, seed: int, rng: np.random.Generator) -> tuple[Fingerprint, Fingerprint]:
    """Two films cut at the same moments, measured to a twenty-fifth; nothing else is the same."""
    lengths = rng.uniform(1.2, 6.0, 14)
    cuts = np.cumsum(lengths)[:-1]
    prints = []
    for k in (0, 1):
        shots = [
            scenes.film(family, 60_000 + 100 * (2 * seed + k) + n, float(length))[0]
            for n, length in enumerate(lengths)
        ]
        shots = [scenes.Shot(s.painting, float(length), s.x, s.y, s.width, s.drift)
                 for s, length in zip(shots, lengths, strict=True)]  # fmt: skip
        times = np.arange(0, float(lengths.sum()) - 0.5)
        data = scenes.fingerprint(scenes.pictures(shots, times))
        moments = tuple((cuts + rng.uniform(-0.04, 0.04, len(cuts))).tolist())
        prints.append(fingerprints.read(data + join(cuts_s=moments)[5:]))
    return prints[0], prints[1]


def _titled(card: Gray, words: str) -> Gray:
    import cv2

    titled = cv2.GaussianBlur(card, (0, 0), 3)
    cv2.putText(titled, words, (130, 200), cv2.FONT_HERSHEY_TRIPLEX, 1.6, 250, 3)
    return np.asarray(titled, dtype=np.uint8)


def _shown(shots: list[scenes.Shot], first: float, last: float) -> list[Gray]:
    return [picture for _, picture in scenes.pictures(shots, np.arange(first, last))]


def _read(shown: list[Gray]) -> Fingerprint:
    return fingerprints.read(
        scenes.fingerprint(iter(zip(map(float, range(len(shown))), shown, strict=True)))
    )


def sampled(seed: int, salt: int) -> NDArray[np.float64]:
    """Times of a copy's pictures: half a second beside the original's, or random keyframes."""
    if (seed + salt) % 2:
        return np.arange(0.5, SECONDS)
    rng = np.random.default_rng([seed, salt])
    times = np.cumsum(rng.uniform(0.5, 4.0, 40))
    return times[times < SECONDS]


def pdq_alike(originals: NDArray[np.uint8], seen: list[Gray]) -> bool:
    """Whether stock PDQ at its customary distance finds half of the copy's pictures in the film."""
    b = np.stack([pdq(picture) for picture in seen])
    near = (originals[None, :, :] != b[:, None, :]).sum(axis=2).min(axis=1) <= PDQ_NEAR
    return bool(near.mean() >= 0.5)


def pdq(picture: Gray) -> NDArray[np.uint8]:
    """The 256 bits of stock PDQ."""
    bits, _ = pdqhash.compute(np.repeat(picture[:, :, None], 3, axis=2))
    return np.asarray(bits)


def _each(change: Callable[[Gray], Gray]) -> Changed:
    return lambda pictures, film: [change(picture) for picture in pictures]


def _coded(change: Callable[[Gray, int], Gray]) -> Changed:
    return lambda pictures, film: copying.copied(pictures, change, film)
