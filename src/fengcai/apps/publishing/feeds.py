"""Which result a program may read: the published one, or before that the organiser's own."""

from __future__ import annotations

from fengcai.apps.awards.models import Result
from fengcai.apps.contests.feeds import Standing
from fengcai.apps.publishing.rules import results_of
from fengcai.apps.refusals import NotFound


def result_seen(standing: Standing, *, without: tuple[str, ...] = ()) -> tuple[Result, bool]:
    """The stored result, and whether it is public. `without` names parts that are not read. Raises
    `NotFound`. 2 SQL."""
    rows = Result.objects.select_related("contest", "round__rulebook").defer(*without)
    publication = results_of(standing.contest)
    if publication is not None:
        return rows.get(pk=publication.result_id), True
    found = rows.filter(contest=standing.contest, current=True) if standing.organiser else None
    result = found.first() if found is not None else None
    if result is None:
        raise NotFound("现在没有可以查看的结果：还没有评出，或还没有公布。")
    return result, False
