"""What an entry still owes before it can be submitted: fields, themes, files, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.core.rulebook import Field, Rules, Track


@dataclass(frozen=True)
class Owed:
    """One thing missing or wrong; `field` is the id of its place on the form."""

    field: str
    message: str


def track_of(rules: Rules, track: str) -> Track:
    """The track with this id. Raises KeyError."""
    for each in rules.tracks:
        if each.id == track:
            return each
    raise KeyError(track)


def theme_names(rules: Rules, track: str) -> dict[str, str]:
    """Theme ids of a track with their Chinese names."""
    themes = track_of(rules, track).themes
    return {t.id: t.name for t in themes.options} if themes else {}


def owed(
    track: Track,
    *,
    title: str,
    themes: list[str],
    fields: Mapping[str, Any],
    files: Mapping[str, int],
    unreadable: Mapping[str, str],
) -> list[Owed]:
    """Everything that stands between this draft and its submission, in the form's order.

    `files` counts the current files by slot id, `unreadable` says why a slot's file cannot be read.
    """
    missing: list[Owed] = []
    for field in track.fields:
        value = title if field.id == "title" else fields.get(field.id)
        missing += [Owed(field.id, text) for text in field_problems(field, value)]
    if track.themes is not None:
        missing += _themes(track, themes)
    for slot in track.slots:
        if files.get(slot.id, 0) < slot.min:
            missing.append(Owed(f"slot-{slot.id}", f"还没有上传{slot.name}"))
        elif slot.id in unreadable:
            missing.append(Owed(f"slot-{slot.id}", f"{slot.name}无法读取：{unreadable[slot.id]}"))
    return missing


def field_problems(field: Field, value: Any) -> list[str]:
    """What is wrong with one field's value for submission."""
    if field.kind == "people":
        people = [p for p in (value or []) if str(p.get("name", "")).strip()]
        return [f"请填写{field.label}"] if field.required and not people else []
    text = value.strip() if isinstance(value, str) else value
    if field.required and not text:
        return [f"请填写{field.label}"]
    if isinstance(text, str) and field.max_chars is not None and len(text) > field.max_chars:
        return [f"{field.label}最多 {field.max_chars} 字，现有 {len(text)} 字"]
    return []


def _themes(track: Track, chosen: list[str]) -> list[Owed]:
    assert track.themes is not None
    low, high = track.themes.min, track.themes.max
    known = {option.id for option in track.themes.options}
    if not set(chosen) <= known:
        return [Owed("themes", "所选创作方向不在通知列出的范围内")]
    if len(chosen) < low:
        return [Owed("themes", f"请选择创作方向（至少 {low} 个）")]
    if high is not None and len(chosen) > high:
        return [Owed("themes", f"创作方向最多选 {high} 个，现选了 {len(chosen)} 个")]
    return []


def owed_by(entry: Entry, rules: Rules) -> list[Owed]:
    """What `entry` still owes before submission. 1 SQL."""
    return owed_with(entry, rules, entry.files.filter(current=True).select_related("asset"))


def owed_with(entry: Entry, rules: Rules, files: Iterable[FileVersion]) -> list[Owed]:
    """The same, of files that are read already with their assets. No SQL."""
    current = [f for f in files if f.current]
    return owed(
        track_of(rules, entry.track),
        title=entry.title,
        themes=entry.themes,
        fields=entry.fields,
        files={f.slot: 1 for f in current},
        unreadable={f.slot: f.asset.trouble for f in current if f.asset.trouble},
    )
