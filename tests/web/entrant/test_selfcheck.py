"""The check before an upload says what the server would: the same judgement, the same facts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fengcai.apps.contests.queries import rules_of
from fengcai.core.inspection.evaluation import value_of
from fengcai.core.rulebook import Requirement, Slot, parse_predicate
from fengcai.media import Limits, inspect_file
from fengcai.web.entrant.selfcheck import CERTAIN, TIMED, demands_json, tree
from tests.factories.collecting import UNITS, Collecting
from tests.media import clips
from tests.web.entrant import demand_cases

ROOT = Path(__file__).resolve().parents[3]
FRONTEND = ROOT / "frontend"


def demand(**more: Any) -> Requirement:
    return Requirement(
        **{
            "id": "it", "text": "要求", "severity": "must", "checked_by": "machine",
            "predicate": "width > height", "cite": demand_cases.CITE, **more,
        }
    )  # fmt: skip


def told(
    *demands: Requirement, kind: str = "video", accept: tuple[str, ...] = (".mp4",)
) -> dict[str, Any]:
    """What the page is told of a place with these demands."""
    slot = Slot.model_validate({
        "id": "main", "name": "参评视频", "kind": kind, "min": 1, "max": 1, "accept": accept,
        "cite": demand_cases.CITE,
    })  # fmt: skip
    said: dict[str, Any] = json.loads(demands_json(slot, demands))
    return said


def test_the_page_s_table_of_cases_is_what_the_server_judges() -> None:
    assert demand_cases.TABLE.read_text("utf-8") == demand_cases.written(), (
        "run: python -m tests.web.entrant.demand_cases"
    )


def test_every_form_of_a_predicate_has_its_form_in_json() -> None:
    text = 'not (width < 1920px or has_audio) and filename not in ["a", "b"] and fps == 30000/1001'
    assert tree(parse_predicate(text)) == [
        "and",
        ["not", ["or", ["<", {"f": "width"}, {"n": "1920"}], ["is", "has_audio"]]],
        ["not in", {"f": "filename"}, [{"w": "a"}, {"w": "b"}]],
        ["==", {"f": "fps"}, {"n": "30000/1001"}],
    ]


def test_only_what_a_head_can_tell_is_asked_of_the_page() -> None:
    said = told(
        demand(id="certain"),
        demand(id="mixed", predicate="width >= 1920px and not upscaled"),
        demand(id="decoded", predicate="loudness >= -24LUFS"),
        demand(id="preferred", severity="prefer"),
        demand(id="later", round="final"),
        demand(id="of the set", predicate="count >= 2张"),
        demand(id="by hand", predicate=None, checked_by="human"),
    )
    assert [each["id"] for each in said["demands"]] == ["certain", "mixed"]
    assert said["names"]["upscaled"] == ["由低分辨率放大", ""]


@pytest.mark.parametrize(
    ("more", "way"),
    [
        ({}, False),
        ({"predicate": "fps >= 25fps"}, True),
        ({"predicate": "duration <= 5min and width > height"}, True),
        ({"exception": "资料画面除外"}, True),
        ({"checked_by": "human"}, True),
    ],
)
def test_there_is_a_way_on_where_a_person_decides_or_times_may_deceive(
    more: dict[str, Any], way: bool
) -> None:
    (said,) = told(demand(**more))["demands"]
    assert said["way"] is way


def test_another_kind_of_file_is_refused_in_the_inspection_s_words() -> None:
    others = told()["others"]
    assert set(others) == {"audio", "image", "document", "zeros"}
    assert others["image"] == "这是一张图片，不是视频。请上传视频文件。"
    anything = told(kind="source", accept=(".zip",))["others"]
    assert set(anything) == {"zeros"}


@pytest.mark.clause("J3")
def test_the_work_s_page_carries_the_demands_of_its_place(
    stage: Collecting, come_in: Callable[[object], Client]
) -> None:
    entry = stage.draft()
    page = come_in(stage.contacts[UNITS[0]]).get(f"/works/{entry.pk}/").content.decode()
    said = json.loads(unescape(page.split('demands="', 1)[1].split('"', 1)[0]))
    by_id = {each["id"]: each for each in said["demands"]}
    assert by_id["orientation"]["tree"] == [">", {"f": "width"}, {"f": "height"}]
    assert by_id["orientation"]["section"] == "四（一）"
    assert by_id["orientation"]["way"] is False
    assert by_id["fps"]["way"] is True
    assert by_id["duration"]["required"] == "时长应不超过 5 分钟"
    assert {each["id"] for each in said["demands"]} <= {
        each.id for each in rules_of(stage.contest).judged_on("video", "main")
    }
    assert len(json.dumps(said, ensure_ascii=False).encode()) < 12_000


FILMS: dict[str, dict[str, Any]] = {
    "plain.mp4": {"frames": 12},
    "late.mp4": {"frames": 12, "faststart": False, "sound": clips.tone(0.5)},
    "upright.mp4": {"frames": 6, "rotation": 90},
    "over.mp4": {"frames": 6, "rotation": 180},
    "wide pixels.mp4": {"size": (288, 216), "aspect": Fraction(4, 3), "frames": 6},
    "both.mov": {"size": (288, 216), "aspect": Fraction(4, 3), "rotation": -90, "frames": 6},
    "ntsc.mp4": {"rate": Fraction(30000, 1001), "frames": 20},
    "mpeg4.mp4": {"codec": "mpeg4", "frames": 6},
    "thousandths.mp4": {"times": [round(each * 1000 / 30) for each in range(40)]},
    "changing.mp4": {"times": [0, 40, 80, 200, 240, 280, 400, 440, 480, 900]},
    "sound.mp4": {"picture": False, "sound": clips.tone(0.5)},
    "other.mkv": {"frames": 6},
}
SIZE = (160, 90)


@pytest.mark.media
@pytest.mark.clause("J3")
def test_the_page_reads_the_facts_that_the_inspection_measures(tmp_path: Path) -> None:
    """What the page reads of a file's head, and what it says of the Jiangxi film's demands."""
    paths = [
        clips.make(tmp_path / name, **{"size": SIZE, **making}) for name, making in FILMS.items()
    ]
    whole = paths[0].read_bytes()
    paths.append(tmp_path / "cut.mp4")
    paths[-1].write_bytes(whole[: len(whole) * 8 // 10])
    known = read_by_the_page(paths)
    limits = Limits(read_screen=False)
    for path in paths:
        facts = inspect_file(path, limits=limits)
        flat, seen = facts.flat(), known[path.name]
        assert seen["kind"] == facts.kind, path.name
        assert seen["facts"] == {name: value_of(name, flat) for name in seen["facts"]}, path.name
        assert set(seen["facts"]) <= CERTAIN | TIMED
        assert seen["read"] < 200_000
    assert known["cut.mp4"]["trouble"] == "truncated"
    assert "duration" not in known["cut.mp4"]["facts"]
    for name in ("plain.mp4", "ntsc.mp4", "thousandths.mp4", "changing.mp4"):
        assert {"width", "rotation", "video_codec", *TIMED} <= set(known[name]["facts"]), name
    assert known["changing.mp4"]["facts"]["constant_frame_rate"] is False


def read_by_the_page(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """By the page's own reader, in Node; numbers come back exact."""
    node = shutil.which("node")
    if node is None or not (FRONTEND / "node_modules").exists():
        pytest.skip("node and frontend/node_modules are needed to run the page's reader")
    done = subprocess.run(
        [node, "scripts/facts.mjs", *map(str, paths)],
        cwd=FRONTEND, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    for each in seen:
        each["facts"] = {
            name: Fraction(value["n"]) if isinstance(value, dict) else value
            for name, value in each["facts"].items()
        }
    return {Path(each["path"]).name: each for each in seen}
