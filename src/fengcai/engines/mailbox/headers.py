"""A block of header lines → fields, whatever bytes stand in them: encoded words (RFC 2047), parameters
(RFC 2045, RFC 2231), addresses and dates.

Encoded words are joined before they are decoded, because senders split them inside a character; they are
read inside quotes as well, where the standard forbids them and everybody writes them.
"""

from __future__ import annotations

import binascii
import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from .charsets import codec_of, decode
from .names import one_line

MOST_FIELDS = 1_000
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
# Possessive, so that no mail can make it look at a character twice. A payload ends at the first "?=",
# and never runs on into another word.
_WORD = re.compile(
    r"=\?([\w.:()-]{1,60}+)(?:\*[\w-]{0,40}+)?\?([bBqQ])\?((?:[^?=]++|=(?!\?[^=])|\?(?!=))*+)\?="
)
_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,100})\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.DOTALL)
_PART = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?", re.DOTALL)
_PERCENT = re.compile(r"(?:[\w.()-]++|%[0-9A-Fa-f]{2})++")
_ADDRESS = re.compile(r"[^\s@<>\"(),;:]{1,128}@[^\s@<>\"(),;:]{1,200}")
_ID = re.compile(r"<([^<>]{1,990}+)>")


@dataclass(frozen=True)
class Fields:
    """The header's fields in their order: names in small letters, values as unfolded bytes."""

    items: tuple[tuple[str, bytes], ...]

    def raw(self, name: str) -> bytes | None:
        """The first field of this name."""
        return next((value for key, value in self.items if key == name), None)

    def text(self, name: str) -> str:
        """The first field's text, decoded, with its characters as they are; empty where there is none."""
        value = self.raw(name)
        return "" if value is None else words(_characters(value))

    def line(self, name: str, most: int | None = None) -> str:
        """Like `text`, on one line and without what cannot be seen."""
        return one_line(self.text(name), most)

    def token(self, name: str) -> str:
        """What stands before the first `;`, in small letters: a type, an encoding, a disposition."""
        value = _characters((self.raw(name) or b"")[:1_000])
        return re.sub(r"\([^()]*\)", "", value.partition(";")[0]).strip().lower()[:200]

    def parameter(self, name: str, key: str) -> str:
        """A parameter's text, decoded; empty where there is none."""
        return parameters(self.raw(name) or b"").get(key, "")

    def addresses(self, name: str, most: int = 200) -> list[tuple[str, str]]:
        """(name, address) of everybody named there; an address that is none is left out."""
        value = _characters(
            b", ".join(value for key, value in self.items if key == name)[: most * 400]
        )
        try:
            everybody = getaddresses([value])
        except RecursionError:  # comments inside comments, groups inside groups
            everybody = [("", address) for address in _ADDRESS.findall(value)]
        found = []
        for said, address in everybody:
            shown = one_line(words(said), 200).strip("'\" ")
            exact = _ADDRESS.search(one_line(words(address)))
            if exact is not None:
                found.append((shown, exact[0]))
        return found[:most]

    def date(self, name: str) -> datetime | None:
        """The instant, in UTC; None where it is missing or no date."""
        with contextlib.suppress(ValueError, TypeError, OverflowError, IndexError):
            said = parsedate_to_datetime(_characters(self.raw(name) or b"")[:200])
            return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
        return None

    def ids(self, name: str) -> tuple[str, ...]:
        """Message ids without their brackets."""
        value = _characters(self.raw(name) or b"")[:100_000]
        return tuple(one_line(found) for found in _ID.findall(value))[:100]


def fields(block: bytes) -> Fields:
    """The fields of a block of lines. Lines that are none are passed over."""
    found: list[tuple[str, bytes]] = []
    open_field: list[bytes] = []
    for line in (*re.split(rb"\r\n|\n|\r(?!\n)", block), b"\0"):
        if line[:1] in {b" ", b"\t"} and open_field:
            open_field.append(line)
            continue
        if open_field and (field := _FIELD.match(b"".join(open_field))):
            found.append((field[1].decode("ascii").lower(), field[2].strip()))
            if len(found) >= MOST_FIELDS:
                break
        open_field = [line] if _FIELD.match(line) else []
    return Fields(tuple(found))


def words(text: str) -> str:
    """Text with its encoded words decoded; neighbours of one charset are joined first."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    out: list[str] = []
    end = 0
    run: list[re.Match[str]] = []
    for word in found:
        between = text[end : word.start()]
        if run and (between.strip() or not _same(run[-1], word)):
            out.append(_run(run))
            run = []
        if between.strip() or end == 0:  # blanks between two words belong to the encoding
            out.append(between)
        run.append(word)
        end = word.end()
    return "".join((*out, _run(run), text[end:]))


def parameters(value: bytes) -> dict[str, str]:
    """The parameters of a field, by their names in small letters, continued ones joined."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    text = _characters(value)[:200_000]
    for found in _PARAMETER.finditer(text, max(text.find(";"), 0)):
        said = found[2].strip()
        if said.startswith('"'):
            said = re.sub(r"\\([\"\\])", r"\1", said[1:].removesuffix('"'))
        part = _PART.fullmatch(found[1].lower())
        assert part is not None
        name, number, starred = part[1], part[2], bool(part[3])
        if number is None and not starred:
            plain.setdefault(name, said)
        else:
            pieces.setdefault(name, []).append((int(number or 0), starred, said))
    out = {name: _plainly(said) for name, said in plain.items()}
    for name, parts in pieces.items():
        out[name] = _joined(sorted(parts, key=lambda part: part[0])) or out.get(name, "")
    return out


def _characters(value: bytes) -> str:
    """A raw field as characters: what is 8-bit in it was declared nowhere."""
    return decode(value)[0]


def _same(one: re.Match[str], other: re.Match[str]) -> bool:
    return one[1].lower() == other[1].lower() or (
        (codec := codec_of(one[1])) is not None and codec == codec_of(other[1])
    )


def _run(run: list[re.Match[str]]) -> str:
    """Encoded words of one charset that stand side by side."""
    if not run:
        return ""
    if all(word[2] in "bB" for word in run) and any(_ragged(word[3]) for word in run[:-1]):
        data = _base64("".join(word[3] for word in run))  # cut as text, not as bytes
    else:
        data = b"".join(_payload(word) for word in run)
    return decode(data, run[0][1])[0]


def _ragged(text: str) -> bool:
    return "=" not in text and len("".join(text.split())) % 4 != 0


def _payload(word: re.Match[str]) -> bytes:
    if word[2] in "bB":
        return _base64(word[3])
    return binascii.a2b_qp(word[3].encode("utf-8", "replace"), header=True)


def _base64(text: str) -> bytes:
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", text.encode("utf-8", "replace"))
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _plainly(said: str) -> str:
    """A parameter without continuations: encoded words, or percent signs where somebody meant those."""
    if "%" in said and _PERCENT.fullmatch(said):
        text, understood = decode(unquote_to_bytes(said))
        if understood and not text.isascii():
            return text
    return words(said)


def _joined(parts: Iterable[tuple[int, bool, str]]) -> str:
    """RFC 2231: the bytes of all pieces, then the charset that the first one names."""
    charset, data = "", b""
    for place, (_, starred, said) in enumerate(parts):
        written = said
        if starred and place == 0 and said.count("'") >= 2:
            charset, _, written = said.split("'", 2)
        data += unquote_to_bytes(written) if starred else written.encode("utf-8", "replace")
    return words(decode(data, charset)[0])
