"""A published contest whose files are described as the inspection describes them."""

from __future__ import annotations

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.publishing.actions import publish_results, publish_works
from tests.factories import judging as make
from tests.web.shared.conftest import front_end

__all__ = ["front_end"]

FACTS = {
    "video": {"duration_s": "183.5"},
    "pictures": {
        "sprite": {
            "columns": 5,
            "rows": 2,
            "tile_width_px": 160,
            "tile_height_px": 90,
            "times_s": ["0", "20", "40", "60", "80", "100", "120", "140", "160", "180"],
        }
    },
}


@pytest.fixture
def shown() -> make.Stage:
    """Twelve works, thirteen awards, all public."""
    stage = make.contest(works=12, judges=5)
    make.approved(stage)
    Asset.objects.update(facts=FACTS)
    publish_works(
        contest=stage.contest,
        entries=[entry.pk for entry in stage.entries],
        by=stage.organiser,
        at=make.NOON,
    )
    publish_results(contest=stage.contest, by=stage.organiser, at=make.NOON)
    return stage
