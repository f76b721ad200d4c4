"""From texts to remarks: the lexicons' hits and the contacts, one remark for a sentence's words.

It writes nothing. What the inspection saw on screen joins what is read there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from fengcai.apps.compliance.passages import Moment, Passage, Seen
from fengcai.core import wording
from fengcai.core.wording import Term
from fengcai.media.screen.diverting import contacts
from fengcai.media.screen.personal import masked

MOST_REMARKS = 500
"""Of one work; a text that has more is no text that a person reads to its end."""
MOST_MOMENTS = 20
LONGEST_TEXT = 1_000_000
_LONGEST_LINE = 2_000
_MOST_CONTACTS = 200
"""Of one text. A page of numbers is a table: its first ones say so."""
_REACH = 24
_CALLED = {"价格": "price", "销售或优惠": "selling", "微信号": "wechat", "QQ 号": "qq",
           "扫码或加好友": "scan"}  # fmt: skip


@dataclass
class Found:
    """A remark to be kept. Texts are masked and cut to what their columns hold."""

    key: str
    place: str
    place_name: str
    before: str
    words: str
    behind: str
    alike: str
    terms: tuple[Term, ...]
    asset: UUID | None
    times: int = 0
    moments: list[Moment] = field(default_factory=list)

    @property
    def bases(self) -> list[dict[str, str]]:
        """The terms as they are kept with the remark."""
        return [
            {
                "key": term.key,
                "law": term.source.law,
                "article": term.article,
                "says": term.says,
                "reads_as": term.reads_as,
                "advice": term.advice,
                "status": term.status,
            }
            for term in self.terms
        ]

    @property
    def moments_s(self) -> list[list[str]]:
        """Moments as exact numbers of seconds, for the row."""
        return [
            [str(began), str(ended)] for began, ended in sorted(set(self.moments))[:MOST_MOMENTS]
        ]


def remarks(
    passages: Iterable[Passage], sightings: Iterable[Seen], names: Sequence[str]
) -> list[Found]:
    """All remarks on a work's texts, in the order of the texts, at most `MOST_REMARKS`.

    `names` are names of the contest and its units, which are no claim of the work's.
    """
    found: dict[str, Found] = {}
    for passage in passages:
        if len(found) >= MOST_REMARKS:
            break
        for one in _of_text(passage, names):
            _join(found, one, passage.moment)
    for seen in sightings:
        if not _told_already(seen, found.values()):
            _join(found, _of_sighting(seen), seen.moment)
    return list(found.values())


def _join(found: dict[str, Found], one: Found, moment: Moment | None) -> None:
    if one.key not in found and len(found) >= MOST_REMARKS:
        return
    row = found.setdefault(one.key, one)
    row.times += 1
    if moment is not None:
        row.moments.append(moment)


def _of_text(passage: Passage, names: Sequence[str]) -> Iterator[Found]:
    text = passage.text[:LONGEST_TEXT]
    spans: list[tuple[int, int]] = []
    for hit in wording.find(text, names=names):
        if not hit.excuse:
            spans.append((hit.start, hit.end))
            yield _found(passage, hit.start, hit.end, hit.terms)
    if not passage.contacts:
        return
    for start, end, kind in islice(_contacts(text), _MOST_CONTACTS):
        if not any(start < other and begun < end for begun, other in spans):
            yield _found(passage, start, end, (wording.term_of(kind),))


def _contacts(text: str) -> Iterator[tuple[int, int, str]]:
    """Ways to reach somebody with their places, line by line; a line without end is cut."""
    at = 0
    undisguised = wording.shipped().folding.undisguised
    for line in text.splitlines(keepends=True):
        for begin in range(0, len(line), _LONGEST_LINE):
            plain, places = undisguised(line[begin : begin + _LONGEST_LINE])
            for contact in contacts(plain):
                start, end = places[contact.start], places[contact.end - 1] + 1
                yield at + begin + start, at + begin + end, contact.kind
        at += len(line)


def _found(passage: Passage, start: int, end: int, terms: tuple[Term, ...]) -> Found:
    # Masked as a whole first: a number must not be cut in two and so escape.
    before, words, behind = wording.around(passage.text, start, end, reach=_REACH * 3)
    # `around` leaves no NUL of the text's own.
    one_line = masked(f"{before}\x00{words}\x00{behind}")
    before, words, behind = one_line.split("\x00")
    sentence = wording.clause_of(passage.text, start, end)
    same = wording.shipped().folding.fold(passage.text[start:end]).text
    return Found(
        key=_hash(passage.place, terms[0].key, same, wording.shipped().folding.fold(sentence).text),
        place=passage.place[:80],
        place_name=passage.name[:80],
        before=_tail(before),
        words=words[:120],
        behind=_head(behind),
        alike=_hash(same),
        terms=terms,
        asset=passage.asset,
    )


def _of_sighting(seen: Seen) -> Found:
    called, _, value = seen.text.partition("：")
    kind = "qr_code" if seen.measure == "qr_code" else _CALLED.get(called, "contact")
    return Found(
        key=_hash(seen.place, seen.measure, seen.text),
        place=seen.place[:80],
        place_name=seen.name[:80],
        before=f"{called}："[:80] if value else "",
        words=(value or called)[:120],
        behind="",
        alike=_hash(seen.text),
        terms=(wording.term_of(kind),),
        asset=seen.asset,
    )


def _told_already(seen: Seen, found: Iterable[Found]) -> bool:
    """Whether the words that were recognised as a contact are a remark on that line already."""
    fold = wording.shipped().folding.fold
    value = fold(seen.text.partition("：")[2]).text
    return any(
        row.place == seen.place
        and fold(row.words).text in value
        and _meet(seen.moment, row.moments)
        for row in found
    )


def _meet(moment: Moment | None, moments: Sequence[Moment]) -> bool:
    """Whether both stand at one time; in a still everything does."""
    if moment is None:
        return True
    return any(began <= moment[1] and moment[0] <= ended for began, ended in moments)


def _tail(text: str) -> str:
    return text if len(text) <= _REACH + 1 else f"…{text[-_REACH:].lstrip('…')}"


def _head(text: str) -> str:
    return text if len(text) <= _REACH + 1 else f"{text[:_REACH].rstrip('…')}…"


def _hash(*parts: Any) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
