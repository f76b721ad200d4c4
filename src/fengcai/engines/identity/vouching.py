"""What a provider says about a person, and how it says that it does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """A person as one provider knows them.

    `subject` names them there for ever and says nothing to anybody else; `joint` names them across
    several doors of the same provider (WeChat's unionid), empty where there is none. `login` is the
    name that people type there, `name` the one that people read. A `passing` identity belongs to a
    page that is only looked at (WeChat's 快照页): it must never make, open or join an account.
    """

    provider: str
    subject: str
    joint: str = ""
    login: str = ""
    name: str = ""
    passing: bool = False


class NotVouched(Exception):
    """No identity came of it. The text is for the person who signs in, one Chinese sentence.

    `why` is for the log and for `fengcai doctor`: no secret and no code of the request stands in it.
    `mend` is what the office should do, empty where nothing is to be mended. `again`: another try may
    succeed.
    """

    def __init__(self, text: str, *, why: str, mend: str = "", again: bool = True) -> None:
        super().__init__(text)
        self.text = text
        self.why = why
        self.mend = mend
        self.again = again
