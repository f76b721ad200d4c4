"""How many get an award, as pages say it."""

from __future__ import annotations

from typing import Any

import pytest

from fengcai.core.rulebook import Citation
from fengcai.core.rulebook.rules import Award, AwardQuota

CITE = Citation(section="六", words="奖项设置")


@pytest.mark.parametrize(
    ("quota", "per", "said"),
    [
        (None, (), "3 名"),
        (None, ("track", "division"), "每个类别、每个组别 3 名"),
        ({"kind": "at_most", "max": 5}, (), "至多 5 名"),
        ({"kind": "discretionary"}, ("region",), "每个赛区酌情"),
        (
            {"kind": "ratio", "share": "0.10", "of": "shortlisted"},
            ("track",),
            "每个类别入围作品的 10%",
        ),
        (
            {"kind": "ratio", "share": "0.125", "min": 1, "max": 9},
            (),
            "审核通过作品的 12.5%，至少 1 名，至多 9 名",
        ),
        ({"kind": "threshold", "score": "90"}, (), "得分不低于 90 分"),
        (
            {"kind": "threshold", "score": "80", "below": "90", "max": 4},
            (),
            "得分不低于 80 分、低于 90 分，至多 4 名",
        ),
    ],
)
def test_places_are_said(quota: dict[str, Any] | None, per: tuple[str, ...], said: str) -> None:
    award = Award.model_validate(
        {
            "id": "first", "name": "一等奖", "group": "等级奖", "decided_by": "ranking",
            "cite": CITE, "per": per, "count": 3 if quota is None else None,
            "quota": quota and AwardQuota(cite=CITE, **quota),
        }
    )  # fmt: skip
    assert award.places == said
