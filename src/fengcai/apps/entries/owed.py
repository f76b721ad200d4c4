"""What an entry still owes before it can be submitted: fields, divisions, themes, files, links.

Everything comes from the rules that bind this entry (`scope`); forms are judged by `fields`. What
is only doubtful, and no reason to refuse, is `doubts`'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fengcai.apps.entries import identity
from fengcai.apps.entries.fields import birth_in, field_problems
from fengcai.apps.entries.governing import window_of_slot
from fengcai.apps.entries.lists import LISTS, list_problems
from fengcai.apps.entries.models import Entry, FileVersion, Item
from fengcai.apps.entries.scope import (
    MADE_ON,
    PRIZES,
    Scope,
    people_of,
    scope_of,
    theme_names,
    track_of,
)
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Ages, Citation, Novelty, Slot

__all__ = ["Filled", "Owed", "field_problems", "owed", "owed_by", "owed_with", "theme_names",
           "track_of"]  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """One thing missing or wrong; `field` is the id of its place on the form."""

    field: str
    message: str


@dataclass(frozen=True)
class Filled:
    """What stands in the slots: how many in each, what cannot be read, which links, evidence where."""

    counts: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    evidence: frozenset[tuple[str, int]] = frozenset()
    uncaptioned: Mapping[str, int] = field(default_factory=dict)
    papers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The ids of the current files of each slot."""
    opinions: int = 0
    """Opinions that experts gave inside the system."""


def owed(
    scope: Scope,
    *,
    title: str,
    themes: list[str],
    fields: Mapping[str, Any],
    filled: Filled,
    later_too: bool = True,
) -> list[Owed]:
    """Everything that stands between this draft and its submission, in the form's order.

    `later_too` counts what a slot with a window of its own holds, which may follow the submission.
    """
    missing: list[Owed] = []
    today = last_day(scope.rules)
    for each in scope.track.fields:
        if each.kind in LISTS:
            papers = filled.papers.get(each.proof or "", frozenset())
            said = list_problems(each, fields, today=today, papers=papers)
        else:
            said = field_problems(each, title if each.id == "title" else fields.get(each.id))
        missing += [Owed(each.id, text) for text in said]
    missing += _divisions(scope, fields)
    missing += _qualified(scope, fields)
    missing += _themes(scope, themes)
    missing += _novelty(scope, fields, filled)
    for slot in scope.slots:
        if slot.id in scope.signed_at_award:
            continue
        if later_too or window_of_slot(scope.rules, slot) is None:
            missing += [Owed(f"slot-{slot.id}", text) for text in _slot(slot, filled)]
    return missing


def last_day(rules: Rules) -> date:
    """The last day that may stand in a work of this contest: what was published later is a slip of
    the pen. Works that are returned are mended within the months after the deadline."""
    return rules.window.closes.date() + timedelta(days=92)


def _divisions(scope: Scope, fields: Mapping[str, Any]) -> list[Owed]:
    missing = []
    for axis, rows in scope.axes.items():
        picked = [row for row in rows if row in scope.divisions]
        if not picked:
            missing.append(Owed("divisions", f"请选择{axis}"))
        elif len(picked) > 1:
            names = "、".join(row.name for row in picked)
            missing.append(Owed("divisions", f"{axis}只能选一个，现选了{names}"))
    people = people_of(scope, fields)
    for division in scope.divisions:
        mine = [(id, row) for id, row in people if row.get("role", "") not in division.beside]
        place = people[0][0] if people else "divisions"
        low, high = division.people_min, division.people_max
        if low is not None and len(mine) < low:
            missing.append(
                Owed(
                    place, f"{division.name}至少 {low} 人，现有 {len(mine)} 人{_by(division.cite)}"
                )
            )
        if high is not None and len(mine) > high:
            missing.append(
                Owed(
                    place, f"{division.name}最多 {high} 人，现有 {len(mine)} 人{_by(division.cite)}"
                )
            )
        if division.ages:
            missing += _ages(division.ages, mine)
    return missing


def _qualified(scope: Scope, fields: Mapping[str, Any]) -> list[Owed]:
    people = people_of(scope, fields)
    missing = []
    for each in scope.qualifications:
        if each.ages is None:
            continue
        mine = [pair for pair in people if not each.roles or pair[1].get("role") in each.roles]
        missing += _ages(each.ages, mine)
    return missing


