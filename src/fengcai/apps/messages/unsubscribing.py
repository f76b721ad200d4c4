"""Unsubscribing from invitations: a signed link that needs no account. What belongs to somebody's own
entry is never held back by it.

An advertisement by mail must let its reader refuse further ones (互联网电子邮件服务管理办法 第十四条);
the link answers RFC 8058's one click.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction

from fengcai.apps.messages.models import Unsubscribed
from fengcai.apps.messages.sealing import digest
from fengcai.apps.messages.ways import address_of_site
from fengcai.apps.refusals import NotFound

_SALT = "fengcai.messages.unsubscribe"
PATH = "/unsubscribe/{token}/"
LINE = "\n\n——\n不想再收到这类邮件，可以退订：{link}"


@dataclass(frozen=True)
class Standing:
    """What a link stands for: whose invitations, and whether they are refused now."""

    contest: int
    unsubscribed: bool


def token_for(address: str, contest: int | None) -> str:
    """The signed token of an address; it holds a hash, not the address."""
    return signing.Signer(salt=_SALT).sign_object([digest(address), contest or 0])


def link_for(address: str, contest: int | None) -> str:
    """The address of the page; empty where the installation has not said its own."""
    return address_of_site(PATH.format(token=token_for(address, contest)))


def standing_of(token: str) -> Standing:
    """1 SQL. Raises `NotFound` for a link that was not signed here."""
    who, contest = _read(token)
    refused = Unsubscribed.objects.filter(digest=who, contest=contest).exists()
    return Standing(contest, refused)


@transaction.atomic
def unsubscribe(*, token: str, at: datetime) -> Standing:
    """Refuse further invitations; again does nothing. Raises `NotFound`."""
    who, contest = _read(token)
    Unsubscribed.objects.get_or_create(digest=who, contest=contest, defaults={"at": at})
    return Standing(contest, True)


@transaction.atomic
def subscribe_again(*, token: str) -> Standing:
    """Take that back. Raises `NotFound`."""
    who, contest = _read(token)
    Unsubscribed.objects.filter(digest=who, contest=contest).delete()
    return Standing(contest, False)


def refuses(address: str, contest: int | None) -> bool:
    """Whether an address wants no invitations of this contest. 1 SQL."""
    places = {0, contest or 0}
    return Unsubscribed.objects.filter(digest=digest(address), contest__in=places).exists()


def refusing(addresses: list[str], contest: int | None) -> set[str]:
    """Those of many that want none. 1 SQL."""
    by_digest = {digest(each): each for each in addresses}
    rows = Unsubscribed.objects.filter(contest__in={0, contest or 0}, digest__in=list(by_digest))
    return {by_digest[each] for each in rows.values_list("digest", flat=True)}


def _read(token: str) -> tuple[str, int]:
    try:
        who, contest = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(
            "这个退订链接不完整。请从邮件里完整地复制，或直接回复邮件告诉主办方。"
        ) from None
    return str(who), int(contest)
