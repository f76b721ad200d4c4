"""Coming in without a password: by a personal link, a telephone code, another system's word. Each
stands for the password, never for the second step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fengcai.web.shared.accounts.errands import PENDING

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

FRESH = 15 * 60
"""Seconds for which coming in stands for the password itself."""
LEFT = "signed_out"
"""In the session of a browser that has signed out: nothing brings it back in by itself."""


def come_in_by_link(request: HttpRequest, user: User) -> HttpResponse:
    """Sign `user` in, after the second step if the account has one; leads to 我的事项, or first to the
    page that ties the identity with which this browser came."""
    waiting = PENDING in request.session and not request.user.is_authenticated
    return come_in(request, user, "personal_link", next=reverse("account_link") if waiting else "")


def come_in(request: HttpRequest, user: User, method: str, *, next: str = "") -> HttpResponse:
    """Sign `user` in by `method` (a key of `record.MEANS`), after the second step if there is one; leads
    to `next`, a path that was looked at already. Whoever was signed in here before is signed out."""
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    request.session.pop(LEFT, None)
    record_authentication(request, user, method)
    answer: HttpResponse = perform_login(request, user, redirect_url=next or reverse("me"))
    return answer


def not_just_come_in(request: HttpRequest) -> bool:
    """Whether it is longer ago than a quarter of an hour that this browser proved who sits before it:
    then the password is asked once more before something that matters."""
    steps = get_authentication_records(request, request.user)
    newest = max((step["at"] for step in steps), default=0.0)
    return time.time() - float(newest) >= FRESH
