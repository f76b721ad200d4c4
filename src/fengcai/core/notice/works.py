"""Finds what a work must be: file formats, lengths, sizes, and every other demand on it.

A clause with a number becomes a predicate where the rulebook's facts can say it; every other
demand stays in the notice's own words, for a person to check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fengcai.core.rulebook import PredicateError, parse_predicate

from .entrants import kind_of_track
from .gathering import Gathering, after_number, clauses
from .novelty import find_novelty
from .quantities import Amount, amounts, pixels
from .seen import hint, thoughts
from .text import Sentence

FORMATS = {
    "mp4": ".mp4", "mov": ".mov", "avi": ".avi", "mkv": ".mkv", "wmv": ".wmv", "mpg": ".mpg",
    "jpg": ".jpg", "jpeg": ".jpeg", "png": ".png", "tiff": ".tiff", "tif": ".tif", "bmp": ".bmp",
    "gif": ".gif", "pdf": ".pdf", "docx": ".docx", "doc": ".doc", "word": ".docx", "pptx": ".pptx",
    "ppt": ".pptx", "psd": ".psd", "ai": ".ai", "cdr": ".cdr", "mp3": ".mp3", "wav": ".wav",
    "xlsx": ".xlsx", "txt": ".txt", "wps": ".wps",
}  # fmt: skip
FORMAT = re.compile(rf"(?<![A-Za-z.])\.?({'|'.join(FORMATS)})(?![A-Za-z0-9])", re.IGNORECASE)
KIND_OF = {
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".wmv", ".mpg"), "video"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tiff", ".tif", ".bmp", ".gif"), "image"),
    **dict.fromkeys((".mp3", ".wav"), "audio"), **dict.fromkeys((".psd", ".ai", ".cdr"), "source"),
}  # fmt: skip
SHOULD = re.compile(r"建议|鼓励|提倡|倡导|(?<![事适])宜|尽量|可适度|原则上")
PREFER = re.compile(r"优先(?!级)|择优考虑")
MUST = re.compile(
    r"须|必须|(?<![相响适反对效供])应(?!用|急|对|届|征)|(?<!所)需(?!求|要注意)|不得|不可|不能|不予|不夹杂|有利于|严禁|禁止|不允许|不应|"
    r"杜绝|避免|要求(?!见|如下)|严格|一律|符合|真实|贴合|"
    r"无[一-鿿]{1,3}(?:争议|标识|水印|抖动)|不低于|不少于|不超过|以内|≥|≤|>=|<="
)
FIRMLY = re.compile(r"须|必须|不得|严禁|禁止|杜绝|一律")
LENGTH = re.compile(r"时长|片长|长度|单条|每部|每条|演讲时间|时间为|控制在|时限")
# What a file's own part is called: limits of these are not limits of the whole work.
PART_OF = re.compile(
    r"片[头尾](?:不|须|时)|内嵌|答问|画面累计|提问|即兴|超时|超过[0-9]+分钟的|每[0-9]+秒|修改|补正|迟到"
)
SLOTS = (  # other files: words of the clause → id, kind, role
    (r"海报", "poster", "image", "companion"),
    (r"预览图", "preview", "image", "companion"),
    (r"源文件", "source", "source", "source"),
    (r"剧本|脚本", "script", "document", "script"),
    (r"(?:剧情|作品|内容|个人)?简介", "synopsis", "document", "synopsis"),
    (r"设计说明|创作说明|作品说明", "statement", "document", "statement"),
    (r"演示文稿|PPT", "slides", "document", "companion"),
    (r"演讲稿", "text", "document", "script"),
    (r"配图", "pictures", "image", "companion"),
    (r"登记表|报名表|投稿表|申报表", "entry_form", "form", "form"),
)
BRACKETED = re.compile(
    r"(?:[和及与、将把]|以及|(?<![一-鿿]))((?!和|及)[一-鿿]{2,6}?)\(([^()]*(?:字|格式|页)[^()]*)\)"
)
NO_FILES = re.compile(r"评[审选分]|奖|联系|对象|成果|工作要求|时间")
DEMANDS = re.compile(
    r"要求|规范|标准|规格|须知|内容|合规|版权|原则|说明|事项|约定|作品|纪律|条件|参赛|投稿|报送|命名|技术|字数"
)
NOT_DEMANDS = re.compile(
    r"评[审选分奖]|奖|联系|时间|赛程|流程|日程|组织(?:机构|单位)|主办|成果|工作要求|对象|办法$"
)


def find_works(found: Gathering) -> None:
    """Slots with their requirements, novelty, and demands on the whole work."""
    _files(found)
    find_novelty(found)
    _demands(found)


def severity(text: str) -> str:
    """must, should or prefer: how binding a clause of a notice is."""
    if PREFER.search(text):
        return "prefer"
    return "should" if SHOULD.search(text) else "must"


def _files(found: Gathering) -> None:
    tracks = found.under("tracks") or ["work"]
    for each in found.body:
        head = found.head(each)
        if each.section == "附件" or "奖" in each.plain.text or NO_FILES.search(head):
            continue
        mine = [id for id in tracks if found.value("tracks", id, "name") == found.lead(each)]
        for id in mine or tracks:
            for file in _named_files(each):
                _slot(found, each, ("tracks", id, "slots", file.id), file)
            if not BRACKETED.search(each.plain.text):
                _slot(found, each, ("tracks", id, "slots", "main"), _main(found, each, id))


@dataclass(frozen=True, slots=True)
class _File:
    """One kind of file that a sentence speaks of, and the part of the sentence that does."""

    id: str
    name: str
    kind: str
    role: str | None
    start: int
    end: int


def _main(found: Gathering, sentence: Sentence, track: str) -> _File | None:
    if _leading(sentence):
        return None
    start, end = after_number(sentence), len(sentence.plain.text)
    return _File("main", "参评作品", kind_of_track(found, track), None, start, end)


def _leading(sentence: Sentence) -> tuple[re.Match[str], str, str, str] | None:
    """The file other than the work that a whole sentence is about."""
    text, start = sentence.plain.text, after_number(sentence)
    for pattern, id, kind, role in SLOTS:
        match = re.search(pattern, text)
        if (
            match
            and match.start() - start < 24
            and re.search(r"[0-9一二两三]|格式|提交|报送", text)
        ):
            return match, id, kind, role
    return None


def _named_files(sentence: Sentence) -> Iterator[_File]:
    """Files other than the work: 演讲稿(1200至1800字), or a whole sentence about one."""
    text = sentence.plain.text
    bracketed = [*BRACKETED.finditer(text)]
    for match in bracketed:
        for pattern, id, kind, role in SLOTS:
            if re.search(pattern, match[1]):
                yield _File(id, match[1], kind, role, match.start(1), match.end())
                break
    found = None if bracketed else _leading(sentence)
    if found is not None:
        match, id, kind, role = found
        yield _File(id, match[0], kind, role, after_number(sentence), len(text))


def _slot(found: Gathering, sentence: Sentence, path: tuple[str, ...], file: _File | None) -> None:
    if file is None:
        return
    text = sentence.plain.text[: file.end]
    formats = [
        match for match in FORMAT.finditer(text, file.start)
        if re.search(r"格式|文档|[Ww]ord|后缀|文件|采用|图|\.", text[file.start :])
    ]  # fmt: skip
    said = dict.fromkeys(FORMATS[match[1].lower()] for match in formats)
    # One format under two suffixes; “Word” alone leaves both of its formats open.
    words = {match[1].lower() for match in formats}
    also = {".jpg": ".jpeg"} | ({".docx": ".doc"} if "docx" not in words else {})
    accept = tuple(dict.fromkeys(one for each in said for one in (each, also.get(each, each))))
    demands = [*_machine(sentence, file)]
    count = _count(sentence, file)
    if not accept and not demands and count is None and file.role is None:
        return
    kind = KIND_OF.get(accept[0], file.kind) if accept and file.role is None else file.kind
    place = text.find(file.name, file.start)
    span = (place, place + len(file.name)) if file.role else None
    span = span or (formats[0].span() if formats else demands[0].span if demands else None)
    found.rule(path, sentence, span, 0.85, name=file.name, kind=kind, role=file.role)
    if accept:
        found.add((*path, "accept"), accept, sentence, formats[0].span(), 0.92)
    if count is not None:
        low, high, span = count
        found.rule(path, sentence, span, 0.85, min=low, max=high)
    for each in demands:
        if each.id in {"max_size", "min_size"}:
            found.add((*path, each.id), each.predicate, sentence, each.span, each.confidence)
            continue
        rule = (*path, "requirements", each.id)
        found.add(
            (*rule, each.level), sentence.said(*each.span), sentence, each.span, each.confidence
        )
        machine = understood(each.predicate)
        found.add(
            (*rule, "checked_by"),
            "machine" if machine else "human",
            sentence,
            each.span,
            each.confidence,
        )
        if machine:
            found.add((*rule, "predicate"), each.predicate, sentence, each.span, each.confidence)


def _count(sentence: Sentence, file: _File) -> tuple[int | None, int, tuple[int, int]] | None:
    """How many files: 海报1张, 配图不超过5幅, 系列作品不多于4幅."""
    for amount in amounts(sentence.plain.text):
        before = sentence.plain.text[file.start : amount.start]
        near = (
            before.endswith(file.name)
            if file.role
            else re.search(r"系列(?:作品)?$|组照$|每组$", before)
        )
        if (
            amount.unit in {"张", "幅", "份", "个"}
            and near
            and amount.high
            and file.start <= amount.start < file.end
        ):
            low = amount.low if file.role else Decimal(1)
            return (int(low) if low else 0), int(amount.high), (amount.start, amount.end)
    return None


def understood(predicate: str) -> bool:
    """Whether the rulebook's facts can say this."""
    try:
        parse_predicate(predicate)
    except PredicateError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Demand:
    """One demand on a file: its id, predicate (or size), place in the sentence, and how binding."""

    id: str
    predicate: str
    span: tuple[int, int]
    level: str
    confidence: float


