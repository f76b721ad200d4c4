"""Arithmetic and names of a rulebook: what can be known to be wrong before anyone enters.

Works on a book whose questions may be open: whatever is open is left out of the sums. Each fault
names the line and says how to mend it. The shape of the file is the business of `reading`.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from .book import Answers, Filled, Rulebook, fill
from .gaps import Open
from .language import (
    AdvanceText,
    AwardText,
    FieldText,
    RequirementText,
    RoundText,
    SchemeText,
    SlotText,
    ThemesText,
    TrackText,
    WindowText,
)
from .problems import Path, Problem, spell
from .reading import cite_near, closest

T = TypeVar("T")
Faults = Iterator[Problem]


def check(rulebook: Rulebook, answers: Answers) -> tuple[Problem, ...]:
    """Faults of the answers and of the arithmetic, in the order of the lines."""
    filled, problems = fill(rulebook, answers)
    return tuple(problems) if filled is None else check_filled(filled)


def check_filled(filled: Filled) -> tuple[Problem, ...]:
    """Faults of a book with its answers in place."""
    return tuple(sorted(_Checker(filled).faults(), key=lambda each: (each.line, each.path)))


def known(value: Mapping[str, T | Open] | Open | None) -> dict[str, T]:
    """The entries of a keyed thing that are not open."""
    if value is None or isinstance(value, Open):
        return {}
    return {key: each for key, each in value.items() if not isinstance(each, Open)}


class _Checker:
    def __init__(self, filled: Filled) -> None:
        self.tree, self.book = filled.tree, filled.book

    def fault(self, path: Path, message: str, mend: str) -> Problem:
        return Problem(
            self.tree.line(path),
            spell(path),
            message,
            mend,
            cite_near(self.tree, path),
            self.tree.name,
        )

    def faults(self) -> Faults:
        yield from self.zone()
        yield from self.units()
        for id, track in self.book.tracks.items():
            yield from self.track(("tracks", id), track)
        yield from self.requirements(("requirements",), known(self.book.requirements))
        for id, declaration in known(self.book.declarations).items():
            yield from self.names(
                ("declarations", id, "tracks"), declaration.tracks, self.book.tracks, "类别"
            )
        yield from self.windows()
        yield from self.naming()
        for id, round in known(self.book.rounds).items():
            yield from self.round(("rounds", id), id, round)
        yield from self.awards()

    def names(
        self, path: Path, used: Iterable[str] | None, defined: Iterable[str], what: str
    ) -> Faults:
        for name in used or ():
            if name not in (defined := list(defined)):
                yield self.fault(path, f"没有名为“{name}”的{what}", closest(name, defined))

    def zone(self) -> Faults:
        try:
            ZoneInfo(self.book.timezone)
        except (KeyError, ValueError, OSError):
            yield self.fault(
                ("timezone",), f"没有“{self.book.timezone}”这个时区", "中国内地请写 Asia/Shanghai。"
            )

    def units(self) -> Faults:
        classes = known(self.book.units.classes)
        for id, each in classes.items():
            if each.must_enter is True and each.may_enter is False:
                yield self.fault(
                    ("units", "classes", id),
                    f"“{each.name}”必须报送，却又不可报送",
                    "must_enter 为“是”时，may_enter 也要写“是”。",
                )
        entries = self.book.units.entries
        if not isinstance(entries, Open):
            yield from self.order(("units", "entries"), entries.min, entries.max, "每单位报送件数")

    def order(self, path: Path, low: int | Open, high: int | Open | None, what: str) -> Faults:
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield self.fault(
                (*path, "min"), f"{what}的下限 {low} 大于上限 {high}", "请核对两个数。"
            )

    def track(self, path: Path, track: TrackText) -> Faults:
        if isinstance(track.themes, ThemesText):
            themes = track.themes
            yield from self.order((*path, "themes"), themes.min, themes.max, "可选方向数")
            if not isinstance(themes.options, Open):
                count = len(themes.options)
                for key, limit in (("min", themes.min), ("max", themes.max)):
                    if isinstance(limit, int) and limit > count:
                        yield self.fault(
                            (*path, "themes", key),
                            f"只有 {count} 个方向，却写了 {limit}",
                            f"请写不大于 {count} 的数。",
                        )
        for id, field in known(track.fields).items():
            yield from self.field((*path, "fields", id), field)
        for id, slot in known(track.slots).items():
            yield from self.slot((*path, "slots", id), slot)

    def field(self, path: Path, field: FieldText) -> Faults:
        if field.kind == "choice" and not field.options:
            yield self.fault(
                path, f"“{field.label}”是选择题，却没有选项", "请补上 options: [甲, 乙]。"
            )

    def slot(self, path: Path, slot: SlotText) -> Faults:
        yield from self.order(path, slot.min, slot.max, f"“{slot.name}”的文件个数")
        if slot.max == 0:
            yield self.fault((*path, "max"), f"“{slot.name}”一个文件也不收", "请写 1 或更大的数。")
        if not slot.accept and slot.kind not in {"link", "physical"}:
            yield self.fault((*path, "accept"), f"“{slot.name}”没有可接受的后缀", "例如 [.mp4]。")
        yield from self.requirements((*path, "requirements"), known(slot.requirements))

    def requirements(self, path: Path, found: Mapping[str, RequirementText]) -> Faults:
        for id, each in found.items():
            if each.checked_by == "machine" and each.predicate is None:
                yield self.fault(
                    (*path, id),
                    "写明由机器检查，却没有条件",
                    "请补上 predicate，或把 checked_by 改为 human。",
                )
            if each.predicate is not None and each.checked_by in {
                "form",
                "declaration",
                "human",
                "judge",
            }:
                yield self.fault(
                    (*path, id),
                    "写了条件，却不是由机器检查",
                    "请把 checked_by 改为 machine，或删去 predicate。",
                )
            if each.effect is not None and each.prefer is None:
                yield self.fault(
                    (*path, id, "effect"), "只有“优先”的要求才能写 effect", "请删去这一行。"
                )
            yield from self.names((*path, id, "tracks"), each.tracks, self.book.tracks, "类别")

    def windows(self) -> Faults:
        found = known(self.book.windows)
        if "submission" not in self.book.windows:
            yield self.fault(
                ("windows",), "没有报送的时间窗（submission）", "请补上 windows.submission。"
            )
        for id, each in found.items():
            path: Path = ("windows", id)
            if (
                not isinstance(each.opens, Open)
                and not isinstance(each.closes, Open)
                and (each.opens >= each.closes)
            ):
                yield self.fault(
                    (*path, "opens"),
                    f"开始（{each.opens:%Y-%m-%d %H:%M}）不早于截止（{each.closes:%Y-%m-%d %H:%M}）",
                    "请核对两个时间。",
                )
            if each.late == "allow" and isinstance(each.grace, timedelta) and each.grace:
                yield self.fault((*path, "grace"), "逾期照收，宽限就没有意义", "请删去 grace。")

    def naming(self) -> Faults:
        naming = (
            []
            if self.book.naming is None or isinstance(self.book.naming, Open)
            else (self.book.naming)
        )
        for index, each in enumerate(naming):
            if isinstance(each, Open):
                continue
            yield from self.template(("naming", index, "template"), each.template, {"unit"}, "unit")
            yield from self.template(("naming", index, "collision"), each.collision, {"n"}, "n")

    def template(self, path: Path, text: str | Open, allowed: set[str], needed: str) -> Faults:
        if isinstance(text, Open):
            return
        try:
            used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            used = {""}
        if not used <= allowed or needed not in used:
            yield self.fault(
                path,
                f"“{text}”里应有且只能有 {{{needed}}}",
                f"请用 {{{needed}}} 标出要替换的位置，花括号要成对。",
            )

    def round(self, path: Path, id: str, round: RoundText) -> Faults:
        rounds = self.book.rounds
        yield from self.names((*path, "input"), [round.input], ["submission", *rounds], "轮次")
        seen, at = [id], round.input
        while at in rounds and at not in seen:
            seen.append(at)
            before = rounds[at]
            at = "submission" if isinstance(before, Open) else before.input
        if at == id:
            yield self.fault(
                (*path, "input"),
                f"轮次绕成了圈：{' → '.join([*seen[::-1], seen[-1]])}",
                "第一轮的 input 请写 submission。",
            )
        yield from self.names(
            (*path, "window"), round.window and [round.window], self.book.windows, "时间窗"
        )
        yield from self.after(path, round)
        yield from self.names((*path, "tracks"), round.tracks, self.book.tracks, "类别")
        if isinstance(round.advance, AdvanceText):
            yield from self.advance((*path, "advance"), round.advance)
        if round.min_judges == 0:
            yield self.fault((*path, "min_judges"), "评委至少要 1 人", "请写 1 或更大的数。")
        if isinstance(round.scheme, SchemeText):
            yield from self.scheme((*path, "scheme"), round.scheme)

    def advance(self, path: Path, advance: AdvanceText) -> Faults:
        if advance.by in {"top", "ratio"} and advance.number is None:
            yield self.fault(path, "没有写明取几件或多大的比例", "请补上 number，例如 10 或 0.3。")
        ratio = advance.by == "ratio" and isinstance(advance.number, Decimal)
        if ratio and not 0 < Decimal(str(advance.number)) <= 1:
            yield self.fault((*path, "number"), "比例应大于 0、不超过 1", "30% 请写成 0.3。")

    def after(self, path: Path, round: RoundText) -> Faults:
        """A round's window may not open before the window of what feeds it has closed."""
        before = self.book.rounds.get(round.input)
        source = before.window if isinstance(before, RoundText) else round.input
        mine, fed = self.window(round.window), self.window(source)
        if (
            mine
            and fed
            and not isinstance(mine.opens, Open)
            and not isinstance(fed.closes, Open)
            and (mine.opens < fed.closes)
        ):
            yield self.fault(
                ("windows", str(round.window), "opens"),
                f"“{round.name}”开始于 {mine.opens:%Y-%m-%d %H:%M}，"
                f"早于上一步截止（{fed.closes:%Y-%m-%d %H:%M}）",
                "请核对两个时间窗。",
            )

    def window(self, id: str | None) -> WindowText | None:
        return known(self.book.windows).get(id or "")

    def scheme(self, path: Path, scheme: SchemeText) -> Faults:
        criteria = known(scheme.criteria)
        parts: list[Decimal] = []
        for id, each in criteria.items():
            if isinstance(each.max, Decimal) and isinstance(each.weight, Decimal):
                parts.append(each.max * each.weight)
            if not isinstance(each.min, Decimal) or not isinstance(each.max, Decimal):
                continue
            if each.min >= each.max:
                yield self.fault(
                    (*path, "criteria", id, "min"),
                    f"“{each.name}”的最低分 {each.min} 不小于最高分 {each.max}",
                    "请核对两个数。",
                )
            elif isinstance(each.step, Decimal) and (
                each.step == 0 or (each.max - each.min) % each.step != 0
            ):
                yield self.fault(
                    (*path, "criteria", id, "step"),
                    f"“{each.name}”从 {each.min} 到 {each.max} 分不能按 {each.step} 分一档",
                    "请换一个能整除的档距，例如 0.5。",
                )
        if (
            isinstance(scheme.total, Decimal)
            and not isinstance(scheme.criteria, Open)
            and (len(parts) == len(scheme.criteria) and sum(parts) != scheme.total)
        ):
            said = " + ".join(str(each) for each in parts)
            yield self.fault(
                (*path, "total"),
                f"各项满分合计 {said} = {sum(parts)}，与总分 {scheme.total} 不符",
                "请改各项的满分、权重，或改总分。",
            )
        if isinstance(scheme.drop_high, int) and isinstance(scheme.drop_low, int):
            drops = scheme.drop_high + scheme.drop_low
            if (scheme.aggregate == "trimmed_mean") != (drops > 0) and isinstance(
                scheme.aggregate, str
            ):
                yield self.fault(
                    (*path, "aggregate"),
                    "合分方法与去掉的最高、最低分个数不一致",
                    "去高低分请写 trimmed_mean，且至少去掉一个；否则个数都写 0。",
                )
        if not isinstance(scheme.tie_break, Open):
            used = [each.partition(" ")[2] for each in scheme.tie_break]
            if not isinstance(scheme.criteria, Open):
                yield from self.names(
                    (*path, "tie_break"), filter(None, used), scheme.criteria, "评分项"
                )
            if len(set(scheme.tie_break)) < len(scheme.tie_break):
                yield self.fault((*path, "tie_break"), "并列规则里有重复的一步", "请删去重复的。")

    def awards(self) -> Faults:
        awards = known(self.book.awards)
        for id, each in awards.items():
            yield from self.names(("awards", id, "tracks"), each.tracks, self.book.tracks, "类别")
        total = self.book.prizes.total
        whole = not isinstance(self.book.awards, Open) and len(awards) == len(self.book.awards)
        if isinstance(total, Decimal) and whole:
            yield from self.money(total, awards)

    def money(self, total: Decimal, awards: Mapping[str, AwardText]) -> Faults:
        sums: list[tuple[int, Decimal]] = []
        for each in awards.values():
            if not isinstance(each.count, int) or isinstance(each.money_each, Open):
                return
            sums.append((each.count, each.money_each or Decimal(0)))
        paid = sum((count * money for count, money in sums), Decimal(0))
        if paid != total:
            said = " + ".join(f"{count}×{money}" for count, money in sums)
            yield self.fault(
                ("prizes", "total"),
                f"奖金合计 {said} = {paid} 元，与所写的 {total} 元不符",
                "请核对各奖项的名额、金额和总额。",
            )
