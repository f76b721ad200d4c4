"""The pages on look-alikes: groups, two works side by side, and a decision with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fengcai.apps.likeness.models import Likeness
from fengcai.apps.likeness.standing import forget
from tests.apps.likeness.test_likeness import copied, handed_in, original
from tests.factories.collecting import UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J10", "B4")]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    forget()
    made = collecting()
    handed_in(made, tmp_path, original(), UNITS[0])
    handed_in(made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    return made


def test_an_organiser_looks_plays_both_and_decides(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.organiser)
    groups = f"/c/{made.contest.slug}/office/likenesses/"
    shown = client.get(groups).content.decode()
    assert "1 组等待决定" in shown
    assert "《心跳的守护》与《另一个题名》" in shown
    pair = Likeness.objects.get()
    page = client.get(f"{groups}{pair.pk}/").content.decode()
    assert page.count("<video ") == 2
    assert "对方裁掉了左边约 20%" in page
    assert 'data-left="0.00"' in page
    deciding = f"{groups}{pair.pk}/decide/"
    refused = client.post(deciding, {"version": 1, "decision": "copy", "reason": ""})
    assert refused.status_code == 422
    assert "请填写理由" in refused.content.decode()
    given = {"version": 1, "decision": "copy", "reason": "画面逐段相同，只裁了左边"}
    assert client.post(deciding, given).status_code == 302
    stale = client.post(deciding, {**given, "decision": "allowed"})
    assert stale.status_code == 409
    after = client.get(groups).content.decode()
    assert "都已决定" in after
    assert "画面逐段相同，只裁了左边" in after


def test_a_reviewer_looks_and_cannot_decide(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.reviewer)
    pair = Likeness.objects.get()
    address = f"/c/{made.contest.slug}/office/likenesses/{pair.pk}/"
    page = client.get(address).content.decode()
    assert "<fc-together>" in page
    assert "还没有决定" in page
    answer = client.post(f"{address}decide/", {"version": 1, "decision": "copy", "reason": "像"})
    assert answer.status_code == 403
    assert Likeness.objects.get().decision == ""


def test_entrants_have_no_way_in(made: Collecting, signed_in: Callable[[object], Client]) -> None:
    client = signed_in(made.contacts[UNITS[0]])
    pair = Likeness.objects.get()
    for address in ("", f"{pair.pk}/"):
        answer = client.get(f"/c/{made.contest.slug}/office/likenesses/{address}")
        assert answer.status_code == 403
        assert "另一个题名" not in answer.content.decode()
