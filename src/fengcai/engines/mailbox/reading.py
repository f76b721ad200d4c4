"""A mail's bytes → `Letter`. What is broken, hostile or too much becomes a named problem, never an
exception; only the disk can fail.

The mail is walked by places in its file: bodies are decoded piece by piece, attachments go straight to
files, and only headers and texts are held. Archives are not opened, links are not followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from . import structure
from .attaching import ended, file_name, is_letter, spooled, unreadable
from .automatic import failed_addresses, is_automatic, is_bounce
from .charsets import decode
from .headers import Fields, fields
from .large_files import large_files
from .letter import Attachment, LargeFile, Letter, Limits, Problem
from .markup import text_of
from .names import hides, one_line, safe_name, several_lines, visible
from .structure import Source, past_envelope
from .texts import unfolded
from .uuencoded import Inside, parted

_TEXTS = frozenset({"text/plain", "text/html"})
_ABOUT_THE_LETTER = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "application/applefile", "text/rfc822-headers", "text/x-amp-html", "text/watch-html",
    "message/disposition-notification", "message/feedback-report", "text/calendar",
})  # fmt: skip
_SHOWN = re.compile(r"\bcid:([^\s\"'<>()]{1,200})", re.IGNORECASE)
"""Pictures that a page shows by their Content-ID; some programs attach them all the same."""
_MOST_SHOWN = 500
_ENCODED = frozenset({"base64", "quoted-printable"})


def read(
    raw: bytes | Path | BinaryIO, *, spool: Path | None = None, limits: Limits | None = None
) -> Letter:
    """Read one mail. Close the letter when its attachments have been taken over.

    Attachments go to `spool` (named by their SHA-256, the caller's to delete) or to a temporary folder
    that the letter owns. Raises OSError only: the file cannot be read, or the disk is full.
    """
    owned = tempfile.TemporaryDirectory(prefix="fengcai-letter-") if spool is None else None
    folder = spool if owned is None else Path(owned.name)
    assert folder is not None
    try:
        with contextlib.ExitStack() as stack:
            if isinstance(raw, Path):
                file: BinaryIO = stack.enter_context(raw.open("rb"))
            else:
                file = io.BytesIO(raw) if isinstance(raw, bytes) else raw
            reader = _Reader(folder, limits or Limits())
            return reader.letter(Source(file), 0, None, 0, owned)
    except BaseException:
        if owned is not None:
            owned.cleanup()
        raise


@dataclass
class _Gathered:
    """What one letter is made of, while it is being walked; `end`: where it ends in its file."""

    end: int
    texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    attachments: list[Attachment] = field(default_factory=list)
    nested: list[Letter] = field(default_factory=list)
    failed: tuple[str, ...] = ()
    alternatives: int = 0
    problems: dict[str, str] = field(default_factory=dict)

    def problem(self, kind: str, text: str) -> None:
        """Say it once."""
        self.problems.setdefault(kind, text)


class _Reader:
    """One mail with everything nested in it: the counts run over all of it."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        self.parts = self.attachments = self.letters = 0
        self.left = {"text/plain": limits.text_characters * 4, "text/html": limits.html_bytes}
        self.kept: set[Path] = set()

    def letter(
        self,
        source: Source,
        start: int,
        end: int | None,
        depth: int,
        owned: tempfile.TemporaryDirectory[str] | None = None,
    ) -> Letter:
        """The letter in a range of the source."""
        end = source.size if end is None else end
        self.letters += 1
        digest = hashlib.sha256()
        for piece in source.chunks(start, end):
            digest.update(piece)
        got = _Gathered(end)
        start = past_envelope(source, start, end)
        header, body = self._header(source, start, end, got, self.limits.header_bytes)
        if not header.items:
            got.problem("no-header", "这封邮件没有信头，看不出是谁写的。")
        self._part(source, header, body, end, depth, got)
        addresses = header.addresses("from") or header.addresses("sender")
        name, sender = addresses[0] if addresses else ("", "")
        if header.items and not sender:
            got.problem("no-sender", "这封邮件没有写明发件人的地址。")
        text = several_lines("\n\n".join(x for x in got.texts if x.strip()))
        text = self._cut(text.strip("\n"), got)
        bounce = is_bounce(header, sender)
        ids = header.ids("message-id")
        return Letter(
            message_id=(ids[0] if ids else one_line(header.text("message-id"), 990)),
            sender=sender,
            sender_name=name,
            to=self._recipients(header),
            subject=self._subject(header, got),
            date=header.date("date"),
            text=text,
            attachments=tuple(got.attachments),
            links=self._links(text, got.pages),
            nested=tuple(got.nested),
            automatic=bounce or is_automatic(header, sender),
            bounce=bounce,
            problems=tuple(Problem(kind, said) for kind, said in got.problems.items()),
            reply_to=next((each for _, each in header.addresses("reply-to")), ""),
            in_reply_to=(*header.ids("in-reply-to"), *header.ids("references")),
            failed=got.failed or tuple(x for _, x in header.addresses("x-failed-recipients")),
            size=end - start,
            sha256=digest.hexdigest(),
            _folder=owned,
        )

    def _recipients(self, header: Fields) -> tuple[str, ...]:
        everybody = (x for name in ("to", "cc") for _, x in header.addresses(name))
        return tuple(dict.fromkeys(everybody))[: self.limits.addresses]

    def _subject(self, header: Fields, got: _Gathered) -> str:
        said = header.text("subject")
        if hides(said):
            got.problem("hidden-characters", "主题或文件名里有看不见的字符，已去掉。")
        subject = one_line(said)
        if len(subject) > self.limits.subject_characters:
            got.problem(
                "subject-cut",
                f"主题有 {len(subject)} 个字，只显示前 {self.limits.subject_characters} 个。",
            )
        return subject[: self.limits.subject_characters].rstrip()

    def _cut(self, text: str, got: _Gathered) -> str:
        most = self.limits.text_characters
        if len(text) > most:
            got.problem("text-cut", f"正文太长，只读了前 {most} 个字；原邮件完整保存。")
        return text[:most]

    def _links(self, text: str, pages: list[str]) -> tuple[LargeFile, ...]:
        return tuple(large_files(text, pages))[: self.limits.links]

    def _header(
        self, source: Source, start: int, end: int, got: _Gathered, most: int
    ) -> tuple[Fields, int]:
        closed, body = structure.header_end(source, start, end, most)
        if closed == body < end:
            got.problem("header-cut", "信头太长或没有结束，后面的部分没有当作信头读。")
        return fields(source.at(start, closed - start)), body

    def _part(
        self, source: Source, header: Fields, start: int, end: int, depth: int, got: _Gathered
    ) -> None:
        """One part, by its type; `start` is where its body begins."""
        self.parts += 1
        kind = header.token("content-type")
        kind = kind if "/" in kind else "text/plain"
        encoding = header.token("content-transfer-encoding")
        if kind.startswith("multipart/") and encoding not in _ENCODED:
            self._multipart(source, header, kind, start, end, depth, got)
        elif kind in {"message/rfc822", "message/global"}:
            self._nested(source, header, encoding, start, end, depth, got)
        elif kind in _TEXTS and not self._handed_in(header):
            self._text(source, header, kind, encoding, start, end, got)
        elif kind == "message/delivery-status":
            report = b"".join(structure.decoded(source, start, min(end, start + 65_536), encoding))
            got.failed = (*got.failed, *failed_addresses(report))
        else:
            self._attachment(source, header, kind, encoding, start, end, depth, got)

    def _handed_in(self, header: Fields) -> bool:
        return header.token("content-disposition") == "attachment" or bool(file_name(header))

    def _multipart(
        self,
        source: Source,
        header: Fields,
        kind: str,
        start: int,
        end: int,
        depth: int,
        got: _Gathered,
    ) -> None:
        boundary = header.parameter("content-type", "boundary").encode("utf-8", "replace")
        if not boundary or len(boundary) > 1_000:
            got.problem("no-boundary", "这封邮件的分段标记丢失了，只能当作一段文字读。")
            self._text(source, header, "text/plain", "", start, end, got)
            return
        if depth >= self.limits.depth:
            got.problem(
                "too-deep", f"邮件嵌套超过 {self.limits.depth} 层，更里面的没有读；原邮件完整保存。"
            )
            return
        ranges, closed = structure.parts(source, start, end, boundary)
        # A part inside that is not closed is a habit of some senders; the last one is a mail cut off.
        broken = not closed and end >= got.end
        if broken:
            got.problem("cut-off", "这封邮件不完整，末尾缺了一段。可能需要请对方重发。")
        if not ranges:
            self._text(source, header, "text/plain", "", start, end, got)
            return
        before, pages, attached = len(got.texts), len(got.pages), len(got.attachments)
        got.alternatives += kind == "multipart/alternative"
        for first, last in ranges:
            if self.parts >= self.limits.parts:
                got.problem(
                    "too-many-parts", f"邮件超过 {self.limits.parts} 个部分，后面的没有读。"
                )
                break
            child, body = self._header(source, first, last, got, self.limits.part_header_bytes)
            attached = len(got.attachments)
            self._part(source, child, body, last, depth + 1, got)
        if broken and len(got.attachments) > attached and not ended(source, end):
            got.attachments[-1] = replace(got.attachments[-1], whole=False)
        if kind == "multipart/alternative":
            got.alternatives -= 1
            said = [text for text in got.texts[before:] if text.strip()][:1]  # not twice the same
            got.texts[before:] = said or [text_of(page) for page in got.pages[pages : pages + 1]]

    def _text(
        self,
        source: Source,
        header: Fields,
        kind: str,
        encoding: str,
        start: int,
        end: int,
        got: _Gathered,
    ) -> None:
        most = self.left[kind]
        data = bytearray()
        pieces = structure.decoded(source, start, end, encoding)
        if kind == "text/plain":
            pieces = parted(pieces, lambda inside: self._inside(inside, got))
        for piece in pieces:
            data += piece
            if len(data) > most:
                got.problem("text-cut", "正文太长，只读了前面一部分；原邮件完整保存。")
                break
        self.left[kind] -= len(data[:most])
        said = header.parameter("content-type", "charset")
        text, understood = decode(bytes(data[:most]), said, cut=len(data) > most)
        if not understood:
            got.problem("charset", "正文里有几个字节认不出是什么字，显示为“�”。")
        if kind == "text/html":
            got.pages.append(text)
            got.shown |= {found[1] for found in islice(_SHOWN.finditer(text), _MOST_SHOWN)}
            if not got.alternatives:
                got.texts.append(text_of(text))
        elif header.parameter("content-type", "format").lower() == "flowed":
            got.texts.append(unfolded(text))
        else:
            got.texts.append(text)

    def _nested(
        self,
        source: Source,
        header: Fields,
        encoding: str,
        start: int,
        end: int,
        depth: int,
        got: _Gathered,
    ) -> None:
        if not self._room(depth, got):
            return
        if encoding not in _ENCODED:
            got.nested.append(self.letter(source, start, end, depth + 1))
            return
        with tempfile.TemporaryFile(dir=self.folder) as file:
            for piece in structure.decoded(source, start, end, encoding):
                file.write(piece)
            got.nested.append(self.letter(Source(file), 0, None, depth + 1))

    def _room(self, depth: int, got: _Gathered) -> bool:
        if depth >= self.limits.depth:
            got.problem(
                "too-deep", f"邮件嵌套超过 {self.limits.depth} 层，更里面的没有读；原邮件完整保存。"
            )
            return False
        if self.letters >= self.limits.letters:
            got.problem(
                "too-many-letters", f"里面的邮件超过 {self.limits.letters} 封，其余没有读。"
            )
            return False
        return True

    def _attachment(
        self,
        source: Source,
        header: Fields,
        kind: str,
        encoding: str,
        start: int,
        end: int,
        depth: int,
        got: _Gathered,
    ) -> None:
        said, disposition = file_name(header), header.token("content-disposition")
        pieces = structure.decoded(source, start, end, encoding)
        kept = self._kept(said, kind, pieces, got)
        if kept is None:
            return
        if kept.name.lower().endswith(".eml") and is_letter(kept.path) and self._room(depth, got):
            with kept.path.open("rb") as file:
                got.nested.append(self.letter(Source(file), 0, None, depth + 1))
            if kept.path not in self.kept:
                kept.path.unlink(missing_ok=True)
            return
        if (told := unreadable(kind, kept.name)) is not None:
            got.problem(*told)
        inline = (
            kind in _ABOUT_THE_LETTER
            or (disposition != "attachment" and header.raw("content-id") is not None)
            or (kind.startswith("image/") and header.text("content-id").strip("<> ") in got.shown)
            or (disposition == "inline" and kind.startswith("image/") and not said)
        )
        self._take(replace(kept, inline=inline), got)

    def _inside(self, inside: Inside, got: _Gathered) -> None:
        """A file that stands in the text."""
        kept = self._kept(inside.name, "application/octet-stream", inside.pieces(), got)
        if kept is None:
            return
        if kept.whole and not inside.ended:
            got.problem(
                "cut-off", f"写在正文里的文件“{kept.name}”没有结尾，不完整；请对方作为附件重发。"
            )
            kept = replace(kept, whole=False)
        self._take(kept, got)

    def _take(self, kept: Attachment, got: _Gathered) -> None:
        self.kept.add(kept.path)
        got.attachments.append(kept)

    def _kept(
        self, said: str, kind: str, pieces: Iterator[bytes], got: _Gathered
    ) -> Attachment | None:
        """The bytes in a file of their own; None where there are too many files."""
        self.attachments += 1
        if self.attachments > self.limits.attachments:
            got.problem(
                "too-many-attachments",
                f"附件超过 {self.limits.attachments} 个，其余没有取出；原邮件完整保存。",
            )
            return None
        if hides(said):
            got.problem("hidden-characters", "主题或文件名里有看不见的字符，已去掉。")
        name = safe_name(said, self.attachments, kind)
        kept = spooled(self.folder, pieces, self.limits.attachment_bytes)
        if kept.cut:
            got.problem(
                "attachment-cut",
                f"附件“{name}”超过 {self.limits.attachment_bytes // 1024**2} MB，没有取全；原邮件完整保存。",
            )
        return Attachment(
            name=name, said=visible(said), content_type=kind, size=kept.size, sha256=kept.sha256,
            path=kept.path, whole=not kept.cut,
        )  # fmt: skip
