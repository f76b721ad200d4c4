"""What is one judge's own in a round, as parts of SQL written out for SQLite and PostgreSQL.

The rule that chooses rows stands here once: what fell out, what is barred. Put together by the ORM
at every request, these parts cost a judge's pages more than the database takes to answer.
"""

# ruff: noqa: S608  (only names of our own tables are put together; every value is a parameter)
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    DateTimeField,
    Field,
    IntegerField,
    JSONField,
    TextField,
)
from django.db.models.expressions import RawSQL

from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import (
    Assignment,
    Commitment,
    Conflict,
    HandIn,
    Round,
    RoundEntry,
    ScoreSheet,
    Seat,
)

LOST = tuple(str(state) for state in State if state != State.ACCEPTED)
"""The states in which a work of an open round takes no part."""


@dataclass(frozen=True)
class Progress:
    """Works that take part, those the judge has to mark, and those marked in full."""

    works: int
    due: int
    done: int


class Part:
    """A part of a statement with named values, ready to be put into one of the ORM's."""

    def __init__(self, text: str, kind: type[Field[Any, Any]] = BooleanField) -> None:
        self.names = tuple(re.findall(r"%\((\w+)\)s", text))
        self.text = re.sub(r"%\(\w+\)s", "%s", text)
        self.kind = kind

    def of(self, values: Mapping[str, Any]) -> RawSQL:
        """The part with its values."""
        return RawSQL(self.text, [values[name] for name in self.names], self.kind())  # noqa: S611


_ENTRY, _PLACE, _SHEET = (each._meta.db_table for each in (Entry, RoundEntry, ScoreSheet))
_CONFLICT, _PROMISE, _SIGNED = (each._meta.db_table for each in (Conflict, Commitment, HandIn))
_GIVEN_OUT = Assignment._meta.db_table
_UNITS = Seat.units.through._meta.db_table

_MINE = "round_id = %(round)s AND judge_id = %(judge)s"
_OWN = (
    f"SELECT e.id FROM {_UNITS} own JOIN {_ENTRY} e ON e.unit_id = own.unit_id"
    " WHERE own.seat_id = %(recusing_seat)s"
)
_DECLARED = f"SELECT entry_id FROM {_CONFLICT} WHERE {_MINE} AND withdrawn_at IS NULL"
# A work has a number from its first acceptance on: the others are never looked at.
_FALLEN = (
    f"SELECT e.id FROM {_ENTRY} e WHERE e.contest_id = %(contest)s AND e.number > ''"
    f" AND e.state IN ({', '.join(f'%(lost{at})s' for at in range(len(LOST)))})"
)
_WHOLE = f"SELECT entry_id FROM {_SHEET} WHERE {_MINE} AND marked >= %(full)s"
_GIVEN = f"SELECT entry_id FROM {_GIVEN_OUT} WHERE {_MINE} AND ended_at IS NULL"
_HERE = f'"{_PLACE}"."entry_id"'

FALLEN = Part(f"{_HERE} IN ({_FALLEN})")
GIVEN = Part(f"{_HERE} IN ({_GIVEN})")
BARRED = Part(f"{_HERE} IN ({_OWN}) OR {_HERE} IN ({_DECLARED})")
OWN = Part(f"{_HERE} IN ({_OWN})")
_REASON = f"{_DECLARED.replace('entry_id', 'reason', 1)} AND entry_id = {_HERE}"
WHY = Part(f"{_REASON} AND kind = %(declared)s", TextField)
FOUND = Part(f"{_REASON} AND kind <> %(declared)s", TextField)
WHOLE = Part(f"{_HERE} IN ({_WHOLE})")
BEGUN = Part(f"{_HERE} IN ({_WHOLE.replace('>= %(full)s', '> 0')} AND marked < %(full)s)")
_OF_IT = f"FROM {_SHEET} WHERE {_MINE} AND entry_id = {_HERE}"
MARKED = Part(f"SELECT marked {_OF_IT}", IntegerField)
MARKS = Part(f'SELECT "values" {_OF_IT}', JSONField)
COMMENT = Part(f"SELECT comment {_OF_IT}", TextField)
VERSION = Part(f"SELECT version {_OF_IT}", IntegerField)
PROMISED = Part(f"EXISTS (SELECT 1 FROM {_PROMISE} WHERE {_MINE})")
SIGNED_AT = Part(f"SELECT at FROM {_SIGNED} WHERE {_MINE} AND reopened_at IS NULL", DateTimeField)

# What takes no part is counted and taken off: nearly always it is the smaller part.
_COUNTS = f"""
WITH fallen AS ({_FALLEN} AND EXISTS (
    SELECT 1 FROM {_PLACE} p WHERE p.round_id = %(round)s AND p.entry_id = e.id)),
  barred AS (
    SELECT e.id FROM {_ENTRY} e JOIN {_PLACE} p ON p.round_id = %(round)s AND p.entry_id = e.id
    WHERE e.state = %(accepted)s AND e.id IN ({_OWN} UNION {_DECLARED}))
SELECT (SELECT COUNT(*) FROM {_PLACE} WHERE round_id = %(round)s),
  (SELECT COUNT(*) FROM fallen),
  (SELECT COUNT(*) FROM barred),
  (SELECT COUNT(*) FROM ({_WHOLE}) finished),
  (SELECT COUNT(*) FROM ({_WHOLE} AND entry_id IN (
    SELECT id FROM fallen UNION ALL SELECT id FROM barred)) lost)
"""

