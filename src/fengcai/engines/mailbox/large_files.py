"""Links to large files: what QQ, NetEase, 189 and Sina write into a mail in place of an attachment.

Only the providers' own addresses count, in the page's links and in plain text. Name, size and expiry come
from what stands beside the link; the link itself is never followed here. Times are China's (UTC+8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from urllib.parse import SplitResult, parse_qs, urlsplit

from .letter import LargeFile
from .markup import tokens
from .names import one_line, safe_name

CHINA = timezone(timedelta(hours=8))
MOST_URL = 2_000
MOST_LINKS = 500
UNNAMED = "未写明文件名"
_NEAR = 3_000
_URL = re.compile(r"https?://[^\s<>\"'）)\u3000-\u9fff\uff00-\uffef]{8,4000}", re.IGNORECASE)
_AMOUNT = r"(?P<size>\d[\d.]{0,12})\s*(?:(?P<unit>[KMGT])(?:i?B)?|B|字节)"
_DETAILS = re.compile(
    rf"(?P<name>[^\n]*)[(（]\s*{_AMOUNT}\s*(?:[,，]\s*(?P<until>[^\n()（）]{{1,60}}))?[)）]",
    re.IGNORECASE,
)
_LOOSE = re.compile(rf"(?<![\d.]){_AMOUNT}\s*[|,，·]\s*(?P<until>[^\n|]{{1,60}})", re.IGNORECASE)
_SIZE = re.compile(rf"文件大小\s*[：:]\s*{_AMOUNT}", re.IGNORECASE)
_BYTES = re.compile(r"\((\d{1,15})\)")
_UNTIL = re.compile(
    r"(?P<lasting>无限期|永久有效|长期有效)"
    r"|(?P<year>20\d\d)\s*[年/-]\s*(?P<month>\d{1,2})\s*[月/-]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:\s*(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?)?"
)
_SINA_UNTIL = re.compile(r"有效时间到\s*[：:]\s*([\d\s:/-]{8,25})")
_LABELS = re.compile(r"查看下载信息|进入下载页面|在线预览|预览|下载|打开|转存|收藏|[：:|]")
_POWER = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


@dataclass
class _Found:
    """One link, and what stands around it."""

    provider: str
    url: str
    attributes: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    title: str = ""
    before: str = ""
    after: str = ""
    valid: str = ""


@dataclass(frozen=True)
class _Piece:
    """A run of text, a link (`url`), or the title of a block that a link stands in."""

    text: str = ""
    url: str = ""
    title: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    inside: bool = False


def large_files(text: str, pages: Iterable[str]) -> list[LargeFile]:
    """Every large file that is linked to, once, in the order of the mail."""
    kept: dict[tuple[str, str], LargeFile] = {}
    for pieces, wanted in (
        *((_of_page(page), "after") for page in pages),
        (_of_text(text), "before"),
    ):
        for found in _gathered(pieces):
            one = _told(found, wanted)
            key = (one.provider, _identity(one.url))
            if key not in kept or _worth(one) > _worth(kept[key]):
                kept[key] = one
    return list(kept.values())


def provider_of(url: str) -> str | None:
    """Which provider's large file an address is; None for any other address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if len(url) > MOST_URL or parts.scheme.lower() not in {"http", "https"} or parts.username:
        return None
    path = parts.path.lower()
    if host == "mail.qq.com" or host.endswith((".mail.qq.com", "exmail.qq.com")):
        return "qq" if "ftnexs_download" in path or path.startswith("/ftn/") else None
    if host == "fs.163.com" or host == "edisk.qiye.163.com":
        return "netease" if "/preview" not in path else None
    if host in {"mail.163.com", "mail.126.com", "mail.yeah.net", "mail.188.com", "dashi.163.com"}:
        return "netease" if "attachment-download" in path else None
    if host == "download.cloud.189.cn" or (host == "cloud.189.cn" and "download" in path):
        return "189"
    if host == "mail.sina.com.cn" or host.endswith(".mail.sina.com.cn"):
        return "sina" if "filecenter" in path else None
    return None


def _of_page(page: str) -> Iterator[_Piece]:
    inside = False
    for token in tokens(page):
        if not token.tag:
            yield _Piece(text=token.text, inside=inside)
        elif token.tag in {"a", "span", "div"} and not token.closing:
            attributes = token.attributes
            if "bigatt_bt" in attributes.get("class", ""):
                yield _Piece(title=attributes.get("title", ""))
            inside = inside or token.tag == "a"
            address = attributes.get("href") or attributes.get("downloadlink") or ""
            if address:
                yield _Piece(url=address, attributes=attributes)
        elif token.tag == "a":
            inside = False
        if token.tag in {"div", "br", "p", "tr", "li", "table", "body"}:
            yield _Piece(text="\n")


def _of_text(text: str) -> Iterator[_Piece]:
    place = 0
    for found in _URL.finditer(text):
        yield _Piece(text=text[place : found.start()])
        yield _Piece(url=found[0].rstrip(".,;，。；"))
        place = found.end()
    yield _Piece(text=text[place:])


