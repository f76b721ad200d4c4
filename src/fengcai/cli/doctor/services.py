"""What an installation may add to the inspection: a virus scanner, a service that writes speech down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
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


def sign_in(data: Path) -> Findings:
    """Each further way of signing in that is set is tried with what cannot open anything."""
    from django.conf import settings

    from fengcai.engines.identity import Cas, Directory, NotVouched, WeChat, WeCom

    doors = settings.FENGCAI_DOORS
    site = settings.FENGCAI_PUBLIC_URL or "https://fengcai.invalid"
    probes: list[tuple[str, Callable[[], None]]] = []
    if "wechat" in doors:
        probes.append(("微信登录（服务号）", WeChat(**doors["wechat"]).probe))
    if "wechat_site" in doors:
        probes.append(("微信登录（网站应用）", WeChat(**doors["wechat_site"]).probe))
    if "wecom" in doors:
        probes.append(("企业微信登录", WeCom(**doors["wecom"]).probe))
    if "cas" in doors:
        service = f"{site}/accounts/cas/back/"
        probes.append(("CAS 登录", partial(Cas(**doors["cas"]).probe, service)))
    if "ldap" in doors:
        probes.append(("单位账号登录", Directory(**doors["ldap"]).probe))
    if not probes:
        text = "密码和专属链接；没有设置别的方式（见 docs/operate/sign-in.md）"
        yield Finding("登录方式", "good", text)
    for title, probe in probes:
        try:
            probe()
        except NotVouched as refusal:
            yield Finding(title, "bad", f"{refusal.text}（{refusal.why}）", refusal.mend)
        else:
            yield Finding(title, "good", "应答正常，设置相符")
    redirected = {"wechat", "wechat_site", "wecom"} & set(doors)
    if redirected and not settings.SESSION_COOKIE_SECURE:
        yield Finding(
            "登录方式",
            "warning",
            "设了微信或企业微信登录，站点却没有走 HTTPS：登录凭据会明文经过网络，微信也可能拒绝跳回",
            "配上证书并设 FENGCAI_HTTPS=1；步骤见 docs/operate/https.md",
        )
