"""The table of cases that the server's evaluator and the page's must judge alike.

`python -m tests.web.entrant.demand_cases` writes it anew to frontend/tests/demands.json, where the
page's own tests read it; test_selfcheck says when that was forgotten.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from fengcai.core.inspection import evaluate
from fengcai.core.rulebook import Citation, Requirement, parse_predicate
from fengcai.core.rulebook.predicate import FACTS, facts_of
from fengcai.web.entrant.selfcheck import tree

TABLE = Path(__file__).resolve().parents[3] / "frontend" / "tests" / "demands.json"

PREDICATES = (
    "width > height", "width >= 1920px and height >= 1080px", "fps >= 25fps", "fps == 30000/1001",
    "duration <= 5min", "duration >= 30s and duration <= 60s", "aspect == 9/16 or aspect == 16/9",
    "width >= 1920px and height >= 1080px and aspect == 16/9", "not (rotation == 90 or upscaled)",
    "container in [mp4] and video_codec in [h264]", "container not in [MOV, m4v]", "has_audio",
    'filename == "急诊科+大赛.MP4"', 'filename != "Straße.mp4"', "long_edge >= 1280px and short_edge >= 720px",
    "size > 50MB and size <= 2GB", "has_subtitle_track or subtitles", "not has_audio and loudness >= -24LUFS",
    "bitrate >= 8Mbps or constant_frame_rate", "width in [1280px, 1920px, 3840px]", "video_codec in [h264, audio_codec]",
    "not (width < 1920px)", "25fps < fps", "true_width >= 1920px or width >= 1920px",
    "size < 1KB", "width != height", "width in [height, long_edge]", "aspect > 1.7 and aspect < 1.8",
)  # fmt: skip
FILES: tuple[dict[str, Any], ...] = (
    {},
    {"filename": "急诊科+大赛.mp4", "size": 1023, "container": "MP4", "has_audio": False},
    {"width": 1080, "height": 1920, "rotation": 90, "fps": Fraction(30000, 1001),
     "duration": Fraction(60), "video_codec": "h264", "container": "mp4", "has_audio": True,
     "size": 52428801, "filename": "STRASSE.mp4", "constant_frame_rate": True},
    {"width": 1920, "height": 1080, "rotation": 0, "fps": Fraction(24000, 1001),
     "duration": Fraction(300), "video_codec": "HEVC", "audio_codec": "hevc", "size": 2 << 30,
     "bitrate": Fraction(8_000_001, 1), "has_subtitle_track": False, "container": "mov"},
    {"width": 1280, "height": 720, "fps": 25, "duration": Fraction(300_001, 1000), "size": 3 << 30,
     "bitrate": Fraction(79_999_999, 10), "container": "mp4", "video_codec": "av1"},
    {"width": 0, "height": 0, "size": 0, "duration": Fraction(1, 3), "fps": Fraction(2999, 120)},
    {"long_edge": 1280, "short_edge": 719, "width": 720, "duration": Fraction(599_999, 10_000)},
)  # fmt: skip
CITE = Citation(section="四", words="视频")


def cases() -> list[dict[str, Any]]:
    """Every predicate against every file: its tree; the verdict and the measured words for each."""
    return [_case(predicate) for predicate in PREDICATES]


def names() -> dict[str, list[str]]:
    """What the facts in the table are called, and their units."""
    used = {name for predicate in PREDICATES for name in facts_of(parse_predicate(predicate))}
    return {name: [FACTS[name].label, FACTS[name].unit] for name in sorted(used)}


def files() -> list[dict[str, Any]]:
    """The facts of every file as JSON has them: numbers are `{"n": "30000/1001"}`."""
    return [
        {
            name: value if isinstance(value, str | bool) else {"n": str(Fraction(value))}
            for name, value in facts.items()
        }
        for facts in FILES
    ]


def _case(predicate: str) -> dict[str, Any]:
    demand = Requirement(
        id="it", text="", severity="must", checked_by="machine", predicate=predicate, cite=CITE
    )
    found = [finding for facts in FILES for finding in evaluate([demand], facts)]
    held = {"pass": True, "fail": False, "undetermined": None}
    read = parse_predicate(predicate)
    return {
        "predicate": predicate,
        "tree": tree(read),
        "names": list(facts_of(read)),
        "holds": [held[finding.verdict] for finding in found],
        "measured": [finding.measured for finding in found],
    }


def written() -> str:
    """The table as it is kept: one case a line."""
    lines = [
        *(f'"{name}": {json.dumps(part, ensure_ascii=False)}'
          for name, part in (("names", names()), ("files", files()))),
        '"cases": [\n' + ",\n".join(json.dumps(each, ensure_ascii=False) for each in cases()) + "]",
    ]  # fmt: skip
    return "{" + ",\n".join(lines) + "}\n"


if __name__ == "__main__":
    TABLE.write_text(written(), "utf-8")
