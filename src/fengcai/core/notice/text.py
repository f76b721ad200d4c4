"""A notice as sentences that know their place: section (四（一）), paragraph, page, characters.

Follows the numbering of Chinese official documents (一、（一）1. ①, 附件, 落款). It finds no rule;
it says where a sentence stands, how a rulebook cites it, and which sentences a citation means.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from fengcai.core.rulebook import Citation

CHAPTER = re.compile(r"\s*([一二三四五六七八九十]{1,3})\s*[、.．]")
PART = re.compile(r"\s*[（(]\s*([一二三四五六七八九十]{1,3})\s*[)）]")
ITEM = re.compile(r"\s*([0-9]{1,2})\s*[.．、](?![0-9])\s*|\s*[（(]([0-9]{1,2})[)）]|\s*([①-⑳])")
ATTACHED = re.compile(r"\s*附\s*件\s*([0-9０-９一二三四五六七八九十]{0,3})\s*[:：]?\s*")
KINDS = "通知|启事|公告|通告|征集令|方案|章程|邀请函|函"
TITLE = re.compile(rf".{{0,40}}(?:关于|征集).{{2,90}}(?:{KINDS})|.{{4,60}}(?:{KINDS})")
DATE_ALONE = re.compile(
    r"\s*(?:[0-9]{4}|[二〇○零一三四五六七八九]{4})\s*年\s*[0-9一二三四五六七八九十]{1,3}\s*月"
    r"\s*[0-9一二三四五六七八九十]{1,3}\s*日\s*"
)
INSTITUTION = re.compile(r"[院局委会部门心站校科处室司办所厅府团盟社学系组馆]\s*$")
AFTERWORD = re.compile(r"\s*(联\s*系\s*人|联系电话|联系方式|咨询电话|电子邮箱|办公地点)")
END = ("。", "；", ";", "：", ":")
STOP = "。！？；;!?"
OPENING, CLOSING = "（(“‘《【", "）)”’》】"
UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
BLANK = re.compile(r"\s")
ALIKE = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys("“”„‟＂", '"'), **dict.fromkeys("‘’", "'"), **dict.fromkeys("×✕＊", "*"),
        **dict.fromkeys("—–－～〜−", "-"), "〇": "○", "零": "○", "〔": "[", "〕": "]",
    }
)  # fmt: skip


class HasText(Protocol):
    """Anything with a text on one line; `page`, where it has one, is carried along."""

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in the narrow forms of digits and marks, without blanks between Chinese characters.

    `at[i]` is the place in the original of character i; one more entry stands for the end.
    """

    text: str
    at: tuple[int, ...]


@dataclass(frozen=True)
class Sentence:
    """One sentence: `text` is `paragraph`'s characters `start` to `end`; numbers count from 0,
    `paragraph` from 1. `heading` says that it only names what follows it."""

    index: int
    text: str
    section: str
    paragraph: int
    page: int | None
    start: int
    end: int
    heading: bool

    @cached_property
    def plain(self) -> Plain:
        """The text as rules are looked for in it."""
        return plain(self.text)

    @cached_property
    def squeezed(self) -> str:
        """The text as citations are looked for in it."""
        return squeeze(self.text)

    def said(self, start: int, end: int) -> str:
        """The notice's own words for `plain.text[start:end]`, without blanks inside Chinese."""
        at = self.plain.at
        return _tight(self.text[at[start] : at[end - 1] + 1]) if end > start else ""

    def cite(self, start: int = 0, end: int | None = None, *, most: int = 32) -> Citation:
        """How a rulebook cites this sentence, or a part of it (places in `plain.text`)."""
        length = len(self.plain.text)
        end = length if end is None else end
        while start < end and self.plain.text[start] in " 、,，:：;；。":
            start += 1
        words = self.said(start, min(max(end, start), start + most)) or _tight(self.text)[:most]
        return Citation(section=self.section, words=words)


