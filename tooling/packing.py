"""`./dev package` and `./dev lock`: what is handed on, and what it is made from."""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from tooling.preparation import BENCHMARKS, FONTS, FRONTEND, prepare
from tooling.steps import ROOT, VENV, Trouble, environment, quietly

LOCK_FLAGS = [
    "--quiet", "--upgrade", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header",
]  # fmt: skip


def package(_: argparse.Namespace) -> int:
    """The wheel (front end and fonts inside) and the bundle that installs without a network."""
    prepare(pages=True)
    python, target = str(VENV / "bin/python"), ROOT / "dist"
    shutil.rmtree(target, ignore_errors=True)
    build = [python, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target)]
    quietly(build, mend="看下面的构建错误")
    wheel = next(target.glob("*.whl"))
    bundle = offline_bundle(wheel)
    for file in (wheel, bundle):
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 2**20:.1f} MiB")
    return 0


def offline_bundle(wheel: Path) -> Path:
    """One archive with every locked wheel for this machine's kind and Python, and an installer."""
    version = ".".join(map(str, sys.version_info[:2]))
    kind = f"py{version}-{sys.platform}-{platform.machine()}"
    name = f"{'-'.join(wheel.name.split('-')[:2])}-{kind}"
    bundle = wheel.parent / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / name
        wheels = inside / "wheels"
        pip = [str(VENV / "bin/python"), "-m", "pip", "wheel", "--quiet", "--no-deps"]
        locked = ["--require-hashes", "-r", str(ROOT / "requirements/base.txt")]
        quietly([*pip, "-w", str(wheels), *locked], tries=3,
                mend="没有取到锁定的包；检查网络后重新运行")  # fmt: skip
        (inside / "base.txt").write_text(hashes_of(wheels))
        shutil.copy(wheel, wheels)
        (inside / "python-version").write_text(version + "\n")
        for file in (ROOT / "tools/offline/install.sh", ROOT / "LICENSE"):
            shutil.copy(file, inside)
        with tarfile.open(bundle, "w:gz", compresslevel=1) as archive:
            archive.add(inside, name)
    return bundle


def hashes_of(wheels: Path) -> str:
    """A requirements file of exactly these wheels, so that a damaged bundle does not install.

    A package that came as source has its wheel made here; the lock knows only the source's hash.
    """
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        package, version = wheel.name.split("-")[:2]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{package}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)


def lock(_: argparse.Namespace) -> int:
    """Write the hashed locks anew; none of them names where the packages come from."""
    prepare(node=True)
    uv = shutil.which("uv", path=environment()["PATH"])
    if not uv:
        raise Trouble("重写锁文件需要 uv；装到 PATH 上再试（pip install uv）")
    sources = {
        "base": ["pyproject.toml"],
        "dev": ["pyproject.toml", "--group", "dev"],
        "node": ["--group", "node"],
    }
    for name, source in sources.items():
        out = ROOT / f"requirements/{name}.txt"
        quietly([uv, "pip", "compile", *LOCK_FLAGS, *source, "-o", str(out)], mend="看下面的错误")
        refuse_addresses(out)
    folders = [FRONTEND, FONTS, *BENCHMARKS.iterdir()]
    for file in [f / "package-lock.json" for f in folders if (f / "package.json").exists()]:
        npm = ["npm", "install", "--package-lock-only", "--no-audit", "--no-fund"]
        quietly(npm, at=file.parent, mend="看下面的错误")
        refuse_addresses(file)
    return 0


def refuse_addresses(file: Path) -> None:
    """A lock pins content by hash; where it is fetched from is each machine's own affair."""
    text = file.read_text()
    entries = json.loads(text)["packages"].values() if file.suffix == ".json" else ()
    if any("resolved" in e for e in entries) or (not entries and "://" in text):
        raise Trouble(f"{file.relative_to(ROOT)} 里写进了下载地址；去掉后再提交")
