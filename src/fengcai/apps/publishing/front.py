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

# Written out: building it takes Django longer than a database takes to answer it.
_SQL = f"""
SELECT c.id, c.title, c.label, c.demo, v.hash,
  EXISTS (SELECT 1 FROM {ResultsPublication._meta.db_table} r WHERE r.contest_id = c.id),
  (SELECT COUNT(*) FROM (
    SELECT 1 FROM {Publication._meta.db_table} p
    JOIN {Entry._meta.db_table} e ON e.id = p.entry_id
    WHERE p.contest_id = c.id AND p.hidden_at IS NULL AND e.state = %s
      AND NOT EXISTS (SELECT 1 FROM {ShownUntil._meta.db_table} u
        WHERE u.entry_id = p.entry_id AND u.ends_at <= %s)
    LIMIT {COUNTED}
  ) few),
  (SELECT MAX(a.changed_at) FROM {Announcement._meta.db_table} a WHERE a.contest_id = c.id),
  (SELECT SUM(CASE a.state WHEN 'published' THEN 1 ELSE 0 END + CASE WHEN a.pinned THEN 1000 ELSE 0 END)
    FROM {Announcement._meta.db_table} a WHERE a.contest_id = c.id)
FROM {Contest._meta.db_table} c
JOIN {RulebookVersion._meta.db_table} v ON v.id = c.version_id
WHERE c.slug = %s AND c.state = %s AND v.hash <> ''
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
        cursor.execute(_SQL, [State.ACCEPTED, now, slug, Contest.State.OPEN])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, title, label, demo, rules, results, works, told, out = row
    said = f"{told or ''}/{out or 0}"
    return Front(pk, title, label, bool(demo), rules, bool(results), works, said)
