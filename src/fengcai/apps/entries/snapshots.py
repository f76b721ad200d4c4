"""What stood at the address of a link when it was handed in: fetched behind a guard, where settings permit.

Off by default: then nothing is ever asked for over the network, and the unit's screenshot is the
evidence. What comes is kept as bytes and offered for download, never opened or rendered here.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from fengcai.apps.entries import identity
from fengcai.apps.entries.models import Entry, Item, Snapshot
from fengcai.apps.entries.rules import may_see
from fengcai.apps.refusals import NotFound
from fengcai.engines import storage
from fengcai.engines.fetching import Fetched, NotFetched, fetch, hosts_of, inside_of
from fengcai.engines.jobs import JobContext, JobRetry, enqueue, handler
from fengcai.engines.storage import Owned, register_owner

LARGEST = 8 * 1024**2
TYPES = ("text/html", "application/xhtml+xml", "application/pdf", "image/")
SECONDS = 20.0
TRIES = 3
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb18030": "gb18030",
            "big5": "big5", "iso-8859-1": "cp1252", "windows-1252": "cp1252"}  # fmt: skip
"""What a page may say that it is written in; anything else is read as UTF-8. Not every codec of Python
decodes text: some raise, some make half characters, some take for ever."""


def order_snapshot(item: Item) -> None:
    """Have the server look at a link, where settings permit it; inside the caller's transaction."""
    if not settings.FENGCAI_FETCH or identity.link_problem(item.url):
        return
    enqueue(
        "entries.snapshot",
        {"item_id": item.pk, "url": item.url},
        # Another address is another job: one that waits for its turn keeps its own.
        dedupe_key=f"entries.snapshot:{item.pk}:{hashlib.sha256(item.url.encode()).hexdigest()[:16]}",
        subject=f"entry:{item.entry_id}",
        scope=f"contest:{item.entry.contest_id}",
        rerun=True,
    )


@handler(
    "entries.snapshot",
    title="保存发表链接的网页",
    max_attempts=TRIES + 2,
    lease=timedelta(seconds=90),
)
def take_snapshot(job: JobContext, *, item_id: int, url: str) -> None:
    """Fetch a link once and keep what came, or why nothing did.

    If the machine dies in the middle nothing was kept but bytes that the scrub clears away; a second
    time fetches again. A link that was changed meanwhile is left to its own job.
    """
    item = Item.objects.filter(pk=item_id, removed_at=None).first()
    if item is None or item.url != url or not settings.FENGCAI_FETCH:
        return
    found = fetch(
        url,
        allow_hosts=hosts_of(settings.FENGCAI_FETCH_HOSTS) or None,
        max_bytes=LARGEST,
        types=TYPES,
        seconds=SECONDS,
        inside=inside_of(settings.FENGCAI_FETCH_INSIDE),
    )
    if isinstance(found, NotFetched) and found.again and job.attempt < TRIES:
        raise JobRetry(found.reason)
    kept = _kept(found)
    with job.completing() as outcome:
        Snapshot.objects.create(item=item, url=url, at=timezone.now(), **kept)
        outcome["kept"] = bool(kept.get("key"))


def _kept(found: Fetched | NotFetched) -> dict[str, Any]:
    if isinstance(found, NotFetched):
        return {"why": found.reason[:300]}
    suffix = ".pdf" if found.content_type == "application/pdf" else ".bin"
    stored = storage.write_bytes(found.content, suffix=suffix)
    return {
        "key": stored.key,
        "content_type": found.content_type[:100],
        "size": found.size,
        "sha256": found.sha256,
        "title": title_of(found.content) if "html" in found.content_type else "",
    }


def title_of(page: bytes) -> str:
    """The title of a page, by its first bytes; empty where there is none. Plain text, one line."""
    head = page[:65536]
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", head, re.IGNORECASE)
    charset = CHARSETS.get(declared[1].decode("ascii").lower(), "utf-8") if declared else "utf-8"
    text = head.decode(charset, "replace")
    found = re.search(r"<title[^>]*>(.{0,1000}?)</title", text, re.IGNORECASE | re.DOTALL)
    plain = html.unescape(found[1]) if found else ""
    return " ".join(plain.replace("\0", "").split())[:200]


def snapshots_of(entry: Entry) -> list[Snapshot]:
    """The newest look at each link of a work. 1 SQL, none where nothing is ever fetched."""
    if not settings.FENGCAI_FETCH:
        return []
    rows = Snapshot.objects.filter(item__entry=entry, item__removed_at=None).select_related("item")
    newest: dict[int, Snapshot] = {}
    for row in rows.order_by("at", "pk"):
        newest[row.item_id] = row
    return list(newest.values())


def snapshot_file(*, user: object, entry_id: UUID, snapshot: int) -> Snapshot:
    """A kept page, for people who may see the work. Raises `NotFound`."""
    row = (
        Snapshot.objects.filter(pk=snapshot, item__entry=entry_id)
        .exclude(key="")
        .select_related("item__entry__unit", "item__entry__contest")
        .first()
    )
    if row is None or not may_see(user, row.item.entry):
        raise NotFound("没有这份网页存档，或您不能查看它。")
    return row


def _pages(after: str, limit: int) -> Sequence[Owned]:
    rows = Snapshot.objects.filter(key__gt=after).order_by("key")[:limit]
    return [Owned(row.key, row.sha256) for row in rows]


def _holds(keys: Collection[str]) -> Collection[str]:
    return set(Snapshot.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def register() -> None:
    """Tell the storage which keys are kept pages."""
    register_owner("发表链接的网页存档", after=_pages, holds=_holds)
