"""What of a contest itself waits for the office: open questions of its notice, what its people ask about
their data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.queries import questions
from fengcai.apps.people.models import User
from fengcai.apps.people.privacy.queries import open_requests
from fengcai.apps.people.waiting import OfContest, Waiting, waits


@waits("contests")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Questions of the notice that nobody has answered, while the contest is a draft. Requests
    about personal data, urgent once one is late. At most 2 SQL."""
    if isinstance(contest, Contest) and not contest.is_open and contest.version is not None:
        count = sum(row.answer is None for row in questions(contest))
        yield Waiting("处通知没有写明，待答复", count, "office-questions")
    if isinstance(contest, Contest):
        rows = open_requests(Membership.objects.filter(contest=contest).values("user"))
        due = rows[0].due_at if rows else None
        late = due is not None and due <= at
        note = "最早的已过办理期限" if late else ""
        yield Waiting(
            "条个人信息的请求待办理", len(rows), "office-privacy", "", note, due, urgent=late
        )
