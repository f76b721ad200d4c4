"""Coming in by a personal link: the link stands for the password, never for the second step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


def come_in_by_link(request: HttpRequest, user: User) -> HttpResponse:
    """Sign `user` in, after the second step if the account has one; leads to 我的事项."""
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    record_authentication(request, user, "personal_link")
    answer: HttpResponse = perform_login(request, user, redirect_url=reverse("me"))
    return answer
