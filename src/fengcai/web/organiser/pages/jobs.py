"""The rows of the pages on background jobs: what was given up, about which work, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fengcai.apps.contests.upkeep import scope_of
from fengcai.apps.entries.whose import Whose, works_of_assets
from fengcai.engines import jobs

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.engines.jobs import GivenUp

SHOWN = 100


@dataclass(frozen=True)
class JobRow:
    """A job that was given up, in the officer's words."""

    id: int
    title: str
    about: str
    detail: str
    trouble: str
    attempts: int
    since: datetime
    technical: str


@dataclass(frozen=True)
class KindRow:
    """A kind of which more than one was given up."""

    kind: str
    title: str
    count: int


def jobs_page(contest: Contest | None) -> dict[str, Any]:
    """The page's context, for one contest or with None for the installation. 4 SQL."""
    scope = None if contest is None else scope_of(contest)
    found = jobs.given_up(scope=scope, limit=SHOWN)
    kinds = jobs.given_up_kinds(scope=scope)
    assets = {job.id: asset for job in found if (asset := _asset_of(job))}
    works = works_of_assets(assets.values())
    return {
        "rows": [
            _row(
                job,
                works.get(assets[job.id]) if job.id in assets else None,
                everybody=contest is None,
            )
            for job in found
        ],
        "kinds": [KindRow(*kind) for kind in kinds if kind[2] > 1],
        "total": sum(number for _, _, number in kinds),
        "served": bool(jobs.workers()),
        "everybody": contest is None,
    }


def _asset_of(job: GivenUp) -> UUID | None:
    prefix, _, rest = job.subject.partition(":")
    if prefix != "asset":
        return None
    try:
        return UUID(rest)
    except ValueError:
        return None


def _row(job: GivenUp, work: Whose | None, *, everybody: bool) -> JobRow:
    if work is not None:
        about = f"《{work.title}》" if work.title else "未定题名的作品"
        known = (work.contest if everybody else "", work.number, work.unit, work.filename)
        detail = " · ".join(filter(None, known))
    elif job.subject.startswith("certificates:"):
        about, detail = "本活动的证书", ""
    else:
        about, detail = ("系统日常维护" if not job.scope else "本活动"), ""
    return JobRow(
        id=job.id,
        title=job.title,
        about=about,
        detail=detail,
        trouble=job.error or "没有说明原因；运行日志里有详情。",
        attempts=job.attempts,
        since=job.since,
        technical=job.technical if everybody else "",
    )
