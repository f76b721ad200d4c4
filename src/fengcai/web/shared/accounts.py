"""How allauth is bound: nobody signs up by himself; accounts are made by the office."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-in only. Accounts come from the roster, personal links and the command line."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: self-registration needs a review that this version does not have."""
        return False
