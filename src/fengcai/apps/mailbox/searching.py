"""Whether the original of a letter names somebody: its heads, its text, the papers that came with it.

Papers are read behind walls. One that cannot be read is told too, for a person to look at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from pathlib import PurePath

from fengcai.apps.mailbox.letters import FileGone, Parts, letter_of
from fengcai.apps.mailbox.models import Case, CaseFile
from fengcai.engines.mailbox import Letter
from fengcai.media.documents import DocumentRefused
from fengcai.media.walled import read_walled

READ = frozenset({".docx", ".pdf", ".txt", ".html", ".htm"})
CLOSED = frozenset({".doc", ".wps", ".rtf", ".xls", ".xlsx", ".et", ".ppt", ".pptx"})
"""Papers that are not read here: whether they name somebody is a person's to see."""
LARGEST = 64 * 1024**2


def named_in(case: Case, words: Collection[str]) -> list[str]:
    """Where the words stand, each place once, in Chinese. Raises OSError."""
    with letter_of(case) as letter:
        found = list(_in_words(letter, words))
    rows = [row for row in case.files.order_by("order") if _is_paper(row)]
    with Parts(rows) as parts:
        found += [_in_paper(row, parts, words) for row in rows]
    return list(dict.fromkeys(filter(None, found)))


def _in_words(letter: Letter, words: Collection[str]) -> Iterator[str]:
    for each in letter.letters():
        heads = (each.sender, each.sender_name, each.reply_to, each.subject, *each.to)
        if _holds("\n".join(heads), words):
            yield "信头"
        if _holds(each.text, words):
            yield "正文"
        if _holds("\n".join(file.said for file in each.attachments), words):
            yield "附件名"


def _in_paper(row: CaseFile, parts: Parts, words: Collection[str]) -> str:
    unread = f"附件“{row.name[:80]}”读不出文字，请看一下"
    if _ending(row) in CLOSED or row.size > LARGEST:
        return unread
    try:
        with parts.copy_of(row) as path:
            paper = read_walled(path.read_bytes(), "附件" + _ending(row))
    except (FileGone, DocumentRefused):
        return unread
    text = "\n".join(each.text for each in paper.paragraphs)
    return f"附件“{row.name[:80]}”" if _holds(text, words) else ""


def _is_paper(row: CaseFile) -> bool:
    return _ending(row) in READ | CLOSED


def _ending(row: CaseFile) -> str:
    return PurePath(row.name).suffix.lower()


def _holds(text: str, words: Collection[str]) -> bool:
    said = _squeezed(text)
    return any(_squeezed(word) in said for word in words)


def _squeezed(text: str) -> str:
    """Without width, case and blanks: forms are filled in as 王　念　安 and 139 0000 7777."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
