"""What a contest's front page depends on, asked in one statement: whether it may be shown as before.

Names no person and no right: it is what everybody sees who is not signed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from fengcai.apps.bulletin.models import Announcement
from fengcai.apps.contests.models import Contest, RulebookVersion
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.publishing.models import Publication, ResultsPublication
from fengcai.apps.publishing.queries import COUNTED
from fengcai.apps.releases.models import ShownUntil

_CONTEST, _ENTRY = Contest._meta.db_table, Entry._meta.db_table
_PLACE, _ENDED, _TOLD = (each._meta.db_table for each in (Publication, ShownUntil, Announcement))
_LOST = {f"lost{at}": str(state) for at, state in enumerate(State) if state != State.ACCEPTED}
# Written out: building it takes Django longer than a database takes to answer it. Works are counted
# on an index, up to `COUNTED` of them; those that may not be shown, nearly always none, are found from
# their side and taken off. Whatever stands in the gallery has a number.
_SQL = f"""
WITH here AS (SELECT id FROM {_CONTEST} WHERE slug = %(slug)s),
  gone AS (
    SELECT p.id FROM {_ENTRY} e JOIN {_PLACE} p ON p.entry_id = e.id
    WHERE e.contest_id = (SELECT id FROM here) AND e.number > ''
      AND e.state IN ({", ".join(f"%({name})s" for name in _LOST)}) AND p.hidden_at IS NULL
    UNION
    SELECT p.id FROM {_ENDED} u JOIN {_PLACE} p ON p.entry_id = u.entry_id
    WHERE u.contest_id = (SELECT id FROM here) AND u.ends_at <= %(now)s AND p.hidden_at IS NULL
  )
SELECT c.id, c.title, c.label, c.demo, v.hash,
  EXISTS (SELECT 1 FROM {ResultsPublication._meta.db_table} r WHERE r.contest_id = c.id),
  (SELECT COUNT(*) FROM (
    SELECT 1 FROM {_PLACE} p WHERE p.contest_id = (SELECT id FROM here) AND p.hidden_at IS NULL
    LIMIT {COUNTED} + (SELECT COUNT(*) FROM gone)
  ) few) - (SELECT COUNT(*) FROM gone),
  (SELECT MAX(a.changed_at) FROM {_TOLD} a WHERE a.contest_id = c.id),
  (SELECT SUM(CASE a.state WHEN 'published' THEN 1 ELSE 0 END + CASE WHEN a.pinned THEN 1000 ELSE 0 END)
    FROM {_TOLD} a WHERE a.contest_id = c.id)
FROM {_CONTEST} c
JOIN {RulebookVersion._meta.db_table} v ON v.id = c.version_id
WHERE c.slug = %(slug)s AND c.state = %(open)s AND v.hash <> ''
"""  # noqa: S608  (names of our own tables)


@dataclass(frozen=True)
class Front:
    """An open contest as its row, its rules (by their hash) and the publications stand now."""

    contest_id: int
    title: str
    label: str
    demo: bool
    rules: str
    results: bool
    works: int
    told: str
    """When an announcement of it was last touched, and how many are out and pinned: two acts may fall
    on one instant."""


def front_of(slug: str) -> Front | None:
    """How an open contest stands; None for any other. 1 SQL, whatever the number of works."""
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        asked = {"slug": slug, "open": Contest.State.OPEN, "now": now, **_LOST}
        cursor.execute(_SQL, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    pk, title, label, demo, rules, results, works, told, out = row
    said = f"{told or ''}/{out or 0}"
    return Front(pk, title, label, bool(demo), rules, bool(results), works, said)
