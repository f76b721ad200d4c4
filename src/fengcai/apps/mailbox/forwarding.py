"""Who wrote what a letter passes on: the heads of letters that stand in its text (原始邮件, Forwarded message).

Text in, names and addresses out. A head is known by a line of its own that names a sender, with a date,
recipient or subject beside it, as the usual programs write it. Anybody can type one: it is a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fengcai.apps.mailbox.names import plain

MOST = 10
LOOKED_AT = 50_000
"""Characters of a text in which heads are looked for."""
NEAR = 6
"""Lines after the sender's among which another line of the head has to stand."""
_LINE = r"^[>\s|*]{0,40}"
_SENDER = re.compile(
    _LINE
    + r"(?:发\s?件\s?人|寄\s?件\s?人|寄件者|From)\s?\*{0,2}\s?[:：]\*{0,2}\s*(?P<who>.{1,300})$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    _LINE
    + r"(?:发送时间|发送日期|发件日期|日\s?期|时\s?间|收\s?件\s?人|主\s?题|Sent|Date|To|Subject)"
    r"\s?\*{0,2}\s?[:：]",
    re.IGNORECASE,
)
_WROTE = re.compile(
    _LINE
    + r"(?:在\s?|At\s|On\s).{6,80}?[，,]\s*(?P<who>[^，,]{0,80}<[^<>\s]{3,254}>)\s*(?:写道|wrote)\s*[:：]?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,190}")
_ANSWERS = re.compile(r"\s*(?:re|aw|回复|答复|回覆|回)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True)
class Original:
    """Who wrote a letter that was passed on; either may be empty, not both. The address is small."""

    name: str
    address: str


def originals(text: str) -> tuple[Original, ...]:
    """The senders of the letters in a text, outermost first, each once."""
    found = dict.fromkeys(_found(text[:LOOKED_AT]))
    return tuple(found)[:MOST]


def passes_on(subject: str) -> bool:
    """Whether a letter of this subject may be passing on others: the outermost mark is none of an
    answer, which quotes whoever it answers."""
    return _ANSWERS.match(plain(subject)) is None


def _found(text: str) -> Iterator[Original]:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if len(line) > 1_000:
            continue
        head = _SENDER.match(line)
        if head and any(
            _BESIDE.match(each[:200]) for each in lines[number + 1 : number + 1 + NEAR]
        ):
            who = head["who"]
        elif wrote := _WROTE.match(line):
            who = wrote["who"]
        else:
            continue
        if (original := _read(who)) is not None:
            yield original


def _read(who: str) -> Original | None:
    address = _ADDRESS.search(who)
    name = who[: address.start()] if address else who
    name = re.split(r"[<\[(（;；]|mailto:", name, maxsplit=1)[0]
    name = plain(name).strip("\"'“”‘’ ,，;；:：")[:80]
    if not name and address is None:
        return None
    return Original(name, address[0].lower().rstrip(".") if address else "")
