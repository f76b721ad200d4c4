"""Certificates: numbers, frozen words, real PDFs out of a real job, verification, revocation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pypdfium2
import pytest
from pytest_django.fixtures import Settings

from fengcai.apps.awards import jobs
from fengcai.apps.awards.actions import issue_certificates, revoke_certificate
from fengcai.apps.awards.models import Certificate
from fengcai.apps.awards.numbering import series_of
from fengcai.apps.awards.queries import (
    certificate_file,
    certificates_in,
    certificates_of,
    verify,
)
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines import storage
from fengcai.engines.documents import fonts
from fengcai.engines.jobs import run_pending, status
from tests.factories import judging as make
from tests.factories.judging import NOON, TIME, Stage

pytestmark = pytest.mark.django_db
SITE = "https://contest.example"


@pytest.fixture
def stage() -> Stage:
    stage = make.contest(works=12, judges=3)
    make.approved(stage)
    return stage


def issue(stage: Stage, at: datetime = NOON) -> list[Certificate]:
    return issue_certificates(contest=stage.contest, by=stage.organiser, at=at, site=SITE)


def words_of(row: Certificate) -> str:
    with storage.readable(row.key) as pdf:
        document = pypdfium2.PdfDocument(pdf.read_bytes())
    return "".join(document[0].get_textpage().get_text_range().split())


def stored() -> set[str]:
    found = storage.store().keys()
    return {key for key, _size in found if key.endswith(".pdf")}


@pytest.fixture
def kept() -> Iterator[set[str]]:
    """The PDFs that were in the store before; those made since are removed afterwards."""
    before = stored()
    yield before
    for key in Certificate.objects.exclude(key="").values_list("key", flat=True):
        storage.store().delete(key)


@pytest.mark.clause("J17")
def test_thirteen_awards_give_thirteen_numbered_certificates(stage: Stage) -> None:
    made = issue(stage)
    assert [row.number for row in made] == [f"附院证〔2026〕{n:03d}" for n in range(1, 14)]
    assert [(row.data["award"], row.data["work_title"]) for row in made[:2]] == [
        ("一等奖", "仁心故事之1"),
        ("二等奖", "仁心故事之2"),
    ]
    first = made[0]
    assert first.data == {
        "number": "附院证〔2026〕001",
        "contest_title": "“一科一风采，仁心耀省中”视频作品创作展播活动",
        "award": "一等奖",
        "group": "综合风采奖",
        "work_title": "仁心故事之1",
        "unit": "第1科",
        "recipients": ["张青禾", "李望1"],
        "issuer": "江西中医药大学附属医院",
        "issued": "2026-05-07",
        "verify_url": f"{SITE}/verify/{first.pk}",
        "document_number": "附院字〔2026〕34号",
        "demo": False,
        "accent": "ganhong",
        "scope": "",
    }
    assert len({row.pk for row in made}) == 13
    assert {row.pk.version for row in made} == {4}


@pytest.mark.clause("J17")
@pytest.mark.engines
def test_one_job_draws_them_all(stage: Stage, kept: set[str]) -> None:
    issue(stage)
    assert run_pending(reraise=True) == 1
    rows = list(Certificate.objects.all())
    assert len(stored() - kept) == 13
    for row in rows:
        assert storage.verify(row.key, row.sha256)
    text = words_of(rows[0])
    for part in (
        "一等奖",
        "仁心故事之1",
        "第1科",
        "张青禾",
        "附院证〔2026〕001",
        "二〇二六年五月七日",
    ):
        assert part in text
    done = status(subject=f"certificates:{stage.contest.pk}")
    assert done is not None
    assert (done.state, done.outcome) == ("done", {"made": 13})


@pytest.mark.engines
def test_issuing_and_drawing_twice_does_no_harm(stage: Stage, kept: set[str]) -> None:
    issue(stage)
    assert issue(stage, NOON + timedelta(days=1)) == []
    run_pending(reraise=True)
    keys = dict(Certificate.objects.values_list("pk", "key"))
    assert run_pending(reraise=True) == 0
    assert issue(stage) == []
    assert run_pending(reraise=True) == 0
    assert dict(Certificate.objects.values_list("pk", "key")) == keys
    assert len(stored() - kept) == 13


@pytest.mark.engines
def test_a_death_in_the_middle_keeps_what_was_drawn(
    stage: Stage, kept: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(stage)
    drawn = 0
    write = storage.write_bytes

    def dying(data: bytes, *, suffix: str) -> storage.Stored:
        nonlocal drawn
        if drawn == 5:
            raise OSError("the disk is gone")
        drawn += 1
        return write(data, suffix=suffix)

    monkeypatch.setattr(storage, "write_bytes", dying)
    run_pending()
    first = dict(Certificate.objects.exclude(key="").values_list("pk", "key"))
    assert len(first) == 5
    monkeypatch.setattr(storage, "write_bytes", write)
    issue(stage)  # brings the waiting retry forward
    run_pending(reraise=True)
    keys = dict(Certificate.objects.values_list("pk", "key"))
    assert {pk: keys[pk] for pk in first} == first
    assert "" not in keys.values()
    assert len(stored() - kept) == 13


@pytest.mark.engines
def test_a_second_worker_throws_its_own_copy_away(
    stage: Stage, kept: set[str], django_capture_on_commit_callbacks: object
) -> None:
    row = issue(stage)[0]
    jobs._keep(row, b"%PDF-first")
    row.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        jobs._keep(row, b"%PDF-second")
    again = Certificate.objects.get(pk=row.pk)
    assert again.key == row.key
    with storage.readable(row.key) as pdf:
        assert pdf.read_bytes() == b"%PDF-first"
    assert len(stored() - kept) == 1


@pytest.mark.engines
def test_one_that_cannot_be_printed_is_named_and_holds_up_no_other(
    stage: Stage, kept: set[str]
) -> None:
    row = issue(stage)[2]
    Certificate.objects.filter(pk=row.pk).update(data={**row.data, "work_title": "\U0001f600"})
    run_pending()
    failed = status(subject=f"certificates:{stage.contest.pk}")
    assert failed is not None
    assert failed.state == "failed"
    assert "附院证〔2026〕003" in failed.error
    assert list(Certificate.objects.filter(key="").values_list("pk", flat=True)) == [row.pk]


def test_a_certificate_needs_an_approved_result_and_an_address(
    stage: Stage, settings: Settings
) -> None:
    with pytest.raises(NotPermitted):
        issue_certificates(contest=stage.contest, by=stage.judges[0], at=NOON, site=SITE)
    settings.FENGCAI_PUBLIC_URL = ""
    with pytest.raises(Refused, match="FENGCAI_PUBLIC_URL"):
        issue_certificates(contest=stage.contest, by=stage.organiser, at=NOON)
    settings.FENGCAI_PUBLIC_URL = "https://set.example"
    made = issue_certificates(contest=stage.contest, by=stage.organiser, at=NOON)
    assert made[0].data["verify_url"] == f"https://set.example/verify/{made[0].pk}"
    other = make.sealed(make.judged(make.opened(make.contest(works=2, judges=3, slug="other"))))
    with pytest.raises(Refused, match="还没有核定"):
        issue(other)


@pytest.mark.engines
def test_missing_fonts_are_told_to_the_office(
    stage: Stage, kept: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    issue(stage)
    monkeypatch.setattr(fonts, "DIRECTORY", tmp_path)
    fonts._coverage.cache_clear()
    run_pending()
    failed = status(subject=f"certificates:{stage.contest.pk}")
    assert failed is not None
    assert failed.state == "failed"
    assert failed.error.startswith("缺少证书字体 NotoSerifSC-Regular.ttf")
    assert stored() == kept


def test_a_demonstrations_codes_lead_to_this_machine(settings: Settings) -> None:
    settings.FENGCAI_PUBLIC_URL = ""
    demo = make.contest(works=12, judges=3, slug="demo", demo=True)
    make.approved(demo)
    row = issue_certificates(contest=demo.contest, by=demo.organiser, at=NOON)[0]
    assert row.data["verify_url"] == f"http://127.0.0.1:8000/verify/{row.pk}"


def test_demonstrations_count_in_a_series_of_their_own(stage: Stage) -> None:
    demo = make.contest(works=12, judges=3, slug="demo", demo=True)
    make.approved(demo)
    assert [row.number for row in issue(demo)][:2] == [
        "演示附院证〔2026〕001",
        "演示附院证〔2026〕002",
    ]
    second = make.contest(works=12, judges=3, slug="second")
    make.approved(second)
    issue(stage)
    assert issue(second)[0].number == "附院证〔2026〕014"


@pytest.mark.parametrize(
    ("document", "series"),
    [
        ("附院字〔2026〕34号", "附院证〔2027〕"),
        ("鄂临检函〔2025〕8号", "鄂临检证〔2027〕"),
        ("某某医院［2026］5号", "某某医院证〔2027〕"),
        (None, "证〔2027〕"),
    ],
)
def test_the_series_comes_from_the_document_number(document: str | None, series: str) -> None:
    _, rules = make.example()
    changed = rules.model_copy(update={"document_number": document})
    assert series_of(changed, year=2027, demo=False) == series


def test_the_year_is_that_of_the_issue_where_the_contest_is(stage: Stage) -> None:
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=TIME).astimezone(TIME) + timedelta(hours=8)
    row = issue(stage, new_year)[0]
    assert (row.number, row.data["issued"]) == ("附院证〔2027〕001", "2027-01-01")


@pytest.mark.clause("J17")
def test_anybody_may_verify_and_learns_no_full_name(stage: Stage) -> None:
    row = issue(stage)[0]
    told = verify(row.pk)
    assert told is not None
    assert (told.valid, told.number, told.award, told.work, told.unit, told.recipients) == (
        True, "附院证〔2026〕001", "一等奖", "仁心故事之1", "第1科", ("张**", "李**"),
    )  # fmt: skip
    assert verify(uuid4()) is None


@pytest.mark.clause("J17")
def test_a_revoked_certificate_says_so_and_a_new_one_follows(stage: Stage) -> None:
    row = issue(stage)[0]
    Entry.objects.filter(pk=row.entry_id).update(title="仁心故事之一（更正）")
    with pytest.raises(NotPermitted):
        revoke_certificate(certificate_id=row.pk, reason="误", by=stage.judges[0], at=NOON)
    with pytest.raises(Refused, match="请写明作废的原因"):
        revoke_certificate(certificate_id=row.pk, reason=" ", by=stage.organiser, at=NOON)
    with pytest.raises(NotFound):
        revoke_certificate(certificate_id=uuid4(), reason="误", by=stage.organiser, at=NOON)
    revoke_certificate(certificate_id=row.pk, reason="作品名有误", by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="已经作废"):
        revoke_certificate(certificate_id=row.pk, reason="误", by=stage.organiser, at=NOON)
    told = verify(row.pk)
    assert told is not None
    assert (told.valid, told.revoked_at, told.revoke_reason) == (False, NOON, "作品名有误")
    (fresh,) = issue(stage)
    assert (fresh.number, fresh.data["work_title"]) == ("附院证〔2026〕014", "仁心故事之一（更正）")
    assert row.data["work_title"] == "仁心故事之1"


@pytest.mark.clause("U2")
@pytest.mark.engines
def test_a_unit_downloads_its_own_certificates_and_no_others(stage: Stage, kept: set[str]) -> None:
    row = issue(stage)[0]
    contact = make.person("第1科联络员")
    stranger = make.person("第2科联络员")
    for user, unit in ((contact, stage.units[0]), (stranger, stage.units[1])):
        Membership.objects.create(contest=stage.contest, user=user, role=Role.CONTACT, unit=unit)
    with pytest.raises(NotFound, match="正在制作"):
        certificate_file(certificate_id=row.pk, user=contact)
    run_pending(reraise=True)
    row.refresh_from_db()
    for user in (contact, stage.organiser):
        file = certificate_file(certificate_id=row.pk, user=user)
        assert (file.key, file.filename) == (row.key, "附院证〔2026〕001 一等奖.pdf")
    for user in (stranger, stage.judges[0], make.person("路人")):
        with pytest.raises(NotFound, match="不属于您的单位"):
            certificate_file(certificate_id=row.pk, user=user)
    assert [(one.number, one.award, one.ready) for one in certificates_of(stage.units[0])] == [
        ("附院证〔2026〕001", "一等奖", True),
        ("附院证〔2026〕011", "最佳创意奖", True),
    ]
    assert len(certificates_in(contest=stage.contest, user=stage.organiser)) == 13
