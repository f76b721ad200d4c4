"""Personal data in the pictures that everybody sees: made unreadable before they are kept.

Checks on moving pictures and the poster know nothing of what was read on screen; once both have
reported, this hides what stands there at that moment. The poster and the strip are hidden for
everybody; evidence keeps its plain picture as private and gets a twin `…-masked.jpg`. Pictures are
opened behind the walls only (task `hide`, `covering`); one that cannot be hidden is not kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from fengcai.media import processes
from fengcai.media.covering import WHOLE
from fengcai.media.facts import Box, Facts, Span
from fengcai.media.limits import Limits
from fengcai.media.processes import Task

AROUND_S = {"swift": Fraction(10), "thorough": Fraction(1)}
"""So long before and after a span its text may stand as well: pictures are read so far apart."""
CUT_OUT = frozenset({"watermark", "upscaling"})
"""Measures whose evidence is a part of the picture: no box of it is known, so all is hidden."""


@dataclass(frozen=True)
class Hiding:
    """A picture to be made as `target`, with boxes in shares of it made unreadable."""

    name: str
    target: str
    boxes: tuple[Box, ...]


def hidden(
    facts: Facts, files: Mapping[str, bytes], limits: Limits
) -> tuple[Facts, dict[str, bytes]]:
    """The facts and the output files with nobody's number on what everybody sees."""
    wanted = [each for each in plan(facts) if each.name in files]
    if not wanted:
        return facts, dict(files)
    made = _made(wanted, files, limits)
    kept = {**files, **made}
    done = {each.name for each in wanted if each.target in made}
    pictures = facts.pictures
    for name in {each.name for each in wanted if each.name == each.target} - done:
        del kept[name]  # could not be hidden: not shown at all
        if pictures.poster is not None and pictures.poster.file == name:
            pictures = pictures.model_copy(update={"poster": None})
        if pictures.sprite is not None and pictures.sprite.file == name:
            pictures = pictures.model_copy(update={"sprite": None})
    private = {each.name for each in wanted if each.name != each.target}
    measures = {
        name: measure.model_copy(
            update={"spans": tuple(_private(span, private) for span in measure.spans)}
        )
        for name, measure in facts.measures.items()
    }
    return facts.model_copy(update={"pictures": pictures, "measures": measures}), kept


def plan(facts: Facts) -> tuple[Hiding, ...]:
    """What is to be hidden in which picture; nothing where nothing personal was read."""
    around = AROUND_S[facts.decoding.mode] if facts.decoding is not None else Fraction(0)
    personal = [span for m in facts.measures.values() for span in m.spans if span.private]
    if not personal:
        return ()
    found: list[Hiding] = []
    poster, sprite = facts.pictures.poster, facts.pictures.sprite
    if poster is not None and (boxes := _standing(personal, poster.time_s, poster.time_s, around)):
        found.append(Hiding(poster.file, poster.file, boxes))
    if sprite is not None:
        tiles: list[Box] = []
        for number, at in enumerate(sprite.times_s):
            row, column = divmod(number, sprite.columns)
            for left, top, wide, high in _standing(personal, at, at, around):
                tiles.append(((column + left) / sprite.columns, (row + top) / sprite.rows,
                              wide / sprite.columns, high / sprite.rows))  # fmt: skip
        if tiles:
            found.append(Hiding(sprite.file, sprite.file, tuple(tiles)))
    already = {span.picture for span in personal}
    evidence: dict[str, Hiding] = {}
    for name, measure in facts.measures.items():
        for span in measure.spans:
            # What was cut from a read page is masked already: its check knew the page's lines.
            if not span.picture or span.picture in already or not _of_the_camera(span.picture):
                continue
            boxes = _standing(personal, span.from_s, span.to_s, around)
            if boxes:
                twin = f"{PurePath(span.picture).stem}-masked.jpg"
                hide = (WHOLE,) if name in CUT_OUT else boxes
                evidence[span.picture] = Hiding(span.picture, twin, hide)
    return (*found, *evidence.values())


SEEN = ("shake", "freeze", "black", "cadence", "stutter", "interlacing", "flashing", "exposure",
        "sharpness", "grain", "bars", "upscaling", "watermark")  # fmt: skip
"""Checks on moving pictures, whose evidence nobody has read."""


def _of_the_camera(picture: str) -> bool:
    return picture.startswith(SEEN)


def _standing(
    personal: Iterable[Span], from_s: Fraction, to_s: Fraction, around: Fraction
) -> tuple[Box, ...]:
    """Where something personal may stand between two moments."""
    return tuple(
        span.box or WHOLE
        for span in personal
        if span.from_s - around <= to_s and from_s <= span.to_s + around
    )


def _private(span: Span, pictures: Collection[str]) -> Span:
    return span.model_copy(update={"private": True}) if span.picture in pictures else span


def _made(wanted: Iterable[Hiding], files: Mapping[str, bytes], limits: Limits) -> dict[str, bytes]:
    """The pictures as the task made them; none where it failed."""
    orders: list[dict[str, Any]] = []
    with tempfile.TemporaryFile(prefix="hiding-") as together:
        for each in wanted:
            content = files[each.name]
            orders.append(asdict(each) | {"offset": together.tell(), "length": len(content)})
            together.write(content)
        together.flush()
        limits = replace(limits, wall_s=min(limits.wall_s, 60.0))
        task = Task("hide", {"pictures": orders})
        report = processes.run(together, [task], limits, lambda _: None)["hide"]
    if report.failure is not None:
        return {}
    return {name: report.files[name] for each in orders if (name := each["target"]) in report.files}
