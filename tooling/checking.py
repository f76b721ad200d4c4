"""`./dev check`, `./dev test` and `./dev bench`: what the project can show about itself."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tooling import debian
from tooling.preparation import BENCHMARKS, FRONTEND, npm_install, prepare
from tooling.servers import together
from tooling.steps import CACHE, ROOT, VENV, Trouble, call, environment, one_at_a_time

VITEST = "vitest"


def checks(*, quick: bool) -> list[tuple[str, list[str], Path]]:
    """What is looked at beside pytest: a name, a command, and the folder that it runs in.

    With `quick` the quick tests are among them, without it those of the front end, since what follows
    is all of pytest.
    """
    inside = VENV / "bin"
    rows = [
        ("mypy", [f"{inside}/mypy"], ROOT),
        ("前端（tsc、Biome）", ["npm", "run", "--silent", "check"], FRONTEND),
        ("ruff", [f"{inside}/ruff", "check", "."], ROOT),
        ("ruff format", [f"{inside}/ruff", "format", "--check", "."], ROOT),
        ("导入契约", [f"{inside}/lint-imports", "--cache-dir", f"{CACHE}/imports"], ROOT),
        ("djlint", [f"{inside}/djlint", "--lint", "--quiet", "src/fengcai"], ROOT),
    ]
    if quick:
        few = [f"{inside}/pytest", "-q", "--hypothesis-profile=quick", "tests/core", "tests/house"]
        rows.insert(1, ("core 与 house 测试", few, ROOT))
    else:
        rows.insert(1, (VITEST, ["npm", "run", "--silent", "test"], FRONTEND))
    return rows


def run_checks(*, quick: bool) -> list[str]:
    """Run the checks two at a time, print each, and return the names of those that failed."""
    told = environment({"NO_COLOR": "1", "FENGCAI_DATA": str(CACHE / "data")})

    def one(row: tuple[str, list[str], Path]) -> tuple[str, bool, str, float]:
        began = time.monotonic()
        ended = subprocess.run(
            row[1], cwd=row[2], env=told, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return row[0], ended.returncode == 0, ended.stdout, time.monotonic() - began

    failed = []
    with ThreadPoolExecutor(2) as pool:
        for name, good, output, seconds in pool.map(one, checks(quick=quick)):
            print(f"{'✓' if good else '✗'} {name} {seconds:.1f} 秒", flush=True)
            if not good:
                failed.append(name)
            if name == VITEST or not good:
                print(output.rstrip(), flush=True)
    return failed


def check(_: argparse.Namespace) -> int:
    """Lint, types, contracts, locks, core tests: under a minute."""
    prepare(pages=True)
    began = time.monotonic()
    failed = run_checks(quick=True)
    print(f"{'没有通过：' + '、'.join(failed) if failed else '全部通过'}"
          f"，{time.monotonic() - began:.1f} 秒")  # fmt: skip
    return 1 if failed else 0


# A file's tests stay in one process, and the files in their order: the journeys last.
SHARED = ("--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder")
# Browsers, brokers and worker processes are waited for much of the time: one process more than cores.
WAITING = (f"--numprocesses={(os.cpu_count() or 1) + 1}", *SHARED[1:])
CORE = "tests/core"
# The core's tests are counted branch by branch (and by themselves: counting slows all others by a
# half). Then every other test runs on the embedded engines; those marked `engines` on servers, and
# the jobs' once more over the other broker, which has no corner for a second process. A name, the
# servers, what pytest is told beside them.
PASSES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("core", (), (*SHARED, "--cov", "--cov-report=", CORE)),
    ("嵌入式引擎", (), (*WAITING, "--durations=20", f"--ignore={CORE}")),
    ("PostgreSQL、Redis、S3", ("postgresql", "redis", "s3"), (*WAITING, "-m", "engines")),
    ("RabbitMQ", ("postgresql", "rabbitmq"), ("-m", "engines", "tests/engines/jobs")),
)
CLOSING = re.compile(r"=+ (?P<counts>.*) in (?P<seconds>[\d.]+)s.* =+$")


def pytest_once(servers: tuple[str, ...], words: tuple[str, ...]) -> tuple[int, str]:
    """One pass of pytest beside these servers; returns its exit code and its closing line."""
    with together.running(servers) as settings:
        told = {"FENGCAI_TEST_ENGINES": json.dumps(settings)}
        child = subprocess.Popen(
            [str(VENV / "bin/pytest"), "--color=no", *words], cwd=ROOT,
            env=environment(told), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        closing = ""
        assert child.stdout
        for line in child.stdout:
            print(line, end="", flush=True)
            closing = line.strip() if CLOSING.match(line.strip()) else closing
        return child.wait(), closing


def summed(closings: list[str]) -> str:
    """The closing lines of several passes as one, in pytest's own form."""
    counts: dict[str, int] = {}
    seconds = 0.0
    for line in closings:
        if found := CLOSING.match(line):
            seconds += float(found["seconds"])
            for number, word in re.findall(r"(\d+) (\w+)", found["counts"]):
                counts[word] = counts.get(word, 0) + int(number)
    told = ", ".join(f"{number} {word}" for word, number in counts.items())
    return f" {told or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")


