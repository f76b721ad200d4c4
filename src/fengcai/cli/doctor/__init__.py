"""`doctor`: what is configured, reachable and writable in this installation, with clear advice.

Looks and advises; it changes nothing. Each check is one function that yields findings: of the ground
that the installation stands on, of its engines and services, of what it keeps.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fengcai.cli.doctor import contents, engines, ground, mailboxes, messages, services
from fengcai.cli.doctor.findings import Finding, Findings
from fengcai.cli.errors import explain
from fengcai.cli.installation import open_installation

CHECKS: tuple[tuple[str, Callable[[Path], Findings]], ...] = (
    ("配置", ground.configuration),
    ("数据目录", ground.data_directory),
    ("数据库", ground.database),
    ("前端", ground.front_end),
    ("证书字体", ground.fonts),
    ("文件存储", engines.storage),
    ("后台任务", engines.jobs),
    ("实时进度", engines.live),
    ("媒体检测", engines.media),
    ("查毒", services.virus_scan),
    ("讲话转文字", services.speech),
    ("登录方式", services.sign_in),
    ("报送邮箱", mailboxes.mailboxes),
    ("邮件", messages.mail),
    ("短信", messages.sms),
    ("发件箱", messages.outbox),
    ("审计链", contents.audit_chains),
    ("文件完好", contents.files),
)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> int:
    """检查这套安装：配置、数据库、文件存储、后台任务、媒体检测、审计链，并告诉您该做什么。"""
    findings = examine()
    if as_json:
        rows = [asdict(finding) for finding in findings]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(report(findings))
    return 1 if any(finding.state == "bad" for finding in findings) else 0


def report(findings: list[Finding]) -> str:
    """The findings for a terminal, and a closing line that counts them."""
    sign = {"good": "✓", "warning": "!", "bad": "✗"}
    lines = []
    for finding in findings:
        lines.append(f"{sign[finding.state]} {finding.subject}：{finding.text}")
        if finding.advice:
            lines.append(f"    → {finding.advice}")
    bad, warned = (sum(f.state == state for f in findings) for state in ("bad", "warning"))
    closing = f"{bad} 处必须处理，{warned} 处请留意" if bad or warned else "一切正常"
    return "\n".join([*lines, closing]) + "\n"


def examine() -> list[Finding]:
    """Every check in order. One that fails by itself becomes a finding, and the next ones go on."""
    try:
        data = open_installation()
    except Exception as error:
        return [Finding("配置", "bad", explain(error, command="doctor")[0], "改好后再检查")]
    findings = []
    for subject, check in CHECKS:
        try:
            findings += list(check(data))
        except Exception as error:
            said = explain(error, command="doctor")[0]
            findings.append(Finding(subject, "bad", said, "处理后重新运行 fengcai doctor"))
    return findings
