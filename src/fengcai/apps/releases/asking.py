"""A release as it is asked for: its text frozen, its link fresh. Authorises nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from fengcai.apps.contests.queries import contacts_of
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.people.models import User
from fengcai.apps.releases import links
from fengcai.apps.releases.models import Appearance, Release
from fengcai.apps.releases.registering import months_for
from fengcai.core.consent import EDITION, Handler, Subject, purposes_of, signers, statement
from fengcai.core.consent.terms import Age, Capacity
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Release as Demand


def ask_everybody(
    person: Appearance, demands: Sequence[Demand], by: User, at: datetime
) -> list[Release]:
    """A release for each who has to sign for this person; none where no demand names the part."""
    if not purposes_of(demands, person.role):
        return []
    return [ask(person, each, demands, by, at) for each in signers(cast("Age", person.age))]


def ask(
    person: Appearance, capacity: str, demands: Sequence[Demand], by: User, at: datetime
) -> Release:
    """One release, waiting to be signed."""
    row = Release(appearance=person, capacity=capacity, asked_by=by)
    freeze(row, person, demands, at)
    row.save(force_insert=True)
    return row


def freeze(row: Release, person: Appearance, demands: Sequence[Demand], at: datetime) -> None:
    """The text as it stands now and a new link; what was sent before opens no more."""
    entry = person.entry
    rules = rules_for(entry)
    own = [each.text for each in demands if each.text and person.role in each.who]
    purposes = purposes_of(demands, person.role)
    row.offered, row.months = list(purposes), months_for(demands, person.role)
    row.edition = EDITION
    row.text = statement(
        Handler(
            contest=entry.contest.title,
            organisers=tuple(dict.fromkeys(each.name for each in rules.organisers)),
            unit=entry.unit.name,
            contact=_contact(rules, entry.unit_id),
        ),
        Subject(
            name=person.name,
            role=person.role,
            age=cast("Age", person.age),
            capacity=cast("Capacity", row.capacity),
            guardian=person.guardian,
            work=str(entry),
            where=person.where,
        ),
        purposes=purposes,
        months=row.months,
        own_words=own,
    )
    row.text_hash = hashlib.sha256(row.text.encode()).hexdigest()
    row.nonce = links.fresh_nonce()
    row.digest = links.digest(links.token(row.pk, row.nonce))
    row.asked_at, row.expires_at = at, at + links.LIFE


def _contact(rules: Rules, unit: int) -> str:
    said = [
        "、".join(each.names) + (f" {each.phone}" if each.phone else "") for each in rules.contacts
    ][:2]
    said += [
        f"报送单位联系人 {name}{' ' + phone if phone else ''}"
        for name, phone in contacts_of([unit]).get(unit, [])[:1]
    ]
    return "；".join(said)
