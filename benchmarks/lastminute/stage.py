"""Sets the stage: units with complete drafts, each with a contact who is signed in.

Run as a process of the installation: `python -m benchmarks.lastminute.stage UNITS CLOSES_IN_SECONDS`.
What it prints last is JSON: addresses, forms and cookies.
"""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  (needs the app registry)
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from fengcai.apps.contests.models import Membership, Unit  # noqa: E402
from fengcai.apps.contests.roles import Role  # noqa: E402
from fengcai.apps.entries import actions  # noqa: E402
from fengcai.core.rulebook import Rules  # noqa: E402
from tests.factories import judging  # noqa: E402
from tests.factories.collecting import DECLARED  # noqa: E402

FIELDS = {
    "title": "心跳的守护",
    "authors": [{"name": "编导甲", "role": "编导"}],
    "contact": "联络员 0791-0000000",
    "synopsis": "从一张心电图开始。",
    "themes": ["service"],
}


def closing(at: datetime) -> judging.Rules:
    """A change of the rules: open since 2020, closing at this instant."""

    def change(rules: Rules) -> Rules:
        window = rules.window.model_copy(
            update={"opens": datetime(2020, 1, 1, tzinfo=UTC), "closes": at}
        )
        return rules.model_copy(update={"window": window})

    return change  # type: ignore[return-value]


def main() -> None:
    """Lay it down and print who submits what."""
    units, seconds = int(sys.argv[1]), float(sys.argv[2])
    now = timezone.now()
    closes = (now + timedelta(seconds=seconds)).replace(microsecond=0)
    stage = judging.contest(works=0, judges=0, slug="bench-lastminute", change=closing(closes))
    folder = Path(settings.FENGCAI_DATA)
    ready = []
    with transaction.atomic():
        for number in range(units):
            unit = Unit.objects.create(
                contest=stage.contest, name=f"科室{number:03}", unit_class="clinical", order=number
            )
            by = judging.person(f"{unit.name}联络员")
            Membership.objects.create(contest=stage.contest, user=by, role=Role.CONTACT, unit=unit)
            entry = actions.start_entry(
                contest=stage.contest, unit=unit, track="video", by=by, at=now
            )
            entry = actions.save_draft(
                entry_id=entry.pk, changes=FIELDS, expected_version=entry.version, by=by, at=now
            )
            film = folder / f"{uuid.uuid4().hex}.mp4"
            film.write_bytes(hashlib.sha256(film.name.encode()).digest())
            actions.hand_over_file(
                entry_id=entry.pk, slot="main", path=film, filename="film.mp4", by=by,
                began_at=now, finished_at=now,
            )  # fmt: skip
            client = Client()
            client.force_login(by)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            ready.append(
                {"entry": str(entry.pk), "cookie": f"{cookie.key}={cookie.value}",
                 "name": by.name}
            )  # fmt: skip
    print(
        json.dumps({
            "works": ready, "declared": list(DECLARED), "closes": closes.timestamp(),
            "cookie_name": settings.CSRF_COOKIE_NAME,
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
