"""Which rows of a page differ from those of the page before: the rest was examined already."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EVERY = 16


class Fresh:
    """Remembers the last page that it was asked about."""

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None

    def rows(self, rgb: NDArray[np.uint8]) -> tuple[int, int] | None:
        """From the first to behind the last row that changed; None where nothing did."""
        last, self._last = self._last, rgb
        if last is None or last.shape != rgb.shape:
            return 0, rgb.shape[0]
        changed = np.flatnonzero((last[:, ::_EVERY] != rgb[:, ::_EVERY]).any(axis=(1, 2)))
        if changed.size == 0:
            return None
        return int(changed[0]), int(changed[-1]) + 1
