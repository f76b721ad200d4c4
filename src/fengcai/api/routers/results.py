"""Results and certificates: for the organiser as soon as computed, for others once published."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Path, Router

from fengcai.api import pages
from fengcai.api.bearer import Bearer, caller
from fengcai.api.routers.contests import Slug
from fengcai.api.schemas.results import (
    CertificatePage,
    RankPage,
    ResultOut,
    WinnerPage,
    certificate_out,
    rank_out,
    result_out,
    winner_out,
)
from fengcai.apps.awards.feeds import certificates_for
from fengcai.apps.awards.queries import certificate_file
from fengcai.apps.awards.queries.parts import ranking_part, result_head, winners_part
from fengcai.apps.contests.feeds import standing_in
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.publishing.feeds import result_seen
from fengcai.engines.storage import ranged_response

router = Router(tags=["结果"])
READ = Bearer(Scope.RESULTS_READ)


@router.get("/contests/{contest}/results", response=ResultOut, auth=READ, summary="评奖结果")
def read_result(request: HttpRequest, contest: Slug) -> ResultOut:
    """公布前限组织者；公布后凡在本活动中有身份的都能看。没有可看的结果时返回 not-found。"""
    result, published = result_seen(standing_in(contest, caller(request)))
    return result_out(result_head(result, public=published), published=published)


@router.get(
    "/contests/{contest}/results/awards", response=WinnerPage, auth=READ, summary="获奖名单"
)
def list_awards(
    request: HttpRequest, contest: Slug, limit: pages.Limit, after: pages.After
) -> WinnerPage:
    """按规则中奖项的顺序，每项写明理由与依据；发给单位的奖项也在其中。"""
    done = _done(after)
    result, public = result_seen(standing_in(contest, caller(request)), without=("ranking",))
    part = winners_part(result, start=done, most=limit + 1, public=public)
    rows = list(enumerate(part, start=done + 1))
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row[0]))
    return WinnerPage(items=[winner_out(row) for _, row in shown], next=following)


@router.get(
    "/contests/{contest}/results/ranking", response=RankPage, auth=READ, summary="名次与得分"
)
def list_ranking(
    request: HttpRequest, contest: Slug, limit: pages.Limit, after: pages.After
) -> RankPage:
    """评委只以席位出现，任何身份都读不到评委的姓名。"""
    done = _done(after)
    result, public = result_seen(standing_in(contest, caller(request)))
    part = ranking_part(result, start=done, most=limit + 1, public=public)
    rows = list(enumerate(part, start=done + 1))
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row[0]))
    return RankPage(items=[rank_out(row) for _, row in shown], next=following)


@router.get("/contests/{contest}/certificates", response=CertificatePage, auth=READ, summary="证书")
def list_certificates(
    request: HttpRequest, contest: Slug, limit: pages.Limit, after: pages.After
) -> CertificatePage:
    """组织者看到全部；联络员和负责人看到本单位的。作废的也在其中并注明原因。"""
    place = pages.place(after, str, pages.number)
    standing = standing_in(contest, caller(request))
    rows = certificates_for(standing, after=place, most=limit + 1)
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(*row[1]))
    return CertificatePage(items=[certificate_out(row) for row, _ in shown], next=following)


@router.get(
    "/certificates/{certificate}.pdf",
    auth=READ,
    summary="证书 PDF",
    openapi_extra={
        "responses": {
            200: {
                "description": "PDF",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            },
            206: {"description": "所要的字节范围"},
            302: {"description": "文件在对象存储时，转到限时的地址"},
            416: {"description": "没有这一段"},
        }
    },
)
def read_certificate(
    request: HttpRequest, certificate: Annotated[UUID, Path(description="证书编号")]
) -> HttpResponseBase:
    """本单位的人和组织者可以下载。"""
    stored = certificate_file(certificate_id=certificate, user=caller(request))
    return ranged_response(
        request, stored.key, content_type="application/pdf", filename=stored.filename, download=True
    )


def _done(after: str) -> int:
    """How many rows come before the page: a stored result does not change, so places are fixed."""
    place = pages.place(after, pages.number)
    return place[0] if place else 0
