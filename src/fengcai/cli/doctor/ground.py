"""What an installation stands on: settings, data directory, database, and the files it came with."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Literal

from fengcai.cli.database import clock_gap, described, pending_migrations, unknown_migrations
from fengcai.cli.doctor.findings import Finding, Findings

GIB = 2**30
LOW_SPACE = 10 * GIB
NO_SPACE = 1 * GIB
CLOCKS_AGREE = timedelta(seconds=30)
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


def configuration(data: Path) -> Findings:
    """Where settings come from, and what they mean for the browsers of the people."""
    from django.conf import settings

    file = os.environ.get("FENGCAI_CONFIG")
    yield Finding("配置", "good", f"来自{f' {file} 和' if file else ''}环境变量 FENGCAI_*")
    elsewhere = [host for host in settings.ALLOWED_HOSTS if host not in LOOPBACK]
    if settings.FENGCAI_DEMO_LOGINS and elsewhere:
        yield Finding(
            "配置",
            "bad",
            f"演示模式开着，却允许从 {'、'.join(elsewhere)} 访问",
            "正式使用请去掉 FENGCAI_DEMO；演示账号的密码是公开的",
        )
    if settings.DEBUG and elsewhere:
        yield Finding("配置", "bad", "调试模式开着", "去掉 FENGCAI_DEBUG：出错页会显示内部信息")
    if elsewhere and not settings.SESSION_COOKIE_SECURE:
        yield Finding(
            "HTTPS",
            "warning",
            "站点经普通 HTTP 提供：登录口令在网内明文传输，通行密钥和离线功能不可用",
            "在前面放一个带证书的 nginx 并设 FENGCAI_HTTPS=1；步骤见 docs/operate/https.md",
        )
    if elsewhere and settings.SESSION_COOKIE_SECURE and not settings.FENGCAI_TRUSTED_PROXIES:
        yield Finding(
            "HTTPS",
            "warning",
            "设了 FENGCAI_HTTPS，却没有说前面有几层反向代理：登录限次会把所有人算成同一个地址",
            "设 FENGCAI_TRUSTED_PROXIES=1（nginx 一层）；见 docs/operate/sign-in.md",
        )
    if elsewhere and not settings.FENGCAI_PUBLIC_URL:
        yield Finding(
            "配置",
            "warning",
            "没有设站点地址，证书二维码不知道指向哪里",
            "设 FENGCAI_PUBLIC_URL，例如 https://fengcai.医院域名",
        )


def data_directory(data: Path) -> Findings:
    """Writable, with room to spare, and the key readable by its owner only."""
    with tempfile.TemporaryFile(dir=data) as probe:
        probe.write(b"fengcai")
        probe.flush()
        os.fsync(probe.fileno())
    free = shutil.disk_usage(data).free
    text = f"{data} 可写，剩余 {free / GIB:.1f} GiB"
    if free < LOW_SPACE:
        state: Literal["warning", "bad"] = "bad" if free < NO_SPACE else "warning"
        yield Finding("数据目录", state, text, "清理或扩大磁盘：空间用尽时，新的上传会被拒绝")
    else:
        yield Finding("数据目录", "good", text)
    key = data / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding("密钥", "bad", f"{key} 别的用户也能读", f"运行 chmod 600 {key}")


def database(data: Path) -> Findings:
    """Reachable, whole, as new as the program, and of one mind about the time."""
    from django.db import connection

    from fengcai.engines.transfer import standing

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check(1)")
            answer = cursor.fetchone()[0]
            if answer != "ok":
                yield Finding("数据库", "bad", f"文件已损坏：{answer}", "停止服务，从备份恢复")
                return
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
        else:
            cursor.execute("SHOW server_version")
            mode = f"{described()}，版本 {cursor.fetchone()[0].split()[0]}"
    if strange := unknown_migrations():
        text = f"比这个程序新：不认识 {strange[-1]} 等 {len(strange)} 步升级"
        yield Finding("数据库", "bad", text, "装回较新的风采版本；数据没有改动")
    elif pending := pending_migrations():
        yield Finding("数据库", "bad", f"还差 {len(pending)} 步升级", "先备份，再运行 fengcai init")
    else:
        yield Finding("数据库", "good", f"完好，已是最新（{mode}）")
    marks = standing()
    if marks.arriving_from:
        text = f"正在从 {marks.arriving_from} 搬入，还没有搬完"
        yield Finding("搬迁", "bad", text, "在原来那一套上再运行同一条 fengcai move，把它搬完")
    if marks.leaving_to:
        text = f"正在搬往 {marks.leaving_to}，还没有搬完"
        mend = "再运行同一条 fengcai move 接着搬；不搬了则运行 fengcai move --cancel"
        yield Finding("搬迁", "bad", text, mend)
    if marks.left_to:
        text = f"已搬到 {marks.left_to}，这里不再提供服务"
        yield Finding("搬迁", "warning", text, "到新的一套去运行；要退回则 fengcai move --cancel")
    gap = clock_gap()
    if abs(gap) > CLOCKS_AGREE:
        minutes = abs(gap).total_seconds() / 60
        yield Finding(
            "时钟",
            "bad",
            f"这台机器比数据库服务器{'快' if gap > CLOCKS_AGREE else '慢'} {minutes:.0f} 分钟",
            "在每台机器上启用时间同步（chrony 或 systemd-timesyncd）：截止时间按本机时钟判断",
        )


def front_end(data: Path) -> Findings:
    """Every file that the build's manifest names is there."""
    import fengcai

    dist = Path(fengcai.__file__).parent / "web/static/dist"
    manifest = dist / "manifest.json"
    if not manifest.is_file():
        yield Finding("前端", "bad", "没有构建", "源码运行用 ./dev run；安装包请重新安装")
        return
    chunks = json.loads(manifest.read_text(encoding="utf-8")).values()
    named = {chunk["file"] for chunk in chunks} | {c for k in chunks for c in k.get("css", ())}
    if absent := sorted(name for name in named if not (dist / name).is_file()):
        yield Finding("前端", "bad", f"缺少 {absent[0]} 等 {len(absent)} 个文件", "重新安装风采")
    else:
        yield Finding("前端", "good", f"{len(named)} 个文件齐全")


def fonts(data: Path) -> Findings:
    """The certificates' fonts, with a rare character that a name may hold."""
    from fengcai.engines.documents import fonts as embedded

    if not embedded.installed():
        yield Finding("证书字体", "bad", "没有装全", "源码运行用 ./dev run；安装包请重新安装")
    elif absent := embedded.missing("䶮喆堃犇"):
        yield Finding("证书字体", "bad", f"缺字：{'、'.join(absent)}", "重新安装风采")
    else:
        yield Finding("证书字体", "good", "齐全，含人名生僻字")
