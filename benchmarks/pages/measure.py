"""Opens pages when it is told to: CPU time, SQL statements and bytes of the whole stack, in this
process.

`python -m benchmarks.pages.measure --works N` lays a contest down in the database that
FENGCAI_DATABASE_URL or FENGCAI_DATA names and says so in a line of JSON with the names of the pages.
Then it answers each line `warm NAME`, `lap NAME` or `count NAME` on its input with a line of JSON.
`run.py` keeps one such process for each size and asks them in turn. A request goes through
`project.asgi`: middleware, session, view, template.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from dataclasses import asdict
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")

from django.db.backends import utils

from benchmarks.pages.pace import Lap, lap
from fengcai.project.asgi import application


class Statements:
    """Counts what goes to the database, in every thread, while it is installed."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: Any = None

    def __enter__(self) -> Statements:
        cursor: Any = utils.CursorWrapper
        kept = self._kept = cursor._execute_with_wrappers

        def counted(*rest: Any, **named: Any) -> Any:
            self.count += 1
            return kept(*rest, **named)

        cursor._execute_with_wrappers = counted
        return self

    def __exit__(self, *_: object) -> None:
        cursor: Any = utils.CursorWrapper
        cursor._execute_with_wrappers = self._kept


async def ask(address: str, cookie: str) -> bytes:
    """One GET. Raises SystemExit for any answer but 200."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8_000),
    }
    waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    waiting.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    parts: list[bytes] = []
    status = 0

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await application(scope, waiting.get, send)
    if status != 200:
        raise SystemExit(f"{address} answered {status}")
    return b"".join(parts)


async def told(what: str, address: str, cookie: str) -> dict[str, Any]:
    """Do what one line asks for. Raises SystemExit for a word that is none."""
    match what:
        case "warm":
            await ask(address, cookie)
            return {}
        case "lap":
            laps: list[Lap] = []
            with lap(laps):
                await ask(address, cookie)
            return asdict(laps[0])
        case "count":
            with Statements() as statements:
                body = await ask(address, cookie)
            return {"sql": statements.count, "bytes": len(body)}
    raise SystemExit(f"{what} is nothing that can be asked for")


def session(user: Any) -> str:
    """The cookie of somebody who has signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def pages(made: Any) -> list[tuple[str, str, Any]]:
    """Name, address and reader of every page that is measured."""
    from django.urls import reverse

    works = reverse("office-works", args=[made.contest.slug])
    slug, judging = made.contest.slug, (made.contest.slug, made.round.round_id)
    return [
        ("list", works, made.organiser),
        ("list.last", f"{works}?page=999999", made.organiser),
        ("list.search", f"{works}?q=%E5%BE%AE%E5%85%89", made.organiser),
        ("list.state", f"{works}?state=accepted&sort=submitted&page=3", made.organiser),
        ("office", reverse("office", args=[slug]), made.organiser),
        ("desk", reverse("review-desk", args=[slug]), made.reviewer),
        ("review", reverse("review", args=[made.waiting.pk]), made.reviewer),
        ("judge.stack", reverse("judge-stack", args=judging), made.judge),
        ("judge.work", reverse("judge-work", args=[*judging, made.judged.pk]), made.judge),
        ("public", reverse("contest", args=[slug]), None),
        ("gallery", reverse("gallery", args=[slug]), None),
        ("entrant.works", reverse("works", args=[slug]), made.contact),
        ("entrant.entry", reverse("entry", args=[made.mine.pk]), made.contact),
    ]


def say(line: dict[str, Any]) -> None:
    """One answer."""
    print(json.dumps(line), flush=True)


def main() -> None:
    """Lay down, then do what is asked until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=1_000)
    options = parser.parse_args()

    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.pages.crowd import crowd

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    made = crowd(options.works, at=timezone.now())
    laid = time.perf_counter() - began
    asked = {name: (url, session(user) if user else "") for name, url, user in pages(made)}
    say({"laid_s": round(laid, 1), "pages": list(asked)})

    async def listen() -> None:
        for line in sys.stdin:
            what, name = line.split()
            say(await told(what, *asked[name]))

    asyncio.run(listen())


if __name__ == "__main__":
    main()
