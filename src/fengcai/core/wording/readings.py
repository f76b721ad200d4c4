"""Words of which signs are written in pinyin (gen治, jia微信): the spellings that a text may have.

A word of two signs that is all pinyin is left out: names of people read like that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

_SHORT = 3
"""In words of up to so many signs any of them may be pinyin; in longer ones one of them, or all."""
_FEWEST_ALL = 3


def spellings(word: str, readings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The spellings of a folded word other than its own. A sign without reading stays as it is."""
    places = [at for at, sign in enumerate(word) if sign in readings]
    most = len(places) if len(places) <= _SHORT else 1
    chosen = [some for many in range(1, most + 1) for some in combinations(places, many)]
    if len(places) > _SHORT:
        chosen.append(tuple(places))
    for some in chosen:
        if len(some) == len(word) < _FEWEST_ALL:
            continue
        for read in product(*(readings[word[at]] for at in some)):
            written = dict(zip(some, read, strict=True))
            yield "".join(written.get(at, sign) for at, sign in enumerate(word))
