"""Two fingerprints compared: copy, shared footage, same template or nothing, with the evidence.

A verdict is a hint to a person and rejects nothing. What is equal only at the beginning and the end,
or only while nothing moves, is a template (片头、片尾、标题版式), and so is an equal rhythm of shots;
the same sound under other pictures is shared material, since music may be licensed twice.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import Fingerprint
from fengcai.media.fingerprints.pictures import Pictures
from fengcai.media.fingerprints.text import Texts
from fengcai.media.likeness.lines import Line
from fengcai.media.likeness.pictures import Frame, Same, jumps_s, same_pictures, still_rows
from fengcai.media.likeness.sounds import same_sounds
from fengcai.media.likeness.stills import agreed, whole

Verdict = Literal["copy", "shares", "template", "no"]
ORDER: dict[str, int] = {"copy": 3, "shares": 2, "template": 1, "no": 0}

COPY_SHARE = 0.5
"""Of the shorter film at least this share is in the other."""
SHORTEST_S = 3.0
SHORTEST_SOUND_S = 6.0
TEXT_COPY = 0.7
TEXT_ALIKE = 0.34
_END_SHARE, _END_S = 0.12, 15.0
_STILL_S = 12.0
_FEWEST_CUTS = 8
_STEADY = 0.2
_CHANCE = 1e-7


@dataclass(frozen=True)
class Segment:
    """Seconds of one film that equal seconds of the other.

    `kind`: picture or sound. `still`: nothing moves in it (a title card, a photo). `pace`: seconds of
    b for one of a. `frame`: where b's picture lies in a's, when known.
    """

    kind: Literal["picture", "sound"]
    a_from_s: float
    a_to_s: float
    b_from_s: float
    b_to_s: float
    pace: float
    pictures: int = 0
    mirrored: bool = False
    still: bool = False
    frame: Frame | None = None

    @property
    def seconds(self) -> float:
        """How long it is in the first film."""
        return self.a_to_s - self.a_from_s


@dataclass(frozen=True)
class Comparison:
    """What two works have in common. Shares are of each work's own length, 0–1.

    `rhythm` is the share of cuts that fall together where chance does not explain it, else 0;
    `text` the resemblance of the texts, None where one has none.
    """

    verdict: Verdict
    segments: tuple[Segment, ...] = ()
    picture_share_a: float = 0.0
    picture_share_b: float = 0.0
    sound_share_a: float = 0.0
    sound_share_b: float = 0.0
    rhythm: float = 0.0
    text: float | None = None
    reasons: tuple[str, ...] = field(default=())
    """Why the verdict, each as a short id: pictures, part, ends, still, rhythm, sound, text."""

    @property
    def picture_share(self) -> float:
        """Of the work of which more is in the other."""
        return max(self.picture_share_a, self.picture_share_b)

    @property
    def sound_share(self) -> float:
        """Of the work of which more is in the other."""
        return max(self.sound_share_a, self.sound_share_b)

    def as_json(self) -> dict[str, Any]:
        """Plain values, seconds to the tenth and shares to the hundredth."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded


NOTHING = Comparison("no")


def compare(a: Fingerprint, b: Fingerprint) -> Comparison:
    """What `a` and `b` have in common."""
    length_a, length_b = length_s(a), length_s(b)
    seen = _seen(a, b)
    heard = _heard(a, b)
    rhythm = _rhythm(a, b, length_a, length_b)
    text = _resemblance(a.text, b.text)
    moving = [each for each in seen if not each.still]
    share_a, share_b = _shares(seen, length_a, length_b)
    sound_a, sound_b = _shares(heard, length_a, length_b)
    reasons: list[str] = []
    verdict: Verdict = "no"
    single = len(a.pictures or ()) == 1 and len(b.pictures or ()) == 1
    if (single and seen) or (
        max(share_a, share_b) >= COPY_SHARE and (moving or sum_s(seen) > _STILL_S)
    ):
        verdict, reasons = "copy", ["pictures"]
    elif seen and all(_at_ends(each, length_a, length_b) for each in seen):
        verdict, reasons = "template", ["ends"]
    elif seen and not moving and sum_s(seen) <= _STILL_S:
        verdict, reasons = "template", ["still"]
    elif seen:
        verdict, reasons = "shares", ["part"]
    if heard and not (verdict == "template" and _only_ends(heard, length_a, length_b)):
        if verdict in ("no", "template"):
            ends = _only_ends(heard, length_a, length_b)
            verdict = "template" if ends else "shares"
        reasons.append("sound")
    if text is not None and text >= TEXT_ALIKE:
        if verdict in ("no", "template"):
            verdict = "copy" if text >= TEXT_COPY and not (a.pictures or b.pictures) else "shares"
        reasons.append("text")
    if rhythm:
        verdict = "template" if verdict == "no" else verdict
        reasons.append("rhythm")
    return Comparison(
        verdict,
        tuple(sorted((*seen, *heard), key=lambda each: (each.kind, each.a_from_s))),
        share_a,
        share_b,
        sound_a,
        sound_b,
        rhythm,
        text,
        tuple(reasons),
    )


