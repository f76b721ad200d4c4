"""What pages may know about accounts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from fengcai.apps.people.actions import _digest
from fengcai.apps.people.models import PersonalLink, User


def owner_of_link(token: str, *, at: datetime) -> User | None:
    """Whose link this is, without using it; None when it opens nothing."""
    link = PersonalLink.objects.select_related("user").filter(digest=_digest(token)).first()
    return link.user if link is not None and link.alive(at) and link.user.is_active else None


def account(username: str) -> User | None:
    """The account of this name."""
    return User.objects.filter(username=username).first()


def account_in_any_case(username: str) -> User | None:
    """The account of this name however it is spelt; signing in does not ask for the spelling."""
    return User.objects.filter(username__iexact=username).first()


def username_for(login: str) -> str:
    """The account name that was meant: what was typed, or for an e-mail address the name of the one
    active account that has it. 1 SQL for an address, else none."""
    if "@" not in login:
        return login
    names = list(
        User.objects.filter(Q(email__iexact=login) | Q(username=login), is_active=True)
        .order_by("pk")
        .values_list("username", flat=True)[:2]
    )
    return names[0] if len(names) == 1 else login


def has_administrator() -> bool:
    """Whether anybody looks after this installation already. 1 SQL."""
    return User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True).exists()


def accounts_to_reset(login: str) -> list[User]:
    """The active accounts that were meant by a name or an e-mail address and have an address to write
    to; at most five. 1 SQL."""
    rows = User.objects.filter(
        Q(username__iexact=login) | Q(email__iexact=login), is_active=True
    ).exclude(email="")
    return list(rows.order_by("pk")[:5])


def account_by_number(number: int) -> User | None:
    """The active account with this primary key. 1 SQL."""
    return User.objects.filter(pk=number, is_active=True).first()
