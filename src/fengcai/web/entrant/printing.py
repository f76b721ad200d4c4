"""What a unit prints: labels for things, and forms filled in from the entry. Personal numbers stand
in full on a form, for the unit's own people alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fengcai.apps.entries.fields import DETAIL_NAMES, named
from fengcai.apps.entries.lists import said_of
from fengcai.apps.entries.queries import Page, values_of
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Field
from fengcai.engines.documents import DocumentTooLong, UncoveredCharacter
from fengcai.engines.documents.entry_papers import Label, entry_form, entry_labels
from fengcai.web.entrant.slots import SIGNERS


def labels_pdf(page: Page, *, url: str, at: datetime) -> bytes:
    """One label for each thing of the entry. Raises `NotFound` when there is none."""
    physical = {slot.id: slot for slot in page.scope.slots if slot.kind == "physical"}
    rows = [
        Label(
            title=page.card.title,
            unit=page.card.unit,
            number=page.card.number,
            what=f"{physical[item.slot].name}：{item.title}",
            piece=f"{item.place}/{sum(1 for each in page.items if each.slot == item.slot)}",
            url=url,
        )
        for item in page.items
        if item.slot in physical
    ]
    if not rows:
        raise NotFound("还没有登记实物，没有标签可打印。")
    return _drawn(lambda: entry_labels(page.rules.short_title, rows, printed=at))


def form_pdf(page: Page, slot: str, *, at: datetime) -> tuple[bytes, str]:
    """The form of a slot, filled in, and its name. Raises `NotFound` for people who only look."""
    place = page.scope.slot(slot)
    if place is None or place.kind != "form" or not page.writable:
        raise NotFound("规则中没有这份表，或它不由您填写。")
    values = values_of(page)
    rows = [("报送单位", page.card.unit), ("类别", page.track.name)]
    rows += [(each.axis, each.name) for each in page.scope.divisions]
    rows += [(field.label, _text(field, values)) for field in page.track.fields]
    if page.card.themes:
        rows.append(("创作方向", "、".join(page.card.themes)))
    signers = [SIGNERS[each] for each in place.signed]
    title = f"{page.rules.title}{place.name}"
    return _drawn(lambda: entry_form(title, rows, signers=signers, printed=at)), place.name


def _text(field: Field, values: Mapping[str, Any]) -> str:
    if field.kind != "people":
        return said_of(field, values)
    lines = []
    for row in named(values.get(field.id)):
        parts = [row["name"] + (f"（{row['role']}）" if row.get("role") else "")]
        parts += [f"{DETAIL_NAMES[name]} {row[name]}" for name in field.asks if row.get(name)]
        lines.append("，".join(parts))
    return "\n".join(lines)


def _drawn(draw: Any) -> bytes:
    try:
        content: bytes = draw()
    except (UncoveredCharacter, DocumentTooLong) as trouble:
        raise Refused(f"打印不出来：{trouble}") from None
    return content
