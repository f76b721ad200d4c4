"""The faults: what each breaks, for how long, and how it is mended."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.faults.installation import Installation


@dataclass(frozen=True)
class Fault:
    """A way to break the installation. `hold` is how long it stays broken, in seconds."""

    id: str
    title: str
    break_: Callable[[Installation, random.Random], None]
    hold: tuple[float, float] = (0.2, 1.0)


@dataclass
class Blow:
    """One fault at one moment."""

    fault: Fault
    at: float


def _web(all: Installation, chance: random.Random) -> None:
    chance.choice(all.of("web")).kill()


def _worker(all: Installation, chance: random.Random) -> None:
    chance.choice(all.of("worker")).kill()


def _machine(all: Installation, chance: random.Random) -> None:
    for process in all.processes:
        process.kill()


def _postgresql(all: Installation, chance: random.Random) -> None:
    all.servers["postgresql"].kill()


def _redis(all: Installation, chance: random.Random) -> None:
    all.servers["redis"].kill()


def _refuse_s3(all: Installation, chance: random.Random) -> None:
    if chance.random() < 0.5:
        all.proxies["s3"].refuse()
    else:
        all.proxies["s3"].answer(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n")


def _cut_s3(all: Installation, chance: random.Random) -> None:
    all.proxies["s3"].cut()


def _refuse_broker(all: Installation, chance: random.Random) -> None:
    all.proxies["redis"].refuse()


def _drop_broker(all: Installation, chance: random.Random) -> None:
    all.proxies["redis"].drop()


def _fill_disk(all: Installation, chance: random.Random) -> None:
    """Take all the room that is left, as a careless copy on the same disk would."""
    room = os.statvfs(all.data)
    left = room.f_bavail * room.f_frsize
    with all.filler.open("wb") as file:
        while left >= 4096:
            try:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), left)
            except OSError:
                left //= 2


PROCESSES = (
    Fault("web", "kill -9 网站进程", _web),
    Fault("worker", "kill -9 后台任务进程", _worker),
    Fault("machine", "kill -9 全部网站与后台任务进程", _machine),
)
DISK = Fault("disk", "磁盘写满", _fill_disk, hold=(0.5, 2.0))
SERVERS = (
    Fault("postgresql", "kill -9 PostgreSQL（连同全部子进程）", _postgresql, hold=(0.5, 2.0)),
    Fault("redis", "kill -9 Redis（消息代理）", _redis, hold=(0.5, 2.0)),
    Fault("s3-refuses", "S3 拒绝服务", _refuse_s3, hold=(0.5, 2.5)),
    Fault("s3-cut", "S3 连接中途断开", _cut_s3, hold=(0.0, 0.1)),
    Fault("broker-refuses", "消息代理连不上", _refuse_broker, hold=(0.5, 2.5)),
    Fault("broker-drops", "消息代理收下而不应答", _drop_broker, hold=(0.5, 2.5)),
)


def faults(*, many: bool, disk: bool) -> list[Fault]:
    """The faults of one scenario."""
    return [*PROCESSES, *([DISK] if disk else []), *(SERVERS if many else ())]


def strike(all: Installation, fault: Fault, chance: random.Random) -> Blow:
    """Break, hold, mend, and let the service manager start what is down."""
    blow = Blow(fault, time.time())
    with contextlib.suppress(FileNotFoundError):
        fault.break_(all, chance)
    time.sleep(chance.uniform(*fault.hold))
    all.mend()
    all.keep_running()
    return blow