def _ages(ages: Ages, people: Iterable[tuple[str, Mapping[str, str]]]) -> list[Owed]:
    """Who is too young or too old; whose birth is not known is a doubt, not a breach."""
    wrong = []
    for place, row in people:
        birth = birth_in(row)
        if birth is None:
            continue
        age = identity.age_on(birth, ages.on)
        if (ages.min is not None and age < ages.min) or (ages.max is not None and age > ages.max):
            said = f"{row['name'].strip()}在 {ages.on} 为 {age} 岁，应{span(ages)}{_by(ages.cite)}"
            wrong.append(Owed(place, said))
    return wrong


def span(ages: Ages) -> str:
    """18 至 35 岁、满 18 岁、不超过 35 岁."""
    if ages.min is not None and ages.max is not None:
        return f"在 {ages.min} 至 {ages.max} 岁之间（含）"
    return f"满 {ages.min} 岁" if ages.min is not None else f"不超过 {ages.max} 岁"


def _themes(scope: Scope, chosen: list[str]) -> list[Owed]:
    themes = scope.track.themes
    if themes is None:
        return []
    known = {option.id for option in themes.options}
    if not set(chosen) <= known:
        return [Owed("themes", "所选创作方向不在通知列出的范围内")]
    if len(chosen) < themes.min:
        return [Owed("themes", f"请选择创作方向（至少 {themes.min} 个）")]
    if themes.max is not None and len(chosen) > themes.max:
        return [Owed("themes", f"创作方向最多选 {themes.max} 个，现选了 {len(chosen)} 个")]
    return [
        Owed("themes", f"“{option.name}”是必选方向{_by(option.cite)}")
        for option in themes.options
        if option.mandatory and option.id not in chosen
    ]


def _novelty(scope: Scope, fields: Mapping[str, Any], filled: Filled) -> list[Owed]:
    missing = []
    for each in scope.novelty:
        if each.kind == "published_required" and each.proof:
            missing += _published(scope, each, filled)
        elif each.kind == "created_between" and each.checked_by == "form":
            missing += _made(each, str(fields.get(f"{MADE_ON}{each.id}", "")))
        elif each.kind == "prior_award_ban" and each.checked_by == "form":
            said = str(fields.get(f"{PRIZES}{each.id}", "")).strip()
            text = "请填写作品曾获的奖项；没有获过奖，请填“无”"
            missing += [] if said else [Owed(f"{PRIZES}{each.id}", text)]
    return missing


def _published(scope: Scope, rule: Novelty, filled: Filled) -> list[Owed]:
    place = f"slot-{rule.proof}"
    slot = scope.slot(rule.proof or "")
    if slot is None:
        return []
    if not filled.counts.get(slot.id):
        return [Owed(place, f"请提供已经发表的证明：{slot.name}{_by(rule.cite)}")]
    return [
        Owed(
            place,
            f"发表日期 {item.published_on} 不在{between(rule.since, rule.until)}{_by(rule.cite)}",
        )
        for item in filled.items.get(slot.id, ())
        if item.published_on and not _within(item.published_on, rule)
    ]


def _made(rule: Novelty, text: str) -> list[Owed]:
    place = f"{MADE_ON}{rule.id}"
    day = identity.day_of(text)
    if day is None:
        return [Owed(place, "请填写作品的创作完成日期，如 2026-04-30")]
    if not _within(day, rule):
        bounds = between(rule.since, rule.until)
        return [Owed(place, f"创作日期 {day} 不在{bounds}{_by(rule.cite)}")]
    return []


def _within(day: date, rule: Novelty) -> bool:
    return (rule.since is None or day >= rule.since) and (rule.until is None or day <= rule.until)


def between(since: date | None, until: date | None) -> str:
    """“2025-01-01 至 2025-12-31（含首尾两日）之内”."""
    if since and until:
        return f" {since} 至 {until}（含首尾两日）之内"
    return f" {since} 及以后" if since else f" {until} 及以前"


