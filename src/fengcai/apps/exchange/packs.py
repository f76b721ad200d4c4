"""Packs: a choice of works is frozen, made ready by a job, taken in stretches, and expires.

The zip itself is never written anywhere: `serving` says which bytes stand where.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.quarantine import scanner
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role, require_role
from fengcai.apps.entries.asked import CHOICE
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.exchange import naming
from fengcai.apps.exchange.layouts import LAYOUTS
from fengcai.apps.exchange.models import Pack, Taking
from fengcai.apps.exchange.telling import chosen_ids
from fengcai.apps.exchange.upper import UPPER, is_upper, require_released, require_still_released
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.engines.jobs import Priority, enqueue

LIFE = timedelta(days=7)
MOST_FILES = 200_000
MOST_WAITING = 20
"""Packs of one person that may stand at once."""
_PAUSE = timedelta(hours=12)


@dataclass(frozen=True)
class Weight:
    """What a choice comes to: works, their current files, bytes."""

    works: int
    files: int
    size: int


def weigh(contest: Contest, chosen: Mapping[str, Any]) -> Weight:
    """How much a choice is, before it is packed."""
    ids = chosen_ids(contest, chosen)
    files = size = 0
    for start in range(0, len(ids), 500):
        rows = FileVersion.objects.filter(entry__in=ids[start : start + 500], current=True)
        files += rows.count()
        size += rows.aggregate(all=Sum("asset__size"))["all"] or 0
    return Weight(len(ids), files, size)


@transaction.atomic
def order_pack(
    *,
    contest: Contest,
    chosen: Mapping[str, Any],
    layout: str,
    slots: Collection[str] = (),
    title: str = "",
    by: User,
    at: datetime,
) -> Pack:
    """Freeze a choice as a pack and have it made ready. Organisers and reviewers may.

    `chosen` is `{"ids": […]}` or a filter (`entries.asked.CHOICE`); `slots` narrows it to files
    of these places, empty for all; with `to: upper` it is for the organiser of a contest above, which
    is the organiser's to order. Raises `Refused`.
    """
    require_role(by, contest, Role.ORGANISER, *(() if is_upper(chosen) else (Role.REVIEWER,)))
    if layout not in LAYOUTS:
        raise Refused("请选择文件怎样放。", fields={"layout": "请选择"})
    if "ids" in chosen and not chosen["ids"]:
        raise Refused("还没有勾选作品。请勾选至少一件，或选择“全部”。", fields={"ids": "请勾选"})
    waiting = Pack.objects.filter(
        contest=contest, by=by, expires_at__gt=at, state__in=(Pack.State.MAKING, Pack.State.READY)
    )
    if waiting.count() >= MOST_WAITING:
        raise Refused(f"您已有 {MOST_WAITING} 个下载包。请先删去用过的，再新建。")
    if is_upper(chosen):
        require_released(contest, chosen, at)
    rules = rules_of(contest)
    known = {slot.id for track in rules.tracks for slot in track.slots}
    archive = naming.template_of(rules, "archive")
    called = storable(title).strip()[:100]
    base = called or (rules.short_title or contest.title)
    if archive and not called:
        base = archive.filled({"unit": "", "title": contest.title, "number": ""})
    pack = Pack.objects.create(
        contest=contest,
        by=by,
        at=at,
        expires_at=at + LIFE,
        title=called or "作品文件",
        filename=naming.fit(f"{base} {at.astimezone().strftime('%Y%m%d-%H%M')}") + ".zip",
        chosen=dict(chosen),
        slots=sorted(known.intersection(slots)),
        layout=layout,
    )
    enqueue(
        "exchange.pack",
        {"pack_id": str(pack.pk)},
        dedupe_key=f"exchange.pack:{pack.pk}",
        subject=f"pack:{pack.pk}",
        scope=f"contest:{contest.pk}",
        priority=Priority.WAITED_FOR,
    )
    enqueue(
        "exchange.expire",
        {"pack_id": str(pack.pk)},
        subject=f"expire:{pack.pk}",
        scope=f"contest:{contest.pk}",
        run_at=pack.expires_at,
        priority=Priority.BULK,
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="exchange.pack",
        subject=f"pack:{pack.pk}",
        details={"layout": layout, "slots": pack.slots, "chosen": _told(chosen)},
        at=at,
    )
    return pack


def packs_of(contest: Contest, user: User) -> list[Pack]:
    """The packs that this person may take: an organiser all, a reviewer his own. 2 SQL."""
    require_role(user, contest, Role.ORGANISER, Role.REVIEWER)
    rows = Pack.objects.filter(contest=contest).select_related("by").prefetch_related("takings__by")
    if not has_role(user, contest, Role.ORGANISER):
        rows = rows.filter(by=user)
    return list(rows[:50])


def pack_for(user: object, contest: Contest, pack_id: UUID) -> Pack:
    """The pack, for its maker while he is still in office, and for organisers; else there is none."""
    pack = Pack.objects.filter(contest=contest, pk=pack_id).select_related("contest", "by").first()
    if pack is not None and isinstance(user, User):
        own = pack.by_id == user.pk and has_role(user, contest, Role.REVIEWER)
        if own or has_role(user, contest, Role.ORGANISER):
            return pack
    raise NotFound("没有这个下载包，或您不能下载它。")


def pack_to_take(*, user: User, contest: Contest, pack_id: UUID, at: datetime) -> Pack:
    """The pack, if its bytes may be sent to this person now. Asked anew at every request. 4 SQL, at most
    14 for one that leaves the house.

    Refused when it is not ready, has expired, or when a file in it was found infected, or a consent
    to hand it on was withdrawn since.
    """
    pack = pack_for(user, contest, pack_id)
    if pack.state == Pack.State.EXPIRED or pack.expires_at <= at:
        raise NotFound("这个下载包已过期。请在“下载”页按同样的条件再打包一次。")
    if pack.state != Pack.State.READY:
        raise Refused("这个下载包还没有准备好。请在“下载”页看进度，好了再下载。")
    infected = Asset.objects.filter(
        pk__in=pack.members.values("asset"), scan=Asset.Scan.INFECTED
    ).exists()
    if infected:
        raise Refused(
            "包里有文件后来查出病毒，已停止下载。请删去这个包，再打包一次（会自动略去它）。"
        )
    if is_upper(pack.chosen):
        require_still_released(pack, at)
    return pack


@transaction.atomic
def note_taking(*, pack: Pack, by: User, at: datetime) -> Taking:
    """Keep who takes a pack. Further requests of one download (a resumed one) are counted, not noted
    again; the audit record has one event for each download."""
    Pack.objects.select_for_update(no_key=True).get(pk=pack.pk)
    row = Taking.objects.filter(pack=pack, by=by, last_at__gt=at - _PAUSE).first()
    if row is not None:
        row.last_at, row.requests = max(row.last_at, at), row.requests + 1
        row.save(update_fields=["last_at", "requests"])
        return row
    row = Taking.objects.create(pack=pack, by=by, begun_at=at, last_at=at)
    record(
        pack.contest.chain,
        actor=f"user:{by.pk}",
        action="exchange.take",
        subject=f"pack:{pack.pk}",
        details={"files": pack.files, "size": str(pack.size), "manifest": pack.manifest_sha256},
        at=at,
    )
    return row


@transaction.atomic
def drop_pack(*, contest: Contest, pack_id: UUID, by: User, at: datetime) -> None:
    """End a pack before its time; that it was there stays on record."""
    pack = pack_for(by, contest, pack_id)
    pack.expires_at = min(pack.expires_at, at)
    pack.save(update_fields=["expires_at"])
    expire(pack)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="exchange.drop",
        subject=f"pack:{pack.pk}",
        details={},
        at=at,
    )


@transaction.atomic
def expire(pack: Pack) -> None:
    """Let go of what the pack needs to be sent; the files of the works are not touched."""
    from fengcai.engines import storage

    keys = [key for key in (pack.tail_key, pack.manifest_key) if key]
    pack.members.all().delete()
    pack.state = Pack.State.EXPIRED
    pack.tail_key = pack.manifest_key = pack.tail_sha256 = ""
    pack.save()
    for key in keys:
        storage.delete(key)


def withheld(asset: Asset) -> str:
    """Why a file is left out of a pack; empty where it goes in."""
    if asset.scan == Asset.Scan.INFECTED:
        return "有病毒，已隔离，没有收入"
    if not asset.scan and asset.state == Asset.State.RECEIVED and scanner() is not None:
        return "还没有查完毒，没有收入"
    return ""


def _told(chosen: Mapping[str, Any]) -> Mapping[str, Any]:
    """A choice as the record keeps it: ids and states, no words that somebody typed."""
    if "ids" in chosen:
        ids: Sequence[Any] = chosen["ids"]
        to = {"to": UPPER} if is_upper(chosen) else {}
        return {"ids": len(ids), "some": [str(each) for each in ids[:50]], **to}
    told = [name for name in CHOICE if name != "words"]
    return {name: str(chosen[name]) for name in (*told, "to") if chosen.get(name)}
