"""Copies the fonts that documents embed from node_modules into the package, with their licences.

Run `npm ci` in this directory first. Standard library only. It downloads nothing itself.
Usage: python tools/fonts/install.py [--modules DIR] [--into DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "src" / "fengcai" / "engines" / "documents" / "fonts"

FONTS = {
    "NotoSerifSC-Regular.ttf": "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "NotoSerifSC-Bold.ttf": "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    "NotoSansSC-Regular.ttf": "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    "MaShanZheng-Regular.ttf": "ma-shan-zheng/400Regular/MaShanZheng_400Regular.ttf",
}
LICENCES = {
    "OFL-NotoSerifSC.txt": "noto-serif-sc/LICENSE_FONT",
    "OFL-NotoSansSC.txt": "noto-sans-sc/LICENSE_FONT",
    "OFL-MaShanZheng.txt": "ma-shan-zheng/LICENSE_FONT",
}


def install(modules: Path, target: Path) -> int:
    """Copy what is missing or different; returns how many files were written.

    Each file appears under its name only when it is whole. Raises FileNotFoundError.
    """
    source = modules / "@expo-google-fonts"
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    for name, path in {**FONTS, **LICENCES}.items():
        original, copy = source / path, target / name
        if not original.is_file():
            raise FileNotFoundError(original)
        if copy.is_file() and _digest(copy) == _digest(original):
            continue
        partial = copy.with_name(copy.name + ".part")
        shutil.copyfile(original, partial)
        partial.replace(copy)
        written += 1
    return written


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Copy and say so in one line; exit 1 with what to do when `npm ci` was not run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", type=Path, default=HERE / "node_modules")
    parser.add_argument("--into", type=Path, default=TARGET)
    options = parser.parse_args()
    try:
        written = install(options.modules, options.into)
    except FileNotFoundError as error:
        print(f"fonts: {error.args[0]} is not there; run `npm ci` in {HERE}", file=sys.stderr)
        return 1
    print(f"fonts: {len(FONTS)} in {options.into} ({written} files written)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
