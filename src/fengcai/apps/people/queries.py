"""What pages may know about accounts."""

from __future__ import annotations

from datetime import datetime

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
