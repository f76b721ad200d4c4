"""Writing a draft's rulebook: versions, answers that stay, nobody's text lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fengcai.apps.audit.queries import records
from fengcai.apps.contests import actions, drafting, queries, versions
from fengcai.apps.contests.models import Answer, Contest
from fengcai.apps.contests.rewriting import Edit
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused, Stale
from tests.apps.contests.test_contests import NOW, answer_all, lay_down, text

pytestmark = pytest.mark.django_db
BROKEN = "rulebook: 1\n标题: 无\n"


@pytest.fixture
def organiser() -> User:
    return User.objects.create(username="office", name="宣传科")


def save(contest: Contest, text: str, expected: int, by: User, note: str = "") -> int:
    saved = drafting.save_rulebook(
        contest=contest, text=text, expected=expected, by=by, at=NOW, note=note
    )
    return saved.number


@pytest.mark.clause("B1")
def test_every_save_is_a_version_with_its_writer(organiser: User) -> None:
    contest = lay_down(organiser)
    longer = text("rulebooks", "jiangxi-2026.yaml").replace("仁心耀省中", "仁心耀赣鄱")
    assert save(contest, longer, 1, organiser, "改主题") == 2
    assert save(contest, longer, 2, organiser) == 2  # nothing new, no new version
    rows = [(row.number, str(row.by or ""), row.note) for row in versions.versions_of(contest)]
    assert rows == [(2, "宣传科", "改主题"), (1, "", "建立活动")]
    contest.refresh_from_db()
    assert contest.title == "“一科一风采，仁心耀赣鄱”视频作品创作展播活动"
    last = records(contest.chain, limit=1)[0]
    assert (last.action, last.details["version"]) == ("contests.save_rulebook", 2)


def test_who_comes_second_loses_nothing(organiser: User) -> None:
    contest = lay_down(organiser)
    original = text("rulebooks", "jiangxi-2026.yaml")
    mine, other = original + "# 甲\n", original + "# 乙\n"
    save(contest, mine, 1, organiser)
    with pytest.raises(Stale, match="刚刚保存了第 2 版") as caught:
        save(contest, other, 1, organiser)
    assert (caught.value.version, caught.value.current) == (2, {"text": mine})
    assert versions.newest(contest).text == mine


def test_a_text_with_faults_is_kept_and_the_pages_show_the_last_sound_one(
    organiser: User,
) -> None:
    contest = lay_down(organiser)
    answer_all(contest, organiser)
    assert save(contest, BROKEN, 1, organiser) == 2
    contest.refresh_from_db()
    assert contest.version is not None
    assert (contest.version.number, versions.newest(contest).number) == (1, 2)
    assert queries.book_of(contest).id == "jiangxi-2026"
    with pytest.raises(Refused, match="最新的第 2 版还有读不懂的地方"):
        actions.open_contest(contest=contest, by=organiser, at=NOW)
    restored = drafting.restore_version(contest=contest, number=1, expected=2, by=organiser, at=NOW)
    assert (restored.number, restored.note, restored.sound) == (3, "恢复第 1 版", True)
    assert actions.open_contest(contest=contest, by=organiser, at=NOW).is_open


def test_an_opened_contest_is_not_written_in(organiser: User) -> None:
    contest = lay_down(organiser)
    answer_all(contest, organiser)
    actions.open_contest(contest=contest, by=organiser, at=NOW)
    with pytest.raises(Refused, match="请发布补充通知"):
        save(contest, BROKEN, 1, organiser)


def test_only_organisers_write(organiser: User) -> None:
    contest = lay_down(organiser)
    reviewer = User.objects.create(username="r", name="审核员")
    actions.appoint(contest=contest, user=reviewer, role=Role.REVIEWER, by=organiser, at=NOW)
    with pytest.raises(NotPermitted):
        save(contest, BROKEN, 1, reviewer)


def test_a_form_changes_one_value_of_the_text(organiser: User) -> None:
    contest = lay_down(organiser)
    edits = [Edit("set", ("units", "entries", "min"), "2")]
    saved = drafting.edit_rulebook(contest=contest, edits=edits, expected=1, by=organiser, at=NOW)
    shown = [
        (line.kind, line.text)
        for line in versions.compared(versions.version(contest, 1).text, saved.text)
        if line.kind in {"added", "removed"}
    ]
    assert shown == [("removed", "    min: 1"), ("added", "    min: 2")]
    with pytest.raises(Refused, match="没有“nowhere"):
        drafting.edit_rulebook(
            contest=contest,
            edits=[Edit("remove", ("nowhere", "x"))],
            expected=2,
            by=organiser,
            at=NOW,
        )


@pytest.mark.clause("B1")
def test_a_changed_answer_keeps_the_former(organiser: User) -> None:
    contest = lay_down(organiser)
    for choice, reason in (("one", "先少一点"), ("unlimited", "改为不限")):
        actions.answer_question(
            contest=contest, question="A2", choice=choice, reason=reason, by=organiser, at=NOW
        )
    row = next(row for row in queries.questions(contest) if row.question.id == "A2")
    assert row.answer is not None
    assert (row.answer.choice, row.answer.reason) == ("unlimited", "改为不限")
    assert [(f.answer.choice, f.answer.reason, f.why) for f in row.former] == [
        ("one", "先少一点", "replaced")
    ]
    assert Answer.objects.filter(contest=contest, question="A2").count() == 2


def test_answers_outlive_the_text_while_their_question_stands(organiser: User) -> None:
    contest = lay_down(organiser)
    answer_all(contest, organiser)
    edits = [
        Edit("remove", ("questions", "A2", "options", "unlimited")),
        Edit("remove", ("questions", "A2", "free")),
        Edit("set", ("theme",), "新主题"),
    ]
    given = contest.answers.get(question="A2")
    actions.answer_question(
        contest=contest, question="A2", choice="unlimited", reason="不限", by=organiser,
        at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    drafting.edit_rulebook(contest=contest, edits=edits, expected=1, by=organiser, at=NOW)
    contest.refresh_from_db()
    rows = {row.question.id: row for row in queries.questions(contest)}
    assert [id for id, row in rows.items() if row.answer is None] == ["A2"]
    assert [(f.answer.choice, f.why) for f in rows["A2"].former] == [
        ("unlimited", "misfit"),
        (given.choice, "replaced"),
    ]


@pytest.mark.parametrize("contests", [1, 3])
def test_the_list_of_questions_is_one_statement(
    organiser: User, contests: int, django_assert_num_queries: object
) -> None:
    contest = lay_down(organiser)
    for _ in range(contests):
        answer_all(contest, organiser)
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.questions(contest)


def test_a_comparison_of_huge_texts_ends() -> None:
    before = "\n".join(f"a{n}" for n in range(60_000))
    after = "\n".join(f"b{n}" for n in range(60_000))
    lines = versions.compared(before, after)
    assert (len(lines), lines[0].kind, lines[-1].kind) == (120_000, "removed", "added")
