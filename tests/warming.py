"""The loaded process behind `tests.warm`: `python -m tests.warming FD`.

Loads what needs no settings, then forks for each message on the socket. The grandchild goes on as
`python -m …` or `python -c …` would: its variables, folder, search path and standard files are those
that it was told, and its `__main__` is a module of its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import socket
import sys
import time
import types

LOADED = """
numpy openpyxl ldap3 requests httpx uvicorn.lifespan.off uvloop httptools typer typer.main rich.pretty
uvicorn.protocols.http.httptools_impl uvicorn.loops.uvloop structlog pydantic pydantic_settings
psycopg psycopg_pool rapidfuzz imapclient
django.contrib.staticfiles.storage django.core.management.commands.migrate django.core.serializers.json
django.core.handlers.asgi django.db.backends.postgresql.base django.db.backends.sqlite3.base
django.db.models django.forms django.template.engine django.template.loader_tags django.test.client
django.template.defaulttags django.views.generic django.contrib.messages.storage.fallback
django.db.migrations.executor django.core.cache.backends.locmem
fengcai.core.rulebook fengcai.core.consent fengcai.core.inspection fengcai.core.scoring
fengcai.core.allocation fengcai.core.selection fengcai.core.notice fengcai.core.references
fengcai.engines.documents.tables fengcai.engines.identity fengcai.engines.mailbox
fengcai.engines.delivery.sms fengcai.engines.delivery.mail fengcai.engines.storage.s3 fengcai.cli.server
fengcai.project.configuration fengcai.project.logs fengcai.project.databases
""".split()  # noqa: SIM905
"""What every installation loads, whatever its settings."""


def load() -> None:
    """Load it all; what is not there, or does want settings after all, is loaded by the children."""
    for name in LOADED:
        try:
            importlib.import_module(name)
        except Exception:
            print(f"tests.warming: {name} is not loaded before the fork", file=sys.stderr)
    gc.collect()
    gc.freeze()


def told(way: socket.socket) -> tuple[dict[str, object], list[int]] | None:
    """The next message and its three files; None at the end."""
    head, fds, _flags, _address = socket.recv_fds(way, 8, 3)
    if not head:
        return None
    size, parts = int.from_bytes(head, "big"), bytearray()
    while len(parts) < size:
        parts += way.recv(size - len(parts))
    return json.loads(parts.decode("utf-8", "surrogateescape")), list(fds)


def serve(way: socket.socket) -> dict[str, object] | None:
    """Fork for each message. Returns in a grandchild, with its message; at the end with None."""
    base = [path for path in sys.path if path not in ("", os.getcwd())]
    base = [path for path in base if path not in os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    while (message := told(way)) is not None:
        asked, fds = message
        reading, writing = os.pipe()
        between = os.fork()
        if not between:
            parent = os.getpid()
            if os.fork():
                os._exit(0)
            if asked["session"]:
                os.setsid()
            os.write(writing, os.getpid().to_bytes(8, "big"))
            for fd in (reading, writing):
                os.close(fd)
            way.close()
            while os.getppid() == parent:  # not yet given to whoever asked
                time.sleep(0.0005)
            become(asked, fds, base)
            return asked
        for fd in (writing, *fds):
            os.close(fd)
        pid = os.read(reading, 8)
        os.close(reading)
        os.waitpid(between, 0)
        way.sendall(pid)  # by now the child has been given to whoever asked
    return None


def become(asked: dict[str, object], fds: list[int], base: list[str]) -> None:
    """Files, folder, variables and search path of the program that was asked for."""
    for standard, fd in enumerate(fds):
        os.dup2(fd, standard)
    for fd in fds:
        os.close(fd)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    more = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    first = os.getcwd() if asked["words"][0] == "-m" else ""  # type: ignore[index]
    sys.path[:] = [first, *more, *base]
    importlib.invalidate_caches()


def go_on(words: list[str]) -> None:
    """As the interpreter would with these words."""
    if words[0] == "-m":
        sys.argv = [words[1], *words[2:]]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        return
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = ["-c", *words[2:]]
    exec(compile(words[1], "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    load()
    with socket.socket(fileno=int(sys.argv[1])) as way:
        asked = serve(way)
    if asked is not None:
        go_on(list(asked["words"]))  # type: ignore[call-overload]
