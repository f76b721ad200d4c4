"""Every work of the contest, a page at a time; and the same choice as a table to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from fengcai.apps.entries.listing import every, listing
from fengcai.web.organiser.doorway import organiser_only, show
from fengcai.web.organiser.pages.exports import CSV, stamp, streamed_csv
from fengcai.web.shared.works import asked_for, partial, works_view

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

HEADERS = [
    "作品",
    "单位",
    "编号",
    "类别",
    "方向",
    "状态",
    "逾期",
    "时长（秒）",
    "不符合（项）",
    "提交时间",
]


@require_safe
@organiser_only
def works(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The list, by state, unit, words and order; for htmx the list alone."""
    view = works_view(contest, listing(contest, asked_for(request.GET, contest)), to="review")
    slug = [contest.slug]
    context = {
        "works": view,
        "export": reverse("office-works-csv", args=slug),
        "packs": reverse("packs", args=slug),
    }
    if partial(request):
        return render(request, "shared/_works.html", context)
    return show(request, contest, "office-works", "works", context)


@require_safe
@organiser_only
def works_csv(request: HttpRequest, contest: Contest) -> HttpResponseBase:
    """Every work of the choice, sent as it is read."""
    rows = every(contest, asked_for(request.GET, contest))
    lines = (
        [
            *(row.title, row.unit, row.number, row.track, "、".join(row.themes), row.state_name),
            "逾期" if row.late else "",
            "" if row.duration is None else f"{float(row.duration):.1f}",
            row.broken or "",
            stamp(row.submitted_at) if row.submitted_at else "",
        ]
        for row in rows
    )
    answer = StreamingHttpResponse(streamed_csv(HEADERS, lines), content_type=CSV)
    name = f"{contest.title} 作品 {stamp()}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer
