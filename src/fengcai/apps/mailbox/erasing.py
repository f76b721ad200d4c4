"""What a mailbox keeps of a person, erased with him (ADR 0041).

His own letters lose their words, and their originals as soon as they are dealt with; in other letters his
name and addresses are blacked out in the rows, and their originals, which are evidence of somebody else's
work, are searched for him and put before an officer. What proves that a letter came stays: when the server
had it, its size and SHA-256.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from fengcai.apps.audit.actions import erase_personal
from fengcai.apps.contests.models import Membership
from fengcai.apps.mailbox.actions.notes import tell
from fengcai.apps.mailbox.actions.originals import drop
from fengcai.apps.mailbox.models import Case, CaseEvent, CaseFile, PendingFile, Sought
from fengcai.apps.mailbox.states import State
from fengcai.apps.mailbox.vault import shut
from fengcai.apps.people.erasing import Whose, erases
from fengcai.apps.people.models import User
from fengcai.engines.jobs import Priority, enqueue

ERASED = "（已按本人要求删除）"
BLACK = "■■"
OWN = "这封信是一个已要求删除个人信息的人写的"
_CHUNK = 200


@erases("mailbox")
def erase(whose: Whose, by: User, at: datetime) -> int:
    """His letters, and what names him in those of others; the search of their originals is ordered."""
    own = Case.objects.none()
    if whose.email:
        own = Case.objects.select_for_update(of=("self",), no_key=True).filter(
            sender__iexact=whose.email
        )
    emptied = {_emptied(case, whose, by, at) for case in own.select_related("contest")}
    words = whose.words
    if not words:
        return len(emptied)
    named = _blacked_everywhere(words)
    order_search(whose.user, words, named - emptied, at)
    return len(named | emptied)


def _emptied(case: Case, whose: Whose, by: User, at: datetime) -> Any:
    case.sender = case.sender_name = case.text = case.message_id = ""
    case.subject, case.reasons, case.open_until = ERASED, [], None
    case.version += 1
    case.pending.update(url="")
    if case.state in (State.TAKEN, State.ASIDE):
        drop(case, at)
    else:
        case.named, case.named_at = [OWN], case.named_at or at
    case.save()
    tell(case, "发件人的个人信息已按本人要求删除。", at=at, by=by)
    erase_personal(
        case.contest.chain, about=f"letter:{case.pk}", actor=f"user:{by.pk}",
        reason="个人信息保护法 §47", at=at,
    )  # fmt: skip
    return case.pk


def order_search(user: User, words: Iterable[str], named: set[Any], at: datetime) -> None:
    """Have the originals looked into that may name him: those whose rows did, those of his units, those of
    no unit yet. The words lie sealed until that is done, and no longer."""
    seats = Membership.objects.filter(user=user)
    near = Q(unit__in=seats.exclude(unit=None).values("unit")) | Q(
        unit=None, contest__in=seats.values("contest")
    )
    keys = Case.objects.filter(near).exclude(key="").filter(named_at=None)
    cases = {str(pk) for pk in named} | {str(pk) for pk in keys.values_list("pk", flat=True)}
    if cases:
        row = Sought.objects.create(
            words=shut(json.dumps(list(words))), cases=sorted(cases), ordered_at=at
        )
        enqueue("mailbox.search", {"sought": row.pk}, dedupe_key=f"mailbox.search:{row.pk}",
                priority=Priority.BULK)  # fmt: skip


def _blacked_everywhere(words: tuple[str, ...]) -> set[Any]:
    """Put black in the place of the words wherever letters are kept as rows; the letters that had one."""
    black = re.compile(
        "|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE
    )
    found: set[Any] = set()
    for rows, texts, lists in (
        (Case.objects.all(), ("subject", "sender_name", "text", "why"), ("reasons", "problems")),
        (CaseFile.objects.all(), ("name", "why"), ()),
        (PendingFile.objects.all(), ("name", "why"), ()),
        (CaseEvent.objects.all(), ("text",), ()),
    ):
        for row in _holding(rows, texts, lists, words):
            if changed := _blacked(row, (*texts, *lists), black):
                row.save(update_fields=changed)
                found.add(row.pk if isinstance(row, Case) else row.case_id)
    return found


def _holding(
    rows: QuerySet[Any], texts: tuple[str, ...], lists: tuple[str, ...], words: tuple[str, ...]
) -> Iterable[Any]:
    some = Q()
    for field in texts:
        for word in words:
            some |= Q(**{f"{field}__icontains": word})
    for field in lists:  # a database may keep Chinese in JSON as escapes: read and looked at here
        some |= ~Q(**{field: []})
    keys = list(rows.filter(some).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _CHUNK):
        part = rows.select_for_update(of=("self",), no_key=True)
        yield from part.filter(pk__in=keys[start : start + _CHUNK])


def _blacked(row: Model, fields: tuple[str, ...], black: re.Pattern[str]) -> list[str]:
    changed = []
    for field in fields:
        before = getattr(row, field)
        after = _without(before, black)
        if after != before:
            setattr(row, field, after)
            changed.append(field)
    return changed


def _without(value: Any, black: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return black.sub(BLACK, value)
    if isinstance(value, list):
        return [_without(each, black) for each in value]
    if isinstance(value, dict):
        return {name: _without(each, black) for name, each in value.items()}
    return value
