"""What one inspection may spend. A film that needs more is refused, never half-judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Mode = Literal["auto", "swift", "thorough"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds for one file; the child process is ended when it passes any of them.

    `memory_bytes` bounds the address space (thread stacks included) of one reader beyond what its
    nursery has loaded, so it is well above what the decoding itself takes. `thorough_pixels` is the work, in decoded
    pixels, up to which mode "auto" decodes every frame: the default is two minutes of 1080p25.
    """

    wall_s: float = 900.0
    cpu_s: int = 1500
    memory_bytes: int = 3 * 1024**3 // 2
    open_files: int = 32
    picture_pixels: int = 8192 * 4352
    thorough_pixels: int = 1920 * 1080 * 25 * 120
    threads: int = 2
    mode: Mode = "auto"
    read_screen: bool = True

    def as_json(self) -> dict[str, object]:
        """The limits as the child reads them."""
        return asdict(self)
