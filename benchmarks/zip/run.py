"""MiB/s, CPU and memory of a pack that is downloaded, against `zip -0` piped away.

Both read the same files in the same run, in turns; nobody writes a zip to the disk. The peer is
Debian's zip, or Python's zipfile where it is absent; it counts CRC-32 as it goes, ours was counted
before, so that a download can be resumed: what that costs once is a figure of its own. Ours goes over
HTTP from a real web process, whose CPU and peak memory are counted. `huge` is one file past 4 GiB
(sparse), for memory and zip64.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.served import Served

MIB = 1024 * 1024
PEER = """
import sys, zipfile
with zipfile.ZipFile(sys.stdout.buffer, "w", zipfile.ZIP_STORED) as out:
    for path in sys.argv[1:]: out.write(path)
"""
FLAT = 1.25
"""How much more memory a pack of all files may take than one of a single file."""


def download(served: Served, pack: dict[str, Any], cookie: str, first: int = 0) -> float:
    """Seconds to take a pack from `first` on; every byte is read and counted."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", served.port, timeout=600)
    headers = {"Cookie": cookie} | ({"Range": f"bytes={first}-"} if first else {})
    connection.request("GET", pack["path"], headers=headers)
    answer = connection.getresponse()
    got = 0
    buffer = memoryview(bytearray(MIB))
    while count := answer.readinto(buffer):
        got += count
    if answer.status != (206 if first else 200) or got != pack["size"] - first:
        raise SystemExit(f"HTTP {answer.status}, {got} of {pack['size'] - first} bytes")
    connection.close()
    return time.perf_counter() - began


def peer(files: Sequence[str]) -> tuple[float, float]:
    """Seconds and CPU seconds of the peer for the same files, its output read and thrown away."""
    zip_ = shutil.which("zip")
    words = [zip_, "-0", "-q", "-j", "-", *files] if zip_ else [sys.executable, "-c", PEER, *files]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    buffer = memoryview(bytearray(MIB))
    while process.stdout.readinto(buffer):  # type: ignore[attr-defined]
        pass
    if process.wait():
        raise SystemExit(f"the peer ended with {process.returncode}")
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def crc_seconds(files: Sequence[str]) -> float:
    """CPU seconds to count the sums that a pack needs before its first download."""
    began = time.process_time()
    for path in files:
        with Path(path).open("rb") as file:
            crc = 0
            while chunk := file.read(MIB):
                crc = zlib.crc32(chunk, crc)
    return time.process_time() - began


def say(name: str, value: float, unit: str, other: float, better: str, **more: object) -> None:
    """One line of JSON."""
    ratio = value / other if other else 0.0
    print(
        json.dumps(
            {"bench": name, "value": round(value, 2), "unit": unit, "peer": round(other, 2),
             "ratio": round(ratio, 3), "better": better, **more},
            ensure_ascii=False,
        ),
        flush=True,
    )  # fmt: skip


def main() -> None:
    """Measure; exit with 1 where memory is not flat."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mib", type=int, default=1024, help="bytes of all files in MiB")
    options.add_argument("--files", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--huge", type=int, default=5120, help="MiB of the sparse file; 0: none")
    options.add_argument("--disk", help="where the files lie")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fengcai-bench-zip-", dir=asked.disk) as folder:
        measure(asked, Served(Path(folder)))


def measure(asked: argparse.Namespace, served: Served) -> None:
    """All figures of one run."""
    stage = served.stage("benchmarks.zip.stage", *map(str, (asked.mib, asked.files, asked.huge)))
    packs, cookie = stage["packs"], stage["cookie"]
    full = packs["full"]
    with served.running():
        download(served, packs["small"], cookie)
        small = served.peak_bytes()
    ours, cpu, theirs, their_cpu = [], [], [], []
    with served.running():
        download(served, packs["small"], cookie)
        for number in range(asked.rounds + 1):
            before = served.cpu_s()
            seconds, spent = download(served, full, cookie), served.cpu_s() - before
            seconds_peer, spent_peer = peer(full["files"])
            if number:  # the first round warms the page cache
                ours.append(seconds)
                cpu.append(spent)
                theirs.append(seconds_peer)
                their_cpu.append(spent_peer)
        large = served.peak_bytes()
        resumed = download(served, full, cookie, full["size"] // 2)
        beyond = 0
        if "huge" in packs:
            huge_s = download(served, packs["huge"], cookie)
            beyond = served.peak_bytes()
    gib = full["size"] / 1024**3
    about = {"mib": asked.mib, "files": asked.files, "rounds": asked.rounds,
             "against": "zip -0" if shutil.which("zip") else "zipfile -0"}  # fmt: skip
    mib = full["size"] / MIB
    say("zip.cpu", statistics.median(cpu) / gib, "CPU-s/GiB",
        statistics.median(their_cpu) / gib, "less", **about)  # fmt: skip
    say("zip.sum", crc_seconds(full["files"]) / gib, "CPU-s/GiB, once",
        statistics.median(their_cpu) / gib, "less")  # fmt: skip
    say("zip.resumed", mib / 2 / resumed, "MiB/s", mib / statistics.median(ours), "more")
    say("zip.memory", large / 1e6, "MB", small / 1e6, "less", limit=FLAT, **about)
    if beyond:
        size = packs["huge"]["size"]
        say("zip.memory.huge", beyond / 1e6, "MB", small / 1e6, "less", limit=FLAT,
            gib=round(size / 1024**3, 2), mib_s=round(size / MIB / huge_s))  # fmt: skip
    say("zip.throughput", mib / statistics.median(ours), "MiB/s",
        mib / statistics.median(theirs), "more", **about)  # fmt: skip
    if max(large, beyond) > FLAT * small:
        raise SystemExit("memory grows with the pack")


if __name__ == "__main__":
    main()
