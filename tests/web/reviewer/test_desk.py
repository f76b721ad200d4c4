"""The review desk: only reviewers come in, and a refused decision keeps what was judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.queries import records, verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.upkeep import scope_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.intake.models import Ruling
from fengcai.apps.people.models import User
from fengcai.engines.jobs.models import Job, State
from fengcai.media import FACTS_VERSION
from tests.factories.collecting import Collecting, inspected

ComeIn = Callable[[User], Client]


def test_the_desk_lists_what_waits(stage: Collecting, come_in: ComeIn, tmp_path: Path) -> None:
    entry = stage.under_review(tmp_path)
    page = come_in(stage.reviewer).get(f"/c/{stage.contest.slug}/review/").content.decode()
    assert "有 1 件作品等待审核" in page
    assert f"/review/{entry.pk}/" in page


@pytest.mark.parametrize("who", ["contacts", "heads"])
def test_units_do_not_review(stage: Collecting, come_in: ComeIn, tmp_path: Path, who: str) -> None:
    entry = stage.under_review(tmp_path)
    client = come_in(getattr(stage, who)["心病科"])
    assert client.get(f"/c/{stage.contest.slug}/review/").status_code == 403
    assert client.post(f"/review/{entry.pk}/", {"decision": "accept"}).status_code in (403, 404)
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"


def test_an_unfinished_review_is_refused_and_keeps_the_notes(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    entry = stage.under_review(tmp_path)
    answer = come_in(stage.reviewer).post(
        f"/review/{entry.pk}/",
        {"decision": "accept", "version": entry.version, "note-truthful": "片头 <晃>"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="片头 &lt;晃&gt;"' in page
    assert re.search(r'<a href="#truthful">[^<：]+：请判断这一项</a>', page)
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"


@pytest.fixture
def died(stage: Collecting, tmp_path: Path) -> tuple[Entry, Job]:
    """A work that waits for its review while the inspection of its film was given up."""
    entry = stage.under_review(tmp_path)
    film = entry.files.get(current=True).asset
    Asset.objects.filter(pk=film.pk).update(state=Asset.State.RECEIVED)
    subject = f"asset:{film.pk}"
    job = Job.objects.filter(subject=subject).last() or Job.objects.create(
        kind="assets.inspect", arguments={"asset_id": str(film.pk)}, subject=subject,
        scope=scope_of(stage.contest),
    )  # fmt: skip
    job.state, job.failures, job.error = State.DEAD, 3, "试了 3 次都没有完成。"
    job.finished = timezone.now()
    job.save()
    return entry, job


def test_a_file_whose_inspection_was_given_up_is_checked_again(
    stage: Collecting, come_in: ComeIn, died: tuple[Entry, Job]
) -> None:
    entry, job = died
    desk = come_in(stage.reviewer)
    page = desk.get(f"/review/{entry.pk}/").content.decode()
    assert "检查没有完成" in page and "试了 3 次都没有完成。" in page
    assert 'form="check-again"' in page and f'action="/review/{entry.pk}/check-again"' in page
    again = desk.post(f"/review/{entry.pk}/check-again", follow=True).content.decode()
    assert "已重新排队检查" in again
    assert "正在检查文件" in again and 'form="check-again"' not in again
    job.refresh_from_db()
    assert (job.state, job.failures, job.error) == ("queued", 0, "")
    [newest, *_] = records(stage.contest.chain, limit=1)
    assert (newest.action, newest.subject) == ("jobs.retry", f"entry:{entry.pk}")
    assert newest.details == {"kind": "assets.inspect", "jobs": [job.pk]}
    assert verify_chain(stage.contest.chain).ok
    twice = desk.post(f"/review/{entry.pk}/check-again", follow=True).content.decode()
    assert "没有需要再检查的文件" in twice
    assert records(stage.contest.chain, limit=1)[0].sequence == newest.sequence


def test_only_the_desk_has_a_file_checked_again(
    stage: Collecting, come_in: ComeIn, died: tuple[Entry, Job]
) -> None:
    entry, job = died
    contact = stage.contacts["心病科"]
    assert come_in(contact).post(f"/review/{entry.pk}/check-again").status_code == 403
    assert Client().post(f"/review/{entry.pk}/check-again").status_code == 302
    assert come_in(stage.reviewer).get(f"/review/{entry.pk}/check-again").status_code == 405
    Membership.objects.filter(user=stage.reviewer, role=Role.REVIEWER).update(until=timezone.now())
    assert come_in(stage.reviewer).post(f"/review/{entry.pk}/check-again").status_code == 403
    job.refresh_from_db()
    assert job.state == "dead"


def test_one_judgement_is_kept_beside_the_machines_and_the_rest_stays_typed(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    entry = stage.under_review(tmp_path, orientation="fail", resolution="pass")
    desk = come_in(stage.reviewer)
    sent = {"point": "orientation:fail", "decision-orientation": "ok", "note-truthful": "待核"}
    refused = desk.post(f"/review/{entry.pk}/point", sent)
    assert refused.status_code == 422
    assert "与机器不同，须写明理由" in refused.content.decode()
    kept = desk.post(f"/review/{entry.pk}/point", {**sent, "note-orientation": "历史影像"})
    page = kept.content.decode()
    assert (kept.status_code, 'value="待核"' in page) == (200, True)
    assert "人工判断：<strong>符合</strong>（与机器不同）" in page
    again = desk.get(f"/review/{entry.pk}/").content.decode()
    assert "历史影像" in again
    objected = desk.post(
        f"/review/{entry.pk}/point",
        {"point": "resolution:pass:broken", "note-resolution": "由 720P 放大"},
    ).content.decode()
    assert "人工判断：<strong>不符合</strong>（与机器不同）" in objected
    inspected(entry.files.get(current=True).asset, orientation="pass", resolution="pass")
    changed = desk.get(f"/review/{entry.pk}/").content.decode()
    assert "检测结果变了：判断时机器为“不符合”，现在不同。" in changed
    assert come_in(stage.organiser).post(f"/review/{entry.pk}/point", sent).status_code == 403
    many = Ruling.objects.count()
    entered = desk.post(f"/review/{entry.pk}/point", {"note-truthful": "待核"})
    assert (entered.status_code, Ruling.objects.count()) == (200, many)
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"


def test_a_swift_film_is_looked_at_closer_on_asking(
    stage: Collecting, come_in: ComeIn, tmp_path: Path
) -> None:
    entry = stage.under_review(tmp_path)
    film = entry.files.get(current=True).asset
    facts = {"version": FACTS_VERSION, "decoding": {"mode": "swift"}}
    Asset.objects.filter(pk=film.pk).update(facts=facts)
    Job.objects.all().delete()
    desk = come_in(stage.organiser)
    assert "重新仔细检测" in desk.get(f"/review/{entry.pk}/").content.decode()
    page = desk.post(f"/review/{entry.pk}/check-again", follow=True).content.decode()
    assert "已重新排队检查" in page and "正在逐帧仔细检测" in page
    assert "重新仔细检测</button>" not in page
    again = desk.post(f"/review/{entry.pk}/check-again", follow=True).content.decode()
    assert "没有需要再检查的文件" in again
    assert Job.objects.filter(kind="assets.inspect").count() == 1
    Job.objects.update(state=State.DEAD, error="试了 3 次都没有完成。", finished=timezone.now())
    assert "仔细检测没有完成" in desk.get(f"/review/{entry.pk}/").content.decode()
