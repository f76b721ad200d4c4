"""Bytes → text, by the charset that was said, mended where senders in China say the wrong one.

Measured on real mail: "gb2312" is GBK or GB 18030 as often as not, undeclared 8-bit is UTF-8 or GBK, and a
declared Latin-1 is often neither. Nothing here knows about headers or parts.
"""

from __future__ import annotations

import codecs
import re

GB = "gb18030"  # a superset of GBK, which is one of GB 2312

# Only these: Python also has "encodings" that are none (idna, unicode_escape), one of them quadratic.
_KNOWN = {
    "ascii": "ascii", "usascii": "ascii", "ansix341968": "ascii", "iso646us": "ascii",
    "utf8": "utf-8", "unicode11utf8": "utf-8", "utf7": "utf-7", "unicode11utf7": "utf-7",
    "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be", "utf32": "utf-32",
    "big5": "cp950", "cnbig5": "cp950", "xxbig5": "cp950", "csbig5": "cp950", "cp950": "cp950",
    "windows950": "cp950", "big5hkscs": "big5hkscs", "big5eten": "cp950", "xbig5": "cp950",
    "hzgb2312": "hz", "hz": "hz", "macintosh": "mac-roman", "macroman": "mac-roman",
    "xmaccyrillic": "mac-cyrillic", "johab": "johab", "ptcp154": "ptcp154", "viscii": "viscii",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "cp932": "cp932", "mskanji": "cp932",
    "windows31j": "cp932", "eucjp": "euc_jp", "xeucjp": "euc_jp", "iso2022jp": "iso2022_jp_2",
    "iso2022jp1": "iso2022_jp_2", "iso2022jp2": "iso2022_jp_2", "iso2022jp3": "iso2022_jp_3",
    "iso2022jp2004": "iso2022_jp_2004", "iso2022jpext": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_2",
    "euckr": "cp949", "ksc5601": "cp949", "ksc56011987": "cp949", "ksc56011989": "cp949",
    "cp949": "cp949", "windows949": "cp949", "uhc": "cp949", "iso2022kr": "iso2022_kr",
    "tis620": "cp874", "windows874": "cp874", "cp874": "cp874", "iso885911": "cp874",
    "koi8r": "koi8-r", "koi8u": "koi8-u", "koi8t": "koi8-t", "kz1048": "kz1048",
    "latin1": "cp1252", "iso88591": "cp1252", "windows1252": "cp1252", "cp1252": "cp1252",
    "l1": "cp1252", "cp437": "cp437", "cp850": "cp850", "cp852": "cp852", "cp866": "cp866",
    "ibm850": "cp850", "ibm852": "cp852", "ibm866": "cp866", "cp1125": "cp1125",
}  # fmt: skip
_NUMBERED = re.compile(r"(?:iso8859(?P<iso>\d{1,2})|(?:windows|cp)125(?P<windows>\d))(?:[ei])?")
_GB = re.compile(r"gb|936|euccn|isoir58|chinese")
# Whose bytes below 128 are not simply ASCII.
_SHIFTING = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
_LATIN = frozenset({"cp1252", "ascii"})
_HIGH = re.compile(rb"[\x80-\xff]+")
_HANZI_PAIRS = re.compile(rb"(?:[\xb0-\xd7][\xa1-\xfe]){2,}")
_LONE_ACCENT = re.compile(r"(?<=[A-Za-z])[\u00c0-\u024f]|[\u00c0-\u024f](?=[A-Za-z])")


def codec_of(said: str) -> str | None:
    """The codec for a charset's name as mails write it; None where the name means nothing to us."""
    plain = re.sub(r"[^a-z0-9]", "", said.lower())[:40]
    if known := _KNOWN.get(plain):
        return known
    if _GB.search(plain):
        return GB
    if numbered := _NUMBERED.fullmatch(plain):
        name = f"iso8859-{numbered['iso']}" if numbered["iso"] else f"cp125{numbered['windows']}"
        if numbered["iso"] == "9":
            name = "cp1254"  # what senders of ISO-8859-9 mean, as WHATWG's Encoding Standard says
        try:
            return codecs.lookup(name).name
        except LookupError:
            return None
    return None


def decode(data: bytes, said: str = "", *, cut: bool = False) -> tuple[str, bool]:
    """The text, and whether every byte was understood (False: `�` stands in it).

    `said` is the charset's name in the mail, or nothing. `cut`: these are the first bytes of something
    longer; a character that is not whole at their end is left out.
    """
    codec = codec_of(said) if said else None
    if data.isascii() and (codec is None or not codec.startswith(_SHIFTING)):
        return data.decode("ascii"), True
    for attempt in _attempts(data, codec, cut):
        text = _strictly(data, attempt, cut)
        if text is not None:
            return _proper(text), True
    return _proper(data.decode(codec or GB, "replace")), False


def _strictly(data: bytes, codec: str, cut: bool) -> str | None:
    try:
        if cut:
            return codecs.getincrementaldecoder(codec)().decode(data)
        return data.decode(codec)
    except UnicodeError:
        return None


def _attempts(data: bytes, codec: str | None, cut: bool) -> list[str]:
    """Codecs to try strictly, the likeliest first."""
    if codec is None or codec == "ascii":
        return [GB, "utf-8"] if _gb_rather(data, cut) else ["utf-8", GB]
    if codec == GB:
        mislabelled = _utf8_rather(data, cut) and _usual(data, "utf-8", cut) > _usual(data, GB, cut)
        return ["utf-8", GB] if mislabelled else [GB, "utf-8"]
    if codec == "utf-8":
        return ["utf-8", GB]
    if codec in _LATIN:
        if _utf8_rather(data, cut):
            return ["utf-8", codec]
        if all(_HANZI_PAIRS.fullmatch(run) for run in _HIGH.findall(data)):
            return [GB, codec]
        return [codec, "latin-1"]
    if codec == "cp950":
        return [codec, "big5hkscs", "utf-8", GB]
    return [codec, "utf-8", GB]


def _utf8_rather(data: bytes, cut: bool) -> bool:
    """Whether bytes that are said to be something else are UTF-8 with letters of three bytes: other
    charsets make such sequences by accident in no text that anybody would write."""
    strange = [letter for letter in _strictly(data, "utf-8", cut) or "" if letter > "\x7f"]
    return bool(strange) and all(letter >= "\u0800" for letter in strange)


def _usual(data: bytes, codec: str, cut: bool) -> float:
    """Which share of the characters beyond ASCII are in daily use in China: those of GB 2312."""
    strange = [letter for letter in _strictly(data, codec, cut) or "" if letter > "\x7f"]
    usual = sum(1 for letter in strange if letter.encode("gb2312", "ignore"))
    return usual / len(strange) if strange else 0.0


def _gb_rather(data: bytes, cut: bool) -> bool:
    """Whether undeclared bytes that happen to be UTF-8 as well are GB 2312: one Chinese character in
    six, alone, is also a letter of two bytes. Accents inside a Latin word speak against it."""
    text = _strictly(data, "utf-8", cut)
    if text is None or _strictly(data, "gb2312", cut) is None:
        return False
    strange = [letter for letter in text if letter > "\x7f"]
    if any(letter >= "\u0800" for letter in strange):
        return False
    return len(_LONE_ACCENT.findall(text)) < len(strange)


def _proper(text: str) -> str:
    """Without a byte order mark, and without halves of characters (UTF-7 and UTF-16 can hold them)."""
    text = text.removeprefix("\ufeff")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