def plain(text: str) -> Plain:
    """Narrow digits and marks; blanks stay only between Latin letters or digits."""
    kept: list[str] = []
    at: list[int] = []
    for place, letter in enumerate(text):
        shown = letter
        if BLANK.match(letter):
            before, after = text[:place].rstrip()[-1:], text[place:].lstrip()[:1]
            inside = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
            if not inside or kept[-1:] == [" "]:
                continue
            shown = " "
        elif "！" <= letter <= "～":
            shown = chr(ord(letter) - 0xFEE0)
        kept.append(shown)
        at.append(place)
    return Plain("".join(kept), (*at, len(text)))


def _tight(text: str) -> str:
    """Without blanks beside Chinese characters, and no more than one blank anywhere."""
    text = re.sub(r"\s+", " ", text.strip())
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)


def squeeze(text: str) -> str:
    """What two spellings of the same words have in common: no blanks, one form of each mark."""
    return BLANK.sub("", text).translate(ALIKE)


def sentences(notice: str | Sequence[HasText]) -> tuple[Sentence, ...]:
    """Every sentence of a notice in order. A `str` has a paragraph on each line."""
    if isinstance(notice, str):
        said = [(line, None) for line in notice.splitlines()]
    else:
        said = [(each.text, getattr(each, "page", None)) for each in notice]
    # Blanks for what no file may hold; every other character keeps its place.
    said = [(UNFIT.sub(" ", text), page) for text, page in said]
    places = _Places([text for text, _ in said])
    found: list[Sentence] = []
    for number, (text, page) in enumerate(said, 1):
        if not text.strip():
            continue
        section, heading = places.section(number - 1)
        for start, end in _split(text):
            found.append(
                Sentence(len(found), text[start:end], section, number, page, start, end, heading)
            )
    return tuple(found)


def _split(text: str) -> Iterator[tuple[int, int]]:
    """Ends at 。！？； outside brackets and quotes; brackets that never close do not count."""
    depth, start = 0, 0
    balanced = sum(map(text.count, OPENING)) == sum(map(text.count, CLOSING))
    for place, letter in enumerate(text):
        if balanced and letter in OPENING:
            depth += 1
        elif balanced and letter in CLOSING:
            depth = max(0, depth - 1)
        if letter in STOP and not depth:
            yield from _stripped(text, start, place + 1)
            start = place + 1
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(letter not in STOP for letter in text[start:end]):
        yield start, end


class _Places:
    """Which section each paragraph belongs to; paragraphs are told in order."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = [text.strip() for text in texts]
        filled = [index for index, text in enumerate(self.texts) if text]
        # The paragraphs with text after (and the one before) each that has some.
        self.after = {index: filled[place + 1 : place + 4] for place, index in enumerate(filled)}
        self.before = dict(pairwise(reversed(filled)))
        self.labels: list[str] = []
        self.zone, self.chapter, self.part = "文首", "", ""
        self.prefix = ""
        self.used: set[str] = set()
        self.title = title_span(self.texts)
        for index, text in enumerate(self.texts):
            self.labels.append(self._label(index, text))

    def _label(self, index: int, text: str) -> str:
        if not text:
            return ""
        first, last = self.title
        if first <= index < last:
            self.zone = "正文"
            return "标题"
        if self.zone == "列表" and re.match(r"[0-9]{1,2}\s*[.．、]", text):
            return "附件"
        attached = ATTACHED.match(text)
        if attached and attached.end() == len(text) and text[-1] not in ":：":
            number = attached[1].translate(ALIKE)
            self.zone = f"附件{number}"
            self.prefix = f"{self.zone}·" if self.used else ""
            self.chapter = self.part = ""
            return self.zone
        if attached and text[attached.end() - 1] in ":：" and not self.prefix:
            self.zone, self.chapter, self.part = "列表", "", ""
            return "附件"
        if self.zone == "列表" or (self.prefix == "" and self._signed(index, text)):
            self.zone, self.chapter, self.part = "落款", "", ""
        if chapter := CHAPTER.match(text):
            self.chapter, self.part = f"{self.prefix}{chapter[1]}", ""
            self.used.add(self.chapter)
        elif part := PART.match(text):
            self.part = f"（{part[1]}）"
            if not self.chapter and self.prefix:
                return f"{self.zone}{self.part}"
        elif AFTERWORD.match(text):
            self.part = ""
        return f"{self.chapter}{self.part}" or self.zone

    def _signed(self, index: int, text: str) -> bool:
        """A date on its own line after the rules, or the names just above it."""
        if not self.used and self.zone != "正文":
            return False
        if DATE_ALONE.fullmatch(text):
            return True
        later = [self.texts[each] for each in self.after[index]]
        date = next((n for n, each in enumerate(later) if DATE_ALONE.fullmatch(each)), None)
        between = [text, *later[: date or 0]]
        return date is not None and all(
            len(each) <= 60 and INSTITUTION.search(each) and not re.search(r"[，。；：,;:、]", each)
            for each in between
        )

    def section(self, index: int) -> tuple[str, bool]:
        """The paragraph's section, and whether it is a heading."""
        text = self.texts[index]
        label = self.labels[index]
        before = self.texts[self.before[index]] if index in self.before else ""
        titled = ATTACHED.fullmatch(before) and not before.endswith((":", "："))
        if label == "标题" or ATTACHED.fullmatch(text) or (titled and not text.endswith(END)):
            return label, True
        own = _level(text)
        below = self.texts[self.after[index][0]] if self.after[index] else ""
        words = text.rstrip(":：")
        names = own < 3 and len(text) <= 30 and not re.search(r"[，。；：,;:！？]", words)
        return label, names and _level(below) > own


