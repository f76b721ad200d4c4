"""Releases on paper: a scan that the unit uploads and the office looks at, or a paper that it keeps."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.entries.actions.desk import note
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.releases.actions.signing import content_of
from fengcai.apps.releases.models import Release
from fengcai.apps.releases.registering import today, ways_for
from fengcai.apps.releases.rules import demanded, office_only, release_of
from fengcai.apps.releases.scanning import clean_or_refused, kind_of
from fengcai.apps.releases.standing import write_standing
from fengcai.apps.texts import storable
from fengcai.core.consent import WAYS, after_months, seal
from fengcai.engines import storage


@transaction.atomic
def keep_scan(
    *,
    release_id: UUID,
    data: bytes,
    purposes: Collection[str],
    signed_on: date | None,
    by: User,
    at: datetime,
) -> Release:
    """Take in a scan of the signed paper. It counts once the office has looked at it."""
    row = _paper(release_id, "signed_scan", by)
    content_type, ending = kind_of(data)
    wrong = _fill(row, purposes, signed_on, at)
    if wrong:
        raise Refused("扫描件还没有收下：" + "；".join(wrong.values()), fields=wrong)
    clean_or_refused(data)
    with storage.provisional():
        stored = storage.write_bytes(data, suffix=ending)
        row.state, row.way = "scanned", "signed_scan"
        row.scan_key, row.scan_sha256 = stored.key, stored.sha256
        row.scan_type = content_type
        _seal(row, by, "releases.scan", at)
    return row


@transaction.atomic
def keep_paper(
    *, release_id: UUID, purposes: Collection[str], signed_on: date | None, by: User, at: datetime
) -> Release:
    """The unit's word that the signed paper lies with it, where the rules take that."""
    row = _paper(release_id, "kept_by_unit", by)
    wrong = _fill(row, purposes, signed_on, at)
    if wrong:
        raise Refused("还没有记下：" + "；".join(wrong.values()), fields=wrong)
    row.state, row.way = "kept", "kept_by_unit"
    _seal(row, by, "releases.keep", at)
    return row


@transaction.atomic
def check_scan(
    *, release_id: UUID, good: bool, reason: str = "", by: User, at: datetime
) -> Release:
    """The office has looked at a scan: it stands, or it goes back with a reason and is asked for again."""
    row = release_of(release_id, by)
    entry = row.appearance.entry
    office_only(by, entry)
    if row.state != "scanned" or row.checked_at is not None:
        raise Refused("这份扫描件不在等待核对，没有改动。请刷新页面。")
    if not good and not reason.strip():
        raise Refused("请写明哪里不对，单位好重新准备。", fields={"reason": "请填写"})
    if good:
        row.checked_at, row.checked_by = at, by
    else:
        storage.delete(row.scan_key)
        row.state, row.way, row.seal, row.salt = "asked", "", "", ""
        row.scan_key = row.scan_sha256 = row.scan_type = ""
        row.purposes, row.until, row.answered_at = [], None, None
        row.reason = storable(reason.strip())[:300]
    row.save()
    write_standing(entry, at)
    note(entry, by, "releases.check", {"release": str(row.pk), "good": good}, at)
    return row


def _paper(release_id: UUID, way: str, by: User) -> Release:
    row = release_of(release_id, by)
    person = row.appearance
    if row.state != "asked":
        raise Refused("这份同意书已经有了答复，没有改动。请刷新页面。")
    if way not in ways_for(demanded(person.entry), person.role):
        raise Refused(f"本活动的规则不接受“{WAYS[way]}”。")
    return row


def _fill(
    row: Release, purposes: Collection[str], signed_on: date | None, at: datetime
) -> dict[str, str]:
    """Day, uses and term of a paper as its unit reads them off; what is wrong with them."""
    rules = rules_for(row.appearance.entry)
    wrong = {}
    row.purposes = [use for use in row.offered if use in purposes]
    if not row.purposes:
        wrong["purposes"] = "请勾选纸上写明同意的用途"
    if signed_on is None:
        wrong["signed_on"] = "请填写签署日期"
    elif signed_on > today(rules, at):
        wrong["signed_on"] = "签署日期在今天之后，请核对"
    elif signed_on.year < 2000:
        wrong["signed_on"] = "签署日期太早，请核对"
    else:
        row.until = after_months(signed_on, row.months)
        if row.until < today(rules, at):
            wrong["signed_on"] = "按这个签署日期，同意书已经到期，请重新签一份"
    return wrong


def _seal(row: Release, by: User, action: str, at: datetime) -> None:
    row.name = row.appearance.guardian if row.capacity == "guardian" else row.appearance.name
    row.answered_at, row.salt, row.reason = at, secrets.token_hex(16), ""
    row.seal = seal(content_of(row), row.salt)
    row.save()
    entry = row.appearance.entry
    write_standing(entry, at)
    details = {"release": str(row.pk), "seal": row.seal, "purposes": list(row.purposes)}
    note(entry, by, action, details, at)
