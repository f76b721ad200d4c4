"""`serve`, `web` and `worker`: the processes of an installation.

`web` and `worker` are one process each, for many machines; `serve` keeps them alive together.
Nothing is lost when any of them is killed: uploads and jobs are resumed from their rows.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from typing import Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.first_run import tell_setup_key
from fengcai.cli.installation import announce, open_installation
from fengcai.cli.supervision import end_with_parent, supervise

APPLICATION = "fengcai.project.asgi:application"

Host = Annotated[str, typer.Option(help="监听地址；0.0.0.0 表示本机所有地址")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="端口")]
Concurrency = Annotated[int, typer.Option(min=1, max=64, help="同时进行的后台任务数")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="只做这一类任务，可写多次：default、media、documents、mail"),
]
But = Annotated[list[str] | None, typer.Option("--except", help="不做这一类任务，可写多次")]
AccessLog = Annotated[bool, typer.Option("--access-log", help="逐条记录访问")]

_REASONS = {
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.EACCES: "没有权限",
    socket.EAI_NONAME: "这个地址查不到",
}

UPKEEP_EVERY = 600.0  # seconds
LETTING_GO = 5.0  # seconds that lines to mailboxes have to end
HALF_OF_THE_CORES = max(1, (os.cpu_count() or 2) // 2)


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    concurrency: Concurrency = HALF_OF_THE_CORES,
    access_log: AccessLog = False,
) -> int:
    """启动网站和后台任务，作为一组进程；Ctrl-C 或 SIGTERM 一并结束。"""
    open_installation()
    require_database()
    _listen(host, port).close()
    _say_where_jobs_run()
    tell_setup_key(f"http://{host}:{port}")
    me = [sys.executable, "-m", "fengcai.cli"]
    listening = ["--host", host, "--port", str(port), *(["--access-log"] if access_log else [])]
    working = [*me, "worker", "--concurrency", str(concurrency)]
    return supervise(
        web=[*me, "web", *listening], workers=[[*working, *part] for part in _parts_of_the_work()]
    )


def web(host: Host = "127.0.0.1", port: Port = 8000, access_log: AccessLog = False) -> int:
    """只启动网站（页面、上传、接口）。"""
    import uvicorn

    from fengcai.cli.draining import Server

    end_with_parent()
    data = open_installation()
    config = uvicorn.Config(
        APPLICATION,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="none",
        log_level="warning" if not access_log else "info",
        access_log=access_log,
        log_config=None,  # our own lines, in which no token stands (project.logs)
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    # Seen first, then let in: a move that looks for us after its mark cannot miss us.
    with announce(data, "web"):
        require_database()
        server = Server(config)
        with _listen(host, port) as listener:
            print(f"网站：http://{host}:{port}/", flush=True)
            server.run(sockets=[listener])
    return 0 if server.started else 1


def worker(concurrency: Concurrency = HALF_OF_THE_CORES, only: Only = None, but: But = None) -> int:
    """只启动后台任务（检测、生成证书等）。多台机器上可各开几个，互不妨碍。

    任务分四类：default（日常）、media（音视频检测）、documents（文书制作）、mail（消息发送）。
    作品多的时候，让一个进程只做 media，另一个做其余各类，短任务就不会等在影片后面。
    """
    end_with_parent()
    # A worker's threads keep their connections; a pool would only hold them back.
    os.environ["FENGCAI_DATABASE_POOL"] = "0"
    data = open_installation()
    from fengcai.engines.jobs import Lane, run_worker

    lanes = _lanes(only or [], but or [])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    upkeep = threading.Thread(target=_upkeep, args=(stop,), daemon=True)
    listening = lanes is None or Lane.MAIL in lanes
    postman = threading.Thread(target=_watch_mailboxes, args=(stop, listening), daemon=True)
    with announce(data, "worker"):
        require_database()
        upkeep.start()
        postman.start()
        run_worker(stop, concurrency=concurrency, lanes=lanes)
        postman.join(LETTING_GO)
    return 0


def _parts_of_the_work() -> list[list[str]]:
    """What each worker process is told to serve.

    An embedded worker keeps a thread free of films; one served by a broker takes whatever comes, and
    films would hold every thread.
    """
    from fengcai.engines import jobs

    return [["--only", "media"], ["--except", "media"]] if jobs.engine() == "celery" else [[]]


def _say_where_jobs_run() -> None:
    """With a broker, this machine's worker is one of several that there may be."""
    from fengcai.engines import jobs

    if jobs.engine() == "celery":
        print(
            "后台任务经消息代理分发：本机开两个进程（影片、其余各类），"
            "别的机器上可再运行 fengcai worker",
            flush=True,
        )


def _lanes(only: list[str], but: list[str]) -> tuple[str, ...] | None:
    """The lanes to serve; None for all of them. Raises Failure for a name that does not exist."""
    from fengcai.engines.jobs import Lane

    known = [str(lane) for lane in Lane]
    if unknown := [name for name in (*only, *but) if name not in known]:
        raise Failure(
            f"没有名为“{unknown[0]}”的任务类别", mend=f"可用的类别：{'、'.join(known)}", code=2
        )
    served = tuple(lane for lane in (only or known) if lane not in but)
    if not served:
        raise Failure("没有剩下要做的任务类别", mend="检查 --only 和 --except", code=2)
    return served if only or but else None


def _upkeep(stop: threading.Event) -> None:
    """Order upkeep at the start and every ten minutes, until told to stop."""
    from django.db import DatabaseError, close_old_connections

    from fengcai.apps.mailbox.jobs import order_expiry
    from fengcai.apps.people.jobs import order_upkeep as order_peoples
    from fengcai.engines.jobs.jobs import order_upkeep as order_jobs
    from fengcai.engines.storage.jobs import order_scrub
    from fengcai.engines.uploads.jobs import order_upkeep as order_uploads

    while True:
        try:
            order_uploads()
            order_peoples()
            order_jobs()
            order_scrub()
            order_expiry()
        except DatabaseError as error:
            print(f"本轮清理没有排上：{error}", file=sys.stderr, flush=True)
        close_old_connections()
        if stop.wait(UPKEEP_EVERY):
            return


def _watch_mailboxes(stop: threading.Event, lines: bool) -> None:
    """Have every contest's mailbox looked into every two minutes, and listened to where `lines`."""
    from fengcai.apps.mailbox.watching import Watch

    def failed(error: Exception) -> None:
        print(f"本轮收信没有排上：{error}", file=sys.stderr, flush=True)

    Watch(lines=lines).keep(stop, failed=failed)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port now, so that a taken one is said in Chinese and not by a traceback."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        raise Failure(
            f"不能监听 {host}:{port}",
            where=_REASONS.get(error.errno or 0, error.strerror or str(error)),
            mend="换一个 --host 或 --port，或停止占用它的程序；小于 1024 的端口需要管理员权限",
        ) from None
    listener.set_inheritable(True)
    return listener
