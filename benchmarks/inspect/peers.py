"""FFmpeg's own filters on the films that our checks are asked about: what they find, what they call wrong.

blackdetect (98 % of the points within 10 % of black, half a second), freezedetect (−60 dB, a second)
and idet (more frames interlaced than not), as Debian ships them; nothing where ffmpeg is missing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.media.clips.encoding import CODECS, encode
from benchmarks.media.clips.feeding import measure
from benchmarks.media.clips.worlds import Family
from benchmarks.media.frame.rates import wilson
from benchmarks.media.motion.faults import SETS
from fengcai.media.film.black import Black
from fengcai.media.film.freeze import Freeze
from fengcai.media.film.interlacing import Interlacing

FILTERS = {
    "black": "blackdetect=d=0.5:pic_th=0.98:pix_th=0.1",
    "freeze": "freezedetect=n=-60dB:d=1",
    "interlacing": "idet",
}
CHECKS = {"black": Black, "freeze": Freeze, "interlacing": Interlacing}


def figures(rounds: int) -> Iterator[dict[str, object]]:
    """Recall and false alarms of each filter and of our check on the same films."""
    if shutil.which("ffmpeg") is None:
        return
    told: Counter[tuple[str, str, str, str]] = Counter()
    for name, kind in CHECKS.items():
        for family in ("A", "B"):
            for number in range(rounds):
                _ask(name, kind, family, number, told)
    for name, label, family, _ in sorted({(*key[:3], "") for key in told}):
        ours, theirs, total = (told[name, label, family, who] for who in ("we", "ffmpeg", "all"))
        what = "recall" if label == "fault" else "false"
        low, high = wilson(ours, total)
        yield {
            "name": f"inspect.quality.{name}.{what}", "figure": round(ours / total, 4),
            "unit": "share", "interval": [round(low, 3), round(high, 3)], "n": total,
            "family": "tuning" if family == "A" else "reporting",
            "peer": FILTERS[name].partition("=")[0], "peer_figure": round(theirs / total, 4),
        }  # fmt: skip


def _ask(
    name: str, kind: type, family: Family, number: int, told: Counter[tuple[str, str, str, str]]
) -> None:
    rng = np.random.default_rng([number, ord(family), *name.encode()])
    with tempfile.TemporaryDirectory(prefix="bench-peers-") as folder:
        for at, case in enumerate(SETS[name](family, rng, number)):
            if case.label == "deceiver":
                continue
            codec = CODECS[family][(number + at) % 2]
            film = encode(Path(folder) / f"{at}.mp4", case.frames(), fps=case.fps, codec=codec)
            key = name, case.label, family
            told[*key, "all"] += 1
            told[*key, "we"] += measure(film, kind).answer == "found"
            told[*key, "ffmpeg"] += found_by_ffmpeg(film, name)


def found_by_ffmpeg(film: Path, name: str) -> bool:
    """Whether the filter finds the fault anywhere in the film."""
    said = filtered(film, FILTERS[name])
    if name == "interlacing":
        counts = re.search(r"Multi frame.*TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)", said)
        return counts is not None and int(counts[1]) + int(counts[2]) > int(counts[3])
    return {"black": "black_start", "freeze": "freeze_start"}[name] in said


def filtered(film: Path, filters: str) -> str:
    """What ffmpeg says on standard error while its filters look at the film."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-threads", "1", "-i", str(film),
               "-vf", filters, "-an", "-f", "null", "-"]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr
