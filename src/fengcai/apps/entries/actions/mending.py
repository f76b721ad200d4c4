"""What of a returned work may be changed: the parts that the reviewer opened, and what is owed.

Where nothing was named, everything is open. The day given to mend is the window's (`desk`).
"""

from __future__ import annotations

from collections.abc import Iterable

from fengcai.apps.entries.lists import SAID
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import owed_by
from fengcai.apps.entries.scope import MADE_ON, PRIZES, Scope
from fengcai.apps.entries.states import State
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules


def open_parts(entry: Entry) -> frozenset[str] | None:
    """The parts that may be changed (fields, `themes`, `divisions`, `slot-<id>`); None for all."""
    if entry.state != State.RETURNED or not entry.mend_parts:
        return None
    return frozenset(entry.mend_parts)


def parts_of(scope: Scope) -> list[tuple[str, str]]:
    """Everything of a work that may be opened for mending, in the form's order: (part, its name)."""
    found = [(field.id, field.label) for field in scope.track.fields]
    found += [("divisions", "组别")] if any(len(rows) > 1 for rows in scope.axes.values()) else []
    found += [("themes", "创作方向")] if scope.track.themes else []
    asked = [n for n in scope.novelty if n.checked_by == "form"]
    found += [(f"{MADE_ON}{n.id}", "创作完成日期") for n in asked if n.kind == "created_between"]
    found += [(f"{PRIZES}{n.id}", "曾获奖项") for n in asked if n.kind == "prior_award_ban"]
    return found + [(f"slot-{slot.id}", slot.name) for slot in scope.slots]


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
