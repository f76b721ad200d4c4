"""Windows that cross, channels of which none or two decide, names of files that cannot be made."""

from __future__ import annotations

import string
from datetime import timedelta
from zoneinfo import ZoneInfo

from fengcai.core.rulebook.gaps import Open
from fengcai.core.rulebook.language import WindowText, WorkCalendarText
from fengcai.core.rulebook.problems import Path

from .look import Faults, Look, closing, known, listed, said

PLACES = (
    *("unit", "title", "author", "phone", "contact", "track", "division", "theme", "region"),
    "number",
)


def faults(look: Look) -> Faults:
    """Everything wrong with when and by which way things are handed in."""
    try:
        ZoneInfo(look.book.timezone)
    except (KeyError, ValueError, OSError):
        zone = look.book.timezone
        yield look.fault(("timezone",), f"没有“{zone}”这个时区", "中国内地请写 Asia/Shanghai。")
    if "submission" not in look.book.windows:
        yield look.fault(
            ("windows",), "没有报送的时间窗（submission）", "请补上 windows.submission。"
        )
    for id, each in known(look.book.windows).items():
        yield from _window(look, ("windows", id), each)
    yield from _channels(look)
    for index, naming in listed(look.book.naming):
        path: Path = ("naming", index)
        yield from _template(look, (*path, "template"), naming.template, PLACES)
        yield from _template(look, (*path, "collision"), naming.collision, ("n",))
        yield from look.slot_names((*path, "slots"), naming.slots)
    if isinstance(look.book.calendar, WorkCalendarText):
        yield from _calendar(look, look.book.calendar)


def _window(look: Look, path: Path, each: WindowText) -> Faults:
    opens, closes = said(each.opens), said(each.closes)
    if opens and closes and opens >= closes:
        yield look.fault(
            (*path, "opens"),
            f"开始（{opens:%Y-%m-%d %H:%M}）不早于截止（{closing(closes)}）",
            "请核对两个时间。",
        )
    if each.late == "allow" and isinstance(each.grace, timedelta) and each.grace:
        yield look.fault((*path, "grace"), "逾期照收，宽限就没有意义", "请删去 grace。")
    classes = known(look.book.units.classes)
    yield from look.names((*path, "classes"), each.classes, classes, "单位类别")
    yield from look.scope(path, tracks=each.tracks)
    yield from look.names((*path, "after"), each.after, look.book.windows, "时间窗")
    before = look.closes(each.after)
    if opens and before and opens < before:
        yield look.fault(
            (*path, "opens"),
            f"开始于 {opens:%Y-%m-%d %H:%M}，早于“{each.after}”截止（{closing(before)}）",
            "请核对两个时间窗。",
        )
    ours = look.closes("submission")
    if each.kind == "register" and closes and ours and closes > ours:
        yield look.fault(
            (*path, "closes"),
            f"报名 {closing(closes)} 截止，晚于报送截止（{closing(ours)}）",
            "先报名、后报送，请核对两个时间。",
        )
    for index, extension in listed(each.extended_from):
        was = said(extension.closes)
        if was and closes and was >= closes:
            yield look.fault(
                (*path, "extended_from", index, "closes"),
                f"原定 {closing(was)} 截止，不早于现在的截止（{closing(closes)}）",
                "延期只能改晚，请核对。",
            )


def _channels(look: Look) -> Faults:
    channels = known(look.book.channels)
    for id, each in channels.items():
        path: Path = ("channels", id)
        yield from look.names((*path, "tracks"), each.tracks, look.book.tracks, "类别")
        yield from look.names((*path, "window"), each.window, look.book.windows, "时间窗")
        yield from look.slot_names((*path, "slots"), each.slots)
    stated = look.book.channels
    if not stated or isinstance(stated, Open) or len(channels) < len(stated):
        return
    if any(isinstance(each.authoritative, Open) for each in channels.values()):
        return
    for track in look.leaves:
        mine = [
            id
            for id, each in channels.items()
            if each.authoritative is True and track in look.tracks_of(each.tracks)
        ]
        if len(mine) != 1:
            name = look.book.tracks[track].name
            ways = f"有 {len(mine)} 条报送渠道都写着为准" if mine else "没有一条报送渠道写着为准"
            yield look.fault(
                ("channels", mine[-1], "authoritative") if mine else ("channels",),
                f"“{name}”{ways}",
                "几条渠道中恰有一条以它为准（authoritative: 是），其余写“否”。",
            )
            return


def _template(look: Look, path: Path, text: str | Open, places: tuple[str, ...]) -> Faults:
    if isinstance(text, Open):
        return
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        used = {""}
    if not used or not used <= set(places):
        can = "、".join(f"{{{each}}}" for each in places)
        yield look.fault(
            path,
            f"“{text}”里没有可替换的位置，或位置的名字不对",
            f"请用 {can} 标出要替换的位置，花括号要成对。",
        )


def _calendar(look: Look, calendar: WorkCalendarText) -> Faults:
    off = {day for _, day in listed(calendar.holidays)}
    for index, day in listed(calendar.workdays):
        if day.weekday() < 5:
            yield look.fault(
                ("calendar", "workdays", index),
                f"{day} 不是周末，本来就上班",
                "workdays 只写调休上班的周六、周日。",
            )
        if day in off:
            yield look.fault(
                ("calendar", "workdays", index),
                f"{day} 既放假又上班",
                "请核对 holidays 和 workdays。",
            )
