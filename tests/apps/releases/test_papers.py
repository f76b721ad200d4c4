"""Releases on paper: a scan that the office looks at, an original that the unit keeps."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from fengcai.apps.people.models import User
from fengcai.apps.publishing.queries import gallery_count
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases import actions
from fengcai.apps.releases.office import waiting
from fengcai.apps.releases.queries import page_of, scan_of
from fengcai.engines import storage
from tests.apps.releases.acting import ALL, add, publish
from tests.factories.judging import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


@pytest.mark.clause("J8")
def test_a_scan_counts_once_the_office_has_looked_at_it(
    stage: Stage, contact: User, now: datetime, kept_files: None
) -> None:
    (row,) = add(stage, contact, now, role="staff", name="李医生")
    given = {
        "release_id": row.pk,
        "purposes": ALL,
        "signed_on": now.date(),
        "by": contact,
        "at": now,
    }
    for data, words in (
        (b"", "空的"),
        (b"MZ\x90\x00", "只收 PDF"),
        (b"<html>", "只收 PDF"),
        (b"%PDF-" + b"0" * 16 * 1024 * 1024, "超过 15 MB"),
    ):
        with pytest.raises(Refused, match=words):
            actions.keep_scan(**{**given, "data": data})
    with pytest.raises(Refused, match="签署日期在今天之后"):
        actions.keep_scan(
            **{**given, "data": b"%PDF-1.7", "signed_on": now.date() + timedelta(days=2)}
        )
    with pytest.raises(Refused, match="已经到期"):
        actions.keep_scan(**{**given, "data": b"%PDF-1.7", "signed_on": date(2001, 1, 1)})
    actions.keep_scan(**{**given, "data": b"%PDF-1.7 scan"})
    assert waiting(stage.contest) == {"check": 1, "owed": 0, "ended": 0, "silent": 1}
    with pytest.raises(Refused, match="还没有经主办方核对"):
        publish(stage, now, 0)
    with pytest.raises(NotPermitted):
        actions.check_scan(release_id=row.pk, good=True, by=contact, at=now)
    with storage.readable(scan_of(release_id=row.pk, user=stage.organiser).scan_key) as path:
        assert path.read_bytes() == b"%PDF-1.7 scan"
    with pytest.raises(NotFound):
        scan_of(release_id=row.pk, user=stage.judges[0])
    with pytest.raises(Refused, match="写明哪里不对"):
        actions.check_scan(release_id=row.pk, good=False, by=stage.organiser, at=now)
    actions.check_scan(
        release_id=row.pk, good=False, reason="没有签日期", by=stage.organiser, at=now
    )
    actions.keep_scan(**{**given, "data": b"%PDF-1.7 second"})
    actions.check_scan(release_id=row.pk, good=True, by=stage.organiser, at=now)
    publish(stage, now, 0)


def test_a_paper_kept_by_the_unit_counts_where_the_rules_take_it(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    actions.keep_paper(release_id=row.pk, purposes=ALL, signed_on=now.date(), by=contact, at=now)
    publish(stage, now, 0)
    panel = page_of(entry_id=stage.entries[0].pk, user=contact, at=now)
    assert panel is not None
    assert [r.state_name for r in panel.people[0].releases] == ["单位已留存纸质件"]
    actions.withdraw_for(release_id=row.pk, reason="来电", by=stage.organiser, at=now)
    assert gallery_count(stage.contest) == 0
