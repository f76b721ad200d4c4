"""The virus scanner: Debian's clamd finds the test file; whatever goes wrong is "unscanned"."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest

from fengcai.engines import antivirus
from fengcai.engines.antivirus import ClamdTrouble, Place, Scan, place_of, scanning
from tests.engines.antivirus.fake import Fake
from tooling.servers.clamd import SIGNATURE, Clamd, eicar, running

MEBIBYTE = 1024**2


def scanned(content: bytes, place: Place, **more: object) -> Scan:
    return antivirus.scan(io.BytesIO(content), len(content), place, **more)  # type: ignore[arg-type]


# -- Debian's clamd ---------------------------------------------------------------------------------


def test_clamd_finds_the_test_file_and_nothing_else(clamd: Clamd) -> None:
    place = place_of(clamd.address)
    assert scanned(eicar(), place) == Scan("infected", signature=f"{SIGNATURE}.UNOFFICIAL")
    assert scanned(b"a film" * 200_000, place) == Scan("clean")
    assert scanned(b"", place) == Scan("clean")


def test_it_is_found_in_the_middle_of_a_film(clamd: Clamd) -> None:
    content = bytes(3 * MEBIBYTE) + eicar() + bytes(MEBIBYTE)
    assert scanned(content, place_of(clamd.address)).verdict == "infected"


def test_by_a_unix_socket_as_well(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="clam") as short:  # a socket's path may have 107 bytes
        socket = Path(short) / "s"
        with running(tmp_path, socket=socket) as server:
            assert server.address == str(socket)
            assert scanned(eicar(), place_of(server.address)).verdict == "infected"


def test_more_than_clamd_takes_is_unscanned(clamd: Clamd) -> None:
    """Our own limit stands higher than clamd's: clamd ends the stream, and the answer is read."""
    place = place_of(clamd.address, most_bytes=64 * MEBIBYTE)
    content = bytes(12 * MEBIBYTE) + eicar()
    assert scanned(content, place) == Scan(
        "unscanned", why="文件超过了查毒程序的上限（StreamMaxLength）"
    )
    assert antivirus.probe(place, 12 * MEBIBYTE).verdict == "unscanned"
    assert antivirus.probe(place, 4 * MEBIBYTE).verdict == "clean"


def test_clamd_says_its_version_and_has_no_official_signatures(clamd: Clamd) -> None:
    standing = antivirus.look_up(place_of(clamd.address))
    assert standing.version.startswith("ClamAV 1.")
    assert standing.signatures_of is None


# -- what goes wrong --------------------------------------------------------------------------------


def test_the_stream_arrives_whole(fake: Fake) -> None:
    content = bytes(range(256)) * 3000
    told: list[float] = []
    assert scanned(content, fake.place, tell=told.append) == Scan("clean")
    assert fake.received == content


@pytest.mark.parametrize(
    ("answer", "scan"),
    [
        (b"stream: Win.Trojan.A-1 FOUND\0", Scan("infected", signature="Win.Trojan.A-1")),
        (
            b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
            Scan("unscanned", why="只查了一部分，超过了查毒程序的上限"
                 "（Heuristics.Limits.Exceeded.MaxFileSize）"),
        ),
        (b"stream: A\x01\xff\nB FOUND\0", Scan("unscanned", why="查毒程序没有给出结果", passing=True)),
        (b"stream: A\x01\xe4\xb8\xadB FOUND\0", Scan("infected", signature="A中B")),
        (b"INSTREAM: Can't open file ERROR\0", Scan("unscanned", why="查毒程序没有给出结果", passing=True)),
        (b"stream: OK FOUNDATION\0", Scan("unscanned", why="查毒程序没有给出结果", passing=True)),
        (b"", Scan("unscanned", why="查毒程序没有答完就断开了", passing=True)),
        (b"stream: OK", Scan("unscanned", why="查毒程序没有答完就断开了", passing=True)),
        (b"x" * 10_000, Scan("unscanned", why="应答的不是 clamd")),
        (b"SSH-2.0-OpenSSH_9\r\n\0", Scan("unscanned", why="查毒程序没有给出结果", passing=True)),
    ],
)  # fmt: skip
def test_only_a_plain_answer_counts(fake: Fake, answer: bytes, scan: Scan) -> None:
    fake.answer = answer
    assert scanned(b"film", fake.place) == scan


