"""The index that this process holds in memory, kept in step with the table of fingerprints.

Every question first asks the table which rows there are: what another process wrote since is taken in,
what is gone is taken out. Nothing is lost with it; it is built anew by whoever asks next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from fengcai.apps.likeness.models import Fingerprint

if TYPE_CHECKING:
    import numpy as np

    from fengcai.media import fingerprints as made
    from fengcai.media.fingerprints.text import Texts
    from fengcai.media.likeness import Index

CANDIDATES = 24
_AT_ONCE = 200
_ROUGHLY = 0.12


@dataclass
class Standing:
    """The index and the texts, by the numbers of rows. One thread at a time asks or changes it."""

    index: Index
    made: dict[int, object] = field(default_factory=dict)
    texts: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.uint32]]] = field(default_factory=dict)


_LOCK = threading.Lock()
_HELD: list[Standing] = []


def forget() -> None:
    """Drop the index; the next question builds it anew from the table."""
    with _LOCK:
        _HELD.clear()


def candidates(print_: made.Fingerprint) -> list[int]:
    """Numbers of the rows that probably have something in common. 1 SQL and what is new."""
    from fengcai.media.likeness import Index

    with _LOCK:
        if not _HELD:
            _HELD.append(Standing(Index()))
        held = _HELD[0]
        _catch_up(held)
        found = [each.work for each in held.index.candidates(print_, most=CANDIDATES)]
        return found + [row for row in _alike(held, print_) if row not in found]


def memory_bytes() -> int:
    """What the index takes in this process."""
    return _HELD[0].index.memory_bytes if _HELD else 0


def compared() -> Q:
    """Which rows are compared: texts, and the files that stand."""
    return Q(asset=None) | Q(asset__version__current=True)


def read_rows(numbers: Iterable[int]) -> Iterator[tuple[Fingerprint, made.Fingerprint]]:
    """Rows with their fingerprints read, `_AT_ONCE` a statement; one that cannot be read is left out."""
    from fengcai.media import fingerprints as made

    numbers = list(numbers)
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        rows = Fingerprint.objects.select_related("entry__contest", "prior")
        for row in rows.filter(pk__in=part):
            try:
                yield row, made.read(bytes(row.data))
            except made.NoFingerprint:
                continue


def _catch_up(held: Standing) -> None:
    rows = Fingerprint.objects.filter(compared())
    now = dict(rows.values_list("pk", "made_at"))
    for number in held.made.keys() - now.keys():
        held.index.remove(number)
        held.texts.pop(number, None)
    held.made = {n: at for n, at in held.made.items() if now.get(n) == at}
    missing = sorted(now.keys() - held.made.keys())
    for row, print_ in read_rows(missing):
        held.index.add(row.pk, print_)
        if print_.text is not None:
            held.texts[row.pk] = _first(print_.text)
    held.made = dict(now)


def _first(text: Texts) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    """Those hashes of words and runs that every version has."""
    import numpy as np

    from fengcai.media.fingerprints.text import FIRST

    return np.concatenate((text.words[:FIRST], text.runs[:FIRST]))


def _alike(held: Standing, print_: made.Fingerprint) -> list[int]:
    """Rows whose texts resemble this one's, the nearest first."""
    import numpy as np

    from fengcai.media.likeness.comparing import TEXT_ALIKE

    if print_.text is None or not held.texts:
        return []
    numbers = np.array(list(held.texts))
    same = np.stack(list(held.texts.values())) == _first(print_.text)
    half = same.shape[1] // 2
    shares = np.maximum(same[:, :half].mean(axis=1), same[:, half:].mean(axis=1))
    # A quarter of the hashes says it roughly; all of them decide.
    near = np.flatnonzero(shares >= TEXT_ALIKE - _ROUGHLY)
    return [int(numbers[at]) for at in near[np.argsort(-shares[near])][:CANDIDATES]]
