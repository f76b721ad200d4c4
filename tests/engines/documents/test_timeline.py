"""What stands on the timeline of an inspection, and how it is drawn: exact places, nothing trusted."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from fengcai.core.rulebook import Citation, Requirement
from fengcai.engines.documents.checks_told import HOW, VALUES, checks, mode_told
from fengcai.engines.documents.noticed import concerned, hindered, noticed
from fengcai.engines.documents.timeline import (
    Lane,
    Mark,
    Strip,
    Timeline,
    bounds,
    curves,
    instants,
    joined,
    ticks,
    timeline,
)
from fengcai.engines.documents.timeline_drawing import drawn
from fengcai.media.facts import Answer, Curve, Measure, Span
from fengcai.media.film import registry as film
from fengcai.media.remarks import NAMES
from fengcai.media.screen import registry as screen
from fengcai.media.sound import registry as sound


def measure(answer: Answer = "found", *moments: tuple[float, float], **more: object) -> Measure:
    spans = tuple(Span(from_s=Fraction(a), to_s=Fraction(b)) for a, b in moments)
    return Measure(method="m", answer=answer, spans=spans, **more)  # type: ignore[arg-type]


def demand(predicate: str) -> Requirement:
    return Requirement(
        id="d", text="t", severity="must", checked_by="machine", predicate=predicate,
        cite=Citation(section="一", words="w"),
    )  # fmt: skip


LOUD = measure(
    "clear",
    values={"integrated_lufs": -20.2},
    curve=Curve(step_s=Fraction(1), unit="LUFS", values=(-20.0, None, -25.0, -50.0)),
)


def test_a_lane_for_each_measure_that_shows_something_and_one_for_those_that_do_not():
    told = {
        "shake": measure("found", (1, 2)),
        "black": measure("doubtful", (3, 4)),
        "freeze": measure("clear"),
        "flashing": measure("unmeasured"),
        "exposure": measure("clear"),
        "subtitles": measure("found", (0, 9)),
    }
    line = timeline(told, 10)
    assert line is not None
    assert [(lane.name, [m.tone for m in lane.marks], lane.note) for lane in line.lanes] == [
        ("抖动", ["fail"], ""),
        ("黑屏", ["doubt"], ""),
        ("闪烁", [], "没有结论"),
        ("画质", [], "未见"),
        ("字幕", ["told"], ""),
    ]
    assert line.lanes[1].marks == (Mark(3.0, 4.0, "黑屏（拿不准） 0:03–0:04", "doubt"),)


def test_findings_come_first_overlapping_ones_as_one_and_those_of_the_whole_film_in_words():
    found = [
        Mark(0, 10, "水印", "fail"),
        Mark(1, 3, "抖动", "fail"),
        Mark(2, 4, "爆音", "fail"),
        Mark(6, 7, "字幕", "doubt"),
    ]
    line = timeline({"shake": measure("clear")}, 10, findings=found)
    assert line is not None
    assert line.lanes[0] == Lane("不符合", (Mark(1, 4, "抖动；爆音", "fail"),), "贯穿全片 1 处")
    assert line.lanes[1] == Lane("要人看", (Mark(6, 7, "字幕", "doubt"),))
    assert joined([]) == ()


def test_the_loudness_stands_with_its_whole_and_the_limits_of_the_rules():
    rules = [demand("loudness >= -26LUFS and loudness <= -14LUFS and fps >= 25fps")]
    line = timeline({"loudness": LOUD}, 4, requirements=rules)
    assert line is not None
    [lane] = line.lanes
    assert (lane.name, lane.note) == ("响度", "全片 -20.2 LUFS")
    assert [(each.value, each.words, each.limit) for each in lane.levels] == [
        (-20.2, "全片 -20.2", False),
        (-26.0, "要求 -26", True),
        (-14.0, "要求 -14", True),
    ]
    assert bounds([demand("not shaky")], "loudness") == ()


def test_other_curves_have_a_place_of_their_own():
    shaken = measure("found", curve=Curve(step_s=Fraction(2), unit="percent", values=(0.0, 0.3)),
                     limits={"tremor_percent": 0.12})  # fmt: skip
    shown = curves({"loudness": LOUD, "shake": shaken}, 4)
    assert shown is not None
    assert [(lane.name, lane.levels[0].words) for lane in shown.lanes] == [("抖动", "界限 0.12")]
    assert curves({"loudness": LOUD}, 4) is None
    assert timeline({"shake": shaken}, 0) is None and timeline({}, 4) is None


def test_places_are_shares_of_the_width_and_never_outside_of_it():
    marks = (Mark(2.5, 5, "a"), Mark(9, 12, "b"), Mark(-3, -1, "c"))
    html = drawn(Timeline(10, (Lane("抖动", marks),)), legend=False)
    assert re.findall(r'x="([\d.]+)%" y="3" width="([\d.]+)%"', html) == [
        ("25.0", "25.0"),
        ("90.0", "10.0"),
        ("0.0", "0.0"),
    ]
    assert re.findall(r'text-anchor="(\w+)">([^<]+)<', html) == [
        ("start", "0:00"), ("middle", "0:02"), ("middle", "0:04"), ("middle", "0:06"),
        ("middle", "0:08"), ("end", "0:10"),
    ]  # fmt: skip


def test_shots_are_filled_in_turn():
    told = {"shots": measure("clear", values={"cuts_s": "2.00 5.00 8.00"})}
    line = timeline(told, 10)
    assert line is not None and line.lanes[0].note == "4 个"
    html = drawn(line)
    assert re.findall(r'reel-band" x="([\d.]+)%" y="3" height="12" width="([\d.]+)%"', html) == [
        ("0.0", "20.0"),
        ("50.0", "30.0"),
    ]


def test_a_curve_breaks_where_nothing_is_known():
    line = timeline({"loudness": LOUD}, 4)
    assert line is not None
    html = drawn(line)
    assert re.findall(r'points="([^"]+)"', html) == [
        "0.0,29.6 2.0,29.6",
        "500.0,36.0 750.0,68.0",
    ]
    assert "-50 至 0 LUFS" in html


def test_the_strip_shows_eight_pictures_each_the_last_before_its_place():
    strip = Strip("/s.jpg?a=1&b", 2, 2, 160, 90, (0.0, 4.0, 8.0))
    html = drawn(Timeline(8, (), strip), legend=False)
    assert 'href="/s.jpg?a=1&amp;b" width="320" height="180"' in html
    assert re.findall(r'viewBox="([\d ]+)"', html) == ["0 0 160 90"] * 4 + ["160 0 160 90"] * 4


def test_no_word_of_a_strangers_file_becomes_markup():
    evil = "<script>alert(1)</script>\"'"
    line = Timeline(10, (Lane(evil, (Mark(1, 2, evil),), evil),), Strip(evil, 1, 1, 1, 1, (0.0,)))
    html = drawn(line)
    assert "<script" not in html and html.count("&lt;script&gt;") == 4
    assert "style=" not in html
    assert instants("1.5 <b> 0.25 1e9 -3 nan") == (0.25, 1.5)


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0.5, (0,)), (8, tuple(range(9))), (300, tuple(range(0, 301, 60))), (90_000, (0, 7200 * 1))],
)
def test_the_axis_has_few_round_marks(length: float, expected: tuple[int, ...]):
    found = ticks(length)
    assert found[: len(expected)] == expected
    assert len(found) <= 13


def test_every_other_number_of_the_axis_may_go_where_there_is_no_room():
    words = re.findall(
        r'<text class="reel-scale"( data-between)?[^>]*>([\d:]+)<', drawn(Timeline(8, ()))
    )
    assert [at for between, at in words if not between] == ["0:00", "0:02", "0:04", "0:06", "0:08"]
    assert len(words) == 9


def test_what_differs_in_its_moment_only_is_said_once():
    told = {"shake": measure("found", (1, 2), (5, 6), (9, 11), (20, 21), about=("shaky",))}
    [seen] = noticed(told)
    assert seen.text == (
        "第 0:01–0:02、0:05–0:06、0:09–0:11 秒等 4 处画面抖动明显，"
        "请用三脚架重拍，或在剪辑软件里做防抖处理"
    )
    assert [each.moment for each in seen.moments] == [
        "0:01–0:02",
        "0:05–0:06",
        "0:09–0:11",
        "0:20–0:21",
    ]
    assert concerned(("shaky",), [seen], told) == (seen,)
    assert concerned(("noisy",), [seen], told) == concerned((), [seen], told) == ()


def test_what_was_read_twice_with_other_marks_is_one_moment():
    spans = tuple(
        Span(from_s=Fraction(0), to_s=Fraction(45), text=text, picture=f"{number}.jpg")
        for number, text in enumerate(("抖音号xinbingke", "抖音号：Xinbingke", "抖音号yiyuan"))
    )
    told = Measure(method="m", answer="found", spans=spans, about=("platform_text",))
    [seen] = noticed({"platform_text": told})
    assert [each.detail for each in seen.moments] == ["抖音号xinbingke", "抖音号yiyuan"]


def test_every_check_has_a_name_and_says_how_it_looks():
    names = {each.name for room in (film, sound, screen) for each in room.CHECKS}
    measured = names - {"fingerprint"} | {"loudness"}
    assert measured - NAMES.keys() == set()
    assert measured - HOW.keys() == set()
    assert VALUES.keys() - HOW.keys() == set()


def test_a_check_says_its_value_beside_its_limit_or_why_it_has_none():
    told = {
        "shake": measure("found", values={"tremor_percent": 1.102, "shaky_s": 6.7},
                         limits={"tremor_percent": 0.12}),
        "bars": measure("clear", values={"true_width_px": 1280, "true_height_px": 720},
                        limits={"least_bar_share": 0.012}),
        "subtitles": measure("clear"),
        "exposure": measure("found"),
        "cadence": measure("unmeasured", values={"effective_fps": 25}, why="画面几乎不动"),
    }  # fmt: skip
    assert [
        (each.title, each.answer, each.tone, each.values, each.why) for each in checks(told)
    ] == [
        ("抖动", "看到", "fail", "颤动为画面宽度的 1.1%（达到 0.12% 算抖动），共 6.7 秒", ""),
        (
            "黑边与填充",
            "未见",
            "told",
            "有效画面宽 1280 像素，高 720 像素（边宽超过 1.2% 才算）",
            "",
        ),
        ("字幕", "没有", "fail", "", ""),
        ("曝光", "不正常", "fail", "", ""),
        ("实际帧率", "没有结论", "none", "", "画面几乎不动"),
    ]
    assert mode_told("") == "" and "逐帧" in mode_told("thorough") and "快速" in mode_told("swift")


def test_what_hindered_a_check_is_said_of_the_facts_it_would_have_told():
    told = {
        "shake": measure("unmeasured", about=("shaky",), why="连续画面不足两秒"),
        "hum": measure("unmeasured", about=("hum",), why="声音太短"),
        "noise": measure("unmeasured", about=("noisy",), why="声音太短"),
        "clipping": measure("found", about=("clipped",), why="x"),
    }
    assert hindered(("noisy", "hum", "clipped"), told) == ("声音太短",)
    assert hindered((), told) == ()
