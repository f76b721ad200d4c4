"""Tags of the account pages only."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

from fengcai.web.shared.accounts import doors
from fengcai.web.shared.accounts.errands import pending
from fengcai.web.shared.address import passkeys_at

register = template.Library()


@register.filter(name="json")
def json_(value: Any) -> str:
    """For a data attribute: the template escapes it, a script of ours reads it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.simple_tag(takes_context=True)
def passkeys_here(context: template.Context) -> str:
    """`possible`, `insecure` or `numeric`: whether this address allows passkeys."""
    return passkeys_at(context["request"]).value


@register.simple_tag
def mail_works() -> bool:
    """Whether a forgotten password can be set anew by mail."""
    return doors.by_mail()


@register.simple_tag
def by_phone() -> bool:
    """Whether codes can be sent to telephones."""
    return doors.by_phone()


@register.simple_tag(takes_context=True)
def other_ways(context: template.Context) -> bool:
    """Whether there is more to choose from than the password, OIDC and passkeys."""
    return any(way.key not in ("password", "oidc") for way in doors.ways(context["request"]))


@register.simple_tag(takes_context=True)
def identity_waiting(context: template.Context) -> str:
    """The name of the provider by which this browser came and that no account is tied to yet."""
    found = pending(context["request"])
    return doors.name_of(found.provider) if found else ""
