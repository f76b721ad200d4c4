"""A person's word beside the machine's: given, kept, changed on neither side in silence, counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.actions import tune_check
from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.entries.models import Entry
from fengcai.apps.intake.actions import accept_entry, decide_point, inspect_again, return_entry
from fengcai.apps.intake.agreement import TUNABLE, CheckRow, inspection_of
from fengcai.apps.intake.checklist import Point, checklist
from fengcai.apps.intake.models import Ruling
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import CLOSES, DAY, UNITS, Collecting, collecting, inspected

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


@pytest.fixture
def entry(made: Collecting, tmp_path: Path) -> Entry:
    return made.under_review(tmp_path, orientation="fail", resolution="pass", steady="undetermined")


def point(entry: Entry, requirement: str = "orientation") -> Point:
    return next(p for p in checklist(entry) if p.requirement == requirement)


def decide(made: Collecting, entry: Entry, requirement: str, says: str, reason: str = "",
           **more: Any) -> Ruling | None:  # fmt: skip
    seen = more.pop("seen", "") or point(entry, requirement).machine
    by = more.pop("by", made.reviewer)
    return decide_point(entry_id=entry.pk, requirement=requirement, says=says, reason=reason,
                        seen=seen, by=by, at=DAY)  # fmt: skip


@pytest.mark.clause("B2")
def test_a_word_stands_beside_the_machines(made: Collecting, entry: Entry) -> None:
    row = decide(made, entry, "orientation", "broken", "确为竖版")
    assert row is not None
    film = entry.files.get(current=True).asset
    assert (row.machine, row.measured, row.assets) == ("fail", "1080×1920", [str(film.pk)])
    said = point(entry).ruling
    assert said is not None
    assert (said.says_name, said.machine_name, said.overrules) == ("不符合", "不符合", False)
    assert (said.reason, said.by) == ("确为竖版", str(made.reviewer))
    told = AuditRecord.objects.get(action="intake.decide")
    assert {name: each for name, each in told.details.items() if name != "personal"} == {
        "requirement": "orientation",
        "machine": "fail",
        "says": "broken",
        "files": [str(film.pk)],
    }


def test_contradicting_the_machine_needs_a_reason(made: Collecting, entry: Entry) -> None:
    for requirement, says in (("orientation", "ok"), ("resolution", "broken")):
        with pytest.raises(Refused) as refused:
            decide(made, entry, requirement, says, "  ")
        assert refused.value.fields == {requirement: "与机器不同，须写明理由"}
    assert decide(made, entry, "steady", "ok") is not None
    row = decide(made, entry, "orientation", "ok", "历史影像，组织者同意")
    assert row is not None
    assert point(entry).ruling.overrules  # type: ignore[union-attr]


def test_the_same_word_twice_is_one_and_another_replaces_it(made: Collecting, entry: Entry) -> None:
    first = decide(made, entry, "orientation", "broken", "竖版")
    assert decide(made, entry, "orientation", "broken", "竖版") is None
    second = decide(made, entry, "orientation", "ok", "看错了")
    assert first is not None and second is not None
    first.refresh_from_db()
    assert (first.says, first.reason, first.replaced_at) == ("broken", "竖版", DAY)
    assert decide(made, entry, "orientation", "") is None
    assert point(entry).ruling is None
    assert Ruling.objects.filter(replaced_at=None).count() == 0
    assert AuditRecord.objects.filter(action="intake.decide").count() == 3


def test_only_reviewers_of_the_contest_speak(made: Collecting, entry: Entry) -> None:
    for by in (made.contacts[UNITS[0]], made.organiser):
        with pytest.raises(NotPermitted):
            decide(made, entry, "orientation", "broken", by=by)
    with pytest.raises(NotFound):
        decide(made, entry, "positive", "ok", seen="person")
    with pytest.raises(Refused):
        decide(made, entry, "orientation", "perhaps")
    draft = made.draft(UNITS[1])
    with pytest.raises(Refused):
        decide(made, draft, "orientation", "ok", "x", seen="fail")


def test_a_word_given_to_an_older_result_is_stale(made: Collecting, entry: Entry) -> None:
    with pytest.raises(Stale):
        decide(made, entry, "orientation", "broken", seen="pass")


@pytest.mark.clause("B2")
def test_another_inspection_never_overturns_a_word(made: Collecting, entry: Entry) -> None:
    decide(made, entry, "orientation", "ok", "历史影像")
    film = entry.files.get(current=True).asset
    inspected(film, orientation="pass", resolution="pass")
    now = point(entry)
    assert (now.machine, now.changed) == ("pass", True)
    assert now.ruling is not None
    assert (now.ruling.says, now.ruling.machine) == ("ok", "fail")
    assert now.with_decision("", "").decision == "ok"
    inspected(film, orientation="fail", resolution="fail")
    assert not point(entry).changed


def test_a_word_on_a_replaced_file_says_nothing_of_the_new_one(
    made: Collecting, entry: Entry, tmp_path: Path
) -> None:
    decide(made, entry, "orientation", "ok", "历史影像")
    return_entry(entry_id=entry.pk, expected_version=entry.version, decided={}, notes={},
                 reasons="重传", mend_until=CLOSES, by=made.reviewer, at=DAY)  # fmt: skip
    entry.refresh_from_db()
    inspected(made.with_film(entry, tmp_path), orientation="fail")
    assert point(entry).ruling is None


def test_accepting_counts_the_words_that_stand_and_keeps_new_ones(
    made: Collecting, entry: Entry
) -> None:
    decide(made, entry, "orientation", "ok", "历史影像")
    spoken = {p.requirement: "ok" for p in checklist(entry) if p.requirement != "orientation"}
    review = accept_entry(entry_id=entry.pk, expected_version=entry.version, decided=spoken,
                          notes={}, by=made.reviewer, at=DAY)  # fmt: skip
    kept = next(p for p in review.checklist if p["requirement"] == "orientation")
    assert (kept["decision"], kept["note"]) == ("ok", "历史影像")
    rows = Ruling.objects.filter(entry=entry, replaced_at=None).values_list(
        "requirement", "machine", "says"
    )
    assert sorted(rows) == [
        ("orientation", "fail", "ok"), ("resolution", "pass", "ok"), ("steady", "undetermined", "ok"),
    ]  # fmt: skip


def test_a_breach_that_a_person_saw_holds_a_work_back(made: Collecting, entry: Entry) -> None:
    decide(made, entry, "resolution", "broken", "由 720P 放大")
    decided = {p.requirement: "ok" for p in checklist(entry) if p.requirement != "resolution"}
    with pytest.raises(Refused) as refused:
        accept_entry(entry_id=entry.pk, expected_version=entry.version, decided=decided,
                     notes={"orientation": "组织者同意"}, by=made.reviewer, at=DAY)  # fmt: skip
    assert refused.value.fields == {"resolution": "这是强制要求：不符合时应退回，不能通过"}


def shake_behind(asset: Asset) -> None:
    """Facts in which the check of shake speaks of what `steady` asks."""
    measure = {"method": "test", "answer": "doubtful", "about": ["shaky"]}
    Asset.objects.filter(pk=asset.pk).update(facts={"measures": {"shake": measure}})
    Finding.objects.filter(asset=asset, requirement="steady").update(names=["shaky"])


def row_of(made: Collecting, check: str) -> CheckRow:
    page = inspection_of(contest=made.contest, user=made.organiser)
    return next(row for row in page.checks if row.agreement.id == check)


def test_agreement_is_counted_by_requirement_and_check(
    made: Collecting, entry: Entry, tmp_path: Path
) -> None:
    other = made.under_review(tmp_path, UNITS[1], orientation="fail", steady="undetermined")
    for each in (entry, other):
        shake_behind(each.files.get(current=True).asset)
    decide(made, entry, "orientation", "broken")
    decide(made, other, "orientation", "ok", "误报")
    decide(made, entry, "resolution", "broken", "放大的")
    decide(made, entry, "steady", "ok")
    decide(made, other, "steady", "broken")
    page = inspection_of(contest=made.contest, user=made.organiser)
    told = {a.id: (a.agreed, a.false_alarms, a.missed, a.doubt_ok, a.doubt_broken, a.percent)
            for a in page.requirements}  # fmt: skip
    assert told == {
        "orientation": (1, 1, 0, 0, 0, 50),
        "resolution": (0, 0, 1, 0, 0, 0),
        "steady": (0, 0, 0, 1, 1, None),
    }
    assert page.spoken == 5
    assert page.requirements[-1].findings == {"undetermined": 2}
    shake = row_of(made, "shake").agreement
    assert (shake.name, shake.doubt_ok, shake.doubt_broken, shake.spoken) == ("抖动", 1, 1, 2)
    with pytest.raises(NotPermitted):
        inspection_of(contest=made.contest, user=made.reviewer)


def test_a_setting_stands_with_its_reason_and_the_former_ones(made: Collecting) -> None:
    common: dict[str, Any] = {"contest": made.contest, "check": "shake", "by": made.organiser}
    first = tune_check(
        **common, stance="judge", factor="1.5", reason="航拍多", expected=None, at=DAY
    )
    tune_check(**common, stance="advise", factor="", reason="拿不准", expected=first.pk, at=DAY)
    row = row_of(made, "shake")
    assert row.setting is not None
    assert (row.setting.stance_name, row.setting.factor) == ("只提示，由人判断", 1)
    assert [(each.factor, each.reason) for each in row.former] == [(1.5, "航拍多")]
    assert row.movable
    assert not row_of(made, "watermark").movable
    assert "shake" in TUNABLE


def test_the_page_costs_the_same_whatever_the_works(
    made: Collecting, entry: Entry, tmp_path: Path
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            inspection_of(contest=made.contest, user=made.organiser)
        return len(asked)

    one = cost()
    other = made.under_review(tmp_path, UNITS[1], orientation="fail")
    decide(made, other, "orientation", "broken")
    assert (one, cost()) == (4, 4)


def test_a_person_asks_for_a_closer_look_once(made: Collecting, entry: Entry) -> None:
    film = entry.files.get(current=True).asset
    facts = {"version": 3, "decoding": {"mode": "swift"}}
    Asset.objects.filter(pk=film.pk).update(facts=facts)
    Job.objects.all().delete()
    for by, many in ((made.organiser, 1), (made.reviewer, 0)):
        assert inspect_again(entry_id=entry.pk, by=by, at=DAY) == many
    job = Job.objects.get(kind="assets.inspect")
    assert job.dedupe_key == f"closer:{film.pk}"
    told = AuditRecord.objects.get(action="assets.look_closer")
    assert told.actor == f"user:{made.organiser.pk}"
    with pytest.raises(NotPermitted):
        inspect_again(entry_id=entry.pk, by=made.contacts[UNITS[0]], at=DAY)