def test_an_answer_in_the_middle_of_the_stream_is_read(fake: Fake) -> None:
    fake.hurry, fake.answer = 100_000, b"INSTREAM size limit exceeded. ERROR\0"
    found = scanned(bytes(20 * MEBIBYTE), fake.place)
    assert found.verdict == "unscanned"
    assert "StreamMaxLength" in found.why or "断了" in found.why


def test_a_scanner_that_never_reads_is_given_up(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.stall = True
    monkeypatch.setattr(scanning, "_HEARTBEAT_S", 0.05)
    told: list[float] = []
    place = fake.place
    with pytest.raises(ClamdTrouble, match="太久没有应答"), scanning._Line(place, told.append, quiet_s=0.3) as line:  # fmt: skip
        line.stream(io.BytesIO(bytes(20 * MEBIBYTE)), 20 * MEBIBYTE)
    assert len(told) >= 3  # a job's lease is kept meanwhile


def test_a_scanner_that_thinks_for_too_long_is_given_up(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.wait = 1.0
    monkeypatch.setattr(scanning, "_HEARTBEAT_S", 0.05)
    monkeypatch.setattr(scanning, "WHOLE_S", 0.3)
    assert scanned(b"film", fake.place) == Scan(
        "unscanned", why="查毒程序太久没有应答", passing=True
    )


def test_what_progress_raises_passes_through(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_HEARTBEAT_S", 0.0)
    fake.wait = 0.5

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scanned(bytes(MEBIBYTE), fake.place, tell=stop)


def test_nobody_listens() -> None:
    found = scanned(b"film", Place(host="127.0.0.1", port=9))
    assert (found.verdict, found.passing) == ("unscanned", True)
    assert found.why.startswith("连不上查毒程序（127.0.0.1:9：")
    assert "没有" not in scanned(b"film", Place(path="/nowhere/clamd.ctl")).why


def test_a_file_over_the_limit_is_not_even_sent(fake: Fake) -> None:
    found = scanned(b"film", Place(fake.place.path, fake.place.host, fake.place.port, most_bytes=3))
    assert (found.verdict, found.passing) == ("unscanned", False)
    assert found.why == "文件超过了查毒程序的上限（0 MB）"
    assert fake.received == b""


def test_a_file_shorter_than_it_says_is_unscanned(fake: Fake) -> None:
    assert antivirus.scan(io.BytesIO(b"film"), 5, fake.place) == Scan(
        "unscanned", why="文件比登记的短"
    )


def test_a_file_that_cannot_be_read_is_the_callers_trouble(fake: Fake) -> None:
    class Broken(io.BytesIO):
        def read(self, most: int | None = -1) -> bytes:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        antivirus.scan(Broken(), 5, fake.place)


def test_the_date_of_the_signatures_is_understood(fake: Fake) -> None:
    fake.answer = b"ClamAV 1.4.6/27812/Sat Nov 21 08:24:11 2026\0"
    standing = antivirus.look_up(fake.place)
    assert standing.version == "ClamAV 1.4.6"
    assert standing.signatures_of is not None
    assert standing.signatures_of.isoformat() == "2026-11-21T08:24:11+00:00"
    fake.answer = b"220 mail.example ESMTP\0"
    with pytest.raises(ClamdTrouble, match="不是 clamd"):
        antivirus.look_up(fake.place)


@pytest.mark.parametrize(
    "text", ["clamd", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", ":3310", "a:b"]
)
def test_half_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="主机:端口"):
        place_of(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/run/c.ctl", "/run/c.ctl"),
        ("localhost:3310", "localhost:3310"),
        ("[::1]:3310", "::1:3310"),
    ],
)
def test_whole_addresses(text: str, said: str) -> None:
    assert str(place_of(text)) == said
