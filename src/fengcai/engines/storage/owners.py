"""Which contexts own which keys: they say so here, since the engine does not know what a file is.

Holds no rows; `scrubbing` asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Owned:
    """A key that the database holds; `sha256` is empty where it holds none (a poster)."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Owner:
    """One kind of file: its Chinese name, and the two questions that can be asked about it.

    `after(key, limit)` gives the next files in the order of their keys, from the first one greater
    than `key` on. `holds(keys)` gives those of the keys that are its own. One SQL statement each.
    """

    name: str
    after: Callable[[str, int], Sequence[Owned]]
    holds: Callable[[Collection[str]], Collection[str]]


_owners: dict[str, Owner] = {}


def register_owner(
    name: str,
    *,
    after: Callable[[str, int], Sequence[Owned]],
    holds: Callable[[Collection[str]], Collection[str]],
) -> None:
    """Have the files of `name` scrubbed. A context calls it when it starts; again replaces."""
    _owners[name] = Owner(name, after, holds)


def owners() -> tuple[Owner, ...]:
    """Every owner, by name."""
    return tuple(_owners[name] for name in sorted(_owners))


def all_owned() -> Iterator[Owned]:
    """Every file that the database speaks of, in the order of the keys, in flat memory."""
    return merge(*map(_all_of, owners()), key=lambda each: each.key)


def _all_of(owner: Owner) -> Iterator[Owned]:
    last = ""
    while page := owner.after(last, _AT_ONCE):
        yield from page
        last = page[-1].key
