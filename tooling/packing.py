"""`./dev package` and `./dev lock`: what is handed on, and what it is made from."""

from __future__ import annotations

import argparse
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
    quietly([python, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target)],
            mend="看下面的构建错误")  # fmt: skip
    wheel = next(target.glob("*.whl"))
    version = wheel.name.split("-")[1]
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}-{sys.platform}-{platform.machine()}"
    name = f"fengcai-{version}-{tag}"
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        quietly([python, "-m", "pip", "wheel", "--quiet", "--require-hashes", "--no-deps",
                 "-w", str(wheels), "-r", str(ROOT / "requirements/base.txt")], tries=3,
                mend="没有取到锁定的包；检查网络后重新运行")  # fmt: skip
        shutil.copy(wheel, wheels)
        bundle = target / f"{name}.tar.gz"
        with tarfile.open(bundle, "w:gz", compresslevel=1) as archive:
            archive.add(wheels, f"{name}/wheels")
            archive.add(ROOT / "requirements/base.txt", f"{name}/base.txt")
            archive.add(ROOT / "tools/offline/install.sh", f"{name}/install.sh")
            archive.add(ROOT / "LICENSE", f"{name}/LICENSE")
    for file in (wheel, bundle):
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 2**20:.1f} MiB")
    return 0


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
