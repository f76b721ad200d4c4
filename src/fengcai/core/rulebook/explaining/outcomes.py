"""Sentences about awards, money, what follows, and the terms that entrants are shown."""

from __future__ import annotations

from collections.abc import Iterator

from fengcai.core.rulebook.checks.look import known
from fengcai.core.rulebook.gaps import Cited
from fengcai.core.rulebook.language import (
    AwardText,
    Book,
    FormulaPartText,
    ObjectionsText,
    RatioText,
    ThresholdText,
)
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import each_known, either, say, until

from .sentence import Sentence, between, joined, named, scope, share


def sentences(book: Book) -> Iterator[Sentence]:
    """Awards, prizes, and everything after them."""
    for id, award in known(book.awards).items():
        yield from _whole_award(book, ("awards", id), award)
    prizes = book.prizes
    if isinstance(prizes.certificate, Cited):
        yield "奖项", ("prizes", "certificate"), prizes.certificate, say(prizes.certificate.text)
    parts = [f"奖项兼得：{say(prizes.stacking, 'stacking')}"]
    if prizes.total is not None:
        parts.insert(0, f"奖金共计 {say(prizes.total)} 元")
    if prizes.recipient is not None:
        parts.append(f"奖金发给：{say(prizes.recipient, 'recipient')}")
    if prizes.max_per_unit is not None:
        parts.append(f"每个单位至多获奖 {say(prizes.max_per_unit)} 项")
    if prizes.max_per_person is not None:
        parts.append(f"每人至多获奖 {say(prizes.max_per_person)} 项")
    if prizes.note is not None:
        parts.append(say(prizes.note))
    yield "奖项", ("prizes",), prizes, "；".join(parts)
    yield from _afterwards(book)


def _whole_award(book: Book, path: Path, award: AwardText) -> Iterator[Sentence]:
    yield "奖项", path, award, _award(book, award)
    if isinstance(award.ratio, RatioText):
        ratio = award.ratio
        parts = [
            f"{say(award.name)}：{say(ratio.of, 'of')}的 {share(ratio.share)}",
            say(ratio.rounding, "rounding"),
            between(ratio.min, ratio.max, "名"),
        ]
        yield "奖项", (*path, "ratio"), ratio, joined(parts)
    if isinstance(award.threshold, ThresholdText):
        line = award.threshold
        below = f"、不满 {say(line.below)} 分" if line.below is not None else ""
        most = f"，至多 {say(line.max)} 名" if line.max is not None else ""
        text = f"{say(award.name)}：{say(line.score)} 分及以上{below}的{most}"
        yield "奖项", (*path, "threshold"), line, text
    if isinstance(award.formula, Cited):
        formula = award.formula
        parts = [
            f"{say(award.name)}：各单位按积分排名",
            f"至少受理 {say(formula.min_entries)} 件" if formula.min_entries is not None else "",
            f"至少 {say(formula.min_points)} 分" if formula.min_points is not None else "",
        ]
        yield "奖项", (*path, "formula"), formula, joined(parts)
        for id, part in known(formula.parts).items():
            yield "奖项", (*path, "formula", "parts", id), part, _points(book, part)


def _points(book: Book, part: FormulaPartText) -> str:
    awards = named(book, "award", part.awards)
    what = f"每获{awards or '奖'}一项" if part.of == "awarded" else f"{say(part.of, 'of')}每件"
    if part.of in ("votes", "coverage"):
        what = "每得一票" if part.of == "votes" else "下属单位全部参与"
    most = f"，最多计 {say(part.max)} 分" if part.max is not None else ""
    weight = f"，占总积分的 {share(part.weight)}" if part.weight is not None else ""
    return f"积分：{what}计 {say(part.points)} 分{most}{weight}"


