"""Forms to begin from, with the fields of the contest at hand."""

from __future__ import annotations

from fengcai.apps.exchange.fields import groups
from fengcai.core.rulebook import Rules
from fengcai.engines.documents.forms.blanks import Part, blank_docx, blank_xlsx

TITLES = {"work": "作品登记表", "unit": "单位报送汇总表", "list": "作品汇总表"}
LEFT_OUT = {"文件名", "链接", "是否逾期", "确认时间", "第一作者"}
LIST_COLUMNS = ("序号", "编号", "单位", "作品名称", "类别", "作者", "联络员", "联络电话")
ROWS = {"人员": ("序号", "姓名", "分工", "单位", "职称", "电话"), "作品": LIST_COLUMNS}


def blank(rules: Rules, purpose: str, kind: str) -> bytes:
    """A docx or xlsx of this purpose. Raises KeyError for a purpose that is none."""
    parts = []
    for group in groups(rules, purpose):
        names = [field.path.rsplit(".", 1)[-1] for field in group.fields]
        wanted = ROWS.get(group.repeated)
        kept = [name for name in names if (name in wanted if wanted else name not in LEFT_OUT)]
        parts.append(Part(group.title, group.repeated, kept))
    make = blank_docx if kind == "docx" else blank_xlsx
    return make(TITLES[purpose], parts)
