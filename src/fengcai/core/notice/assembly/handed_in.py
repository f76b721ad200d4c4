"""Gaps in what is handed in: tracks, directions, forms, files, preferences.

Each function looks at the frame and asks for what the language needs and the notice does not say.
"""

from __future__ import annotations

import re
from typing import Any

from fengcai.core.notice.questions import MEANINGS
from fengcai.core.notice.text import str_of
from fengcai.core.rulebook import Citation

from .frame import Frame, Tree


def tracks(frame: Frame) -> None:
    """Directions, form and files of each track."""
    tracks = frame.node("tracks")
    if not tracks:
        gap = frame.asking.ask("track", "征集哪一类作品？", "opening", {"name": "作品类别的名称"})
        tracks["work"] = {"name": gap["name"], "cite": str_of(frame.home)}
    for id, track in tracks.items():
        _themes(frame, id, track)
        limit = track.pop("fields", {}).get("authors", {}).get("people_max")
        track.update(_fields(frame, limit))
        _slots(frame, id, track)


def _themes(frame: Frame, id: str, track: Tree) -> None:
    if "themes" not in track:
        return
    themes = track["themes"]
    missing = {
        key: what
        for key, what in (
            ("min", "最少选几个方向（整数）"),
            ("max", "最多选几个方向（整数，或“不限”）"),
        )
        if key not in themes
    }
    if missing:
        options: dict[str, tuple[str, Tree]] = {
            "one": ("只选一个方向", {"min": 1, "max": 1}),
            "many": ("可以选一个或几个方向", {"min": 1, "max": "不限"}),
        }
        gaps = frame.asking.ask(
            "themes",
            "一件作品只选一个方向，还是可以选几个？",
            "opening",
            missing,
            options,
            frame.cite("tracks", id, "themes"),
        )
        track["themes"] = {**gaps, **themes}


def _fields(frame: Frame, limit: Any) -> Tree:
    cite = str_of(frame.home)
    authors: Tree = {
        "label": "作者",
        "kind": "people",
        "required": "是",
        "hint": "证书按这里的姓名和次序制作",
    }
    if limit is not None:
        authors["people_max"] = limit
        cite_authors = next(
            str_of(each.cite)
            for path, each in frame.found.found.items()
            if path[-1] == "people_max" and path[0] == "tracks"
        )
    else:
        cite_authors = cite
    fields = {
        "title": {
            "label": "作品名称",
            "kind": "text",
            "required": "是",
            "max_chars": 40,
            "cite": cite,
        },
        "authors": {**authors, "cite": cite_authors},
        "contact": {
            "label": "联系人及电话",
            "kind": "text",
            "required": "是",
            "max_chars": 60,
            "cite": cite,
        },
    }
    return frame.asking.ask(
        "fields",
        "报送时要填写哪些内容？",
        "opening",
        {"fields": "表单的栏目（label、kind、required、cite）"},
        {"usual": ("作品名称、作者、联系人及电话", {"fields": fields})},
        also="报名表的样式见附件的，照附件填写。",
    )


def _slots(frame: Frame, id: str, track: Tree) -> None:
    slots = track.setdefault("slots", {})
    if "main" not in slots and not any(
        each.get("role") in {"script", "companion"} for each in slots.values()
    ):
        missing = _missing_attachments(frame)
        ask = "作品以什么文件交，有什么规格？"
        gap = frame.asking.ask(
            "main",
            ask,
            "opening",
            {
                f"{id}_work": "作品文件（name、kind、min、max、accept、max_size、requirements、cite）"
                for id in frame.tree["tracks"]
            },
            cite=missing[0] if missing else None,
            also=f"附件没有随通知提供：{'、'.join(each.words for each in missing)}。照附件填写，不要自拟。"
            if missing
            else "",
        )
        slots["main"] = gap[f"{id}_work"]
    for slot, each in slots.items():
        if isinstance(each, dict):
            _slot(frame, slot, each, frame.cite("tracks", id, "slots", slot))


def _slot(frame: Frame, id: str, slot: Tree, cite: Citation) -> None:
    names = {"min": "min_files", "max": "max_files", "accept": "accept"}
    if id == "main":
        names["max_size"] = "max_size"
    missing = {key: name for key, name in names.items() if key not in slot}
    kind = str(slot["kind"])
    usual = {
        "video": [".mp4", ".mov"], "audio": [".mp3", ".wav"], "image": [".jpg", ".jpeg", ".png"],
        "document": [".docx", ".pdf"], "source": [".psd", ".ai", ".zip"], "form": [".pdf", ".jpg", ".docx"],
    }.get(kind, [".pdf"])  # fmt: skip
    size = {"video": "4 GB", "audio": "200 MB"}.get(kind, "50 MB")
    sets = {
        "min_files": slot.get("min", 1),
        "max_files": max(1, int(slot.get("min", 1))),
        "accept": usual,
        "max_size": size,
    }
    if missing:
        said = "、".join(usual if "accept" in missing else [])
        gaps = frame.asking.ask(
            f"slot_{id}",
            f"“{slot['name']}”交几个文件、什么格式、最大多大？",
            "opening",
            {name: MEANINGS[name] for name in missing.values()},
            {
                "usual": (
                    f"一个文件{'，' + said if said else ''}{'，不超过 ' + size if 'max_size' in missing else ''}",
                    sets,
                )
            },
            cite,
        )
        for key, name in missing.items():
            slot[key] = gaps[name]
    for each in slot.get("requirements", {}).values():
        _effect(frame, each)


def _missing_attachments(frame: Frame) -> list[Citation]:
    """Attachments that the notice names and that do not follow it."""
    there = {
        each.section
        for each in frame.found.all
        if re.match(r"附件[0-9一二三四五六七八九十]", each.section)
    }
    named = [each for each in frame.found.all if each.section == "附件" and not each.heading]
    alone = any(
        each.section == "附件" and each.heading and each.text.strip()[-1] not in ":："
        for each in frame.found.all
    )
    return [] if there or alone else [each.cite() for each in named]


def requirements(frame: Frame) -> None:
    """What a preference does."""
    for each in frame.node("requirements").values():
        _effect(frame, each)
    frame.node("declarations")


def novelty(frame: Frame) -> None:
    """Which earlier awards bar a work."""
    ban = frame.tree.get("novelty", {}).get("prior_award_ban", {"levels": []})
    if "levels" not in ban:
        options: dict[str, tuple[str, Tree]] = {
            "any": ("任何级别的都算", {"levels": ["unit", "city", "province", "nation"]}),
            "provincial": ("省级和国家级的", {"levels": ["province", "nation"]}),
        }
        ban |= frame.asking.ask(
            "levels",
            "获过哪些级别的奖就不能再参加？",
            "opening",
            {"levels": "级别（unit、city、province、nation）"},
            options,
            frame.cite("novelty", "prior_award_ban"),
        )


def _effect(frame: Frame, requirement: Tree) -> None:
    if "prefer" in requirement:
        requirement["effect"] = frame.asking.ask(
            "effect",
            "“优先”怎样体现？通知没有给分值。",
            "judging",
            {"effect": "none 只作倡导、tie_break 并列时参考、bonus 打分时体现"},
            {
                "none": ("只作倡导，不影响名次", {"effect": "none"}),
                "tie_break": ("只在并列时参考", {"effect": "tie_break"}),
                "bonus": ("评委打分时酌情体现", {"effect": "bonus"}),
            },
        )["effect"]
