"""Gaps around the rules and among those who enter: theme, issuer, names that differ, units.

Each function looks at the frame and asks for what the language needs and the notice does not say.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from fengcai.core.notice.gathering import Path
from fengcai.core.notice.text import str_of

from .frame import Frame, Tree


def head(frame: Frame) -> None:
    """Names, theme, issuer, organisers, people to ask."""
    tree, found = frame.tree, frame.found
    title = str(found.value("title") or "")
    tree["title"] = title or "（通知没有标题）"
    tree["short_title"] = _short(title) or "活动"
    tree["accent"] = "ganhong"
    tree["timezone"] = "Asia/Shanghai"
    if "theme" not in tree:
        tree |= frame.asking.ask(
            "theme",
            "通知没有写活动主题。对外用什么主题？",
            "opening",
            {"theme": "主题（一句话）"},
            {"title": ("用活动名称作主题", {"theme": tree["title"]})},
        )
    notice = frame.node("notice")
    missing = {
        key: what
        for key, what in (("issuer", "发文单位"), ("issued", "印发日期（例如 2026-04-02）"))
        if key not in notice
    }
    if missing:
        notice |= frame.asking.ask("notice", "通知由谁、在哪一天印发？", "opening", missing)
    notice.setdefault("cite", None)
    if "organisers" not in tree:
        tree |= frame.asking.ask(
            "organisers",
            "主办单位是谁？",
            "opening",
            {"organisers": "主办、承办等（role、name、cite）"},
        )
    contacts = tree.get("contacts")
    if contacts is None:
        tree |= frame.asking.ask(
            "contacts",
            "向谁咨询？",
            "opening",
            {"contacts": "联系人（names、phone、email、cite）"},
        )
    for key, contact in (contacts or {}).items():
        if "names" not in contact:
            gap = frame.asking.ask(
                f"contact{key}",
                "电话、邮箱找谁？",
                "opening",
                {"names": "联系人姓名"},
                cite=frame.cite("contacts", key),
            )
            tree["contacts"][key] = {"names": gap["names"], **contact}


def variants(frame: Frame) -> None:
    """One thing under two names: the notice must have meant one, but does not say which."""
    signed = [
        name for each in frame.found.all if each.section == "落款"
        for name in re.split(r"[\s　、]{1,}", each.text.strip()) if len(name) >= 6
    ]  # fmt: skip
    for key, each in frame.tree.get("organisers", {}).items():
        _variant(
            frame,
            ("organisers", key),
            each,
            [name for name in signed if _nearly(name, str(each["name"]))],
            "落款",
        )
    scopes = [
        (key, str(each["scope"]))
        for key, each in frame.tree.get("contacts", {}).items()
        if "scope" in each
    ]
    for id, track in frame.tree.get("tracks", {}).items():
        name = str(track["name"])
        other = [
            (key, scope) for key, scope in scopes if scope != name and sorted(scope) == sorted(name)
        ]
        for key, _ in other:
            frame.tree["contacts"][key]["scope"] = name
        _variant(frame, ("tracks", id), track, [scope for _, scope in other], "联系方式")


def _variant(frame: Frame, path: Path, node: Tree, others: list[str], where: str) -> None:
    name = str(node["name"])
    if others and others[0] != name:
        node["name"] = frame.asking.ask(
            f"variant_{name}",
            f"正文写“{name}”，{where}写“{others[0]}”，以哪个为准？",
            "publication",
            {"name": "名称"},
            {
                "body": ("以正文为准", {"name": name}),
                "other": (f"以{where}为准", {"name": others[0]}),
            },
            frame.cite(*path),
        )["name"]


def units(frame: Frame) -> None:
    """Who may enter and must, and how often."""
    units = frame.node("units")
    classes = units.get("classes")
    if classes is None:
        units |= frame.asking.ask(
            "classes",
            "哪些单位可以参加，哪些必须参加？",
            "opening",
            {"classes": "单位类别（name、must_enter、may_enter、cite）"},
        )
    for id, each in (classes or {}).items():
        if "may_enter" not in each:
            each["may_enter"] = frame.asking.ask(
                f"may_{id}",
                f"通知也发给了{each['name']}，但没有写它要报送。{each['name']}可以报送吗？",
                "opening",
                {"may_enter": "可以报送吗（是/否）"},
                {
                    "no": ("不单独报送", {"may_enter": "否"}),
                    "yes": ("可以报送，不作强制", {"may_enter": "是"}),
                },
                frame.cite("units", "classes", id),
            )["may_enter"]
    entries = units.setdefault("entries", {})
    names = {
        "min": "最少几件（整数）",
        "max": "最多几件（整数，或“不限”）",
        "consequence": "没有报送的单位怎么处理（一句话）",
    }
    missing = {
        key: what
        for key, what in names.items()
        if key not in entries and not (key == "consequence" and not entries.get("min"))
    }
    low = entries.get("min", 0)
    said = "未报送的单位在活动总结中说明"
    entries |= (
        frame.asking.ask(
            "entries",
            "每个单位最少、最多报几件？"
            + ("没有报送的怎么处理？" if "consequence" in missing else ""),
            "opening",
            missing,
            {
                "unlimited": ("不设上限", {"min": low, "max": "不限", "consequence": said}),
                "one": ("每个单位限报 1 件", {"min": low, "max": 1, "consequence": said}),
            },
            frame.cite("units", "entries") if ("units", "entries") in frame.cites else None,
        )
        if missing
        else {}
    )
    entries["cite"] = str_of(frame.cite("units", "entries"))


def _nearly(one: str, other: str) -> bool:
    """Two spellings of one name: equal but for a character or two."""
    return one == other or SequenceMatcher(None, one, other).ratio() > 0.9


def _short(title: str) -> str:
    """A short name: what stands in quotes, or the beginning without the year."""
    quoted = re.search(r"[“\"《]([^”\"》]{2,12})", title)
    plain = re.sub(r"^[0-9]{4}年(?:度)?", "", title)
    return (re.split(r"[，,]", quoted[1])[0] if quoted else plain)[:12]
