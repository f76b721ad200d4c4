"""Certificates from the office's side: issued, drawn by a job, revoked with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.awards.actions import issue_certificates, revoke_certificate
from fengcai.apps.awards.queries import certificates_in, result_page
from fengcai.apps.refusals import NotFound, Refused
from fengcai.web.organiser.doorway import actor, organiser_only
from fengcai.web.organiser.pages.awards import certificates_context
from fengcai.web.organiser.views.awards import page

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_POST
@organiser_only
def issue(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Number and freeze what has no certificate yet; a job draws the PDFs."""
    site = settings.FENGCAI_PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    try:
        made = issue_certificates(contest=contest, by=actor(request), at=timezone.now(), site=site)
    except Refused as error:
        return page(request, contest, error=error)
    messages.success(
        request, f"已编号 {len(made)} 张证书，正在排版。" if made else "证书都已编号，没有新增。"
    )
    return redirect(reverse("office-awards", args=[contest.slug]) + "#certificates")


@require_safe
@organiser_only
def progress(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The fragment with the certificates; it asks again while the job runs."""
    result = result_page(contest=contest, user=actor(request))
    context = certificates_context(contest, user=actor(request), result=result)
    return render(request, "organiser/_certificates.html", {"contest": contest, **context})


@require_POST
@organiser_only
def revoke(request: HttpRequest, contest: Contest, certificate_id: UUID) -> HttpResponse:
    """Declare a certificate void; its verification page says so at once."""
    reason = request.POST.get("reason", "")
    mine = {row.id for row in certificates_in(contest=contest, user=actor(request))}
    if certificate_id not in mine:
        raise NotFound("本活动没有这张证书。")
    try:
        row = revoke_certificate(
            certificate_id=certificate_id, reason=reason, by=actor(request), at=timezone.now()
        )
    except Refused as error:
        typed = {"certificate": certificate_id, "reason": reason}
        return page(request, contest, error=error, typed=typed)
    messages.success(request, f"证书 {row.number} 已作废，核验页已写明。需要时可以重新制作。")
    return redirect(reverse("office-awards", args=[contest.slug]) + "#certificates")
