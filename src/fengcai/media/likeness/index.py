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
_FEWEST_CELLS = 32
_FEWEST_VOTES = 4
_TAIL = 1 << 18
_CROWDED = 16
_ALWAYS = 6
_PIECE = 1 << 16
_SECOND = np.uint32(MOST_SECONDS - 1)
_PLACE = np.uint32(MOST_SECONDS.bit_length() - 1)


@dataclass(frozen=True)
class Candidate:
    """A work that shares keys at one shift in time, and how many more than chance gives."""

    work: int
    votes: float


class _Sorted:
    """Postings in the order of their keys: `who` holds number × 4096 + second, uint32; those of key k
    stand from `starts[k]` to `starts[k + 1]`, so that the keys themselves are not kept."""

    def __init__(self, keys: NDArray[np.uint32], who: NDArray[np.uint32]) -> None:
        self.who = who[np.argsort(keys, kind="stable")]
        self.starts = np.zeros(2 * SPACE + 1, dtype=np.int32)
        np.cumsum(np.bincount(keys, minlength=2 * SPACE), out=self.starts[1:])

    @property
    def keys(self) -> NDArray[np.uint32]:
        """The key of each posting."""
        return np.repeat(np.arange(2 * SPACE, dtype=np.uint32), np.diff(self.starts))

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return self.who.nbytes + self.starts.nbytes


class Index:
    """Works by the caller's own numbers (any integers). Not safe for several threads at once."""

    def __init__(self) -> None:
        self._works: list[int] = []
        self._place: dict[int, int] = {}
        self._gone: set[int] = set()
        nothing = np.zeros(0, dtype=np.uint32)
        self._whole = _Sorted(nothing, nothing)
        self._tail: list[tuple[NDArray[np.uint32], NDArray[np.uint32]]] = []
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
        waiting = sum(keys.nbytes + who.nbytes for keys, who in self._tail)
        return sum(part.nbytes for part in held) + waiting

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
        who = (place * MOST_SECONDS + found.seconds).astype(np.uint32)
        self._tail.append((found.keys.astype(np.uint32), who))
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
        ranked = sorted(best.items(), key=lambda row: (-row[1], self._works[row[0]]))
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
        latest = int(asked.seconds.max()) + 1
        # Where all works are photos there is one shift only, and chance has to be seen beside it.
        width = max(_FEWEST_CELLS, (self._longest + latest) // _CELL_S + 2)
        parts = [each for each in (self._whole, self._tail_sorted) if each and len(each.who)]
        if not parts:
            return []
        cells = np.concatenate([self._cells(each, asked, latest, width) for each in parts])
        counts = np.bincount(cells, minlength=len(self._works) * width)
        table = counts.astype(np.int32).reshape(len(self._works), width)
        peaks = (table[:, :-1] + table[:, 1:]).max(axis=1)
        # Chance spreads a work's votes over all shifts; a long film has more chances to peak.
        mean = table.sum(axis=1) / width
        beyond = peaks - 2.0 * mean - np.sqrt(mean)
        if self._gone:
            beyond[list(self._gone)] = 0
        enough = np.flatnonzero(beyond >= _FEWEST_VOTES)
        chosen = enough[np.argsort(-beyond[enough], kind="stable")][:most]
        return [(int(at), float(beyond[at])) for at in chosen]

    def _cells(self, part: _Sorted, asked: Keys, latest: int, width: int) -> NDArray[np.intp]:
        """For each posting met: place × width + shift in time, in cells of four seconds.

        Works through the postings in pieces that stay in the processor's cache.
        """
        keys = looked_up.with_neighbours(asked.keys.astype(np.int32))
        first = part.starts[keys]
        held = part.starts[keys + 1] - first
        crowd = max(256.0, _CROWDED * len(part.who) / (2 * SPACE))
        held[held > crowd] = 0
        ask = np.flatnonzero(held)
        lengths, first = held.reshape(-1)[ask], first.reshape(-1)[ask]
        later = np.repeat((latest - asked.seconds).astype(np.int32), keys.shape[1])[ask]
        ends = np.cumsum(lengths, dtype=np.int64)
        cells = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.intp)
        pieces = np.searchsorted(ends, np.arange(_PIECE, len(cells) + _PIECE, _PIECE)) + 1
        start = done = 0
        for end in np.minimum(pieces, len(ends)):
            if end == start:
                continue
            often, until = lengths[start:end], int(ends[end - 1])
            # Positions of the runs, one after the other.
            before = (ends[start:end] - often - done).astype(np.int32)
            at = np.repeat(first[start:end] - before, often)
            at += np.arange(until - done, dtype=np.int32)
            who = part.who[at]
            shift = (who & _SECOND).astype(np.int32)
            shift += np.repeat(later[start:end], often)
            shift //= _CELL_S
            found = cells[done:until]
            found[:] = who >> _PLACE
            found *= width
            found += shift
            start, done = int(end), until
        return cells

    def _settle(self) -> None:
        """Sort the tail, or merge it when it has grown."""
        if not self._tail or self._tail_sorted is not None:
            return
        keys = np.concatenate([part for part, _ in self._tail])
        who = np.concatenate([part for _, part in self._tail])
        if len(keys) > max(_TAIL, len(self._whole.who) // 8):
            keys = np.concatenate((self._whole.keys, keys))
            who = np.concatenate((self._whole.who, who))
            self._whole = _Sorted(keys, who)
            self._tail = []
        else:
            self._tail = [(keys, who)]
            self._tail_sorted = _Sorted(keys, who)
