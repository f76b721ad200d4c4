"""From a work's texts to remarks with their legal basis, and a person's decision on the record."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.actions import keep_inspection
from fengcai.apps.assets.models import Asset, Output
from fengcai.apps.assets.outputs import Kept
from fengcai.apps.audit.models import AuditRecord, AuditSecret
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.compliance.actions import decide_remarks, read_again
from fengcai.apps.compliance.finding import MOST_REMARKS, remarks
from fengcai.apps.compliance.models import Remark
from fengcai.apps.compliance.passages import Passage
from fengcai.apps.compliance.queries import (
    Asked,
    clauses_on_wording,
    desk,
    hints_for,
    remarks_of,
)
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions as entries
from fengcai.apps.entries.models import Entry
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.engines import storage
from fengcai.engines.jobs import enqueue, run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.any_rulebook import rules_named
from tests.factories.collecting import DAY, UNITS, Collecting, collecting, inspected
from tests.factories.judging import person

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J9", "B6")]

BOLD = "一针根治颈椎病"
SYNOPSIS = "我院技术国内领先，总有效率达98%。术后最好多休息。加微信咨询，电话13812345678。"


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    return collecting()


def read_texts() -> None:
    """Run the jobs that wait, but for inspections: the factory's films are none."""
    Job.objects.filter(kind="assets.inspect").delete()
    run_pending(reraise=True)


def handed_in(made: Collecting, tmp_path: Path, unit: str = UNITS[0], **fields: Any) -> Entry:
    """A submitted work whose texts have been read."""
    entry = made.draft(unit, **{"title": BOLD, "synopsis": SYNOPSIS, **fields})
    inspected(made.with_film(entry, tmp_path))
    made.submit(entry)
    read_texts()
    return work(entry)


def work(entry: Entry) -> Entry:
    return Entry.objects.select_related("contest__version", "unit", "rulebook").get(pk=entry.pk)


@transaction.atomic
def on_screen(
    asset: Asset, lines: list[tuple[str, str, str]], name: str = "screen-text.json", **measures: Any
) -> None:
    """Leave the film as an inspection with this text on screen would."""
    told = [{"from_s": a, "to_s": b, "text": text, "box": None} for a, b, text in lines]
    key = storage.write_bytes(json.dumps(told).encode(), suffix=".json").key
    keep_inspection(
        asset=asset, facts={"pictures": {"poster": None, "sprite": None}, "measures": measures},
        state="inspected", trouble="", findings=[], poster_key="", sprite_key="", at=DAY,
        outputs=[Kept(name, Output.Kind.TEXT, False, key)],
    )  # fmt: skip


def said(rows: list[Any]) -> list[tuple[str, str, str]]:
    return [(row.place, row.words, row.bases[0].cited) for row in rows]


def decide(made: Collecting, *rows: Remark, **changes: Any) -> int:
    given = {
        "contest": made.contest, "remarks": {row.pk: row.version for row in rows},
        "decision": "keep", "reason": "引自指南原文", "by": made.reviewer, "at": DAY, **changes,
    }  # fmt: skip
    return decide_remarks(**given)


def test_title_and_synopsis_are_read_when_the_work_is_handed_in(
    made: Collecting, tmp_path: Path
) -> None:
    entry = handed_in(made, tmp_path)
    rows = remarks_of(entry=entry, user=made.reviewer)
    assert sorted(said(rows)) == sorted([
        ("标题", "根治", "广告法第十六条第（一）项"),
        ("作品简介", "国内领先", "广告法第九条第（三）项"),
        ("作品简介", "总有效率", "广告法第十六条第（二）项"),
        ("作品简介", "加微信", "《医务人员互联网健康科普负面行为清单（试行）》第2项"),
        ("作品简介", "138****5678", "《关于规范“自媒体”医疗科普行为的通知》（联系方式和购买链接）"),
    ])  # fmt: skip
    cure = next(row for row in rows if row.words == "根治")
    assert [basis.cited for basis in cure.bases] == [
        "广告法第十六条第（一）项", "医疗广告管理办法第七条第（二）项",
    ]  # fmt: skip
    assert (cure.before, cure.behind, cure.open) == ("一针", "颈椎病", True)
    # The machine returns nothing: the work waits for its head as any other.
    assert work(entry).state == "submitted"
    # No number stands in a remark as it is.
    assert not Remark.objects.filter(before__contains="13812345678").exists()
    assert not Remark.objects.filter(behind__contains="13812345678").exists()


