"""What a form says about its bounds before anything is wrong: how long, how many, which way."""

from __future__ import annotations

from fengcai.apps.entries.lists import LISTS, shape_of
from fengcai.apps.entries.queries import Page
from fengcai.core.rulebook import Field
from fengcai.core.rulebook.saying import plain

CHANNELS = {
    "web": "网上报送",
    "email": "电子邮件",
    "wechat": "微信",
    "paper": "纸质材料",
    "collector": "由汇总单位统一报送",
    "external": "另一系统",
}


def bounds_of(field: Field) -> str:
    """300 至 800 字；共 1 至 5 人；指导教师最多 2 人；填数字，0 至 100 万次."""
    said = [_span(field.min_chars, None, " 字")] if field.min_chars is not None else []
    if field.kind in LISTS:
        said.append(_span(field.rows_min, field.rows_max, f" {shape_of(field).row}"))
    if field.kind == "people":
        said.append(_span(field.people_min, field.people_max, " 人"))
        said += [f"{c.role}{_span(c.min or None, c.max, ' 人')}" for c in field.counts]
    if field.kind == "number":
        low, high = (
            None if bound is None else plain(bound) for bound in (field.at_least, field.at_most)
        )
        unit = f" {field.unit}" if field.unit else ""
        said.append(_span(low, high, unit) or (f"单位：{field.unit}" if field.unit else ""))
    return "；".join(each for each in said if each)


def _span(low: object, high: object, unit: str) -> str:
    if low is not None and high is not None:
        return f"{low}{unit}" if low == high else f"{low} 至 {high}{unit}"
    if low is not None:
        return f"至少 {low}{unit}"
    return f"最多 {high}{unit}" if high is not None else ""


def channels_of(page: Page) -> list[str]:
    """How this work is handed in, the way that counts first: 以网上报送为准；另寄纸质材料 3 份……"""
    said = []
    for each in page.scope.channels:
        name = CHANNELS[each.kind]
        text = (
            f"以{name}为准"
            if each.authoritative
            else f"另可{name}"
            if each.kind == "web"
            else f"另有{name}"
        )
        text += f"：{each.what}" if each.what else ""
        text += f"，一式 {each.copies} 份" if each.copies else ""
        to = "" if each.kind == "web" else "寄（发）到"
        text += f"，{to}{each.address}" if each.address else ""
        window = page.rules.windows.get(each.window or "")
        text += f"，{window.original}" if window else ""
        said.append(text)
    return said
