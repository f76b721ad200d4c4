"""The trial of an import: each row goes the steps of `taking`, and all of it is taken back.

Rows of one unit are tried together, so that the third row meets the quota that the first two fill.
Where the rules count over the whole contest (capacity, regions, people), all rows are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from django.db import transaction

from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.exchange.models import ImportRow, Origin
from fengcai.apps.exchange.taking import (
    HANDED_IN,
    LEFT,
    Verdict,
    begun,
    filled,
    instant,
    lacking,
    said_of,
    through_of,
)
from fengcai.apps.exchange.understanding import FilePlan, Reader, Understood
from fengcai.apps.refusals import Refused

MOST_TOGETHER = 500
"""Rows tried in one transaction: while it runs, nobody else writes in this contest."""


class _TriedOnly(Exception):
    pass


def trial(reader: Reader, told: Callable[[int], None] = lambda done: None) -> list[ImportRow]:
    """What would become of each row, in order. Makes nothing. `told` hears how many are tried."""
    rows = list(reader.rows())
    found: dict[int, ImportRow] = {}
    for together in _groups(reader, rows):
        try:
            with transaction.atomic():
                for row in together:
                    found[row.line] = _tried(reader, row)
                raise _TriedOnly
        except _TriedOnly:
            told(len(found))
    return [found[row.line] for row in rows]


def _groups(reader: Reader, rows: Sequence[Understood]) -> list[list[Understood]]:
    rules = reader.rules
    whole = (
        rules.entry_capacity is not None
        or any(each.max is not None for each in rules.regions)
        or bool(rules.person_caps)
    )
    grouped: dict[int, list[Understood]] = defaultdict(list)
    for row in rows:
        grouped[0 if whole or row.unit is None else row.unit.pk].append(row)
    return [
        each[start : start + MOST_TOGETHER]
        for each in grouped.values()
        for start in range(0, len(each), MOST_TOGETHER)
    ]


def _tried(reader: Reader, row: Understood) -> ImportRow:
    made = ImportRow(
        run=reader.run, line=row.line, row_key=row.key, title=row.title,
        unit=row.unit.name if row.unit else row.told.get("unit", "")[:100],
        files=[each.told() for each in row.files], verdict=Verdict.NEW, why=row.why,
    )  # fmt: skip
    if row.why:
        made.verdict = Verdict.REFUSED
    elif row.known:
        _known(reader, made, row)
    elif row.key in reader.begun:
        made.why = "上次没有做完，接着做"
    else:
        try:
            with transaction.atomic():
                entry = begun(reader, row)
                said = filled(reader, entry, row, _stood_in)
            words = {LEFT: "", HANDED_IN: "将提交"}
            made.why = "；".join(told for each in said if (told := words.get(each, each)))
        except Refused as refusal:
            made.verdict, made.why = Verdict.REFUSED, said_of(refusal)
    return made


def _known(reader: Reader, made: ImportRow, row: Understood) -> None:
    made.verdict, made.why = Verdict.KNOWN, "这一行以前导入过，不再新建"
    origin = Origin.objects.select_related("entry").get(source=reader.source, row_key=row.key)
    missing = lacking(origin.entry, row)
    if missing:
        names = "、".join(plan.name for plan in missing)
        made.files = [plan.told() for plan in missing]
        made.verdict, made.why = Verdict.MEND, f"以前导入过，这次补上当时没有的文件：{names}"


def _stood_in(reader: Reader, entry: Entry, plan: FilePlan, row: Understood) -> list[str]:
    """As a file that is handed over is judged, but for its bytes."""
    if plan.thing is None:
        return [plan.why]
    try:
        actions.try_file(
            entry_id=entry.pk, slot=plan.slot, filename=plan.filename, size=plan.thing.size,
            by=reader.run.by, at=instant(reader, row), through=through_of(reader, row),
        )  # fmt: skip
    except Refused as refusal:
        return [said_of(refusal)]
    return []
