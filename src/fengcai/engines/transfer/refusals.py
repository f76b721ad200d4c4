"""Why a move stopped, in one Chinese sentence that says what is kept and what to do."""

from __future__ import annotations


class TransferRefused(Exception):
    """The move did not go on. Nothing has changed where it started from."""
