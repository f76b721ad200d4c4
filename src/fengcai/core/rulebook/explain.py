"""A rulebook in plain Chinese, clause by clause, each sentence with its citation.

Works on answered and unanswered books alike: what nobody has decided is said to be 待明确, with the
question's number. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .book import Answers, Filled, Rulebook, fill, open_questions, opens
from .checks import known
from .gaps import Cited, Open
from .language import (
    AdvanceText,
    AwardText,
    Book,
    FieldText,
    RequirementText,
    RoundText,
    SchemeText,
    SlotText,
    TrackText,
    WindowText,
)
from .predicate import explain_predicate, parse_predicate
from .problems import Path, RulebookError
from .rules import Citation
from .saying import each_known, either, say, whole_rule

SEVERITY = {"must": "强制", "should": "建议", "prefer": "优先"}
BLOCKS = {"opening": "开放报送", "judging": "评审", "awards": "评奖", "publication": "公布结果"}


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """One sentence: its chapter, where it stands in the notice, the text, and the answer behind it."""

    section: str
    cite: Citation
    text: str
    answer: str | None = None


def explain(rulebook: Rulebook, answers: Answers) -> tuple[ExplainedRule, ...]:
    """Every rule in Chinese. Raises RulebookError when an answer does not fit the book."""
    filled, problems = fill(rulebook, answers)
    if filled is None:
        raise RulebookError(problems)
    sentences = [*_sentences(filled.book)]
    rules = [
        ExplainedRule(section, clause.cite, text, filled.answer(path))
        for section, path, clause, text in sentences
    ]
    rules += dict.fromkeys(_gaps(filled, {path for _, path, _, _ in sentences}))
    chapters = list(dict.fromkeys(each.section for each in rules))
    rules.sort(key=lambda each: chapters.index(each.section))
    waiting = [
        ExplainedRule(
            "待明确的问题",
            each.cite,
            f"待明确 {each.id}：{each.ask}（须在{BLOCKS[each.blocks]}前答复）",
        )
        for each in open_questions(rulebook, answers)
    ]
    return (*rules, *waiting)


def _gaps(filled: Filled, told: set[Path]) -> Iterator[ExplainedRule]:
    """Whole rules that are still open, so that no sentence above could mention them."""
    for path, gap in opens(filled.tree):
        if path[:-1] in told:
            continue
        section, what = whole_rule(path)
        if path[0] == "tracks":
            section = f"{section}：{say(filled.book.tracks[str(path[1])].name)}"
        cite = filled.book.questions[gap.question].cite
        yield ExplainedRule(section, cite, f"{what}{say(gap)}")


Sentence = tuple[str, Path, Cited, str]


def _sentences(book: Book) -> Iterator[Sentence]:
    yield from _contest(book)
    yield from _units(book)
    for id, track in book.tracks.items():
        yield from _track(("tracks", id), track)
    for id, each in known(book.requirements).items():
        yield "作品要求", ("requirements", id), each, _requirement(each)
    for id, promise in known(book.declarations).items():
        who, when = say(promise.signatory, "signatory"), say(promise.when, "when")
        text = f"{when}时由{who}承诺：{say(promise.text)}"
        yield "承诺与授权", ("declarations", id), promise, text
    yield from _times(book)
    yield from _judging(book)
    yield from _awards(book)
    yield from _afterwards(book)


def _contest(book: Book) -> Iterator[Sentence]:
    number = f"（{say(book.notice.number)}）" if book.notice.number else ""
    text = f"{say(book.notice.issuer)}{number}，{say(book.notice.issued)}：{book.title}。"
    yield "活动", ("notice",), book.notice, f"{text}主题：{say(book.theme)}"
    for index, host in each_known(book.organisers):
        yield "活动", ("organisers", index), host, f"{say(host.role)}：{say(host.name)}"
    for index, contact in each_known(book.contacts):
        parts = [contact.scope, contact.names, contact.phone, contact.email]
        text = "，".join(say(part) for part in parts if part is not None)
        yield "活动", ("contacts", index), contact, f"联系方式：{text}"
    if isinstance(book.mailbox, Cited):
        yield "活动", ("mailbox",), book.mailbox, f"报送邮箱：{say(book.mailbox.address)}"


def _units(book: Book) -> Iterator[Sentence]:
    for id, unit in known(book.units.classes).items():
        text = either(unit.may_enter, "可以报送", "不报送", "能否报送")
        text = either(unit.must_enter, "必须报送", text, "是否必须报送")
        yield "报送单位", ("units", "classes", id), unit, f"{say(unit.name)}：{text}"
    entries = book.units.entries
    if isinstance(entries, Cited):
        text = f"每个单位至少 {say(entries.min)} 件，最多 {say(entries.max)} 件".replace(
            "最多 不限 件", "件数不设上限"
        )
        if entries.consequence is not None:
            text += f"；没有报送的：{say(entries.consequence)}"
        yield "报送单位", ("units", "entries"), entries, text
    confirmation = book.units.head_confirmation
    if isinstance(confirmation, Cited):
        said = (
            "报送前须经单位负责人确认",
            "报送前不需要单位负责人确认",
            "报送前是否须经单位负责人确认：",
        )
        text = either(confirmation.required, *said)
        yield "报送单位", ("units", "head_confirmation"), confirmation, text


def _track(path: Path, track: TrackText) -> Iterator[Sentence]:
    section = f"作品类别：{say(track.name)}"
    parts = {"创作方向": track.themes, "填报内容": track.fields, "要交的文件": track.slots}
    gaps = [f"，{name}{say(gap)}" for name, gap in parts.items() if isinstance(gap, Open)]
    yield section, path, track, f"征集{say(track.name)}{''.join(gaps)}"
    if isinstance(track.themes, Cited):
        themes = track.themes
        names = "、".join(say(each.name) for each in known(themes.options).values())
        text = f"创作方向至少选 {say(themes.min)} 个，最多 {say(themes.max)} 个：{names}"
        yield section, (*path, "themes"), themes, text.replace("最多 不限 个", "个数不限")
    for id, field in known(track.fields).items():
        yield section, (*path, "fields", id), field, _field(field)
    for id, slot in known(track.slots).items():
        yield section, (*path, "slots", id), slot, _slot(slot)
        for name, each in known(slot.requirements).items():
            yield section, (*path, "slots", id, "requirements", name), each, _requirement(each)


def _field(field: FieldText) -> str:
    text = f"填写“{say(field.label)}”"
    text += either(field.required, "（必填）", "（选填）", "，是否必填")
    return text + (f"，{say(field.max_chars)} 字以内" if field.max_chars is not None else "")


def _slot(slot: SlotText) -> str:
    text = (
        f"上传“{say(slot.name)}” {say(slot.min)} 至 {say(slot.max)} 个文件，{say(slot.accept)} 格式"
    )
    if slot.min == slot.max:
        text = f"上传“{say(slot.name)}” {say(slot.max)} 个文件，{say(slot.accept)} 格式"
    return text + (
        f"，每个不超过 {say(slot.max_size, 'size')}" if slot.max_size is not None else ""
    )


def _requirement(each: RequirementText) -> str:
    severity = next(key for key in SEVERITY if getattr(each, key) is not None)
    text = f"【{SEVERITY[severity]}】{say(getattr(each, severity))}"
    if each.exception is not None:
        text += f"；例外：{say(each.exception)}"
    if each.predicate is not None and not isinstance(each.predicate, Open):
        text += f"（{explain_predicate(parse_predicate(each.predicate))}）"
    if each.effect is not None:
        text += f"；{say(each.effect, 'effect')}"
    return f"{text}（{say(each.checked_by, 'checked_by')}）"


def _times(book: Book) -> Iterator[Sentence]:
    for id, window in known(book.windows).items():
        names = [say(each.name) for each in known(book.rounds).values() if each.window == id]
        what = "、".join(names) if id != "submission" else "报送"
        yield "时间", ("windows", id), window, f"{what or id}：{_window(window)}"
    for index, phase in each_known(book.schedule):
        yield "时间", ("schedule", index), phase, f"{say(phase.name)}：{say(phase.when)}"
    for index, naming in each_known(book.naming):
        what = say(naming.applies_to, "applies_to")
        text = f"{what}写成“{say(naming.template)}”，重名时加“{say(naming.collision)}”"
        yield (
            "命名",
            ("naming", index),
            naming,
            text.replace("{unit}", "科室名称").replace("{n}", "序号"),
        )


def _window(window: WindowText) -> str:
    text = f"{say(window.opens)} 至 {say(window.closes)}"
    said = ("（含截止时刻）", "（不含截止时刻）", "，截止时刻本身是否算按时")
    text += either(window.closes_inclusive, *said)
    text += f"，{say(window.basis, 'basis')}，逾期{say(window.late, 'late')}"
    if window.grace is not None:
        text += f"，宽限 {say(window.grace)}"
    if window.begun_counts is not None:
        text += either(
            window.begun_counts,
            "，截止前开始上传的算按时",
            "，截止后才传完的不算按时",
            "，截止前开始上传、之后传完的是否算按时",
        )
    return f"{text}。通知原文：{say(window.original)}"


def _judging(book: Book) -> Iterator[Sentence]:
    for id, round in known(book.rounds).items():
        path: Path = ("rounds", id)
        yield "评审", path, round, _round(book, round)
        if isinstance(round.advance, Cited):
            text = f"{say(round.name)}之后：{_advance(round.advance)}"
            yield "评审", (*path, "advance"), round.advance, text
        if isinstance(round.scheme, SchemeText):
            yield "评审", (*path, "scheme"), round.scheme, _scheme(round.scheme)
            for name, each in known(round.scheme.criteria).items():
                about = f"：{say(each.description)}" if each.description is not None else ""
                text = (
                    f"{say(each.name)}{about}，{say(each.min)} 至 {say(each.max)} 分，"
                    f"每档 {say(each.step)} 分，权重 {say(each.weight)}"
                )
                yield "评审", (*path, "scheme", "criteria", name), each, text


def _advance(advance: AdvanceText) -> str:
    number = say(advance.number) if advance.number is not None else ""
    base = f"（以{say(advance.base, 'base')}为基数）" if advance.base is not None else ""
    if advance.by == "top":
        return f"前 {number} 件进入下一轮{base}"
    if advance.by == "ratio":
        return f"按 {number} 的比例进入下一轮{base}"
    return f"{say(advance.by, 'advance')}{base}"


def _round(book: Book, round: RoundText) -> str:
    before = book.rounds.get(round.input)
    source = f"{say(before.name)}入围的作品" if isinstance(before, RoundText) else "报送的作品"
    text = f"{say(round.name)}：由{say(round.panel)}评审{source}，每件至少 {say(round.min_judges)} 位评委"
    said = ("，评委回避本单位作品", "，评委不因本单位作品回避", "，评委是否回避本单位作品")
    text += "" if round.recuse_own_unit is None else either(round.recuse_own_unit, *said)
    for name, gap in (("评分办法", round.scheme), ("入围办法", round.advance)):
        if isinstance(gap, Open):
            text += f"，{name}{say(gap)}"
    return text


def _scheme(scheme: SchemeText) -> str:
    text = f"满分 {say(scheme.total)} 分，{say(scheme.aggregate, 'aggregate')}"
    if scheme.aggregate == "trimmed_mean":
        text += (
            f"：有效评分不少于 {say(scheme.drop_only_if_at_least)} 份时去掉 {say(scheme.drop_high)} 个最高分、"
            f"{say(scheme.drop_low)} 个最低分"
        )
    text += f"，最后保留 {say(scheme.rounding_places)} 位小数（{say(scheme.rounding_mode, 'rounding_mode')}）"
    if isinstance(scheme.tie_break, Open):
        return f"{text}；并列时的办法{say(scheme.tie_break)}"
    names = {id: say(each.name) for id, each in known(scheme.criteria).items()}
    steps = [names.get(step.removeprefix("criterion "), step) for step in scheme.tie_break]
    return f"{text}；并列时依次看：{'、'.join(say(step, 'tie_break') for step in steps)}"


def _awards(book: Book) -> Iterator[Sentence]:
    for id, award in known(book.awards).items():
        yield "奖项", ("awards", id), award, _award(award)
    prizes = book.prizes
    if isinstance(prizes.certificate, Cited):
        yield "奖项", ("prizes", "certificate"), prizes.certificate, say(prizes.certificate.text)
    parts = [f"奖项兼得：{say(prizes.stacking, 'stacking')}"]
    if prizes.total is not None:
        parts.insert(0, f"奖金共计 {say(prizes.total)} 元")
    if prizes.recipient is not None:
        parts.append(f"奖金发给：{say(prizes.recipient, 'recipient')}")
    yield "奖项", ("prizes",), prizes, "；".join(parts)


def _award(award: AwardText) -> str:
    text = f"{say(award.group)}·{say(award.name)} {say(award.count)} 名"
    if award.money_each is not None:
        text += f"，每名 {say(award.money_each)} 元"
    return f"{text}，{say(award.decided_by, 'decided_by')}"


def _afterwards(book: Book) -> Iterator[Sentence]:
    for index, each in each_known(book.recognition):
        yield "成果应用", ("recognition", index), each, f"{say(each.to)}：{say(each.text)}"
    if isinstance(book.publication, Cited):
        text = f"展播渠道：{say(book.publication.channels)}"
        if book.publication.royalty is not None:
            text += f"；{say(book.publication.royalty)}"
        yield "成果应用", ("publication",), book.publication, text
    if isinstance(book.recommendation, Cited):
        limit = book.recommendation.max
        text = say(book.recommendation.text)
        text += f"（最多 {say(limit)} 件）" if limit is not None else "（件数不预设）"
        yield "成果应用", ("recommendation",), book.recommendation, text
    if isinstance(book.objections, Cited):
        text = f"公布结果前公示 {say(book.objections.days)} 天，接受实名异议"
        yield "成果应用", ("objections",), book.objections, text
    for id, term in known(book.terms).items():
        yield "其他规定", ("terms", id), term, say(term.text)
