"""What of a returned work may be changed: the parts that the reviewer opened, and what is owed.

Where nothing was named, everything is open. The day given to mend is the window's (`desk`).
"""

from __future__ import annotations

from collections.abc import Iterable

from fengcai.apps.entries.lists import SAID
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.states import State
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules


def open_parts(entry: Entry) -> frozenset[str] | None:
    """The parts that may be changed (fields, `themes`, `divisions`, `slot-<id>`); None for all."""
    if entry.state != State.RETURNED or not entry.mend_parts:
        return None
    return frozenset(entry.mend_parts)


def check_open(entry: Entry, rules: Rules, parts: Iterable[str]) -> None:
    """Refuse a change of what was not opened. What the work owes may always be made good, or nobody
    could hand it in again. 2 SQL where something else is touched, else none."""
    opened = open_parts(entry)
    shut = [part for part in parts if opened is not None and part.removeprefix(SAID) not in opened]
    if not shut:
        return
    owed = {each.field for each in owed_by(entry, rules)}
    wrong = [part for part in shut if part.removeprefix(SAID) not in owed]
    if wrong:
        raise Refused(
            "这次退回只开放了部分内容，其余内容审核时已经看过，不能再改；没有保存。要改别的，请联系审核员。",
            fields=dict.fromkeys(wrong, "这一项没有开放修改"),
        )