def _level(text: str) -> int:
    """0 for the end of the text, 1 for 一、, 2 for （一）, 3 for 1. and 4 for a plain paragraph."""
    if not text:
        return 0
    for level, sign in enumerate((CHAPTER, PART, ITEM), 1):
        if sign.match(text):
            return level
    return 0 if ATTACHED.match(text) else 4


def title_span(texts: Sequence[str]) -> tuple[int, int]:
    """Where the title stands: first paragraph and the one after its last; (0, 0) without one."""
    head = [(index, text.strip()) for index, text in enumerate(texts) if text.strip()][:15]
    for near, (index, text) in enumerate(head):
        if CHAPTER.match(text) or text.endswith(("。", "：", ":")):
            continue
        if TITLE.fullmatch(text):
            return index, index + 1
        if "关于" in text and near + 1 < len(head):
            after = head[near + 1]
            if TITLE.fullmatch(text + after[1]):
                return index, after[0] + 1
    return 0, 0


def locate(citation: Citation, found: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """The sentences that a citation's words stand in; empty when they stand nowhere.

    Looks in the cited section first (a chapter includes its parts); for a place without a number
    (正文, 附件, …) the whole notice is searched when the words are not there.
    """
    found = tuple(found)
    mine = [each for each in found if within(each.section, citation.section)]
    if spans := _spans(citation.words, mine):
        return spans
    if CHAPTER.match(citation.section + "、") or PART.search(citation.section):
        return ()
    return _spans(citation.words, found)


def within(section: str, cited: str) -> bool:
    """Whether a section is the cited one or a part of it."""
    return section == cited or (section.startswith(cited) and section[len(cited)] in "（·")


def _spans(words: str, found: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Sentences of the first place where the words stand, which may run over several sentences."""
    wanted = squeeze(words)
    joined, ends = "", []
    for each in found:
        joined += each.squeezed
        ends.append(len(joined))
    place = joined.find(wanted)
    if not wanted or place < 0:
        return ()
    first = bisect_left(ends, place + 1)
    last = bisect_left(ends, place + len(wanted))
    return tuple(found[first : last + 1])


def cite(sentence: Sentence, start: int | None = None, end: int | None = None) -> str:
    """What a rulebook writes for a sentence, or for its characters `start` to `end`."""
    if start is None:
        return str_of(sentence.cite())
    words = _tight(sentence.text[start:end]) or _tight(sentence.text)[:32]
    return f"{sentence.section} {words}"


def str_of(citation: Citation) -> str:
    """A citation as it is written in the file: section, a blank, the words."""
    return f"{citation.section} {citation.words}"
