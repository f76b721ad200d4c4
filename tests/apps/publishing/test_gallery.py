"""The gallery and the published result: what the public sees at this very moment."""

from __future__ import annotations

from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.publishing.actions import hide_work, publish_results, publish_works
from fengcai.apps.publishing.models import Publication, ResultsPublication
from fengcai.apps.publishing.queries import (
    gallery,
    gallery_cards,
    gallery_count,
    gallery_work,
    published_results,
    results_published,
)
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return make.contest(works=4, judges=3)


def publish(stage: Stage, *indexes: int) -> list[Publication]:
    return publish_works(
        contest=stage.contest,
        entries=[stage.entries[index].pk for index in indexes],
        by=stage.organiser,
        at=NOON,
    )


@pytest.mark.clause("J19")
def test_only_published_works_are_in_the_gallery(stage: Stage) -> None:
    assert gallery(stage.contest).cards == ()
    publish(stage, 0, 2)
    page = gallery(stage.contest)
    assert [
        (c.number, c.title, c.unit, c.themes, c.duration, c.has_poster, c.awards)
        for c in page.cards
    ] == [
        ("001", "仁心故事之1", "第1科", ("医疗服务类",), Fraction("183.5"), True, ()),
        ("003", "仁心故事之3", "第3科", ("医疗服务类",), Fraction("183.5"), True, ()),
    ]
    assert gallery_count(stage.contest) == 2


@pytest.mark.clause("J19")
def test_a_works_page_with_its_neighbours(stage: Stage) -> None:
    publish(stage, 0, 1, 3)
    work = gallery_work(stage.contest, "002")
    assert (work.previous, work.following) == ("001", "004")
    assert work.texts == (("作品简介", "记录一个普通工作日。"),)
    assert work.authors == ("张青禾", "李望2")
    assert [film.kind for film in work.films] == ["video"]
    with pytest.raises(NotFound):
        gallery_work(stage.contest, "003")


def test_the_contacts_telephone_is_nowhere_on_the_page(stage: Stage) -> None:
    publish(stage, 0)
    assert "0791" not in str(gallery_work(stage.contest, "001"))


def test_hiding_works_at_once_and_keeps_the_number(stage: Stage) -> None:
    publish(stage, 0, 1)
    entry = stage.entries[0]
    with pytest.raises(Refused, match="请写明撤下的原因"):
        hide_work(contest=stage.contest, entry_id=entry.pk, reason=" ", by=stage.organiser, at=NOON)
    hide_work(
        contest=stage.contest, entry_id=entry.pk, reason="出镜者撤回授权", by=stage.organiser,
        at=NOON,
    )  # fmt: skip
    assert [card.number for card in gallery(stage.contest).cards] == ["002"]
    with pytest.raises(NotFound):
        gallery_work(stage.contest, "001")
    with pytest.raises(NotFound):
        hide_work(
            contest=stage.contest, entry_id=entry.pk, reason="再撤", by=stage.organiser, at=NOON
        )
    (row,) = publish(stage, 0)
    assert (row.number, row.hidden_at, row.hidden_reason) == ("001", None, "")
    assert gallery_work(stage.contest, "001").card.entry_id == entry.pk


def test_a_work_that_is_no_longer_accepted_is_gone_without_any_action(stage: Stage) -> None:
    publish(stage, 0)
    Entry.objects.filter(pk=stage.entries[0].pk).update(state=State.WITHDRAWN)
    assert gallery(stage.contest).cards == ()
    with pytest.raises(NotFound):
        gallery_work(stage.contest, "001")


def test_all_are_published_or_none(stage: Stage) -> None:
    draft = make.accepted(stage, stage.units[0], 9, state=State.CONFIRMED)
    with pytest.raises(Refused, match="第1科《仁心故事之9》尚未通过或已退出"):
        publish_works(
            contest=stage.contest, entries=[stage.entries[0].pk, draft.pk], by=stage.organiser,
            at=NOON,
        )  # fmt: skip
    with pytest.raises(NotFound):
        publish_works(
            contest=stage.contest, entries=[stage.entries[0].pk, uuid4()], by=stage.organiser,
            at=NOON,
        )  # fmt: skip
    with pytest.raises(NotFound):
        publish_works(contest=stage.contest, entries=[], by=stage.organiser, at=NOON)
    with pytest.raises(NotPermitted):
        publish_works(
            contest=stage.contest, entries=[stage.entries[0].pk], by=stage.judges[0], at=NOON
        )
    assert Publication.objects.count() == 0


def test_publishing_twice_is_recorded_once(stage: Stage) -> None:
    publish(stage, 0)
    publish(stage, 0)
    assert AuditRecord.objects.filter(action="publishing.show").count() == 1


@pytest.mark.clause("J2")
def test_the_gallery_by_theme(stage: Stage) -> None:
    Entry.objects.filter(pk=stage.entries[1].pk).update(themes=["tcm"])
    publish(stage, 0, 1, 2)
    page = gallery(stage.contest, theme="tcm")
    assert [card.number for card in page.cards] == ["002"]
    assert [(t.id, t.name, t.count, t.chosen) for t in page.themes] == [
        ("tcm", "中医药特色类", 1, True),
        ("service", "医疗服务类", 2, False),
    ]
    assert (page.total, page.whole) == (1, 3)
    unknown = gallery(stage.contest, theme="nonsense")
    assert (unknown.theme, len(unknown.cards)) == ("", 3)