def _slot(slot: Slot, filled: Filled) -> list[str]:
    if slot.kind == "form" and not slot.accept:
        return []  # the system prints it; its scan is another slot's
    count = filled.counts.get(slot.id, 0)
    said = []
    if count < slot.min and not (slot.role == "opinion" and count + filled.opinions >= slot.min):
        several = f"，至少 {slot.min} {_piece(slot)}，现有 {count}" if slot.min > 1 else ""
        said.append(f"{_VERBS.get(slot.kind, '还没有上传')}{slot.name}{several}")
    if count > slot.max:
        said.append(f"{slot.name}最多 {slot.max} {_piece(slot)}，现有 {count}")
    if slot.id in filled.unreadable:
        said.append(f"{slot.name}无法读取：{filled.unreadable[slot.id]}")
    if slot.captions and (bare := filled.uncaptioned.get(slot.id, 0)):
        said.append(f"{slot.name}有 {bare} 个还没有写说明")
    for item in filled.items.get(slot.id, ()):
        said += [f"{slot.name}第 {item.place} 个：{each}" for each in item_problems(slot, item)]
        if slot.evidence and (slot.id, item.place) not in filled.evidence:
            said.append(f"{slot.name}第 {item.place} 个：还没有上传截图")
    return said


ASKED = {"platform": "平台", "published_on": "发布日期", "title": "标题", "account": "账号"}
_VERBS = {"link": "还没有填写", "physical": "还没有登记"}


def _piece(slot: Slot) -> str:
    return {"image": "张", "link": "条", "physical": "件"}.get(slot.kind, "个")


def item_problems(slot: Slot, item: Item) -> list[str]:
    """What is missing or wrong with a link or a thing."""
    if slot.kind == "physical":
        return [] if item.title.strip() else ["请写明是什么"]
    said = [problem] if (problem := identity.link_problem(item.url)) else []
    return said + [f"请填写{ASKED[name]}" for name in slot.asks if not getattr(item, name)]


def _by(cite: Citation) -> str:
    return f"（依据通知{cite}）"


def owed_by(entry: Entry, rules: Rules, *, later_too: bool = True) -> list[Owed]:
    """What `entry` still owes before submission. 2 SQL; 1 where nothing but files is handed in."""
    files = entry.files.filter(current=True).select_related("asset")
    return owed_with(entry, rules, files, later_too=later_too)


def owed_with(
    entry: Entry, rules: Rules, files: Iterable[FileVersion], *, later_too: bool = True
) -> list[Owed]:
    """The same, of files that are read already with their assets. No SQL but for links and things."""
    scope = scope_of(entry, rules)
    return owed(
        scope,
        title=entry.title,
        themes=entry.themes,
        fields=entry.fields,
        filled=filled_by(scope, files, items_of(entry, scope), opinions_of(entry, scope)),
        later_too=later_too,
    )


def items_of(entry: Entry, scope: Scope) -> list[Item]:
    """The links and things of an entry. 1 SQL, none where the rules ask for none."""
    if not any(slot.kind in ("link", "physical") for slot in scope.slots):
        return []
    return list(entry.items.filter(removed_at=None))


def _papers(current: Iterable[FileVersion]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in current:
        found.setdefault(row.slot, set()).add(str(row.asset_id))
    return {slot: frozenset(ids) for slot, ids in found.items()}


def opinions_of(entry: Entry, scope: Scope) -> int:
    """How many experts have let the work pass inside the system. 1 SQL, none where no rule asks."""
    if not any(slot.role == "opinion" for slot in scope.slots):
        return 0
    return entry.opinions.filter(given_at__isnull=False, void_at=None, verdict="pass").count()


def filled_by(
    scope: Scope, files: Iterable[FileVersion], items: Iterable[Item], opinions: int = 0
) -> Filled:
    """What stands in the slots, of files and items that are read already."""
    current = [row for row in files if row.current]
    rows: dict[str, list[Item]] = {}
    for item in items:
        rows.setdefault(item.slot, []).append(item)
    counts = Counter(row.slot for row in current)
    for slot in scope.slots:
        if slot.kind in ("link", "physical"):
            counts[slot.id] = len(rows.get(slot.id, ()))
    return Filled(
        counts=counts,
        unreadable={row.slot: row.asset.trouble for row in current if row.asset.trouble},
        items=rows,
        evidence=frozenset((row.slot, row.place) for row in current),
        uncaptioned=Counter(row.slot for row in current if not row.caption.strip()),
        papers=_papers(current),
        opinions=opinions,
    )
