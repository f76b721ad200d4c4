"""Two people on one form: who else is writing, and what stands where both wrote, for people to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.entries.actions.merging import Writer, writing_now
from fengcai.apps.entries.lists import LISTS, SAID, said_of
from fengcai.apps.entries.queries import Page
from fengcai.apps.refusals import Stale
from fengcai.core.rulebook import Track

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class Together:
    """Who saved last, and who else saved within the last minutes."""

    last: str
    at: datetime
    others: list[Writer]


def together(page: Page, *, user: User, at: datetime) -> Together | None:
    """For whoever may write; None for others. 1 SQL."""
    if not page.writable:
        return None
    entry = page.entry
    last = "您" if entry.updated_by_id == user.pk else str(entry.updated_by or "")
    return Together(last, entry.updated_at, writing_now(entry, user, at))


def told(track: Track, error: Stale) -> dict[str, str]:
    """What a colleague wrote in the fields that both changed, to stand beside one's own: by field."""
    fields = {field.id: field for field in track.fields}
    said: dict[str, str] = {}
    for name, value in error.current.items():
        place = name.removeprefix(SAID)
        field = fields.get(place)
        text = _text(value)
        if field is not None and field.kind in LISTS and name == place:
            text = said_of(field, {name: value})
        said[place] = (
            f"同事刚把这一栏改成：{text or '（空）'}。下面是您写的；再保存一次就用您的，"
            "要用同事的，请照此改回。"
        )
    return said


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(
            str(each.get("name", "")) if isinstance(each, Mapping) else str(each) for each in value
        )
    return str(value or "")
