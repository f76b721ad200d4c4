"""The words of consent: parts on screen, ages, uses, ways to sign, states, and where the law has them.

Sources: 民法典 (2020), 个人信息保护法 (2021), read article by article. Nothing here decides.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Literal

from fengcai.core.rulebook.rules import Release

Age = Literal["adult", "teen", "child", "incapable"]
Capacity = Literal["self", "guardian"]
Purpose = Literal["judging", "site", "channels", "upper", "media"]

ON_SCREEN: dict[str, str] = {
    "patient": "患者",
    "family": "家属",
    "staff": "医务人员",
    "other": "其他出镜人员",
    "public_figure": "公开活动中的公众人物",
    "background": "背景中认不出的人",
}
"""How somebody appears. The last two owe nothing unless a rule says otherwise, and none can."""

AGES: dict[Age, str] = {
    "adult": "满 18 岁",
    "teen": "14 至 17 岁",
    "child": "不满 14 岁",
    "incapable": "成年，但不能辨认自己的行为",
}

CAPACITIES: dict[Capacity, str] = {"self": "本人", "guardian": "监护人"}

PURPOSES: dict[Purpose, tuple[str, str]] = {
    "judging": ("评审", "只给主办方工作人员和评委观看，用于审核和评选"),
    "site": ("在本活动网站展播", "公开：任何人都可以在活动网站上观看"),
    "channels": ("在公众号、视频号等渠道展播", "公开：主办方的公众号、视频号、官网、院内大屏等"),
    "upper": ("向上级赛事报送", "把作品交给上级主管部门或上级赛事的主办方"),
    "media": ("媒体报道", "公开：报刊、电视台和网络媒体对本活动的报道"),
}
"""Each use with its name and what it means in plain words."""

PUBLIC: frozenset[str] = frozenset({"site", "channels", "media"})
"""Uses by which anybody may see the work (个人信息保护法 §25: consent of its own)."""

WAYS: dict[str, str] = {
    "e_sign": "在手机上签署",
    "signed_scan": "上传签好的扫描件",
    "kept_by_unit": "纸质件由单位留存",
}

STATES: dict[str, str] = {
    "asked": "等待签署",
    "signed": "已签署",
    "scanned": "已交扫描件",
    "kept": "单位已留存纸质件",
    "refused": "本人不同意",
    "withdrawn": "已撤回",
    "expired": "已到期",
}

SOURCES: dict[str, str] = {
    "register": "民法典第一千零一十八条、第一千零一十九条",
    "unsigned": "民法典第一千零一十九条",
    "guardian": "民法典第十九条、第二十条；个人信息保护法第三十一条",
    "refused": "民法典第一千零一十九条；个人信息保护法第十四条",
    "withdrawn": "民法典第一千零二十二条；个人信息保护法第十五条",
    "expired": "民法典第一千零二十二条",
    "term": "民法典第一千零二十二条",
    "way": "",
    "unchecked": "",
    "purpose": "个人信息保护法第十四条",
    "public": "个人信息保护法第二十五条",
    "upper": "个人信息保护法第二十三条",
}
"""Kind of debt → the article behind it; empty where only the rulebook asks."""


def signers(age: Age) -> tuple[Capacity, ...]:
    """Who has to sign for somebody of this age.

    From 14 to 17 both: the person, and the guardian who agrees (民法典 §19); below 14 the guardian
    (个人信息保护法 §31), as for an adult who cannot judge his own acts (民法典 §21, §28).
    """
    return {"adult": ("self",), "teen": ("self", "guardian")}.get(age, ("guardian",))  # type: ignore[return-value]


def purposes_of(demands: Iterable[Release], role: str) -> tuple[Purpose, ...]:
    """The uses that somebody of this part is asked to agree to, in the order of `PURPOSES`."""
    asked = {use for each in demands if role in each.who for use in each.purposes}
    return tuple(use for use in PURPOSES if use in asked)


def after_months(day: date, months: int) -> date:
    """The last day of a term of `months` that begins on `day`: the same day of the later month, or
    that month's last (民法典 §201–202). `day` itself is not counted."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = min(day.year + years, date.max.year), month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
