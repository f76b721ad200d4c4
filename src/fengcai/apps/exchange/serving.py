"""The bytes of a pack from one place to another, made as they are sent, in flat memory.

What stands in the zip is looked up a few hundred members at a time; content comes from storage.
Who may have it is asked before, by `packs.pack_to_take`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from fengcai.apps.exchange.models import Pack, PackMember
from fengcai.apps.exchange.zipping import Member, header
from fengcai.engines import storage

BATCH = 300


def etag(pack: Pack) -> str:
    """The pack's mark for If-Range: its content never changes while it stands."""
    return f'"{pack.pk.hex}-{pack.tail_sha256[:16]}"'


def stretch(pack: Pack, first: int, end: int) -> Iterator[bytes]:
    """The bytes from `first` up to, not including, `end`. Raises StorageTrouble, FileNotFoundError."""
    at = first
    for row in _members(pack, first):
        if at >= end:
            return
        member = Member(row.name, row.size, row.crc32, row.stamp, row.offset)
        if at < member.data_at:
            part = header(member)[at - member.offset : end - member.offset]
            at += len(part)
            yield part
        until = min(end, member.end)
        if at < until:
            yield from storage.store().get(row.key, at - member.data_at, until - member.data_at)
            at = until
    if at < end:
        yield from storage.store().get(pack.tail_key, at - pack.tail_at, end - pack.tail_at)


def _members(pack: Pack, first: int) -> Iterator[PackMember]:
    """From the member in which `first` lies to the last one. 1 SQL for each few hundred."""
    rows = PackMember.objects.filter(pack=pack).order_by("order")
    begins = rows.filter(offset__lte=first).order_by("-order").values_list("order", flat=True)
    order = begins.first() or 0
    while some := list(rows.filter(order__gte=order)[:BATCH]):
        # Chunks are made in threads that outlive the answer: no connection is left behind in them.
        if not connection.in_atomic_block:
            connection.close()
        yield from some
        order = some[-1].order + 1
