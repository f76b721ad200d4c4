"""Walls around the process that reads a stranger's file.

Applied by the child itself, after its imports and before the first byte is parsed: resource
limits, no_new_privs, death with the parent, and a seccomp list of the few system calls that
decoding needs (no open, no socket, no fork, no exec). What could not be put up is reported, not
hidden. This module parses no media.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_THREAD = 0x00010000

# Everything else answers EPERM. Names that an architecture lacks are skipped.
_ALLOWED = (
    "read", "readv", "pread64", "preadv", "write", "writev", "lseek", "close", "dup",
    "fstat", "newfstatat", "statx", "fcntl", "ioctl", "poll", "ppoll", "select", "pselect6",
    "mmap", "mprotect", "munmap", "mremap", "madvise", "brk", "membarrier",
    "futex", "futex_time64", "set_robust_list", "get_robust_list", "rseq", "set_tid_address",
    "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
    "getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getppid",
    "getrandom", "getrusage", "getrlimit", "sysinfo", "uname", "times", "arch_prctl",
    "exit", "exit_group",
)  # fmt: skip


def contain(*, memory_bytes: int, cpu_s: int, open_files: int) -> dict[str, Any]:
    """Put up every wall this system offers; {"active": [...], "inactive": {name: why}}."""
    active: list[str] = []
    inactive: dict[str, str] = {}

    def attempt(name: str, put_up: Callable[[], None]) -> None:
        try:
            put_up()
        except Exception as problem:  # a missing wall must be reported, whatever its reason
            inactive[name] = f"{type(problem).__name__}: {problem}"
        else:
            active.append(name)

    attempt("rlimits", lambda: _limit(memory_bytes, cpu_s, open_files))
    attempt("dies_with_parent", lambda: _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
    attempt("not_dumpable", lambda: _prctl(_PR_SET_DUMPABLE, 0))
    attempt("no_new_privs", lambda: _prctl(_PR_SET_NO_NEW_PRIVS, 1))
    attempt("seccomp", _seccomp)
    return {"active": active, "inactive": inactive}


def _limit(memory_bytes: int, cpu_s: int, open_files: int) -> None:
    import resource

    for what, bound in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, open_files),
    ):
        resource.setrlimit(what, (_most(what, bound),) * 2)
    # The soft limit's signal tells the parent why; the hard limit, a second later, kills.
    cpu = resource.RLIMIT_CPU
    resource.setrlimit(cpu, (_most(cpu, cpu_s), _most(cpu, cpu_s + 1)))


def _most(what: int, bound: int) -> int:
    """The bound, or what the system allows if that is less."""
    import resource

    _, hard = resource.getrlimit(what)
    return bound if hard == resource.RLIM_INFINITY else min(bound, hard)


def _prctl(option: int, value: int) -> None:
    if not sys.platform.startswith("linux"):
        raise OSError(errno.ENOSYS, "prctl is Linux only")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl refused")


def _seccomp() -> None:
    seccomp = import_module("pyseccomp")
    walls = seccomp.SyscallFilter(defaction=seccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED:
        try:
            walls.add_rule(seccomp.ALLOW, name)
        except (OSError, RuntimeError, ValueError):
            continue
    # abort() signals its own process; nobody else's.
    walls.add_rule(seccomp.ALLOW, "tgkill", seccomp.Arg(0, seccomp.EQ, os.getpid()))
    # Threads, not processes. clone3 hides its flags behind a pointer: "not there" makes the
    # C library fall back to clone, whose flags can be checked.
    walls.add_rule(
        seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    )
    walls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    walls.load()
