"""Has the C library keep the memory of network buffers instead of giving it back each time.

An ASGI server hands a body over in fresh blocks of up to 256 KiB. Under glibc's defaults each is
mapped, faulted in page by page and unmapped again: 353 000 page faults per GiB received, more CPU
than everything else together. With these two limits the same blocks are used over and over.
"""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_MAPPED_FROM = 4 * 1024 * 1024  # bytes; larger blocks are still returned at once
_KEPT_FREE = 32 * 1024 * 1024  # bytes at the heap's end that may stay unused


def reuse_buffers() -> bool:
    """Set the limits for this process; False where the C library has none (musl, macOS)."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM) and mallopt(_M_TRIM_THRESHOLD, _KEPT_FREE))
