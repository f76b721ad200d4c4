"""Python processes forked from one that is loaded, for tests that start dozens of them.

A cold start of `fengcai` reads two thousand modules, more than most tests then do. `Popen` and `run` are
`subprocess`'s own in every respect that a test sees (the child is a child of ours, with its own pid,
pipes, signals and exit code), and start cold whatever they cannot start warm: another program, another
locale, another user. The warm process has no settings and no Django app: everything
that an installation's variables decide happens after the fork (`tests.warming`).
"""

from __future__ import annotations

import array
import atexit
import ctypes
import inspect
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WANTED = sys.platform == "linux" and not os.environ.get("FENGCAI_TEST_COLD")
_STARTING = inspect.signature(subprocess.Popen._execute_child)  # type: ignore[attr-defined]
KNOWN = (
    *("self", "args", "executable", "preexec_fn", "close_fds", "pass_fds", "cwd", "env"),
    *("startupinfo", "creationflags", "shell", "p2cread", "p2cwrite", "c2pread", "c2pwrite"),
    *("errread", "errwrite", "restore_signals", "gid", "gids", "uid", "umask"),
    *("start_new_session", "process_group"),
)
WARMABLE = WANTED and tuple(_STARTING.parameters) == KNOWN
"""A Python whose `Popen` starts its child otherwise gets cold processes, and a test that says so."""
DECIDED_EARLY = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "MALLOC", "OMP_", "OPENBLAS")
"""Variables that Python and its libraries read when they are loaded; the search path is set again."""
_PR_SET_CHILD_SUBREAPER = 36

_asking = threading.Lock()
_nursery: list[tuple[int, socket.socket]] = []  # the process that made it, and the way to it


class Popen(subprocess.Popen[Any]):
    """`subprocess.Popen`, warm where that can be.

    Python offers no public place between the pipes, which are Popen's, and the process: this stands
    on the private one, and only where it is as it is known (`WARMABLE`).
    """

    def _execute_child(self, *rest: Any) -> None:
        if not (WARMABLE and _plain(_STARTING.bind(self, *rest).arguments)):
            super()._execute_child(*rest)  # type: ignore[misc]
            return
        asked = _STARTING.bind(self, *rest).arguments
        words = [os.fspath(word) for word in asked["args"]]
        standard = [mine if asked[name] == -1 else asked[name]
                    for name, mine in (("p2cread", 0), ("c2pwrite", 1), ("errwrite", 2))]  # fmt: skip
        pipes = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        cwd, session = os.fspath(asked["cwd"] or os.getcwd()), asked["start_new_session"]
        try:
            self.pid = _fork(words[1:], cwd, asked["env"], standard, session)
            self._child_created = True
        finally:
            self._close_pipe_fds(*(asked[name] for name in pipes))  # type: ignore[attr-defined]


def run(args: Any, **given: Any) -> subprocess.CompletedProcess[Any]:
    """`subprocess.run`, warm where that can be."""
    said, patience = given.pop("input", None), given.pop("timeout", None)
    check = given.pop("check", False)
    if given.pop("capture_output", False):
        given |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if said is not None:
        given["stdin"] = subprocess.PIPE
    with Popen(args, **given) as process:
        try:
            out, err = process.communicate(said, timeout=patience)
        except BaseException:
            process.kill()
            raise
    ended = subprocess.CompletedProcess(process.args, process.returncode, out, err)
    if check:
        ended.check_returncode()
    return ended


def _plain(asked: Mapping[str, Any]) -> bool:
    """Whether a process is asked for that a fork of the warm one is like."""
    unusual = any(asked[name] for name in ("preexec_fn", "pass_fds", "shell", "executable"))
    others = ("gid", "gids", "uid", "umask", "process_group")
    unusual = unusual or any(asked[name] not in (None, -1) for name in others)
    return not unusual and _warm_words(asked["args"]) and _same_early(asked["env"])


def _warm_words(args: Any) -> bool:
    return (
        isinstance(args, list)
        and len(args) > 2
        and args[0] == sys.executable
        and args[1] in ("-m", "-c")
    )


def _same_early(env: Any) -> bool:
    """Whether the child's variables agree with ours where Python reads them at its start."""

    def early(variables: Any) -> dict[str, str]:
        return {
            name: value
            for name, value in variables.items()
            if name.startswith(DECIDED_EARLY) and name != "PYTHONPATH"
        }

    return env is None or early(env) == early(os.environ)


def _fork(words: list[str], cwd: str, env: Any, standard: list[int], session: bool) -> int:
    """A child of ours that runs these words; its pid."""
    told = {"words": words, "cwd": cwd, "env": dict(os.environ if env is None else env)}
    told["session"] = session
    message = json.dumps(told).encode("utf-8", "surrogateescape")
    fds = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", standard))]
    with _asking:
        way = _way()
        # The warm process's child ends at once, and its grandchild is given to us.
        _adopting(True)
        try:
            way.sendmsg([len(message).to_bytes(8, "big")], fds)
            way.sendall(message)
            said = way.recv(8, socket.MSG_WAITALL)
        finally:
            _adopting(False)
        assert len(said) == 8, "the warm process is gone"
        return int.from_bytes(said, "big")


def _way() -> socket.socket:
    """The socket to the warm process, which is started when it is first asked for."""
    if _nursery and _nursery[0][0] == os.getpid():
        return _nursery[0][1]
    _nursery.clear()
    mine, theirs = socket.socketpair()
    decided = ("FENGCAI_", "DJANGO_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(decided)}
    with theirs:
        warm = subprocess.Popen(
            [sys.executable, "-m", "tests.warming", str(theirs.fileno())],
            cwd=ROOT, env=env, pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    _nursery.append((os.getpid(), mine))
    atexit.register(_end, os.getpid(), mine, warm)
    return mine


def _end(owner: int, way: socket.socket, warm: subprocess.Popen[bytes]) -> None:
    if owner == os.getpid():
        way.close()  # which ends it
        warm.wait(10)


def _adopting(on: bool) -> None:
    """Whether orphans below us become our children."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
