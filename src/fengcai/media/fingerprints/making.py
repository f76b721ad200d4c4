"""The fingerprint of a file, made in a process of its own behind the walls of `containment`.

The file is the child's standard input; its answer is one line of JSON and the fingerprint's bytes. Films
are sampled at their keyframes, or once a second where those are far apart. This is for comparing files
that are not (yet) in a contest; `fengcai.media.inspect_file` makes the same bytes on its way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fengcai.media.fingerprints import container
from fengcai.media.sniff import sniff

WALL_S = 600
CPU_S = 900
MEMORY_BYTES = 2 * 1024**3
OPEN_FILES = 32
MOST_PIXELS = 8192 * 8192
_HEAD_BYTES = 4096
_SPARSE_S = 4.0
_PICTURES = {
    "png": "PNG",
    "jpeg": "JPEG",
    "gif": "GIF",
    "bmp": "BMP",
    "tiff": "TIFF",
    "webp": "WEBP",
}

REASONS = {
    "empty": "文件是空的",
    "kind": "不是能比对的视频、音频、图片或文档",
    "open": "打不开：文件可能不完整或已损坏",
    "nothing": "读不出画面和声音",
    "large": "画面尺寸过大，没有比对",
    "time": f"{WALL_S // 60} 分钟内没有读完，已停止",
    "crashed": "读取时出错，文件可能已损坏",
}


@dataclass(frozen=True)
class Made:
    """A fingerprint, or the code of why there is none (`REASONS`)."""

    data: bytes
    trouble: str = ""


def fingerprint_file(path: Path, *, wall_s: float = WALL_S) -> Made:
    """The fingerprint of a film, a sound or a picture. Raises OSError for a file that cannot be opened."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        found = sniff(head)
        if found.kind == "empty":
            return Made(b"", "empty")
        if found.demuxer is None and found.format not in _PICTURES:
            return Made(b"", "kind")
        file.seek(0)
        environment = {
            key: os.environ[key] for key in ("PATH", "LANG", "PYTHONPATH") if key in os.environ
        }
        threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__, found.demuxer or "", found.format],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=wall_s,
                env={**environment, **threads},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Made(b"", "time")
    return _believed(done.stdout) if done.returncode == 0 else Made(b"", "crashed")


def _believed(answer: bytes) -> Made:
    """The child's answer, checked: it has read what a stranger wrote."""
    line, _, data = answer.partition(b"\n")
    try:
        trouble = json.loads(line).get("trouble", "")
        if trouble:
            return Made(b"", trouble if trouble in REASONS else "crashed")
        container.read(data)
    except (ValueError, AttributeError):
        return Made(b"", "crashed")
    return Made(data)


def main() -> int:
    """Load everything, put up the walls, read the file, answer."""
    from fengcai.media.containment import contain
    from fengcai.media.fingerprints import sampling

    demuxer, layout = sys.argv[1:3]
    report = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sampling.warm_up()
    contain(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)
    told: dict[str, Any] = {}
    data = b""
    try:
        data = (
            sampling.sample_film(demuxer, _SPARSE_S)
            if demuxer
            else sampling.sample_image(_PICTURES[layout], MOST_PIXELS)
        )
        if container.read(data).empty:
            told = {"trouble": "nothing"}
    except sampling.Unfit as unfit:
        told = {"trouble": str(unfit)}
    except Exception:  # whatever a parser raises, the parent gets an answer
        told = {"trouble": "crashed"}
    report.write(json.dumps(told).encode() + b"\n" + (b"" if told else data))
    report.flush()
    # Decoder threads and a half-read file need no tidy end.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
