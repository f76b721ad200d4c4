"""Where a person's data stand that no system can take back: what an office has to do by hand after a
withdrawal (个人信息保护法 §15, §47). Takes nothing away itself; what stops by itself is asked at every reading.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from fengcai.apps.awards.models import Certificate
from fengcai.apps.bulletin.models import Announcement
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.entries.naming import PASS_ON, PUBLISH, same
from fengcai.apps.exchange.models import Taking
from fengcai.apps.people.models import DataRequest

MOST = 20
"""Places named for one request; more are counted."""


def to_do(contest: Contest, requests: Collection[DataRequest]) -> dict[int, list[str]]:
    """For each request about a withdrawn consent that waits, the places to look after. At most 4 SQL.

    Named are announcements and certificates that hold the name, and the packs for a contest above that
    were taken with works of the person's units. What was printed or posted elsewhere nobody knows here.
    """
    waiting = [row for row in requests if row.purpose and row.answered_at is None]
    published = [row for row in waiting if row.purpose == PUBLISH]
    passed = [row for row in waiting if row.purpose == PASS_ON]
    found: dict[int, list[str]] = {}
    if published:
        told = _texts(contest)
        for row in published:
            name = same(str(row.user))
            found[row.pk] = _short([what for what, text in told if name in text])
    if passed:
        units = _units(contest, {row.user_id for row in passed})
        taken = _taken(contest)
        for row in passed:
            mine = units.get(row.user_id, set())
            found[row.pk] = _short([what for what, those in taken if mine & those])
    return found


def _texts(contest: Contest) -> list[tuple[str, str]]:
    out = Announcement.objects.filter(contest=contest, state=Announcement.State.PUBLISHED)
    rows = [
        (f"公告“{title}”", same(title + text)) for title, text in out.values_list("title", "text")
    ]
    issued = Certificate.objects.filter(contest=contest, revoked_at=None).order_by("serial")
    return rows + [
        (f"证书 {row.number}（已印发的无法收回；核验页已不显示）",
         same("|".join(row.data.get("recipients", ()))))
        for row in issued
    ]  # fmt: skip


def _units(contest: Contest, users: Collection[int]) -> dict[int, set[int]]:
    seats = Membership.objects.filter(contest=contest, user__in=users).exclude(unit=None)
    found: dict[int, set[int]] = {}
    for user, unit in seats.values_list("user_id", "unit_id"):
        found.setdefault(user, set()).add(unit)
    return found


def _taken(contest: Contest) -> list[tuple[str, set[int]]]:
    """Packs that left the house, with the units whose works were in them. 1 SQL."""
    rows = Taking.objects.filter(pack__contest=contest, pack__chosen__to="upper").order_by("pk")
    units: dict[tuple[str, str], set[int]] = {}
    for title, at, by, unit in rows.values_list(
        "pack__title", "begun_at", "by__name", "pack__members__asset__version__entry__unit"
    ):
        key = (title, f"{timezone.localtime(at):%Y-%m-%d} 由{by}下载")
        units.setdefault(key, set())
        if unit is not None:
            units[key].add(unit)
    # Of a pack that has expired nobody knows any more what was in it: it counts for everybody.
    everybody = (
        set(contest.units.values_list("pk", flat=True)) if not all(units.values()) else set()
    )
    return [
        (f"下载包“{title}”（{when}），请告知接收方删除", those or everybody)
        for (title, when), those in units.items()
    ]


def _short(places: list[str]) -> list[str]:
    more = len(places) - MOST
    return [*places[:MOST], f"另有 {more} 处"] if more > 0 else places
