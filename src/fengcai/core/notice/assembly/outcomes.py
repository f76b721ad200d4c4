"""Gaps in what comes of it: awards, money, recommendation, licence, objections.

Each function looks at the frame and asks for what the language needs and the notice does not say.
"""

from __future__ import annotations

from fengcai.core.notice.text import str_of

from .frame import Frame, Tree


def awards(frame: Frame) -> None:
    """How many of each, who decides, stacking, who gets the money."""
    awards = frame.tree.get("awards")
    if awards is None:
        frame.tree |= frame.asking.ask(
            "awards",
            "设哪些奖、各几名？",
            "awards",
            {"awards": "奖项（name、group、count、decided_by、cite）"},
        )
    _counts(frame, awards or {})
    for id, each in (awards or {}).items():
        if "decided_by" not in each:
            gap = frame.asking.ask(
                "special_by",
                "单项奖由谁定：按名次，还是由评委会评议？",
                "awards",
                {"decided_by": "ranking 按名次、committee 评委会评议"},
                {
                    "committee": ("由评委会评议并记录理由", {"decided_by": "committee"}),
                    "ranking": ("按名次", {"decided_by": "ranking"}),
                },
                frame.cite("awards", id),
            )
            each["decided_by"] = gap["decided_by"]
    prizes = frame.node("prizes")
    if "stacking" not in prizes:
        prizes |= frame.asking.ask(
            "stacking",
            "一件作品可以同时得几个奖吗？",
            "awards",
            {"stacking": "stack 可以兼得、exclusive 不可兼得"},
            {
                "stack": ("可以兼得", {"stacking": "stack"}),
                "exclusive": ("只能得一个奖", {"stacking": "exclusive"}),
            },
        )
    paid = any("money_each" in each for each in (awards or {}).values())
    if paid and "recipient" not in prizes:
        prizes |= frame.asking.ask(
            "recipient",
            "奖金发给单位，还是由作者分配？",
            "awards",
            {"recipient": "unit 单位、authors 作者"},
            {
                "unit": ("发给获奖单位", {"recipient": "unit"}),
                "authors": ("发给获奖作者", {"recipient": "authors"}),
            },
            frame.cite("prizes"),
        )
    prizes.setdefault("cite", None)


def _counts(frame: Frame, awards: dict[str, Tree]) -> None:
    """One question for the awards of a group whose number is not written."""
    groups: dict[str, list[str]] = {}
    for id, each in awards.items():
        if "count" not in each and "discretionary" not in each:
            groups.setdefault(str(each["group"]), []).append(id)
    for group, ids in groups.items():
        implied = frame.found.implied if all("money_each" in awards[id] for id in ids) else None
        options = (
            {"implied": (f"各 {implied} 名（由奖金总额推出）", dict.fromkeys(ids, implied))}
            if implied
            else None
        )
        names = "、".join(str(awards[id]["name"]) for id in ids)
        gaps = frame.asking.ask(
            f"count_{group}",
            f"{names}各评几名？",
            "awards",
            {id: f"{awards[id]['name']}几名（整数）" for id in ids},
            options,
            frame.cite("awards", ids[0]),
        )
        for id in ids:
            awards[id]["count"] = gaps[id]


def afterwards(frame: Frame) -> None:
    """Recommendation, licence to show, objections."""
    tree = frame.tree
    if "recommendation" in tree and "max" not in tree["recommendation"]:
        tree["recommendation"] |= frame.asking.ask(
            "recommend",
            "向上级推荐几件？由谁定？",
            "publication",
            {"max": "最多几件（整数，或“不限”）"},
            {"later": ("视上级通知，由主办方届时确定", {"max": "不限"})},
            frame.cite("recommendation"),
        )
    if "publication" in tree and "licence" not in tree["declarations"]:
        text = "作者同意主办单位以公益目的无偿展示本作品；授权自报送之日起三年，可以书面撤回，撤回后不再新增展示。"
        cite = str_of(frame.cite("publication"))
        licence = {"text": text, "signatory": "author", "when": "submit", "cite": cite}
        tree["declarations"]["licence"] = frame.asking.ask(
            "licence",
            "作品要公开展示，但通知没有取得作者的授权。要不要加一份授权承诺？",
            "opening",
            {"licence": "承诺的全文（text、signatory、when、cite），不要的写“不设”"},
            {
                "add": ("加一份三年期的展示授权", {"licence": licence}),
                "none": ("不加，展示前再逐件取得授权", {"licence": "不设"}),
            },
            frame.cite("publication"),
        )["licence"]
    if "objections" not in tree:
        tree |= frame.asking.ask(
            "objections",
            "公布结果之前要不要公示？公示几天？",
            "publication",
            {"objections": "公示的天数（days）和出处（cite）"},
            {
                "none": ("不公示，直接公布结果", {"objections": "不设"}),
                "five_days": (
                    "公示 5 天",
                    {"objections": {"days": 5, "cite": str_of(frame.home)}},
                ),
            },
        )
