"""The report of one inspection: whole in itself, private evidence masked, nothing of a name trusted."""

from __future__ import annotations

import base64
import re
from fractions import Fraction
from pathlib import Path

import pytest

from fengcai.core.inspection import Finding
from fengcai.core.rulebook import Citation
from fengcai.engines.documents.inspection_report import inspection_report
from fengcai.media.facts import Curve, Facts, Measure, Span, Video

SHAKY = Measure(
    method="corners",
    answer="found",
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
    found = re.findall(r"data:image/jpeg;base64,([^\"]+)", page)
    return [base64.b64decode(each)[2:].decode() for each in found]


@pytest.mark.clause("B2")
def test_what_was_noticed_stands_with_its_moment_its_picture_and_its_clause(outputs):
    finding = Finding(
        requirement="steady", verdict="fail", severity="must", measured="", required="",
        text="画面稳定无抖动", cite=Citation(section="四（一）", words="画面稳定无抖动"),
    )  # fmt: skip
    page = inspection_report(facts(shake=SHAKY), [finding], outputs)
    assert "第 0:42–0:55 秒画面抖动明显" in page
    assert "✗ 不符合" in page
    assert "四（一）“画面稳定无抖动”" in page
    assert pictures(page) == ["poster", "shake-1"]
    assert page.count("<polyline") == page.count('class="bar"') == 1
    assert "tremor_percent 0.3（界限 tremor_percent 0.12）" in page


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
