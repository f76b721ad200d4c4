"""The organiser's page on inspection: agreement shown, a check set with its reason, by right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Tuning
from fengcai.apps.contests.models import Contest
from fengcai.apps.intake.actions import decide_point
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.clause("B2")]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    return collecting()


def address(made: Collecting, check: str = "") -> str:
    return f"/c/{made.contest.slug}/office/inspection/{f'{check}/' if check else ''}"


def test_before_the_contest_is_open_the_page_says_what_is_missing(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    Contest.objects.filter(pk=made.contest.pk).update(state=Contest.State.DRAFT)
    page = signed_in(made.organiser).get(address(made))
    assert (page.status_code, "活动还没有启动" in page.content.decode()) == (200, True)


def test_agreement_stands_in_a_table(
    made: Collecting, signed_in: Callable[[object], Client], tmp_path: Path
) -> None:
    client = signed_in(made.organiser)
    empty = client.get(address(made)).content.decode()
    assert "还没有人工判断" in empty
    entry = made.under_review(tmp_path, orientation="fail")
    decide_point(entry_id=entry.pk, requirement="orientation", says="ok", reason="历史影像",
                 seen="fail", by=made.reviewer, at=DAY)  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address(made)).content.decode()
    assert "人工判断了 1 次" in page
    assert '<td data-label="误报" class="number">1</td>' in page
    assert '<td data-label="一致率" class="number">0%</td>' in page
    assert len(asked) == 8


def test_a_check_is_set_and_a_refused_one_keeps_what_was_typed(
    made: Collecting, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(made.organiser)
    sent = {"stance": "judge", "factor": "7", "reason": "航拍多", "expected": ""}
    refused = client.post(address(made, "shake"), sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "倍数应在 0.5 到 3 之间" in page
    assert 'value="7"' in page and "航拍多</textarea>" in page
    kept = client.post(address(made, "shake"), {**sent, "factor": "1.5"}, follow=True)
    row = Tuning.objects.get()
    assert (row.check_name, str(row.factor), row.reason) == ("shake", "1.50", "航拍多")
    assert "照常判断，界限 ×1.5" in kept.content.decode()
    assert Job.objects.filter(kind="assets.judge").count() == 1
    stale = client.post(address(made, "shake"), {**sent, "factor": "2"})
    assert stale.status_code == 409
    assert "另一位组织者改过" in stale.content.decode()


def test_nobody_else_comes_in(made: Collecting, signed_in: Callable[[object], Client]) -> None:
    for user in (made.reviewer, made.contacts[UNITS[0]]):
        client = signed_in(user)
        assert client.get(address(made)).status_code == 403
        assert client.post(address(made, "shake"), {"stance": "off"}).status_code == 403
    assert not Tuning.objects.exists()
