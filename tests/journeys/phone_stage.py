"""What the journey of the telephone code needs beforehand: `contact`, `picture`."""

from __future__ import annotations

from typing import Any


def contact(number: str) -> dict[str, Any]:
    """Somebody whom the roster knows by a number."""
    from fengcai.apps.people.actions import create_account

    return {"name": str(create_account(username="u1", name="心内科联络员", phone=number))}


def picture(key: str) -> dict[str, str]:
    """What a person reads in the picture."""
    from captcha.models import CaptchaStore

    return {"said": CaptchaStore.objects.get(hashkey=key).response}


COMMANDS = {"contact": contact, "picture": picture}
