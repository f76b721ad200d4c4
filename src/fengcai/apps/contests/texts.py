"""A rulebook's text as it is kept, and its problems as an officer reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.core.rulebook import Problem

LARGEST = 1024 * 1024
"""Bytes of a rulebook; the language reads no more."""

MOST_TOLD = 20


def fit(text: str) -> str:
    """The text with plain line ends, one at its end. Raises `Refused` when it is too large."""
    whole = storable(text).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if len(whole.encode()) > LARGEST:
        raise Refused("规则书超过 1 MB，没有保存。规则书只写规则；长篇文字和名单请放在别处。")
    return whole.rstrip("\n") + "\n"


def digest(text: str) -> str:
    """SHA-256 of the text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def in_lines(problems: Sequence[Problem]) -> str:
    """One line each, with its mend; the first of very many."""
    told = [f"第 {p.line} 行：{p.message}（{p.mend}）" for p in problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        told.append(f"……另有 {len(problems) - MOST_TOLD} 处")
    return "\n".join(told)
