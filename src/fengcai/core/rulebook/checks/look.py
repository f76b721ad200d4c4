"""What every check needs: the book, its lines, and ways to say that a name or an order is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from fengcai.core.rulebook.book import Filled
from fengcai.core.rulebook.gaps import Open
from fengcai.core.rulebook.instants import day_and_clock
from fengcai.core.rulebook.language import RoundText, ThemesText, WindowText
from fengcai.core.rulebook.lineage import leaves, under
from fengcai.core.rulebook.problems import Path, Problem, spell
from fengcai.core.rulebook.reading import cite_near, closest
from fengcai.core.rulebook.saying import plain

T = TypeVar("T")
Bound = TypeVar("Bound", int, Decimal)
Faults = Iterator[Problem]


def closing(moment: datetime) -> str:
    """A closing instant: 2026-04-30 24:00 where it is midnight."""
    day, clock = day_and_clock(moment)
    return f"{day} {clock}"


def known(value: Mapping[str, T | Open] | Open | None) -> dict[str, T]:
    """The entries of a keyed thing that are not open."""
    if value is None or isinstance(value, Open):
        return {}
    return {key: each for key, each in value.items() if not isinstance(each, Open)}


def listed(value: Sequence[T | Open] | Open | None) -> list[tuple[int, T]]:
    """The items of a list that are not open, with their place in it."""
    if value is None or isinstance(value, Open):
        return []
    return [(index, each) for index, each in enumerate(value) if not isinstance(each, Open)]


def said(value: T | Open | None) -> T | None:
    """A value that is stated; None while it is open or left out."""
    return None if isinstance(value, Open) else value


def percent(value: Decimal) -> str:
    """A share as people write it: 0.3 → 30%."""
    return f"{plain(value * 100)}%"


class Look:
    """A book with its answers in place, seen for faults."""

    def __init__(self, filled: Filled) -> None:
        self.tree, self.book = filled.tree, filled.book
        self.leaves = leaves(self.book.tracks)
        tracks = self.book.tracks.values()
        themes = [each.themes for each in tracks if isinstance(each.themes, ThemesText)]
        self.themes = [id for each in themes for id in known(each.options)]
        slots = [said(each.slots) if each.slots is not None else {} for each in tracks]
        self.slots = [id for each in slots for id in each or ()]
        self.all_slots_known = None not in slots
        self.roles = [
            role
            for track in tracks
            for field in known(track.fields).values()
            for role in said(field.roles) or ()
        ]

    def fault(self, path: Path, message: str, mend: str) -> Problem:
        """A fault at a path, with its line and the citation of the rule around it."""
        cite = cite_near(self.tree, path)
        return Problem(self.tree.line(path), spell(path), message, mend, cite, self.tree.name)

    def names(
        self, path: Path, used: Iterable[str] | str | None, defined: Iterable[str] | None, what: str
    ) -> Faults:
        """Names that are used and not defined."""
        all_defined = list(defined or ())
        for name in [used] if isinstance(used, str) else used or ():
            if name not in all_defined:
                yield self.fault(path, f"没有名为“{name}”的{what}", closest(name, all_defined))

    def scope(
        self,
        path: Path,
        *,
        tracks: list[str] | None = None,
        divisions: list[str] | None = None,
        regions: list[str] | None = None,
    ) -> Faults:
        """Names of tracks, divisions and regions that a rule is bound to."""
        yield from self.names((*path, "tracks"), tracks, self.book.tracks, "类别")
        yield from self.names((*path, "divisions"), divisions, self.book.divisions, "组别")
        yield from self.names((*path, "regions"), regions, self.book.regions, "赛区")

    def slot_names(self, path: Path, used: Iterable[str] | str | None) -> Faults:
        """Names of slots that no track has; nothing while a track's slots are open as a whole."""
        if self.all_slots_known:
            yield from self.names(path, used, self.slots, "文件")

    def order(
        self,
        path: Path,
        low: Bound | Open | None,
        high: Bound | Open | None,
        what: str,
        key: str = "min",
    ) -> Faults:
        """A lower bound above the upper one."""
        one, other = said(low), said(high)
        if one is not None and other is not None and one > other:
            yield self.fault((*path, key), f"{what}的下限 {one} 大于上限 {other}", "请核对两个数。")

    def share(self, path: Path, value: Decimal | Open | None) -> Faults:
        """A share that is not above 0 and at most 1."""
        found = said(value)
        if found is not None and not 0 < found <= 1:
            yield self.fault(path, "比例应大于 0、不超过 1", "30% 请写成 0.3。")

    def ref(self, path: Path, of: str) -> Faults:
        """The name in `track video`, `theme red`, `panel experts` …"""
        kind, _, name = of.partition(" ")
        tables: dict[str, tuple[Iterable[str] | None, str]] = {
            "track": (self.book.tracks, "类别"),
            "theme": (self.themes, "主题"),
            "division": (self.book.divisions, "组别"),
            "region": (self.book.regions, "赛区"),
            "unit_class": (known(self.book.units.classes), "单位类别"),
            "panel": (self.book.panels, "评委组"),
            "round": (self.book.rounds, "轮次"),
            "vote": (self.book.votes, "投票"),
            "field": (
                [id for track in self.book.tracks.values() for id in known(track.fields)],
                "填报项",
            ),
        }
        defined, what = tables[kind]
        yield from self.names((*path, "of"), name, defined, what)

    def ring(self, path: Path, id: str, before: Mapping[str, str | None], what: str) -> Faults:
        """A chain of names that comes back to where it began."""
        seen, at = [id], before.get(id)
        while at is not None and at in before and at not in seen:
            seen.append(at)
            at = before[at]
        if at == id:
            mend = (
                "第一轮的 input 请写 submission。" if what == "轮次" else "请核对 parent 或 like。"
            )
            yield self.fault(path, f"{what}绕成了圈：{' → '.join([*seen[::-1], seen[-1]])}", mend)

    def tracks_of(self, tracks: list[str] | None) -> list[str]:
        """The tracks that can be entered within a scope."""
        return under(self.book.tracks, tracks) if tracks else list(self.leaves)

    def window(self, id: str | None) -> WindowText | None:
        """A window by its name, None while it is open or unknown."""
        return known(self.book.windows).get(id or "")

    def closes(self, id: str | None) -> datetime | None:
        """When a window closes, None while nobody knows."""
        window = self.window(id)
        return said(window.closes) if window else None

    def last_round(self, tracks: list[str] | None) -> RoundText | None:
        """The round that decides for a scope, None unless it is exactly one."""
        mine = set(self.tracks_of(tracks))
        rounds = {
            id: each
            for id, each in known(self.book.rounds).items()
            if mine & set(self.tracks_of(each.tracks))
        }
        fed = {each.input for each in rounds.values()}
        last = [each for id, each in rounds.items() if id not in fed]
        return last[0] if len(last) == 1 else None
