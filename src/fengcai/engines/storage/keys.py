"""The names of stored files, and what the port says about one. Touches neither disk nor network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from uuid import uuid4

_SUFFIX = re.compile(r"(\.[a-z0-9]{1,10})?")
_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}(\.[a-z0-9]{1,10})?")


class BadKey(ValueError):
    """Not a key that this store gave out (never turned into a path or an address)."""


class StorageTrouble(OSError):
    """The place where files are kept refuses or cannot be reached.

    The text (Chinese, for whoever runs the installation) says what is wrong and what to do. `busy`
    means that the same request may well succeed in a moment.
    """

    def __init__(self, text: str, *, busy: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.busy = busy


class Damaged(StorageTrouble):
    """The bytes are not the ones that were stored: another size, or another SHA-256."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: its key (`ab/cd/abcd….mp4`), size in bytes, SHA-256 in lower-case hex."""

    key: str
    size: int
    sha256: str


@dataclass(slots=True)
class Arrived:
    """A file that stands under its final key already but is nobody's yet; `adopt` takes it."""

    key: str
    size: int
    sha256: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What is under a key at this moment: size in bytes, last change in seconds since the epoch."""

    size: int
    modified: float


def ending(suffix: str) -> str:
    """`suffix` in lower case: `.mp4` (ASCII letters and digits) or empty. Raises ValueError."""
    suffix = suffix.lower()
    if not _SUFFIX.fullmatch(suffix):
        raise ValueError(f"not a file ending: {suffix!r}")
    return suffix


def ending_of(filename: str) -> str:
    """The ending of a person's file name as a key may carry it, or none."""
    suffix = PurePath(filename).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def fresh_key(suffix: str) -> str:
    """A key that was never given out. `suffix` as `ending` returns it."""
    name = uuid4().hex
    return f"{name[:2]}/{name[2:4]}/{name}{suffix}"


def is_key(text: str) -> bool:
    """Whether this store could have given `text` out."""
    return _KEY.fullmatch(text) is not None


def checked(key: str) -> str:
    """`key` itself. Raises BadKey for anything that is not one."""
    if not is_key(key):
        raise BadKey(f"not a storage key: {key!r}")
    return key