def test_what_stands_on_screen_is_read_with_its_moments(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft(title="夜班", synopsis="一个普通的夜班")
    film = made.with_film(entry, tmp_path)
    span = {"from_s": "3", "to_s": "5"}
    on_screen(
        film,
        [("1", "2", "华佗再世"), ("61", "63.5", "华 佗再世"), ("3", "5", "加微信咨询"), ("7", "8", "你好")],
        contact_shown={"spans": [
            {**span, "text": "扫码或加好友：加微信"}, {**span, "text": "电话：138****5678", "private": True},
            {**span, "text": ""},
        ]},
        qr_code={"spans": [{"from_s": "9", "to_s": "10", "text": "二维码：https://shop.example"}]},
    )  # fmt: skip
    made.submit(entry)
    read_texts()
    rows = remarks_of(entry=entry, user=made.organiser)
    assert [(r.place, r.words, r.times, [(m.from_s, m.to_s) for m in r.moments]) for r in rows] == [
        ("参评视频", "华佗再世", 2, [(1.0, 2.0), (61.0, 63.5)]),
        ("参评视频", "加微信", 1, [(3.0, 5.0)]),
        ("参评视频", "138****5678", 1, [(3.0, 5.0)]),
        ("参评视频", "https://shop.example", 1, [(9.0, 10.0)]),
    ]
    assert {row.on_screen for row in rows} == {True}
    told = [hint.text for hint in hints_for(entry=work(entry), rules=rules_of(made.contest))]
    assert told[0].startswith("参评视频 0:01 处的画面文字里的“华佗再世”容易被看成夸大（")


def test_an_inspection_after_the_submission_is_read_too(made: Collecting, tmp_path: Path) -> None:
    entry = handed_in(made, tmp_path, title="夜班", synopsis="一个普通的夜班")
    assert remarks_of(entry=entry, user=made.reviewer) == []
    on_screen(Asset.objects.get(version__entry=entry), [("1", "2", "神药问世")])
    read_texts()
    assert [row.words for row in remarks_of(entry=entry, user=made.reviewer)] == ["神药"]


def test_a_paper_is_read_and_a_file_of_no_work_is_left(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft(title="夜班", synopsis="一个普通的夜班")
    film = made.with_film(entry, tmp_path)
    text = "第一段。\n\n祖传秘方，热线 0791-86123456。".encode()
    with transaction.atomic():
        key = storage.write_bytes(text, suffix=".txt").key
        Output.objects.create(asset=film, name="text.txt", kind=Output.Kind.TEXT, key=key)
        enqueue("compliance.file", {"asset_id": str(film.pk)})
        enqueue("compliance.file", {"asset_id": str(uuid4())})
        enqueue("compliance.read", {"entry_id": str(uuid4())})
    read_texts()
    assert sorted(Remark.objects.values_list("words", flat=True)) == ["0791-86123456", "祖传秘方"]


def test_a_decision_needs_a_reason_is_on_the_record_and_outlives_a_reading(
    made: Collecting, tmp_path: Path
) -> None:
    entry = handed_in(made, tmp_path)
    row = Remark.objects.get(words="国内领先")
    for changes, field in (({"reason": " "}, "reason"), ({"decision": "reject"}, "decision"),
                           ({"reason": "长" * 501}, "reason")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            decide(made, row, **changes)
        assert list(refused.value.fields) == [field]
    assert decide(made, row) == 1
    with pytest.raises(Stale):
        decide(made, row, decision="change", by=made.organiser)
    read_again(contest=made.contest, by=made.organiser, at=DAY)
    read_texts()
    row.refresh_from_db()
    assert (row.decision, row.reason, row.version, row.current) == ("keep", "引自指南原文", 2, True)
    assert Remark.objects.count() == 5
    told = AuditRecord.objects.get(action="compliance.decide")
    assert told.subject == f"entry:{entry.pk}"
    assert told.details["remarks"] == [[row.pk, str(entry.pk), "advertising-law-9/first"]]
    assert AuditSecret.objects.get(record=told).value == "引自指南原文"
    assert verify_chain(made.contest.chain).ok
    # Taken back, it waits again.
    assert decide(made, row, decision="", reason="看错了") == 1
    row.refresh_from_db()
    assert (row.decision, row.reason, row.decided_by, row.version) == ("", "", None, 3)


def test_a_changed_sentence_opens_anew_and_an_unchanged_one_does_not(
    made: Collecting, tmp_path: Path
) -> None:
    entry = handed_in(made, tmp_path, synopsis="我院技术国内领先。门诊很忙。")
    row = Remark.objects.get(words="国内领先")
    decide(made, row)

    def rewritten(synopsis: str) -> list[tuple[str, bool, str]]:
        by = made.contacts[UNITS[0]]
        entries.recall_entry(entry_id=entry.pk, by=by, at=DAY)
        entries.save_draft(
            entry_id=entry.pk, changes={"synopsis": synopsis},
            expected_version=work(entry).version, by=by, at=DAY,
        )  # fmt: skip
        made.submit(entry)
        read_texts()
        rows = Remark.objects.filter(place="field:synopsis").order_by("pk")
        return [(one.words, one.current, one.decision) for one in rows]

    assert rewritten("我院技术国内领先。  门诊不忙。") == [("国内领先", True, "keep")]
    assert rewritten("我院疗效国内领先。") == [("国内领先", False, "keep"), ("国内领先", True, "")]
    # What nobody decided on leaves no trace; what somebody decided on counts again.
    assert rewritten("我院技术国内领先。") == [("国内领先", True, "keep")]


def test_the_same_words_in_one_work_are_decided_at_once(made: Collecting, tmp_path: Path) -> None:
    handed_in(made, tmp_path, synopsis="根治不是口号。我们要根治它。")
    rows = list(Remark.objects.filter(words="根治"))
    assert len(rows) == 3
    assert len({row.alike for row in rows}) == 1
    assert decide(made, *rows, decision="change", reason="换成“缓解”") == 3
    assert AuditRecord.objects.filter(action="compliance.decide").count() == 1


def test_only_reviewers_and_organisers_see_and_decide(made: Collecting, tmp_path: Path) -> None:
    entry = handed_in(made, tmp_path)
    row = Remark.objects.filter(entry=entry).first()
    assert row is not None
    judge = person("评委")
    Membership.objects.create(contest=made.contest, user=judge, role=Role.JUDGE)
    for stranger in (made.contacts[UNITS[0]], made.heads[UNITS[1]], judge, None):
        with pytest.raises(NotPermitted):
            remarks_of(entry=entry, user=stranger)  # type: ignore[arg-type]
        with pytest.raises(NotPermitted):
            desk(contest=made.contest, user=stranger, asked=Asked())  # type: ignore[arg-type]
        with pytest.raises(NotPermitted):
            decide(made, row, by=stranger)
    with pytest.raises(NotPermitted):
        read_again(contest=made.contest, by=made.reviewer, at=DAY)
    assert Remark.objects.exclude(decision="").count() == 0


def test_remarks_of_another_contest_are_out_of_reach(made: Collecting, tmp_path: Path) -> None:
    handed_in(made, tmp_path)
    row = Remark.objects.first()
    assert row is not None
    with pytest.raises(NotFound):
        decide(made, row, remarks={row.pk: 1, 10**9: 1})
    with pytest.raises(Refused):
        decide(made, row, remarks={})
    Remark.objects.filter(pk=row.pk).update(current=False)
    with pytest.raises(NotFound):
        decide(made, row)


def test_the_desk_counts_filters_and_costs_the_same_at_any_size(
    made: Collecting, tmp_path: Path
) -> None:
    first = handed_in(made, tmp_path)
    asked = Asked()
    desk(contest=made.contest, user=made.reviewer, asked=asked)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = desk(contest=made.contest, user=made.reviewer, asked=asked)
    assert (page.total, len(page.rows), page.states) == (5, 5, {"open": 5})
    assert page.laws == {
        "advertising-law-16": 2, "advertising-law-9": 1, "negative-list-2025": 1, "self-media-2025": 1,
    }  # fmt: skip
    second = handed_in(made, tmp_path, UNITS[1])
    made.draft(UNITS[1], title="草稿根治")
    for number in range(50):
        Remark.objects.create(
            entry=second, key=f"k{number}", place="title", place_name="标题", words="根治",
            alike="a", bases=[], law="advertising-law-16", weight="context",
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        page = desk(contest=made.contest, user=made.reviewer, asked=asked)
    assert (page.total, len(page.rows)) == (60, 40)
    assert len(many) == len(few) == 4
    decide(made, Remark.objects.get(entry=first, words="国内领先"))
    law = desk(
        contest=made.contest, user=made.reviewer, asked=Asked(law="advertising-law-9", state="")
    )
    assert sorted((row.words, row.decision_name) for row in law.rows) == [
        ("国内领先", ""),
        ("国内领先", "可以保留"),
    ]
    # The works stand apart, though both came in at the same instant.
    entries_in_order = [row.entry for row in law.rows]
    assert len(set(entries_in_order)) == 2
    of_one = desk(contest=made.contest, user=made.reviewer, asked=Asked(work=first.pk, page=0))
    assert (of_one.work, of_one.total, {row.entry for row in of_one.rows}) == (BOLD, 4, {first.pk})
    assert desk(contest=made.contest, user=made.reviewer, asked=Asked(work=uuid4())).rows == ()


def test_those_who_write_are_told_plainly_as_they_write(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft(title=BOLD, synopsis="门诊很忙")
    rules = rules_of(made.contest)
    now = work(entry)
    with CaptureQueriesContext(connection) as asked:
        [hint] = hints_for(entry=now, rules=rules)
    assert len(asked) == 1
    assert hint.text == (
        "标题里的“根治”容易被看成疗效保证（广告法第十六条第（一）项），"
        "建议改为有依据的说法，如“缓解症状”“控制病情”“改善生活质量”。"
    )
    assert not hint.asked
    inspected(made.with_film(entry, tmp_path))
    made.submit(entry)
    read_texts()
    assert [each.text for each in hints_for(entry=work(entry), rules=rules)] == [hint.text]
    row = Remark.objects.get()
    decide(made, row, decision="change", reason="请改为“缓解”")
    assert [(h.asked, h.reason) for h in hints_for(entry=work(entry), rules=rules)] == [
        (True, "请改为“缓解”")
    ]
    entries.recall_entry(entry_id=entry.pk, by=made.contacts[UNITS[0]], at=DAY)
    assert [h.reason for h in hints_for(entry=work(entry), rules=rules)] == ["请改为“缓解”"]
    decide(made, Remark.objects.get(), decision="unrelated", reason="病名")
    assert hints_for(entry=work(entry), rules=rules) == []


def test_names_of_contest_unit_and_awards_are_no_claims(made: Collecting, tmp_path: Path) -> None:
    made.contest.title = "第一届“顶尖护理”大赛"
    made.contest.save()
    entry = handed_in(made, tmp_path, title="第一届“顶尖护理”大赛作品", synopsis="力争最佳创意奖")
    assert remarks_of(entry=entry, user=made.reviewer) == []


def test_the_rulebooks_own_clause_stands_beside() -> None:
    clauses = clauses_on_wording(rules_named("jiangxi-2026"))
    assert [(each.text, each.section) for each in clauses] == [
        ("符合医疗广告管理办法及医院宣传相关规定", "四（二）"),
        ("没有虚假宣传、夸大表述", "四（二）"),
    ]


def test_no_more_is_kept_than_a_person_reads(
    made: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fengcai.apps.compliance.finding.MOST_REMARKS", 3)
    handed_in(made, tmp_path)
    assert Remark.objects.count() == 3


def test_a_paper_of_nothing_but_contacts_is_read_within_bounds() -> None:
    paper = Passage("file:paper", "文稿", "加微信群 " * 3_000)
    begun = time.process_time()
    found = remarks([paper, Passage("title", "标题", "根治")], (), ())
    assert 0 < len(found) <= MOST_REMARKS
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("written", "words", "key"),
    [
        ("嶶 信：jk2026ab", "jk2026ab", "negative-list-2025/diversion"),
        ("1\u200b3800138000", "138****8000", "self-media-2025/contact"),
        (
            "热线 ０７９１－８８８８８８８８",
            "０７９１－８８８８８８８８",
            "self-media-2025/contact",
        ),
    ],
)
def test_a_contact_is_read_through_its_disguise(written: str, words: str, key: str) -> None:
    (found,) = remarks([Passage("synopsis", "作品简介", f"一个夜班，{written}")], (), ())
    assert (found.words, found.terms[0].key) == (words, key)
    assert "13800138000" not in found.before + found.words + found.behind


def test_the_words_of_a_subtitle_track_are_read_with_their_moments(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.draft(title="夜班", synopsis="一个普通的夜班")
    film = made.with_film(entry, tmp_path)
    on_screen(film, [("4", "6", "华佗再世"), ("8", "9", "加微信咨询")], name="subtitle-text.json")
    made.submit(entry)
    read_texts()
    rows = remarks_of(entry=entry, user=made.organiser)
    assert [(r.place, r.words, [(m.from_s, m.to_s) for m in r.moments]) for r in rows] == [
        ("参评视频的字幕", "华佗再世", [(4.0, 6.0)]),
        ("参评视频的字幕", "加微信", [(8.0, 9.0)]),
    ]
    told = [hint.text for hint in hints_for(entry=work(entry), rules=rules_of(made.contest))]
    assert told[0].startswith("参评视频 0:04 处的字幕里的“华佗再世”")