def _gathered(pieces: Iterable[_Piece]) -> list[_Found]:
    """Links with the texts before and after them; one address that follows itself is one link."""
    found: list[_Found] = []
    between, title, valid = "", "", ""
    for piece in pieces:
        provider = provider_of(piece.url) if piece.url else None
        if piece.title:
            title = piece.title
        elif provider is not None:
            last = found[-1] if found else None
            if last is None or _identity(last.url) != _identity(piece.url):
                if len(found) >= MOST_LINKS:
                    break
                last = _Found(
                    provider, piece.url, title=title, before=between[-_NEAR:], valid=valid
                )
                found.append(last)
                between, title = "", ""
            last.attributes = {**piece.attributes, **last.attributes}
        else:
            between = (between + piece.text)[-2 * _NEAR :]
            if "有效时间到" in piece.text:
                valid = piece.text[-_NEAR:]
            if found:
                if len(found[-1].after) < _NEAR:
                    found[-1].after += piece.text[:_NEAR]
                if piece.inside and piece.text.strip() and len(found[-1].labels) < 20:
                    found[-1].labels.append(piece.text.strip()[:500])
    return found


def _told(found: _Found, wanted: str) -> LargeFile:
    """Name, size and expiry, from the surest place to the vaguest."""
    near = found.before if wanted == "before" or found.provider == "sina" else found.after
    lines = [told for line in near.split("\n") if (told := _DETAILS.match(line))]
    details = lines[-1 if near is found.before else 0] if lines else None
    if details is None and near is found.after:
        details = _LOOSE.search(near)
    name = (
        _attribute(found, "filename", "file-name")
        or found.title.strip().split("\n")[0]
        or next((x for x in found.labels if _LABELS.sub("", x).strip()), "")
    )
    if wanted == "before" or found.provider == "sina" or not name:
        name = (details.groupdict().get("name") or "" if details else "") or name
    size = _attribute_size(found) or _size(_SIZE.search(found.title)) or _size(details)
    expires, lasting = _expiry(found, details)
    return LargeFile(
        provider=found.provider,
        name=safe_name(_cleaned(name), 0) if _cleaned(name) else UNNAMED,
        size=size,
        expires_at=expires,
        url=found.url,
        lasting=lasting,
    )


def _cleaned(name: str) -> str:
    """The name without what was written after it."""
    whole = _DETAILS.fullmatch(name.strip())
    return one_line(whole["name"] if whole else name).strip(" 　：:|-·•")


def _attribute(found: _Found, *names: str) -> str:
    return next((found.attributes[name] for name in names if found.attributes.get(name)), "")


def _attribute_size(found: _Found) -> int | None:
    said = _attribute(found, "filesize", "file-size")
    if said.isascii() and said.isdecimal() and len(said) <= 15:
        return int(said)
    whole = _BYTES.search(found.attributes.get("alt", ""))
    return int(whole[1]) if whole else None


def _size(found: re.Match[str] | None) -> int | None:
    if found is None:
        return None
    try:
        return int(Decimal(found["size"]) * 1024 ** _POWER[(found["unit"] or "").upper()])
    except InvalidOperation:
        return None


def _expiry(found: _Found, details: re.Match[str] | None) -> tuple[datetime | None, bool]:
    """The instant, and whether the file is said to stay for good."""
    for stamp in (_attribute(found, "expiretime", "expired"), _query(found.url)):
        if stamp.isascii() and stamp.isdecimal() and 9 <= len(stamp) <= 14:
            seconds = int(stamp) // (1000 if len(stamp) > 11 else 1)
            if 946_684_800 < seconds < 7_258_118_400:  # from 2000 to 2200
                return datetime.fromtimestamp(seconds, UTC), False
    sina = _SINA_UNTIL.search(found.valid) or _SINA_UNTIL.search(found.after)
    for text in (found.title, (details["until"] or "") if details else "", sina[1] if sina else ""):
        if until := _UNTIL.search(text):
            return _instant(until), until["lasting"] is not None
    return None, False


def _instant(until: re.Match[str]) -> datetime | None:
    if until["lasting"]:
        return None
    year, month, day = int(until["year"]), int(until["month"]), int(until["day"])
    try:
        if until["hour"] is None:  # the whole day
            return datetime(year, month, day, 23, 59, 59, tzinfo=CHINA).astimezone(UTC)
        hour, minute, second = int(until["hour"]), int(until["minute"]), int(until["second"] or 0)
        return datetime(year, month, day, hour, minute, second, tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        return None


def _query(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("expired", [""])[0]


def _identity(url: str) -> str:
    """What makes two addresses the same file, however they are written."""
    parts: SplitResult = urlsplit(url)
    query = parse_qs(parts.query)
    for key in ("k", "key", "file", "id", "ufi", "identity"):
        if query.get(key):
            return f"{key}={query[key][0]}"
    return f"{parts.hostname}{parts.path}?{parts.query}"


def _worth(one: LargeFile) -> int:
    return (
        (one.name != UNNAMED) + (one.size is not None) + (one.lasting or one.expires_at is not None)
    )
