"""Sentences about when and by which way things are handed in."""

from __future__ import annotations

from collections.abc import Iterator

from fengcai.core.rulebook.checks.look import known
from fengcai.core.rulebook.gaps import Cited
from fengcai.core.rulebook.language import Book, ChannelText, WindowText
from fengcai.core.rulebook.saying import each_known, either, say, until

from .sentence import Sentence, joined, named, scope, window_name

PLACES = {
    "unit": "科室名称",
    "title": "作品名称",
    "author": "作者",
    "phone": "联系电话",
    "contact": "联系人",
    "track": "类别",
    "division": "组别",
    "theme": "主题",
    "region": "赛区",
    "number": "编号",
    "n": "序号",
}


def sentences(book: Book) -> Iterator[Sentence]:
    """Windows, working days, the timeline, channels, names of files."""
    for id, window in known(book.windows).items():
        yield "时间", ("windows", id), window, f"{window_name(book, id)}：{_window(book, window)}"
        for index, each in each_known(window.extended_from):
            text = f"原定 {until(each.closes)} 截止，由 {say(each.by)} 延期"
            yield "时间", ("windows", id, "extended_from", index), each, text
    if isinstance(book.calendar, Cited):
        days = {"放假": book.calendar.holidays, "调休上班": book.calendar.workdays}
        text = "；".join(f"{what}：{say(each)}" for what, each in days.items() if each is not None)
        yield "时间", ("calendar",), book.calendar, text
    for index, phase in each_known(book.schedule):
        yield "时间", ("schedule", index), phase, f"{say(phase.name)}：{say(phase.when)}"
    for id, channel in known(book.channels).items():
        yield "报送渠道", ("channels", id), channel, _channel(book, channel)
    for index, naming in each_known(book.naming):
        what = say(naming.applies_to, "applies_to")
        text = f"{what}写成“{say(naming.template)}”，重名时加“{say(naming.collision)}”"
        for place, said in PLACES.items():
            text = text.replace(f"{{{place}}}", said)
        yield "命名", ("naming", index), naming, text


def _window(book: Book, window: WindowText) -> str:
    text = f"{say(window.opens)} 至 {until(window.closes)}"
    said = ("（含截止时刻）", "（不含截止时刻）", "，截止时刻本身是否算按时")
    text += either(window.closes_inclusive, *said)
    text += f"，{say(window.basis, 'basis')}，逾期{say(window.late, 'late')}"
    if window.grace is not None:
        text += f"，宽限 {say(window.grace)}"
    if window.begun_counts is not None:
        text += either(
            window.begun_counts,
            "，截止前开始上传的算按时",
            "，截止后才传完的不算按时",
            "，截止前开始上传、之后传完的是否算按时",
        )
    classes = named(book, "unit_class", window.classes)
    text += f"（限{classes}）" if classes else ""
    return f"{text}{scope(book, window.tracks)}。通知原文：{say(window.original)}"


def _channel(book: Book, channel: ChannelText) -> str:
    parts = [
        say(channel.kind, "channel"),
        say(channel.address) if channel.address is not None else "",
        f"用于{say(channel.what)}" if channel.what is not None else "",
        f"一式 {say(channel.copies)} 份" if channel.copies is not None else "",
        either(channel.authoritative, "以此为准", "不以此为准", "是否以此为准"),
    ]
    return joined(parts) + scope(book, channel.tracks)
