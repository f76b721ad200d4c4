"""补充通知: what it changes, what it must not, who is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fengcai.apps.audit.queries import records
from fengcai.apps.contests import amending, queries, versions
from fengcai.apps.contests.models import Amendment, Contest, Unit
from fengcai.apps.contests.rewriting import Edit, rewrite
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted, Refused, Stale
from fengcai.core.rulebook import Citation
from tests.factories.collecting import CLOSES, DAY, collecting
from tests.factories.judging import contest as judged

pytestmark = pytest.mark.django_db
LATER = "2026-05-05 17:00"
CLOSE = Edit("set", ("windows", "submission", "closes"), LATER)
CITE = Edit("set", ("windows", "submission", "cite"), "补充通知 报送截止延至5月5日17:00")
NUMBER = "附院字〔2026〕41号"


def text_of(contest: Contest, *edits: Edit) -> str:
    """The contest's newest text as the answers stand, changed."""
    return rewrite(versions.newest(contest).text, edits)


def real(contest: Contest) -> Contest:
    """The factory's contest with the answers that its rules came from."""
    from fengcai.core import rulebook
    from tests.factories.judging import ROOT

    given = rulebook.parse_answers(
        (ROOT / "examples/answers/jiangxi-2026.yaml").read_text("utf-8"), name="a"
    )
    for id, answer in given.items():
        contest.answers.create(
            question=id,
            choice=answer.choice or "",
            value=answer.value,
            by=answer.by,
            reason=answer.reason,
            at=answer.at,
        )
    return contest


def amend(
    contest: Contest, by: User, *edits: Edit, at: datetime = DAY, **more: object
) -> Amendment:
    proposal = amending.propose(contest=contest, text=text_of(contest, *edits), at=at)
    return amending.amend_contest(
        **{
            "contest": contest,
            "text": proposal.text,
            "expected": proposal.base,
            "confirmed": proposal.fingerprint,
            "notice_number": NUMBER,
            "reason": "多个科室在抗洪一线",
            "by": by,
            "at": at,
            **more,
        }  # type: ignore[arg-type]
    )


def test_a_deadline_is_extended_and_the_difference_is_kept() -> None:
    made = collecting()
    contest = real(made.contest)
    before = queries.rules_of(contest)
    amendment = amend(contest, made.organiser, CLOSE, CITE)
    contest.refresh_from_db()
    rules = queries.rules_of(contest)
    assert rules.window.closes == CLOSES + timedelta(days=5)
    assert amendment.changes == [
        {
            "path": "window.closes",
            "chapter": "时间与报送",
            "what": "报送 · 截止",
            "kind": "changed",
            "before": "2026 年 4 月 30 日 17:00",
            "after": "2026 年 5 月 5 日 17:00",
            "cite": {"section": "补充通知", "words": "报送截止延至5月5日17:00"},
        }
    ]
    assert (amendment.before.hash, amendment.after.hash) == (before.hash, rules.hash)
    assert (amendment.number, amendment.after.number) == (1, 2)
    last = records(contest.chain, limit=1)[0]
    assert last.action == "contests.amend"
    assert last.details["changed"] == ["window.closes"]
    assert last.details["notice"] == NUMBER


def test_entrants_are_told_until_they_have_seen_it() -> None:
    made = collecting()
    contest = real(made.contest)
    contact = made.contacts["心病科"]
    amend(contest, made.organiser, CLOSE)
    contest.refresh_from_db()
    assert [row.number for row in amending.unseen_by(contact, contest)] == [1]
    assert amending.mark_seen(contest=contest, by=contact, at=DAY) == 1
    assert amending.mark_seen(contest=contest, by=contact, at=DAY) == 0
    assert amending.unseen_by(contact, contest) == []
    assert list(amending.seen_counts(contest).values()) == [1]
    assert [row.number for row in amending.unseen_by(made.heads["心病科"], contest)] == [1]


