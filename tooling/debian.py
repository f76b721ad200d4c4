"""Debian packages that the tests need: installed when we may, else named. Nothing of theirs starts."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tooling.steps import Trouble, quietly

PACKAGES = (
    "chromium", "fonts-noto-cjk", "espeak-ng", "ffmpeg", "libseccomp2", "libarchive13",
    "postgresql", "redis-server", "rabbitmq-server", "nginx-light", "clamav-daemon",
    "dovecot-imapd", "exim4-daemon-light", "slapd",
)  # fmt: skip
ELSEWHERE = (
    "chromium",
    "espeak-ng",
    "ffmpeg",
    "initdb",
    "redis-server",
    "rabbitmq-server",
    "nginx",
    "clamd",
    "dovecot",
    "exim4",
    "slapd",
)
POLICY = Path("/usr/sbin/policy-rc.d")
NEVER = "#!/bin/sh\n# Written by ./dev test while it installs packages: none of them starts a service.\nexit 101\n"


def ready() -> None:
    """Have every package. Raises Trouble that names what is missing when we may not install it."""
    if not shutil.which("dpkg-query"):
        absent = [p for p in ELSEWHERE if not shutil.which(p)]
        if absent:
            raise Trouble(f"测试需要 {'、'.join(absent)} 和一套中文字体；用本系统的方式安装后再试")
        return
    said = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *PACKAGES],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    there = {line.split()[0] for line in said.stdout.splitlines() if line.split()[1:] == ["ii"]}
    absent = [package for package in PACKAGES if package not in there]
    if not absent:
        return
    if os.geteuid() != 0:
        raise Trouble(f"测试缺少 Debian 软件包；先运行：sudo apt-get install {' '.join(absent)}")
    print(f"▸ 安装 {'、'.join(absent)} …", flush=True)
    began = time.monotonic()
    mend = f"没有装上 {'、'.join(absent)}；检查 apt 的软件源后重新运行"
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    quietly(["apt-get", "update", "-q"], mend=mend, tries=3, more=quiet)
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *absent]
    with nothing_starts():
        quietly(install, mend=mend, tries=3, more=quiet)
    print(f"✓ 系统软件包 {time.monotonic() - began:.1f} 秒", flush=True)


@contextlib.contextmanager
def nothing_starts() -> Iterator[None]:
    """Have packages start no service while the block runs; afterwards the machine's own rule stands."""
    policy = POLICY
    before = policy.with_name("policy-rc.d.before-fengcai")
    if policy.exists() and not before.exists():
        policy.rename(before)
    policy.write_text(NEVER)
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)
        if before.exists():
            before.rename(policy)
