"""Sessions in the database, as Django keeps them; only the statement that every page begins with is put
together once (`apps.prepared`). Nothing of a session is remembered between requests."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from fengcai.apps.prepared import Given, Prepared

_SESSION = Prepared(
    lambda: Session.objects.filter(
        session_key=Given("key", words=True), expire_date__gt=Given("now")
    )
)


class SessionStore(DatabaseSessions):
    """Django's own, under its own name: what another process signed is good here."""

    def _get_session_from_db(self) -> Session | None:
        row = _SESSION.first(key=self.session_key, now=timezone.now())
        if row is None:
            self._session_key = None
        return row
