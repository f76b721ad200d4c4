"""Keeps files for good: content under DATA/files/, named by a random key, never overwritten.

The database knows what a key is for; this engine only knows bytes. It also answers a browser's
request for a stretch of a file. Contexts must check who may see a file before they ask for it.
"""

from fengcai.engines.storage.disk import (
    BadKey,
    Stored,
    adopt,
    delete,
    local_path,
    provisional,
    verify,
    write_bytes,
)
from fengcai.engines.storage.ranges import ranged_response

__all__ = [
    "BadKey",
    "Stored",
    "adopt",
    "delete",
    "local_path",
    "provisional",
    "ranged_response",
    "verify",
    "write_bytes",
]
