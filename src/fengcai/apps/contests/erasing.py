"""What contests keep of a person, erased with him: the seats end, the record forgets what named him."""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.audit.actions import erase_personal
from fengcai.apps.contests.duties import JudgeProfile
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.people.erasing import Whose, erases
from fengcai.apps.people.models import User


@erases("contests")
def erase(whose: Whose, by: User, at: datetime) -> int:
    """Every seat ends now; what is known of a judge and personal values of records go."""
    gone, _ = JudgeProfile.objects.filter(user=whose.user).delete()
    seats = Membership.objects.filter(user=whose.user)
    contests = Contest.objects.filter(pk__in=seats.values("contest"))
    rows = gone + seats.filter(until=None).update(until=at)
    for contest in contests.order_by("pk"):
        rows += erase_personal(
            contest.chain,
            about=f"user:{whose.user.pk}",
            actor=f"user:{by.pk}",
            reason="个人信息保护法 §47",
            at=at,
        )
    return rows


def only_here(user: int, contest: Contest) -> bool:
    """Whether every seat that an account ever had is in this contest: then its office may erase it."""
    return not Membership.objects.filter(user=user).exclude(contest=contest).exists()
