"""Pages of a contest with 1 000 and with 20 000 works: CPU, SQL and bytes of each, and its growth.

Each size is laid down in a database of its own and opened in a process of its own; the two are asked
in turn, so that growth compares the same minutes, and each request stands between two pieces of fixed
work (`pace.py`). `--database` gives PostgreSQL instead of SQLite (an empty server of this project's
tooling). Every figure has a limit; docs/reference/speed.md says which page is whose. Beside them, where
it can be installed, stand pretalx's list and submission page in the same run (`peer.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import peers
from benchmarks.pages.pace import REFERENCE_MS, Lap, cpu_ms, raw_ms, slowness

ROOT = Path(__file__).resolve().parents[2]
SIZES = (1_000, 20_000)
WARM = 6
UNIT = "CPU ms of the reference core"
GROWTH = 1.5
LIMITS = {
    "list": 20,
    "list.last": 20,
    "list.search": 20,
    "list.state": 20,
    "desk": 20,
    "office": 20,
    "review": 15,
    "judge.stack": 15,
    "judge.work": 15,
    "entrant.works": 15,
    "entrant.entry": 15,
    "gallery": 15,
    "public": 5,
}
"""CPU milliseconds of the reference core that a page may cost at either size."""

PEER_LOCK = ROOT / "benchmarks" / "pages" / "peer.txt"


@dataclass(frozen=True)
class Figure:
    """A page at one size: its requests, the SQL statements and the bytes of one answer."""

    laps: Sequence[Lap]
    sql: int
    bytes: int

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds on the reference core."""
        return cpu_ms(self.laps)

    @property
    def raw_ms(self) -> float:
        """CPU milliseconds as they were counted here."""
        return raw_ms(self.laps)


class Reader:
    """A process that has laid a contest down and opens its pages when it is told to."""

    def __init__(self, works: int, variables: dict[str, str]) -> None:
        program = [sys.executable, "-m", "benchmarks.pages.measure", "--works", str(works)]
        self._process = subprocess.Popen(
            program,
            cwd=ROOT,
            env=surroundings(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ready = self._heard()
        self.laid_s: float = ready["laid_s"]
        self.pages: list[str] = ready["pages"]

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def warm(self, page: str) -> None:
        """Open a page without measuring."""
        self._told(f"warm {page}")

    def lap(self, page: str) -> Lap:
        """Open a page once between two pieces."""
        return Lap(**self._told(f"lap {page}"))

    def figure(self, page: str, laps: Sequence[Lap]) -> Figure:
        """What these laps come to, with SQL and bytes of one more request."""
        return Figure(laps, **self._told(f"count {page}"))

    def _told(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        """An answer. Raises SystemExit when the process has ended; why stands in its errors."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a measuring process ended with {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """The variables that name an empty database."""
    if kind == "sqlite":
        yield {"FENGCAI_DATA": str(folder)}
        return
    from tooling.servers import postgresql

    with postgresql.running(folder / "server") as server:
        yield {"FENGCAI_DATA": str(folder), "FENGCAI_DATABASE_URL": server.url}


def surroundings(variables: dict[str, str]) -> dict[str, str]:
    """The environment of a measuring process."""
    return {**os.environ, "FENGCAI_DEBUG": "false", "FENGCAI_DEMO": "false", **variables}


def in_turn(few: Reader, many: Reader, page: str, requests: int) -> tuple[Figure, Figure]:
    """A page at both sizes, asked in turn, so that both see the same minutes of the machine."""
    for _ in range(WARM):
        few.warm(page)
        many.warm(page)
    laps = [(few.lap(page), many.lap(page)) for _ in range(requests)]
    less, more = zip(*laps, strict=True)
    return few.figure(page, less), many.figure(page, more)


def beside(requests: int, works: int, ours: dict[str, Figure]) -> None:
    """pretalx with as many submissions as our smaller contest has works, and the ratio to ours."""
    program = [str(peers.python_of("pretalx")), "-m", "benchmarks.pages.peer"]
    program += ["--works", str(works), "--requests", str(requests)]
    ended = subprocess.run(
        program, cwd=ROOT, env=surroundings({}), stdout=subprocess.PIPE, text=True, check=False
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(program)} ended with {ended.returncode}")
    found = json.loads(ended.stdout.splitlines()[-1])
    for page in found["pages"]:
        mine = ours[page["name"]]
        line = {
            "name": f"pages.{page['name']}.peer",
            "figure": mine.cpu_ms,
            "unit": UNIT,
            "peer": found["peer"],
            "peer_figure": page["cpu_ms"],
            "ratio": round(page["cpu_ms"] / mine.cpu_ms, 2),
            "raw_cpu_ms": [mine.raw_ms, page["raw_cpu_ms"]],
            "sql": [mine.sql, page["sql"]],
            "bytes": [mine.bytes, page["bytes"]],
            "works": works,
        }
        print(json.dumps(line), flush=True)


def main() -> None:
    """Measure and print a table, then a line of JSON for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, metavar=("FEW", "MANY"))
    parser.add_argument("--pages", nargs="+", choices=LIMITS, default=list(LIMITS), metavar="PAGE")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--peer", action=argparse.BooleanOptionalAction, default=True, help="pretalx beside ours"
    )
    options = parser.parse_args()
    sizes = list(options.sizes)
    results: dict[str, tuple[Figure, Figure]] = {}
    with ExitStack() as stack:
        readers = []
        for works in sizes:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="fengcai-pages-")))
            variables = stack.enter_context(database(options.database, folder))
            readers.append(stack.enter_context(Reader(works, variables)))
            laid = f"{works} works laid down in {readers[-1].laid_s} s"
            print(laid, file=sys.stderr, flush=True)
        few, many = readers
        for page in (name for name in few.pages if name in options.pages):
            results[page] = in_turn(few, many, page, options.requests)
    print(table(sizes, results), flush=True)
    about = {"database": options.database, "requests": options.requests}
    for name, (less, more) in results.items():
        say(name, sizes, less, more, about)
    if options.peer and options.database == "sqlite" and peers.installed("pretalx", PEER_LOCK):
        ours = {page: less for page, (less, _) in results.items()}
        beside(options.requests, sizes[0], ours)


