"""From what the browser sent to an entry's changes: JSON of the autosave, or the plain form."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, QueryDict

from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Track
from fengcai.web.shared.texts import storable, whole_number


def changes_from(request: HttpRequest, track: Track) -> tuple[dict[str, Any], int]:
    """(changes by field id, the version that the page was made from). Raises `Refused`.

    People are sent as parallel lists `<field>-name`, `<field>-role`; only fields that the page
    sent are changed.
    """
    sent = _sent(request)
    version = whole_number(sent.get("version"))
    changes: dict[str, Any] = {}
    for field in track.fields:
        if field.kind == "people":
            if f"{field.id}-name" in sent:
                changes[field.id] = people_in(sent, field.id)
        elif field.id in sent:
            changes[field.id] = storable(sent.get(field.id, "")).replace("\r\n", "\n")
    if "themes" in sent or "themes-shown" in sent:
        changes["themes"] = [storable(theme)[:60] for theme in sent.getlist("themes")]
    return changes, version


def people_in(sent: QueryDict, field: str) -> list[dict[str, str]]:
    """The rows of a people field; empty rows are dropped."""
    names = sent.getlist(f"{field}-name")
    roles = sent.getlist(f"{field}-role")
    roles += [""] * (len(names) - len(roles))
    rows = (
        {"name": storable(n).strip()[:60], "role": storable(r).strip()[:40]}
        for n, r in zip(names, roles, strict=False)
    )
    return [row for row in rows if row["name"]]


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
