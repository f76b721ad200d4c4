"""Which files judges and the public see: what the rules say, and never a consent by itself."""

from __future__ import annotations

import pytest

from fengcai.apps.judging.showing import shown_slots
from fengcai.core.rulebook import Citation
from fengcai.core.rulebook.rules import Slot
from tests.factories.judging import example

CITE = Citation(section="四", words="报送材料")


def slot(id: str, kind: str, shown_to: str | None = None) -> Slot:
    return Slot(
        id=id, name=id, kind=kind, min=0, max=1, accept=(".pdf",), shown_to=shown_to, cite=CITE
    )


SLOTS = (
    slot("article", "document"),
    slot("film", "video"),
    slot("script", "document"),
    slot("consent", "scan"),
    slot("table", "form"),
    slot("psd", "source"),
    slot("proof", "link"),
    slot("stats", "document", "judges"),
    slot("poster", "image", "office"),
    slot("summary", "scan", "public"),
)


@pytest.mark.parametrize(
    ("to", "seen"),
    [
        ("public", ["article", "film", "summary"]),
        ("judges", ["article", "film", "stats", "summary"]),
    ],
)
def test_who_sees_which_files(to: str, seen: list[str]) -> None:
    _, rules = example()
    track = rules.tracks[0].model_copy(update={"slots": SLOTS})
    rules = rules.model_copy(update={"tracks": (track,)})
    assert list(shown_slots(rules, track.id, to)) == seen


def test_a_consent_in_the_first_place_is_no_work() -> None:
    _, rules = example()
    track = rules.tracks[0].model_copy(update={"slots": SLOTS[3:5]})
    assert shown_slots(rules.model_copy(update={"tracks": (track,)}), track.id) == {}
