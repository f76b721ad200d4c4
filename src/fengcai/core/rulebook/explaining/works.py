"""Sentences about what is handed in: tracks, forms, files, demands, people, promises."""

from __future__ import annotations

from collections.abc import Iterator

from fengcai.core.rulebook.checks.look import known
from fengcai.core.rulebook.gaps import Cited, Open
from fengcai.core.rulebook.language import (
    AgesText,
    Book,
    DeclarationText,
    DivisionText,
    FieldText,
    NoveltyText,
    ReleaseText,
    RequirementText,
    SlotText,
    TrackText,
)
from fengcai.core.rulebook.predicate import explain_predicate, parse_predicate
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import each_known, either, say

from .sentence import Sentence, between, joined, named, scope, window_name

SEVERITY = {"must": "强制", "should": "建议", "prefer": "优先"}


def sentences(book: Book) -> Iterator[Sentence]:
    """Tracks, divisions, people, demands on the whole work, novelty, promises."""
    for id, track in book.tracks.items():
        yield from _track(book, ("tracks", id), track)
    for id, division in known(book.divisions).items():
        yield "组别", ("divisions", id), division, _division(book, division)
        yield from _ages("组别", ("divisions", id), division.ages, say(division.name))
    for id, cap in known(book.person_caps).items():
        who = f"同一人作为{say(cap.roles)}" if cap.roles is not None else "同一人"
        where = say(cap.per or "contest", "per")
        text = f"{who}在{where}中最多参加 {say(cap.max)} 件"
        yield "报送单位", ("person_caps", id), cap, text
    for id, each in known(book.qualifications).items():
        who = f"{say(each.roles)}：" if each.roles is not None else ""
        text = f"{who}{say(each.text)}{scope(book, each.tracks, each.divisions)}"
        text += f"（{say(each.checked_by, 'checked_by')}）"
        yield "报送单位", ("qualifications", id), each, text
        yield from _ages("报送单位", ("qualifications", id), each.ages, say(each.text))
    for id, asked in known(book.requirements).items():
        yield "作品要求", ("requirements", id), asked, _requirement(book, asked)
    for id, novelty in known(book.novelty).items():
        yield "作品要求", ("novelty", id), novelty, _novelty(book, novelty)
    for id, promise in known(book.declarations).items():
        yield "承诺与授权", ("declarations", id), promise, _declaration(book, promise)
    for id, release in known(book.releases).items():
        yield "承诺与授权", ("releases", id), release, _release(book, release)


def _track(book: Book, path: Path, track: TrackText) -> Iterator[Sentence]:
    section = f"作品类别：{say(track.name)}"
    parts = {"创作方向": track.themes, "填报内容": track.fields, "要交的文件": track.slots}
    gaps = [f"，{name}{say(gap)}" for name, gap in parts.items() if isinstance(gap, Open)]
    text = f"征集{say(track.name)}{''.join(gaps)}"
    if track.kind is not None and track.kind != "work":
        text += f"，评的是{say(track.kind, 'track')}"
    if track.parent is not None:
        text += f"，属于{named(book, 'track', [track.parent])}"
    model = track.like or track.parent
    if model is not None:
        text += f"，没有另写的照{named(book, 'track', [model])}的要求"
    if track.divisions is not None:
        text += f"，分{named(book, 'division', track.divisions)}"
    yield section, path, track, text
    if isinstance(track.themes, Cited):
        themes = track.themes
        names = "、".join(say(each.name) for each in known(themes.options).values())
        text = f"创作方向至少选 {say(themes.min)} 个，最多 {say(themes.max)} 个：{names}"
        yield section, (*path, "themes"), themes, text.replace("最多 不限 个", "个数不限")
        for id, theme in known(themes.options).items():
            if theme.mandatory is not None:
                text = f"“{say(theme.name)}”{either(theme.mandatory, '是必选的', '不是必选的', '是否必选')}"
                yield section, (*path, "themes", "options", id), theme, text
    for id, field in known(track.fields).items():
        yield section, (*path, "fields", id), field, _field(book, field)
        for index, count in each_known(field.counts):
            text = f"{say(count.role)}{between(count.min, count.max, '人') or '人数不限'}"
            yield section, (*path, "fields", id, "counts", index), count, text
    for id, slot in known(track.slots).items():
        yield section, (*path, "slots", id), slot, _slot(book, slot)
        for name, each in known(slot.requirements).items():
            here: Path = (*path, "slots", id, "requirements", name)
            yield section, here, each, _requirement(book, each)
    for name, each in known(track.instead).items():
        text = f"与所依照的类别不同，改为：{_requirement(book, each)}"
        yield section, (*path, "instead", name), each, text


def _field(book: Book, field: FieldText) -> str:
    text = f"填写“{say(field.label)}”"
    text += either(field.required, "（必填）", "（选填）", "，是否必填")
    if field.min_chars is not None:
        text += f"，{say(field.min_chars)} 字以上"
    text += f"，{say(field.max_chars)} 字以内" if field.max_chars is not None else ""
    unit = say(field.unit) if field.unit is not None else ""
    more = [
        between(field.people_min, field.people_max, "人"),
        between(field.at_least, field.at_most, unit).rstrip(),
        f"逐人填写{say(field.asks, 'asks')}" if field.asks is not None else "",
        f"只收{say(field.kinds, 'kinds')}" if field.kinds is not None else "",
        between(field.rows_min, field.rows_max, "条"),
        either(field.say_none, "没有的须说明没有", "", "没有的是否须说明")
        if field.say_none is not None
        else "",
        f"凭据见“{named(book, 'slot', [field.proof])}”" if field.proof else "",
        say(field.shown_to, "shown_to") if field.shown_to is not None else "",
    ]
    return joined([text, *more])


