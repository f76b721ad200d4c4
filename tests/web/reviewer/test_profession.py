"""Whether a work fits its author's profession: asked for, required, and beside the topic at the review."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.core import rulebook
from fengcai.core.rulebook import Citation, Rules
from tests.factories.any_rulebook import office, rules_named

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("H11")]
CITE = Citation(section="六（三）", words="参赛作品内容须与参赛者所从事专业相匹配")


def hubei_s_demand() -> Rules:
    """Rules that can be opened, with the field and the demand that Hubei's rulebook has: its own
    criteria lie in attachments that nobody has."""
    rules = rules_named("jiangxi-2026")
    (track,) = rules.tracks
    title = next(each for each in track.fields if each.id == "title")
    asked = title.model_copy(
        update={"id": "profession", "label": "参赛者所从事的专业", "cite": CITE, "hint": None}
    )
    judged = next(each for each in rules.requirements if each.checked_by == "human")
    demand = judged.model_copy(
        update={"id": "profession", "text": "作品内容与参赛者所从事的专业相匹配", "cite": CITE,
                "predicate": None, "hint": None}
    )  # fmt: skip
    rules = rules.model_copy(
        update={
            "tracks": (track.model_copy(update={"fields": (*track.fields, asked)}),),
            "requirements": (*rules.requirements, demand),
        }
    )
    return rules.model_copy(update={"hash": rulebook.fingerprint(rules)})


def test_the_profession_is_required_and_stands_beside_the_topic_at_the_review(
    come_in: Callable[[User], Client],
) -> None:
    made = office(hubei_s_demand(), slug="jx")
    unit = made.unit("江城市第一医院检验科")
    with pytest.raises(Refused) as refused:
        made.handed_in(unit, "video", profession="")
    assert "profession" in refused.value.fields
    entry = made.handed_in(unit, "video", profession="临床检验诊断学", title="一管血的旅程")
    page = come_in(made.reviewer).get(f"/review/{entry.pk}/").content.decode()
    topic, profession = page.index("一管血的旅程"), page.index("临床检验诊断学")
    assert topic < profession
    assert "参赛者所从事的专业" in page
    # The demand is a point for the reviewer, with the notice's own words.
    assert "作品内容与参赛者所从事的专业相匹配" in page
    assert "参赛作品内容须与参赛者所从事专业相匹配" in page
