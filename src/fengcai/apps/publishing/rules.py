"""What the public may see at this very moment. Asked at every read, never remembered."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.publishing.models import Publication, ResultsPublication
from fengcai.apps.releases.queries import hidden_now


def shown(contest: Contest) -> QuerySet[Publication]:
    """The publications that stand: published, not hidden, the work still accepted, and everybody on
    screen still agreeing."""
    rows = Publication.objects.filter(contest=contest, hidden_at=None, entry__state=State.ACCEPTED)
    return rows.filter(released()).order_by("number")


def released() -> Q:
    """That no release of a publication's work has ended by now; a condition on `Publication`."""
    return ~Q(Exists(hidden_now(timezone.now()).filter(entry=OuterRef("entry"))))


def is_shown(entry: Entry) -> bool:
    """Whether this work stands in the gallery now. 1 SQL."""
    return shown(entry.contest).filter(entry=entry).exists()


def results_of(contest: Contest) -> ResultsPublication | None:
    """The publication of the contest's result, if there is one. 1 SQL."""
    return _RESULTS.first(contest=contest.pk)


_RESULTS = Prepared(lambda: ResultsPublication.objects.filter(contest=Given("contest")).order_by())
