"""Steps that are done once for one content, and the commands that they run.

Knows how to skip, to run, to log and to complain; not what any step is for.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
NODE = CACHE / "node"
UNHASHED = {"node_modules", "__pycache__", "dist", ".vite"}


class Trouble(Exception):
    """Something that the reader must mend; the text says what, where and how."""


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Hash names and contents of files (folders whole, without what is built inside them)."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.is_file() and not UNHASHED.intersection(file.relative_to(path).parts):
                name = f"\0{path.name}/{file.relative_to(path).as_posix()}\0"
                digest.update(name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def step(name: str, title: str, made_from: str, make: Callable[[], None], *outputs: Path) -> bool:
    """Make `outputs` unless the stamp says that they were made from the same content."""
    stamp = CACHE / "stamps" / name
    if stamp.is_file() and stamp.read_text() == made_from and all(o.exists() for o in outputs):
        return False
    began = time.monotonic()
    print(f"▸ {title} …", flush=True)
    stamp.unlink(missing_ok=True)
    make()
    if absent := [o for o in outputs if not o.exists()]:
        raise Trouble(f"{title}做完了，却没有生成 {absent[0].relative_to(ROOT)}")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_from)
    print(f"✓ {title} {time.monotonic() - began:.1f} 秒", flush=True)
    return True


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `./dev` in one checkout take turns at preparing it."""
    import fcntl

    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The variables that every command inside the environment sees.

    Images of build machines forbid Python to keep what it compiled: then each of the hundreds of
    processes of a test run would compile some thousand modules again.
    """
    dropped = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    inherited = {k: v for k, v in os.environ.items() if k not in dropped}
    folders = [str(VENV / "bin"), *([str(NODE / "bin")] if (NODE / "bin").exists() else [])]
    return inherited | {
        "PATH": os.pathsep.join([*folders, inherited.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(VENV),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONUTF8": "1",
        **(more or {}),
    }


def quietly(
    command: list[str],
    *,
    mend: str,
    at: Path = ROOT,
    tries: int = 1,
    more: dict[str, str] | None = None,
) -> None:
    """Run a command with its output in a log; when it fails, say what, where, and `mend`."""
    log = CACHE / "log" / f"{Path(command[0]).name}-{'-'.join(command[1:3]).replace('/', '_')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    for left in reversed(range(tries)):
        with log.open("w") as out:
            ended = subprocess.run(
                command, cwd=at, env=environment(more), stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        if ended.returncode == 0:
            return
        if left:
            print(f"  {Path(command[0]).name} 没有成功，重试 …", flush=True)
            time.sleep(5 * (tries - left))
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise Trouble(
        f"“{' '.join(command[:4])} …”失败（退出码 {ended.returncode}）：{mend}\n"
        f"完整输出：{log.relative_to(ROOT)}\n{tail}"
    )


def call(command: list[str], more: dict[str, str] | None = None) -> int:
    """Run a command that talks to the reader itself; Ctrl-C is its own to handle."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment(more))
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()
    finally:
        stop(child)


def stop(child: subprocess.Popen[bytes], grace: float = 30) -> None:
    """End a child that still runs, and let it end what it started."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
