"""The walls hold, and whatever happens behind them becomes a verdict."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import pytest

from fengcai.media import Limits, inspect_file, nursery, processes
from fengcai.media.facts import Measure
from tests.media import clips

pytestmark = pytest.mark.media

BEHIND = """
import json, os, signal, socket, sys, threading
import fengcai.media.containment as containment
walls = containment.contain(memory_bytes=1 << 30, cpu_s=50, open_files=16)
def attempt(what):
    try:
        what()
    except BaseException as problem:
        return type(problem).__name__
    return "done"
def far():
    bytearray(4 << 30)
def thread():
    one = threading.Thread(target=lambda: None)
    one.start()
    one.join()
print(json.dumps({
    "walls": walls,
    "open": attempt(lambda: open("/etc/passwd")),
    "write": attempt(lambda: open("/tmp/never", "w")),
    "socket": attempt(socket.socket),
    "fork": attempt(os.fork),
    "exec": attempt(lambda: os.execv("/bin/true", ["true"])),
    "kill": attempt(lambda: os.kill(os.getppid(), 0)),
    "unlink": attempt(lambda: os.unlink("/tmp/never")),
    "memory": attempt(far),
    "thread": attempt(thread),
}))
"""


def test_every_wall_stands_here_and_holds():
    ran = subprocess.run(
        [sys.executable, "-c", BEHIND], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(ran.stdout)
    walls = found.pop("walls")
    assert walls["active"] == [
        "rlimits", "dies_with_parent", "not_dumpable", "no_new_privs", "seccomp",
    ]  # fmt: skip
    assert walls["inactive"] == {}
    assert found == {
        "open": "PermissionError",
        "write": "PermissionError",
        "socket": "PermissionError",
        "fork": "PermissionError",
        "exec": "PermissionError",
        "kill": "PermissionError",
        "unlink": "PermissionError",
        "memory": "MemoryError",
        "thread": "done",
    }


def test_a_missing_wall_is_reported(monkeypatch):
    """Where pyseccomp is not installed the others still stand, and the facts say so."""
    script = (
        "import sys, json; sys.modules['pyseccomp'] = None\n"
        "from fengcai.media.containment import contain\n"
        "print(json.dumps(contain(memory_bytes=1 << 31, cpu_s=50, open_files=16)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    walls = json.loads(ran.stdout)
    assert "seccomp" not in walls["active"]
    assert walls["inactive"]["seccomp"].startswith("ModuleNotFoundError")
    assert "no_new_privs" in walls["active"]


def test_no_time_is_a_verdict(plain_film):
    facts = inspect_file(plain_film, limits=Limits(wall_s=0.05))
    assert (facts.verdict, facts.reason_code) == ("unreadable", "timeout")
    assert facts.sha256 is not None


def test_no_memory_is_a_verdict(tmp_path):
    film = clips.make(tmp_path / "large.mp4", size=(7680, 4320), frames=2)
    facts = inspect_file(film, limits=Limits(memory_bytes=40 * 1024**2))
    assert (facts.verdict, facts.reason_code) == ("unreadable", "memory")


def test_no_processor_time_is_a_verdict(plain_film, monkeypatch):
    script = (
        "from fengcai.media.containment import contain\n"
        "contain(memory_bytes=1 << 31, cpu_s=1, open_files=16)\n"
        "while True: pass"
    )
    _instead_of_the_child(monkeypatch, script)
    facts = inspect_file(plain_film)
    assert (facts.verdict, facts.reason_code) == ("unreadable", "cpu")


def test_a_child_killed_at_once_is_a_verdict(plain_film, tmp_path, monkeypatch):
    real = processes.fork

    def killed(room, order, descriptors):
        reader = real(room, order, descriptors)
        reader.end(kill=True)
        return _Instead("raise SystemExit(0)", descriptors)

    monkeypatch.setattr(processes, "fork", killed)
    facts = inspect_file(plain_film, outputs=tmp_path / "out")
    assert (facts.verdict, facts.reason_code) == ("unreadable", "crashed")
    assert facts.sha256 is not None
    assert not (tmp_path / "out").exists()


def test_what_was_known_when_the_child_died_is_kept(plain_film, monkeypatch):
    script = (
        "import os, sys, json\n"
        "print(json.dumps({'facts': {'audio': {'codec': 'aac', 'channels': 2, "
        "'layout': 'stereo', 'sample_rate_hz': 48000}}}), flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    _instead_of_the_child(monkeypatch, script)
    facts = inspect_file(plain_film)
    assert (facts.verdict, facts.reason_code) == ("unreadable", "crashed")
    assert facts.audio.codec == "aac"
    assert facts.container.name == "mp4"


class _Instead:
    """Another program in the place of a reader, with its standard input and output."""

    def __init__(self, script: str, descriptors: list[int]) -> None:
        taken, given = descriptors[:2]
        command = [sys.executable, "-c", script]
        self._process = subprocess.Popen(command, stdin=taken, stdout=given)

    def end(self, *, kill: bool) -> int:
        if kill:
            self._process.kill()
        return self._process.wait()


def _instead_of_the_child(monkeypatch, script: str) -> None:
    monkeypatch.setattr(
        processes, "fork", lambda room, order, descriptors: _Instead(script, descriptors)
    )


@pytest.mark.parametrize(
    "script",
    [
        "print('hello')",
        "import sys; sys.stdout.write('x' * 20_000_000)",
        "print('{\"done\": 5}')",
        'print(\'{"facts": {"size_bytes": -1, "video": {"codec": 7}}}\'); print(\'{"done": {}}\')',
        """print('{"facts": {"container": {"name": "x", "duration_s": "1/0"}}, "done": {}}')""",
        """print('{"facts": {"container": {"name": "x", "duration_s": "1e999999999"}}}')""",
        'print(\'{"file": "../../evil", "bytes": 3}\\nabc\')',
        'print(\'{"file": "poster.jpg", "bytes": 900000000000}\')',
        "print('[' * 100_000)",
        'print(\'{"failure": "made up"}\'); print(\'{"done": {}}\')',
        "import os; os.abort()",
        "raise SystemExit(0)",
    ],
)
def test_a_child_that_lies_is_not_believed(plain_film, tmp_path, monkeypatch, script):
    _instead_of_the_child(monkeypatch, script)
    facts = inspect_file(plain_film, outputs=tmp_path / "out")
    assert (facts.verdict, facts.reason_code) == ("unreadable", "crashed")
    assert facts.size_bytes == plain_film.stat().st_size
    assert not (tmp_path / "out").exists()


def test_what_a_child_reports_is_fit_for_every_database(plain_film, monkeypatch):
    """PostgreSQL's jsonb refuses U+0000, half characters and numbers that are not finite."""
    script = r"""
print(r'{"facts": {"audio": {"codec": "a\u0000ac", "channels": 2, "layout": "ste\ud800reo", '
      r'"sample_rate_hz": 48000, "loudness_lufs": NaN, "sample_peak_dbfs": 1e999}, '
      r'"measures": {"a\u0000": {"method": "m\u0000", "answer": "clear", "values": {"\udfffb": "x\ud800"}}}}}')
print(r'{"failure": "picture_too_large", "detail": "mo\u0000ov\ud83d"}')
print('{"done": {}}')
"""
    _instead_of_the_child(monkeypatch, script)
    facts = inspect_file(plain_film, filename="一\0科\ud800.mp4")
    assert facts.filename == "一科.mp4"
    assert (facts.audio.codec, facts.audio.layout) == ("aac", "stereo")
    assert (facts.audio.loudness_lufs, facts.audio.sample_peak_dbfs) == (None, None)
    assert facts.measures["a"] == Measure(method="m", answer="clear", values={"b": "x"})
    assert "画面尺寸（moov）超出" in facts.reason
    kept = json.dumps(facts.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
    assert "u0000" not in kept
    kept.encode()


def test_a_file_changed_while_it_is_read_is_refused(plain_film, tmp_path):
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(plain_film.read_bytes())
    touched = threading.Event()

    def touch(at: float, text: str) -> None:
        if not touched.is_set():
            touched.set()
            with copy.open("ab") as file:
                file.write(b"more")

    facts = inspect_file(copy, progress=touch)
    assert (facts.verdict, facts.reason_code) == ("unreadable", "changed")


def test_a_quiet_child_still_lets_the_caller_hear(plain_film, monkeypatch):
    """A job's lease is renewed by progress, so it must come even while nothing moves on."""
    _instead_of_the_child(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(processes, "_HEARTBEAT_S", 0.1)
    told = []
    started = time.monotonic()
    facts = inspect_file(
        plain_film, limits=Limits(wall_s=0.8), progress=lambda at, text: told.append(at)
    )
    assert facts.reason_code == "timeout"
    assert time.monotonic() - started < 10
    assert told.count(0.0) >= 3


def test_the_child_is_given_no_secret(monkeypatch):
    monkeypatch.setenv("FENGCAI_SECRET_KEY", "s3cret")
    assert "s3cret" not in " ".join(nursery.bare_environment().values())


def test_memory_does_not_grow_with_the_film(tmp_path):
    """Three times as long, and no more memory, once each reader has had something to read."""
    short = clips.make(tmp_path / "short.mp4", frames=100, sound=clips.tone(4))
    long = clips.make(tmp_path / "long.mp4", frames=300, sound=clips.tone(12))
    small = inspect_file(short, outputs=tmp_path).cost.peak_memory_bytes
    large = inspect_file(long, outputs=tmp_path).cost.peak_memory_bytes
    assert large - small < 24 * 1024**2
