"""What an amendment never changes of an open contest, and what later contexts may say to one.

Deadlines that people rely on only ever move away from them. It publishes nothing: see `amending`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fengcai.apps.contests.extending import window_name
from fengcai.apps.contests.models import Contest, Unit
from fengcai.core.rulebook import Rules, Window
from fengcai.core.timetable import standing

LENIENCE = {"reject": 0, "mark": 1, "allow": 2}


@dataclass(frozen=True)
class Amended:
    """An amendment in the making: the contest, its rules before and after, and the instant."""

    contest: Contest
    before: Rules
    after: Rules
    at: datetime


class Watcher(Protocol):
    """What a later context says to an amendment, and what it does after one."""

    def objections(self, amended: Amended) -> Sequence[str]:
        """Reasons in Chinese why it must not be made; none when it may."""

    def follow(self, amended: Amended) -> Mapping[str, int]:
        """What follows from it, in its transaction: what was done → to how many."""


def fixed(amended: Amended) -> list[str]:
    """What an amendment never changes: what other records call the contest by, and its clock."""
    before, after = amended.before, amended.after
    found = []
    if before.id != after.id:
        found.append("规则书的编号（id）不能改：记录和答复都用它指认这个活动。")
    if before.timezone != after.timezone:
        found.append("时区不能改：已经公布的时刻会全部变样。")
    return found


def of_time(amended: Amended) -> list[str]:
    """Deadlines that people rely on only ever move away from them."""
    before = {"submission": amended.before.window, **amended.before.windows}
    after = {"submission": amended.after.window, **amended.after.windows}
    found = []
    for key, old in before.items():
        new, name = after.get(key), window_name(amended.before, key)
        now = standing(old, amended.at)
        if new is None:
            if now != "before":
                found.append(f"“{name}”的时间窗已经开始，不能取消。")
            continue
        found += _window_objections(name, old, new, now, amended.at)
    return found


def _window_objections(name: str, old: Window, new: Window, now: str, at: datetime) -> list[str]:
    found = []
    if new.closes != old.closes and new.closes <= at:
        found.append(f"“{name}”的截止时间不能改到现在之前。")
    if now == "before":
        return found
    if new.opens != old.opens:
        found.append(f"“{name}”已经开始，开始时间不能再改。")
    if new.closes < old.closes:
        found.append(f"“{name}”已经开始，截止时间只能延后，不能提前。")
    harder = LENIENCE[new.late] < LENIENCE[old.late] or new.grace < old.grace
    harder = harder or (old.closes_inclusive and not new.closes_inclusive)
    harder = harder or (old.begun_counts and not new.begun_counts)
    if harder or (new.basis != old.basis and now == "closed"):
        found.append(f"“{name}”已经开始，计时和逾期的规定只能放宽，不能收紧。")
    return found


def of_units(amended: Amended) -> list[str]:
    """A class of units that the roster uses stays."""
    classes = {each.id for each in amended.after.unit_classes}
    gone = [each for each in amended.before.unit_classes if each.id not in classes]
    found = []
    for each in gone:
        count = Unit.objects.filter(contest=amended.contest, unit_class=each.id).count()
        if count:
            found.append(f"单位类别“{each.name}”下有 {count} 个单位，不能取消。")
    return found
