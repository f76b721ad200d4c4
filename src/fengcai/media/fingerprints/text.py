"""The fingerprint of a text: MinHash over jieba's words and over runs of characters.

Words find what was taken over sentence by sentence, runs of two characters find a paraphrase that
keeps the phrases. Only letters, digits and Chinese characters count, in one width and case.
Source: Broder, "On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 2
HASHES = 256
"""Version 1 had the first `FIRST` of them: of texts on one subject one pair in ten thousand seemed alike."""
FIRST = 64
SHORTEST = 16
"""Texts of fewer counting characters say too little to be compared."""
_RUN = 2
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "我们 你们 他们 一个 一种 怎么 什么 如何 为何 为什么 这样 那样 可以 没有 不要 不是 就是 以及 还是 "
        "进行 通过 其中 因为 所以 如果 但是 自己 大家 它们 时候 知道 需要 应该 可能 已经 作品 视频 影片 "
        "短片 介绍 讲述 科室",
    )
)
"""Words that stand in every text and say nothing of what it is about."""


@dataclass(frozen=True)
class Texts:
    """`words`, `runs`: the least hashes, uint32 (HASHES,), or (FIRST,) of what was kept earlier; `length`:
    counting characters."""

    words: NDArray[np.uint32]
    runs: NDArray[np.uint32]
    length: int


def text_fingerprint(text: str) -> bytes:
    """The section; empty for a text that is too short to compare."""
    plain = folded(text)
    if len(plain) < SHORTEST:
        return b""
    runs = {plain[at : at + _RUN] for at in range(len(plain) - _RUN + 1)}
    words = {word for word in _cut(plain) if len(word) > 1} or runs
    parts = [np.array([min(len(plain), 2**32 - 1)]), _least(words), _least(runs)]
    return np.concatenate(parts).astype("<u4").tobytes()


def read(payload: bytes, version: int) -> Texts:
    """A section as written by any version up to this one. Raises ValueError for any other."""
    many = {1: FIRST, 2: HASHES}.get(version, -1)
    if len(payload) != 4 * (1 + 2 * many):
        raise ValueError(f"text of version {version}, {len(payload)} bytes")
    values = np.frombuffer(payload, dtype="<u4").astype(np.uint32)
    return Texts(values[1 : 1 + many], values[1 + many :], int(values[0]))


def folded(text: str) -> str:
    """Letters, digits and characters only, full width and capitals undone."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def words_of(text: str) -> frozenset[str]:
    """The words of two characters and more, one width and case: what a text is about, roughly."""
    parts = (folded(part) for part in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text)))
    return frozenset(
        word
        for part in parts
        for word in _cut(part)
        if len(word) > 1 and not word.isdigit() and word not in _EMPTY
    )


@cache
def _tokeniser() -> Any:
    """jieba with its own dictionary, read anew: it would else trust a cache that anybody on the
    machine may have put into the folder for temporary files. Loaded only where texts are compared."""
    import jieba  # type: ignore[import-untyped]

    tokeniser = jieba.Tokenizer()
    tokeniser.FREQ, tokeniser.total = tokeniser.gen_pfdict(tokeniser.get_dict_file())
    tokeniser.initialized = True
    return tokeniser


def _cut(plain: str) -> Iterable[str]:
    found: Iterable[str] = _tokeniser().cut(plain, HMM=False)
    return found


def _least(parts: Iterable[str]) -> NDArray[np.uint32]:
    """For each of HASHES orders of all things, the first of these."""
    codes = np.array([zlib.crc32(part.encode()) for part in parts], dtype=np.uint64)
    # 64-bit finaliser of MurmurHash3 over each code under its order's seed; overflow is meant.
    seeds = np.arange(1, HASHES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = codes[None, :] ^ seeds[:, None]
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed ^= mixed >> np.uint64(33)
        mixed *= np.uint64(factor)
    mixed ^= mixed >> np.uint64(33)
    least: NDArray[np.uint32] = (mixed.min(axis=1) >> np.uint64(32)).astype(np.uint32)
    return least
