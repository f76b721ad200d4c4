"""Upkeep of what people leave behind: kept answers and sign-in codes go after a day."""

from __future__ import annotations

from datetime import timedelta

from captcha.models import CaptchaStore
from django.utils import timezone

from fengcai.apps.people.answers import purge
from fengcai.apps.people.phones.actions import purge_codes
from fengcai.engines.jobs import JobContext, Priority, enqueue, handler

KIND = "people.upkeep"


@handler(
    KIND, title="清理接口的旧答复和验证码", lease=timedelta(minutes=1), max_attempts=2, atomic=True
)
def upkeep(job: JobContext) -> dict[str, int]:
    """Can run twice without harm; if the machine dies in the middle, the next run does the rest."""
    now = timezone.now()
    CaptchaStore.remove_expired()
    return {"answers": purge(now), "codes": purge_codes(now)}


def order_upkeep() -> None:
    """Have it done soon; one at a time however many workers ask."""
    enqueue(KIND, {}, dedupe_key=KIND, priority=Priority.BULK)
