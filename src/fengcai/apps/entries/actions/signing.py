"""Signing: what of the promises of a step is missing, and keeping what was signed, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fengcai.apps.contests.naming import plain
from fengcai.apps.entries.models import Declaration, Entry
from fengcai.apps.entries.promises import Promise, unsigned
from fengcai.apps.people.models import User
from fengcai.apps.texts import storable


def missing_signatures(
    entry: Entry,
    wanted: Sequence[Promise],
    declared: Sequence[str],
    signed_name: str,
    signers: Mapping[str, str] | None,
) -> dict[str, str]:
    """What is not signed as the rules ask, by its place on the form. 1 SQL where scans are asked."""
    filled: set[str] = set()
    if any(not promise.ticked for promise in wanted):
        filled = set(entry.files.filter(current=True).values_list("slot", flat=True))
    return unsigned(
        wanted,
        declared=declared,
        signed_name=signed_name,
        signers=signers or {},
        filled=filled,
    )


def sign(
    entry: Entry,
    wanted: Sequence[Promise],
    signed_name: str,
    by: User,
    at: datetime,
    signers: Mapping[str, str] | None,
) -> None:
    """Keep the promises with their words as they stand now; what was signed of them before is void."""
    ids = [promise.id for promise in wanted]
    entry.declarations.filter(declaration__in=ids, void_at=None).update(void_at=at)
    names = {promise.id: (signers or {}).get(promise.id, "") for promise in wanted}
    Declaration.objects.bulk_create(
        Declaration(
            entry=entry,
            declaration=promise.id,
            text=promise.text,
            signed_by=by,
            signed_name=plain(storable(names[promise.id] if promise.own_name else signed_name))[
                :60
            ],
            at=at,
        )
        for promise in wanted
    )
