"""pretalx beside our pages: its list of submissions and a submission's page, with as many of them.

`python -m benchmarks.pages.peer --works N` runs in an environment that has pretalx (`run.py` does
that); of ours it knows the measure alone. An event is made through pretalx's own models on SQLite, its
pages are asked for through Django's test client, in this process, by an administrator.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import os
import random
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.pages.pace import Lap, cpu_ms, lap, raw_ms

WARM = 6
STATES = ("accepted",) * 72 + ("submitted",) * 12 + ("rejected",) * 8 + ("withdrawn",) * 8


def settle(folder: Path) -> None:
    """pretalx's own settings, on SQLite in `folder`, without debugging."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="pretalx.settings",
        PRETALX_FILESYSTEM_DATA=str(folder),
        PRETALX_DATA_DIR=str(folder),
        PRETALX_DB_TYPE="sqlite3",
        PRETALX_DB_NAME=str(folder / "peer.sqlite3"),
        PRETALX_DEBUG="False",
        PRETALX_SITE_URL="http://testserver",
    )
    import django
    from django.conf import settings

    # Static files are not collected: their plain addresses cost it less than its own manifest.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # As installed it keeps nothing; memory stands in for the Redis that its manual asks for.
    kept = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {name: {**kept, "LOCATION": name} for name in settings.CACHES}
    django.setup()
    logging.disable(logging.ERROR)


def lay_down(works: int) -> tuple[Any, list[Any]]:
    """An event with `works` submissions of a speaker each, and the administrator of it."""
    from django_scopes import scope, scopes_disabled
    from pretalx.event.models import Event
    from pretalx.event.utils import create_organiser_with_team
    from pretalx.person.models import User
    from pretalx.submission.models import Submission

    chance = random.Random(20260422)
    user = User.objects.create_superuser(email="a@example.org", name="A", password="peer-of-ours")
    organiser, team = create_organiser_with_team(name="Peer", slug="peer", users=[user])
    day = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=25)
    with scopes_disabled():
        event = Event.objects.create(
            name="Peer",
            slug="peer",
            organiser=organiser,
            date_from=day,
            date_to=day,
            timezone="Asia/Shanghai",
            email="a@example.org",
            locale_array="en",
            locale="en",
        )
    with scope(event=event):
        team.limit_events.add(event)
        kind = event.cfp.default_type
        made = []
        for number in range(works):
            speaker = User.objects.create(email=f"s{number}@example.org", name=f"Speaker {number}")
            made.append(
                Submission.objects.create(
                    event=event,
                    title=f"A work with a title of usual length, number {number}",
                    submission_type=kind,
                    state=chance.choice(STATES),
                    abstract="What the work is about, in a paragraph. " * 8,
                    content_locale="en",
                )
            )
            made[-1].speakers.add(speaker)
    return user, made


def measure(name: str, url: str, client: Any, requests: int) -> dict[str, Any]:
    """CPU milliseconds of `requests` answers, SQL and bytes of one. SystemExit if not 200."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ask() -> bytes:
        answer = client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answered {answer.status_code}")
        content: bytes = answer.content
        return content

    for _ in range(WARM):
        ask()
    laps: list[Lap] = []
    for _ in range(requests):
        with lap(laps):
            ask()
    with CaptureQueriesContext(connection) as statements:
        body = ask()
    return {
        "name": name,
        "cpu_ms": cpu_ms(laps),
        "raw_cpu_ms": raw_ms(laps),
        "sql": len(statements),
        "bytes": len(body),
    }


def main() -> None:
    """Lay down, measure, print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fengcai-peer-") as folder:
        settle(Path(folder))
        import pretalx
        from django.core.management import call_command
        from django.db import transaction
        from django.test import Client

        call_command("migrate", verbosity=0)
        with transaction.atomic():
            user, made = lay_down(options.works)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        list_url = "/orga/event/peer/submissions/"
        one = f"{list_url}{made[len(made) // 2].code}/"
        pages = [
            measure("list", list_url, client, options.requests),
            measure("review", one, client, options.requests),
        ]
    version = pretalx.__version__
    print(json.dumps({"peer": f"pretalx {version}", "works": options.works, "pages": pages}))


if __name__ == "__main__":
    main()
