"""`./dev run` and `./dev demo`: a real server on the loopback, on a data folder of its own."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tooling.preparation import prepare
from tooling.steps import ROOT, VENV, Trouble, call, environment, stop


def free_port() -> int:
    """A port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def first_page(url: str, server: subprocess.Popen[bytes], seconds: int = 60) -> None:
    """Wait until the server answers its first page."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise Trouble(f"服务没有启动（退出码 {server.returncode}）：看上面的说明")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=5).read(1)  # noqa: S310  (our own loopback)
            return
        time.sleep(0.1)
    raise Trouble(f"{seconds} 秒内 {url} 没有应答；用 ./dev exec fengcai doctor 查看原因")


def fengcai(*words: str) -> list[str]:
    """The product's own command inside the environment."""
    return [str(VENV / "bin/fengcai"), *words]


def prepare_data(data: Path, *, fresh: bool, more: dict[str, str]) -> None:
    """The database in one data folder."""
    if fresh and data.exists():
        known = (data / "fengcai.sqlite3").exists() or not any(data.iterdir())
        if not known:
            raise Trouble(f"{data} 里没有风采的数据库，--fresh 不会清空它；换一个 --data 目录")
        shutil.rmtree(data)
    step("建立数据库", fengcai("init", "--no-admin"), data, more)


def step(title: str, command: list[str], data: Path, more: dict[str, str]) -> None:
    """One command of the product, with its seconds. Ctrl-C in it is Ctrl-C for all."""
    began = time.monotonic()
    print(f"▸ {title} …", flush=True)
    if code := call(command, more):
        if code in (130, 143):
            raise KeyboardInterrupt
        raise Trouble(f"{title}没有完成（退出码 {code}）；数据目录：{data}")
    print(f"✓ {title} {time.monotonic() - began:.1f} 秒", flush=True)


def run(options: argparse.Namespace) -> int:
    """Everything up to pages in the browser; Ctrl-C ends all of it."""
    began = time.monotonic()
    if taken(options.port):
        raise Trouble(f"端口 {options.port} 已被占用；换一个：./dev run --port {free_port()}")
    prepare(pages=True)
    data = options.data.resolve()
    more = {"FENGCAI_DATA": str(data), "FENGCAI_DEMO": "1"}
    if not os.environ.get("FENGCAI_SMS"):
        more["FENGCAI_SMS"] = "console"  # codes are printed here, so that signing in by phone shows
    prepare_data(data, fresh=options.fresh, more=more)
    server = subprocess.Popen(
        fengcai("serve", "--port", str(options.port)), cwd=ROOT, env=environment(more)
    )
    url = f"http://127.0.0.1:{options.port}/"
    try:
        first_page(url, server)
        print(f"✓ 从头到第一个页面共 {time.monotonic() - began:.1f} 秒：{url}", flush=True)
        if not options.no_samples:
            print("演示活动边做边出现，刷新页面就能看到", flush=True)
            try:
                step("载入演示活动", fengcai("samples", "load"), data, more)
            except Trouble as trouble:  # the site is of use without them
                print(
                    f"✗ {trouble}。网站照常开着；要重新载入，结束后运行 ./dev run --fresh",
                    flush=True,
                )
        print(f"打开 {url} （共 {time.monotonic() - began:.1f} 秒；Ctrl-C 结束；"
              f"数据在 {data}）", flush=True)  # fmt: skip
        return server.wait()
    except KeyboardInterrupt:
        server.wait(30)
        return 0
    finally:
        stop(server)


def demo(options: argparse.Namespace) -> int:
    """The whole journey on a data folder of its own; it starts and ends its own server."""
    prepare(pages=True)
    out = options.out.resolve()
    with tempfile.TemporaryDirectory(prefix="fengcai-demo-") as folder:
        more = {"FENGCAI_DATA": folder, "FENGCAI_DEMO": "1"}
        prepare_data(Path(folder), fresh=False, more=more)
        return call(fengcai("samples", "journey", "--out", str(out)), more)
