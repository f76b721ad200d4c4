"""What an installation may add to the inspection: a virus scanner, a service that writes speech down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from fengcai.cli.doctor.findings import Finding, Findings

STALE = timedelta(days=7)
_MOST_PROBED = 64 * 1024**2


def virus_scan(data: Path) -> Findings:
    """The scanner answers, its signatures are fresh, and it takes files as large as it is set to."""
    from fengcai.apps.assets.quarantine import left_unscanned, scanner
    from fengcai.engines import antivirus

    place = scanner()
    if place is None:
        yield Finding("查毒", "good", "没有设置，收到的文件不查毒（见 docs/operate/virus-scan.md）")
        return
    try:
        standing = antivirus.look_up(place)
    except antivirus.ClamdTrouble as trouble:
        yield Finding(
            "查毒",
            "bad",
            str(trouble),
            "检查 clamd 是否在运行、FENGCAI_CLAMD 是否写对；修好之前文件照常检测，记为“没有查毒”，之后自动补查",
        )
        return
    text = f"{place} 应答，{standing.version}"
    if standing.signatures_of is None:
        yield Finding(
            "查毒", "warning", f"{text}，没有官方病毒库", "运行 freshclam，或导入离线病毒库"
        )
    elif datetime.now(UTC) - standing.signatures_of > STALE:
        day = f"{standing.signatures_of:%Y-%m-%d}"
        yield Finding(
            "查毒", "warning", f"{text}，病毒库是 {day} 的", "检查 freshclam 是否每天更新病毒库"
        )
    else:
        yield Finding("查毒", "good", f"{text}，病毒库是 {standing.signatures_of:%Y-%m-%d} 的")
    said = antivirus.probe(place, min(place.most_bytes, _MOST_PROBED))
    if said.verdict == "unscanned":
        yield Finding(
            "查毒",
            "warning",
            f"FENGCAI_CLAMD_MAX_MB 设为 {place.most_bytes // antivirus.MEBIBYTE}，但{said.why}",
            "在 clamd.conf 里调大 StreamMaxLength、MaxFileSize、MaxScanSize，或调小这个设置",
        )
    if count := left_unscanned():
        yield Finding(
            "查毒",
            "warning",
            f"{count} 个文件没有查毒（多半超过了上限）",
            "在 clamd.conf 里调大上限，并把 FENGCAI_CLAMD_MAX_MB 设成一样",
        )


def speech(data: Path) -> Findings:
    """Whether the sound of works goes to a service, and where that stands. Nothing is sent to try it."""
    from django.conf import settings

    url = settings.FENGCAI_SPEECH_URL
    if not url:
        text = "没有设置，影片的声音不外传，讲话不转成文字（见 docs/operate/speech.md）"
        yield Finding("讲话转文字", "good", text)
        return
    host = urlsplit(url).hostname
    here = host in {"127.0.0.1", "::1", "localhost"}
    where = "就在本机" if here else "影片的声音会发到那里"
    yield Finding("讲话转文字", "good", f"用 {host} 上的 {settings.FENGCAI_SPEECH_MODEL}，{where}")
    if not here and url.startswith("http://"):
        yield Finding(
            "讲话转文字",
            "warning",
            f"到 {host} 的连接没有加密，影片的声音在网内明文传输",
            "给这个接口配上 HTTPS，或把它装在本机",
        )
