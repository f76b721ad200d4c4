"""What is wrong with a field's value at the submission, for every kind of field that rules know.

The one place where forms are judged: the page, the API and the desk ask here. A draft may hold
anything; nothing is changed here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from fengcai.apps.entries import identity
from fengcai.apps.entries.lists import LISTS, list_problems
from fengcai.core.rulebook import Field
from fengcai.core.rulebook.rules import PersonDetail
from fengcai.core.rulebook.saying import plain

DETAIL_NAMES: dict[PersonDetail, str] = {
    "profession": "专业",
    "unit": "单位",
    "title": "职称",
    "post": "职务",
    "phone": "电话",
    "email": "邮箱",
    "id_number": "身份证号",
    "birth": "出生日期",
    "gender": "性别",
    "student_number": "学号",
}
GENDERS = ("男", "女")
YES_NO = ("是", "否")


def field_problems(field: Field, value: Any, *, today: date = date.max) -> list[str]:
    """What is wrong with one field's value for submission, in Chinese. `today` bounds what was
    published; what lists say beside their rows and papers show is asked in `owed`."""
    if field.kind == "people":
        return _people(field, named(value))
    if field.kind in LISTS:
        return list_problems(field, {field.id: value}, today=today)
    text = value.strip() if isinstance(value, str) else value
    if not text:
        return [f"请填写{field.label}"] if field.required else []
    if not isinstance(text, str):
        return [f"{field.label}应为文字"]
    if field.max_chars is not None and len(text) > field.max_chars:
        return [f"{field.label}最多 {field.max_chars} 字，现有 {len(text)} 字"]
    if field.min_chars is not None and len(text) < field.min_chars:
        return [f"{field.label}至少 {field.min_chars} 字，现有 {len(text)} 字"]
    check = _KINDS.get(field.kind)
    said = check(field, text) if check is not None else ""
    return [f"{field.label}：{said}"] if said else []


def named(value: Any) -> list[dict[str, str]]:
    """The rows of a people field that name somebody."""
    return [row for row in (value or []) if str(row.get("name", "")).strip()]


def birth_in(row: Mapping[str, str]) -> date | None:
    """When somebody was born, by what is filled in: the day, or the resident's number."""
    said = identity.day_of(row.get("birth", ""))
    return said or identity.birth_of(row.get("id_number", ""))


def number_in(text: str) -> Decimal | None:
    """A number as it is typed: full-width digits, grouping commas and blanks are let through."""
    typed = identity.plain(unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[-+]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})(\.[0-9]{1,9})?", typed):
        return None
    try:
        return Decimal(typed.replace(",", ""))
    except InvalidOperation:
        return None


def _choice(field: Field, text: str) -> str:
    return "" if text in field.options else "请从列出的选项中选择"


def _yes_no(_: Field, text: str) -> str:
    return "" if text in YES_NO else "请选择“是”或“否”"


def _number(field: Field, text: str) -> str:
    number = number_in(text)
    unit = f" {field.unit}" if field.unit else ""
    if number is None:
        return "请填数字" + (f"（单位：{field.unit}）" if field.unit else "")
    if field.at_least is not None and number < field.at_least:
        return f"不得少于 {plain(field.at_least)}{unit}，现为 {plain(number)}{unit}"
    if field.at_most is not None and number > field.at_most:
        return f"不得多于 {plain(field.at_most)}{unit}，现为 {plain(number)}{unit}"
    return ""


def _date(_: Field, text: str) -> str:
    return "" if identity.day_of(text) else "请填日期，如 2026-04-30"


def _audience(field: Field, text: str) -> str:
    strange = [each for each in text.split("、") if field.options and each not in field.options]
    return f"请从列出的人群中选择，没有“{strange[0]}”" if strange else ""


_KINDS: dict[str, Callable[[Field, str], str]] = {
    "choice": _choice,
    "yes_no": _yes_no,
    "number": _number,
    "date": _date,
    "audience": _audience,
    "link": lambda _, text: identity.link_problem(text),
    "phone": lambda _, text: identity.phone_problem(text),
    "email": lambda _, text: identity.email_problem(text),
    "id_number": lambda _, text: identity.id_problem(text),
}


def _people(field: Field, people: list[dict[str, str]]) -> list[str]:
    if not people:
        needed = field.required or bool(field.people_min) or any(c.min for c in field.counts)
        return [f"请填写{field.label}"] if needed else []
    said = []
    count = len(people)
    if field.people_min is not None and count < field.people_min:
        said.append(f"{field.label}至少 {field.people_min} 人，现有 {count} 人")
    if field.people_max is not None and count > field.people_max:
        said.append(f"{field.label}最多 {field.people_max} 人，现有 {count} 人")
    for each in field.counts:
        many = sum(1 for row in people if row.get("role", "").strip() == each.role)
        if many < each.min:
            said.append(f"{each.role}至少 {each.min} 人，现有 {many} 人")
        if each.max is not None and many > each.max:
            said.append(f"{each.role}最多 {each.max} 人，现有 {many} 人")
    for row in people:
        said += [f"{row['name'].strip()}：{problem}" for problem in _person(field, row)]
    return said


def _person(field: Field, row: Mapping[str, str]) -> list[str]:
    said = []
    role = row.get("role", "").strip()
    if field.roles and role not in field.roles:
        said.append(f"请从列出的分工中选择（{'、'.join(field.roles)}）")
    for name in field.asks:
        text = row.get(name, "").strip()
        if not text:
            said.append(f"请填写{DETAIL_NAMES[name]}")
        elif problem := _detail(name, text):
            said.append(problem)
    born, number = identity.day_of(row.get("birth", "")), row.get("id_number", "")
    if born and number and not identity.id_problem(number) and born != identity.birth_of(number):
        said.append("出生日期与身份证号不一致")
    return said


def _detail(name: PersonDetail, text: str) -> str:
    if name == "phone":
        return identity.phone_problem(text)
    if name == "email":
        return identity.email_problem(text)
    if name == "id_number":
        return identity.id_problem(text)
    if name == "birth":
        return "" if identity.day_of(text) else "出生日期请写成 1990-01-31"
    if name == "gender":
        return "" if text in GENDERS else "性别请选男或女"
    return ""
