"""How a message that did not go out is told. Knows no way of sending."""

from __future__ import annotations


class NotSent(Exception):
    """The message was not handed over; `reason` is one Chinese sentence for an officer.

    `again`: another try may succeed, not before `after_s` seconds where that is known. `ours`: the
    fault lies with this installation's settings, not with this message, so that all others would fail
    alike. `unsure`: everything was handed over and no answer came, so it may have been sent.
    """

    def __init__(
        self,
        reason: str,
        *,
        again: bool,
        after_s: float | None = None,
        ours: bool = False,
        unsure: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.after_s = after_s
        self.ours = ours
        self.unsure = unsure
