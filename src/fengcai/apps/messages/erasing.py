"""What the outbox keeps of a person, erased with him: rows to him, and his name in rows to others."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q, QuerySet

from fengcai.apps.messages.keeping import drop_files
from fengcai.apps.messages.models import BulkSend, Message, State
from fengcai.apps.people.erasing import Whose, erases
from fengcai.apps.people.models import User

ERASED = "（已按本人要求删除）"
BLACK = "■■"
"""In the place of a name or an address in a message to somebody else."""
_TEXTS = ("name", "subject", "body", "cause", "link")
_CHUNK = 200


@erases("messages")
def erase(whose: Whose, by: User, at: datetime) -> int:
    """Messages to the account or to its addresses, and what names it in messages to others."""
    rows = erase_personal(user_id=whose.user.pk, at=at)
    for address in filter(None, (whose.phone, whose.email)):
        rows += erase_personal(address=address, at=at)
    return rows + black_out(whose.words)


@transaction.atomic
def erase_personal(
    *, user_id: int | None = None, address: str = "", key: str = "", at: datetime
) -> int:
    """Erase name, address, words and attachments of every message to a person; returns how many.

    By account, by address (however its letters are cased), or by what the messages' keys begin with.
    What still waits is not sent. That something was sent, when and by which way, stays.
    """
    rows = _lockable().filter(erased_at=None)
    if user_id is not None:
        rows = rows.filter(user=user_id)
    elif address:
        rows = rows.filter(address__iexact=address)
    elif key:
        rows = rows.filter(key__startswith=key)
    else:
        raise ValueError("nobody was named")
    count = 0
    for row in rows:
        if row.state in (State.QUEUED, State.HELD):
            row.state, row.unsure = State.CANCELLED, False
        row.name = row.address = row.sealed = row.link = row.provider_id = ""
        row.subject = row.body = ERASED
        row.headers, row.params, row.erased_at = {}, {}, at
        row.cause = row.cause and "原因已随个人信息删除。"
        row.save()
        drop_files(row)
        count += 1
    return count


@transaction.atomic
def black_out(words: Collection[str]) -> int:
    """Put black in the place of these words in every message that has one; returns how many.

    Messages stay what they were about. What waits goes out without the words. Reads the whole outbox.
    """
    known = sorted((each for each in words if each), key=len, reverse=True)
    if not known:
        return 0
    black = re.compile("|".join(map(re.escape, known)), re.IGNORECASE)
    for bulk in BulkSend.objects.filter(_has(known, "subject", "body")):
        bulk.subject, bulk.body = black.sub(BLACK, bulk.subject), black.sub(BLACK, bulk.body)
        bulk.save(update_fields=["subject", "body"])
    # A database may keep Chinese in JSON as escapes: what has any is read and looked at here.
    some = _has(known, *_TEXTS) | ~Q(params={}) | ~Q(headers={})
    keys = list(Message.objects.filter(some).values_list("pk", flat=True))
    count = 0
    for start in range(0, len(keys), _CHUNK):
        rows = _lockable().filter(pk__in=keys[start : start + _CHUNK])
        count += sum(_blacked(row, black) for row in rows)
    return count


def _has(words: Collection[str], *fields: str) -> Q:
    anywhere = [Q(**{f"{field}__icontains": word}) for field in fields for word in words]
    return reduce(or_, anywhere)


def _blacked(row: Message, black: re.Pattern[str]) -> bool:
    changed = []
    for field in (*_TEXTS, "params", "headers"):
        before = getattr(row, field)
        after = (
            {name: black.sub(BLACK, str(value)) for name, value in before.items()}
            if isinstance(before, dict)
            else black.sub(BLACK, before)
        )
        if after != before:
            setattr(row, field, after)
            changed.append(field)
    if changed:
        row.save(update_fields=changed)
    return bool(changed)


def _lockable() -> QuerySet[Message]:
    return Message.objects.select_for_update(of=("self",), no_key=True)
