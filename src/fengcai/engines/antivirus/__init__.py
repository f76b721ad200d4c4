"""Asking a virus scanner about a file: optional, off unless the address of a clamd is set.

The bytes are streamed to it (`INSTREAM`), so it needs no right to the data folder and may run as any
user. What it could not look at is said to be unscanned, never clean. Nothing here keeps or moves files.
"""

from .scanning import MEBIBYTE, ClamdTrouble, Place, Scan, Standing, look_up, place_of, probe, scan

__all__ = [
    "MEBIBYTE",
    "ClamdTrouble",
    "Place",
    "Scan",
    "Standing",
    "look_up",
    "place_of",
    "probe",
    "scan",
]
