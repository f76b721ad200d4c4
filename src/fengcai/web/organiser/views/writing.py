"""Writing to many: written, looked at with everybody's name, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.addressing import addressees
from fengcai.apps.messages import bulk
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.outbox import WriteForm, parcel_of, preview_page
from fengcai.web.organiser.views.outbox import PLACE
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

SALT = "fengcai.organiser.writing"
PREVIEW_LIFE_S = 2 * 60 * 60


@require_safe
@organiser_only
def write(request: HttpRequest, contest: Contest) -> HttpResponse:
    """An empty letter."""
    form = WriteForm(initial={"groups": ["contact"], "channel": "mail"})
    return show(request, contest, PLACE, "outbox_write", {"form": form})


@require_POST
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Who would get what; nothing is sent. A look at another person brings the parcel back."""
    if "parcel" in request.POST:
        return _looked_at(request, contest)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return show(request, contest, PLACE, "outbox_write", {"form": form})
    groups = form.cleaned_data["groups"]
    try:
        return _shown(request, contest, form.draft(), groups, 0)
    except Refused as error:
        if error.status != 422:
            raise
        for name, text in error.fields.items():
            form.add_error(name, text)
        if not error.fields:
            form.add_error(None, error.message)
        return show(request, contest, PLACE, "outbox_write", {"form": form})


@require_POST
@organiser_only
def send(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Send what the preview showed; who gets it is worked out anew and must be the same."""
    try:
        draft, groups, fingerprint = _unpacked(request, contest)
        sent = bulk.send_bulk(
            contest=contest.pk,
            draft=draft,
            to=addressees(contest, groups),
            groups=groups,
            confirmed=fingerprint,
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        form = WriteForm(initial=_written(request, contest))
        return show(request, contest, PLACE, "outbox_write", {"form": form}, error=error)
    messages.success(request, f"已排队发给 {sent.recipients} 人，陆续发出；还没发出的可以取消。")
    return redirect(f"{reverse('office-outbox', args=[contest.slug])}?bulk={sent.pk}")


def _looked_at(request: HttpRequest, contest: Contest) -> HttpResponse:
    try:
        draft, groups, _ = _unpacked(request, contest)
        if "change" in request.POST:
            form = WriteForm(initial=_written(request, contest))
            return show(request, contest, PLACE, "outbox_write", {"form": form})
        return _shown(request, contest, draft, groups, whole_number(request.POST.get("who")))
    except Refused as error:
        form = WriteForm(initial=_written(request, contest))
        return show(request, contest, PLACE, "outbox_write", {"form": form}, error=error)


def _shown(
    request: HttpRequest, contest: Contest, draft: bulk.Draft, groups: list[str], who: int
) -> HttpResponse:
    by = actor(request)
    found = bulk.preview_bulk(
        contest=contest.pk, draft=draft, to=addressees(contest, groups), by=by
    )
    parcel = signing.dumps(parcel_of(found, groups, contest.pk, by.pk), salt=SALT, compress=True)
    page = {**preview_page(found, who), "parcel": parcel}
    return show(request, contest, PLACE, "outbox_preview", page)


def _unpacked(request: HttpRequest, contest: Contest) -> tuple[bulk.Draft, list[str], str]:
    """The draft, whom it is for, and the fingerprint of what was shown. Raises `Refused`."""
    try:
        whose, who, draft, groups, fingerprint = signing.loads(
            request.POST.get("parcel", ""), salt=SALT, max_age=PREVIEW_LIFE_S
        )
    except signing.SignatureExpired:
        raise Refused("预览已超过两小时，没有发送。请再核对一次。") from None
    except signing.BadSignature:
        raise Refused("预览的内容不完整，没有发送。请再核对一次。") from None
    if whose != contest.pk or who != actor(request).pk:
        raise Refused("这份预览属于别的活动或别的账号，没有发送。")
    return bulk.Draft(**draft), groups, fingerprint


def _written(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    """What the parcel holds, to be written on, however old it is; nothing where it is none."""
    try:
        whose, who, draft, groups, _ = signing.loads(request.POST.get("parcel", ""), salt=SALT)
    except signing.BadSignature:
        return {"groups": ["contact"], "channel": "mail"}
    if whose != contest.pk or who != actor(request).pk:
        return {"groups": ["contact"], "channel": "mail"}
    return {**draft, "groups": groups}
