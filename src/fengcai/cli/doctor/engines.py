"""What an installation works with: where files lie, who does the jobs, how pages hear of them."""

from __future__ import annotations

import tempfile
import wave
from datetime import timedelta
from pathlib import Path

from fengcai.cli.doctor.findings import Finding, Findings

LONG_WAIT = timedelta(minutes=10)


def storage(data: Path) -> Findings:
    """A file can be written, read, listed and deleted where films are kept."""
    from fengcai.engines.storage import store

    place = store()
    if problem := place.check():
        yield Finding("文件存储", "bad", f"{place.url}：{problem}", "上传和看片都用不了，先处理它")
    else:
        yield Finding("文件存储", "good", f"{place.url} 可写、可读、可删")


def jobs(data: Path) -> Findings:
    """The broker answers, workers live, and nothing waits without one or was given up."""
    from fengcai.engines.jobs import LANE_NAMES, given_up, health

    standing = health()
    waiting = sum(standing.waiting.values())
    if standing.broker:
        yield Finding(
            "消息队列", "bad", standing.broker, "修好之前任务照样写进数据库，一件不会少，只是慢些"
        )
    if standing.workers:
        machines = {worker.machine for worker in standing.workers}
        text = f"{len(standing.workers)} 个进程在 {len(machines)} 台机器上运行，{waiting} 件在等"
        yield Finding("后台任务", "good", text)
    else:
        yield Finding(
            "后台任务",
            "bad" if waiting else "warning",
            f"没有进程在运行，{waiting} 件在等",
            "运行 fengcai serve（或 fengcai worker）；任务一件不会少",
        )
    if standing.workers and (idle := standing.unserved):
        lanes = "、".join(LANE_NAMES[lane] for lane in idle)
        yield Finding(
            "后台任务",
            "bad",
            f"没有进程做{lanes}这类任务",
            "再运行一个 fengcai worker，不带 --only，或带上这一类",
        )
    elif standing.workers and standing.waited > LONG_WAIT:
        minutes = int(standing.waited.total_seconds() // 60)
        yield Finding(
            "后台任务", "warning", f"最早的一件已等了 {minutes} 分钟", "增加 worker 进程或机器"
        )
    if standing.given_up:
        latest = given_up(limit=1)[0]
        yield Finding(
            "后台任务",
            "warning",
            f"{standing.given_up} 件没有完成，最近一件：{latest.title}（{latest.subject}）",
            latest.error or "在办理页的“没有办成的任务”里看原因、再试一次",
        )


def live(data: Path) -> Findings:
    """The Redis behind live progress and sign-in limits answers, where one is set."""
    from django.conf import settings

    url = getattr(settings, "FENGCAI_REDIS_URL", "")
    if not url:
        yield Finding("实时进度", "good", "在这台机器内传递")
        return
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as server:
            server.ping()
    except redis.RedisError as error:
        yield Finding(
            "实时进度",
            "bad",
            f"Redis 不应答：{error}",
            "检查 FENGCAI_REDIS_URL 和 Redis；修好之前页面改为自己询问进度",
        )
    else:
        yield Finding("实时进度", "good", "Redis 应答")


def media(data: Path) -> Findings:
    """A small sound made here is inspected for real, and the walls around that process are read."""
    from fengcai.media import Limits, inspect_file

    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.wav"
        with wave.open(str(sample), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(48_000)
            sound.writeframes(bytes(2 * 48_000))
        facts = inspect_file(sample, outputs=None, limits=Limits(), progress=None)
    walls = facts.containment
    if walls.inactive:
        yield Finding(
            "媒体检测",
            "warning",
            f"可用，但隔离不全：{'、'.join(walls.inactive)}",
            "在 Linux 上运行，并安装 libseccomp2；否则恶意文件的危害较难限制",
        )
    else:
        yield Finding("媒体检测", "good", f"可用，隔离 {len(walls.active)} 项全部生效")
