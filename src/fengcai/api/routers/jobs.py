"""Background jobs: one, those that were given up, and having one done again."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from fengcai.api import pages
from fengcai.api.bearer import Bearer, caller
from fengcai.api.idempotency import once
from fengcai.api.routers.contests import Slug
from fengcai.api.schemas.results import JobOut, JobPage, job_out
from fengcai.apps.contests.feeds import standing_in
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.publishing import backstage

router = Router(tags=["后台任务"])
READ = Bearer(Scope.JOBS_READ)
JobId = Annotated[str, Path(pattern=r"^[0-9]{1,18}$", description="任务编号")]


@router.get("/contests/{contest}/jobs", response=JobPage, auth=READ, summary="未能完成的任务")
def list_jobs(
    request: HttpRequest, contest: Slug, limit: pages.Limit, after: pages.After
) -> JobPage:
    """本活动中多次尝试仍未完成的后台任务，新的在前。限组织者。"""
    place = pages.place(after, pages.number)
    standing = standing_in(contest, caller(request))
    rows = backstage.given_up_jobs(standing, before=place[0] if place else None, most=limit + 1)
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row.id))
    return JobPage(items=[job_out(row) for row in shown], next=following)


@router.get("/jobs/{job}", response=JobOut, auth=READ, summary="一项任务")
def read_job(request: HttpRequest, job: JobId) -> JobOut:
    """本活动的组织者、审核员可看；文件检查的任务，该作品的单位也可看。"""
    return job_out(backstage.job_for(int(job), caller(request)))


@router.post(
    "/jobs/{job}/retry", response=JobOut, auth=Bearer(Scope.JOBS_WRITE), summary="再做一次"
)
@once()
def retry_job(request: HttpRequest, job: JobId) -> JobOut:
    """让一项未能完成的任务重新排队。限组织者。"""
    return job_out(backstage.retry_job(job_id=int(job), by=caller(request), at=timezone.now()))
