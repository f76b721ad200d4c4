"""Warm processes are like cold ones: words, variables, folder, files, signals, exit code, parent."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm

TELL = """
import json, os, sys
json.dump({
    "argv": sys.argv, "name": __name__, "cwd": os.getcwd(), "parent": os.getppid(),
    "session": os.getsid(0) == os.getpid(), "told": os.environ.get("TOLD"), "heard": sys.stdin.read(),
    "settings": "DJANGO_SETTINGS_MODULE" in os.environ, "warm": "openpyxl" in sys.modules,
    "first": sys.path[0], "files": sorted(os.listdir("/proc/self/fd"))[:-1],
}, sys.stdout)
sys.stderr.write("said aside")
sys.exit(7)
"""

pytestmark = pytest.mark.skipif(not warm.WANTED, reason="there is nothing to fork from")


def both(words: list[str], **given: object) -> tuple[object, object]:
    """What comes of the words cold and warm."""
    return subprocess.run(words, **given), warm.run(words, **given)  # type: ignore[call-overload]


def test_python_starts_a_child_as_it_is_known_here() -> None:
    """What `warm.Popen` takes over is private: without it every process starts cold, in silence."""
    assert tuple(warm._STARTING.parameters) == warm.KNOWN
    assert list(inspect.signature(subprocess.Popen._close_pipe_fds).parameters) == [  # type: ignore[attr-defined]
        *("self", "p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
    ]
    assert hasattr(subprocess.Popen, "_child_created")


@pytest.mark.parametrize("how", ["-c", "-m"])
def test_a_warm_process_sees_what_a_cold_one_sees(how: str, tmp_path: Path) -> None:
    (tmp_path / "telling.py").write_text(TELL)
    words = [sys.executable, how, TELL if how == "-c" else "telling", "a", "--b"]
    variables = {name: v for name, v in os.environ.items() if not name.startswith("DJANGO_")}
    cold, forked = both(
        words, cwd=tmp_path, env=variables | {"TOLD": "一"}, input="said\n",
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert (forked.returncode, forked.stderr) == (7, "said aside")  # type: ignore[attr-defined]
    seen, meant = json.loads(forked.stdout), json.loads(cold.stdout)  # type: ignore[attr-defined]
    assert (meant.pop("warm"), seen.pop("warm")) == (False, True)
    assert seen == meant
    assert (seen["parent"], seen["told"], seen["session"]) == (os.getpid(), "一", False)


def test_it_is_killed_stopped_and_waited_for_like_any_child() -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    with warm.Popen(sleeping, start_new_session=True) as process:
        assert os.getsid(process.pid) == process.pid
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    with warm.Popen(sleeping) as process:
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM


def test_what_cannot_be_forked_starts_cold() -> None:
    words = [sys.executable, "-c", "import sys; print('openpyxl' in sys.modules)"]
    for given in ({"env": {**os.environ, "LC_ALL": "C"}}, {"umask": 0o077}):
        ended = warm.run(words, capture_output=True, text=True, **given)
        assert ended.stdout == "False\n"
    assert warm.run(["true"]).returncode == 0
    with pytest.raises(subprocess.CalledProcessError):
        warm.run([sys.executable, "-c", "raise SystemExit(3)"], check=True)
