"""From what the browser sent to an entry's changes: JSON of the autosave, or the plain form."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, QueryDict

from fengcai.apps.entries.scope import MADE_ON, PRIZES
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Track
from fengcai.core.rulebook.rules import Field
from fengcai.web.shared.texts import storable, whole_number


def changes_from(request: HttpRequest, track: Track) -> tuple[dict[str, Any], int]:
    """(changes by field id, the version that the page was made from). Raises `Refused`.

    People are sent as parallel lists `<field>-name`, `<field>-role`, `<field>-<detail>`; divisions
    as `division-<n>`; only fields that the page sent are changed.
    """
    sent = _sent(request)
    version = whole_number(sent.get("version"))
    changes: dict[str, Any] = {}
    for field in track.fields:
        if field.kind == "people":
            if f"{field.id}-name" in sent:
                changes[field.id] = people_in(sent, field)
        elif field.id in sent:
            changes[field.id] = storable(sent.get(field.id, "")).replace("\r\n", "\n")
    if "themes" in sent or "themes-shown" in sent:
        changes["themes"] = [storable(theme)[:60] for theme in sent.getlist("themes")]
    if (chosen := divisions_in(sent)) is not None:
        changes["divisions"] = chosen
    for name in sent:
        if name.startswith((MADE_ON, PRIZES)):
            changes[name] = storable(sent.get(name, ""))[:100]
    return changes, version


def divisions_in(sent: QueryDict) -> list[str] | None:
    """The divisions chosen, one of each axis; None where the page did not ask."""
    if "divisions-shown" not in sent and not any(n.startswith("division-") for n in sent):
        return None
    axes = sorted(name for name in sent if name.startswith("division-"))
    return [storable(sent.get(name, ""))[:60] for name in axes if sent.get(name)]


LIGHT = ("role", "gender")
"""What a list always holds a choice of: alone it makes no row."""


def people_in(sent: QueryDict, field: Field) -> list[dict[str, str]]:
    """The rows of a people field with what is asked of each; empty rows are dropped."""
    parts = ("name", "role", *field.asks)
    columns = {part: sent.getlist(f"{field.id}-{part}") for part in parts}
    longest = {"name": 60, "role": 40}
    rows = [
        {
            part: storable(values[n]).strip()[: longest.get(part, 100)] if n < len(values) else ""
            for part, values in columns.items()
        }
        for n in range(len(columns["name"]))
    ]
    return [row for row in rows if any(row[part] for part in parts if part not in LIGHT)]


def _sent(request: HttpRequest) -> QueryDict:
    if request.content_type != "application/json":
        return request.POST
    try:
        body = json.loads(request.body or b"{}")
        fields = body["fields"]
        items = [("version", str(int(body["version"])))]
        for name, value in fields.items():
            values = value if isinstance(value, list) else [value]
            items += [(str(name), str(each)) for each in values]
            if not values:
                items.append((f"{name}-shown", "1"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused("保存请求的格式不对，没有改动任何内容。请刷新页面。") from None
    sent = QueryDict(mutable=True)
    for name, value in items:
        sent.appendlist(name, value)
    return sent
