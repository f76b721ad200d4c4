"""Pages that look like a record: case notes, test reports, prescriptions, in the layout of a form.

A hint for a person, never more: words of such papers, several of them, in lines that stand in rows or
columns. A slide that explains a report looks the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from fengcai.media.checks import Line, Page
from fengcai.media.facts.measures import Box
from fengcai.media.screen.sightings import Sighting, SightingCheck

_TITLES = {
    "case": ("病历", "入院记录", "出院记录", "出院小结", "病程记录", "手术记录", "护理记录", "体温单",
             "知情同意书", "医嘱单", "会诊单", "首页"),
    "report": ("检验报告", "检查报告", "化验单", "诊断报告", "报告单", "影像报告", "心电图报告", "病理报告"),
    "prescription": ("处方笺", "处方", "用药清单", "费用清单", "门诊收费"),
}  # fmt: skip
_CALLED = {"case": "病历", "report": "检验、检查报告单", "prescription": "处方或清单"}
_FIELDS = (
    "姓名", "性别", "年龄", "科室", "科别", "床号", "住院号", "门诊号", "病案号", "主诉", "现病史", "既往史",
    "体格检查", "诊断", "医嘱", "医师", "医生", "审核", "检验者", "送检", "标本", "参考值", "参考范围", "参考区间",
    "结果", "单位", "项目", "采样", "报告时间", "报告日期", "申请", "用法", "用量", "规格", "数量", "Rp", "Sig",
    "费别", "临床诊断", "过敏史", "入院日期", "检查所见", "检查部位",
)  # fmt: skip


class Placed(Protocol):
    """Anything with a box."""

    @property
    def box(self) -> Box: ...


_LEAST_FIELDS, _LEAST_FIELDS_TITLED = 6, 4
_LEAST_LINES = 7
_ALIGNED = 3


class Records(SightingCheck):
    """Doubtful where a form with words of medical records stands on screen."""

    name = "record_page"
    about = ("personal_data",)
    method = "PP-OCR text: title and field words of records in lines set as a form; a hint only"

    def find(self, page: Page) -> Sequence[Sighting]:
        kind = record_kind(page.lines)
        if kind is None:
            return []
        box = around([line for line in page.lines if _is_field(line)])
        longest = max(
            (line for line in page.lines if _is_field(line)), key=lambda each: each.box[2]
        )
        key = f"{kind} {box[0]:.1f} {box[1]:.1f}"
        text = f"像{_CALLED.get(kind, '病历、报告单之类的表格')}的画面"
        return [Sighting(kind, key, text, box, longest.text, False, private=True)]


def record_kind(lines: Sequence[Line]) -> str | None:
    """ "case", "report", "prescription" or "form"; None where it is no record."""
    fields = {field for line in lines for field in _FIELDS if field in line.text}
    if len(lines) < _LEAST_LINES or not _set_as_form(lines):
        return None
    for kind, titles in _TITLES.items():
        titled = any(len(line.text) <= 24 and any(title in line.text for title in titles)
                     for line in lines)  # fmt: skip
        if titled and len(fields) >= _LEAST_FIELDS_TITLED:
            return kind
    return "form" if len(fields) >= _LEAST_FIELDS else None


def around(lines: Sequence[Placed]) -> Box:
    """The box around all of them."""
    left, top = min(line.box[0] for line in lines), min(line.box[1] for line in lines)
    right = max(line.box[0] + line.box[2] for line in lines)
    bottom = max(line.box[1] + line.box[3] for line in lines)
    return round(left, 4), round(top, 4), round(right - left, 4), round(bottom - top, 4)


def _is_field(line: Line) -> bool:
    words = (*_FIELDS, *(title for titles in _TITLES.values() for title in titles))
    return any(word in line.text for word in words)


def _set_as_form(lines: Sequence[Line]) -> bool:
    """At least three lines begin at the same place, or three share a row, as cells do."""
    lefts = Counter(round(line.box[0] / 0.012) for line in lines)
    tops = Counter(round((line.box[1] + line.box[3] / 2) / 0.015) for line in lines)
    in_a_column = max(lefts[at] + lefts[at + 1] for at in lefts)
    in_a_row = max(tops[at] + tops[at + 1] for at in tops)
    return in_a_column >= _ALIGNED or in_a_row >= _ALIGNED
