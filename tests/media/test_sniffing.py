from __future__ import annotations

import pytest

from fengcai.media.sniff import sniff

pytestmark = pytest.mark.media


@pytest.mark.parametrize(
    ("head", "kind", "demuxer"),
    [
        (b"", "empty", None),
        (b"\0" * 4096, "empty", None),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "video", "mov"),
        (b"\0\0\0\x20ftypqt  \0\0\2\0", "video", "mov"),
        (b"\0\0\0\x20ftypM4A \0\0\2\0", "audio", "mov"),
        (b"\0\0\0\x20ftypheic\0\0\2\0", "image", None),
        (b"\0\0\0\x08wide\0\0\1\0mdat", "video", "mov"),
        (b"\x1aE\xdf\xa3\x01\0\0\0", "video", "matroska"),
        (b"RIFF\0\0\1\0AVI LIST", "video", "avi"),
        (b"RIFF\0\0\1\0WAVEfmt ", "audio", "wav"),
        (b"RIFF\0\0\1\0WEBPVP8 ", "image", None),
        ((b"G" + b"\0" * 187) * 6, "video", "mpegts"),
        (b"FLV\x01\x05", "video", "flv"),
        (b"ID3\x04\0", "audio", "mp3"),
        (b"\xff\xfb\x90\0", "audio", "mp3"),
        (b"\xff\xf1\x50\x80", "audio", "aac"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image", None),
        (b"\xff\xd8\xff\xe0", "image", None),
        (b"PK\x03\x04\x14\0", "document", None),
        (b"%PDF-1.7", "document", None),
        (b"MZ\x90\0", "document", None),
        ("这是剧本，不是视频。".encode(), "text", None),
        ("这是剧本，不是视频。".encode("gb18030"), "text", None),
        ("这是剧本".encode("utf-16"), "text", None),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "playlist", None),
        (b"\xef\xbb\xbf#EXTM3U\n", "playlist", None),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist", None),
        (b"file '/etc/passwd'\n", "playlist", None),
        (b"<?xml version='1.0'?>\n<MPD xmlns='urn'>", "playlist", None),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "playlist", None),
        (b"http://127.0.0.1/a.mp4\n", "playlist", None),
        (b"<html><body>404</body></html>", "text", None),
        (bytes(range(200, 256)) * 30 + b"\x00\x01\x02", "unknown", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head, kind, demuxer):
    found = sniff(head)
    assert (found.kind, found.demuxer) == (kind, demuxer)


def test_text_cut_inside_a_character_is_still_text():
    assert sniff("风采".encode()[:-1]).kind == "text"
