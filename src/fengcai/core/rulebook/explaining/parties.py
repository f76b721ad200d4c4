"""Sentences about who holds the contest and who enters it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fengcai.core.rulebook.checks.look import known
from fengcai.core.rulebook.gaps import Cited, Open
from fengcai.core.rulebook.language import (
    Book,
    CollectorText,
    MixText,
    QuotaText,
    RegistrationText,
    UnitClassText,
)
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import each_known, either, say

from .sentence import Sentence, between, joined, named, referred, share


def sentences(book: Book) -> Iterator[Sentence]:
    """The contest, its organisers, the units and how many entries they hand in."""
    yield from _contest(book)
    yield from _units(book)
    for id, region in known(book.regions).items():
        text = joined(
            [
                f"赛区：{say(region.name)}",
                f"包括{say(region.members)}" if region.members is not None else "",
                f"由{say(region.organiser)}承办" if region.organiser is not None else "",
                f"至多收 {say(region.max)} 件" if region.max is not None else "",
            ]
        )
        yield "报送单位", ("regions", id), region, text


def _contest(book: Book) -> Iterator[Sentence]:
    number = f"（{say(book.notice.number)}）" if book.notice.number else ""
    text = f"{say(book.notice.issuer)}{number}，{say(book.notice.issued)}：{book.title}。"
    yield "活动", ("notice",), book.notice, f"{text}主题：{say(book.theme)}"
    if isinstance(book.edition, Cited):
        before = f"；上一届的规则书是 {book.edition.previous}" if book.edition.previous else ""
        yield "活动", ("edition",), book.edition, f"届次：{say(book.edition.name)}{before}"
    for index, host in each_known(book.organisers):
        yield "活动", ("organisers", index), host, f"{say(host.role)}：{say(host.name)}"
    for id, body in known(book.bodies).items():
        text = joined(
            [
                f"设{say(body.name)}",
                f"由{say(body.members_from)}的人员组成" if body.members_from is not None else "",
                f"负责{say(body.duty)}" if body.duty is not None else "",
            ]
        )
        yield "活动", ("bodies", id), body, text
    for index, contact in each_known(book.contacts):
        parts = [contact.scope, contact.names, contact.phone, contact.email]
        text = "，".join(say(part) for part in parts if part is not None)
        yield "活动", ("contacts", index), contact, f"联系方式：{text}"
    if isinstance(book.mailbox, Cited):
        yield "活动", ("mailbox",), book.mailbox, f"报送邮箱：{say(book.mailbox.address)}"


def _units(book: Book) -> Iterator[Sentence]:
    for id, unit in known(book.units.classes).items():
        yield from _class(book, ("units", "classes", id), unit)
    entries = book.units.entries
    if isinstance(entries, Cited):
        text = f"每个单位至少 {say(entries.min)} 件，最多 {say(entries.max)} 件".replace(
            "最多 不限 件", "件数不设上限"
        ).replace("至少 0 件，", "")
        if entries.ranked is not None:
            text += either(entries.ranked, "，并排出先后", "", "，是否排出先后")
        if entries.consequence is not None:
            text += f"；没有报送的：{say(entries.consequence)}"
        yield "报送单位", ("units", "entries"), entries, text
        yield from _mix(book, ("units", "entries"), entries.mix, "每个单位")
    if isinstance(book.units.capacity, Cited):
        text = f"本次活动总共收 {say(book.units.capacity.max)} 件"
        yield "报送单位", ("units", "capacity"), book.units.capacity, text
    for index, each in each_known(book.units.exemptions):
        why = f"（{say(each.reason)}）" if each.reason is not None else ""
        text = f"{say(each.units)}{say(each.of, 'exempt')}{why}"
        yield "报送单位", ("units", "exemptions", index), each, text
    if isinstance(book.units.registration, RegistrationText):
        yield (
            "报送单位",
            ("units", "registration"),
            book.units.registration,
            _registration(book, book.units.registration),
        )
    confirmation = book.units.head_confirmation
    if isinstance(confirmation, Cited):
        said = (
            "报送前须经单位负责人确认",
            "报送前不需要单位负责人确认",
            "报送前是否须经单位负责人确认：",
        )
        text = either(confirmation.required, *said)
        yield "报送单位", ("units", "head_confirmation"), confirmation, text


def _registration(book: Book, rule: RegistrationText) -> str:
    asks = {"code": "统一社会信用代码", "proof": "证明材料", "upper": "上级单位确认"}
    return joined(
        [
            f"不在名单上的{named(book, 'unit_class', rule.classes)}可以自行报名，由主办方审核",
            *(
                either(value, f"须有{what}", "", f"是否须有{what}")
                for key, what in asks.items()
                if (value := getattr(rule, key)) is not None
            ),
        ]
    )


def _class(book: Book, path: Path, unit: UnitClassText) -> Iterator[Sentence]:
    text = either(unit.may_enter, "可以报送", "不报送", "能否报送")
    text = either(unit.must_enter, "必须报送", text, "是否必须报送")
    if unit.number is not None:
        text += f"，共 {say(unit.number)} 家"
    if unit.parent is not None:
        text += f"，上级是{named(book, 'unit_class', [unit.parent])}"
    yield "报送单位", path, unit, f"{say(unit.name)}：{text}"
    if isinstance(unit.entries, QuotaText):
        quota = unit.entries
        text = f"{say(unit.name)}每家{between(quota.min, quota.max, '件') or '件数不限'}"
        if quota.ranked is not None:
            text += either(quota.ranked, "，并排出先后", "", "，是否排出先后")
        yield "报送单位", (*path, "entries"), quota, text
        yield from _mix(book, (*path, "entries"), quota.mix, f"{say(unit.name)}每家")
    if isinstance(unit.collects, CollectorText):
        collects = unit.collects
        ratio = f"不超过汇总件数的 {share(collects.ratio)}"
        if collects.rounding is not None:
            ratio += f"（{say(collects.rounding, 'rounding')}）"
        text = joined(
            [
                f"{say(unit.name)}汇总{named(book, 'unit_class', collects.classes)}的作品",
                f"至多上报 {say(collects.max)} 件" if collects.max is not None else "",
                ratio if collects.ratio is not None else "",
                either(collects.ranked or False, "排出先后上报", "", "是否排出先后"),
            ]
        )
        yield "报送单位", (*path, "collects"), collects, text


def _mix(
    book: Book, path: Path, mix: Sequence[MixText | Open] | Open | None, who: str
) -> Iterator[Sentence]:
    for index, each in each_known(mix):
        bound = between(each.min, each.max, "件")
        least = f"占本单位的 {share(each.min_share)} 以上" if each.min_share is not None else ""
        text = f"{who}报{referred(book, each.of)}{joined([bound, least])}"
        yield "报送单位", (*path, "mix", index), each, text