def test(_: argparse.Namespace) -> int:
    """Everything that the project can show about itself."""
    with ThreadPoolExecutor(1) as beside:
        packages = beside.submit(debian.ready)
        prepare(pages=True)
        packages.result()
    failed = run_checks(quick=False)
    closings = []
    for name, servers, words in PASSES:
        print(f"▸ pytest：{name}", flush=True)
        code, closing = pytest_once(servers, words)
        closings.append(closing)
        if code:
            failed.append(f"pytest（{name}）")
    report = [str(VENV / "bin/coverage"), "report"]
    print("core 的分支覆盖（要求 100%）：", flush=True)
    if call([*report, "--include=src/fengcai/core/*", "--fail-under=100"]):
        failed.append("core 的覆盖率")
    for (name, _servers, _words), closing in zip(PASSES, closings, strict=True):
        print(f"{name}：{closing or '没有结束行'}")
    if failed:
        print(f"没有通过：{'、'.join(failed)}")
    print(summed(closings), flush=True)
    return 1 if failed else 0


# Benchmarks beside which programs or servers of Debian's run.
WITH_PACKAGES = frozenset(("inspect", "jobs", "lookalike", "mailbox"))


def bench(options: argparse.Namespace) -> int:
    """Run benchmarks/NAME/run.py; each ends with one JSON line of its figure and ratio."""
    known = sorted(p.parent.name for p in BENCHMARKS.glob("*/run.py"))
    if unknown := [name for name in options.names if name not in known]:
        raise Trouble(f"没有名为 {unknown[0]} 的基准；现有：{'、'.join(known)}")
    names = options.names or known
    if WITH_PACKAGES.intersection(names):
        debian.ready()
    prepare(pages=True)
    for name in names:
        folder = BENCHMARKS / name
        if (folder / "package.json").exists():
            with one_at_a_time():
                npm_install(folder)
        began = time.monotonic()
        more = ["--storage", options.storage] if name == "upload" and options.storage else []
        if code := call([str(VENV / "bin/python"), "-m", f"benchmarks.{name}.run", *more]):
            raise Trouble(f"基准 {name} 没有完成（退出码 {code}）")
        print(f"▸ {name} 用时 {time.monotonic() - began:.1f} 秒", file=sys.stderr, flush=True)
    return 0


def faults(options: argparse.Namespace) -> int:
    """Break a real installation at random, and count what is left of what it acknowledged."""
    debian.ready()
    prepare(pages=True)
    words = [f"--uploads={options.uploads}", f"--jobs={options.jobs}"]
    words += [f"--{name}={value}" for name in ("seed", "only", "keep")
              if (value := getattr(options, name)) is not None]  # fmt: skip
    words += ["--short"] if options.short else []
    return call([str(VENV / "bin/python"), "-m", "benchmarks.faults.drill", *words])
