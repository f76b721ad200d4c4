"""The organiser's own forms (登记表、汇总表): kept, looked through before use, shown filled, filled.

What a form can ask for stands in `fields`; how it is filled in `engines.documents.forms`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.exchange.fields import unknown
from fengcai.apps.exchange.models import Filling, FormTemplate
from fengcai.apps.exchange.telling import Work, chosen_ids, in_order, works
from fengcai.apps.exchange.upper import is_upper
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.engines import storage
from fengcai.engines.documents import forms as engine
from fengcai.engines.documents.forms import FormRefused
from fengcai.engines.jobs import Priority, enqueue

LONGEST_NAME = 100
MOST_FORMS = 5_000


@dataclass(frozen=True)
class Form:
    """What one filled form is called, and what it is filled with."""

    name: str
    context: Mapping[str, Any]


@transaction.atomic
def keep_template(
    *,
    contest: Contest,
    name: str,
    purpose: str,
    filename: str,
    data: bytes,
    by: User,
    at: datetime,
) -> FormTemplate:
    """Keep a form; one of the same name replaces the former. Organisers may.

    It is looked through in a process of its own: what it asks for is kept beside it, what nobody
    knows too, so that it is named before the form is used. Raises `Refused`.
    """
    require_role(by, contest, Role.ORGANISER)
    name = storable(name).strip()
    if not name:
        raise Refused("请给这份表格起个名字，如“作品登记表”。", fields={"name": "请填写名称"})
    if len(name) > LONGEST_NAME:
        raise Refused(f"名称最多 {LONGEST_NAME} 字。", fields={"name": "太长"})
    if purpose not in FormTemplate.Purpose.values:
        raise Refused("请选择这份表格怎样填。", fields={"purpose": "请选择"})
    shown = storable(filename).replace("\\", "/").rsplit("/", 1)[-1][:200] or "表格"
    try:
        found = engine.inspect(data, shown)
    except FormRefused as refusal:
        raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None
    if not found.used:
        raise Refused(
            f"“{shown}”里没有一个字段，没有保存。请在要填写的地方写上字段名，如 {{{{作品名称}}}}；"
            "可以先下载样例模板看看。",
            fields={"file": "没有字段"},
        )
    strange = unknown(found.used, rules_of(contest), purpose)
    stored = storage.write_bytes(data, suffix=f".{found.kind}")
    Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    FormTemplate.objects.filter(contest=contest, name=name, replaced_at=None).update(replaced_at=at)
    row = FormTemplate.objects.create(
        contest=contest, name=name, purpose=purpose, kind=found.kind, filename=shown,
        key=stored.key, sha256=stored.sha256, size=stored.size, used=list(found.used),
        unknown=[list(each) for each in strange], by=by, at=at,
    )  # fmt: skip
    _note(contest, by, "exchange.form", row, {"sha256": row.sha256, "purpose": purpose}, at)
    return row


@transaction.atomic
def drop_template(*, contest: Contest, template: int, by: User, at: datetime) -> None:
    """Take a form out of use; what was filled with it stays."""
    require_role(by, contest, Role.ORGANISER)
    row = template_for(contest, template)
    row.replaced_at = at
    row.save(update_fields=["replaced_at"])
    _note(contest, by, "exchange.form_out", row, {}, at)


@transaction.atomic
def order_filling(
    *,
    contest: Contest,
    template: int,
    chosen: Mapping[str, Any],
    together: bool,
    by: User,
    at: datetime,
) -> Filling:
    """Have a form filled for a choice of works, in the background; with `to: upper` for the organiser of
    a contest above. Raises `Refused`."""
    require_role(by, contest, Role.ORGANISER)
    row = template_for(contest, template)
    _usable(row)
    if together and (row.kind != "xlsx" or row.purpose == "list"):
        raise Refused("只有 Excel 的表格可以合成一个工作簿。", fields={"together": "请去掉勾选"})
    filling = Filling.objects.create(
        template=row, chosen={**chosen, "together": together}, by=by, at=at
    )
    enqueue(
        "exchange.fill",
        {"filling_id": str(filling.pk)},
        dedupe_key=f"exchange.fill:{filling.pk}",
        subject=f"filling:{filling.pk}",
        scope=f"contest:{contest.pk}",
        priority=Priority.WAITED_FOR,
    )
    _note(contest, by, "exchange.fill", row, {"filling": str(filling.pk)}, at)
    return filling


def templates_of(contest: Contest, user: User) -> list[FormTemplate]:
    """The forms in use. 2 SQL."""
    require_role(user, contest, Role.ORGANISER)
    return list(FormTemplate.objects.filter(contest=contest, replaced_at=None).select_related("by"))


def template_for(contest: Contest, template: int) -> FormTemplate:
    """A form in use. Raises `NotFound`."""
    row = FormTemplate.objects.filter(contest=contest, pk=template, replaced_at=None).first()
    if row is None:
        raise NotFound("没有这份表格：可能已被替换或停用，请刷新页面。")
    return row


def fillings_of(contest: Contest) -> list[Filling]:
    """The newest filled forms. 1 SQL."""
    rows = Filling.objects.filter(template__contest=contest).select_related("template", "by")
    return list(rows[:20])


def filling_for(*, contest: Contest, filling_id: UUID, user: User) -> Filling:
    """A filled form that may be taken. Raises `NotFound`."""
    require_role(user, contest, Role.ORGANISER)
    row = Filling.objects.filter(
        template__contest=contest, pk=filling_id, state=Filling.State.READY
    ).first()
    if row is None:
        raise NotFound("没有这份填好的表格，或它还没有填好。")
    return row


def forms_for(row: FormTemplate, chosen: Mapping[str, Any], at: datetime) -> Iterator[Form]:
    """What the form is filled with, one for each work or unit, or one for all."""
    contest = row.contest
    found = works(contest, in_order(chosen_ids(contest, chosen)), upper=is_upper(chosen))
    local = timezone.localtime(at)
    common = {
        "活动": contest.title,
        "活动简称": rules_of(contest).short_title or contest.title,
        "今天": f"{local.year}年{local.month}月{local.day}日",
        "年份": local.year,
    }
    if row.purpose == FormTemplate.Purpose.WORK:
        for work in found:
            name = " ".join(
                x for x in (work.entry.number, work.entry.unit.name, work.entry.title) if x
            )
            yield Form(f"{row.name} {name}", {**common, **work.fields})
    elif row.purpose == FormTemplate.Purpose.UNIT:
        for _, some in groupby(found, key=lambda work: work.entry.unit_id):
            mine = list(some)
            yield Form(f"{row.name} {mine[0].entry.unit.name}", {**common, **_unit(mine)})
    else:
        every = [work.fields for work in found]
        units = len({each["单位"] for each in every})
        listed = [{**each, "序号": number} for number, each in enumerate(every, 1)]
        yield Form(row.name, {**common, "作品": listed, "作品数": len(every), "单位数": units})


@dataclass(frozen=True)
class Preview:
    """One form, filled: its file, and what stands in it row by row."""

    filename: str
    data: bytes
    rows: Sequence[Sequence[str]]


def preview(*, contest: Contest, template: int, user: User, at: datetime) -> Preview:
    """The form filled for the first work there is, or with sample words where there is none."""
    require_role(user, contest, Role.ORGANISER)
    row = template_for(contest, template)
    _usable(row)
    first = next(forms_for(row, {}, at), None)
    if first is None or not first.context.get("作品", True):
        first = Form(f"{row.name}（示例）", _sample(row))
    data = _bytes(row)
    try:
        (filled,) = engine.fill(data, row.filename, [first.context])
        return Preview(f"{first.name}.{row.kind}", filled, engine.show(filled, row.filename))
    except FormRefused as refusal:
        raise Refused(str(refusal)) from None


def _sample(row: FormTemplate) -> dict[str, Any]:
    """Each field stands for itself; lists have two rows."""
    sample: dict[str, Any] = {}
    for path in row.used:
        head, _, rest = path.partition(".")
        if not rest:
            sample.setdefault(head, f"（{head}）")
        else:
            rows = sample.get(head)
            if not isinstance(rows, list):
                rows = sample[head] = [{}, {}]
            for number, each in enumerate(rows, 1):
                each[rest] = f"（{rest}{number}）"
    return sample


def _unit(mine: Sequence[Work]) -> dict[str, Any]:
    first = mine[0].fields
    kept = ("单位", "单位类别", "上级单位", "片区", "联络员", "联络电话", "负责人")
    listed = [{**work.fields, "序号": number} for number, work in enumerate(mine, 1)]
    return {**{name: first[name] for name in kept}, "作品数": len(mine), "作品": listed}


def _usable(row: FormTemplate) -> None:
    if row.unknown:
        some = "、".join(f"“{path}”" for path, _ in row.unknown[:5])
        raise Refused(
            f"“{row.name}”里有 {len(row.unknown)} 个没人认识的字段（{some}），没有填写。"
            "请照字段表改好模板，再上传一次。"
        )


def _bytes(row: FormTemplate) -> bytes:
    with storage.readable(row.key, sha256=row.sha256) as path:
        return path.read_bytes()


def template_bytes(row: FormTemplate) -> bytes:
    """The form as it was sent."""
    return _bytes(row)


def _note(
    contest: Contest,
    by: User,
    action: str,
    row: FormTemplate,
    details: dict[str, Any],
    at: datetime,
) -> None:
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"form:{row.pk}",
        details=details,
        at=at,
    )
