"""What a file is, by its first bytes alone; the name is never asked.

The answer forces the demuxer, so that a playlist or a script named .mp4 can never make the reader
open something else. Nothing is decoded here.
"""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.media.facts import Kind

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Sniffed:
    """`demuxer` is FFmpeg's name, or None where the file must not reach FFmpeg."""

    kind: Kind
    format: str
    demuxer: str | None = None


_ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot", b"moof")
_ISO_STILLS = (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_ISO_SOUND = (b"M4A ", b"M4B ", b"M4P ")

_PREFIXES: tuple[tuple[bytes, Sniffed], ...] = (
    (b"\x1aE\xdf\xa3", Sniffed("video", "matroska", "matroska")),
    (b"FLV\x01", Sniffed("video", "flv", "flv")),
    (b"0&\xb2u\x8ef\xcf\x11", Sniffed("video", "asf", "asf")),
    (b"\x00\x00\x01\xba", Sniffed("video", "mpegps", "mpeg")),
    (b".RMF", Sniffed("video", "rm", "rm")),
    (b"OggS", Sniffed("video", "ogg", "ogg")),
    (b"fLaC", Sniffed("audio", "flac", "flac")),
    (b"ID3", Sniffed("audio", "mp3", "mp3")),
    (b"#!AMR", Sniffed("audio", "amr", "amr")),
    (b"MThd", Sniffed("audio", "midi")),
    (b"\x89PNG\r\n\x1a\n", Sniffed("image", "png")),
    (b"\xff\xd8\xff", Sniffed("image", "jpeg")),
    (b"GIF87a", Sniffed("image", "gif")),
    (b"GIF89a", Sniffed("image", "gif")),
    (b"BM", Sniffed("image", "bmp")),
    (b"II*\x00", Sniffed("image", "tiff")),
    (b"MM\x00*", Sniffed("image", "tiff")),
    (b"8BPS", Sniffed("image", "psd")),
    (b"%PDF", Sniffed("document", "pdf")),
    (b"PK\x03\x04", Sniffed("document", "zip")),
    (b"PK\x05\x06", Sniffed("document", "zip")),
    (b"\xd0\xcf\x11\xe0", Sniffed("document", "ole")),
    (b"Rar!", Sniffed("document", "rar")),
    (b"7z\xbc\xaf\x27\x1c", Sniffed("document", "7z")),
    (b"\x1f\x8b", Sniffed("document", "gzip")),
    (b"MZ", Sniffed("document", "exe")),
    (b"\x7fELF", Sniffed("document", "elf")),
)

_RIFF = {
    b"AVI ": Sniffed("video", "avi", "avi"),
    b"WAVE": Sniffed("audio", "wav", "wav"),
    b"WEBP": Sniffed("image", "webp"),
}

_PLAYLIST_MARKS = (
    "#extm3u",
    "ffconcat",
    "[playlist]",
    "[reference]",
    "rtsptext",
    "<mpd",
    "<smil",
    "<asx",
    "<smoothstreamingmedia",
    "<playlist",
)


def sniff(head: bytes) -> Sniffed:
    """Classify by up to the first HEAD_BYTES of a file."""
    if not head:
        return Sniffed("empty", "empty")
    if not head.strip(b"\x00"):
        return Sniffed("empty", "zeros")
    if head[4:8] in _ISO_BOXES:
        return _iso(head)
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if _transport_stream(head):
        return Sniffed("video", "mpegts", "mpegts")
    marked = head[:2] in (b"\xff\xfe", b"\xfe\xff")  # a text's byte order, or sound's sync word
    if marked and (text := _as_text(head)) is not None:
        return _text(text)
    for prefix, answer in _PREFIXES:
        if head.startswith(prefix):
            return answer
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _elementary_sound(head[1])
    text = _as_text(head)
    if text is None:
        return Sniffed("unknown", "unknown")
    return _text(text)


def _iso(head: bytes) -> Sniffed:
    brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
    if brand in _ISO_STILLS:
        return Sniffed("image", "avif" if brand.startswith(b"avi") else "heic")
    return Sniffed("audio" if brand in _ISO_SOUND else "video", "iso", "mov")


def _transport_stream(head: bytes) -> bool:
    return any(
        len(head) > start + 4 * step and all(head[start + n * step] == 0x47 for n in range(5))
        for start, step in ((0, 188), (4, 192))
    )


def _elementary_sound(second: int) -> Sniffed:
    if second & 0xF6 == 0xF0:
        return Sniffed("audio", "adts", "aac")
    return Sniffed("audio", "mp3", "mp3")


def _as_text(head: bytes) -> str | None:
    for codec in ("utf-8-sig", "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        # The head may end inside a character.
        for shorter in range(4):
            try:
                text = head[: len(head) - shorter].decode(codec)
            except UnicodeDecodeError:
                continue
            odd = sum(1 for c in text if ord(c) < 32 and c not in "\t\r\n\f")
            return text if odd == 0 else None
    return None


def _text(text: str) -> Sniffed:
    start = text.lstrip("\ufeff \t\r\n").lower()[:4096]
    first_line = start.split("\n", 1)[0].strip()
    if any(start.startswith(mark) for mark in _PLAYLIST_MARKS[:6]):
        return Sniffed("playlist", "playlist")
    if start.startswith("<") and any(mark in start for mark in _PLAYLIST_MARKS[5:]):
        return Sniffed("playlist", "playlist")
    if first_line == "v=0" or (first_line.startswith("file ") and first_line[5:6] in "'\"/"):
        return Sniffed("playlist", "playlist")
    if first_line.startswith(("http://", "https://", "rtsp://", "rtmp://")):
        return Sniffed("playlist", "playlist")
    return Sniffed("text", "text")
