"""Gaps in how the contest runs: windows, naming, rounds, score sheets.

Each function looks at the frame and asks for what the language needs and the notice does not say.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from fengcai.core.notice.questions import MEANINGS
from fengcai.core.notice.text import str_of

from .frame import Frame, Tree

ROUND_KEYS = ("panel", "min_judges", "recuse_own_unit")
SCHEME_KEYS = (
    "total", "aggregate", "drop_high", "drop_low", "drop_only_if_at_least", "rounding_places",
    "rounding_mode", "tie_break",
)  # fmt: skip
USUAL = (
    "0.5 分一档；去掉一个最高分和一个最低分后平均（不足 5 份时直接平均），保留两位小数、四舍五入；"
    "并列时依次比较各评分项，再由评委会决定（通知写明的照通知）"
)
PLACES = (  # words of a naming rule → the place in a template
    (r"(?:汇总|参赛|报送|所在)?(?:单位|科室|部门|学院|机构)(?:名称|全称)?", "{unit}"),
    (r"(?:第一)?作者(?:姓名)?|姓名|选手姓名", "{author}"),
    (r"(?:作品|文章)?(?:名称|题目|标题)|片名|作品名", "{title}"), (r"组别(?:名称)?", "{division}"),
    (r"(?:作品)?(?:类别|类型)(?:名称)?", "{track}"), (r"(?:联系)?(?:电话|手机号?)", "{phone}"),
    (r"(?:出场|作品)?编号|序号", "{number}"), (r"(?:创作)?(?:方向|主题)", "{theme}"),
)  # fmt: skip


def windows(frame: Frame) -> None:
    """Each window: when it opens and closes, and what counts as in time."""
    frame.node("windows").setdefault("submission", {})
    for id, window in frame.tree["windows"].items():
        _window(frame, id, window)


def _window(frame: Frame, id: str, window: Tree) -> None:
    keys = {
        "opens": "opens",
        "closes": "closes",
        "closes_inclusive": "inclusive",
        "basis": "basis",
        "late": "late",
        "begun_counts": "begun_counts",
    }
    missing = {key: name for key, name in keys.items() if key not in window}
    cite = frame.cite("windows", id)
    said = frame.found.value("windows", id, "closes_day")
    opened = frame.found.value("windows", id, "opens_day")
    issued = frame.found.value("notice", "issued")
    sets: Tree = {
        "inclusive": "否",
        "basis": "server_received",
        "late": "reject",
        "begun_counts": "否",
    }
    if said is not None:
        sets["closes"] = f"{said} 24:00"
    if opened is not None:
        sets["opens"] = f"{opened} 00:00"
    elif issued is not None:
        sets["opens"] = f"{date.fromisoformat(str(issued)) + timedelta(days=1)} 00:00"
    means = "；".join(
        {
            "opens": "写明的那天零时开始" if opened else "印发次日零时开始",
                "closes": "截止当天 24:00 截止", "inclusive": "截止的那一刻不算按时",
            "basis": "以服务器收全文件为准", "late": "逾期不收", "begun_counts": "截止后才传完的不算",
        }[name]
        for name in missing.values()
    )  # fmt: skip
    name = {"submission": "报送", "register": "报名", "collect": "汇总报送"}[id]
    gaps = frame.asking.ask(
        f"window_{id}",
        f"{name}的起止、以什么为准、截止的那一刻算不算，通知没有都写明。怎样定？",
        "opening",
        {name: MEANINGS[name] for name in missing.values()},
        {
            "usual": (means, sets),
            "inclusive": (means.replace("不算按时", "算按时"), {**sets, "inclusive": "是"}),
        },
        cite,
    )
    for key, name in missing.items():
        window[key] = gaps[name]
    window.setdefault("original", "通知没有写时间")
    window["cite"] = str_of(cite)


def naming(frame: Frame) -> None:
    """Templates for what the notice says in words, and what equal names get."""
    for key, each in frame.tree.get("naming", {}).items():
        words = str(frame.found.value("naming", key, "words"))
        options = {}
        for option, plus, means in (
            ("literal_plus", "+", "加号要写出来"),
            ("concatenation", "", "加号只表示连接，不写出来"),
        ):
            if template := _template(words, plus):
                options[option] = (
                    f"{means if '+' in words else '照原样'}；重名时在后面加 -2、-3",
                    {"template": template, "collision": "-{n}"},
                )
            if "+" not in words:
                break
        gaps = frame.asking.ask(
            f"naming{key}",
            f"命名格式“{words}”怎样落实？{'加号要不要写出来？' if '+' in words else ''}重名怎么办？",
            "opening",
            {
                "template": "命名的样式，用 {unit} {title} {author} 等标出要替换的位置",
                "collision": "重名时加什么，例如 -{n}",
            },
            options,
            frame.cite("naming", key),
        )
        each.update(gaps)


def rounds(frame: Frame) -> None:
    """Panels, numbers of judges, score sheets, who goes on."""
    rounds = frame.node("rounds")
    if not rounds:
        rounds["review"] = frame.asking.ask(
            "round",
            "作品怎样评审？",
            "judging",
            {
                "round": "评审的轮次（name、kind、input、panel、min_judges、recuse_own_unit、scheme、cite）"
            },
        )["round"]
        return
    fed = {each["input"] for each in rounds.values()}
    for id, each in rounds.items():
        if each["kind"] == "screening":
            continue
        names = {key: key for key in ROUND_KEYS if key not in each}
        if id in fed and "advance" not in each:
            names["advance"] = "advance"
        scheme = each.get("scheme", {})
        if not scheme.get("criteria"):
            names["scheme"] = "scheme"
            each.pop("scheme", None)
        else:
            _scheme(frame, id, scheme)
        usual: Tree = {"panel": "评审委员会", "min_judges": 3, "recuse_own_unit": "是"}
        if names:
            gaps = frame.asking.ask(
                f"round_{id}",
                f"“{each['name']}”由谁评、几位评委、怎样打分，通知没有都写明。怎样定？",
                "judging",
                {name: MEANINGS[name] for name in names},
                {"usual": ("评审委员会，每件至少 3 位评委，回避本单位作品", usual)},
                frame.cite("rounds", id),
            )
            each.update(gaps)


def _scheme(frame: Frame, id: str, scheme: Tree) -> None:
    cite = frame.cite("rounds", id, "scheme")
    criteria = scheme["criteria"]
    count = len(criteria)
    unknown = not all("max" in each for each in criteria.values())
    total = Decimal(str(scheme.get("total", 100)))
    names = [key for key in SCHEME_KEYS if key not in scheme]
    inner = [("max", "points"), ("weight", "weight"), ("min", "min")] if unknown else []
    inner.append(("step", "step"))
    sets: Tree = {
        "points": f"{(total / count).normalize():f}", "weight": 1, "min": 0, "step": "0.5", "total": f"{total:f}",
        "aggregate": "trimmed_mean", "drop_high": 1, "drop_low": 1, "drop_only_if_at_least": 5, "rounding_places": 2,
        "rounding_mode": "half_up", "tie_break": [*(f"criterion {each}" for each in criteria), "committee"],
    }  # fmt: skip
    usual = total % count == 0 or not unknown
    words = f"每项 {sets['points']} 分；" if unknown else ""
    gaps = frame.asking.ask(
        f"scheme_{id}",
        "分值、档距、合分、去高低分、小数和并列，通知没有都写明。怎样定？",
        "opening",
        {name: MEANINGS[name] for name in [*(name for _, name in inner), *names]},
        {
            "usual": (
                f"{words}{USUAL}",
                sets,
            )
        }
        if usual
        else {},
        cite,
    )
    for each in criteria.values():
        for key, name in inner:
            each[key] = gaps[name]
    for name in names:
        scheme[name] = gaps[name]
    scheme["cite"] = str_of(cite)


def _template(words: str, plus: str) -> str | None:
    """The template for a naming rule; None when it names something that no place stands for."""
    parts = []
    for part in re.split(r"([+＋\-—_－·])", words):
        if re.fullmatch(r"[+＋]", part):
            parts.append(plus)
        elif re.fullmatch(r"[\-—_－·]", part):
            parts.append(part)
        else:
            places = [place for pattern, place in PLACES if re.fullmatch(pattern, part.strip())]
            parts.append(places[0] if places else part.strip())
    template = "".join(parts)
    return template if "{" in template else None