@pytest.mark.parametrize(
    ("edits", "days", "said"),
    [
        ([Edit("set", ("windows", "submission", "closes"), "2026-04-20 17:00")], 0,
         "“报送”已经开始，截止时间只能延后，不能提前"),
        ([Edit("set", ("windows", "submission", "closes"), "2026-04-09 17:00")], 0,
         "“报送”的截止时间不能改到现在之前"),
        ([CLOSE], 30, "“报送”的截止时间不能改到现在之前"),
        ([Edit("set", ("windows", "submission", "opens"), "2026-04-11 00:00")], 0,
         "“报送”已经开始，开始时间不能再改"),
        ([Edit("set", ("id",), "other-2026")], 0, "编号（id）不能改"),
        ([Edit("set", ("timezone",), "Asia/Tokyo")], 0, "时区不能改"),
        ([Edit("remove", ("units", "classes", "clinical"))], 0,
         "单位类别“临床科室”下有 3 个单位，不能取消"),
    ],
)  # fmt: skip
def test_what_people_rely_on_is_not_taken_back(edits: list[Edit], days: int, said: str) -> None:
    made = collecting()
    contest = real(made.contest)
    at = DAY + timedelta(days=days)
    text = text_of(contest, *edits)
    if "other-2026" in text:
        contest.answers.all()
    proposal = amending.propose(contest=contest, text=text, at=at)
    assert any(said in each for each in proposal.objections), proposal.objections
    with pytest.raises(Refused, match="不能这样补充"):
        amend(contest, made.organiser, *edits, at=at)
    assert contest.versions.count() == 1


@pytest.mark.parametrize(
    ("more", "said", "fields"),
    [
        ({"notice_number": " "}, "还差几项", {"notice_number"}),
        ({"reason": ""}, "还差几项", {"reason"}),
        ({"notice_number": "字" * 101}, "还差几项", {"notice_number"}),
        ({"confirmed": "0" * 64}, "与您确认的不同", set()),
    ],
)
def test_nothing_is_published_that_was_not_shown_and_signed(
    more: dict[str, object], said: str, fields: set[str]
) -> None:
    made = collecting()
    contest = real(made.contest)
    with pytest.raises(Refused, match=said) as caught:
        amend(contest, made.organiser, CLOSE, **more)
    assert set(caught.value.fields) == fields
    assert Amendment.objects.count() == 0


def test_a_second_amendment_beside_the_first_is_stale_and_needs_its_own_number() -> None:
    made = collecting()
    contest = real(made.contest)
    amend(contest, made.organiser, CLOSE)
    contest.refresh_from_db()
    more = Edit("set", ("windows", "submission", "closes"), "2026-05-05 18:00")
    with pytest.raises(Stale, match="规则已改到第 2 版"):
        amend(contest, made.organiser, more, expected=1)
    with pytest.raises(Refused) as caught:
        amend(contest, made.organiser, more)
    assert caught.value.fields == {"notice_number": "这个文号的补充通知已经发布过"}
    assert amend(contest, made.organiser, more, notice_number="41号之二").number == 2


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([], "规则没有变化"),
        ([Edit("set", ("windows", "submission", "closes"), "待明确 A2.max")], "处问题"),
        ([Edit("set", ("windows", "submission", "closes"), "5月5日")], "不是完整的日期"),
        ([Edit("set", ("prizes", "total"), "1 元")], "奖金合计"),
    ],
)
def test_a_text_that_cannot_be_proposed_says_why(edits: list[Edit], said: str) -> None:
    made = collecting()
    contest = real(made.contest)
    with pytest.raises(Refused, match=said):
        amending.propose(contest=contest, text=text_of(contest, *edits), at=DAY)


def test_only_organisers_amend_and_a_draft_needs_none() -> None:
    made = collecting()
    contest = real(made.contest)
    with pytest.raises(NotPermitted):
        amend(contest, made.contacts["心病科"], CLOSE)
    contest.state = Contest.State.DRAFT
    contest.save()
    with pytest.raises(Refused, match="不需要补充通知"):
        amending.propose(contest=contest, text="x", at=DAY)


