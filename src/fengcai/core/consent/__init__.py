"""Consent of the people on screen: who has to sign, what a release says, what is still owed.

Knows the law's ages, terms and separate consents, and the rulebook's demands (`Rules.releases`). It
keeps no rows, reads no clock and judges no picture: who appears is said by people.
"""

from .drawing import BOX, BadDrawing, clean_drawing
from .owing import Debt, Paper, Person, Register, Showing, owed, showing, watching
from .sealing import seal
from .statement import EDITION, Handler, Subject, statement
from .terms import (
    AGES,
    CAPACITIES,
    ON_SCREEN,
    PUBLIC,
    PURPOSES,
    SOURCES,
    STATES,
    WAYS,
    after_months,
    purposes_of,
    signers,
)

__all__ = [
    "AGES", "BOX", "CAPACITIES", "EDITION", "ON_SCREEN", "PUBLIC", "PURPOSES", "SOURCES", "STATES",
    "WAYS", "BadDrawing", "Debt", "Handler", "Paper", "Person", "Register", "Showing", "Subject",
    "after_months", "clean_drawing", "owed", "purposes_of", "seal", "showing", "signers", "statement",
    "watching",
]  # fmt: skip