def _machine(sentence: Sentence, file: _File) -> Iterator[_Demand]:
    """Demands with a number or a format, each with its predicate and place."""
    text = sentence.plain.text
    for begins, ends in clauses(sentence):
        start, end = max(begins, file.start), min(ends, file.end)
        part = text[start : max(start, end)]
        if not part:
            continue
        level = severity(part)
        if FORMAT.search(part) and "格式" in text and file.kind in {"video", "audio", "image"}:
            names = dict.fromkeys(FORMATS[each[1].lower()][1:] for each in FORMAT.finditer(part))
            predicate = f"container in [{', '.join(names)}]"
            yield _Demand("container", predicate, (start, end), level, 0.92)
        if match := re.search(r"横[版屏构]|竖[版屏构]", part):
            sign = ">" if match[0].startswith("横") else "<"
            yield _Demand("orientation", f"width {sign} height", (start, end), level, 0.92)
        if match := re.search(r"(?<![0-9])(16|9|4|3|1|21):(9|16|3|4|1|2)(?![0-9])", part):
            yield _Demand("aspect", f"aspect == {match[1]}:{match[2]}", (start, end), level, 0.85)
        if match := re.search(r"[Hh]\.?26([45])", part):
            codec = "h264" if match[1] == "4" else "hevc"
            yield _Demand("codec", f"video_codec == {codec}", (start, end), level, 0.85)
        for _, _, width, height in pixels(part):
            at_most = re.search(r"不(?:超过|大于|高于)|≤|以内", part)
            at_least = re.search(r"不低于|不小于|≥|以上|至少|及以上", part)
            sign = "<=" if at_most else ">=" if at_least else "=="
            predicate = f"width {sign} {width}px and height {sign} {height}px"
            yield _Demand(
                "resolution", predicate, (start, end), level, 0.7 if sign == "==" else 0.93
            )
        yield from _measured(text, start, end, level, file)


