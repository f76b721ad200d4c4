"""Names a worker so that another one on the same machine can tell whether it still lives.

Knows processes only; where the system does not tell (no /proc), nobody is declared dead and the
lease alone decides.
"""

from __future__ import annotations

import os
import re
import socket
import uuid
from pathlib import Path

_NAME = re.compile(r"(?P<machine>.+)/(?P<pid>\d+)-(?P<start>\d+)/[0-9a-f]{8}")


def worker_name() -> str:
    """`host@boot-namespace/pid-start/nonce`; without /proc `host@-/pid-0/nonce`."""
    pid = os.getpid()
    return f"{_machine()}/{pid}-{_start_time(pid) or 0}/{uuid.uuid4().hex[:8]}"


def is_dead(name: str) -> bool:
    """True only when `name` is a process of this boot, seen from here, that has ended.

    A process number that was given to someone else since is told apart by its start time.
    """
    match = _NAME.fullmatch(name)
    if match is None or match["machine"] != _machine() or match["start"] == "0":
        return False
    return _start_time(int(match["pid"])) != int(match["start"])


def _machine() -> str:
    # Containers share a boot id but not process numbers, hence the namespace beside it.
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = str(Path("/proc/self/ns/pid").readlink()).removeprefix("pid:").strip("[]")
    except OSError:
        return f"{socket.gethostname()[:100]}@-"
    return f"{socket.gethostname()[:100]}@{boot}-{namespace}"


def _start_time(pid: int) -> int | None:
    """Clock ticks from boot to the process's start; None when there is none, or it is a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name in brackets may hold spaces and brackets itself: fields count from its last bracket.
    fields = text.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return None
    return int(fields[19])