def _slot(book: Book, slot: SlotText) -> str:
    count = say(slot.max) if slot.min == slot.max else f"{say(slot.min)} 至 {say(slot.max)}"
    if slot.kind in ("link", "physical"):
        verb = "填报" if slot.kind == "link" else "送交"
        text = f"{verb}“{say(slot.name)}” {count} {say(slot.kind, 'slot')}"
    else:
        text = f"上传“{say(slot.name)}” {count} 个文件，{say(slot.accept)} 格式"
    more = [
        f"每个不小于 {say(slot.min_size, 'size')}" if slot.min_size is not None else "",
        f"每个不超过 {say(slot.max_size, 'size')}" if slot.max_size is not None else "",
        "按次序排列" if slot.ordered is True else "",
        "逐个写说明" if slot.captions is True else "",
        f"同时写明{say(slot.asks, 'link')}" if slot.asks is not None else "",
        "附页面截图" if slot.evidence is True else "",
        "贴系统打印的标签" if slot.label is True else "",
        either(slot.returned, "用后退还", "不退还", "是否退还")
        if slot.returned is not None
        else "",
        f"须{say(slot.signed, 'signed')}" if slot.signed is not None else "",
        f"是“{named(book, 'slot', [slot.of])}”的扫描件" if slot.of else "",
        f"在“{window_name(book, slot.window)}”的时间内交" if slot.window else "",
        say(slot.shown_to, "shown_to") if slot.shown_to is not None else "",
    ]
    return joined([text, *more]) + scope(book, None, slot.divisions)


def _requirement(book: Book, each: RequirementText) -> str:
    severity = next(key for key in SEVERITY if getattr(each, key) is not None)
    text = f"【{SEVERITY[severity]}】{say(getattr(each, severity))}"
    if each.exception is not None:
        text += f"；例外：{say(each.exception)}"
    if each.predicate is not None and not isinstance(each.predicate, Open):
        text += f"（{explain_predicate(parse_predicate(each.predicate))}）"
    if each.effect is not None:
        text += f"；{say(each.effect, 'effect')}"
    if each.round is not None:
        text += f"；自{named(book, 'round', [each.round])}起须符合"
    text += scope(book, None, each.divisions)
    return f"{text}（{say(each.checked_by, 'checked_by')}）"


def _division(book: Book, division: DivisionText) -> str:
    people = between(division.people_min, division.people_max, "人")
    beside = f"（{say(division.beside)}不计）" if division.beside is not None else ""
    parts = [
        f"{say(division.axis)}分组：{say(division.name)}",
        say(division.who) if division.who is not None else "",
        f"每件作品{people}{beside}" if people else "",
    ]
    return joined(parts) + scope(book, division.tracks)


def _ages(section: str, path: Path, ages: AgesText | Open | None, who: str) -> Iterator[Sentence]:
    if isinstance(ages, AgesText):
        text = f"{who}：按 {say(ages.on)}计算，{between(ages.min, ages.max, '周岁').strip()}"
        yield section, (*path, "ages"), ages, text


def _novelty(book: Book, novelty: NoveltyText) -> str:
    since = f"自 {say(novelty.since)}" if novelty.since is not None else ""
    until = f"至 {say(novelty.until)}" if novelty.until is not None else ""
    parts = [
        say(novelty.text),
        " ".join(each for each in (since, until) if each),
        f"{say(novelty.levels, 'levels')}获奖作品不再参加" if novelty.levels is not None else "",
        say(novelty.contests) if novelty.contests is not None else "",
        f"凭据见“{named(book, 'slot', [novelty.proof])}”" if novelty.proof else "",
    ]
    checked = say(novelty.checked_by, "checked_by")
    return f"{joined(parts)}{scope(book, novelty.tracks)}（{checked}）"


def _release(book: Book, release: ReleaseText) -> str:
    who, uses = say(release.who, "on_screen"), say(release.purposes, "purposes")
    parts = [
        f"出镜的{who}逐人签署同意书，逐项许可：{uses}",
        f"期限自签署之日起 {say(release.months)} 个月",
        f"签署方式：{say(release.evidence, 'evidence')}",
        f"没有签齐不能{say(release.needed_for, 'needed_for')}"
        if release.needed_for != "nothing"
        else say(release.needed_for, "needed_for"),
        say(release.text) if release.text is not None else "",
    ]
    return joined(parts, "；") + scope(book, release.tracks)


def _declaration(book: Book, promise: DeclarationText) -> str:
    who, when = say(promise.signatory, "signatory"), say(promise.when, "when")
    text = f"{when}时由{who}承诺：{say(promise.text)}"
    more = [
        say(promise.evidence, "evidence") if promise.evidence is not None else "",
        f"期限：{say(promise.term)}" if promise.term is not None else "",
        f"地域：{say(promise.territory)}" if promise.territory is not None else "",
        either(promise.revocable, "可以撤回", "不可撤回", "能否撤回")
        if promise.revocable is not None
        else "",
        f"扫描件交在“{named(book, 'slot', [promise.slot])}”" if promise.slot else "",
    ]
    extra = joined(more, "；")
    return f"{text}（{extra}）" if extra else text
