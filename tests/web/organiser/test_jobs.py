"""Jobs that were given up: who sees whose, in which words, and what "again" does."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.audit.queries import records, verify_chain
from fengcai.apps.contests.upkeep import scope_of
from fengcai.engines import jobs
from fengcai.engines.jobs import registry
from fengcai.engines.jobs.models import Job, State
from tests.factories import judging as factory

pytestmark = pytest.mark.django_db


def given_up(kind: str = "assets.inspect", *, scope: str, subject: str = "", n: int = 1) -> Job:
    arguments = {
        "assets.inspect": {"asset_id": str(uuid4())},
        "awards.certificates": {"contest_id": 1},
    }
    for _ in range(n):
        job = jobs.enqueue(kind, arguments.get(kind, {}), scope=scope, subject=subject)
        Job.objects.filter(pk=job.pk).update(
            state=State.DEAD, failures=3, attempts=3, error="试了 3 次都没有完成。",
            technical="Traceback: secret path", finished=job.created,
        )  # fmt: skip
    return Job.objects.get(pk=job.pk)


def page_of(stage: factory.Stage) -> str:
    return reverse("office-jobs", args=[stage.contest.slug])


def test_an_officer_reads_which_work_and_what_happened(accepted, signed_in):
    version = accepted.entries[0].files.select_related("entry__unit", "asset").first()
    job = given_up(scope=scope_of(accepted.contest), subject=f"asset:{version.asset_id}")
    page = signed_in(accepted.organiser).get(page_of(accepted)).content.decode()
    for words in (
        "检测作品文件",
        f"《{version.entry.title}》",
        version.entry.unit.name,
        version.asset.filename,
        "试了 3 次都没有完成。",
        f"任务编号 {job.pk}",
        "再试一次",
    ):
        assert words in page
    assert "secret path" not in page
    assert "全部再试" not in page


def test_nothing_given_up_is_said_kindly(accepted, signed_in):
    page = signed_in(accepted.organiser).get(page_of(accepted)).content.decode()
    assert "没有停下的任务" in page
    assert "没有后台任务进程在运行" in page


def test_once_more_queues_the_job_and_is_recorded(accepted, signed_in):
    job = given_up(scope=scope_of(accepted.contest))
    client = signed_in(accepted.organiser)
    url = reverse("office-jobs-again", args=[accepted.contest.slug, job.pk])
    sent = client.post(url, follow=True)
    assert "1 项任务已重新排队" in sent.content.decode()
    job.refresh_from_db()
    assert (job.state, job.failures, job.error) == ("queued", 0, "")
    [newest, *_] = records(accepted.contest.chain, limit=1)
    assert (newest.action, newest.actor) == ("jobs.retry", f"user:{accepted.organiser.pk}")
    assert newest.details == {"kind": "assets.inspect", "jobs": [job.pk]}
    assert verify_chain(accepted.contest.chain).ok
    again = client.post(url)
    assert again.status_code == 422
    assert "不在“未能完成”之列" in again.content.decode()


def test_all_of_a_kind_at_once(accepted, signed_in):
    mine = scope_of(accepted.contest)
    given_up(scope=mine, n=3)
    other = given_up("awards.certificates", scope=mine)
    elsewhere = given_up(scope="contest:999")
    client = signed_in(accepted.organiser)
    assert "检测作品文件，3 项全部再试" in client.get(page_of(accepted)).content.decode()
    url = reverse("office-jobs-all-again", args=[accepted.contest.slug])
    sent = client.post(url, {"kind": "assets.inspect"}, follow=True)
    assert "3 项任务已重新排队" in sent.content.decode()
    states = dict(Job.objects.values_list("pk", "state"))
    assert (states[other.pk], states[elsewhere.pk]) == ("dead", "dead")
    assert sorted(states.values()).count("queued") == 3
    [newest, *_] = records(accepted.contest.chain, limit=1)
    assert len(newest.details["jobs"]) == 3
    nothing = client.post(url, {"kind": "assets.inspect"}, follow=True)
    assert "没有需要重新排队的任务" in nothing.content.decode()


def test_nobody_reaches_the_jobs_of_another_contest(accepted, signed_in):
    """Not by its number in one's own office, not in the other office, not without a role."""
    foreign = given_up(scope="contest:999")
    unscoped = given_up(scope="")
    client = signed_in(accepted.organiser)
    for job in (foreign, unscoped):
        url = reverse("office-jobs-again", args=[accepted.contest.slug, job.pk])
        assert client.post(url).status_code == 404
        job.refresh_from_db()
        assert job.state == "dead"
    assert f"任务编号 {foreign.pk}" not in client.get(page_of(accepted)).content.decode()
    judge = signed_in(accepted.judges[0])
    own = given_up(scope=scope_of(accepted.contest))
    assert judge.get(page_of(accepted)).status_code == 403
    url = reverse("office-jobs-again", args=[accepted.contest.slug, own.pk])
    assert judge.post(url).status_code == 403
    own.refresh_from_db()
    assert own.state == "dead"
    assert Client().get(page_of(accepted)).status_code == 302


def test_administrators_see_all_with_the_traceback(accepted, signed_in):
    given_up(scope=scope_of(accepted.contest))
    job = given_up("uploads.upkeep", scope="")
    for path in (reverse("jobs"),):
        assert signed_in(accepted.organiser).get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert (
        signed_in(accepted.organiser).post(reverse("jobs-again", args=[job.pk])).status_code == 403
    )
    administrator = accepted.organiser
    administrator.is_superuser = True
    administrator.save()
    client = signed_in(administrator)
    page = client.get(reverse("jobs")).content.decode()
    for words in ("整理上传的文件", "系统日常维护", "检测作品文件", "Traceback: secret path"):
        assert words in page
    sent = client.post(reverse("jobs-again", args=[job.pk]), follow=True)
    assert "1 项任务已重新排队" in sent.content.decode()
    job.refresh_from_db()
    assert job.state == "queued"
    sent = client.post(reverse("jobs-all-again"), {"kind": "assets.inspect"}, follow=True)
    assert "1 项任务已重新排队" in sent.content.decode()
    assert records(accepted.contest.chain, limit=1)[0].action == "jobs.retry"


def test_a_form_from_elsewhere_does_nothing(accepted):
    job = given_up(scope=scope_of(accepted.contest))
    client = Client(enforce_csrf_checks=True)
    client.force_login(accepted.organiser)
    url = reverse("office-jobs-again", args=[accepted.contest.slug, job.pk])
    assert client.post(url).status_code == 403
    assert client.get(url).status_code == 405
    job.refresh_from_db()
    assert job.state == "dead"


@pytest.mark.parametrize("number", [1, 60])
def test_the_page_costs_the_same_however_many(
    number, accepted, signed_in, django_assert_max_num_queries
):
    given_up(scope=scope_of(accepted.contest), subject=f"asset:{uuid4()}", n=number)
    client = signed_in(accepted.organiser)
    client.get(page_of(accepted))
    # Session, user, contest and its text, role, and the four of the page.
    with django_assert_max_num_queries(12):
        assert client.get(page_of(accepted)).status_code == 200


def test_every_kind_has_a_title_that_officers_can_read():
    for kind in registry.kinds():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in registry.title(kind)), kind
