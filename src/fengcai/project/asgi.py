"""The ASGI entry: uploads go to the tus receiver, open streams to the live engine, the rest to Django.

A Django view spools a whole request body before it runs, so that a broken upload would keep
nothing; therefore `/uploads/` is answered before Django sees it. `/live/` is, because a stream that
stays open must hold neither a thread nor a database connection.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")

import django

django.setup(set_prefix=False)

from fengcai.engines.live import live_application, shut_down  # noqa: E402  (need the app registry)
from fengcai.engines.uploads import tus_application  # noqa: E402
from fengcai.project.handler import OneThreadHandler  # noqa: E402
from fengcai.project.headers import guarded  # noqa: E402

_django = OneThreadHandler()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route one ASGI connection. Answers lifespan so that servers start without a warning."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await shut_down()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    elif scope["type"] == "http" and scope["path"].startswith("/uploads/"):
        await tus_application(scope, receive, guarded(send))
    elif scope["type"] == "http" and scope["path"].startswith("/live/"):
        await live_application(scope, receive, guarded(send))
    else:
        await _django(scope, receive, send)