def length_s(print_: Fingerprint) -> float:
    """How long the work is, as far as its fingerprint tells; 0 for a text."""
    seen = heard = 0.0
    if print_.pictures is not None:
        times = print_.pictures.times_s
        seen = float(times[-1] + (np.median(np.diff(times)) if len(times) > 1 else 1.0))
    if print_.sound is not None:
        heard = float(print_.sound.times_s[-1])
    return max(seen, heard)


def sum_s(segments: list[Segment]) -> float:
    """Seconds of the first film that at least one of the segments covers."""
    return _union([(each.a_from_s, each.a_to_s) for each in segments])


def _seen(a: Fingerprint, b: Fingerprint) -> list[Segment]:
    if a.pictures is None or b.pictures is None:
        return []
    still = still_rows(a.pictures)
    if a.still is not None and b.still is not None:
        return _stills(a, b)
    if len(a.pictures) == 1 or len(b.pictures) == 1:
        return [
            _whole(a.pictures, b.pictures, same) for same in same_pictures(a.pictures, b.pictures)
        ][:1]
    found: list[Segment] = []
    for same in same_pictures(a.pictures, b.pictures):
        found += _runs(a.pictures, b.pictures, same, still)
    return _without_covered(found)


def _whole(a: Pictures, b: Pictures, same: Same) -> Segment:
    """One picture that is in the other work."""
    at, other = float(a.times_s[same.a[0]]), float(b.times_s[same.b[0]])
    return Segment(
        "picture", at, at + 1, other, other + 1, 1.0, 1, same.mirrored, still=True, frame=same.frame
    )


def _stills(a: Fingerprint, b: Fingerprint) -> list[Segment]:
    """Two photographs: equal as a whole, or their many points agree. The few points that pictures of a
    film have are not asked: with no next second to bear them out, five agree by chance now and then."""
    assert a.pictures is not None and b.pictures is not None  # noqa: PT018
    assert a.still is not None and b.still is not None  # noqa: PT018
    found = agreed(a.still, b.still)
    mirrored = found.mirrored if found else whole(a.pictures, b.pictures)
    if mirrored is None:
        return []
    frame = None
    if found is not None:
        left, top = (float(side) for side in -found.shift / found.scale)
        right, bottom = (float(side) for side in 1 - (1 - found.shift) / found.scale)
        frame = Frame(left, top, right, bottom)
    return [Segment("picture", 0, 1, 0, 1, 1.0, 1, mirrored, still=True, frame=frame)]


def _runs(a: Pictures, b: Pictures, same: Same, still: NDArray[np.bool_]) -> list[Segment]:
    """The stretches in which the equal pairs of one line follow each other closely."""
    times = a.times_s
    gaps_a, gaps_b = np.diff(times), np.diff(b.times_s)
    step_a, step_b = float(np.median(gaps_a)), float(np.median(gaps_b))
    most = max(3.0, 3.2 * max(step_a, step_b))
    at = times[same.a]
    found = []
    for part in np.split(np.arange(len(at)), np.flatnonzero(np.diff(at) > most) + 1):
        rows = same.a[part]
        first, last = float(at[part[0]]), float(at[part[-1]])
        reach = min(max(step_a, 0.5), 10.0)
        within = (times >= first) & (times <= last) & (a.detail >= 8)
        if len(part) < 2 or last - first + reach < SHORTEST_S:
            continue
        if len(part) < 0.34 * min(within.sum(), (last - first) / max(step_a, step_b) + 1):
            continue
        # Where the camera moves slowly a row's equal may be its neighbour; the line is surer than a pair.
        pace, shift = same.line.pace, same.line.shift
        first = max(first, -shift / pace)
        found.append(
            Segment(
                "picture",
                first,
                last + reach,
                max(0.0, pace * first + shift),
                pace * (last + reach) + shift,
                pace,
                len(part),
                same.mirrored,
                still=bool(still[rows].all()),
                frame=same.frame,
            )
        )
    return found


