"""Jobs, results and certificates. Judges appear by seat; no name of theirs is in any answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import Schema
from pydantic import Field

from fengcai.api.pages import Next
from fengcai.api.types import Exact, Instant
from fengcai.apps.awards.queries import UnitWinnerRow

if TYPE_CHECKING:
    from fengcai.apps.awards.queries import CertificateRow, RankRow, WinnerRow
    from fengcai.apps.awards.queries.parts import ResultHead
    from fengcai.engines.jobs import JobStatus


class JobOut(Schema):
    """A background job. `error` says in Chinese what went wrong."""

    id: str
    kind: str
    subject: str
    state: str = Field(description="queued、running、done、failed、dead")
    state_name: str
    percent: int
    text: str
    error: str
    attempts: int
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    url: str


class JobPage(Schema):
    """A page of jobs, newest first."""

    items: list[JobOut]
    next: Next


class MoneyOut(Schema):
    """One award's money in yuan."""

    award: str
    count: int
    each: Exact
    total: Exact


class ResultOut(Schema):
    """A contest's result. `published` says whether everybody may see it."""

    contest: str
    round: str
    approved: bool
    approved_at: Instant | None
    published: bool
    hash: str
    rules_hash: str
    works: int
    awarded: Exact
    planned: Exact
    money: list[MoneyOut]
    waiting: list[str] = Field(description="尚待评审委员会决定的事项；已核定时为空")


class WinnerOut(Schema):
    """One award to one work, or to one unit, with the reason and the clause it rests on."""

    award: str
    award_name: str
    scope: str = Field(description="评奖范围，如类别、组别的名称；不分范围时为空")
    group: str
    entry: str | None = Field(description="获奖作品；奖项发给单位（组织奖）时为 null")
    entry_number: str
    title: str
    unit: str
    authors: list[str]
    recipients: list[str] = Field(description="证书上写的获奖人；发给单位时为空")
    rank: int | None
    score: Exact | None = Field(description="作品的综合得分，或单位的积分")
    money: Exact
    reason: str
    section: str
    words: str


class WinnerPage(Schema):
    """A page of awards, in the order of the rules."""

    items: list[WinnerOut]
    next: Next


class MarkOut(Schema):
    """One judge's total, by seat."""

    seat: str
    total: Exact
    note: str = Field(description="不计入时写明原因，如“去掉的最高分”")


class RankOut(Schema):
    """A work's place in the ranking."""

    rank: int | None
    tied: bool
    entry: str
    entry_number: str
    title: str
    unit: str
    score: Exact | None
    counted: int = Field(description="计入的评分数")
    marks: list[MarkOut]
    reason: str
    awards: list[str]


class RankPage(Schema):
    """A page of the ranking, best first."""

    items: list[RankOut]
    next: Next


class CertificateOut(Schema):
    """A certificate that was issued. `ready`: its PDF can be fetched at `pdf`."""

    id: str
    number: str
    award: str
    scope: str
    work: str = Field(description="获奖作品；奖项发给单位时为空")
    unit: str
    issued_at: Instant
    ready: bool
    pdf: str
    verify: str = Field(description="公开的核验页")
    revoked_at: Instant | None
    revoke_reason: str


class CertificatePage(Schema):
    """A page of certificates, by number."""

    items: list[CertificateOut]
    next: Next


def job_out(job: JobStatus) -> JobOut:
    """A job without the engineers' traceback."""
    return JobOut(
        id=str(job.id),
        kind=job.kind,
        subject=job.subject,
        state=job.state,
        state_name=job.label,
        percent=job.percent,
        text=job.text,
        error=job.error,
        attempts=job.attempts,
        created_at=job.created,
        started_at=job.started,
        finished_at=job.finished,
        url=f"/api/v1/jobs/{job.id}",
    )


def result_out(page: ResultHead, *, published: bool) -> ResultOut:
    """The head of a result."""
    approved_at = page.result.approved_at
    return ResultOut(
        contest=page.result.contest.slug,
        round=page.round_name,
        approved=approved_at is not None,
        approved_at=approved_at,
        published=published,
        hash=page.result.hash,
        rules_hash=page.rules.hash,
        works=page.works,
        awarded=str(page.awarded),
        planned=str(page.planned),
        money=[
            MoneyOut(award=m.award, count=m.count, each=str(m.each), total=str(m.total))
            for m in page.money
        ],
        waiting=list(page.flags),
    )


def winner_out(row: WinnerRow | UnitWinnerRow) -> WinnerOut:
    """One award."""
    if isinstance(row, UnitWinnerRow):
        return WinnerOut(
            award=row.award_id,
            award_name=row.award,
            scope="",
            group=row.group,
            entry=None,
            entry_number="",
            title="",
            unit=row.unit,
            authors=[],
            recipients=[],
            rank=row.place,
            score=row.points,
            money=str(row.money),
            reason=row.reason,
            section=row.cite.section,
            words=row.cite.words,
        )
    return WinnerOut(
        award=row.award_id,
        award_name=row.award,
        scope=row.scope,
        group=row.group,
        entry=str(row.work.entry_id),
        entry_number=row.work.entry_number,
        title=row.work.title,
        unit=row.work.unit,
        authors=list(row.work.authors),
        recipients=list(row.recipients or row.work.authors),
        rank=row.rank,
        score=row.figure,
        money=str(row.money),
        reason=row.reason,
        section=row.cite.section,
        words=row.cite.words,
    )


def rank_out(row: RankRow) -> RankOut:
    """One place. `MarkRow.judge` is left behind on purpose, for everybody."""
    return RankOut(
        rank=row.rank,
        tied=row.tied,
        entry=str(row.work.entry_id),
        entry_number=row.work.entry_number,
        title=row.work.title,
        unit=row.work.unit,
        score=row.figure,
        counted=row.n,
        marks=[MarkOut(seat=m.seat, total=m.total, note=m.why) for m in row.marks],
        reason=row.reason,
        awards=list(row.awards),
    )


def certificate_out(row: CertificateRow) -> CertificateOut:
    """One certificate."""
    return CertificateOut(
        id=str(row.id),
        number=row.number,
        award=row.award,
        scope=row.scope,
        work=row.work,
        unit=row.unit,
        issued_at=row.issued_at,
        ready=row.ready,
        pdf=f"/api/v1/certificates/{row.id}.pdf",
        verify=f"/verify/{row.id}",
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
    )
