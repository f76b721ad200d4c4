"""The room that works to come will take, from the works that have come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.entries.room import Sizes, forecasts
from fengcai.apps.people.actions import create_account
from fengcai.core.rulebook import Rules
from fengcai.web.organiser.pages import setup
from tests.factories import judging as factory
from tests.factories.judging import Stage
from tests.isolation import ENGINES

pytestmark = [pytest.mark.django_db, pytest.mark.clause("U7")]
MIB = 2**20


def open_for(days: int) -> Callable[[Rules], Rules]:
    """The rules with so many days left to submit."""
    now = timezone.now()

    def change(rules: Rules) -> Rules:
        told = {"opens": now - timedelta(days=30), "closes": now + timedelta(days=days)}
        return rules.model_copy(update={"window": rules.window.model_copy(update=told)})

    return change


@pytest.fixture
def stage() -> Stage:
    """Ten works of 10 to 100 MiB and two more units that owe one, two weeks before the deadline. Three
    of the works came within the week, one has a replaced version."""
    made = factory.contest(works=10, judges=1, change=open_for(14))
    for number in (11, 12):
        Unit.objects.create(
            contest=made.contest, name=f"第{number}科", unit_class="clinical", order=number
        )
    for number, entry in enumerate(made.entries, start=1):
        version = FileVersion.objects.get(entry=entry)
        Asset.objects.filter(pk=version.asset_id).update(size=number * 10 * MIB)
        age = timedelta(days=2 if number > 7 else 20)
        FileVersion.objects.filter(pk=version.pk).update(at=timezone.now() - age)
    again = factory.film(made.entries[0], made.organiser, version=2)
    Asset.objects.filter(pk=again.pk).update(size=10 * MIB)
    return made


def test_sizes_pace_and_units_that_owe_make_a_forecast(stage: Stage) -> None:
    [found] = forecasts(timezone.now())
    assert found.sizes == [
        Sizes("视频作品", 10, 10 * MIB, 50 * MIB, 90 * MIB, 550 * MIB, 560 * MIB, 3)
    ]
    assert (found.by_pace, found.by_units, found.coming) == (6, 2, 6)
    assert found.likely == 6 * 56 * MIB
    assert found.cautious == pytest.approx(6 * 90 * MIB * 56 / 55, abs=1)


def test_after_the_deadline_and_before_enough_works_nothing_is_foretold(stage: Stage) -> None:
    assert forecasts(timezone.now() + timedelta(days=15)) == []
    FileVersion.objects.filter(entry__in=stage.entries[4:]).delete()
    [few] = forecasts(timezone.now())
    assert (few.works, few.told) == (4, False)
    Contest.objects.update(state=Contest.State.DRAFT)
    assert forecasts(timezone.now()) == []


@pytest.mark.skipif("FENGCAI_STORAGE" in ENGINES, reason="a bucket has no end that could be told")
def test_the_page_says_whether_it_fits(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(create_account(username="guanli", name="管理员", administrator=True))
    told = {
        "pass": "也放得下",
        "doubt": "就不够了",
        "fail": "剩下的地方不够",
    }
    for free, word in ((10**12, "pass"), (500 * MIB, "doubt"), (100 * MIB, "fail")):
        usage = setup.shutil._ntuple_diskusage(10**12, 0, setup.KEPT_FREE + free)  # type: ignore[attr-defined]
        monkeypatch.setattr(setup.shutil, "disk_usage", lambda path, usage=usage: usage)
        page = client.get("/setup/storage/").content.decode()
        assert told[word] in page
        assert "照近 7 天的速度还会来 6 件，还没报的单位至少要报 2 件" in page
        assert "200" not in page.split("<h1")[1].split("docs/operate")[0]  # no assumed sizes


def test_as_many_statements_for_many_works(stage: Stage) -> None:
    forecasts(timezone.now())  # the rules are read once
    asked = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as counted:
            forecasts(timezone.now())
        asked.append(len(counted))
        factory.accepted(stage, stage.units[0], 900 + turn)
    assert asked[0] == asked[1] == 3
