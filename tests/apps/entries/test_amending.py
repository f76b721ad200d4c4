"""A 补充通知 as works meet it: a deadline that comes back, and what it must not take from them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fengcai.apps.assets.governing import rules_of_file
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests import amending, queries
from fengcai.apps.contests.rewriting import Edit
from fengcai.apps.entries.actions import recall_entry, save_draft, submit_entry
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.intake.checklist import checklist
from fengcai.apps.refusals import TooLate
from tests.apps.contests.test_amending import CLOSE, NUMBER, amend, real, text_of
from tests.factories.collecting import CLOSES, DAY, DECLARED, collecting, inspected

pytestmark = pytest.mark.django_db
AFTER = CLOSES + timedelta(hours=3)


def objections(made: object, *edits: Edit) -> str:
    contest = real(made.contest)  # type: ignore[attr-defined]
    found = amending.propose(contest=contest, text=text_of(contest, *edits), at=DAY)
    return "\n".join(found.objections)


def test_a_draft_that_came_too_late_is_taken_after_an_extension(tmp_path: Path) -> None:
    made = collecting()
    contest = real(made.contest)
    entry = made.draft()
    inspected(made.with_film(entry, tmp_path))

    def write() -> Entry:
        version = Entry.objects.get(pk=entry.pk).version
        return save_draft(
            entry_id=entry.pk,
            changes={"title": "迟来的一稿"},
            expected_version=version,
            by=made.contacts["心病科"],
            at=AFTER,
        )

    with pytest.raises(TooLate):
        write()
    amend(contest, made.organiser, CLOSE, at=AFTER)
    assert write().title == "迟来的一稿"
    handed = submit_entry(
        entry_id=entry.pk,
        expected_version=Entry.objects.get(pk=entry.pk).version,
        declared=DECLARED,
        signed_name="心病科联络员",
        by=made.contacts["心病科"],
        at=AFTER,
    )
    assert (handed.state, handed.late, handed.rulebook.number) == ("submitted", False, 2)


def test_a_work_is_judged_by_the_version_that_it_was_handed_in_under(tmp_path: Path) -> None:
    made = collecting()
    contest = real(made.contest)
    handed = made.under_review(tmp_path)
    draft = made.draft("针灸科")
    demand = {"must": "片头写明科室全称", "checked_by": "human", "cite": "补充通知 片头"}
    amend(contest, made.organiser, CLOSE, Edit("set", ("requirements", "opening_title"), demand))
    handed, draft = (Entry.objects.get(pk=each.pk) for each in (handed, draft))
    assert (handed.rulebook.number, handed.state) == (1, "confirmed")
    assert [rules_for(each).requirement("opening_title") is None for each in (handed, draft)] == [
        True,
        False,
    ]
    # Time is the exception: both have the new deadline.
    assert {rules_for(each).window.closes for each in (handed, draft)} == {
        CLOSES + timedelta(days=5)
    }
    assert "opening_title" not in {point.requirement for point in checklist(handed)}
    taken_back = recall_entry(entry_id=handed.pk, by=made.contacts["心病科"], at=DAY)
    assert rules_for(taken_back).requirement("opening_title") is not None


def test_a_work_noted_as_late_is_late_no_more(tmp_path: Path) -> None:
    made = collecting()
    contest = real(made.contest)
    entry = made.under_review(tmp_path)
    Entry.objects.filter(pk=entry.pk).update(late=True, submitted_at=AFTER)
    never = made.draft("针灸科")
    Entry.objects.filter(pk=never.pk).update(
        late=True, submitted_at=CLOSES + timedelta(days=20), state="submitted"
    )
    amendment = amend(contest, made.organiser, CLOSE, at=AFTER, notice_number=NUMBER)
    assert amendment.effects == {"改为按时的作品": 1}
    assert list(Entry.objects.order_by("submitted_at").values_list("late", flat=True)) == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([Edit("remove", ("tracks", "video", "themes", "options", "service"))],
         "已有 1 件作品用到创作方向“医疗服务类”，不能取消"),
        ([Edit("set", ("tracks", "video", "fields"),
               {"title": {"label": "作品名称", "kind": "text", "required": "是",
                          "cite": "六（二） 所有获奖作者"}})],
         "已有 1 件作品用到填报内容“作者”，不能取消"),
        ([Edit("set", ("units", "classes", "clinical"),
               {"name": "临床科室", "must_enter": "否", "may_enter": "否", "cite": "二 临床科室"})],
         "“临床科室”已有 1 件作品，不能改为不可报送"),
    ],
)  # fmt: skip
def test_what_works_rely_on_stays(edits: list[Edit], said: str) -> None:
    made = collecting()
    made.draft()
    assert said in objections(made, *edits)


def test_a_category_a_file_and_a_quota_in_use_stay(tmp_path: Path) -> None:
    made = collecting()
    entry = made.draft()
    made.with_film(entry, tmp_path)
    contest = real(made.contest)
    text = text_of(contest, Edit("set", ("units", "entries", "max"), "0"))
    text = text.replace("    min: 1\n    max: 0", "    min: 0\n    max: 0")
    text = text.replace("      main:\n        name: 参评视频", "      film:\n        name: 影片")
    found = "\n".join(amending.propose(contest=contest, text=text, at=DAY).objections)
    assert "1 个单位（心病科）已有的作品多于 0 件，名额不能减到 0" in found
    assert "已有 1 件作品上传了“参评视频”，不能取消这一项文件" in found
    text = text_of(contest).replace("\n  video:\n", "\n  film:\n", 1)
    found = "\n".join(amending.propose(contest=contest, text=text, at=DAY).objections)
    assert "类别“视频作品”已有 1 件作品，不能取消" in found


def test_a_file_is_judged_by_the_rules_of_its_work(tmp_path: Path) -> None:
    made = collecting()
    contest = real(made.contest)
    entry = made.draft()
    asset = inspected(made.with_film(entry, tmp_path))
    before = queries.rules_of(contest)
    Entry.objects.filter(pk=entry.pk).update(state="submitted")
    amend(contest, made.organiser, CLOSE)
    judged = rules_of_file(Asset.objects.get(pk=asset.pk))
    assert judged.tracks == before.tracks
    assert judged.hash == before.hash
    Entry.objects.filter(pk=entry.pk).update(state="returned")
    assert rules_of_file(Asset.objects.get(pk=asset.pk)).hash != before.hash
    FileVersion.objects.all().delete()
    assert rules_of_file(Asset.objects.get(pk=asset.pk)).hash != before.hash