def _measured(text: str, start: int, end: int, level: str, file: _File) -> Iterator[_Demand]:
    for amount in amounts(text):
        if not start <= amount.start < end:
            continue
        span = (start, max(end, amount.end))
        part = text[start : span[1]]
        if amount.exact or PART_OF.search(part) or re.search(r"的(?:取消|终止|视为|不予)", part):
            continue
        unit = amount.unit
        if unit in {"分钟", "秒"}:
            if file.kind in {"video", "audio"} and LENGTH.search(text):
                short = "min" if unit == "分钟" else "s"
                yield _Demand("duration", amount.predicate("duration", short), span, level, 0.93)
        elif unit in {"MB", "GB", "KB"}:
            yield from _sizes(amount, span, level)
        elif unit == "字":
            if file.role or file.kind == "document":
                yield _Demand("words", amount.predicate("words", "字"), span, level, 0.92)
        elif unit == "px" and (side := re.search(r"[长短]边", part)):
            fact = "long_side" if side[0] == "长边" else "short_side"
            yield _Demand(fact, amount.predicate(fact, "px"), span, level, 0.85)
        elif unit in {"fps", "dpi"}:
            yield _Demand(unit, amount.predicate(unit, unit), span, level, 0.94)
        elif unit == "页":
            yield _Demand("pages", amount.predicate("pages", "页"), span, level, 0.85)


