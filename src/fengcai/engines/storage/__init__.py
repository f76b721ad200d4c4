"""Keeps files for good: content by a random key, never overwritten, on a local disk or in S3.

The database knows what a key is for; this engine only knows bytes. It also answers a browser's
request for a stretch of a file. Contexts must check who may see a file before they ask for it.

Names that need Django's app registry, or boto3, are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fengcai.engines.storage.content import (
    adopt,
    delete,
    provisional,
    readable,
    verify,
    write_bytes,
)
from fengcai.engines.storage.keys import (
    Arrived,
    BadKey,
    Damaged,
    Found,
    StorageTrouble,
    Stored,
    ending_of,
    fresh_key,
)
from fengcai.engines.storage.owners import Owned, all_owned, register_owner
from fengcai.engines.storage.ranges import in_threads, made_response, ranged_response
from fengcai.engines.storage.s3_access import Access
from fengcai.engines.storage.scratch import clear as clear_scratch
from fengcai.engines.storage.scratch import directory as scratch_directory
from fengcai.engines.storage.store import Store, access, multiparts, open_store, store

if TYPE_CHECKING:
    from fengcai.engines.storage.s3_client import MultipartGone
    from fengcai.engines.storage.s3_multiparts import HeldPart, Multiparts, Piece
    from fengcai.engines.storage.scrubbing import Report, report, scrub

__all__ = [
    "Access",
    "Arrived",
    "BadKey",
    "Damaged",
    "Found",
    "HeldPart",
    "MultipartGone",
    "Multiparts",
    "Owned",
    "Piece",
    "Report",
    "StorageTrouble",
    "Store",
    "Stored",
    "access",
    "adopt",
    "all_owned",
    "clear_scratch",
    "delete",
    "ending_of",
    "fresh_key",
    "in_threads",
    "made_response",
    "multiparts",
    "open_store",
    "provisional",
    "ranged_response",
    "readable",
    "register_owner",
    "report",
    "scratch_directory",
    "scrub",
    "store",
    "verify",
    "write_bytes",
]

_LATE = {
    "HeldPart": "s3_multiparts",
    "MultipartGone": "s3_client",
    "Multiparts": "s3_multiparts",
    "Piece": "s3_multiparts",
    "Report": "scrubbing",
    "report": "scrubbing",
    "scrub": "scrubbing",
}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
