"""The report of one inspection: whole in itself, private evidence masked, nothing of a name trusted."""

from __future__ import annotations

import base64
import re
from fractions import Fraction
from pathlib import Path

import pytest

from fengcai.core.inspection import Finding
from fengcai.core.rulebook import Citation, Requirement
from fengcai.engines.documents.inspection_report import inspection_report
from fengcai.media.facts import Curve, Facts, Measure, Pictures, Span, Sprite, Video

SHAKY = Measure(
    method="corners",
    answer="found",
    about=("shaky",),
    spans=(Span(from_s=Fraction(42), to_s=Fraction(55), picture="shake-1.jpg"),),
    curve=Curve(step_s=Fraction(30), unit="percent", values=(0.1, None, 0.4, 0.2)),
    values={"tremor_percent": 0.3},
    limits={"tremor_percent": 0.12},
)
NUMBER = Measure(
    method="text",
    answer="found",
    spans=(
        Span(
            from_s=Fraction(3), to_s=Fraction(5), text="110101********1234",
            picture="personal-data-1.jpg", private=True,
        ),
    ),
)  # fmt: skip


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    for name in ("poster", "shake-1", "personal-data-1", "personal-data-1-masked"):
        (tmp_path / f"{name}.jpg").write_bytes(f"\xff\xd8{name}".encode("latin-1"))
    return tmp_path


def facts(name: str = "片.mp4", **measures: Measure) -> Facts:
    film = Video(
        codec="h264", coded_width_px=1920, coded_height_px=1080, display_width_px=1920,
        display_height_px=1080, duration_s=Fraction(120),
    )  # fmt: skip
    return Facts(
        filename=name, size_bytes=9, sha256="ab", kind="video", verdict="readable", video=film,
        measures=measures,
    )  # fmt: skip


def pictures(page: str) -> list[str]:
    found = re.findall(r"<img[^>]* src=\"data:image/jpeg;base64,([^\"]+)", page)
    return [base64.b64decode(each)[2:].decode() for each in found]


DEMAND = Requirement(
    id="steady", text="画面稳定无抖动", severity="must", checked_by="machine", predicate="not shaky",
    cite=Citation(section="四（一）", words="画面稳定无抖动"),
)  # fmt: skip


def broken(requirement: Requirement = DEMAND, verdict: str = "fail") -> Finding:
    return Finding(
        requirement=requirement.id, verdict=verdict, severity=requirement.severity, measured="",
        required="", text=requirement.text, cite=requirement.cite,
    )  # fmt: skip


def sections(page: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", page)


@pytest.mark.clause("B2")
def test_what_has_to_be_mended_comes_first_with_its_moment_its_picture_and_its_clause(outputs):
    page = inspection_report(facts(shake=SHAKY), [broken()], outputs, [DEMAND])
    assert sections(page) == ["必须修改（1 项）", "时间线", "曲线", "检测了什么、怎么检测的"]
    mend = page[page.index("必须修改") : page.index("时间线")]
    assert "第 0:42–0:55 秒画面抖动明显，请用三脚架重拍，或在剪辑软件里做防抖处理" in mend
    assert "依据 四（一）“画面稳定无抖动”" in mend
    assert pictures(page) == ["poster", "shake-1"]
    assert "颤动为画面宽度的 0.3%（达到 0.12% 算抖动）" in page
    assert "必须修改：抖动 0:42–0:55" in page


def test_what_a_person_judges_is_no_refusal_and_what_no_clause_asks_stands_apart(outputs):
    by_person = DEMAND.model_copy(update={"checked_by": "human"})
    page = inspection_report(facts(shake=SHAKY), [broken(by_person)], outputs, [by_person])
    assert sections(page)[0] == "请人看一看（1 项）"
    page = inspection_report(facts(shake=SHAKY), [broken(verdict="pass")], outputs, [DEMAND])
    assert sections(page)[:3] == ["另外看到的（1 处）", "时间线", "符合（1 项）"]
    page = inspection_report(facts(shake=SHAKY), [broken(verdict="undetermined")], outputs)
    assert sections(page)[:2] == ["请人看一看（1 项）", "另外看到的（1 处）"]


def test_private_evidence_goes_in_masked_only(outputs):
    page = inspection_report(facts(personal_data=NUMBER), (), outputs)
    assert pictures(page) == ["poster", "personal-data-1-masked"]
    assert "110101********1234" in page


def test_nothing_is_fetched_run_or_believed(outputs):
    evil = SHAKY.model_copy(
        update={
            "spans": (SHAKY.spans[0].model_copy(update={"picture": "../secret.jpg"}),),
            "method": "<script>alert(1)</script>",
        }
    )
    page = inspection_report(facts("<img src=x>.mp4", shake=evil), (), outputs)
    assert pictures(page) == ["poster"]
    assert not re.search(r"<script|<img src|http|url\(", page)


def test_a_file_without_trouble_says_so():
    page = inspection_report(facts())
    assert "没有需要提醒的" in page
    assert "<svg" not in page
    assert pictures(page) == []
    assert sections(page) == ["看到的情况"]


def test_the_strip_travels_once_however_many_pictures_of_it_are_shown(outputs):
    (outputs / "sprite.jpg").write_bytes(b"\xff\xd8sprite")
    strip = Sprite(
        file="sprite.jpg", columns=2, rows=1, tile_width_px=160, tile_height_px=90,
        times_s=(Fraction(1), Fraction(60)),
    )  # fmt: skip
    told = facts(shake=SHAKY).model_copy(update={"pictures": Pictures(sprite=strip)})
    page = inspection_report(told, (), outputs)
    assert pictures(page).count("sprite") == 0
    assert page.count(base64.b64encode(b"\xff\xd8sprite").decode()) == 1
    assert page.count('<use href="#reel-strip"/>') == 8


def test_what_was_not_measured_says_why_at_its_line_and_what_judges_weigh_is_left_out():
    unseen = Measure(method="corners", answer="unmeasured", about=("shaky",), why="画面太短")
    short = DEMAND.model_copy(update={"id": "short", "checked_by": "judge", "predicate": None})
    found = [broken(verdict="undetermined"), broken(short, verdict="person")]
    page = inspection_report(facts(shake=unseen), found, None, [DEMAND, short])
    assert sections(page)[0] == "请人看一看（1 项）"
    assert "没有测出的原因：画面太短" in page
