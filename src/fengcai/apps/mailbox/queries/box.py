"""The mailbox itself: the connection, how letters come in by it, what the rules say of mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.mailbox.fitting import mail_channels, takes_mail
from fengcai.apps.mailbox.models import Connection
from fengcai.apps.refusals import Refused


def connection_of(contest: Contest) -> Connection | None:
    """The contest's mailbox, if one is set. 1 SQL."""
    return Connection.objects.filter(contest=contest).first()


def connections() -> list[Connection]:
    """Every mailbox in use, with its contest. 1 SQL."""
    return list(
        Connection.objects.filter(active=True).select_related("contest").order_by("contest__slug")
    )


@dataclass(frozen=True)
class Registered:
    """How many units an address is registered for, of how many."""

    known: int
    units: int


def registered(contest: Contest) -> Registered:
    """Units with an address of their own, or with a contact or head who has one. 1 SQL."""
    seats = Membership.objects.filter(
        unit=OuterRef("pk"), until=None, role__in=(Role.CONTACT, Role.HEAD), user__is_active=True
    ).exclude(user__email="")
    units = Unit.objects.filter(contest=contest, closed_at=None, merged_into=None)
    has_one = Q(email__contains="@") | Q(Exists(seats))
    return Registered(**units.aggregate(known=Count("pk", filter=has_one), units=Count("pk")))


def opening(contest: Contest) -> datetime | None:
    """When collecting opens by the rules; None while their questions are open."""
    try:
        rules = rules_of(contest)
    except Refused:
        return None
    return min(window.opens for window in (rules.window, *rules.windows.values()))


def what_the_rules_say(contest: Contest) -> tuple[str, list[str]]:
    """(the address that the notice names, what it says of mail in words) for the settings page."""
    try:
        rules = rules_of(contest)
    except Refused:
        return "", []
    said = []
    for channel in (c for t in rules.tracks for c in mail_channels(rules, t.id)):
        line = f"{channel.what or '作品'}发至 {channel.address or '报送邮箱'}"
        if line not in said:
            said.append(line)
    if not any(takes_mail(rules, track.id) for track in rules.tracks):
        said.append("规则书没有把邮箱列为报送渠道：来信都会列为“待处理”，由您决定。")
    channels = [c.address for c in rules.channels if c.kind == "email" and c.address]
    return rules.mailbox or (channels[0] if channels else ""), said
