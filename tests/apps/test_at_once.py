"""Two people at once on PostgreSQL: what one does is seen whole by the other, and nobody deadlocks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.awards.actions import issue_certificates
from fengcai.apps.awards.models import Certificate
from fengcai.apps.contests.actions import (
    answer_question,
    appoint,
    create_contest,
    dismiss,
    open_contest,
)
from fengcai.apps.contests.models import Answer, Contest, Membership
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import import_units, preview_units
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.intake.actions import accept_entry
from fengcai.apps.intake.checklist import checklist
from fengcai.apps.intake.models import Review
from fengcai.apps.judging.actions import (
    excuse_judge,
    open_round,
    seal_round,
)
from fengcai.apps.judging.models import Round, ScoreSheet
from fengcai.apps.people.actions import create_account, issue_personal_link
from fengcai.apps.people.models import PersonalLink, User
from fengcai.apps.refusals import NotPermitted, Refused, Stale
from fengcai.core import rulebook
from fengcai.web.organiser.links import issue
from tests.apps.meeting import at_once, two_writers
from tests.factories import judging
from tests.factories.collecting import DAY, DECLARED, Collecting, collecting
from tests.factories.judging import NOON, ROOT, Stage, contest, mark

pytestmark = two_writers


def intact(chain: str) -> None:
    assert verify_chain(chain).ok


# The record


def test_a_chain_that_two_begin_at_once_is_one_chain():
    def append(n: int):
        with transaction.atomic():
            record("c", actor=f"user:{n}", action="a.b", subject="s:1", details={}, at=NOON)

    said = at_once(lambda: append(1), lambda: append(2), pause="fengcai.apps.audit.actions.append")
    assert said == (None, None)
    assert list(AuditRecord.objects.filter(chain="c").values_list("sequence", "actor")) == [
        (1, "user:1"), (2, "user:2"),
    ]  # fmt: skip
    intact("c")


# Contests


def draft() -> tuple[Contest, User, list[dict[str, object]]]:
    """A contest of the example that is not open yet, and an answer to each of its questions."""
    text, answers = (
        (ROOT / f"examples/{folder}/jiangxi-2026.yaml").read_text(encoding="utf-8")
        for folder in ("rulebooks", "answers")
    )
    organiser = judging.person("组织者")
    made = create_contest(slug="draft", rulebook_text=text, organiser=organiser, by=None, at=NOON)
    rows = [
        {
            "question": id,
            "choice": one.choice or "",
            "value": one.value,
            "reason": "按通知",
        }
        for id, one in rulebook.parse_answers(answers, name="answers").decisions.items()
    ]
    return made, organiser, rows


def test_an_answer_beside_the_opening_comes_too_late_or_counts():
    made, organiser, rows = draft()
    for row in rows:
        answer_question(contest=made, by=organiser, at=NOON, **row)
    changed = {**rows[0], "reason": "改了主意"}
    stale = Contest.objects.get(pk=made.pk)
    opened, answered = at_once(
        lambda: open_contest(contest=made, by=organiser, at=NOON),
        lambda: answer_question(contest=stale, by=organiser, at=NOON, **changed),
        pause="fengcai.apps.contests.actions.record",
    )
    assert isinstance(opened, Contest)
    assert isinstance(answered, Refused)
    assert not Answer.objects.filter(reason="改了主意").exists()


def test_two_organisers_cannot_dismiss_each_other():
    stage = contest(works=0, judges=0)
    other = judging.person("另一位组织者")
    Membership.objects.create(contest=stage.contest, user=other, role=Role.ORGANISER)
    seats = {seat.user_id: seat for seat in Membership.objects.filter(role=Role.ORGANISER)}
    first, second = at_once(
        lambda: dismiss(seat=seats[other.pk], by=stage.organiser, at=NOON),
        lambda: dismiss(seat=seats[stage.organiser.pk], by=other, at=NOON),
        pause="fengcai.apps.contests.actions.record",
    )
    assert first is None
    assert isinstance(second, NotPermitted)
    assert Membership.objects.filter(role=Role.ORGANISER, until=None).count() == 1


def test_one_slug_is_given_once():
    text = (ROOT / "examples/rulebooks/jiangxi-2026.yaml").read_text(encoding="utf-8")
    people = [judging.person("甲"), judging.person("乙")]

    def lay_down(by: User):
        return create_contest(slug="same", rulebook_text=text, organiser=by, by=None, at=NOON)

    first, second = at_once(
        lambda: lay_down(people[0]),
        lambda: lay_down(people[1]),
        pause="fengcai.apps.contests.actions.record",
    )
    assert isinstance(first, Contest)
    assert isinstance(second, Refused)
    assert second.fields == {"slug": "已存在"}


def test_one_username_is_given_once():
    first, second = at_once(
        lambda: account(), lambda: account(),
        pause="fengcai.apps.people.actions.validate_password",
    )  # fmt: skip
    assert {type(first), type(second)} == {User, Refused}


def account() -> User:
    return create_account(username="zhang", name="张", password="a-long-enough-password")


def test_a_roster_that_two_import_at_once_is_taken_in_once():
    stage = contest(works=0, judges=0)
    table = preview_units(
        contest=stage.contest,
        headers=["科室名称", "科室类别", "联络员"],
        rows=[(2, ["心病科", "clinical", "张"]), (3, ["针灸科", "clinical", "李"])],
    )
    assert not table.refused

    def take():
        return import_units(contest=stage.contest, preview=table, by=stage.organiser, at=NOON)

    said = at_once(take, take, pause="fengcai.apps.contests.actions.record")
    assert said == (2, 0)
    assert Membership.objects.filter(role=Role.CONTACT).count() == 2


def test_a_roster_beside_a_new_work_of_the_same_unit():
    """The import writes the unit's row, the work needs it too; neither waits for the other in turn."""
    made = collecting()
    unit = made.units["心病科"]
    Membership.objects.filter(unit=unit, role=Role.HEAD).delete()
    table = preview_units(
        contest=made.contest,
        headers=["科室名称", "科室类别", "上级单位", "联络员", "负责人"],
        rows=[
            (2, ["新科", "clinical", "", "新联络员", ""]),
            (3, ["心病科", "clinical", "针灸科", "", "新负责人"]),
        ],
    )
    assert not table.refused
    worked, imported = at_once(
        lambda: entries.start_entry(
            contest=made.contest, unit=unit, track="video", by=made.contacts["心病科"], at=DAY
        ),
        lambda: import_units(contest=made.contest, preview=table, by=made.organiser, at=DAY),
        pause="fengcai.apps.entries.actions.drafts.note",
    )
    assert isinstance(worked, Entry)
    assert imported == 1
    intact(made.contest.chain)


# People


def test_of_two_links_issued_at_once_one_stays_open():
    person = judging.person("联络员")
    person.set_password("a-long-enough-password")
    person.save()
    said = at_once(
        lambda: issue_personal_link(user=person, by=None, at=NOON),
        lambda: issue_personal_link(user=person, by=None, at=NOON),
        pause="fengcai.apps.people.actions._digest",
    )
    assert all(isinstance(token, str) for token in said)
    assert PersonalLink.objects.filter(revoked_at=None).count() == 1


def test_cards_that_two_officers_issue_for_the_same_people():
    """Each in the order of an own list: the accounts are held in one order all the same."""
    made = collecting()
    seats = list(Membership.objects.filter(role=Role.CONTACT).order_by("pk"))
    said = at_once(
        lambda: issue(made.contest, seats, by=made.organiser, at=DAY, site="http://h"),
        lambda: issue(made.contest, seats[::-1], by=made.organiser, at=DAY, site="http://h"),
        pause="fengcai.apps.people.actions._digest",
    )
    assert [[card.unit for card in cards] for cards in said] == [
        ["心病科", "针灸科"],
        ["针灸科", "心病科"],
    ]
    assert PersonalLink.objects.filter(revoked_at=None).count() == 2


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
