"""A winner signs what the rules ask of winners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.awards.promising import asked_of
from fengcai.apps.entries.actions.desk import note, own
from fengcai.apps.entries.actions.signing import missing_signatures, sign
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused


@transaction.atomic
def sign_award(
    *,
    entry_id: UUID,
    declared: Sequence[str],
    signed_name: str,
    by: User,
    at: datetime,
    signers: Mapping[str, str] | None = None,
) -> Entry:
    """Sign everything at once that a winning work still owes, for the unit's own people.

    `signers` maps declarations that others sign to the names they typed. The certificate and the
    money, which wait for it, may follow from now on.
    """
    entry = own(entry_id, by)
    asked = asked_of(entry)
    if asked is None:
        raise Refused("这件作品现在没有需要签署的获奖文书。")
    if not asked.owed:
        raise Refused("这件作品的获奖文书已经签署，不需要再签。")
    missing = missing_signatures(entry, asked.owed, declared, signed_name, signers)
    if missing:
        raise Refused("签署前还差几项。", fields=missing)
    sign(entry, asked.owed, signed_name, by, at, signers)
    note(entry, by, "awards.sign", {"declared": [each.id for each in asked.owed]}, at)
    return entry
