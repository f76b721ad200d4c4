"""The commonest amendment, made for people who write no YAML: a deadline moves, what follows moves.

It makes a text; whether that may be published is `amending`'s to say.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fengcai.apps.contests import queries
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.rewriting import CannotRewrite, Edit, rewrite
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules, Window
from fengcai.core.rulebook.saying import say
from fengcai.core.rulebook.source import read

SPANS = ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒"))


def windows_of(rules: Rules) -> dict[str, Window]:
    """Every window by its key in the file, the submission first."""
    return {"submission": rules.window, **rules.windows}


def window_name(rules: Rules, key: str) -> str:
    """What is done in a window: its name, what is judged or voted on in it, or what its kind says."""
    if key == "submission":
        return "报送"
    window = rules.windows.get(key)
    if window is not None and window.name:
        return window.name
    used = [each.name for each in rules.rounds if each.window == key]
    used += [each.name for each in rules.votes if each.window == key]
    if used or window is None or window.kind is None:
        return "、".join(dict.fromkeys(used)) or key
    return say(window.kind, "window")


def extended(
    contest: Contest, *, key: str, closes: datetime, follow: bool, notice_number: str = ""
) -> str:
    """The rulebook with one window closing at `closes` (aware), citing the amendment.

    With `follow`, windows that open after the old deadline move on by as many whole days, and one
    more where they would else open before the new one. Raises `Refused` for a window that is not
    there, or a deadline that stays.
    """
    rules = queries.rules_of(contest)
    windows = windows_of(rules)
    old = windows.get(key)
    if old is None or contest.version is None:
        raise Refused("规则里没有这个时间窗。", fields={"window": "请选择时间窗"})
    if closes == old.closes:
        raise Refused("新的截止时间与原来相同。", fields={"closes": "请填写新的截止时间"})
    writing = _Writing(rules, read(contest.version.text, name="规则书").value)
    said = f"{window_name(rules, key)}截止改为{writing.moment(closes)}"
    edits = writing.moved(key, old, old.opens, closes, cite=f"补充通知 {said}")
    if writing.tree.get("rulebook") == "2" and notice_number and closes > old.closes:
        edits += writing.former(key, old, notice_number)
    if follow and closes > old.closes:
        behind = {
            other: window
            for other, window in windows.items()
            if other != key and window.opens >= old.closes
        }
        days = timedelta(days=(closes - old.closes) // timedelta(days=1))
        if any(window.opens + days < closes for window in behind.values()):
            days += timedelta(days=1)
        if days:
            for other, window in behind.items():
                edits += writing.moved(
                    other,
                    window,
                    window.opens + days,
                    window.closes + days,
                    cite=f"补充通知 {window_name(rules, other)}相应顺延{days.days}天",
                )
    try:
        return rewrite(contest.version.text, edits)
    except CannotRewrite as problem:
        raise Refused(f"不能自动改写这份规则书：{problem}。请在文本里修改。") from None


class _Writing:
    def __init__(self, rules: Rules, tree: Any) -> None:
        self.rules, self.tree = rules, tree
        self.zone = ZoneInfo(rules.timezone)

    def moment(self, at: datetime) -> str:
        """An instant as the file writes it; what a demonstration shifts is taken back."""
        return f"{at.astimezone(self.zone) - self.rules.shifted_by:%Y-%m-%d %H:%M}"

    def moved(
        self, key: str, old: Window, opens: datetime, closes: datetime, *, cite: str
    ) -> list[Edit]:
        here = self.tree["windows"][key]
        if isinstance(here, str):  # an answer gave the whole window: it is written out
            return [Edit("set", ("windows", key), self.whole(old, opens, closes, cite))]
        edits = [Edit("set", ("windows", key, "cite"), cite)]
        for name, was, new in (("opens", old.opens, opens), ("closes", old.closes, closes)):
            if was != new:
                edits.append(Edit("set", ("windows", key, name), self.moment(new)))
        return edits

    def whole(self, old: Window, opens: datetime, closes: datetime, cite: str) -> dict[str, Any]:
        yes = {True: "是", False: "否"}
        told: dict[str, Any] = {
            "opens": self.moment(opens),
            "closes": self.moment(closes),
            "closes_inclusive": yes[old.closes_inclusive],
            "basis": old.basis,
            "late": old.late,
            "original": old.original,
            "cite": cite,
        }
        if old.grace:
            told["grace"] = _span(old.grace)
        if old.begun_counts:
            told["begun_counts"] = "是"
        for name in ("kind", "after"):
            if getattr(old, name) is not None:
                told[name] = getattr(old, name)
        for name in ("classes", "tracks"):
            if getattr(old, name):
                told[name] = list(getattr(old, name))
        return told

    def former(self, key: str, old: Window, notice_number: str) -> list[Edit]:
        here = self.tree["windows"][key]
        if isinstance(here, str):
            return []
        row = {
            "closes": self.moment(old.closes),
            "by": notice_number,
            "cite": f"{old.cite.section} {old.cite.words}",
        }
        if isinstance(here.get("extended_from"), list):
            return [Edit("append", ("windows", key, "extended_from"), row)]
        return [Edit("set", ("windows", key, "extended_from"), [row])]


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    size, unit = next((size, unit) for size, unit in SPANS if seconds % size == 0)
    return f"{seconds // size} {unit}"
