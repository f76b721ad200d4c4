"""Pages of a contest with 1 000 and with 20 000 works: CPU, SQL and bytes of each, and its growth.

Each size is laid down in a database of its own and measured in a process of its own. `--database`
gives PostgreSQL instead of SQLite (an empty server of this project's tooling). Every figure has a
limit; docs/reference/speed.md says which page is whose. Beside them, where it can be installed, stand
pretalx's list and submission page in the same run (`peer.py`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZES = (1_000, 20_000)
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
"""CPU milliseconds that a page may cost at either size."""

PEER = ROOT / ".cache" / "peers" / "pretalx"
PEER_LOCK = ROOT / "benchmarks" / "pages" / "peer.txt"
PEER_SCRIPT = ROOT / "benchmarks" / "pages" / "peer.py"


@contextmanager
def database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """The variables that name an empty database."""
    if kind == "sqlite":
        yield {"FENGCAI_DATA": str(folder)}
        return
    from tooling.servers import postgresql

    with postgresql.running(folder / "server") as server:
        yield {"FENGCAI_DATA": str(folder), "FENGCAI_DATABASE_URL": server.url}


def measured(program: list[str], variables: dict[str, str]) -> dict[str, Any]:
    """The JSON of a measuring process's last line. Raises SystemExit when it fails."""
    ended = subprocess.run(
        program,
        cwd=ROOT,
        env={**os.environ, "FENGCAI_DEBUG": "false", "FENGCAI_DEMO": "false", **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(program)} ended with {ended.returncode}")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def installed() -> bool:
    """Whether pretalx is there as `peer.txt` locks it, in an environment of its own; tries to
    install it by name, its contents checked by their hashes."""
    python, stamp = PEER / "bin" / "python", PEER / "locked"
    wanted = hashlib.sha256(PEER_LOCK.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return True
    steps = (
        ["uv", "venv", "-q", "--clear", "-p", "3.11", str(PEER)],
        ["uv", "pip", "sync", "-q", "--require-hashes", "-p", str(python), str(PEER_LOCK)],
    )
    try:
        for step in steps:
            subprocess.run(step, check=True, timeout=360, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"No peer beside our pages: pretalx was not installed ({error}).", file=sys.stderr)
        return False
    stamp.write_text(wanted)
    return True


def beside(requests: int, works: int, ours: dict[str, dict[str, Any]]) -> None:
    """pretalx with as many submissions as our smaller contest has works, and the ratio to ours."""
    program = [str(PEER / "bin" / "python"), str(PEER_SCRIPT)]
    found = measured([*program, "--works", str(works), "--requests", str(requests)], {})
    for page in found["pages"]:
        mine = ours[page["name"]]
        line = {
            "name": f"pages.{page['name']}.peer",
            "figure": mine["cpu_ms"],
            "unit": "CPU ms",
            "peer": found["peer"],
            "peer_figure": page["cpu_ms"],
            "ratio": round(page["cpu_ms"] / mine["cpu_ms"], 2),
            "sql": [mine["sql"], page["sql"]],
            "bytes": [mine["bytes"], page["bytes"]],
            "works": works,
        }
        print(json.dumps(line), flush=True)


def main() -> None:
    """Measure and print a table, then a line of JSON for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, metavar=("FEW", "MANY"))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--peer", action=argparse.BooleanOptionalAction, default=True, help="pretalx beside ours"
    )
    options = parser.parse_args()
    results: dict[int, dict[str, dict[str, Any]]] = {}
    for works in options.sizes:
        with (
            tempfile.TemporaryDirectory(prefix="fengcai-pages-") as folder,
            database(options.database, Path(folder)) as variables,
        ):
            program = [
                *(sys.executable, "-m", "benchmarks.pages.measure"),
                *("--works", str(works), "--requests", str(options.requests)),
            ]
            found = measured(program, variables)
        print(f"{works} works laid down in {found['laid_s']} s", file=sys.stderr, flush=True)
        results[works] = {page["name"]: page for page in found["pages"]}
    few, many = (results[works] for works in options.sizes)
    print(table(options.sizes, few, many), flush=True)
    about = {"database": options.database, "requests": options.requests}
    for name in few:
        say(name, options.sizes, few[name], many[name], about)
    if options.peer and options.database == "sqlite" and installed():
        beside(options.requests, options.sizes[0], few)


def table(sizes: list[int], few: dict[str, Any], many: dict[str, Any]) -> str:
    """What people read."""
    heads = [f"{works} works: CPU ms, SQL, bytes" for works in sizes]
    lines = [f"{'page':16}{heads[0]:>36}{heads[1]:>36}{'growth':>9}"]
    for name, one in few.items():
        other = many[name]
        row = "".join(
            f"{each['cpu_ms']:>18.1f}{each['sql']:>6}{each['bytes']:>12}" for each in (one, other)
        )
        lines.append(f"{name:16}{row}{other['cpu_ms'] / one['cpu_ms']:>9.2f}")
    return "\n".join(lines)


def say(
    name: str, sizes: list[int], one: dict[str, Any], other: dict[str, Any], about: dict[str, Any]
) -> None:
    """A line for the dearer of the two sizes against its limit, and one for the growth."""
    limit = LIMITS[name]
    figure = max(one["cpu_ms"], other["cpu_ms"])
    print(
        json.dumps(
            {
                "name": f"pages.{name}.cpu",
                "figure": figure,
                "unit": "CPU ms",
                "limit": limit,
                "ratio": round(limit / figure, 2),
                "sql": [one["sql"], other["sql"]],
                "bytes": [one["bytes"], other["bytes"]],
                "works": list(sizes),
                **about,
            }
        )
    )
    growth = other["cpu_ms"] / one["cpu_ms"]
    print(
        json.dumps(
            {
                "name": f"pages.{name}.growth",
                "figure": round(growth, 2),
                "unit": f"x from {sizes[0]} to {sizes[1]} works",
                "limit": GROWTH,
                "ratio": round(GROWTH / growth, 2),
                **about,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
