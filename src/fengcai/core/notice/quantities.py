"""Amounts with their bounds: 5—8分钟, 不超过2GB, 800字以上、1500字以内, ≥25fps, 1920×1080.

Whether a bound takes its own number in follows article 1259 of the Civil Code: 以上、以下、以内、
届满 do; 不满、超过、以外 do not. Nothing is turned into a rule here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .numerals import NUMBER, neat, number

# Longer words first: 不超过 is not 超过.
AT_LEAST = (
    "不得低于", "不得少于", "不应低于", "应不低于", "不低于", "不少于", "不小于", "不短于", "大于等于", "大于或等于",
    "达到", "至少", "最少", "最低", "≥", ">=", "⩾",
)  # fmt: skip
AT_MOST = (
    "不得超过", "不得多于", "不得大于", "不得高于", "不应超过", "最多不超过", "原则上不超过", "不超过", "不多于",
    "不大于", "不高于", "不长于", "小于等于", "小于或等于", "控制在", "限制在", "限定在", "至多", "最多", "最大", "限报", "限交",
    "仅限", "限", "≤", "<=", "⩽",
)  # fmt: skip
MORE = ("超过", "多于", "大于", "高于", "长于", ">")
LESS = ("少于", "低于", "小于", "短于", "不足", "不满", "<")
UNITS = {
    "分钟": "分钟", "分种": "分钟", "min": "分钟", "秒钟": "秒", "秒": "秒", "s": "秒", "小时": "小时",
    "GB": "GB", "G": "GB", "MB": "MB", "M": "MB", "兆": "MB", "KB": "KB", "K": "KB",
    "dpi": "dpi", "ppi": "dpi", "像素/英寸": "dpi", "帧/秒": "fps", "帧每秒": "fps", "fps": "fps", "帧": "fps",
    "像素": "px", "px": "px", "毫米": "mm", "mm": "mm", "厘米": "cm", "cm": "cm", "个字": "字", "字符": "字",
    "字": "字", "元": "元", "%": "%", "％": "%", "周岁": "岁", "岁": "岁", "分": "分",
    "人次": "人", "人": "人", "名": "名", "位": "位", "个": "个", "项": "项", "组": "组", "支": "支",
    "件(套)": "件", "件": "件", "篇": "篇", "部": "部", "幅": "幅", "张": "张", "页": "页", "条": "条",
    "份": "份", "次": "次", "工作日": "工作日", "个工作日": "工作日", "天": "天",
}  # fmt: skip
KBPS = re.compile(r"[ ]?[Kk]?bps", re.ASCII)

_words = "|".join(map(re.escape, (*AT_LEAST, *AT_MOST, *MORE, *LESS)))
_unit = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
AMOUNT = re.compile(
    rf"(?P<pre>{_words})?(?P<around>约)?[ ]?"
    rf"(?P<low>{NUMBER})(?P<scale>万)?[ ]?(?P<low_unit>{_unit})?"
    rf"(?:(?:[—–~～-]{{1,2}}|至|到)(?P<high>{NUMBER})(?P<scale2>万)?)?[ ]?"
    rf"(?P<unit>{_unit})?(?![A-Za-z])"
    r"(?P<post>及以上|\(含\)以上|以上|起|及以下|\(含\)以下|以下|以内|之内|左右|(?<=[字人钟秒BMG元])内)?",
    re.IGNORECASE,
)
PIXELS = re.compile(r"([0-9]{3,5})[ ]?(?:[pP]x|像素)?[ ]?[*×xX✕][ ]?([0-9]{3,5})")


@dataclass(frozen=True, slots=True)
class Amount:
    """A bounded amount in one unit. None is no bound; `*_open` says that the bound is excluded.

    `exact` is a bare number without any word of bound (3名): both bounds are that number.
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    low_open: bool = False
    high_open: bool = False
    exact: bool = False

    def predicate(self, fact: str, unit: str = "") -> str:
        """As a rulebook's predicate over a fact: `duration >= 5min and duration <= 15min`."""
        parts = []
        if self.low is not None:
            parts.append(f"{fact} {'>' if self.low_open else '>='} {self.low}{unit}")
        if self.high is not None:
            parts.append(f"{fact} {'<' if self.high_open else '<='} {self.high}{unit}")
        return " and ".join(parts)


def amounts(text: str) -> Iterator[Amount]:
    """Every amount with a known unit in a plain text; two bounds of one unit that stand together
    (800字以上、1500字以内) are one amount."""
    held: Amount | None = None
    for match in AMOUNT.finditer(text):
        found = _amount(match)
        if found is None or KBPS.match(text, match.end()):
            continue
        if held is not None and _completes(held, found, text):
            held = Amount(
                held.start,
                found.end,
                held.low,
                found.high,
                held.unit,
                held.low_open,
                found.high_open,
            )
            continue
        if held is not None:
            yield held
        held = found
    if held is not None:
        yield held


def _amount(match: re.Match[str]) -> Amount | None:
    said = match["unit"] or match["low_unit"]
    first, second = number(match["low"]), number(match["high"] or "")
    if said is None or first is None or (match["high"] and second is None):
        return None
    unit = next(name for word, name in UNITS.items() if word.lower() == said.lower())
    # 1—2万元 means ten and twenty thousand; 1万—2万元 says it of both.
    if match["scale"] or (match["scale2"] and not match["low_unit"]):
        first *= 10000
    if second is not None and match["scale2"]:
        second *= 10000
    first, second = neat(first), second and neat(second)
    pre, post = match["pre"] or "", match["post"] or ""
    start, end = match.span()
    if match["around"] or post == "左右":
        return None
    if second is not None:
        return Amount(start, end, first, second, unit) if first <= second else None
    if pre in AT_LEAST or post in {"及以上", "(含)以上", "以上", "起"}:
        return Amount(start, end, first, None, unit)
    if pre in AT_MOST or post in {"及以下", "(含)以下", "以下", "以内", "之内", "内"}:
        return Amount(start, end, None, first, unit)
    if pre in MORE:
        return Amount(start, end, first, None, unit, low_open=True)
    if pre in LESS:
        return Amount(start, end, None, first, unit, high_open=True)
    return Amount(start, end, first, first, unit, exact=True)


def _completes(low: Amount, high: Amount, text: str) -> bool:
    between = text[low.end : high.start]
    return (
        low.unit == high.unit
        and low.low is not None and low.high is None
        and high.low is None and high.high is not None
        and re.fullmatch(r"[、,,]?(?:且|并|但)?", between) is not None
    )  # fmt: skip


def pixels(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Every picture size (1920*1080): its characters, width and height."""
    for match in PIXELS.finditer(text):
        yield match.start(), match.end(), int(match[1]), int(match[2])
