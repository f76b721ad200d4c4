"""The ways in which an action says no. Each carries one Chinese sentence for the person who asked:
what is wrong, what is kept, what to do. Web, API and command line show the same sentence.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """The action did not take place and nothing was changed.

    `message` is shown to the person; `fields` maps a form field's id to its own message;
    `code` is short, stable and quoted to support.
    """

    status = 422
    code = "refused"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class NotPermitted(Refused):
    """The actor may not do this here."""

    status = 403
    code = "not-permitted"


class NotFound(Refused):
    """There is no such thing, or the actor may not know of it: the two look alike from outside."""

    status = 404
    code = "not-found"


class TooLate(Refused):
    """A window has closed."""

    code = "too-late"


class Stale(Refused):
    """Somebody else saved first. `current` is what stands now, `version` its number."""

    status = 409
    code = "stale"

    def __init__(self, message: str, *, version: int, current: Mapping[str, object]) -> None:
        super().__init__(message)
        self.version = version
        self.current = dict(current)
