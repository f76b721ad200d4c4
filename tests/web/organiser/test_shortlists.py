"""The organiser's pages between two rounds: the course, shortlists, votes; awards by scope."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fengcai.apps.judging.actions import enter_votes, open_round, seal_round
from fengcai.apps.judging.models import Round, Ruling, Shortlist, VoteCount, VoteVoid
from fengcai.apps.judging.shortlisting import choice_of
from tests.factories import rounds as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db
MINUTES = "纪要〔2026〕3号"


def at(name: str, stage: Stage, *args: object) -> str:
    return reverse(name, args=[stage.contest.slug, *args])


@pytest.fixture
def stage() -> Stage:
    return make.contest(video=[1, 1, 1, 2, 3, 4, 5], photo=[8, 9, 10])


@pytest.fixture
def office(stage: Stage) -> Client:
    found = Client()
    found.force_login(stage.organiser)
    return found


def sealed_first(stage: Stage, *, tie: bool = False) -> Round:
    totals: dict[UUID, int] = {}
    for track, best in (("video", 90), ("photo", 60)):
        for place, entry in enumerate(make.of_track(stage, track)):
            totals[entry.pk] = best - 2 * place
    if tie:
        photos = make.of_track(stage, "photo")
        totals[photos[1].pk] = totals[photos[0].pk]
    opened = open_round(contest=stage.contest, round_id="pre", by=stage.organiser, at=NOON)
    return seal_round(round=make.judged(stage, opened, totals), by=stage.organiser, at=NOON)


def page(office: Client, stage: Stage) -> str:
    return office.get(at("office-round", stage)).content.decode()


@pytest.mark.clause("H5")
def test_the_page_shows_what_feeds_what_and_why_each_work_goes_on(
    office: Client, stage: Stage
) -> None:
    before = page(office, stage)
    assert "评审流程" in before
    assert "“初评”的入围作品" in before
    sealed_first(stage)
    shown = page(office, stage)
    assert "入围名单：3 件，进入微视频终评、摄影终评" in shown
    assert "接收 7 件 × 30% = 2.1，四舍五入为 2 件" in shown
    assert "得分 90.00，第 1 名" in shown
    assert "替补 1" in shown
    answer = office.post(at("office-shortlist-confirm", stage, "pre"), follow=True)
    assert "入围名单已确认" in answer.content.decode()
    assert Shortlist.objects.count() == 1
    judges = {"panel": "chosen", "judges": [judge.pk for judge in stage.judges[:2]]}
    refused = office.post(at("office-round-open", stage, "final_video"), judges)
    assert "规则要求至少" in refused.content.decode() or refused.status_code == 302
    office.post(at("office-round-open", stage, "final_photo"))
    assert Round.objects.filter(round_id="final_photo").exists()
    assert "下一轮已按它启动" in page(office, stage)


def test_a_tie_is_put_in_order_on_the_page(office: Client, stage: Stage) -> None:
    sealed_first(stage, tie=True)
    tied = make.of_track(stage, "photo")[:2]
    shown = page(office, stage)
    assert "并列作品的先后次序" in shown
    url = at("office-shortlist-order", stage, "pre")
    wrong = {f"place-{entry.pk}": "1" for entry in tied}
    answer = office.post(url, {**wrong, "reason": "更切题", "minutes": MINUTES})
    assert "请给每件作品一个不同的先后次序" in answer.content.decode()
    assert "更切题" in answer.content.decode()
    right = {f"place-{entry.pk}": str(n) for n, entry in enumerate(reversed(tied), 1)}
    office.post(url, {**right, "reason": "更切题", "minutes": MINUTES})
    ruling = Ruling.objects.get()
    assert ruling.entries == [str(tied[1].pk), str(tied[0].pk)]
    assert "裁定：更切题" in page(office, stage)
    office.post(at("office-shortlist-back", stage, "pre", ruling.pk))
    ruling.refresh_from_db()
    assert ruling.replaced_at is not None


@pytest.mark.clause("H5")
def test_votes_are_typed_imported_corrected_and_voided(office: Client, stage: Stage) -> None:
    sealed_first(stage)
    office.post(at("office-shortlist-confirm", stage, "pre"))
    shown = office.get(at("office-votes", stage)).content.decode()
    works = [UUID(id) for id in choice_of(Round.objects.get()).selection.selected]
    assert all(f'name="votes-{id}"' in shown for id in works)
    url = at("office-votes-count", stage, make.VOTE)
    typed = {f"votes-{id}": str(10 * n) for n, id in enumerate(works, 1)}
    answer = office.post(url, {**typed, f"votes-{works[0]}": "很多", "source": "后台"})
    assert "不是票数" in answer.content.decode()
    office.post(url, {**typed, "source": "公众号后台"})
    numbers = {str(entry.pk): entry.number for entry in stage.entries}
    rows = "\n".join(f"{numbers[str(id)]},{100 * n}" for n, id in enumerate(works, 1))
    for content, what in (
        ("甲,乙\n1,2", "“作品编号”和“票数”两列"),
        ("作品编号,票数\n999,2", "整张表都没有导入"),
    ):
        table = SimpleUploadedFile("票.csv", content.encode())
        assert what in office.post(url, {"file": table, "source": "后台"}).content.decode()
    table = SimpleUploadedFile("票.csv", f"作品编号,票数\n{rows}".encode())
    office.post(url, {"file": table, "source": "公证书 1 号", "reason": "以公证为准"})
    standing = VoteCount.objects.get(replaced_at=None)
    assert sorted(standing.counts.values()) == [100, 200, 300]
    void = at("office-votes-void", stage, make.VOTE)
    answer = office.post(void, {"entry": works[2], "votes": "50", "reason": "", "minutes": MINUTES})
    assert "作废的理由" in answer.content.decode()
    office.post(void, {"entry": works[2], "votes": "50", "reason": "刷票", "minutes": MINUTES})
    shown = office.get(at("office-votes", stage)).content.decode()
    assert "作废 50 票：刷票" in shown
    assert "250 票 ÷ 最高票 250 票 × 20 = 20 分" in shown
    office.post(void, {"restore": VoteVoid.objects.get().pk})
    assert VoteVoid.objects.filter(withdrawn_at=None).count() == 0


@pytest.mark.clause("J15")
def test_awards_by_track_units_and_vacancies_on_the_page(office: Client, stage: Stage) -> None:
    round = sealed_first(stage)
    office.post(at("office-shortlist-confirm", stage, "pre"))
    works = [UUID(id) for id in choice_of(round).selection.selected]
    enter_votes(
        contest=stage.contest, vote_id=make.VOTE, counts=dict.fromkeys(works, 5), source="后台",
        by=stage.organiser, at=NOON,
    )  # fmt: skip
    waits = office.get(at("office-awards", stage)).content.decode()
    assert "评审还没有封存" in waits
    for id in ("final_video", "final_photo"):
        opened = open_round(contest=stage.contest, round_id=id, by=stage.organiser, at=NOON)
        marked = make.judged(stage, opened, {entry.pk: 80 for entry in stage.entries})
        seal_round(round=marked, by=stage.organiser, at=NOON)
    office.post(at("office-awards-compute", stage))
    shown = office.get(at("office-awards", stage)).content.decode()
    assert "人气奖名额上的并列" in shown
    url = at("office-awards-order", stage, "popular")
    places = {f"place-{id}": str(n) for n, id in enumerate(works, 1)}
    office.post(url, {**places, "reason": "现场加投", "minutes": MINUTES})
    shown = office.get(at("office-awards", stage)).content.decode()
    assert "由专项评审委员会（纪要〔2026〕3号）裁定：现场加投" in shown
    assert "优秀组织奖" in shown
    assert "积分 " in shown
    assert "名额怎样得出" in shown
    assert "可以空缺的奖项" in shown
    vacant = at("office-awards-vacant", stage, "first")
    answer = office.post(vacant, {"places": "x", "reason": "", "minutes": ""})
    assert "请填写空缺几个名额" in answer.content.decode()
