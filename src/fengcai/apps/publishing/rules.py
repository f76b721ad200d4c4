"""What the public may see at this very moment. Asked at every read, never remembered."""

from __future__ import annotations

from django.db.models import QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.publishing.models import Publication, ResultsPublication


def shown(contest: Contest) -> QuerySet[Publication]:
    """The publications that stand: published, not hidden, and the work still accepted."""
    return Publication.objects.filter(
        contest=contest, hidden_at=None, entry__state=State.ACCEPTED
    ).order_by("number")


def is_shown(entry: Entry) -> bool:
    """Whether this work stands in the gallery now. 1 SQL."""
    return shown(entry.contest).filter(entry=entry).exists()


def results_of(contest: Contest) -> ResultsPublication | None:
    """The publication of the contest's result, if there is one. 1 SQL."""
    return ResultsPublication.objects.filter(contest=contest).first()
