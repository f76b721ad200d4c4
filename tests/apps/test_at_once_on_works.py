"""Two people at once on one work, one round, one series of certificates, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db import transaction

from fengcai.apps.awards.actions import issue_certificates
from fengcai.apps.awards.models import Certificate
from fengcai.apps.contests.actions import appoint
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.intake.actions import accept_entry
from fengcai.apps.intake.checklist import checklist
from fengcai.apps.intake.models import Review
from fengcai.apps.judging.actions import excuse_judge, open_round, seal_round
from fengcai.apps.judging.models import Round, ScoreSheet
from fengcai.apps.refusals import Refused, Stale
from tests.apps.meeting import at_once, intact, two_writers
from tests.factories import judging
from tests.factories.collecting import DAY, DECLARED, Collecting, collecting
from tests.factories.judging import NOON, Stage, contest, mark

pytestmark = two_writers


# Works


def test_a_unit_at_its_limit_starts_one_work():
    made = collecting()
    limit = rules_of(made.contest).entry_max_per_unit
    assert limit is not None

    def start():
        return entries.start_entry(
            contest=made.contest, unit=made.units["心病科"], track="video",
            by=made.contacts["心病科"], at=DAY,
        )  # fmt: skip

    for _ in range(limit - 1):
        start()
    first, second = at_once(start, start, pause="fengcai.apps.entries.actions.drafts.note")
    assert isinstance(first, Entry)
    assert isinstance(second, Refused)
    assert Entry.objects.count() == limit


def test_of_two_saves_the_second_is_told():
    made = collecting()
    entry = made.draft()
    by = made.contacts["心病科"]

    def save(title: str):
        return entries.save_draft(
            entry_id=entry.pk, changes={"title": title}, expected_version=entry.version, by=by,
            at=DAY,
        )  # fmt: skip

    first, second = at_once(
        lambda: save("甲"), lambda: save("乙"), pause="fengcai.apps.entries.actions.drafts.track_of"
    )
    assert isinstance(first, Entry)
    assert isinstance(second, Stale)
    assert second.message.startswith("心病科联络员刚刚也改了")
    assert Entry.objects.get().title == "甲"


def test_of_two_submissions_one_counts(tmp_path: Path):
    made = collecting()
    entry = made.draft()
    made.with_film(entry, tmp_path)
    version = Entry.objects.get().version

    def submit():
        return entries.submit_entry(
            entry_id=entry.pk, expected_version=version, declared=DECLARED, signed_name="张",
            by=made.contacts["心病科"], at=DAY,
        )  # fmt: skip

    first, second = at_once(submit, submit, pause="fengcai.apps.entries.actions.submission.note")
    assert isinstance(first, Entry)
    assert isinstance(second, Refused)
    assert Entry.objects.get().declarations.filter(void_at=None).count() == len(DECLARED)


def test_two_files_for_one_slot_are_two_versions(tmp_path: Path):
    made = collecting()
    entry = made.draft()
    said = at_once(
        lambda: made.with_film(entry, tmp_path),
        lambda: made.with_film(entry, tmp_path),
        pause="fengcai.apps.entries.actions.files.note",
    )
    assert not any(isinstance(each, Exception) for each in said), said
    rows = FileVersion.objects.order_by("version").values_list("version", "current")
    assert list(rows) == [(1, False), (2, True)]
    intact(made.contest.chain)


def accept(made: Collecting, entry: Entry) -> Review:
    return accept_entry(
        entry_id=entry.pk,
        expected_version=entry.version,
        decided={point.requirement: "ok" for point in checklist(entry)},
        notes={},
        by=made.reviewer,
        at=DAY + timedelta(days=1),
    )


def test_two_acceptances_have_two_numbers(tmp_path: Path):
    made = collecting()
    works = [made.under_review(tmp_path, unit) for unit in made.units]

    said = at_once(
        lambda: accept(made, works[0]),
        lambda: accept(made, works[1]),
        pause="fengcai.apps.intake.actions.record",
    )
    assert not any(isinstance(each, Exception) for each in said), said
    assert sorted(Entry.objects.values_list("number", flat=True)) == ["001", "002"]


def test_an_appointment_beside_an_acceptance(tmp_path: Path):
    """One holds the contest and wants the chain; the other has the chain and names the contest."""
    made = collecting()
    entry = made.under_review(tmp_path)
    judges = [judging.person("评委甲"), judging.person("评委乙")]

    def appoint_two():
        with transaction.atomic():
            for judge in judges:
                appoint(
                    contest=made.contest, user=judge, role=Role.JUDGE, by=made.organiser, at=DAY
                )

    accepted, appointed = at_once(
        lambda: accept(made, entry),
        appoint_two,
        pause="fengcai.apps.intake.actions.record",
    )  # fmt: skip
    assert not isinstance(accepted, Exception), accepted
    assert appointed is None
    assert Membership.objects.filter(role=Role.JUDGE).count() == 2


# Judging


def opened() -> Stage:
    return judging.opened(contest(works=2, judges=5))


def test_a_round_is_opened_once():
    stage = contest(works=2, judges=5)

    def begin():
        return open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=NOON)

    first, second = at_once(begin, begin, pause="fengcai.apps.judging.actions.rounds.record")
    assert isinstance(first, Round)
    assert isinstance(second, Refused)


def test_of_two_marks_of_one_judge_the_second_is_told():
    stage = opened()
    judge, entry = stage.judges[0], stage.entries[0]
    first, second = at_once(
        lambda: mark(stage, judge, entry, 80),
        lambda: mark(stage, judge, entry, 80),
        pause="fengcai.apps.judging.actions.sheets.record",
    )
    assert isinstance(first, ScoreSheet)
    assert isinstance(second, Stale)


def test_a_seal_beside_a_mark_waits_for_it_and_neither_deadlocks():
    stage = opened()
    judge, entry = stage.judges[0], stage.entries[0]
    marked, sealed = at_once(
        lambda: mark(stage, judge, entry, 80),
        lambda: seal_round(round=stage.open, by=stage.organiser, at=NOON),
        pause="fengcai.apps.judging.actions.sheets.check_sheet",
    )
    assert isinstance(marked, ScoreSheet), marked
    assert isinstance(sealed, Refused), sealed  # four others have not handed in


def test_no_mark_slips_in_beside_the_seal():
    stage = judging.judged(opened())
    sealed, marked = at_once(
        lambda: seal_round(round=stage.open, by=stage.organiser, at=NOON),
        lambda: mark(stage, stage.judges[0], stage.entries[0], 90),
        pause="fengcai.apps.judging.actions.rounds.note",
    )
    assert isinstance(sealed, Round), sealed
    assert isinstance(marked, Refused)
    assert "封存" in marked.message


def test_a_judge_is_excused_beside_the_own_mark():
    stage = opened()
    judge, entry = stage.judges[0], stage.entries[0]
    marked, excused = at_once(
        lambda: mark(stage, judge, entry, 80),
        lambda: excuse_judge(
            round=stage.open, judge=judge, reason="出差", by=stage.organiser, at=NOON
        ),
        pause="fengcai.apps.judging.actions.sheets.check_sheet",
    )
    assert isinstance(marked, ScoreSheet), marked
    assert not isinstance(excused, Exception), excused


# Certificates


def test_two_contests_of_one_institution_share_a_series():
    stages = [contest(slug=slug) for slug in ("one", "two")]
    for stage in stages:
        judging.approved(stage)
    said = at_once(
        lambda: issue_certificates(
            contest=stages[0].contest, by=stages[0].organiser, at=NOON, site="http://h"
        ),
        lambda: issue_certificates(
            contest=stages[1].contest, by=stages[1].organiser, at=NOON, site="http://h"
        ),
        pause="fengcai.apps.awards.actions.certificates.record",
    )
    assert not any(isinstance(each, Exception) for each in said), said
    serials = list(Certificate.objects.order_by("serial").values_list("serial", flat=True))
    assert serials == list(range(1, len(serials) + 1))
    for row in Certificate.objects.all():
        assert row.data["number"] == row.number
