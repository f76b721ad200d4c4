"""The review desk: what may be let through, what goes back, and with which words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.listing import Asked, listing
from fengcai.apps.entries.models import Entry
from fengcai.apps.intake.actions import accept_entry, return_entry
from fengcai.apps.intake.checklist import checklist
from fengcai.apps.intake.models import Review
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused, Stale
from tests.factories.collecting import CLOSES, DAY, UNITS, Collecting, collecting, inspected

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


def all_ok(entry: Entry) -> dict[str, str]:
    return {point.requirement: "ok" for point in checklist(entry)}


def accept(
    made: Collecting, entry: Entry, decided: dict[str, str], *, by: User | None = None, **notes: str
) -> Review:
    return accept_entry(
        entry_id=entry.pk,
        expected_version=entry.version,
        decided=decided,
        notes=notes,
        by=by or made.reviewer,
        at=DAY,
    )


def test_an_accepted_work_gets_the_next_number(made: Collecting, tmp_path: Path) -> None:
    first = made.under_review(tmp_path)
    second = made.under_review(tmp_path, UNITS[1])
    assert accept(made, first, all_ok(first)).entry.number == "001"
    assert accept(made, second, all_ok(second)).entry.number == "002"
    numbered = listing(made.contest, Asked(state="accepted", sort="number"))
    assert [row.number for row in numbered.rows] == ["001", "002"]


def test_accepting_and_returning_are_changes_that_a_list_shows(
    made: Collecting, tmp_path: Path
) -> None:
    accepted, returned = made.under_review(tmp_path), made.under_review(tmp_path, UNITS[1])
    later = DAY + timedelta(hours=1)
    decided = {"decided": all_ok(accepted), "notes": {}, "by": made.reviewer, "at": later}
    accept_entry(entry_id=accepted.pk, expected_version=accepted.version, **decided)
    return_entry(
        entry_id=returned.pk,
        expected_version=returned.version,
        reasons="请补字幕",
        mend_until=later + timedelta(days=3),
        **decided,
    )
    for entry in (accepted, returned):
        entry.refresh_from_db()
        assert entry.updated_at == later


def test_every_binding_point_needs_a_decision(made: Collecting, tmp_path: Path) -> None:
    entry = made.under_review(tmp_path)
    with pytest.raises(Refused) as refused:
        accept(made, entry, {})
    assert set(refused.value.fields) == {
        "positive",
        "deidentified",
        "truthful",
        "advertising_law",
        "no_exaggeration",
    }
    assert set(refused.value.fields.values()) == {"请判断这一项"}


@pytest.mark.clause("J3")
def test_a_measured_breach_passes_only_with_a_written_reason(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.under_review(tmp_path, orientation="fail")
    with pytest.raises(Refused) as refused:
        accept(made, entry, all_ok(entry))
    assert refused.value.fields == {"orientation": "机器测得不符合；要放行，须写明理由"}
    review = accept(made, entry, all_ok(entry), orientation="组织者同意：历史影像为竖版")
    kept = next(p for p in review.checklist if p["requirement"] == "orientation")
    assert kept == {
        "requirement": "orientation",
        "machine": "fail",
        "measured": "1080×1920",
        "decision": "ok",
        "note": "组织者同意：历史影像为竖版",
    }


def test_a_broken_point_cannot_be_accepted(made: Collecting, tmp_path: Path) -> None:
    entry = made.under_review(tmp_path)
    with pytest.raises(Refused) as refused:
        accept(made, entry, {**all_ok(entry), "deidentified": "broken"})
    assert refused.value.fields == {"deidentified": "这是强制要求：不符合时应退回，不能通过"}


def test_a_returned_work_may_be_mended_past_the_deadline(made: Collecting, tmp_path: Path) -> None:
    entry = made.under_review(tmp_path)
    until = CLOSES + timedelta(days=3)
    returning = {
        "entry_id": entry.pk,
        "expected_version": entry.version,
        "decided": {},
        "notes": {},
        "mend_until": until,
        "by": made.reviewer,
        "at": CLOSES,
    }
    with pytest.raises(Refused, match="退回的原因"):
        return_entry(reasons=" ", **returning)
    return_entry(reasons="画面是竖版，请重拍", **returning)
    entry.refresh_from_db()
    assert (entry.state, entry.mend_until) == ("returned", until)
    made.with_film(entry, tmp_path, at=until)
    made.submit(entry, at=until)
    assert Entry.objects.get(pk=entry.pk).state == "submitted"


def test_a_film_replaced_meanwhile_stops_the_decision(made: Collecting, tmp_path: Path) -> None:
    entry = made.under_review(tmp_path)
    entries.recall_entry(entry_id=entry.pk, by=made.contacts[UNITS[0]], at=DAY)
    with pytest.raises(Refused, match="不在待审核之列"):
        accept(made, entry, all_ok(entry))
    made.submit(entry)
    made.confirm(entry)
    with pytest.raises(Stale, match="单位又改动了"):
        accept(made, entry, all_ok(entry))


def test_only_reviewers_decide(made: Collecting, tmp_path: Path) -> None:
    entry = made.under_review(tmp_path)
    with pytest.raises(NotPermitted, match="审核员"):
        accept(made, entry, all_ok(entry), by=made.organiser)


def test_a_film_swapped_while_the_reviewer_looks_is_not_accepted(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.under_review(tmp_path)
    inspected(made.with_film(entry, tmp_path))
    made.confirm(entry)
    with pytest.raises(Stale, match="单位又改动了"):
        accept(made, entry, all_ok(entry))


def test_an_unreadable_file_can_be_returned_but_not_accepted(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.under_review(tmp_path)
    Asset.objects.filter(version__entry=entry).update(state="unreadable", trouble="不是影片")
    with pytest.raises(Refused, match="参评视频无法读取：不是影片"):
        accept(made, entry, all_ok(entry))
    Asset.objects.filter(version__entry=entry).update(state="received", trouble="")
    with pytest.raises(Refused, match="还在检查中"):
        accept(made, entry, all_ok(entry))
    return_entry(
        entry_id=entry.pk,
        expected_version=entry.version,
        decided={},
        notes={},
        reasons="请重新导出",
        mend_until=CLOSES,
        by=made.reviewer,
        at=DAY,
    )
    assert Entry.objects.get(pk=entry.pk).state == "returned"
