"""Finding a lexicon's words in a text: where they stand, which articles speak of them, what excuses them.

One pass of Aho–Corasick over the folded text. A hit inside a longer one joins it with its article. What
the words around deny, warn of or ask about is told as excused; so are names that the caller knows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from .folding import BORDER, UNSEEN, Folded
from .lexicon import Lexicon, Term, shipped

_AHEAD, _BEHIND, _ASKED = 8, 12, 2
_WIDEST_GAP = 6
_MOST_READ = 20_000
"""Words and exemptions looked at in one text: a megabyte of nothing else is no text for readers."""
_SPELLED = re.compile(f"[^{BORDER}](?:{BORDER}[^{BORDER}]){{2,}}")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True)
class Hit:
    """Words at `start`–`end` of the text, with every term that speaks of them, the leading one first.

    `excuse` says in Chinese why they need nobody's eye; empty where somebody has to look.
    """

    start: int
    end: int
    words: str
    terms: tuple[Term, ...]
    excuse: str = ""

    @property
    def term(self) -> Term:
        """The leading term: of the longest words, in the order of the lexicons."""
        return self.terms[0]


@dataclass(frozen=True)
class _Found:
    """A term's words in the folded text."""

    start: int
    end: int
    number: int


def find(text: str, *, names: Iterable[str] = (), lexicon: Lexicon | None = None) -> list[Hit]:
    """All hits in the order of the text, excused ones among them.

    `names` are names of the contest and its units: words inside of one of them are excused. Positions
    are those of `text` as it was given. A text of any content is read; nothing is raised.
    """
    lexicon = lexicon or shipped()
    folded = lexicon.folding.fold(text)
    found, exempt = _matches(folded.text, lexicon)
    kept = [each for each in found if _written_together(text, folded, each)]
    hits = []
    known = _spans_of(folded.text, names, lexicon)
    for group in _groups(kept, lexicon):
        lead = group[0]
        excuse = _excuse(folded.text, lead, lexicon, exempt, known)
        start, end = folded.span(lead.start, lead.end)
        terms = tuple(lexicon.terms[each.number] for each in group)
        hits.append(Hit(start, end, text[start:end], terms, excuse))
    return sorted(hits, key=lambda hit: (hit.start, hit.end))


class _Spans:
    """Spans of a text that may overlap; asked whether one of them holds another span."""

    def __init__(self) -> None:
        self._found: set[tuple[int, int]] = set()
        self._starts: list[int] = []
        self._reach: list[int] = []

    def add(self, start: int, end: int) -> None:
        self._found.add((start, end))

    def settle(self) -> _Spans:
        """Make it ready to be asked, once all are in."""
        furthest = 0
        for start, end in sorted(self._found):
            furthest = max(furthest, end)
            self._starts.append(start)
            self._reach.append(furthest)
        return self

    def hold(self, start: int, end: int) -> bool:
        """Whether some span begins at or before `start` and reaches `end`."""
        at = bisect_right(self._starts, start)
        return at > 0 and self._reach[at - 1] >= end


def _matches(text: str, lexicon: Lexicon) -> tuple[list[_Found], dict[int, _Spans]]:
    """The terms' words, and the spans of each term's exemptions, in the folded text."""
    found: list[_Found] = []
    exempt: dict[int, _Spans] = defaultdict(_Spans)
    for start, end, mark in islice(_read(text, lexicon), _MOST_READ):
        if mark < 0:
            exempt[-mark - 1].add(start, end)
            continue
        after = lexicon.terms[mark].after
        if after is None or after.match(text, end):
            found.append(_Found(start, end, mark))
    return found, {number: spans.settle() for number, spans in exempt.items()}


def _read(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int, int]]:
    for last, (length, marks) in lexicon.automaton.iter(text):
        for mark in marks:
            yield last + 1 - length, last + 1, mark
    # Words of which each sign stands between marks: 国，家，级.
    for spelled in _SPELLED.finditer(text):
        start = spelled.start()
        for last, (length, marks) in lexicon.automaton.iter(spelled.group()[::2]):
            for mark in marks:
                if length > 2:
                    yield start + 2 * (last + 1 - length), start + 2 * last + 1, mark


def _written_together(text: str, folded: Folded, each: _Found) -> bool:
    """Whether the signs belong together: no paragraph ends and no wide gap lies between them, and
    Latin words are whole."""
    start, end = folded.span(each.start, each.end)
    if folded.order is None:
        whole = text[start:end]
        # The most there may be between the signs of these words.
        if len(whole) > each.end - each.start:
            if _PARAGRAPH.search(whole):
                return False
            places = [folded.place(at)[0] for at in range(each.start, each.end)]
            for one, other in pairwise(places):
                if len(UNSEEN.sub("", text[one + 1 : other])) > _WIDEST_GAP:
                    return False
    return not (_latin(text, start) and _latin(text, start - 1)) and not (
        _latin(text, end - 1) and _latin(text, end)
    )


def _latin(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


def _groups(found: list[_Found], lexicon: Lexicon) -> Iterator[list[_Found]]:
    """The longest words with those that lie within them, one of each law."""
    ordered = sorted(found, key=lambda each: (each.start, -each.end, each.number))
    group: list[_Found] = []
    for each in ordered:
        if group and each.end <= group[0].end:
            laws = {lexicon.terms[one.number].source.id for one in group}
            if lexicon.terms[each.number].source.id not in laws:
                group.append(each)
            continue
        if group:
            yield group
        group = [each]
    if group:
        yield group


def _spans_of(text: str, names: Iterable[str], lexicon: Lexicon) -> _Spans:
    spans = _Spans()
    for name in {lexicon.folding.fold(each).text for each in names} - {""}:
        at = text.find(name)
        while at >= 0:
            spans.add(at, at + len(name))
            at = text.find(name, at + len(name))
    return spans.settle()


def _excuse(
    text: str,
    each: _Found,
    lexicon: Lexicon,
    exempt: dict[int, _Spans],
    known: _Spans,
) -> str:
    if each.number in exempt and exempt[each.number].hold(each.start, each.end):
        return "属于固定说法或者法定名称"
    if known.hold(each.start, each.end):
        return "是活动或者单位的名称"
    if not lexicon.terms[each.number].denial:
        return ""
    ahead = text[max(0, each.start - _AHEAD) : each.start].rpartition(BORDER)[2]
    behind = text[each.end : each.end + _BEHIND].partition(BORDER)[0]
    around = lexicon.negations
    if ahead.endswith(around["close"]) or any(word in ahead for word in around["before"]):
        return "前文是否定或者提醒"
    if any(word in behind for word in around["behind"]):
        return "后文是否定或者提醒"
    if any(word in behind[:_ASKED] for word in around["asked"]):
        return "是提问"
    return ""
