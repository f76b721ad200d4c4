"""What stands on the timeline of one inspected film: lanes with their marks, plots with their limits.

The page of an inspection and the report that travels as a file both show it; `timeline_drawing` draws it.
It measures nothing and judges no rule: marks that stand for findings are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from fengcai.core.rulebook import Requirement, parse_predicate
from fengcai.core.rulebook.predicate import Comparison, Every, Fact, Not, Number, Predicate, Some
from fengcai.media.facts import Curve, Measure, Span
from fengcai.media.facts.measures import clock
from fengcai.media.remarks import NAMES

Tone = Literal["fail", "doubt", "told"]
"""`fail`: surely seen; `doubt`: a person looks; `told`: is so, and is no fault."""

NO_FAULT = frozenset(
    {"subtitles", "title_card", "end_card", "speech", "shots", "loudness", "dynamic_range", "faces"}
)
"""Measures whose moments tell what is there, not what is wrong."""

LANES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("抖动", ("shake",)),
    ("黑屏与静止", ("black", "freeze", "stutter")),
    ("闪烁", ("flashing",)),
    ("画质", ("exposure", "sharpness", "grain", "interlacing", "cadence", "bars", "upscaling")),
    ("标识与二维码", ("watermark", "platform_text", "qr_code", "contact_shown")),
    ("字幕与片头片尾", ("subtitles", "title_card", "end_card")),
    ("人物与个人信息", ("faces", "personal_data", "record_page")),
    ("声音", ("silence", "clipping", "hum", "noise", "balance", "speech")),
)
"""What a lane is called and which measures share it, as long as none of them found anything."""

PLOTTED_ON_TOP = ("loudness",)
"""Curves that stand on the timeline itself; the others have a place of their own."""
SCALES = {"LUFS": (-50.0, 0.0)}
"""Units that are always drawn over the same range, so that two films compare at a glance."""
UNITS = {"percent": "%", "flashes/s": "次/秒"}
GOALS = {"shake": "tremor_percent", "flashing": "flashes_in_1_s", "clipping": "crowding"}
"""Curves whose limit stands among the limits of their measure."""


@dataclass(frozen=True)
class Mark:
    """A stretch of the film in seconds, with what is said when one points at it."""

    from_s: float
    to_s: float
    words: str
    tone: Tone = "fail"


@dataclass(frozen=True)
class Level:
    """A line across a plot: a limit, or the one value that stands for the whole film."""

    value: float
    words: str
    limit: bool = False


@dataclass(frozen=True)
class Lane:
    """One line of the timeline. `note` is what is said of the whole film: 未见, −20.2 LUFS, …"""

    name: str
    marks: tuple[Mark, ...] = ()
    note: str = ""
    curve: Curve | None = None
    levels: tuple[Level, ...] = ()
    bands: tuple[float, ...] = ()
    """Instants at which one band ends and the next begins (shots)."""


@dataclass(frozen=True)
class Strip:
    """A sheet of small pictures: its address and its geometry in pixels."""

    url: str
    columns: int
    rows: int
    tile_width_px: int
    tile_height_px: int
    times_s: tuple[float, ...]


@dataclass(frozen=True)
class Timeline:
    """All lanes of one film, `length_s` seconds long."""

    length_s: float
    lanes: tuple[Lane, ...]
    strip: Strip | None = None


def timeline(
    measures: Mapping[str, Measure],
    length_s: Fraction | float,
    *,
    findings: Sequence[Mark] = (),
    requirements: Iterable[Requirement] = (),
    strip: Strip | None = None,
) -> Timeline | None:
    """The timeline of a film; None where nothing was measured over time.

    `findings` are the moments of what the rules call broken (`fail`) or leave to a person (`doubt`); `requirements` give the limits
    of the loudness.
    """
    if length_s <= 0 or not measures:
        return None
    lanes = _concluded(findings, float(length_s))
    lanes += _shots(measures.get("shots"))
    lanes += _plots(measures, PLOTTED_ON_TOP, requirements)
    for name, members in LANES:
        lanes += _lanes(name, {each: measures[each] for each in members if each in measures})
    return Timeline(float(length_s), tuple(lanes), strip)


def curves(
    measures: Mapping[str, Measure],
    length_s: Fraction | float,
    requirements: Iterable[Requirement] = (),
) -> Timeline | None:
    """The plots that have no place on the timeline itself, on the same axis; None without any."""
    lanes = _plots(
        measures, [name for name in measures if name not in PLOTTED_ON_TOP], requirements
    )
    return Timeline(float(length_s), tuple(lanes)) if lanes and length_s > 0 else None


def marks(spans: Iterable[Span], tone: Tone, words: str = "") -> tuple[Mark, ...]:
    """Spans of facts as marks; `words` stand before what each says itself."""
    return tuple(
        Mark(
            float(span.from_s),
            float(span.to_s),
            " ".join(each for each in (words, span.moment, span.text) if each),
            tone,
        )
        for span in spans
    )


WHOLE = 0.8
"""A moment that takes this share of the film is said of the film: drawn, it would hide the others."""


def _concluded(findings: Sequence[Mark], length_s: float) -> list[Lane]:
    lanes = []
    for name, tone in (("不符合", "fail"), ("要人看", "doubt")):
        mine = [each for each in findings if each.tone == tone]
        at_times = [each for each in mine if each.to_s - each.from_s < WHOLE * length_s]
        throughout = len(mine) - len(at_times)
        if mine:
            note = f"贯穿全片 {throughout} 处" if throughout else ""
            lanes.append(Lane(name, joined(at_times), note))
    return lanes


def joined(those: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks of one tone that overlap as one, which says what each of them says."""
    merged: list[Mark] = []
    for each in sorted(those, key=lambda mark: (mark.from_s, mark.to_s)):
        last = merged[-1] if merged else None
        if last is None or each.from_s > last.to_s:
            merged.append(each)
        else:
            words = last.words if each.words in last.words else f"{last.words}；{each.words}"
            merged[-1] = Mark(last.from_s, max(last.to_s, each.to_s), words, last.tone)
    return tuple(merged)


