"""Looks at every stored file again: is it there, has it still the SHA-256 that the database holds?

Goes in slices over what contexts own (`owners`), then over what lies in the store and nobody owns.
When each file was last looked at, and what was found, is kept in `Verification`; nothing is ever
changed or deleted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Count, Max, Min
from django.utils import timezone

from fengcai.engines.storage.models import Verification
from fengcai.engines.storage.owners import Owned, Owner, owners
from fengcai.engines.storage.store import store

State = Verification.State

SLICE = 60.0  # seconds of one slice; a file that was begun is finished
_PAGE = 100
EVERY = timedelta(days=7)  # after this long without a look a new round is due
_YOUNG = timedelta(days=1)  # what came within a day may not have its row yet


@dataclass(frozen=True, slots=True)
class Place:
    """How far a round has come: when it began, which owner, after which key."""

    began: datetime
    owner: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of the stored files. Counts of files; `examples` are keys with their state."""

    good: int
    missing: int
    changed: int
    unknown: int
    oldest: datetime | None
    newest: datetime | None
    examples: tuple[tuple[str, str, str], ...]

    @property
    def whole(self) -> bool:
        """Whether every file that was looked at is there and unchanged."""
        return not (self.missing or self.changed)


def report() -> Report:
    """The last look at each file, counted; at most twenty examples of what is wrong. 3 SQL."""
    counts = dict(Verification.objects.values_list("state").annotate(Count("key")))
    ends = Verification.objects.filter(state=State.GOOD).aggregate(
        oldest=Min("checked_at"), newest=Max("checked_at")
    )
    wrong = Verification.objects.exclude(state=State.GOOD).order_by("state", "key")[:20]
    return Report(
        good=counts.get(State.GOOD, 0),
        missing=counts.get(State.MISSING, 0),
        changed=counts.get(State.CHANGED, 0),
        unknown=counts.get(State.UNKNOWN, 0),
        oldest=ends["oldest"],
        newest=ends["newest"],
        examples=tuple((row.key, row.owner, row.get_state_display()) for row in wrong),
    )


def scrub(place: Place | None = None, *, seconds: float = SLICE) -> Iterator[tuple[Place, str]]:
    """Go on from `place` (None: begin a round) for about `seconds`; yields after each file how far
    it came and what it found. The round is over when the last place has no owner.

    May be repeated from any place; reads files in flat memory. Raises StorageTrouble when the
    store cannot be reached: then nothing is said about any file.
    """
    at = place or Place(timezone.now(), owner=_first_owner())
    until = time.monotonic() + seconds
    for owner in owners():
        if owner.name < at.owner or at.owner == _STRANGERS:
            continue
        after = at.after if owner.name == at.owner else ""
        while page := owner.after(after, _PAGE):
            for owned in page:
                found = look_at(owned, owner)
                after = owned.key
                yield Place(at.began, owner.name, after), found
                if time.monotonic() >= until:
                    return
    yield from _strangers(at, until)


_STRANGERS = "~"


def _first_owner() -> str:
    return min((owner.name for owner in owners()), default=_STRANGERS)


def is_due(at: datetime) -> bool:
    """Whether nothing was looked at for a week, and there is something to look at."""
    newest = Verification.objects.aggregate(newest=Max("checked_at"))["newest"]
    if newest is not None:
        return bool(newest < at - EVERY)
    return any(owner.after("", 1) for owner in owners())


def look_at(owned: Owned, owner: Owner) -> str:
    """Look at one file now and keep the result; returns its state."""
    kept = store()
    expected = owned.sha256 or kept.noted_sha256(owned.key)
    if expected:
        seen = kept.sha256(owned.key)
        state = State.MISSING if seen is None else State.GOOD
        if seen is not None and seen != expected:
            state = State.CHANGED
    else:
        state = State.MISSING if kept.found(owned.key) is None else State.GOOD
    if state == State.MISSING and owned.key not in owner.holds([owned.key]):
        Verification.objects.filter(key=owned.key).delete()  # let go of while we looked
        return State.GOOD
    Verification.objects.update_or_create(
        key=owned.key,
        defaults={"owner": owner.name, "state": state, "checked_at": timezone.now()},
    )
    return state


def _strangers(at: Place, until: float) -> Iterator[tuple[Place, str]]:
    """What lies in the store and no owner knows; then what is not looked at any more is dropped."""
    after = at.after if at.owner == _STRANGERS else ""
    listed = store().keys()
    keys = (key for key, _ in listed if key > after)
    while page := list(islice(keys, _PAGE)):
        unknown = set(page)
        for owner in owners():
            unknown -= set(owner.holds(list(unknown)))
        for key in sorted(unknown):
            found = store().found(key)
            if found is not None and found.modified < (timezone.now() - _YOUNG).timestamp():
                Verification.objects.update_or_create(
                    key=key,
                    defaults={"owner": "", "state": State.UNKNOWN, "checked_at": timezone.now()},
                )
                yield Place(at.began, _STRANGERS, key), State.UNKNOWN
        if time.monotonic() >= until:
            yield Place(at.began, _STRANGERS, page[-1]), State.GOOD
            return
    Verification.objects.filter(checked_at__lt=at.began).delete()
    yield Place(at.began), State.GOOD
