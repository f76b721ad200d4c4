"""Receives large files over tus 1.0 and hands each complete one to the purpose that asked for it.

A context calls `issue_grant` for a page, `register`s what happens when a file is complete, and
never sees a request. This engine does not know what a file is for, nor look inside it.

Names that need Django's app registry are loaded on first use, so that this package can stand in
INSTALLED_APPS.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fengcai.engines.uploads.grants import issue_grant
from fengcai.engines.uploads.purposes import CompletedUpload, UploadRefused, register

if TYPE_CHECKING:
    from fengcai.engines.uploads.carrying import bring_unfinished, half_received, unregistered
    from fengcai.engines.uploads.completion import finish_pending
    from fengcai.engines.uploads.housekeeping import purge_expired
    from fengcai.engines.uploads.receiver import tus_application

__all__ = [
    "CompletedUpload",
    "UploadRefused",
    "bring_unfinished",
    "finish_pending",
    "half_received",
    "issue_grant",
    "purge_expired",
    "register",
    "tus_application",
    "unregistered",
]

_LATE = {
    "bring_unfinished": "carrying",
    "finish_pending": "completion",
    "half_received": "carrying",
    "purge_expired": "housekeeping",
    "tus_application": "receiver",
    "unregistered": "carrying",
}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
