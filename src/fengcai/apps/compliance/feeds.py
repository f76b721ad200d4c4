"""What programs read of remarks on wording, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fengcai.apps.compliance.queries import RemarkRow, in_state, row_of, shown_in
from fengcai.apps.compliance.rules import require_deciding
from fengcai.apps.contests.models import Contest
from fengcai.apps.people.models import User


@dataclass(frozen=True)
class Sought:
    """What is listed: `state` is one of `queries.STATES`, empty for all; so are `law` and `work`."""

    state: str = ""
    law: str = ""
    work: UUID | None = None


def remarks_in(
    *, contest: Contest, user: User, sought: Sought, after: int | None, most: int
) -> Sequence[RemarkRow]:
    """A contest's remarks in the order in which they were found, from behind `after`. 2 SQL.

    Raises `NotPermitted` for anybody but reviewers and organisers.
    """
    require_deciding(user, contest)
    rows = in_state(shown_in(contest), sought.state)
    if sought.law:
        rows = rows.filter(law=sought.law)
    if sought.work is not None:
        rows = rows.filter(entry=sought.work)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return [row_of(row) for row in rows.select_related("entry__unit", "decided_by")[:most]]
