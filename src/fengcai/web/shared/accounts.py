"""How allauth is bound: nobody signs up by himself; accounts are made by the office."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from fengcai.web.shared.context import is_loopback


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-in only. Accounts come from the roster, personal links and the command line."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The password of the demo accounts is printed in the README: it opens nothing from
        another machine. Raises ValidationError."""
        printed = settings.FENGCAI_PRINTED_PASSWORD
        if credentials.get("password") == printed and not is_loopback(request):
            raise ValidationError("演示账号只能在运行它的这台机器上使用。")
        super().pre_authenticate(request, **credentials)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: self-registration needs a review that this version does not have."""
        return False
