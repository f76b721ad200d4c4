"""Data folders whose database is migrated already: migrating takes ten CPU-seconds, copying none.

The template is made once for these migrations and these locked dependencies, by the same command that an
administrator runs, and is kept in the project's cache. For tests of something else than migrating.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / ".cache" / "furnished"
DATABASE = "fengcai.sqlite3"


def furnish(data: Path) -> None:
    """Put a migrated database without any account into the folder `data`, which is made; one that
    stands there stays."""
    data.mkdir(parents=True, exist_ok=True)
    if not (data / DATABASE).exists():
        shutil.copyfile(template(), data / DATABASE)


def template() -> Path:
    """A file with a migrated database in which nothing is yet; not to be written to."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    file = TEMPLATES / f"{fingerprint()}.sqlite3"
    with (TEMPLATES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other process of a pass wants it at the same moment
        if not file.exists():
            _make(file)
    return file


def _make(file: Path) -> None:
    for old in TEMPLATES.glob("*.sqlite3"):
        old.unlink()
    folder = TEMPLATES / "making"
    shutil.rmtree(folder, ignore_errors=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("FENGCAI_")}
    subprocess.run(
        [sys.executable, "-m", "fengcai.cli", "init", "--no-admin"],
        env=own | {"FENGCAI_DATA": str(folder)}, check=True, capture_output=True,
    )  # fmt: skip
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / DATABASE).replace(file)
    shutil.rmtree(folder)


def fingerprint() -> str:
    """A fingerprint of all that the tables are made from."""
    said = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for file in sorted((ROOT / "src" / "fengcai").rglob("migrations/*.py")):
        said.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return said.hexdigest()[:16]