def table(sizes: Sequence[int], results: dict[str, tuple[Figure, Figure]]) -> str:
    """What people read."""
    heads = [f"{works} works: CPU ms, raw, SQL, bytes" for works in sizes]
    lines = [f"{'page':16}{heads[0]:>40}{heads[1]:>40}{'growth':>9}"]
    for name, both in results.items():
        row = "".join(
            f"{each.cpu_ms:>14.1f}{each.raw_ms:>10.1f}{each.sql:>6}{each.bytes:>10}"
            for each in both
        )
        lines.append(f"{name:16}{row}{both[1].cpu_ms / both[0].cpu_ms:>9.2f}")
    laps = [lap for both in results.values() for each in both for lap in each.laps]
    paced = f"this machine's core is {slowness(laps):.2f} times as slow as the reference core"
    return "\n".join([*lines, f"a piece of {REFERENCE_MS} ms beside each request: {paced}"])


def say(name: str, sizes: Sequence[int], one: Figure, other: Figure, about: dict[str, Any]) -> None:
    """A line for the dearer of the two sizes against its limit, and one for the growth."""
    limit = LIMITS[name]
    figure = max(one.cpu_ms, other.cpu_ms)
    line = {
        "name": f"pages.{name}.cpu",
        "figure": figure,
        "unit": UNIT,
        "limit": limit,
        "ratio": round(limit / figure, 2),
        "cpu_ms": [one.cpu_ms, other.cpu_ms],
        "raw_cpu_ms": [one.raw_ms, other.raw_ms],
        "slowness": [slowness(one.laps), slowness(other.laps)],
        "sql": [one.sql, other.sql],
        "bytes": [one.bytes, other.bytes],
        "works": list(sizes),
        **about,
    }
    print(json.dumps(line))
    growth = other.cpu_ms / one.cpu_ms
    line = {
        "name": f"pages.{name}.growth",
        "figure": round(growth, 2),
        "unit": f"x from {sizes[0]} to {sizes[1]} works",
        "limit": GROWTH,
        "ratio": round(GROWTH / growth, 2),
        **about,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
