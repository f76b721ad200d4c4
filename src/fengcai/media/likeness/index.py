"""An index in memory of who has which keys at which second. It proposes; `compare` decides.

Four bytes for each key of a work, sorted by key. New works go into a small tail, which is merged
into the whole now and then. It knows numbers only, and is rebuilt from the fingerprints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import Fingerprint
from fengcai.media.likeness import keys as looked_up
from fengcai.media.likeness.keys import MOST_SECONDS, SPACE, Keys

MOST_WORKS = 1 << 20
_CELL_S = 4
_FEWEST_VOTES = 4
_TAIL = 1 << 18
_CROWDED = 16
_ALWAYS = 6


@dataclass(frozen=True)
class Candidate:
    """A work that shares keys at one shift in time, and how many more than chance gives."""

    work: int
    votes: float


class _Sorted:
    """Postings sorted by key: `who` holds number × 4096 + second, uint32."""

    def __init__(self, keys: NDArray[np.int64], who: NDArray[np.uint32]) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys = keys[order].astype(np.uint32)
        self.who = who[order]
        self.starts = np.zeros(2 * SPACE + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.keys, minlength=2 * SPACE), out=self.starts[1:])


class Index:
    """Works by the caller's own numbers (any integers). Not safe for several threads at once."""

    def __init__(self) -> None:
        self._works: list[int] = []
        self._place: dict[int, int] = {}
        self._gone: set[int] = set()
        nothing = np.zeros(0, dtype=np.int64)
        self._whole = _Sorted(nothing, nothing.astype(np.uint32))
        self._tail: list[tuple[NDArray[np.int64], NDArray[np.uint32]]] = []
        self._tail_sorted: _Sorted | None = None
        self._longest = 1

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, work: int) -> bool:
        return work in self._place

    @property
    def memory_bytes(self) -> int:
        """What the postings take."""
        held = [self._whole, *([self._tail_sorted] if self._tail_sorted else [])]
        return sum(part.keys.nbytes + part.who.nbytes + part.starts.nbytes for part in held) + sum(
            keys.nbytes + who.nbytes for keys, who in self._tail
        )

    def add(self, work: int, print_: Fingerprint) -> None:
        """Take a work in; one that is in already is replaced. Raises OverflowError at a million."""
        self.add_keys(work, looked_up.to_index(print_))

    def add_keys(self, work: int, found: Keys) -> None:
        """The same from keys that were taken out before."""
        self.remove(work)
        if len(self._works) >= MOST_WORKS:
            raise OverflowError("the index is full: build it anew")
        place = len(self._works)
        self._works.append(work)
        self._place[work] = place
        if len(found.keys) == 0:
            return
        self._longest = max(self._longest, int(found.seconds.max()) + 1)
        self._tail.append((found.keys, (place * MOST_SECONDS + found.seconds).astype(np.uint32)))
        self._tail_sorted = None

    def remove(self, work: int) -> None:
        """Take a work out, if it is in. Its postings go when the index is built anew."""
        place = self._place.pop(work, None)
        if place is not None:
            self._gone.add(place)

    def candidates(self, print_: Fingerprint, *, most: int = 24) -> list[Candidate]:
        """The works that most probably share something, the most probable first."""
        asked = [looked_up.to_ask(print_)]
        if print_.pictures is not None:
            asked.append(looked_up.to_ask(print_, mirrored=True))
        if print_.sound is not None:
            asked += [looked_up.to_ask(print_, shift=way) for way in (-1, 1)]
        best: dict[int, float] = {}
        for each in asked:
            for kind in (each.keys < SPACE, each.keys >= SPACE):
                if kind.any():
                    for place, votes in self._vote(Keys(each.keys[kind], each.seconds[kind]), most):
                        best[place] = max(best.get(place, 0.0), votes)
        ranked = sorted(best.items(), key=lambda row: (-row[1], row[0]))
        if len(ranked) > most:
            # Among many strangers the last ones proposed show how much chance gives.
            chance = ranked[most - 1][1]
            ranked = [
                row for at, row in enumerate(ranked[:most]) if at < _ALWAYS or row[1] > 1.3 * chance
            ]
        return [Candidate(self._works[place], votes) for place, votes in ranked]

    def _vote(self, asked: Keys, most: int) -> list[tuple[int, float]]:
        """(place, votes beyond chance) of the works with the highest peaks over shifts in time."""
        self._settle()
        width = (self._longest + int(asked.seconds.max()) + 1) // _CELL_S + 2
        counts = np.zeros(len(self._works) * width, dtype=np.int64)
        for part in (self._whole, self._tail_sorted):
            if part is not None and len(part.who):
                cells = self._cells(part, asked, width)
                counts += np.bincount(cells, minlength=len(counts))
        table = counts.reshape(len(self._works), width)
        peaks = (table[:, :-1] + table[:, 1:]).max(axis=1)
        # Chance spreads a work's votes over all shifts.
        beyond = peaks - 2.0 * table.sum(axis=1) / width
        # A long film has more chances to peak.
        beyond -= np.sqrt(np.maximum(table.sum(axis=1) / width, 0.0))
        if self._gone:
            beyond[list(self._gone)] = 0
        chosen = np.argsort(-beyond, kind="stable")[:most]
        return [(int(at), float(beyond[at])) for at in chosen if beyond[at] >= _FEWEST_VOTES]

    def _cells(self, part: _Sorted, asked: Keys, width: int) -> NDArray[np.int64]:
        """For each posting met: place × width + shift in time, in cells of four seconds."""
        keys = looked_up.with_neighbours(asked.keys)
        first, last = part.starts[keys], part.starts[keys + 1]
        held = last - first
        crowd = max(256.0, _CROWDED * len(part.who) / (2 * SPACE))
        held = np.where(held > crowd, 0, held).reshape(-1)
        seconds = np.repeat(asked.seconds, keys.shape[1])
        ask = np.flatnonzero(held)
        lengths = held[ask]
        total = int(lengths.sum())
        if total == 0:
            return np.zeros(0, dtype=np.int64)
        # Positions of all the runs, one after the other.
        ends = np.cumsum(lengths)
        at = np.arange(total) + np.repeat(first.reshape(-1)[ask] - (ends - lengths), lengths)
        who = part.who[at].astype(np.int64)
        shift = who % MOST_SECONDS - np.repeat(seconds[ask], lengths)
        cell = (shift + int(asked.seconds.max()) + 1) // _CELL_S
        cells: NDArray[np.int64] = (who // MOST_SECONDS) * width + cell
        return cells

    def _settle(self) -> None:
        """Sort the tail, or merge it when it has grown."""
        if not self._tail or self._tail_sorted is not None:
            return
        keys = np.concatenate([part for part, _ in self._tail])
        who = np.concatenate([part for _, part in self._tail])
        if len(keys) > max(_TAIL, len(self._whole.who) // 8):
            keys = np.concatenate((self._whole.keys.astype(np.int64), keys))
            who = np.concatenate((self._whole.who, who))
            self._whole = _Sorted(keys, who)
            self._tail = []
        else:
            self._tail = [(keys, who)]
            self._tail_sorted = _Sorted(keys, who)
