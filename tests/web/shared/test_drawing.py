"""Cards and lines as functions draw them: complete, and with every foreign word escaped."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

import pytest
from django.urls import reverse

from fengcai.apps.entries.listing import Row
from fengcai.web.shared import drawing
from fengcai.web.shared.cards import Sprite, WorkCard, addresses, file_url
from fengcai.web.shared.works import Line

ID = UUID(int=7)
BAD = '<b a="1">&'
SAFE = "&lt;b a=&quot;1&quot;&gt;&amp;"


def row(**changed: object) -> Row:
    told: dict[str, object] = {
        "id": ID, "number": "00012", "title": "微光", "unit": "急诊科", "track": "视频", "themes": (),
        "state": "accepted", "state_name": "审核通过", "late": False,
        "updated_at": datetime(2026, 4, 2, 3, 4, 5, tzinfo=UTC), "submitted_at": None,
        "file": ID, "has_poster": True, "running": False, "trouble": "",
        "duration": Fraction("183.5"), "broken": 0,
    }  # fmt: skip
    return Row(**{**told, **changed})  # type: ignore[arg-type]


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_a_card_tells_everything_and_escapes_it() -> None:
    html = drawing.card(
        WorkCard(
            title=BAD, unit=BAD, url=f"/x?{BAD}", poster=BAD, award=BAD, meta=BAD,
            duration=Fraction("183.5"), state="draft", state_word=BAD,
            sprite=Sprite(BAD, 5, 4, 20, 160, 90),
        )
    )  # fmt: skip
    assert BAD not in html
    assert html.count(SAFE) == 8
    assert '<fc-scrub src="' in html and 'columns="5" rows="4" count="20"' in html
    assert "3:03" in html


def test_a_card_without_a_picture_or_a_name_says_so() -> None:
    html = drawing.card(WorkCard(title="", unit="检验科"))
    assert text(html) == "画面还没有准备好 未命名作品 检验科"
    assert "<img" not in html and "<a " not in html
    assert SAFE in drawing.card(WorkCard(title="x", unit="", waiting=BAD))


def test_a_line_tells_everything_and_escapes_it() -> None:
    bad = row(title=BAD, unit=BAD, number=BAD, state_name=BAD)
    html = drawing.line(Line(bad, f"/x?{BAD}", BAD))
    assert BAD not in html
    assert html.count(SAFE) == 6


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "未见不符"),
        ({"file": None}, "无文件"),
        ({"running": True}, "检查中"),
        ({"trouble": "坏了"}, "无法读取"),
        ({"broken": 3}, "不符合 3 项"),
    ],
)
def test_a_line_says_what_the_check_found(changed: dict[str, object], said: str) -> None:
    html = drawing.line(Line(row(**changed), "/x", ""))
    assert f" {said} " in text(html)
    assert text(html).startswith("微光 3:03 急诊科 00012 审核通过")


def test_addresses_are_those_that_reverse_gives() -> None:
    assert file_url(ID, "poster") == reverse("file", args=[ID, "poster"])
    assert addresses("review")(ID) == reverse("review", args=[ID])
    round = ("crowd", "final")
    assert addresses("judge-work", *round)(ID) == reverse("judge-work", args=[*round, ID])
