"""The page of one file's inspection: its player, the timeline, findings with their evidence, how it was done.

Shared by the desk and the unit; who may open it is the views' question. It reads what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from fengcai.apps.assets.outputs import pictures_of
from fengcai.apps.assets.queries import Checked
from fengcai.apps.entries.queries import Page, Version
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Slot
from fengcai.engines.documents.checks_told import Check, checks, mode_told
from fengcai.engines.documents.timeline import Mark, Strip, Timeline, curves, timeline
from fengcai.engines.documents.timeline_drawing import drawn
from fengcai.media.remarks import kept
from fengcai.web.shared import formats
from fengcai.web.shared.cards import FilmView, checked_view, file_url, sprite_of
from fengcai.web.shared.inspected import Line, Lines, Where, lines_of
from fengcai.web.shared.works import partial

PLAYER = "player"


@dataclass(frozen=True)
class Drawing:
    """A timeline ready to show: how long the film is, and its rows."""

    length: str
    rows: SafeString


@dataclass(frozen=True)
class InspectionPage:
    """One file with all that its inspection told."""

    version: Version
    slot: Slot
    view: FilmView | None
    lines: Lines
    timeline: Drawing | None
    curves: Drawing | None
    checks: tuple[Check, ...]
    mode: str
    facts: list[tuple[str, str]]

    @property
    def file(self) -> Checked:
        """The file."""
        return self.version.file

    @property
    def groups(self) -> list[tuple[str, str, list[Line]]]:
        """What is not in order, the gravest first: id, name, findings."""
        lines = self.lines
        named = (
            ("broken", "不符合", lines.broken),
            ("look", "需要人看", lines.noticed),
            ("advice", "建议改进", lines.advice),
            ("person", "由人判断", lines.by_person),
        )
        return [each for each in named if each[2]]


def shown(
    request: HttpRequest, page: Page, asset_id: UUID, *, back: tuple[str, str], private: bool
) -> HttpResponse:
    """The page; its part alone for who asks again while the check runs. `back` is an address and its name."""
    context = {
        "contest": page.entry.contest,
        "page": page,
        "shown": inspection_page(page, asset_id, private=private),
        "again": request.path,
        "back": back[0],
        "back_name": back[1],
        "judge_at": back[0] if private else "",
    }
    part = "shared/_inspection.html" if partial(request) else "shared/inspection.html"
    return render(request, part, context)


def inspection_page(page: Page, asset_id: UUID, *, private: bool) -> InspectionPage:
    """What the inspection of one file of a work shows. Raises `NotFound` for a file of another work.

    `private` evidence is shown as it is, else its masked twin. 1 SQL.
    """
    version = next(
        (row for rows in page.versions.values() for row in rows if row.file.id == asset_id), None
    )
    place = next(
        (each for each in page.scope.slots if version in page.versions.get(each.id, [])), None
    )
    if version is None or place is None:
        raise NotFound("没有这个文件，或它不属于这件作品。")
    file = version.file
    demands = place.requirements + page.rules.requirements
    pictures = pictures_of([file.id]).get(file.id, frozenset())
    where = Where(file_url(file.id, "film"), PLAYER, private, pictures)
    lines = lines_of(file, page.rules, where)
    measures = kept(file.facts)
    length = float(file.duration or 0)
    return InspectionPage(
        version=version,
        slot=place,
        view=_view(file, place),
        lines=lines,
        timeline=_drawing(
            timeline(
                measures, length, findings=_marks(lines), requirements=demands, strip=_strip(file)
            )
        ),
        curves=_drawing(curves(measures, length, demands), legend=False),
        checks=checks(measures),
        mode=mode_told(str((file.facts.get("decoding") or {}).get("mode") or "")),
        facts=told_of(file.facts),
    )


def _view(file: Checked, place: Slot) -> FilmView | None:
    if file.running or (file.trouble and not file.has_poster):
        return None
    return checked_view(file, name=place.name, kind=place.file_kind)


def _marks(lines: Lines) -> list[Mark]:
    """The moments of what is broken, and of what a person looks at."""
    return [
        Mark(
            float(moment.seconds),
            moment.ends,
            f"{line.finding.text}：{seen.title} {moment.words}",
            "fail" if line.kind == "broken" else "doubt",
        )
        for line in lines.lines
        for seen in line.seen
        for moment in seen.moments
        if moment.words
    ]


def _strip(file: Checked) -> Strip | None:
    sprite = sprite_of(file.id, file.sprite)
    if sprite is None or file.sprite is None:
        return None
    return Strip(
        url=sprite.url,
        columns=sprite.columns,
        rows=sprite.rows,
        tile_width_px=sprite.width,
        tile_height_px=sprite.height,
        times_s=tuple(_seconds(each) for each in file.sprite["times_s"]),
    )


def _drawing(shown: Timeline | None, *, legend: bool = True) -> Drawing | None:
    if shown is None:
        return None
    rows = mark_safe(drawn(shown, legend=legend))  # noqa: S308  (every word is escaped there)
    return Drawing(f"{shown.length_s:.2f}", rows)


# -- what the headers told ------------------------------------------------------------------------


def told_of(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the file is: its container, picture, sound, pages. What is not known is left out."""
    part = {
        name: facts.get(name) or {}
        for name in ("container", "video", "audio", "image", "paper", "decoding")
    }
    film, sound, still, paper = part["video"], part["audio"], part["image"], part["paper"]
    rows = [
        ("格式", _joined(part["container"].get("name"), film.get("codec"), film.get("profile"))),
        ("画面", _size(film.get("display_width_px"), film.get("display_height_px"))),
        ("帧率", _rate(film)),
        ("时长", _length(film.get("duration_s") or sound.get("duration_s"))),
        ("声音", _sound(sound)),
        (
            "图片",
            _joined(still.get("format"), _size(still.get("width_px"), still.get("height_px"))),
        ),
        ("印刷分辨率", f"{_seconds(still['dpi_x']):g} dpi" if still.get("dpi_x") else ""),
        ("色彩", _joined(still.get("colour_mode"))),
        ("文稿", _joined(paper.get("format"), _counted(paper.get("pages"), "页"))),
        ("字数", _counted(paper.get("words"), "字")),
        ("损坏", _counted(part["decoding"].get("errors") or None, "处解码错误")),
    ]
    return [(label, value) for label, value in rows if value]


def _joined(*parts: object) -> str:
    return " · ".join(str(each) for each in parts if each)


def _size(width: object, height: object) -> str:
    return f"{width}×{height}" if width and height else ""


def _rate(film: Mapping[str, Any]) -> str:
    rate = film.get("fps_kept") or film.get("fps_average")
    if not rate:
        return ""
    return f"{round(_seconds(rate), 3):g} fps{'' if film.get('frame_rate') == 'constant' else '（不恒定）'}"


def _length(seconds: object) -> str:
    return formats.duration(_seconds(seconds)) if seconds else ""


def _sound(sound: Mapping[str, Any]) -> str:
    if not sound:
        return ""
    loud, peak = sound.get("loudness_lufs"), sound.get("true_peak_dbtp")
    return _joined(
        sound.get("codec"),
        _counted(sound.get("channels"), "声道"),
        "全程无声" if sound.get("silent") else "",
        None if loud is None else f"响度 {loud:.1f} LUFS",
        None if peak is None else f"真峰值 {peak:.1f} dBTP",
    )


def _counted(number: object, unit: str) -> str:
    return "" if number is None else f"{number} {unit}"


def _seconds(exact: object) -> float:
    """An exact number of facts, written "30000/1001", for the eye."""
    above, _, below = str(exact).partition("/")
    return float(above) / float(below or 1)
