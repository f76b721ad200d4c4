"""From a finished draft to the review, with the film's versions and the deadline's second."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.queries import records, verify_chain
from fengcai.apps.entries import actions
from fengcai.apps.entries.cards import cards
from fengcai.apps.entries.coverage import units_in
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.refusals import NotPermitted, Refused, Stale, TooLate
from fengcai.engines.jobs import status
from tests.factories.collecting import CLOSES, DAY, UNITS, Collecting, collecting, inspected

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


def test_everything_owed_is_named_at_once(made: Collecting) -> None:
    entry = made.draft(title="", authors=[{"name": " ", "role": "编导"}], themes=[])
    with pytest.raises(Refused) as refused:
        actions.submit_entry(
            entry_id=entry.pk,
            expected_version=2,
            declared=["copyright"],
            signed_name=" \u200b\u202e",  # nobody sees a name in it
            by=made.contacts[UNITS[0]],
            at=DAY,
        )
    assert refused.value.fields == {
        "title": "请填写作品名称",
        "authors": "请填写作者",
        "themes": "请选择创作方向（至少 1 个）",
        "slot-main": "还没有上传参评视频",
        "declaration-consent": "请阅读并勾选这一项承诺",
        "declaration-showcase": "请阅读并勾选这一项承诺",
        "signed_name": "请填写承诺人姓名",
    }
    assert Entry.objects.get(pk=entry.pk).state == "draft"


@pytest.mark.clause("J23")
@pytest.mark.clause("J7")
def test_the_head_confirms_before_the_office_reviews(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft()
    inspected(made.with_film(entry, tmp_path))
    made.submit(entry)
    assert Entry.objects.get(pk=entry.pk).state == "submitted"
    with pytest.raises(NotPermitted, match="只有本单位负责人"):
        actions.confirm_entry(
            entry_id=entry.pk,
            expected_version=3,
            declared=["head"],
            signed_name="联络员",
            by=made.contacts[UNITS[0]],
            at=DAY,
        )
    confirmed = made.confirm(entry)
    assert (confirmed.state, str(confirmed.confirmed_by)) == ("confirmed", "心病科负责人")
    signed = {d.declaration: d.signed_name for d in entry.declarations.filter(void_at=None)}
    assert signed == {
        "copyright": "心病科联络员",
        "consent": "心病科联络员",
        "showcase": "心病科联络员",
        "head": "心病科负责人",
    }


@pytest.mark.clause("U2")
def test_a_replaced_film_keeps_its_versions_and_voids_the_confirmation(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.under_review(tmp_path)
    first = Asset.objects.get(version__entry=entry)
    second = made.with_film(entry, tmp_path)
    rows = FileVersion.objects.filter(entry=entry).order_by("version")
    assert [(r.version, r.current, r.asset_id) for r in rows] == [
        (1, False, first.pk),
        (2, True, second.pk),
    ]
    entry.refresh_from_db()
    assert (entry.state, entry.confirmed_by) == ("submitted", None)
    assert not entry.declarations.filter(declaration="head", void_at=None).exists()
    page = entry_page(entry_id=entry.pk, user=made.contacts[UNITS[0]])
    assert [v.number for v in page.versions["main"]] == [2, 1]


@pytest.mark.clause("J11")
@pytest.mark.parametrize("seconds", [0, 1])
def test_a_submission_at_the_deadlines_second_and_one_later(
    made: Collecting, tmp_path: Path, seconds: int
) -> None:
    entry = made.draft()
    inspected(made.with_film(entry, tmp_path))
    at = CLOSES + timedelta(seconds=seconds)
    if seconds == 0:
        made.submit(entry, at=at)
        assert Entry.objects.get(pk=entry.pk).state == "submitted"
    else:
        with pytest.raises(TooLate, match="已保存的内容都在"):
            made.submit(entry, at=at)
        assert Entry.objects.get(pk=entry.pk).state == "draft"


def test_a_file_that_arrives_late_is_refused_and_the_earlier_one_stands(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.draft()
    first = made.with_film(entry, tmp_path)
    with pytest.raises(Refused, match="已保存的内容都在"):
        made.with_film(entry, tmp_path, at=CLOSES + timedelta(seconds=1))
    current = FileVersion.objects.get(entry=entry, current=True)
    assert (current.asset_id, Asset.objects.count()) == (first.pk, 1)


def test_a_file_of_another_kind_is_refused_by_its_name(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft()
    file = tmp_path / "x.avi"
    file.write_bytes(b"RIFF")
    with pytest.raises(Refused, match="不是参评视频要求的格式"):
        actions.hand_over_file(
            entry_id=entry.pk,
            slot="main",
            path=file,
            filename="x.avi",
            by=made.contacts[UNITS[0]],
            began_at=DAY,
            finished_at=DAY,
        )
    assert (file.exists(), Asset.objects.count()) == (True, 0)


def test_a_received_file_is_inspected_once(made: Collecting, tmp_path: Path) -> None:
    asset = made.with_film(made.draft(), tmp_path)
    job = status(subject=f"asset:{asset.pk}")
    assert job is not None
    assert (job.kind, job.state) == ("assets.inspect", "queued")


def test_a_head_confirms_only_what_the_page_showed(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft()
    made.with_film(entry, tmp_path)
    made.submit(entry)
    shown = Entry.objects.get(pk=entry.pk).version
    made.with_film(entry, tmp_path)
    with pytest.raises(Stale, match="作品又有改动"):
        actions.confirm_entry(
            entry_id=entry.pk,
            expected_version=shown,
            declared=["head"],
            signed_name="心病科负责人",
            by=made.heads[UNITS[0]],
            at=DAY,
        )
    assert Entry.objects.get(pk=entry.pk).state == "submitted"


def test_recalling_voids_the_confirmation_and_gives_the_draft_back(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.under_review(tmp_path)
    back = actions.recall_entry(entry_id=entry.pk, by=made.contacts[UNITS[0]], at=DAY)
    assert (back.state, back.confirmed_at, back.version) == ("draft", None, entry.version + 1)


def test_confirming_recalling_and_withdrawing_are_changes_that_a_list_shows(
    made: Collecting, tmp_path: Path
) -> None:
    entry, by = made.draft(), made.contacts[UNITS[0]]
    inspected(made.with_film(entry, tmp_path))
    made.submit(entry)
    hours = [DAY + timedelta(hours=hour) for hour in (1, 2, 3)]
    seen = []
    made.confirm(entry, at=hours[0])
    seen.append(Entry.objects.get(pk=entry.pk).updated_at)
    actions.recall_entry(entry_id=entry.pk, by=by, at=hours[1])
    seen.append(Entry.objects.get(pk=entry.pk).updated_at)
    actions.withdraw_entry(entry_id=entry.pk, by=by, at=hours[2])
    seen.append(Entry.objects.get(pk=entry.pk).updated_at)
    assert seen == hours


def test_every_act_is_on_the_audit_chain(made: Collecting, tmp_path: Path) -> None:
    entry = made.under_review(tmp_path)
    acts = [r.action for r in records(made.contest.chain, subject=f"entry:{entry.pk}")]
    assert acts == ["entries.confirm", "entries.submit", "entries.file", "entries.start"]
    assert verify_chain(made.contest.chain).ok


@pytest.mark.clause("J1")
@pytest.mark.clause("B7")
def test_coverage_counts_who_must_enter(made: Collecting, tmp_path: Path) -> None:
    made.under_review(tmp_path)
    assert [(r.name, r.standing) for r in units_in(made.contest)] == [
        ("第1科", "missing"),
        ("心病科", "received"),
        ("针灸科", "missing"),
    ]


@pytest.mark.parametrize("works", [1, 50])
def test_a_list_of_works_costs_the_same_at_any_length(
    made: Collecting, tmp_path: Path, works: int, django_assert_num_queries: object
) -> None:
    entry = made.draft()
    made.with_film(entry, tmp_path)
    for number in range(works - 1):
        Entry.objects.create(
            contest=made.contest,
            rulebook=made.contest.version,
            unit=made.units[UNITS[1]],
            track="video",
            title=f"作品{number}",
            created_by=made.organiser,
        )
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(cards(made.contest)) == works
