"""What the bulletin board keeps of who asked, erased with him; question and answer stay."""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.bulletin.models import Question
from fengcai.apps.people.erasing import Whose, erases
from fengcai.apps.people.models import User


@erases("bulletin")
def erase(whose: Whose, by: User, at: datetime) -> int:
    """That it was this account, and the name it gave. 1 SQL."""
    return Question.objects.filter(asker=whose.user).update(asker=None, name="", email="")
