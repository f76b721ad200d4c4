"""What works mean to a 补充通知: what it must not take from them, and what follows when time is added.

A later deadline needs no job: drafts are written in, and late ones handed in, by the window that
holds when they come. Only works that were noted as late are looked at anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fengcai.apps.contests.amending import Amended
from fengcai.apps.entries.governing import handing_in
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Rules
from fengcai.core.timetable import in_time


class Works:
    """Watches amendments for the works that stand (withdrawn ones do not)."""

    def objections(self, amended: Amended) -> Sequence[str]:
        """Categories, files, directions, classes and quotas that works rely on."""
        standing = Entry.objects.filter(contest=amended.contest).exclude(state=State.WITHDRAWN)
        return [
            *_tracks(standing.values_list("track", flat=True), amended),
            *_slots(amended),
            *_fields(standing.values_list("track", "fields", "themes"), amended),
            *_units(standing.values_list("unit_id", "unit__name", "unit__unit_class"), amended),
        ]

    def follow(self, amended: Amended) -> Mapping[str, int]:
        """Works that came late and are in time by the new deadline are late no more. Each is held
        against the window that binds its own unit and category."""
        before, after = amended.before, amended.after
        if after.window == before.window and after.windows == before.windows:
            return {}
        late = (
            Entry.objects.select_for_update(of=("self",), no_key=True)
            .select_related("unit__parent")
            .filter(contest=amended.contest, late=True, submitted_at__isnull=False)
        )
        cleared = 0
        for entry in late.order_by("pk"):
            assert entry.submitted_at is not None
            window = handing_in(after, entry.unit, entry.track)
            moved = window != handing_in(before, entry.unit, entry.track)
            if moved and in_time(window, entry.submitted_at):
                entry.late = False
                entry.save(update_fields=["late"])
                cleared += 1
        return {"改为按时的作品": cleared}


def _tracks(used: object, amended: Amended) -> Iterator[str]:
    counts = Counter(used)  # type: ignore[call-overload]
    kept = {track.id for track in amended.after.tracks}
    for track in amended.before.tracks:
        if track.id not in kept and counts[track.id]:
            yield f"类别“{track.name}”已有 {counts[track.id]} 件作品，不能取消。"


def _slots(amended: Amended) -> Iterator[str]:
    kept = _places(amended.after)
    gone = {key: name for key, name in _places(amended.before).items() if key not in kept}
    for (track, slot), name in gone.items():
        count = (
            FileVersion.objects.filter(
                entry__contest=amended.contest, entry__track=track, slot=slot, current=True
            )
            .exclude(entry__state=State.WITHDRAWN)
            .count()
        )
        if count:
            yield f"已有 {count} 件作品上传了“{name}”，不能取消这一项文件。"


def _places(rules: Rules) -> dict[tuple[str, str], str]:
    return {(track.id, slot.id): slot.name for track in rules.tracks for slot in track.slots}


def _fields(rows: object, amended: Amended) -> Iterator[str]:
    labels = {
        (track.id, field.id): field.label
        for track in amended.before.tracks
        for field in track.fields
    }
    kept = {(track.id, field.id) for track in amended.after.tracks for field in track.fields}
    gone = {key: label for key, label in labels.items() if key not in kept}
    themes = _themes(amended.before)
    gone_themes = {key: name for key, name in themes.items() if key not in _themes(amended.after)}
    if not gone and not gone_themes:
        return
    filled: Counter[str] = Counter()
    for track, fields, chosen in rows:  # type: ignore[attr-defined]
        filled.update(
            f"填报内容“{n}”" for (t, f), n in gone.items() if t == track and fields.get(f)
        )
        filled.update(
            f"创作方向“{n}”" for (t, i), n in gone_themes.items() if t == track and i in chosen
        )
    for name, count in filled.items():
        yield f"已有 {count} 件作品用到{name}，不能取消。"


def _themes(rules: Rules) -> dict[tuple[str, str], str]:
    return {
        (track.id, theme.id): theme.name
        for track in rules.tracks
        if track.themes
        for theme in track.themes.options
    }


def _units(rows: object, amended: Amended) -> Iterator[str]:
    works: Counter[tuple[int, str, str]] = Counter(rows)  # type: ignore[call-overload]
    limit, before = amended.after.entry_max_per_unit, amended.before.entry_max_per_unit
    if limit is not None and (before is None or limit < before):
        over = [name for (_, name, _), count in works.items() if count > limit]
        if over:
            some = f"{'、'.join(over[:3])}{'等' if over[3:] else ''}"
            yield (f"{len(over)} 个单位（{some}）已有的作品多于 {limit} 件，名额不能减到 {limit}。")
    barred = {each.id: each.name for each in amended.after.unit_classes if not each.may_enter}
    for each in amended.before.unit_classes:
        count = sum(n for (_, _, cls), n in works.items() if cls == each.id)
        if each.may_enter and each.id in barred and count:
            yield f"“{each.name}”已有 {count} 件作品，不能改为不可报送。"
