"""Which kinds of files a place of an entry takes: by what it is for, and by the endings it accepts."""

from __future__ import annotations

from fengcai.core.rulebook import Slot
from fengcai.media.facts import Kind

_BY_KIND: dict[str, frozenset[Kind]] = {
    "video": frozenset({"video"}),
    "audio": frozenset({"audio"}),
    "image": frozenset({"image"}),
    "document": frozenset({"document", "text"}),
    "form": frozenset({"document", "image"}),
    "scan": frozenset({"document", "image"}),
    "link": frozenset({"document", "image"}),
    "source": frozenset({"video", "audio", "image", "document", "text", "unknown"}),
}
_BY_SUFFIX: dict[str, Kind] = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".heic",
                     ".psd"), "image"),
    **dict.fromkeys((".pdf", ".docx", ".doc", ".wps", ".pptx", ".ppt", ".xlsx", ".xls", ".zip",
                     ".rar", ".7z", ".ai"), "document"),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".wmv", ".mpg"), "video"),
    **dict.fromkeys((".mp3", ".wav", ".m4a", ".flac", ".aac"), "audio"),
    ".txt": "text",
}  # fmt: skip


def kinds_of(slot: Slot) -> frozenset[Kind]:
    """What a file in the slot may be. An ending that the rules accept brings its kind with it: a
    place for posters that takes .pdf takes documents."""
    named = {_BY_SUFFIX[each] for each in slot.accept if each in _BY_SUFFIX}
    return _BY_KIND.get(slot.kind, frozenset({"document"})) | named