def test_counts_follow_what_is_hidden_and_what_lost_its_acceptance(stage: Stage) -> None:
    Entry.objects.filter(pk=stage.entries[1].pk).update(themes=["tcm"])
    publish(stage, 0, 1, 2, 3)

    def told() -> tuple[int, dict[str, int]]:
        page = gallery(stage.contest)
        assert len(page.cards) == page.whole
        return page.whole, {each.id: each.count for each in page.themes}

    assert told() == (4, {"tcm": 1, "service": 3})
    hide_work(
        contest=stage.contest, entry_id=stage.entries[0].pk, reason="申请", by=stage.organiser,
        at=NOON,
    )  # fmt: skip
    assert told() == (3, {"tcm": 1, "service": 2})
    Entry.objects.filter(pk=stage.entries[2].pk).update(state=State.WITHDRAWN)
    assert told() == (2, {"tcm": 1, "service": 1})
    Entry.objects.filter(pk=stage.entries[1].pk).update(state=State.RETURNED)
    assert told() == (1, {"service": 1})
    Entry.objects.filter(pk=stage.entries[0].pk).update(themes=["tcm"])
    publish(stage, 0)  # shown again, under the themes that it has now
    assert told() == (2, {"tcm": 1, "service": 1})


def test_a_theme_named_twice_counts_once(stage: Stage) -> None:
    Entry.objects.filter(pk=stage.entries[0].pk).update(themes=["tcm", "service", "tcm"])
    publish(stage, 0, 1)
    counts = {each.id: each.count for each in gallery(stage.contest).themes}
    assert counts == {"tcm": 1, "service": 2}


def test_winners_have_their_cards_wherever_they_stand_in_the_gallery() -> None:
    stage = make.contest(works=30, judges=3)
    publish(stage, *range(0, 30, 2))
    wanted = {stage.entries[n].pk for n in (0, 1, 28)}
    found = gallery_cards(stage.contest, wanted)
    assert {pk: card.number for pk, card in found.items()} == {
        stage.entries[0].pk: "001",
        stage.entries[28].pk: "029",
    }
    assert all(card.has_poster for card in found.values())


@pytest.mark.parametrize(
    ("asked", "number", "cards"),
    [("1", 1, 24), ("2", 2, 1), ("9", 2, 1), ("0", 1, 24), ("x", 1, 24)],
)
def test_pages_that_do_not_exist_are_the_nearest(asked: str, number: int, cards: int) -> None:
    stage = make.contest(works=25, judges=3)
    publish(stage, *range(25))
    page = gallery(stage.contest, page=asked)
    assert (page.number, len(page.cards), page.pages) == (number, cards, 2)
    assert (page.previous, page.following) == ((None, 2) if number == 1 else (1, None))


@pytest.mark.clause("H20")
def test_a_result_is_published_after_its_approval_only() -> None:
    stage = make.contest(works=12, judges=5)
    with pytest.raises(Refused, match="还没有核定"):
        publish_results(contest=stage.contest, by=stage.organiser, at=NOON)
    make.approved(stage)
    assert published_results(stage.contest) is None
    assert not results_published(stage.contest)
    with pytest.raises(NotPermitted):
        publish_results(contest=stage.contest, by=stage.judges[0], at=NOON)
    first = publish_results(contest=stage.contest, by=stage.organiser, at=NOON)
    assert publish_results(contest=stage.contest, by=stage.organiser, at=NOON) == first
    assert ResultsPublication.objects.count() == 1
    assert results_published(stage.contest)


@pytest.mark.clause("J14", "J15")
def test_the_published_result_names_seats_and_links_what_is_shown() -> None:
    stage = make.contest(works=12, judges=5)
    make.approved(stage)
    publish(stage, 0)
    assert gallery(stage.contest).cards[0].awards == ()
    publish_results(contest=stage.contest, by=stage.organiser, at=NOON)
    result = published_results(stage.contest)
    assert result is not None
    assert [(row.award, number) for row, number in result.winners[:2]] == [
        ("一等奖", "001"),
        ("二等奖", ""),
    ]
    assert {mark.judge for row in result.page.ranking for mark in row.marks} == {""}
    assert gallery(stage.contest).cards[0].awards == ("一等奖", "最佳创意奖")


@pytest.mark.parametrize("works", [1, 50])
def test_statements_do_not_grow_with_the_works(works: int) -> None:
    stage = make.contest(works=max(works, 12), judges=5)
    make.approved(stage)
    publish(stage, *range(works))
    publish_results(contest=stage.contest, by=stage.organiser, at=NOON)
    counts = {}
    contest = stage.contest
    for name, ask in {
        "gallery": lambda: gallery(contest),
        "work": lambda: gallery_work(contest, "001"),
        "results": lambda: published_results(contest),
    }.items():
        with CaptureQueriesContext(connection) as seen:
            ask()
        counts[name] = len(seen)
    assert counts == {"gallery": 6, "work": 8, "results": 7}
