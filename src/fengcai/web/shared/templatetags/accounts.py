"""Tags of the account pages only."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

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
