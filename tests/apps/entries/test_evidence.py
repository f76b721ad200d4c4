"""Who may see the evidence of an inspection, over HTTP and by the query."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Asset, Output
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.evidence import evidence
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound
from fengcai.engines import storage
from tests.factories.collecting import UNITS, Collecting, collecting, inspected
from tests.factories.judging import person

pytestmark = pytest.mark.django_db
NAMES = ("shake-1.jpg", "personal_data-1.jpg", "personal_data-1-masked.jpg")
PLAIN = ["shake-1.jpg", "personal_data-1-masked.jpg"]


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


@pytest.fixture
def asset(made: Collecting, tmp_path: Path) -> Asset:
    film = inspected(made.with_film(made.draft(), tmp_path))
    for name in (*NAMES, "screen-text.json"):
        Output.objects.create(
            asset=film,
            name=name,
            kind="text" if name.endswith("json") else "evidence",
            private=name == "personal_data-1.jpg",
            key=storage.write_bytes(name.encode(), suffix=f".{name.rpartition('.')[2]}").key,
        )
    return film


def seen(user: object, asset: Asset) -> list[str]:
    found = []
    for name in (*NAMES, "screen-text.json"):
        try:
            found.append(evidence(user=user, asset_id=asset.pk, name=name).filename)
        except NotFound:
            continue
    return found


def member(made: Collecting, role: Role) -> User:
    user = person(str(role))
    Membership.objects.create(contest=made.contest, user=user, role=role)
    return user


@pytest.mark.clause("B2")
def test_everyone_sees_what_their_part_needs(made: Collecting, asset: Asset) -> None:
    Entry.objects.update(state=State.ACCEPTED, number="001")
    assert seen(made.reviewer, asset) == list(NAMES)
    assert seen(made.organiser, asset) == list(NAMES)
    assert seen(made.contacts[UNITS[0]], asset) == PLAIN
    assert seen(made.heads[UNITS[0]], asset) == PLAIN
    assert seen(made.contacts[UNITS[1]], asset) == []
    assert seen(member(made, Role.JUDGE), asset) == []
    assert seen(AnonymousUser(), asset) == []


def test_a_reviewer_of_another_contest_sees_nothing(made: Collecting, asset: Asset) -> None:
    another = Contest.objects.create(slug="another", title="另一场比赛")
    Membership.objects.filter(user=made.reviewer).update(contest=another)
    assert seen(made.reviewer, asset) == []


def test_the_address_serves_by_right(made: Collecting, asset: Asset, client: Client) -> None:
    address = f"/files/{asset.pk}/evidence"
    assert client.get(f"{address}/shake-1.jpg").status_code == 404
    client.force_login(made.contacts[UNITS[0]])
    shown = client.get(f"{address}/personal_data-1-masked.jpg")
    assert b"".join(shown.streaming_content) == b"personal_data-1-masked.jpg"  # type: ignore[attr-defined]
    assert shown["Content-Type"] == "image/jpeg"
    assert "private" in shown["Cache-Control"]
    for name in ("personal_data-1.jpg", "screen-text.json", "..%2Ffilm", "none.jpg"):
        assert client.get(f"{address}/{name}").status_code == 404
    client.force_login(made.reviewer)
    assert client.get(f"{address}/personal_data-1.jpg").status_code == 200
    assert client.post(f"{address}/shake-1.jpg").status_code == 405


def test_a_picture_costs_few_sql(made: Collecting, asset: Asset) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        evidence(user=made.reviewer, asset_id=asset.pk, name="shake-1.jpg")
    assert len(asked) == 3