def _award(book: Book, award: AwardText) -> str:
    text = f"{say(award.group)}·{say(award.name)}"
    if award.count is not None:
        text += f" {say(award.count)} 名"
    if award.at_most is not None:
        text += f" 不超过 {say(award.at_most)} 名"
    if award.discretionary is not None:
        text += either(award.discretionary, "，名额酌情", "", "，名额是否酌情")
    if award.per is not None:
        text = f"{text}（{say(award.per, 'each')}）"
    if award.money_each is not None:
        text += f"，每名 {say(award.money_each)} 元"
    decided = say(award.decided_by, "decided_by")
    parts = [
        f"{text}，{decided}",
        f"合计 {say(award.money_pool)} 元，由获奖者均分" if award.money_pool is not None else "",
        say(award.in_kind) if award.in_kind is not None else "",
        f"按{named(book, 'round', [award.round])}的名次" if award.round else "",
        "只看其中一个评分项" if award.criterion else "",
        "只看其中一部分成绩" if award.component else "",
        f"按“{named(book, 'vote', [award.vote])}”的得票" if award.vote else "",
        either(award.vacancy, "可以空缺", "不得空缺", "能否空缺")
        if award.vacancy is not None
        else "",
        f"与其他奖项{say(award.stacking, 'stacking')}" if award.stacking is not None else "",
        f"每个单位至多 {say(award.max_per_unit)} 名" if award.max_per_unit is not None else "",
        f"每人至多 {say(award.max_per_person)} 名" if award.max_per_person is not None else "",
        f"发给{say(award.recipient, 'recipient')}" if award.recipient is not None else "",
    ]
    return joined(parts) + scope(book, None, award.divisions, award.regions)


def _afterwards(book: Book) -> Iterator[Sentence]:
    for index, each in each_known(book.recognition):
        yield "成果应用", ("recognition", index), each, f"{say(each.to)}：{say(each.text)}"
    if isinstance(book.publication, Cited):
        shown = book.publication
        text = f"展播渠道：{say(shown.channels)}"
        for said in (shown.royalty, shown.licence, shown.takedown, shown.credit):
            text += f"；{say(said)}" if said is not None else ""
        if shown.fee_each is not None:
            text += f"；每采用一件付 {say(shown.fee_each)} 元"
        yield "成果应用", ("publication",), shown, text
    if isinstance(book.recommendation, Cited):
        limit = book.recommendation.max
        text = say(book.recommendation.text)
        text += f"（最多 {say(limit)} 件）" if limit is not None else "（件数不预设）"
        if book.recommendation.awards:
            text += f"，从{named(book, 'award', book.recommendation.awards)}中产生"
        yield "成果应用", ("recommendation",), book.recommendation, text
    for id, superior in known(book.feeds_into).items():
        parts = [
            f"向{say(superior.contest)}推荐",
            f"至多 {say(superior.max)} 件" if superior.max is not None else "",
            f"{until(superior.closes)} 前" if superior.closes is not None else "",
            either(superior.ranked or False, "排出先后", "", "是否排出先后"),
            f"从{named(book, 'award', superior.awards)}中产生" if superior.awards else "",
        ]
        yield "成果应用", ("feeds_into", id), superior, joined(parts)
    if isinstance(book.objections, ObjectionsText):
        yield "成果应用", ("objections",), book.objections, _objections(book.objections)
    for id, document in known(book.documents).items():
        parts = [
            f"文书：{say(document.name)}",
            f"编号“{say(document.number)}”".replace("{n}", "序号") if document.number else "",
            f"{say(document.due)} 前印发" if document.due is not None else "",
        ]
        yield "成果应用", ("documents", id), document, joined(parts)
    for id, term in known(book.terms).items():
        yield "其他规定", ("terms", id), term, say(term.text)


def _objections(objections: ObjectionsText) -> str:
    unit = say(objections.basis, "days") if objections.basis is not None else "天"
    names = "接受实名异议"
    if objections.real_name is not None:
        names = either(
            objections.real_name, "只接受实名异议", "接受异议，不必实名", "接受异议，是否须实名"
        )
    where = f"，向{say(objections.channel)}提出" if objections.channel is not None else ""
    return f"公布结果前公示 {say(objections.days)} {unit}，{names}{where}"
