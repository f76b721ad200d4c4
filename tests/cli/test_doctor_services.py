"""What the doctor says of the virus scanner and of the service that writes speech down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from fengcai.cli.doctor.services import speech, virus_scan
from tests.engines.antivirus.fake import Fake, fake_clamd

pytestmark = pytest.mark.django_db

DATED = b"ClamAV 1.4.6/27812/Sat Nov 21 08:24:11 2026\0"


class Speaking(Fake):
    """One that answers each command in its own way."""

    version = DATED

    def _answered(self, command: bytes) -> bytes:
        return self.version if command == b"zVERSION\0" else self.answer


@pytest.fixture
def scanner(settings: object) -> Iterator[Speaking]:
    with fake_clamd(Speaking) as made:
        settings.FENGCAI_CLAMD = made.address  # type: ignore[attr-defined]
        yield made  # type: ignore[misc]


def said(check: object) -> list[tuple[str, str]]:
    return [(each.state, each.text) for each in check(Path())]  # type: ignore[operator]


def test_without_a_scanner_that_is_said() -> None:
    assert said(virus_scan) == [
        ("good", "没有设置，收到的文件不查毒（见 docs/operate/virus-scan.md）")
    ]


def test_a_scanner_that_is_away_is_bad(settings: object) -> None:
    settings.FENGCAI_CLAMD = "127.0.0.1:9"  # type: ignore[attr-defined]
    ((state, text),) = said(virus_scan)
    assert state == "bad"
    assert text.startswith("连不上查毒程序（127.0.0.1:9")


def test_how_old_the_signatures_are(scanner: Speaking) -> None:
    answers = f"{scanner.address} 应答，ClamAV 1.4.6"
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
        assert said(virus_scan) == [("good", f"{answers}，病毒库是 2026-11-21 的")]
    with time_machine.travel(datetime(2026, 12, 22, tzinfo=UTC)):
        assert said(virus_scan) == [("warning", f"{answers}，病毒库是 2026-11-21 的")]
    scanner.version = b"ClamAV 1.4.6\0"
    assert said(virus_scan) == [("warning", f"{answers}，没有官方病毒库")]


def test_a_limit_that_clamd_does_not_keep_is_said(scanner: Speaking) -> None:
    scanner.answer = b"INSTREAM size limit exceeded. ERROR\0"
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
        assert said(virus_scan)[1:] == [
            (
                "warning",
                "FENGCAI_CLAMD_MAX_MB 设为 25，但文件超过了查毒程序的上限（StreamMaxLength）",
            )
        ]
    assert len(scanner.received) == 25 * 1024**2


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", [("good", "没有设置，影片的声音不外传，讲话不转成文字（见 docs/operate/speech.md）")]),
        ("http://127.0.0.1:9/v1", [("good", "用 127.0.0.1 上的 whisper-1，就在本机")]),
        (
            "http://speech.example/v1",
            [
                ("good", "用 speech.example 上的 whisper-1，影片的声音会发到那里"),
                ("warning", "到 speech.example 的连接没有加密，影片的声音在网内明文传输"),
            ],
        ),
    ],
)
def test_where_sound_goes(settings: object, url: str, told: list[tuple[str, str]]) -> None:
    settings.FENGCAI_SPEECH_URL = url  # type: ignore[attr-defined]
    settings.FENGCAI_SPEECH_MODEL = "whisper-1"  # type: ignore[attr-defined]
    assert said(speech) == told
