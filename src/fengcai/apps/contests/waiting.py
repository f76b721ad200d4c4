"""What of a contest's rules waits for the office: open questions of its notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import questions
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits


@waits("contests")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Questions of the notice that nobody has answered, while the contest is a draft. At most 1 SQL."""
    if isinstance(contest, Contest) and not contest.is_open and contest.version is not None:
        count = sum(row.answer is None for row in questions(contest))
        yield Waiting("处通知没有写明，待答复", count, "office-questions")
