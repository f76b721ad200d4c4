"""Peers that stand beside our benchmarks: installed by name as a lock says, contents checked by their
hashes, each in an environment of its own under `.cache/peers`. Nothing of the product needs them.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache" / "peers"
LONGEST_S = 600


def installed(name: str, lock: Path) -> Path | None:
    """The folder of packages of a peer as `lock` names them; `python_of` has its interpreter. None, and a
    line on standard error, when it cannot be installed."""
    folder = FOLDER / name
    stamp, wanted = folder / "locked", hashlib.sha256(lock.read_bytes()).hexdigest()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    if not stamp.exists() or stamp.read_text() != wanted or not packages.is_dir():
        install = [
            "--python",
            str(python_of(name)),
            "install",
            "--quiet",
            "--no-input",
            "--no-deps",
        ]
        steps = (
            [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)],
            [sys.executable, "-m", "pip", *install, "--require-hashes", "-r", str(lock)],
        )
        try:
            for step in steps:
                subprocess.run(step, check=True, timeout=LONGEST_S, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"No peer beside ours: {name} was not installed ({error}).", file=sys.stderr)
            return None
        stamp.write_text(wanted)
    return packages


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment."""
    return FOLDER / name / "bin" / "python"
