"""What is wrong with the rows of a field at the submission, and what of it is only for a person to see."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from fengcai.apps.entries import identity
from fengcai.apps.entries.lists.shapes import (
    NONE,
    SAID,
    THERE,
    rows_of,
    shape_of,
)
from fengcai.core.references import faults, read_rows
from fengcai.core.rulebook import Field

WITH_PAPER = ("purchased", "permission")
"""Licences of which a paper is shown, where the rules have a place for it."""
BY_ORIGIN = ("cc", "public_domain", "free")
"""Licences that can be looked up where the thing comes from."""
_CC = re.compile(r"CC0([ -]1\.0)?|CC BY(-(NC|SA|ND|NC-SA|NC-ND))?[ -][1-4]\.[05]( [A-Z]{2})?")


def list_problems(
    field: Field,
    fields: Mapping[str, Any],
    *,
    today: date,
    papers: Collection[str] = (),
) -> list[str]:
    """What stands between a list and the submission, in Chinese.

    `fields` are all of the entry's, `today` bounds days and years, `papers` the files in the field's
    `proof` slot. Where the field is optional, papers of rights that are missing are a doubt only.
    """
    rows = rows_of(field, fields.get(field.id))
    said = _how_many(field, rows, str(fields.get(f"{SAID}{field.id}", "")))
    said += _OF_ROWS[field.kind](field, rows, today)
    if field.kind == "rights" and field.required:
        said += _papers(field, rows, papers)
    return said


def doubts_in(
    field: Field, fields: Mapping[str, Any], *, papers: Collection[str] = ()
) -> list[str]:
    """What a reviewer should look into, of a list that may be handed in as it is."""
    rows = rows_of(field, fields.get(field.id))
    if field.kind != "rights":
        return []
    said = [] if field.required else _papers(field, rows, papers)
    for n, row in enumerate(rows, 1):
        kind = row["version"].upper()
        if row["licence"] == "cc" and "ND" in kind:
            said.append(
                f"第 {n} 项“{row['title']}”是禁止改编的许可（{row['version']}），剪进作品须另得同意"
            )
        if row["licence"] == "cc" and "NC" in kind:
            said.append(f"第 {n} 项“{row['title']}”只许非商业使用（{row['version']}）")
    return said


def _how_many(field: Field, rows: list[dict[str, str]], said: str) -> list[str]:
    shape = shape_of(field)
    if shape.question and said == NONE:
        wrong = f"{field.label}：选了“没有”，下面却列了 {len(rows)} {shape.row}，请核对"
        return [wrong] if rows else []
    if shape.question and not rows:
        if said == THERE:
            return [f"{field.label}：选了“有”，请逐{shape.row}列出"]
        return [f"{field.label}：没有的，请选“没有”"] if field.required or field.say_none else []
    if not rows:
        return [f"请填写{field.label}"] if field.required or field.rows_min else []
    if field.rows_min is not None and len(rows) < field.rows_min:
        return [f"{field.label}至少 {field.rows_min} {shape.row}，现有 {len(rows)} {shape.row}"]
    if field.rows_max is not None and len(rows) > field.rows_max:
        return [f"{field.label}最多 {field.rows_max} {shape.row}，现有 {len(rows)} {shape.row}"]
    return []


def _references(field: Field, rows: list[dict[str, str]], today: date) -> list[str]:
    return [each.line for each in faults(read_rows(rows), kinds=field.kinds, today=today)]


def _rights(field: Field, rows: list[dict[str, str]], today: date) -> list[str]:
    said = []
    for n, row in enumerate(rows, 1):
        said += [f"第 {n} 项：{each}" for each in _right(field, row)]
    return said


def _right(field: Field, row: dict[str, str]) -> list[str]:
    shape = shape_of(field)
    kinds = {
        value for column in shape.columns if column.id == "kind" for value, _ in column.options
    }
    said = [] if row["kind"] in kinds else ["请选择种类"]
    said += [] if row["title"] else ["请填写名称"]
    licence = row["licence"]
    if not licence:
        return [*said, "请选择怎样获得授权"]
    if licence in (*BY_ORIGIN, *WITH_PAPER) and not row["origin"]:
        said.append("请填写来源，如曲库或网站的名称和网址")
    if licence in ("own", "permission") and not row["author"]:
        said.append("请填写作者或权利人")
    if licence == "cc" and not _CC.fullmatch(" ".join(row["version"].upper().split())):
        said.append("请填写 CC 许可的版本，如 CC BY 4.0、CC0 1.0")
    return said


def _papers(field: Field, rows: list[dict[str, str]], papers: Collection[str]) -> list[str]:
    if field.proof is None:
        return []
    said = []
    for n, row in enumerate(rows, 1):
        chosen = row.get("evidence", "")
        if chosen and chosen not in papers:
            said.append(f"第 {n} 项“{row['title']}”：所选的凭据已被替换或移除，请重新选择")
        elif row["licence"] in WITH_PAPER and not chosen:
            said.append(f"第 {n} 项“{row['title']}”：请上传授权凭据，并在这一项里选上")
    return said


def _ai_use(field: Field, rows: list[dict[str, str]], today: date) -> list[str]:
    said = []
    asked = {
        "use": "请选择用来做什么",
        "tool": "请填写工具名称和版本",
        "parts": "请写明是作品的哪些部分",
    }
    for n, row in enumerate(rows, 1):
        said += [f"第 {n} 项：{text}" for part, text in asked.items() if not row[part]]
    return said


def _parallel(field: Field, rows: list[dict[str, str]], today: date) -> list[str]:
    said = []
    for n, row in enumerate(rows, 1):
        said += [] if row["contest"] else [f"第 {n} 项：请填写赛事名称"]
        if row["on"] and identity.day_of(row["on"]) is None:
            said.append(f"第 {n} 项：报送日期请填成 2026-04-30")
    return said


_OF_ROWS = {
    "references": _references,
    "rights": _rights,
    "ai_use": _ai_use,
    "parallel": _parallel,
}
