"""A contest of two tracks from the first marks to the approved result: every number by hand."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.awards.actions import allocate, approve_result, issue_certificates, leave_vacant
from fengcai.apps.awards.queries import result_page
from fengcai.apps.awards.queries.tables import awards_rows, payment_rows, ranking_rows
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import (
    confirm_shortlist,
    enter_votes,
    open_round,
    order_tied,
    seal_round,
    void_votes,
)
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.shortlisting import choice_of
from fengcai.apps.refusals import Refused
from tests.factories import rounds as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db
MINUTES = "评审委员会纪要〔2026〕3号"


def opened(stage: Stage, id: str) -> Round:
    return open_round(contest=stage.contest, round_id=id, by=stage.organiser, at=NOON)


def preliminary(stage: Stage, totals: dict[UUID, int]) -> Round:
    """The first round, judged and sealed."""
    round = make.judged(stage, opened(stage, "pre"), totals)
    return seal_round(round=round, by=stage.organiser, at=NOON)


def falling(stage: Stage) -> dict[UUID, int]:
    """90, 88, 86 … for films, 60, 58, 56 … for photographs."""
    found = {}
    for track, best in (("video", 90), ("photo", 60)):
        for place, entry in enumerate(make.of_track(stage, track)):
            found[entry.pk] = best - 2 * place
    return found


@pytest.fixture
def stage() -> Stage:
    """Ten films, of which unit 1 has the best three; ten photographs, one a unit."""
    return make.contest(video=[1, 1, 1, 2, 3, 4, 5, 6, 7, 8], photo=range(1, 11))


@pytest.mark.clause("H5")
def test_three_tenths_of_each_track_and_two_of_a_unit_go_on(stage: Stage) -> None:
    round = preliminary(stage, falling(stage))
    with pytest.raises(Refused, match="“初评”的入围名单还没有确认"):
        opened(stage, "final_video")
    films, photos = make.of_track(stage, "video"), make.of_track(stage, "photo")
    choice = choice_of(round)
    # Unit 1 has two films already: neither its third nor its photograph goes on.
    chosen = [films[0], films[1], films[3], photos[1], photos[2], photos[3]]
    assert choice.selection.selected == tuple(str(entry.pk) for entry in chosen)
    assert choice.selection.of(str(films[2].pk)).reason == (
        "得分 86.00，第 3 名；本单位已有 2 件入围，每个单位最多 2 件。"
    )
    assert {group.id: group.text for group in choice.selection.groups} == {
        "video": "接收 10 件 × 30% = 3，四舍五入为 3 件",
        "photo": "接收 10 件 × 30% = 3，四舍五入为 3 件",
    }
    made = confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    final = opened(stage, "final_video")
    assert [row.entry_id for row in final.entries.all()] == [films[0].pk, films[1].pk, films[3].pk]
    assert (
        AuditRecord.objects.filter(action="judging.shortlist").get().details["shortlist"]
        == made.hash
    )
    with pytest.raises(Refused, match="下一轮评审已经按这份入围名单启动"):
        confirm_shortlist(round=round, by=stage.organiser, at=NOON)


def test_a_tie_at_the_border_waits_for_a_person(stage: Stage) -> None:
    totals = falling(stage)
    photos = make.of_track(stage, "photo")
    totals[photos[4].pk] = totals[photos[3].pk]  # places 3 and 4 of those who may go on
    round = preliminary(stage, totals)
    with pytest.raises(Refused, match="须由人排定先后") as refusal:
        confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    assert f"《{photos[3]}》" in refusal.value.message
    tied = [UUID(id) for flag in choice_of(round).selection.flags for id in flag.works]
    with pytest.raises(Refused, match="写明理由"):
        order_tied(round=round, entries=tied, reason="", minutes="", by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="不多不少"):
        order_tied(
            round=round, entries=tied[:1], reason="x", minutes=MINUTES, by=stage.organiser, at=NOON
        )
    order = sorted(tied, key=lambda id: id != photos[4].pk)
    order_tied(
        round=round, entries=order, reason="更切题", minutes=MINUTES, by=stage.organiser, at=NOON
    )
    made = confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    assert str(photos[4].pk) in [
        p["work"] for p in made.selection["picks"] if p["outcome"] == "selected"
    ]


def test_who_withdraws_makes_room_for_the_reserve(stage: Stage) -> None:
    round = preliminary(stage, falling(stage))
    first = confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    assert confirm_shortlist(round=round, by=stage.organiser, at=NOON) == first
    films = make.of_track(stage, "video")
    reserve = choice_of(round).selection.of(str(films[4].pk))
    assert (reserve.outcome, reserve.place) == ("reserve", 1)
    Entry.objects.filter(pk=films[3].pk).update(state=State.WITHDRAWN)
    again = confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    assert again.hash != first.hash
    assert choice_of(round).selection.of(str(films[4].pk)).outcome == "selected"
    first.refresh_from_db()
    assert first.replaced_at == NOON


def voted(stage: Stage, round: Round) -> dict[UUID, int]:
    """100 votes for the first of those who stand in the vote, 10 fewer for each next."""
    works = [UUID(id) for id in choice_of(round).selection.selected]
    works.sort(key=lambda id: [e.pk for e in stage.entries].index(id))
    return {id: 100 - 10 * place for place, id in enumerate(works)}


def finished(stage: Stage) -> dict[UUID, int]:
    """Both finals sealed, every work marked 80 there. Returns the votes."""
    round = preliminary(stage, falling(stage))
    confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    votes = voted(stage, round)
    finals = [opened(stage, id) for id in ("final_video", "final_photo")]
    everybody = {entry.pk: 80 for entry in stage.entries}
    for final in finals:
        final = make.judged(stage, final, everybody)
        with pytest.raises(Refused, match="还没有“网络投票”的成绩"):
            seal_round(round=final, by=stage.organiser, at=NOON)
    enter_votes(
        contest=stage.contest, vote_id=make.VOTE, counts=votes, source="公众号后台截图 3 张",
        by=stage.organiser, at=NOON,
    )  # fmt: skip
    for final in finals:
        fresh = Round.objects.select_related("contest__version", "rulebook").get(pk=final.pk)
        seal_round(round=fresh, by=stage.organiser, at=NOON)
    return votes


@pytest.mark.clause("H5", "H17", "J15")
def test_two_rounds_and_a_vote_make_one_score_and_awards_by_track(stage: Stage) -> None:
    finished(stage)
    films, photos = make.of_track(stage, "video"), make.of_track(stage, "photo")
    result = allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    # 24 % of 90 + 56 % of 80 + 20 % of 100 votes out of 100: 21.6 + 44.8 + 20.
    assert [(row.work.entry_id, row.round, row.figure, row.rank) for row in page.ranking] == [
        (films[0].pk, "微视频终评", "86.40", 1),
        (films[1].pk, "微视频终评", "83.92", 2),
        (films[3].pk, "微视频终评", "80.96", 3),
        (photos[1].pk, "摄影终评", "72.72", 1),
        (photos[2].pk, "摄影终评", "70.24", 2),
        (photos[3].pk, "摄影终评", "67.76", 3),
    ]
    assert page.flags == ()
    film = page.rules.tracks[0].name
    assert [w.scope for w in page.winners] == [film, "摄影类", film, film, "摄影类", "摄影类", ""]
    assert [(w.award_id, w.work.entry_id) for w in page.winners] == [
        ("first", films[0].pk), ("first", photos[1].pk), ("second", films[1].pk),
        ("second", films[3].pk), ("second", photos[2].pk), ("second", photos[3].pk),
        ("popular", films[0].pk),
    ]  # fmt: skip
    assert page.awards[0].places[0].text == "接收 10 件 × 10% = 1，向下取整为 1 名"
    # Unit 1: 4 accepted count 3, three awards count 15. Unit 2: 2 works, 2 awards: 12.
    assert [(w.unit, w.points, w.money, w.reason) for w in page.unit_winners] == [
        (
            "第1院区", "18.00", Decimal("100.00"),
            "积分 18（接收 4 计 3 分、获奖 3 计 15 分），第 1 名；优秀组织奖名额 1 名（第 1 名）",
        )
    ]  # fmt: skip
    assert page.awarded == Decimal("2300.00")
    assert result.decisions["votes"]["netizens"][str(films[0].pk)] == 100
    assert [len(table.rows) for table in (awards_rows(page), payment_rows(page), ranking_rows(page))] == [
        9, 9, 6,
    ]  # fmt: skip
    approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    made = issue_certificates(contest=stage.contest, by=stage.organiser, at=NOON, site="http://x")
    assert len(made) == 8
    assert verify_chain(stage.contest.chain).ok


def test_a_prize_left_vacant_moves_the_best_to_the_next(stage: Stage) -> None:
    finished(stage)
    films = make.of_track(stage, "video")
    with pytest.raises(Refused, match="规则没有写二等奖可以空缺"):
        leave_vacant(
            contest=stage.contest, award_id="second", places=1, reason="x", minutes=MINUTES,
            by=stage.organiser, at=NOON,
        )  # fmt: skip
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is None
    name = stage.contest.version.resolved["tracks"][0]["name"]  # type: ignore[union-attr]
    leave_vacant(
        contest=stage.contest, award_id="first", places=1, cell=name, reason="没有达到一等奖水平",
        minutes=MINUTES, by=stage.organiser, at=NOON,
    )  # fmt: skip
    result = allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert [(o["award"], o["count"]) for o in result.allocation["vacancies"]] == [("first", 1)]
    assert result.allocation["vacancies"][0]["reason"] == (
        f"专项评审委员会（{MINUTES}）决定空缺 1 名：没有达到一等奖水平"
    )
    won = [o["work"] for o in result.allocation["winners"] if o["award"] == "second"][:2]
    assert won == [str(films[0].pk), str(films[1].pk)]
    leave_vacant(
        contest=stage.contest, award_id="first", places=0, cell=name, reason="复议", minutes=MINUTES,
        by=stage.organiser, at=NOON,
    )  # fmt: skip
    again = allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert again.allocation["vacancies"] == []


def test_votes_are_evidence_with_corrections_and_voids(stage: Stage) -> None:
    round = preliminary(stage, falling(stage))
    confirm_shortlist(round=round, by=stage.organiser, at=NOON)
    votes = voted(stage, round)
    first = next(iter(votes))

    def enter(counts: dict[UUID, int], **more: str) -> None:
        enter_votes(
            contest=stage.contest, vote_id=make.VOTE, counts=counts, by=stage.organiser, at=NOON,
            **{"source": "后台", **more},
        )  # fmt: skip

    with pytest.raises(Refused, match="没有票数，没有得票的请填 0"):
        enter({first: 3})
    with pytest.raises(Refused, match="不在这次投票之列"):
        enter({**votes, stage.entries[9].pk: 1})
    with pytest.raises(Refused, match="不小于 0 的整数"):
        enter({**votes, first: -1})
    with pytest.raises(Refused, match="出自哪里"):
        enter(votes, source=" ")
    enter(votes)
    enter(votes)
    with pytest.raises(Refused, match="更正已录入的票数，请写明原因"):
        enter({**votes, first: 120})
    enter({**votes, first: 120}, reason="漏计一天")

    def void(many: int, reason: str = "刷票") -> None:
        void_votes(
            contest=stage.contest, vote_id=make.VOTE, entry_id=first, votes=many, reason=reason,
            minutes=MINUTES, by=stage.organiser, at=NOON,
        )  # fmt: skip

    with pytest.raises(Refused, match="作废的理由"):
        void(1, " ")
    with pytest.raises(Refused, match="1 到 120 之间"):
        void(121)
    void(20)
    with pytest.raises(Refused, match="1 到 100 之间"):
        void(101)
    actions = AuditRecord.objects.filter(subject=f"vote:{make.VOTE}").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "judging.votes", "judging.votes", "judging.void_votes",
    ]  # fmt: skip


def test_votes_that_were_counted_stand(stage: Stage) -> None:
    votes = finished(stage)
    with pytest.raises(Refused, match="已经计入封存的评审"):
        enter_votes(
            contest=stage.contest, vote_id=make.VOTE, counts=votes, source="x", reason="y",
            by=stage.organiser, at=NOON,
        )  # fmt: skip