def _heard(a: Fingerprint, b: Fingerprint) -> list[Segment]:
    if a.sound is None or b.sound is None:
        return []
    found = [
        _sounding(line, float(part[0]), float(part[-1]))
        for line, moments in same_sounds(a.sound, b.sound)
        for part in np.split(moments, np.flatnonzero(np.diff(moments) > 3.0) + 1)
        if part[-1] - part[0] >= SHORTEST_SOUND_S - 1
    ]
    return _without_covered(found)


def _sounding(line: Line, first: float, last: float) -> Segment:
    start, end = (max(0.0, line.pace * at + line.shift) for at in (first, last))
    return Segment("sound", first, last, start, end, line.pace)


def _without_covered(segments: list[Segment]) -> list[Segment]:
    """The longest first; one that lies in seconds told already, in both films, says nothing new."""
    kept: list[Segment] = []
    for each in sorted(segments, key=lambda one: (-one.pictures, -one.seconds)):
        if not any(_overlap(each, other) > 0.5 for other in kept):
            kept.append(each)
    return kept


def _overlap(one: Segment, other: Segment) -> float:
    both = min(one.a_to_s, other.a_to_s) - max(one.a_from_s, other.a_from_s)
    return max(0.0, both) / max(one.seconds, 0.1)


def _shares(segments: list[Segment], length_a: float, length_b: float) -> tuple[float, float]:
    of_a = _union([(each.a_from_s, each.a_to_s) for each in segments])
    of_b = _union([(each.b_from_s, each.b_to_s) for each in segments])
    return min(1.0, of_a / max(length_a, 1.0)), min(1.0, of_b / max(length_b, 1.0))


def _union(spans: list[tuple[float, float]]) -> float:
    covered, reached = 0.0, -math.inf
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def _at_ends(each: Segment, length_a: float, length_b: float) -> bool:
    """Whether it lies in the opening of both films, or in the closing of both."""
    end_a, end_b = (min(_END_S, max(6.0, _END_SHARE * length)) for length in (length_a, length_b))
    opening = each.a_to_s <= end_a and each.b_to_s <= end_b
    closing = each.a_from_s >= length_a - end_a - 1 and each.b_from_s >= length_b - end_b - 1
    return opening or closing


def _only_ends(segments: list[Segment], length_a: float, length_b: float) -> bool:
    return all(_at_ends(each, length_a, length_b) for each in segments)


def _rhythm(a: Fingerprint, b: Fingerprint, length_a: float, length_b: float) -> float:
    """The share of cuts that fall together, 0 where chance may explain it.

    A slide show with equal intervals proves nothing: its lengths of shots have to differ.
    """
    if a.pictures is None or b.pictures is None:
        return 0.0
    measured = bool(a.cuts_s and b.cuts_s)
    cuts_a = np.array(a.cuts_s) if measured else jumps_s(a.pictures)
    cuts_b = np.array(b.cuts_s) if measured else jumps_s(b.pictures)
    if min(len(cuts_a), len(cuts_b)) < _FEWEST_CUTS:
        return 0.0
    if len(cuts_a) > len(cuts_b):
        cuts_a, cuts_b, length_b = cuts_b, cuts_a, length_a
    lengths = np.diff(cuts_a)
    if lengths.std() < _STEADY * lengths.mean():
        return 0.0
    off = 0.15 if measured else 1.05
    together = int((np.abs(cuts_a[:, None] - cuts_b[None, :]).min(axis=1) <= off).sum())
    chance = min(1.0, 2 * off * len(cuts_b) / max(length_b, 1.0))
    share = together / len(cuts_a)
    return share if share >= 0.75 and _tail(len(cuts_a), together, chance) < _CHANCE else 0.0


def _tail(tries: int, hits: int, chance: float) -> float:
    """Probability of at least so many hits."""
    if chance >= 1:
        return 1.0
    return sum(
        math.comb(tries, n) * chance**n * (1 - chance) ** (tries - n)
        for n in range(hits, tries + 1)
    )


def _resemblance(a: Texts | None, b: Texts | None) -> float | None:
    """The greater of the resemblances by words and by runs of characters."""
    if a is None or b is None:
        return None
    # Hashes are the same ones in every version, there are only more of them.
    many = min(len(a.words), len(b.words))
    same = (a.words[:many] == b.words[:many]).mean(), (a.runs[:many] == b.runs[:many]).mean()
    return float(max(same))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
