"""The end of a release: withdrawn by the signer, by the office for him, or erased at his request.

The work leaves the showcase at the next reading (`ShownUntil`); a job of the context above takes it off
for good, until the office shows it again.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.entries.actions.desk import note
from fengcai.apps.entries.models import Entry
from fengcai.apps.messages.erasing import erase_personal
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.releases.actions.signing import standing
from fengcai.apps.releases.models import Appearance, Release
from fengcai.apps.releases.rules import office_only, release_of
from fengcai.apps.releases.standing import write_standing
from fengcai.apps.releases.telling import tell_ended
from fengcai.apps.texts import storable
from fengcai.core.consent import ON_SCREEN
from fengcai.engines import storage
from fengcai.engines.jobs import enqueue

GIVEN = ("signed", "scanned", "kept", "expired")


@transaction.atomic
def withdraw(*, token: str, reason: str = "", at: datetime) -> Release:
    """Withdraw by the link that was signed by. Nothing is asked but to say so; a reason may be given."""
    row, entry = standing(token)
    _end(row, entry, "signer", reason, at)
    record(
        entry.contest.chain,
        actor=f"release:{row.pk}",
        action="releases.withdraw",
        subject=f"entry:{entry.pk}",
        details={"release": str(row.pk), "seal": row.seal, "by": "signer"},
        at=at,
    )
    return row


@transaction.atomic
def withdraw_for(*, release_id: UUID, reason: str, by: User, at: datetime) -> Release:
    """The unit or the office writes down that the signer has withdrawn (by telephone, by letter)."""
    row = release_of(release_id, by)
    if not reason.strip():
        raise Refused("请写明本人怎样提出撤回。", fields={"reason": "请填写"})
    _end(row, row.appearance.entry, "staff", reason, at)
    details = {"release": str(row.pk), "seal": row.seal, "by": "staff"}
    note(row.appearance.entry, by, "releases.withdraw", details, at)
    return row


@transaction.atomic
def erase_person(*, appearance_id: UUID, by: User, at: datetime) -> Appearance:
    """Erase what names a person, at his request: name, guardian, place, text, hand, scan, address, and
    in the outbox where his links were sent to.

    What stays: that there was somebody, the part and age, the states and days, the uses, and the
    seals, which without salt and text say nothing about whom. A release that stood has ended.
    """
    found = Appearance.objects.filter(pk=appearance_id).values_list("entry", flat=True).first()
    if found is None:
        raise NotFound("没有这位出镜人员。")
    entry = Entry.objects.select_for_update(of=("self",), no_key=True).get(pk=found)
    office_only(by, entry)
    row = Appearance.objects.get(pk=appearance_id)
    row.entry = entry
    if row.erased_at is not None:
        raise Refused("这位出镜人员的个人信息已经清除过。")
    row.name = row.guardian = row.where = ""
    row.erased_at = at
    row.save()
    seals = []
    for each in row.releases.all():
        each.appearance = row
        if each.state in GIVEN and each.replaced_at is None:
            _end(each, entry, "staff", "", at)
        if each.scan_key:
            storage.delete(each.scan_key)
        each.text = each.name = each.relation = each.drawing = each.salt = each.reason = ""
        each.scan_key, each.address = "", None
        # The link opens no more: its digest is of nothing that anybody holds.
        each.digest = hashlib.sha256(f"erased:{each.pk}".encode()).hexdigest()
        each.save()
        # Where the link was sent to stands in the outbox only.
        erase_personal(key=f"releases.ask:{each.pk}:", at=at)
        seals.append(each.seal or each.text_hash)
    write_standing(entry, at)
    note(entry, by, "releases.erase", {"person": str(row.pk), "seals": seals}, at)
    return row


def _end(row: Release, entry: Entry, who: str, reason: str, at: datetime) -> None:
    if row.state not in GIVEN:
        raise Refused("这份同意书没有在生效，无需撤回。")
    row.state, row.ended_at, row.ended_by = "withdrawn", at, who
    row.reason = storable(reason.strip())[:300]
    row.save()
    write_standing(entry, at)
    hide_and_tell(entry, row.appearance.role, "已撤回", f"releases.withdrawn:{row.pk}", at)


def hide_and_tell(entry: Entry, role: str, what: str, key: str, at: datetime) -> None:
    """Have the work taken off the showcase for good, and tell those who have to act."""
    enqueue(
        "publishing.release_over",
        {"entry_id": str(entry.pk), "what": what},
        dedupe_key=key,
        subject=f"releases:{entry.pk}",
        scope=f"contest:{entry.contest_id}",
    )
    tell_ended(entry, role=ON_SCREEN[role], what=what, key=key, at=at)
