"""What a form can be filled with, in words: the fields of a work, a unit, the whole list.

The rulebook's own fields stand beside the usual ones, by their labels. Fills nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fengcai.apps.exchange.telling import DETAILS, field_name
from fengcai.core.rulebook import Rules

WORK = {
    "序号": "在这份名单里的次序", "编号": "作品编号", "作品名称": "题名", "单位": "报送单位",
    "单位类别": "如“临床科室”", "上级单位": "单位的上级", "片区": "单位所在片区或院区", "类别": "作品类别",
    "组别": "作品所在组别", "方向": "创作方向", "地区": "按规则划分的地区", "状态": "如“审核通过”",
    "提交时间": "服务器收到的时间", "是否逾期": "按时或逾期", "确认时间": "负责人确认的时间",
    "作者": "全部人员的姓名，用顿号隔开", "第一作者": "排在第一的人员", "联络员": "单位的联络员",
    "联络电话": "联络员的电话", "负责人": "单位的负责人", "文件数": "现有文件的个数",
    "文件名": "现有文件的原名", "链接": "填报的链接",
}  # fmt: skip
PERSON = {
    "序号": "次序",
    "姓名": "",
    "分工": "",
    **dict.fromkeys(DETAILS.values(), "规则要求填写时才有"),
}
FILE = {"序号": "次序", "名称": "是哪一项文件", "文件名": "原文件名", "大小": "如 128.0 MB"}
COMMON = {
    "活动": "活动的全称",
    "活动简称": "",
    "今天": "填表当天，如 2026年5月20日",
    "年份": "填表当年",
}
UNIT = {
    "单位": "", "单位类别": "", "上级单位": "", "片区": "", "联络员": "", "联络电话": "", "负责人": "",
    "作品数": "这个单位的作品件数",
}  # fmt: skip
LIST = {"作品数": "全部件数", "单位数": "有作品的单位个数"}


@dataclass(frozen=True)
class Field:
    """A field: how it is written in a form, and what it means."""

    path: str
    means: str

    @property
    def mark(self) -> str:
        """As it is written in a form."""
        return "{{" + self.path + "}}"


@dataclass(frozen=True)
class Group:
    """Fields that belong together. `repeated`: one row for each, of a list named by the prefix."""

    title: str
    repeated: str
    fields: Sequence[Field]


def groups(rules: Rules, purpose: str) -> list[Group]:
    """Every field that a form of this purpose can ask for."""
    labels: dict[str, str] = {}
    for track in rules.tracks:
        for each in track.fields:
            name = field_name(each.label)
            if each.kind != "people" and name not in WORK:
                labels.setdefault(name, f"报送表里的“{each.label}”")
    work = {**WORK, **labels}
    found = [_group("活动", "", COMMON)]
    if purpose == "work":
        found.append(_group("作品", "", work))
        found.append(_group("人员，每人一行", "人员", PERSON))
        found.append(_group("文件，每个一行", "文件", FILE))
        return found
    if purpose == "unit":
        found.append(_group("单位", "", UNIT))
    else:
        found.append(_group("汇总", "", LIST))
    found.append(_group("作品，每件一行", "作品", work))
    return found


def paths(rules: Rules, purpose: str) -> set[str]:
    """Every path that a form of this purpose may hold, the lists themselves too."""
    known: set[str] = set()
    for group in groups(rules, purpose):
        known |= {each.path for each in group.fields}
        known |= {group.repeated} if group.repeated else set()
    if purpose != "work":  # in a Word form a work's own rows can be gone through
        known |= {"作品.人员", "作品.文件"}
        known |= {f"作品.人员.{name}" for name in PERSON} | {f"作品.文件.{name}" for name in FILE}
    return known


def unknown(used: Iterable[str], rules: Rules, purpose: str) -> list[tuple[str, str]]:
    """The paths that nobody knows, each with the one that was perhaps meant (or "")."""
    known = paths(rules, purpose)
    return [(each, _nearest(each, known)) for each in used if each not in known]


def _nearest(path: str, known: set[str]) -> str:
    near = difflib.get_close_matches(path, sorted(known), n=1, cutoff=0.6)
    if near:
        return near[0]
    last = path.rsplit(".", 1)[-1]
    same = sorted(each for each in known if each.rsplit(".", 1)[-1] == last)
    return same[0] if same else ""


def _group(title: str, prefix: str, fields: dict[str, str]) -> Group:
    dot = f"{prefix}." if prefix else ""
    return Group(title, prefix, [Field(f"{dot}{name}", means) for name, means in fields.items()])
