"""Which rules govern an entry, and which window which step of it: registering, handing in, confirming,
passing on.

Every step asks here, so that no page and no action can mean another deadline. What is open at an
instant is `core.timetable`'s to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fengcai.apps.contests.queries import rules_at, rules_of
from fengcai.apps.entries.states import WRITABLE
from fengcai.apps.refusals import TooLate
from fengcai.core.rulebook import Rules, Window
from fengcai.core.rulebook.rules import Collector, Slot, UnitClass, WindowKind
from fengcai.core.timetable import admit

if TYPE_CHECKING:
    from fengcai.apps.assets.models import Asset
    from fengcai.apps.contests.models import Unit
    from fengcai.apps.entries.models import Entry


def rules_for(entry: Entry) -> Rules:
    """The rules that a work is judged by: those it was handed in under, the time of those in force.

    While its unit still writes in it (a draft, a returned work) they are the ones in force. 1 SQL
    only where an amendment came after it was handed in.
    """
    current = rules_of(entry.contest)
    if entry.state in WRITABLE:
        return current
    then = rules_handed_in_under(entry)
    if then is current:
        return current
    return then.model_copy(update={"window": current.window, "windows": current.windows})


def rules_handed_in_under(entry: Entry) -> Rules:
    """The version that a work names: since it was last handed in, or begun. 1 SQL only where an
    amendment came after."""
    if entry.rulebook_id == entry.contest.version_id:
        return rules_of(entry.contest)
    return rules_at(entry.rulebook)


def rules_of_works_file(asset: Asset) -> Rules | None:
    """The rules of the work that a file belongs to; None for a file of none. At most 2 SQL."""
    from fengcai.apps.entries.models import FileVersion

    rows = FileVersion.objects.filter(asset=asset.pk)
    row = rows.select_related("entry__contest__version", "entry__rulebook").first()
    return None if row is None else rules_for(row.entry)


def class_of(rules: Rules, unit: Unit) -> UnitClass | None:
    """The class of a unit, if the rules know it."""
    return next((each for each in rules.unit_classes if each.id == unit.unit_class), None)


def collector_over(rules: Rules, unit: Unit) -> tuple[Unit, Collector] | None:
    """The unit that gathers this unit's works, and by which rule: its parent, where the parent's
    class collects from this unit's class."""
    above = unit.parent
    if above is None:
        return None
    of_parent = class_of(rules, above)
    rule = of_parent.collects if of_parent else None
    return (above, rule) if rule and unit.unit_class in rule.classes else None


def window_of_kind(rules: Rules, kind: WindowKind, *, unit_class: str, track: str) -> Window | None:
    """The window of this kind that binds this class and track; the narrowest where several do."""
    fitting = [
        each
        for each in rules.windows.values()
        if each.kind == kind
        and (not each.classes or unit_class in each.classes)
        and (not each.tracks or track in each.tracks or not track)
    ]
    return max(fitting, key=lambda w: (bool(w.classes), bool(w.tracks)), default=None)


def handing_in(rules: Rules, unit: Unit, track: str = "") -> Window:
    """Until when a unit hands in: its collector's earlier window, else its own, else the contest's."""
    above = collector_over(rules, unit)
    if above is not None and above[1].window in rules.windows:
        return rules.windows[above[1].window or ""]
    own = window_of_kind(rules, "submit", unit_class=unit.unit_class, track=track)
    return own or rules.window


def registering(rules: Rules, unit: Unit, track: str = "") -> Window:
    """Until when a work may be begun: the window of registration where there is one."""
    own = window_of_kind(rules, "register", unit_class=unit.unit_class, track=track)
    return own or handing_in(rules, unit, track)


def confirming(rules: Rules, unit: Unit, track: str = "") -> Window | None:
    """Until when the head confirms; None where the rules set no time for it."""
    return window_of_kind(rules, "confirm", unit_class=unit.unit_class, track=track)


def passing_on(rules: Rules, collector: Unit, track: str = "") -> Window:
    """Until when a collector passes works on: the next collector's window, its own of the kind
    collect, else the contest's."""
    if collector_over(rules, collector) is not None:
        return handing_in(rules, collector, track)
    taken = {
        each.collects.window
        for each in rules.unit_classes
        if each.collects and each.collects.window
    }
    left = {id: each for id, each in rules.windows.items() if id not in taken}
    own = window_of_kind(
        rules.model_copy(update={"windows": left}),
        "collect",
        unit_class=collector.unit_class,
        track=track,
    )
    return own or handing_in(rules, collector, track)


def paper_in(rules: Rules, unit: Unit, track: str, named: str | None = None) -> Window | None:
    """Until when paper and things have to arrive; None where the rules set no time for it."""
    if named and named in rules.windows:
        return rules.windows[named]
    return window_of_kind(rules, "paper", unit_class=unit.unit_class, track=track)


def window_of_slot(rules: Rules, slot: Slot) -> Window | None:
    """The window of a place that is filled apart from the entry (影片后补). That of a thing is when
    it has to arrive; it is described with the entry all the same."""
    return None if slot.kind == "physical" else rules.windows.get(slot.window or "")


def in_time(rules: Rules, window: Window, at: datetime, began: datetime | None = None) -> bool:
    """Whether `at` is late but let in; raises `TooLate`, with the clause, when it is not let in."""
    admission = admit(window, arrived=at, began=began)
    if not admission.accepted:
        raise TooLate(
            f"{admission.reason}（依据通知{admission.cite}）。已保存的内容都在，请联系组织者。"
        )
    return admission.late
