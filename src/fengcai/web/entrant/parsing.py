"""From what the browser sent to an entry's changes: JSON of the autosave, or the plain form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict

from fengcai.apps.entries.lists import LISTS, SAID, rows_in, rows_of, shape_of
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
        elif field.kind in LISTS:
            changes |= list_in(sent, field)
        elif field.kind == "audience" and field.options:
            if field.id in sent or f"{field.id}-shown" in sent:
                changes[field.id] = "、".join(
                    storable(each)[:60] for each in sent.getlist(field.id)
                )
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


def list_in(sent: QueryDict, field: Field) -> dict[str, Any]:
    """The rows of a list and what is said beside it, as far as the page sent them.

    Lines pasted into `<field>-paste` are read as further rows; a whole text under the field's own name
    (from a program, or a page from before there were rows) stands for all of them.
    """
    found: dict[str, Any] = {}
    parts = (*shape_of(field).ids, "order")
    columns = {
        part: [storable(each) for each in sent.getlist(f"{field.id}-{part}")] for part in parts
    }
    pasted = storable(sent.get(f"{field.id}-paste", ""))
    if any(columns.values()) or pasted.strip():
        found[field.id] = rows_in(field, columns) + (rows_of(field, pasted) if pasted else [])
    elif field.id in sent:
        found[field.id] = storable(sent.get(field.id, "")).replace("\r\n", "\n")
    if f"{SAID}{field.id}" in sent:
        found[f"{SAID}{field.id}"] = sent.get(f"{SAID}{field.id}", "")
    return found


def as_sent(track: Track, values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a draft by the names of the page's controls, for a page that was overtaken."""
    lists = {field.id: field for field in track.fields if field.kind in LISTS}
    shown: dict[str, Any] = {}
    for name, value in values.items():
        if name in lists:
            rows = rows_of(lists[name], value) or [{}]
            for part in shape_of(lists[name]).ids:
                shown[f"{name}-{part}"] = [row.get(part, "") for row in rows]
        elif any(f.id == name and f.kind == "audience" and f.options for f in track.fields):
            shown[name] = [each for each in str(value).split("、") if each]
        else:
            shown[name] = value
    return shown


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
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        raise Refused("保存请求的格式不对，没有改动任何内容。请刷新页面。") from None
    sent = QueryDict(mutable=True)
    for name, value in items:
        sent.appendlist(name, value)
    return sent
