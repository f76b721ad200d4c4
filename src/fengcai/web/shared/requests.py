"""The request as views see it: behind `login_required` its user is one of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


class MemberRequest(HttpRequest):
    """A request whose user has signed in. A type for annotations; Django makes the instances."""

    user: User
