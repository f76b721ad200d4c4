"""A contest whose mailbox is a real one, through the public actions; prints JSON, like `stage`."""

# ruff: noqa: E402  (Django is set up before its apps are imported)

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")

import django

django.setup()

from django.utils import timezone

from fengcai.apps.mailbox.actions import connect
from fengcai.apps.people.queries import account
from fengcai.samples.cast import OFFICE
from tests.journeys import stage


def mailbox(slug: str, port: str, user: str, password: str) -> dict[str, Any]:
    """The contest, collecting, with its mailbox set as an officer would on the page."""
    from fengcai.apps.contests.queries import contest_by_slug

    made = stage.contest(slug)
    organiser = account(OFFICE[0][0])
    assert organiser is not None
    now = timezone.now()
    connect(
        contest=contest_by_slug(slug), preset="dovecot", host="localhost", port=int(port),
        security="tls", account=user, secret=password, address=user, folder="INBOX",
        since=now - timedelta(days=1), receipts=True, registered_only=False, by=organiser,
        at=now,
    )  # fmt: skip
    return made | {"organiser": organiser.username}


COMMANDS = {"mailbox": mailbox}