def _sizes(amount: Amount, span: tuple[int, int], level: str) -> Iterator[_Demand]:
    """Sizes that the slot itself can say; others, such as 大于50MB, are predicates."""
    bounds = (
        ("min_size", amount.low, amount.low_open),
        ("max_size", amount.high, amount.high_open),
    )
    for id, value, is_open in bounds:
        if value is None:
            continue
        if is_open or value != int(value):
            one = (
                replace(amount, low=value, high=None)
                if id == "min_size"
                else replace(amount, low=None)
            )
            yield _Demand(f"{id}_limit", one.predicate("size", amount.unit), span, level, 0.9)
        else:
            yield _Demand(id, f"{int(value)} {amount.unit}", span, level, 0.93)


def _demands(found: Gathering) -> None:
    """Every other clause that demands something of a work, in the notice's own words."""
    number = 0
    kinds = {kind_of_track(found, id) for id in found.under("tracks")} or {
        kind_of_track(found, "work")
    }
    film, sounds = "video" in kinds, bool(kinds & {"video", "audio"})
    for each in found.body:
        head = found.head(each)
        usual = DEMANDS.search(head) and not NOT_DEMANDS.search(head.partition("／")[0])
        plainly = re.search(r"作品|稿件", each.plain.text) and not re.search(
            r"评[审委]|专家", each.plain.text
        )
        if not (usual or plainly) or "奖" in each.plain.text or not head:
            continue
        for start, end in _wholes(each):
            part = each.plain.text[start:end]
            firm = MUST if usual else FIRMLY
            binding = any(each_of.search(part) for each_of in (firm, SHOULD, PREFER))
            binding = binding or bool(usual and any(not one.exact for one in amounts(part)))
            if not binding or OTHERWISE.search(part) or found.taken(each, start, end):
                continue
            level = severity(part)
            for begins, ends in thoughts(part, film=film, sounds=sounds):
                number += 1
                span = (start + begins, start + ends)
                path = ("requirements", f"demand_{number}")
                found.add((*path, level), each.said(*span), each, span, 0.75)
                by_judge = level == "prefer" or re.search(r"同质化|模板化|美感", part)
                checked = "judge" if by_judge else "human"
                found.add((*path, "checked_by"), checked, each, span, 0.6)
                seen = hint(each.plain.text[slice(*span)], film=film, sounds=sounds)
                if seen and checked == "human":
                    found.add((*path, "predicate"), seen, each, span, 0.6)


# Clauses that other finders read: deadlines, mail, naming, money, promises, rights.
OTHERWISE = re.compile(
    r"截止|逾期|邮箱|命名|文件名|邮件主题|承担|责任|纠纷|解释权|无偿|授权|许可|费用|不退|退还|(?<!不得)推荐|公示|统一汇总|负责人亲自|"
    r"[0-9]日|报送作品|限报|均需报送|每人最多|指导教师|专人负责|见附件|另行通知|递补|签到"
)


def _wholes(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Clauses that begin a thought; a clause that merely goes on (并…, 以便…) joins the one before."""
    held: tuple[int, int] | None = None
    for start, end in clauses(sentence):
        goes_on = re.match(r"并|以便|用于|且|或|且须|说明|以近", sentence.plain.text[start:end])
        conditional = held is not None and re.search(
            r"的$|者$|^凡", sentence.plain.text[held[0] : held[1]].rstrip()
        )
        if held is not None and (goes_on or conditional):
            held = (held[0], end)
        else:
            if held is not None:
                yield held
            held = (start, end)
    if held is not None:
        yield held
