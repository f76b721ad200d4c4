"""Personal links and the cards they are printed on: issued, recorded, and told once.

The audit record holds for whom and until when, never the link itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.queries import seats_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.messages.wordings import LINK
from fengcai.apps.people.actions import LINK_LIFE, issue_personal_link
from fengcai.apps.refusals import Refused
from fengcai.engines.delivery.mail import is_address
from fengcai.engines.documents import AccessRow, FontsMissing, access_sheet

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Membership
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class Card:
    """A person's new link. It is nowhere else: only its hash is stored."""

    unit: str
    name: str
    url: str
    expires: datetime


@transaction.atomic
def issue(
    contest: Contest, seats: Sequence[Membership], *, by: User, at: datetime, site: str
) -> list[Card]:
    """A new link for each person among `seats`, once each; all of them, or none with the reason.

    Whoever may do more elsewhere than here gets none: a link opens everything its owner may do.
    """
    by_person: dict[int, list[Membership]] = {}
    for seat in seats:
        by_person.setdefault(seat.user_id, []).append(seat)
    barred = [str(held[0].user) for held in by_person.values() if _rules_elsewhere(held[0])]
    if barred:
        raise Refused(
            f"{'、'.join(barred)}还负责管理别的活动或本系统，不能由这里签发链接，请其用密码登录。"
            "没有签发任何链接，原有链接照旧有效。"
        )
    # In the order of the accounts: two officers who issue for the same people follow each other.
    tokens = {
        pk: issue_personal_link(user=held[0].user, by=by, at=at)
        for pk, held in sorted(by_person.items())
    }
    cards = []
    for pk, held in by_person.items():
        units = list(dict.fromkeys(seat.unit.name for seat in held if seat.unit))
        cards.append(
            Card(
                unit="、".join(units) or contest.title,
                name=str(held[0].user),
                url=site + reverse("enter", args=[tokens[pk]]),
                expires=at + LINK_LIFE,
            )
        )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="people.issue_links",
        subject=f"contest:{contest.slug}",
        details={
            "users": [f"user:{pk}" for pk in by_person],
            "expires": (at + LINK_LIFE).isoformat(),
        },
        at=at,
    )
    return cards


@transaction.atomic
def cards_pdf(
    contest: Contest, seats: Sequence[Membership], *, by: User, at: datetime, site: str
) -> bytes:
    """Cards to print and cut apart. If they cannot be printed, the old links stay as they are."""
    if not seats:
        raise Refused("名单是空的，没有可以签发的人。")
    cards = issue(contest, seats, by=by, at=at, site=site)
    try:
        return access_sheet(
            f"{contest.title} 入口卡",
            [AccessRow(card.unit, card.name, card.url, card.expires) for card in cards],
            issued=at,
            demo=contest.demo,
        )
    except (ValueError, FontsMissing) as fault:
        raise Refused(f"入口卡没有做成：{fault}没有签发任何链接，原有链接照旧有效。") from None


@transaction.atomic
def mail_link(contest: Contest, seat: Membership, *, by: User, at: datetime, site: str) -> None:
    """A new link for one person, sent to the address of the account and shown to nobody else.

    `site` is the installation's own address, never one that a request named. Raises `Refused`.
    """
    if not site:
        raise Refused(
            "还没有设置站点地址（FENGCAI_PUBLIC_URL），邮件里写不出链接。可以先签发后自己转交。"
        )
    if not is_address(seat.user.email):
        raise Refused(f"{seat.user}没有登记邮箱，没有发送。可以签发后自己转交。")
    [card] = issue(contest, [seat], by=by, at=at, site=site)
    post(
        template=LINK,
        to=Recipient.of(seat.user),
        context={
            "姓名": card.name,
            "活动": contest.title,
            "链接": card.url,
            "到期": card.expires,
        },
        channel="mail",
        # The token is new each time: its hash tells one link from the next and opens nothing.
        key=f"people.link:{seat.user_id}:{hashlib.sha256(card.url.encode()).hexdigest()[:32]}",
        contest=contest.pk,
        at=at,
    )


def _rules_elsewhere(seat: Membership) -> bool:
    user = seat.user
    return user.is_superuser or any(
        held.role == Role.ORGANISER and held.contest.pk != seat.contest_id
        for held in seats_of(user)
    )