# Where works are shared out, what counts is what was given to the judge: a small part of them all.
_OWN_COUNTS = f"""
WITH mine AS (
    SELECT e.id FROM {_ENTRY} e JOIN {_PLACE} p ON p.round_id = %(round)s AND p.entry_id = e.id
    WHERE e.state = %(accepted)s AND e.id IN ({_GIVEN})),
  free AS (SELECT id FROM mine WHERE id NOT IN ({_OWN} UNION {_DECLARED}))
SELECT (SELECT COUNT(*) FROM mine), (SELECT COUNT(*) FROM free),
  (SELECT COUNT(*) FROM ({_WHOLE} AND entry_id IN (SELECT id FROM free)) finished)
"""

# The same for every seat in force, where works are not shared out. What is barred is found once for
# all of them; nothing is barred that has fallen.
_SEAT, _TAKING = Seat._meta.db_table, f"{_PLACE} p ON p.round_id = s.round_id AND p.entry_id = e.id"
_SEAT_COUNTS = f"""
WITH seats AS (SELECT * FROM {_SEAT} WHERE round_id = %(round)s AND excused_at IS NULL),
  fallen AS ({_FALLEN} AND EXISTS (
    SELECT 1 FROM {_PLACE} p WHERE p.round_id = %(round)s AND p.entry_id = e.id)),
  barred AS (
    SELECT s.id AS seat, e.id AS entry FROM seats s JOIN {_UNITS} own ON own.seat_id = s.id
    JOIN {_ENTRY} e ON e.contest_id = %(contest)s AND e.unit_id = own.unit_id
      AND e.state = %(accepted)s
    JOIN {_TAKING} WHERE %(recuse)s = 1
    UNION
    SELECT s.id, c.entry_id FROM seats s JOIN {_CONFLICT} c ON c.round_id = s.round_id
      AND c.judge_id = s.judge_id AND c.withdrawn_at IS NULL
    WHERE EXISTS (SELECT 1 FROM {_ENTRY} e JOIN {_TAKING}
      WHERE e.id = c.entry_id AND e.state = %(accepted)s)),
  lost AS (SELECT seat, entry FROM barred UNION ALL SELECT s.id, f.id FROM seats s, fallen f)
SELECT s.id,
  (SELECT COUNT(*) FROM {_PLACE} WHERE round_id = %(round)s) - (SELECT COUNT(*) FROM fallen),
  (SELECT COUNT(*) FROM barred b WHERE b.seat = s.id),
  (SELECT COUNT(*) FROM {_SHEET} x WHERE x.round_id = s.round_id AND x.judge_id = s.judge_id
    AND x.marked >= %(full)s),
  (SELECT COUNT(*) FROM lost l JOIN {_SHEET} x ON x.round_id = s.round_id
    AND x.judge_id = s.judge_id AND x.entry_id = l.entry AND x.marked >= %(full)s
    WHERE l.seat = s.id)
FROM seats s
"""


def values_for(round: Round, judge_id: int) -> dict[str, Any]:
    """What parts about the judge alone want: `PROMISED`, `SIGNED_AT`, `MARKED`."""
    return {"round": round.pk, "judge": judge_id}


def values_of(round: Round, seat: Seat, *, full: int, recuse_own_unit: bool) -> dict[str, Any]:
    """What every part wants; `full` is how many marks a whole sheet has."""
    return values_for(round, seat.judge_id) | {
        "contest": round.contest_id,
        "recusing_seat": seat.pk if recuse_own_unit else None,
        "full": full,
        "accepted": str(State.ACCEPTED),
        "declared": str(Conflict.Kind.DECLARED),
        **{f"lost{at}": state for at, state in enumerate(LOST)},
    }


def tally(values: dict[str, Any], *, shared: bool) -> Progress:
    """How far the judge is while the round is open. 1 SQL, five counts, each on an index; where
    works are `shared` out, three counts of the judge's own."""
    with connection.cursor() as cursor:
        if shared:
            cursor.execute(_OWN_COUNTS, values)
            return Progress(*cursor.fetchone())
        cursor.execute(_COUNTS, values)
        placed, fallen, barred, done, lost = cursor.fetchone()
    works = placed - fallen
    return Progress(works, works - barred, done - lost)


def tally_of_seats(round: Round, *, full: int, recuse_own_unit: bool) -> dict[int, Progress]:
    """How far each judge is, by the seat's key, in an open round whose works are not shared out. 1 SQL."""
    values: dict[str, Any] = {
        "round": round.pk,
        "contest": round.contest_id,
        "full": full,
        "recuse": int(recuse_own_unit),
        "accepted": str(State.ACCEPTED),
        **{f"lost{at}": state for at, state in enumerate(LOST)},
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEAT_COUNTS, values)
        return {
            seat: Progress(works, works - barred, done - lost)
            for seat, works, barred, done, lost in cursor.fetchall()
        }
