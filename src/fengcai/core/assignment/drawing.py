"""An order drawn by lot from a seed that was committed before, which anybody can draw again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from fengcai.core.assignment.matrix import AssignmentError


def draw(works: Iterable[str], *, seed: str) -> tuple[str, ...]:
    """The works in the order of SHA-256(seed ‖ 0 ‖ work); ``seed`` is at least 16 bytes in hex.

    The order of the input does not matter. Raises ``AssignmentError`` without a usable seed.
    """
    try:
        secret = bytes.fromhex(seed)
    except ValueError:
        secret = b""
    if len(secret) < 16:
        raise AssignmentError(["没有事先封存的种子，不能抽签。"])
    return tuple(
        sorted(
            set(works),
            key=lambda work: hashlib.sha256(secret + b"\0" + work.encode()).hexdigest(),
        )
    )
