"""`./dev check`, `./dev test` and `./dev bench`: what the project can show about itself."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tooling.preparation import BENCHMARKS, FRONTEND, npm_install, prepare
from tooling.steps import CACHE, ROOT, VENV, Trouble, call, environment, one_at_a_time, quietly

DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk", "espeak-ng", "libseccomp2")


def checks(*, tests: bool) -> list[tuple[str, list[str], Path]]:
    """What the fast check runs: a name, a command, and the folder that it runs in."""
    inside = VENV / "bin"
    rows = [
        ("mypy", [f"{inside}/mypy"], ROOT),
        ("前端（tsc、Biome）", ["npm", "run", "--silent", "check"], FRONTEND),
        ("ruff", [f"{inside}/ruff", "check", "."], ROOT),
        ("ruff format", [f"{inside}/ruff", "format", "--check", "."], ROOT),
        ("导入契约", [f"{inside}/lint-imports", "--cache-dir", f"{CACHE}/imports"], ROOT),
        ("djlint", [f"{inside}/djlint", "--lint", "--quiet", "src/fengcai"], ROOT),
    ]
    if tests:
        quick = [
            f"{inside}/pytest",
            "-q",
            "--hypothesis-profile=quick",
            "tests/core",
            "tests/house",
        ]
        rows.insert(1, ("core 与 house 测试", quick, ROOT))
    return rows


def run_checks(*, tests: bool) -> list[str]:
    """Run the checks two at a time, print each, and return the names of those that failed."""

    def one(row: tuple[str, list[str], Path]) -> tuple[str, bool, str, float]:
        began = time.monotonic()
        ended = subprocess.run(
            row[1], cwd=row[2], env=environment({"NO_COLOR": "1", "FENGCAI_DATA": str(CACHE / "data")}), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return row[0], ended.returncode == 0, ended.stdout, time.monotonic() - began

    failed = []
    with ThreadPoolExecutor(2) as pool:
        for name, good, output, seconds in pool.map(one, checks(tests=tests)):
            print(f"{'✓' if good else '✗'} {name} {seconds:.1f} 秒", flush=True)
            if not good:
                failed.append(name)
                print(output.rstrip(), flush=True)
    return failed


def check(_: argparse.Namespace) -> int:
    """Lint, types, contracts, locks, core tests: under a minute."""
    prepare(pages=True)
    began = time.monotonic()
    failed = run_checks(tests=True)
    print(f"{'没有通过：' + '、'.join(failed) if failed else '全部通过'}"
          f"，{time.monotonic() - began:.1f} 秒")  # fmt: skip
    return 1 if failed else 0


def debian_packages() -> None:
    """What the tests need from the system: installed when we may, else named."""
    if not shutil.which("dpkg-query"):
        absent = [p for p in ("chromium", "espeak-ng") if not shutil.which(p)]
        if absent:
            raise Trouble(f"测试需要 {'、'.join(absent)} 和一套中文字体；用本系统的方式安装后再试")
        return
    said = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *DEBIAN_PACKAGES],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    there = {line.split()[0] for line in said.stdout.splitlines() if line.split()[1:] == ["ii"]}
    absent = [package for package in DEBIAN_PACKAGES if package not in there]
    if not absent:
        return
    if os.geteuid() != 0:
        raise Trouble(f"测试缺少 Debian 软件包；先运行：sudo apt-get install {' '.join(absent)}")
    print(f"▸ 安装 {'、'.join(absent)} …", flush=True)
    began = time.monotonic()
    mend = f"没有装上 {'、'.join(absent)}；检查 apt 的软件源后重新运行"
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    quietly(["apt-get", "update", "-q"], mend=mend, tries=3, more=quiet)
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *absent]
    quietly(install, mend=mend, tries=3, more=quiet)
    print(f"✓ 系统软件包 {time.monotonic() - began:.1f} 秒", flush=True)


def pytest_with_coverage() -> tuple[int, str]:
    """Run every test; returns pytest's exit code and its closing line."""
    command = [str(VENV / "bin/coverage"), "run", "-m", "pytest", "--color=no"]
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    closing = ""
    assert child.stdout
    for line in child.stdout:
        print(line, end="", flush=True)
        closing = line.strip() if re.match(r"=+ .* in [\d.]+s.* =+$", line.strip()) else closing
    return child.wait(), closing


def test(_: argparse.Namespace) -> int:
    """Everything that the project can show about itself."""
    debian_packages()
    prepare(pages=True)
    failed = run_checks(tests=False)
    if call(["npm", "--prefix", str(FRONTEND), "run", "--silent", "test"], {"CI": "true"}):
        failed.append("vitest")
    code, closing = pytest_with_coverage()
    report = [str(VENV / "bin/coverage"), "report"]
    call([*report, "--skip-covered", "--sort=cover"])
    print("core 的分支覆盖（要求 100%）：", flush=True)
    if call([*report, "--include=src/fengcai/core/*", "--fail-under=100"]):
        failed.append("core 的覆盖率")
    if failed:
        print(f"没有通过：{'、'.join(failed)}")
    print(closing, flush=True)
    return code or (1 if failed else 0)


def bench(options: argparse.Namespace) -> int:
    """Run benchmarks/NAME/run.py; each ends with one JSON line of its figure and ratio."""
    known = sorted(p.parent.name for p in BENCHMARKS.glob("*/run.py"))
    if unknown := [name for name in options.names if name not in known]:
        raise Trouble(f"没有名为 {unknown[0]} 的基准；现有：{'、'.join(known)}")
    prepare(pages=True)
    for name in options.names or known:
        folder = BENCHMARKS / name
        if (folder / "package.json").exists():
            with one_at_a_time():
                npm_install(folder)
        began = time.monotonic()
        if code := call([str(VENV / "bin/python"), "-m", f"benchmarks.{name}.run"]):
            raise Trouble(f"基准 {name} 没有完成（退出码 {code}）")
        print(f"▸ {name} 用时 {time.monotonic() - began:.1f} 秒", file=sys.stderr, flush=True)
    return 0
