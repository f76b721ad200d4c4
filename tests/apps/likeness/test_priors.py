"""Past winners that were never here: read in with a preview, compared, seen by their own series only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.likeness.actions import keep_fingerprint
from fengcai.apps.likeness.models import Fingerprint, Likeness, PriorWork
from fengcai.apps.likeness.priors import (
    PriorPreview,
    import_priors,
    keep_prior_film,
    preview_priors,
    priors_of,
    remove_prior,
)
from fengcai.apps.likeness.queries import found_in, likenesses_of, side_by_side
from fengcai.apps.likeness.standing import candidates, forget
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines.jobs import run_pending
from fengcai.media import fingerprints
from tests.apps.likeness.test_likeness import copied, decide, handed_in, original, stranger
from tests.factories.collecting import DAY, UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J10", "B4")]

HEADERS = ["作品名称", "单位", "年份", "奖项", "链接", "简介", "作者"]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    forget()
    return collecting()


def table(made: Collecting, *rows: list[str]) -> PriorPreview:
    return preview_priors(
        contest=made.contest, headers=HEADERS, rows=[(n, row) for n, row in enumerate(rows, 2)]
    )


def taken_in(made: Collecting, *rows: list[str]) -> int:
    added = import_priors(
        contest=made.contest, preview=table(made, *rows), by=made.organiser, at=DAY
    )
    run_pending(reraise=True)
    return added


def with_film(
    made: Collecting, data: bytes, title: str = "心跳的守护", **changes: Any
) -> PriorWork:
    given = {"year": 2023, "unit": "儿科", "award": "一等奖", "by": made.organiser, **changes}
    prior = keep_prior_film(
        contest=made.contest, title=title, film_name=f"{title}.mp4", data=data, at=DAY, **given
    )
    run_pending(reraise=True)
    return prior


def test_a_table_is_understood_before_it_is_taken_in(made: Collecting) -> None:
    preview = table(
        made,
        ["《白衣的温度》", "儿科", "2023年度", "一等奖", "https://example.org/1", "", "某人"],
        ["", "儿科", "2023", "", "", "", ""],
        ["夜班", "急诊科", "去年", "", "", "", ""],
        ["夜班", "急诊科", "2022", "", "javascript:alert(1)", "", ""],
        ["白衣的温度", "儿科", "2023", "", "", "", ""],
    )
    assert [(row.title, row.year, row.award) for row in preview.new] == [
        ("白衣的温度", 2023, "一等奖")
    ]
    assert [(row.line, row.problem) for row in preview.refused] == [
        (3, "没有作品名称"),
        (4, "年份“去年”看不出是哪一年，请写四位数字，如 2024"),
        (5, "链接应以 http:// 或 https:// 开头"),
        (6, "与第 2 行重复，只取前一行"),
    ]
    assert PriorWork.objects.count() == 0
    other = preview_priors(
        contest=made.contest, headers=["作品名", "获奖科室", "年度", "等级"],
        rows=[(2, ["三伏贴里的夏天", "肺病科", "2024", "一等奖"])],
    )  # fmt: skip
    assert [(row.unit, row.award) for row in other.new] == [("肺病科", "一等奖")]
    told = preview_priors(contest=made.contest, headers=["名字"], rows=[(2, ["a"])])
    assert told.missing_columns == ("作品名称", "年份")
    with pytest.raises(Refused):
        import_priors(contest=made.contest, preview=told, by=made.organiser, at=DAY)


def test_an_import_twice_does_no_harm_and_is_on_the_record(made: Collecting) -> None:
    row = ["白衣的温度", "儿科", "2023", "一等奖", "", "", ""]
    assert taken_in(made, row) == 1
    assert taken_in(made, [*row[:3], "特等奖", "", "", ""]) == 0
    assert [(p.award, p.series) for p in PriorWork.objects.all()] == [
        ("特等奖", made.contest.series)
    ]
    assert "某人" not in str(PriorWork.objects.values())
    told = AuditRecord.objects.filter(action="likeness.import_priors")
    assert [record.details["added"] for record in told.order_by("pk")] == [1, 0]
    assert verify_chain(made.contest.chain).ok


def test_a_winners_film_is_recognised_in_a_cropped_copy(made: Collecting, tmp_path: Path) -> None:
    entry = handed_in(made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    prior = with_film(made, original())  # the work was handed in before the register was filled
    [row] = likenesses_of(entry=entry, user=made.reviewer)
    assert (row.verdict, row.theirs.title, row.theirs.prior) == ("copy", "心跳的守护", prior.pk)
    assert row.relation == "往届获奖作品，2023 年一等奖"
    assert "本作品裁掉了左边约 20%" in row.said
    assert (row.theirs.film, row.theirs.id, row.theirs.known) == (None, None, True)
    found = found_in(contest=made.contest, user=made.organiser)
    assert [[work.title for work in group.works] for group in found.groups] == [
        ["另一个题名", "心跳的守护"]
    ]
    pair = Likeness.objects.get()
    assert (
        side_by_side(contest=made.contest, likeness=pair.pk, user=made.organiser).mine.id
        == entry.pk
    )
    assert decide(made, pair, "copy", "与 2023 年一等奖作品相同") == 1
    told = AuditRecord.objects.get(action="likeness.decide").details["pairs"]
    assert told == [[str(entry.pk), f"prior:{prior.pk}", "copy"]]
    remove_prior(contest=made.contest, prior=prior.pk, by=made.organiser, at=DAY)
    assert likenesses_of(entry=entry, user=made.reviewer) == []
    with pytest.raises(NotFound):
        remove_prior(contest=made.contest, prior=prior.pk, by=made.organiser, at=DAY)


def test_two_winners_and_a_stranger_are_not_held_against_each_other(
    made: Collecting, tmp_path: Path
) -> None:
    with_film(made, original())
    with_film(made, copied(), "同一影片另一年", year=2022)
    handed_in(made, tmp_path, stranger(), UNITS[0])
    assert Likeness.objects.filter(verdict="copy").count() == 0


@pytest.mark.parametrize(
    ("title", "unit", "found"),
    [
        ("清晨六点的检验科", "儿科", True),
        ("清晨六点的《检验科》！", "儿科", True),
        ("守护", "儿科", False),  # anybody calls a film so
        ("守护", UNITS[0], True),
    ],
)
def test_an_equal_title_asks_a_person_unless_anybody_would_use_it(
    made: Collecting, tmp_path: Path, title: str, unit: str, found: bool
) -> None:
    plain = title.replace("《", "").replace("》！", "")
    taken_in(made, [title, unit, "2022", "二等奖", "", "", ""])
    entry = handed_in(made, tmp_path, original(), UNITS[0], title=plain, synopsis="一段说明")
    rows = likenesses_of(entry=entry, user=made.reviewer)
    told = [(row.verdict_name, row.said, row.text_only) for row in rows]
    assert told == ([("题名相同", ("题名相同",), True)] if found else [])


def test_a_new_title_takes_the_likeness_away(made: Collecting, tmp_path: Path) -> None:
    entry = handed_in(
        made, tmp_path, original(), UNITS[0], title="清晨六点的检验科", synopsis="一段"
    )
    taken_in(made, ["清晨六点的检验科", "儿科", "2022", "二等奖", "", "", ""])
    assert len(likenesses_of(entry=entry, user=made.reviewer)) == 1
    Entry.objects.filter(pk=entry.pk).update(title="检验科的一天")
    from fengcai.engines.jobs import enqueue

    enqueue("likeness.text", {"entry_id": str(entry.pk)})
    run_pending(reraise=True)
    assert likenesses_of(entry=entry, user=made.reviewer) == []


def test_the_same_words_as_a_past_winner_are_found(made: Collecting, tmp_path: Path) -> None:
    words = (
        "清晨六点，检验科的灯已经亮了。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万步。"
    )
    taken_in(made, ["坚守", "儿科", "2021", "三等奖", "", words, ""])
    again = "清晨6点，检验科的灯已亮。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万多步。"
    entry = handed_in(made, tmp_path, original(), UNITS[0], title="脚步声声", synopsis=again)
    [row] = likenesses_of(entry=entry, user=made.reviewer)
    assert row.said[0].startswith("题名和说明文字相似度约")


def test_another_series_has_its_own_register(made: Collecting, tmp_path: Path) -> None:
    with_film(made, original())
    Contest.objects.filter(pk=made.contest.pk).update(series="another")
    made.contest.refresh_from_db()
    entry = handed_in(made, tmp_path, original(), UNITS[0])
    assert likenesses_of(entry=entry, user=made.reviewer) == []
    assert priors_of(contest=made.contest, user=made.organiser) == []
    assert Fingerprint.objects.filter(prior__isnull=False).count() == 2


def test_only_organisers_fill_the_register_and_entrants_see_none_of_it(made: Collecting) -> None:
    preview = table(made, ["白衣的温度", "儿科", "2023", "", "", "", ""])
    for user in (made.reviewer, made.contacts[UNITS[0]]):
        with pytest.raises(NotPermitted):
            import_priors(contest=made.contest, preview=preview, by=user, at=DAY)
        with pytest.raises(NotPermitted):
            with_film(made, original(), by=user)
    with pytest.raises(NotPermitted):
        priors_of(contest=made.contest, user=made.contacts[UNITS[0]])
    assert priors_of(contest=made.contest, user=made.reviewer) == []


def test_a_file_finds_its_row_of_the_register(
    made: Collecting, django_assert_num_queries: Any
) -> None:
    taken_in(made, ["心跳的守护", "儿科", "2023", "一等奖", "", "", ""])
    prior = with_film(made, original(), unit="")
    assert prior == PriorWork.objects.get()
    with_film(made, original(), unit="急诊科")  # another unit's film of the same title
    with django_assert_num_queries(2):  # the seat, the register
        told = [(p.unit, p.has_film) for p in priors_of(contest=made.contest, user=made.organiser)]
    assert sorted(told) == [("儿科", True), ("急诊科", True)]


def test_of_another_contest_only_its_title_is_told_and_its_reasons_stay_there(
    made: Collecting, tmp_path: Path
) -> None:
    first = handed_in(made, tmp_path, original(), UNITS[0])
    second = handed_in(
        made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明"
    )
    other = Contest.objects.create(slug="other", title="另一家医院的活动")
    Entry.objects.filter(pk=second.pk).update(contest=other)
    Likeness.objects.update(
        decision="allowed",
        reason="与另一个题名联合拍摄",
        decided_in=other,
        decided_by=made.heads[UNITS[1]],
    )
    for rows in (
        likenesses_of(entry=first, user=made.reviewer),
        [p for g in found_in(contest=made.contest, user=made.organiser).groups for p in g.pairs],
    ):
        [row] = rows
        theirs = row.theirs
        told = (theirs.id, theirs.title, theirs.unit, theirs.number, theirs.film, theirs.slug)
        assert told == (None, "另一活动的作品", "", "", None, "")
        assert theirs.contest == "另一家医院的活动"
        assert (row.decision_name, row.decided_by) == ("允许", "另一活动的组织者")
        assert "另一个题名" not in repr(row)
        assert str(second.pk) not in repr(row)
    # Editions of one series name each other's works.
    Contest.objects.filter(pk=other.pk).update(series=made.contest.series)
    [row] = likenesses_of(entry=first, user=made.reviewer)
    assert (row.theirs.title, row.reason) == ("另一个题名", "与另一个题名联合拍摄")


def test_works_of_a_demonstration_do_not_meet_the_others(made: Collecting, tmp_path: Path) -> None:
    handed_in(made, tmp_path, original(), UNITS[0])
    demo = Contest.objects.create(slug="demo", title="演示", demo=True)
    entry = made.draft(UNITS[1])
    Entry.objects.filter(pk=entry.pk).update(contest=demo, state="submitted")
    entry.refresh_from_db()
    keep_fingerprint(entry=entry, asset=None, data=original(), at=DAY)
    run_pending(reraise=True)
    assert not Likeness.objects.exists()


def test_an_index_that_is_lost_gives_the_same_answers(made: Collecting, tmp_path: Path) -> None:
    handed_in(made, tmp_path, original(), UNITS[0])
    handed_in(made, tmp_path, stranger(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    with_film(made, original())
    asked = fingerprints.read(copied())
    before = candidates(asked)
    forget()
    assert candidates(asked) == before
    assert len(before) >= 2
