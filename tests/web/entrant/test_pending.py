"""An upload begun on one device may be gone on with on another, by its owner only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fengcai.engines.uploads.models import Upload
from tests.factories.collecting import UNITS, collecting

pytestmark = pytest.mark.django_db


def test_only_the_owner_sees_an_unfinished_upload(client: Client) -> None:
    made = collecting()
    entry = made.draft()
    mine, head = made.contacts[UNITS[0]], made.heads[UNITS[0]]
    row = Upload.objects.create(
        purpose="entries.file",
        subject={"entry": str(entry.pk), "slot": "main", "user": mine.pk},
        owner=f"user:{mine.pk}",
        filename="影片.mp4",
        length=1000,
        offset=0,
        created_at=timezone.now(),
        updated_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    address = f"/works/{entry.pk}/pending/main"
    client.force_login(mine)
    found = client.get(address).json()["uploads"]
    assert [(u["filename"], u["size"], u["offset"]) for u in found] == [("影片.mp4", 1000, 0)]
    assert row.pk.hex in found[0]["url"]
    client.force_login(head)
    assert client.get(address).json() == {"uploads": []}
    client.force_login(made.contacts[UNITS[1]])
    assert client.get(address).status_code == 404
