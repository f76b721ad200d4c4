"""MiB/s, CPU-seconds per GiB and peak memory of our receiver against @tus/server.

Both run on the same disk in the same run, in turns, fed by the same client with the same chunks.
Ours hashes (SHA-256) and fsyncs before it acknowledges; the peer does neither. So two more figures
show the peer made durable by one fsync after its last answer, and ours without hash and fsync.

With `--storage s3` both put what they receive into the same S3 service, moto's server on the
loopback, and the peer is @tus/s3-store. moto is Python and keeps everything in memory: it takes
most of the time and much of the two cores, so MiB/s say little here; CPU-seconds and memory are of
the receiving process alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from benchmarks.upload.client import MIB, upload
from fengcai.engines.uploads import issue_grant
from tooling.servers import s3

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MEMORY_LIMIT = 120  # MB
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A server process and what was measured of it."""

    name: str
    command: list[str]
    path: str
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    grant: str = ""
    fsync_after: bool = False
    in_s3: bool = False
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def start(self, service: s3.S3 | None = None) -> None:
        """Start the process and wait until it listens."""
        endpoint, bucket = (service.endpoint, service.bucket) if service else ("", "")
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [
                word.format(port=self.port, endpoint=endpoint, bucket=bucket)
                for word in self.command
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment, **(service.variables if service else {})},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(400):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"{self.name} did not start")

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def _ticks(self) -> int:
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def _peak(self) -> int:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def round(self, size: int, chunk: int, *, count: bool) -> None:
        """One upload to a quiet disk (an empty S3 service), by a fresh process."""
        if not self.in_s3:
            self._round(size, chunk, None, count=count)
            return
        with s3.running(self.directory.parent / f"{self.name}-s3") as service:
            self._round(size, chunk, service, count=count)

    def _round(self, size: int, chunk: int, service: s3.S3 | None, *, count: bool) -> None:
        self.start(service)
        try:
            upload(self.port, self.path, size=MIB, chunk=chunk, grant=self.grant)  # warm up
            _touch_memory(self.directory.parent / "touched", size)
            before = self._ticks()
            seconds = upload(self.port, self.path, size=size, chunk=chunk, grant=self.grant)
            if self.fsync_after:
                began = time.perf_counter()
                self._flush()
                seconds += time.perf_counter() - began
            if count:
                self.seconds.append(seconds)
                self.cpu.append((self._ticks() - before) / TICKS * 1024 * MIB / size)
                self.memory.append(self._peak())
        finally:
            self.stop()
            for file in self.directory.glob("**/*"):
                if file.is_file():
                    file.unlink()

    def _flush(self) -> None:
        for file in self.directory.iterdir():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    def speed(self, size: int) -> float:
        """Median MiB/s."""
        return size / MIB / statistics.median(self.seconds)


def _touch_memory(file: Path, size: int) -> None:
    """Write and delete as much as will be uploaded.

    A virtual machine's memory costs its first user several CPU-seconds per GiB; which server that
    would be is chance. Now neither is.
    """
    block = bytes(4 * MIB)
    with file.open("wb", buffering=0) as touched:
        for _ in range(0, size, len(block)):
            touched.write(block)
    file.unlink()
    os.sync()


def _servers(disk: Path, node: str) -> dict[str, Server]:
    settings.configure(SECRET_KEY="bench")
    grant = issue_grant("bench", {}, "bench", 1 << 40, datetime.now(UTC) + timedelta(days=1))
    made: dict[str, Server] = {}
    for name, without in (("ours", ""), ("ours-bare", "fsync,hash")):
        directory = disk / name
        directory.mkdir()
        made[name] = Server(
            name,
            [
                *(sys.executable, "-m", "uvicorn", "benchmarks.upload.ours:application"),
                *("--host", "127.0.0.1", "--port", "{port}", "--lifespan", "off"),
                *("--log-level", "warning", "--no-access-log"),
            ],
            "/uploads/",
            directory,
            {"FENGCAI_DATA": str(directory), "BENCH_WITHOUT": without},
            grant,
        )
    for name in ("peer", "peer-durable"):
        directory = disk / name
        directory.mkdir()
        made[name] = Server(
            name,
            [node, str(HERE / "peer.mjs"), str(directory), "{port}"],
            "/files",
            directory,
            fsync_after=name == "peer-durable",
        )
    return made


def _servers_in_s3(disk: Path, node: str) -> dict[str, Server]:
    """The same two, with S3 behind them."""
    made = {name: each for name, each in _servers(disk, node).items() if name in ("ours", "peer")}
    for each in made.values():
        each.in_s3 = True
    made["peer"].command = [node, str(HERE / "peer_s3.mjs"), "{endpoint}", "{bucket}", "{port}"]
    return made


def _say(name: str, figure: float, unit: str, peer: float, better: str, **more: object) -> None:
    ratio = figure / peer if better == "more" else peer / figure
    print(
        json.dumps(
            {
                "name": name,
                "figure": round(figure, 2),
                "unit": unit,
                "peer": round(peer, 2),
                "ratio": round(ratio, 2),
                **more,
            }
        ),
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="MiB per upload")
    parser.add_argument("--chunk", type=int, default=8, help="MiB per PATCH (our page: 8); 0: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--storage", choices=("disk", "s3"), default="disk")
    parser.add_argument("--disk", type=Path, default=None, help="a directory on the disk to use")
    options = parser.parse_args()
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").is_dir():
        raise SystemExit(
            "the peer needs Node and `npm ci` in benchmarks/upload; use ./dev bench upload"
        )
    size = options.size * MIB
    chunk = options.chunk * MIB or size
    with tempfile.TemporaryDirectory(prefix="fengcai-bench-", dir=options.disk) as disk:
        make = _servers_in_s3 if options.storage == "s3" else _servers
        servers = make(Path(disk), node)
        for number in range(options.rounds + 1):
            for server in servers.values():
                server.round(size, chunk, count=number > 0)  # the first round warms the disk up
    about: dict[str, object] = {
        "size_mib": options.size,
        "chunk_mib": options.chunk,
        "rounds": options.rounds,
    }
    if options.storage == "s3":
        about["storage"] = "s3 (moto)"
    _report(servers, size, about)


def _report(servers: dict[str, Server], size: int, about: dict[str, object]) -> None:
    ours, peer = servers["ours"], servers["peer"]
    for name, server, against in (
        ("upload.throughput.bare", "ours-bare", "peer"),
        ("upload.throughput.durable", "ours", "peer-durable"),
    ):
        if against not in servers or server not in servers:
            continue
        _say(
            name,
            servers[server].speed(size),
            "MiB/s",
            servers[against].speed(size),
            "more",
            **about,
        )
    _say(
        "upload.cpu",
        statistics.median(ours.cpu),
        "CPU-s/GiB",
        statistics.median(peer.cpu),
        "less",
        **about,
    )
    _say(
        "upload.memory",
        max(ours.memory) / 1e6,
        "MB",
        max(peer.memory) / 1e6,
        "less",
        limit=MEMORY_LIMIT,
        **about,
    )
    _say("upload.throughput", ours.speed(size), "MiB/s", peer.speed(size), "more", **about)


if __name__ == "__main__":
    main()
