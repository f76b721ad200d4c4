"""Hits in words: their surroundings, the clause that they stand in, and a plain sentence for the entrant."""

from __future__ import annotations

import re

from .folding import UNSEEN

_CLAUSE_ENDS = re.compile(r"[。！？!?；;\n]")
_LONGEST_CLAUSE = 200
_BLANKS = re.compile(r"\s+")


def around(text: str, start: int, end: int, *, reach: int = 24) -> tuple[str, str, str]:
    """What stands before, the words, what stands behind; in one line, without invisible signs.

    `reach` is the most of the surroundings on either side; "…" tells that more was there.
    """
    before, behind = text[max(0, start - reach) : start], text[end : end + reach]
    first, last = "…" if start > reach else "", "…" if end + reach < len(text) else ""
    return first + shown(before), shown(text[start:end]), shown(behind) + last


def clause_of(text: str, start: int, end: int) -> str:
    """The sentence that the words stand in, at most 200 signs to either side; blanks made single.

    It is what a person's decision speaks of: the same sentence again needs no second one.
    """
    head = text[max(0, start - _LONGEST_CLAUSE) : start]
    tail = text[end : end + _LONGEST_CLAUSE]
    begins = [found.end() for found in _CLAUSE_ENDS.finditer(head)]
    stop = _CLAUSE_ENDS.search(tail)
    sentence = head[begins[-1] if begins else 0 :] + text[start:end]
    return shown(sentence + (tail[: stop.start()] if stop else tail)).strip()


def shown(text: str) -> str:
    """A piece of text in one line, without signs that show nothing or turn the writing around."""
    return _BLANKS.sub(" ", UNSEEN.sub(lambda sign: " " if sign[0].isspace() else "", text))


def plainly(words: str, *, where: str, reads_as: str, basis: str, advice: str) -> str:
    """A sentence for those who wrote the text: what the words are easily taken for, and what helps.

    `where` names the place: 标题, 简介, 影片 0:42 处的画面文字. The rest is as a `Term` says it.
    """
    return f"{where}里的“{shown(words).strip()}”容易被看成{reads_as}（{basis}），{advice}。"
