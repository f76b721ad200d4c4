"""What the columns of another system's export mean: which targets there are, a first guess, and the
values of a row as a work takes them. Knows no rows of the database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fengcai.core.rulebook import Rules, Track

_BETWEEN = re.compile(r"[、,，;；\n]+")
_ROLE = re.compile(r"^(.*?)[（(]([^（()）]*)[)）]$")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y-%m-%dT%H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y.%m.%d %H:%M",
)  # fmt: skip

KNOWN = {
    "key": ("作品编号", "报名编号", "登记号", "序列号", "编号", "id", "序号"),
    "unit": ("单位", "报送单位", "单位名称", "科室", "科室名称", "参赛单位", "部门"),
    "title": ("作品名称", "作品名", "作品题目", "作品标题", "题名", "标题", "片名", "名称"),
    "track": ("类别", "作品类别", "参赛类别", "组别类别"),
    "themes": ("方向", "创作方向", "主题", "选题方向"),
    "divisions": ("组别", "参赛组别"),
    "submitted_at": ("提交时间", "报名时间", "上传时间", "投稿时间", "创建时间"),
    "signed_name": ("承诺人", "签字人", "声明人"),
    "contact": ("联络员", "联系人", "填报人"),
    "phone": ("联系电话", "联系方式", "手机", "手机号", "电话"),
}
REQUIRED = ("key", "unit", "title")
NAMES = {
    "key": "原系统里的编号", "unit": "单位", "title": "作品名称", "track": "作品类别",
    "themes": "创作方向", "divisions": "组别", "submitted_at": "在原系统提交的时间",
    "signed_name": "在原系统签署声明的人", "contact": "联络员姓名", "phone": "联络员电话",
}  # fmt: skip
MEANS = {
    "key": "同一来源里每行不同；再导一次时靠它认出已导入的作品",
    "signed_name": "要直接提交时必需",
    "contact": "单位还没有联络员时，用这个人",
}


@dataclass(frozen=True)
class Target:
    """A thing that a column can be: its id, its name, a word about it."""

    id: str
    name: str
    means: str = ""

    @property
    def required(self) -> bool:
        """Whether nothing can be imported without it."""
        return self.id in REQUIRED


def targets(rules: Rules) -> list[Target]:
    """Everything that a column can be, the fields and files of every category among it."""
    found = [Target(id, name, MEANS.get(id, "")) for id, name in NAMES.items()]
    fields: dict[str, str] = {}
    slots: dict[str, tuple[str, str]] = {}
    for track in rules.tracks:
        for field in track.fields:
            if field.id != "title":
                means = "写“张三（编导）、李四”" if field.kind == "people" else ""
                fields.setdefault(f"field:{field.id}", f"{field.label}|{means}")
        for slot in track.slots:
            if slot.kind == "physical":
                continue
            means = "链接，不会自动下载" if slot.kind == "link" else "文件名；几个文件用分号隔开"
            slots.setdefault(f"slot:{slot.id}", (slot.name, means))
    found += [Target(id, *text.split("|", 1)) for id, text in fields.items()]
    found += [Target(id, name, means) for id, (name, means) in slots.items()]
    return found


def guess(rules: Rules, headers: Sequence[str]) -> dict[str, str]:
    """Which column is what, by its name; each column once."""
    free = {_plain(header): header for header in reversed(headers) if header.strip()}
    found: dict[str, str] = {}
    for target in targets(rules):
        wanted = KNOWN.get(target.id, ()) or (
            target.name,
            f"{target.name}文件",
            f"{target.name}文件名",
        )
        for name in wanted:
            if header := free.pop(_plain(name), None):
                found[target.id] = header
                break
    return found


def people(text: str) -> list[dict[str, str]]:
    """“张三（编导）、李四” as rows of name and role."""
    rows = []
    for part in names(text):
        found = _ROLE.match(part)
        name, role = (found[1], found[2]) if found else (part, "")
        if not found and re.search(r"[:：]", part):
            role, name = (each.strip() for each in re.split(r"[:：]", part, maxsplit=1))
        rows.append({"name": name.strip(), "role": role.strip()})
    return rows


def names(text: str) -> list[str]:
    """Names of files, or choices, in one cell."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def links(text: str) -> list[str]:
    """The addresses in a cell."""
    return _LINK.findall(text)


def instant(text: str, zone: str) -> datetime | None:
    """A time as spreadsheets write it, in the contest's time zone; None where it is none."""
    cleaned = " ".join(text.strip().split())
    for pattern in _TIMES:
        try:
            return datetime.strptime(cleaned[:26].split(".000")[0], pattern).replace(
                tzinfo=ZoneInfo(zone)
            )
        except ValueError:
            continue
    return None


def choice(text: str, options: Mapping[str, str], translated: Mapping[str, str]) -> str | None:
    """The id whose name, or id, the text is; by way of the source's own words. None: unknown."""
    wanted = _plain(translated.get(text.strip(), text))
    return next((id for id, name in options.items() if wanted in (_plain(name), _plain(id))), None)


def changes_of(
    track: Track, told: Mapping[str, str], divisions: Mapping[str, str]
) -> dict[str, Any]:
    """The row as `save_draft` takes it: title, themes, divisions, and the fields of the category."""
    changes: dict[str, Any] = {"title": told.get("title", "")}
    if told.get("themes") and track.themes:
        options = {each.id: each.name for each in track.themes.options}
        found = [choice(each, options, {}) for each in names(told["themes"])]
        changes["themes"] = [each for each in found if each]
    if told.get("divisions"):
        found = [choice(each, divisions, {}) for each in names(told["divisions"])]
        changes["divisions"] = [each for each in found if each]
    for field in track.fields:
        text = told.get(f"field:{field.id}", "")
        if not text or field.id == "title":
            continue
        if field.kind == "people":
            changes[field.id] = people(text)
        elif field.kind in ("text", "longtext", "number", "date", "link", "phone", "email",
                            "id_number", "choice", "yes_no"):  # fmt: skip
            changes[field.id] = text
    return changes


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("*:")