def _lanes(name: str, members: Mapping[str, Measure]) -> list[Lane]:
    """One lane a measure that shows something; a single one where none does, saying why it is empty."""
    shown = [
        Lane(
            NAMES.get(each, each), marks(measure.spans, _tone(each, measure), _lead(each, measure))
        )
        for each, measure in members.items()
        if measure.spans and measure.answer in ("found", "doubtful")
    ]
    if shown or not members:
        return shown
    answers = {measure.answer for measure in members.values()}
    doubted = answers & {"found", "doubtful"}
    note = "有，不分时刻" if doubted else "未见" if "clear" in answers else "没有结论"
    return [Lane(name, note=note)]


def _tone(name: str, measure: Measure) -> Tone:
    if name in NO_FAULT:
        return "told"
    return "fail" if measure.answer == "found" else "doubt"


def _lead(name: str, measure: Measure) -> str:
    doubt = "（拿不准）" if measure.answer == "doubtful" else ""
    return f"{NAMES.get(name, name)}{doubt}"


def _shots(measure: Measure | None) -> list[Lane]:
    if measure is None:
        return []
    if measure.answer == "unmeasured":
        return [Lane("镜头", note="没有结论")]
    cuts = instants(str(measure.values.get("cuts_s") or ""))
    return [Lane("镜头", note=f"{len(cuts) + 1} 个", bands=cuts)]


def instants(text: str) -> tuple[float, ...]:
    """Seconds separated by spaces. A reader of a stranger's file wrote them: what is no number is left out."""
    told = (each for each in text.split() if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", each))
    return tuple(sorted(float(each) for each in told))


def _plots(
    measures: Mapping[str, Measure], names: Iterable[str], requirements: Iterable[Requirement]
) -> list[Lane]:
    demanded = tuple(requirements)
    return [
        Lane(
            NAMES.get(name, name),
            note=_whole(name, measure),
            curve=measure.curve,
            levels=_levels(name, measure, demanded),
        )
        for name in names
        if (measure := measures.get(name)) is not None and _drawable(measure.curve)
    ]


def _drawable(curve: Curve | None) -> bool:
    return curve is not None and sum(each is not None for each in curve.values) > 1


def _whole(name: str, measure: Measure) -> str:
    value = measure.values.get("integrated_lufs") if name == "loudness" else None
    return f"全片 {value:.1f} LUFS" if isinstance(value, (int, float)) else ""


def _levels(name: str, measure: Measure, requirements: Sequence[Requirement]) -> tuple[Level, ...]:
    told = []
    whole = measure.values.get("integrated_lufs") if name == "loudness" else None
    if isinstance(whole, (int, float)):
        told.append(Level(float(whole), f"全片 {whole:.1f}"))
    if (key := GOALS.get(name)) and (limit := measure.limits.get(key)) is not None:
        told.append(Level(limit, f"界限 {limit:g}", limit=True))
    if name == "loudness":
        told += [Level(each, f"要求 {each:g}", limit=True) for each in bounds(requirements, name)]
    return tuple(told)


def bounds(requirements: Iterable[Requirement], fact: str) -> tuple[float, ...]:
    """The numbers that predicates hold a fact against, each once, the lowest first."""
    found = {
        float(number)
        for each in requirements
        if each.predicate is not None
        for number in _numbers(parse_predicate(each.predicate), fact)
    }
    return tuple(sorted(found))


def _numbers(predicate: Predicate, fact: str) -> Iterable[Fraction]:
    if isinstance(predicate, (Every, Some)):
        return [number for part in predicate.parts for number in _numbers(part, fact)]
    if isinstance(predicate, Not):
        return _numbers(predicate.inner, fact)
    if not isinstance(predicate, Comparison):
        return []
    sides = (predicate.left, predicate.right)
    if not any(isinstance(each, Fact) and each.name == fact for each in sides):
        return []
    return [each.value for each in sides if isinstance(each, Number)]


def ticks(length_s: float, most: int = 8) -> tuple[int, ...]:
    """Whole seconds for the axis, evenly apart, the first at 0."""
    steps = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
    step = next((each for each in steps if length_s / each <= most), 7200)
    return tuple(range(0, int(length_s) + 1, step))


def said(seconds: float) -> str:
    """0:42, as players write it."""
    return clock(Fraction(seconds))