def test_later_contexts_are_asked_and_do_what_follows() -> None:
    made = collecting()
    contest = real(made.contest)
    told: list[tuple[object, object]] = []

    class Watching:
        refuse = ["已经有评分"]

        def objections(self, amended: amending.Amended) -> list[str]:
            return self.refuse

        def follow(self, amended: amending.Amended) -> dict[str, int]:
            told.append((amended.before.window.closes, amended.after.window.closes))
            return {"重新按时": 3}

    watcher = Watching()
    amending.watch("test", watcher)
    try:
        with pytest.raises(Refused, match="已经有评分"):
            amend(contest, made.organiser, CLOSE)
        watcher.refuse = []
        assert amend(contest, made.organiser, CLOSE).effects["重新按时"] == 3
    finally:
        amending._watchers.pop("test")
    assert told == [(CLOSES, CLOSES + timedelta(days=5))]


def test_the_list_of_amendments_does_not_grow_its_statements(
    django_assert_num_queries: object,
) -> None:
    stage = judged(works=0, judges=0)
    contest = real(stage.contest)
    for minute in (1, 2, 3):
        amend(
            contest,
            stage.organiser,
            Edit("set", ("windows", "submission", "closes"), f"2026-05-05 17:0{minute}"),
            notice_number=f"补{minute}",
        )
        contest.refresh_from_db()
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = [
            (row.number, str(row.by), row.after.number) for row in amending.amendments_of(contest)
        ]
    assert [row[0] for row in rows] == [3, 2, 1]
    assert Citation(**amending.amendments_of(contest)[0].changes[0]["cite"]).section == "五"
    assert Unit.objects.filter(contest=contest).count() == 1


def test_another_answer_is_an_amendment_that_keeps_the_former_one() -> None:
    made = collecting()
    contest = real(made.contest)
    before = queries.rules_of(contest)
    same = contest.answers.get(question="A15", replaced_at=None)
    with pytest.raises(Refused, match="这个答复与现在的相同"):
        same = {row.question: row for row in contest.answers.all()}["A15"]
        propose_answer(contest, amending.Reanswer("A15", same.choice, same.value))
    for wrong, said in (
        (amending.Reanswer("A99", "unit"), "没有编号为 A99 的问题"),
        (amending.Reanswer("A15"), "还没有选择答案"),
        (amending.Reanswer("A15", "nobody"), "没有选项“nobody”"),
    ):
        with pytest.raises(Refused, match=said):
            propose_answer(contest, wrong)
    other = amending.Reanswer("A15", "authors" if same.choice != "authors" else "unit")
    proposal = propose_answer(contest, other)
    assert {change.path for change in proposal.changes} == {
        "money_recipient", "decisions.A15.says",
    }  # fmt: skip
    sent = {
        "contest": contest, "text": proposal.text, "expected": proposal.base,
        "notice_number": NUMBER, "reason": "职工代表提出", "by": made.organiser,
        "answer": other, "at": DAY,
    }  # fmt: skip
    with pytest.raises(Refused, match="与您确认的不同"):
        amending.amend_contest(**sent, confirmed=before.hash)  # type: ignore[arg-type]
    amending.amend_contest(**sent, confirmed=proposal.fingerprint)  # type: ignore[arg-type]
    contest.refresh_from_db()
    rules = queries.rules_of(contest)
    assert rules.money_recipient != before.money_recipient
    decision = next(one for one in rules.decisions if one.question == "A15")
    assert (decision.by, decision.at, decision.reason) == (
        str(made.organiser), DAY, "职工代表提出",
    )  # fmt: skip
    row = next(one for one in queries.questions(contest) if one.question.id == "A15")
    assert row.answer is not None
    assert row.answer.choice == other.choice
    assert [one.answer.choice for one in row.former] == [same.choice]
    assert records(contest.chain, limit=1)[0].details["answered"] == "A15"


def propose_answer(contest: Contest, answer: amending.Reanswer) -> amending.Proposal:
    return amending.propose(
        contest=contest, text=queries.text_in_force(contest), at=DAY, answer=answer
    )
