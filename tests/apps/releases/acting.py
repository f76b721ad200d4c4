"""What contacts, signers and the office do in these tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fengcai.apps.people.models import User
from fengcai.apps.publishing.actions import publish_works
from fengcai.apps.releases import actions, links
from fengcai.apps.releases.models import Release
from fengcai.core.rulebook import Rules
from tests.factories.judging import Stage

HAND = "M100 100L400 250L700 120M200 300L300 310"
ALL = ("judging", "site", "channels", "upper")


def waits_for(step: str) -> Any:
    def change(rules: Rules) -> Rules:
        (one,) = rules.releases
        return rules.model_copy(update={"releases": (one.model_copy(update={"needed_for": step}),)})

    return change


def add(stage: Stage, by: User, at: datetime, **changes: Any) -> list[Release]:
    row = actions.add_person(
        **{
            "entry_id": stage.entries[0].pk, "name": "王小明", "role": "patient", "age": "adult",
            "where": "0:12 讲述", "by": by, "at": at, **changes,
        }
    )  # fmt: skip
    return list(row.releases.order_by("-capacity"))


def token_of(row: Release) -> str:
    row.refresh_from_db()
    return links.token(row.pk, row.nonce)


def sign(row: Release, at: datetime, **changes: Any) -> Release:
    row.refresh_from_db()
    return actions.sign(
        **{
            "token": token_of(row), "text_hash": row.text_hash, "purposes": ALL, "name": "",
            "drawing": HAND, "address": "198.51.100.7", "at": at, **changes,
        }
    )  # fmt: skip


def publish(stage: Stage, at: datetime, *indexes: int) -> None:
    publish_works(
        contest=stage.contest,
        entries=[stage.entries[n].pk for n in indexes],
        by=stage.organiser,
        at=at,
    )
