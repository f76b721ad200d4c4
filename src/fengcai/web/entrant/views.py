"""A unit's works: the list, the form that the rulebook makes, the steps to submission."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.awards.actions import sign_award
from fengcai.apps.awards.queries import owing
from fengcai.apps.compliance.queries import hints_for
from fengcai.apps.contests.queries import contest_by_slug, unit
from fengcai.apps.entries import actions
from fengcai.apps.entries.actions.merging import changed_since as others_since
from fengcai.apps.entries.opinions import OpinionRow, opinions_of
from fengcai.apps.entries.queries import Page, entry_page, pending_uploads
from fengcai.apps.entries.snapshots import snapshots_of
from fengcai.apps.likeness.obvious import hints_of
from fengcai.apps.receipt import received_at
from fengcai.apps.refusals import Refused, Stale
from fengcai.apps.releases.queries import panel_of
from fengcai.web.entrant.pages import form_page
from fengcai.web.entrant.parsing import as_sent, changes_from
from fengcai.web.entrant.slots import slot_page
from fengcai.web.entrant.together import together, told
from fengcai.web.entrant.winning import award_part
from fengcai.web.entrant.works import works_page
from fengcai.web.shared.refusals import refusal, wants_json
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import storable, whole_number


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def works(request: MemberRequest, slug: str) -> HttpResponse:
    """The works of my units; POST starts a new draft."""
    contest = contest_by_slug(slug)
    if request.method == "POST":
        entry = actions.start_entry(
            contest=contest,
            unit=unit(contest, whole_number(request.POST.get("unit"))),
            track=request.POST.get("track", ""),
            by=request.user,
            at=received_at(request),
        )
        return redirect("entry", entry_id=entry.pk)
    page = works_page(contest, user=request.user, at=timezone.now())
    owed = owing(contest, [group.unit for group in page.units])
    context = {"page": page, "contest": contest, "owed": owed}
    return render(request, "entrant/works.html", context)


@login_required
@never_cache
@require_safe
def entry(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """One work: its form while it may be changed, and how it stands."""
    return shown_form(request, entry_id)


@login_required
@require_POST
def save(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Keep the draft: JSON from the page's autosave, or the plain form without script."""
    track = _track(request, entry_id)
    try:
        changes, version = changes_from(request, track)
        saved = actions.save_draft(
            entry_id=entry_id,
            changes=changes,
            expected_version=version,
            by=request.user,
            at=received_at(request),
        )
    except Refused as error:
        if not wants_json(request):
            return shown_form(request, entry_id, error)
        if isinstance(error, Stale):
            error.current = as_sent(track, error.current)
        return refusal(request, error)
    if wants_json(request):
        others = {} if saved.version <= version + 1 else others_since(saved, version, changes)
        return JsonResponse(
            {
                "version": saved.version,
                "saved_at": saved.updated_at.isoformat(),
                "merged": as_sent(track, others),
            }
        )
    messages.success(request, "草稿已保存。")
    return redirect("entry", entry_id=entry_id)


@login_required
@require_POST
def grant(request: MemberRequest, entry_id: UUID, slot: str) -> HttpResponse:
    """A signed permission to send one file."""
    return JsonResponse(
        actions.ask_to_upload(
            entry_id=entry_id,
            slot=slot,
            by=request.user,
            at=received_at(request),
            place=whole_number(request.GET.get("place")) or None,
        )
    )


@login_required
@never_cache
@require_safe
def pending(request: MemberRequest, entry_id: UUID, slot: str) -> HttpResponse:
    """My unfinished uploads into this slot, so that another device can go on with them."""
    rows = pending_uploads(entry_id=entry_id, slot=slot, user=request.user)
    return JsonResponse({"uploads": [asdict(row) for row in rows]})


@login_required
@never_cache
@require_safe
def files(request: MemberRequest, entry_id: UUID, slot: str) -> HttpResponse:
    """The fragment with a slot's file, its check and its earlier versions; asks again while the
    check runs."""
    page = slot_page(entry_page(entry_id=entry_id, user=request.user), slot, at=timezone.now())
    return render(request, "entrant/_slot.html", {"slot": page})


@login_required
@require_POST
def submit(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Hand the work in; what is missing is shown on the form, with every character kept."""
    now = received_at(request)
    try:
        changes, version = changes_from(request, _track(request, entry_id))
        if changes:
            version = actions.save_draft(
                entry_id=entry_id,
                changes=changes,
                expected_version=version,
                by=request.user,
                at=now,
            ).version
        actions.submit_entry(
            entry_id=entry_id,
            expected_version=version,
            declared=request.POST.getlist("declared"),
            signed_name=request.POST.get("signed_name", ""),
            by=request.user,
            at=now,
            signers=_signers(request),
        )
    except Refused as error:
        return shown_form(request, entry_id, error)
    messages.success(request, f"作品已提交：{timezone.localtime(now):%Y-%m-%d %H:%M:%S} 收到。")
    return redirect("entry", entry_id=entry_id)


@login_required
@require_POST
def confirm(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """The head answers for the work."""
    try:
        actions.confirm_entry(
            entry_id=entry_id,
            expected_version=whole_number(request.POST.get("version")),
            declared=request.POST.getlist("declared"),
            signed_name=request.POST.get("signed_name", ""),
            by=request.user,
            at=received_at(request),
            signers=_signers(request),
        )
    except Refused as error:
        return shown_form(request, entry_id, error)
    messages.success(request, "已确认，作品进入审核。")
    return redirect("entry", entry_id=entry_id)


@login_required
@require_POST
def sign_as_winner(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """The winner signs what the rules ask before the certificate and the money."""
    try:
        sign_award(
            entry_id=entry_id,
            declared=request.POST.getlist("declared"),
            signed_name=request.POST.get("signed_name", ""),
            by=request.user,
            at=timezone.now(),
            signers=_signers(request),
        )
    except Refused as error:
        return shown_form(request, entry_id, error)
    messages.success(request, "已签署。组织者现在可以制作证书、发放奖金。")
    return redirect("entry", entry_id=entry_id)


@login_required
@require_POST
def recall(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Take a submitted work back to change it."""
    actions.recall_entry(entry_id=entry_id, by=request.user, at=received_at(request))
    messages.success(request, "已取回，可以继续修改；改好后请重新提交。")
    return redirect("entry", entry_id=entry_id)


@login_required
@require_POST
def withdraw(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Take the work out of the contest."""
    actions.withdraw_entry(
        entry_id=entry_id,
        by=request.user,
        at=timezone.now(),
        reason=storable(request.POST.get("reason", "")),
    )
    messages.success(request, "作品已撤回，文件与记录仍然保留。")
    return redirect("entry", entry_id=entry_id)


def opinions_shown(page: Page) -> list[OpinionRow] | None:
    """The experts' opinions on a work; None where the rules ask for none. 2 SQL at most."""
    asked = any(slot.role == "opinion" for slot in page.scope.slots)
    return opinions_of(page.entry) if asked else None


def _signers(request: MemberRequest) -> dict[str, str]:
    prefix = "signer-"
    sent = request.POST
    return {n.removeprefix(prefix): sent.get(n, "") for n in sent if n.startswith(prefix)}


def _track(request: MemberRequest, entry_id: UUID):  # type: ignore[no-untyped-def]
    return entry_page(entry_id=entry_id, user=request.user).track


def shown_form(
    request: MemberRequest,
    entry_id: UUID,
    error: Refused | None = None,
    *,
    expert: tuple[str, str] | None = None,
) -> HttpResponse:
    """The page of a work: as it stands, or with what a refused form held. `expert` is a name with
    the link that was just made."""
    page = entry_page(entry_id=entry_id, user=request.user)
    if isinstance(error, Stale):
        error.fields = told(page.track, error)
    form = form_page(
        page,
        at=timezone.now(),
        typed=request.POST if request.method == "POST" else None,
        error=error,
    )
    award = award_part(page, typed=request.POST if error else None, error=error)
    if award is not None and award.declarations and award.may_sign:
        form = replace(form, next_step=award.next_step)
    return render(
        request,
        "entrant/entry.html",
        {
            "form": form,
            "labels": {
                f"declaration-{row.declaration.id}": row.declaration.text
                for row in form.declarations
            },
            "page": page,
            "contest": page.entry.contest,
            "error": error,
            "award": award,
            "panel": panel_of(page.entry, page.rules, page.roles, at=timezone.now()),
            "hints": hints_for(entry=page.entry, rules=page.rules),
            "doubles": hints_of(page.entry) if page.writable and page.entry.submitted_at else [],
            "together": together(page, user=request.user, at=timezone.now()),
            "opinions": opinions_shown(page),
            "expert": expert,
            "snapshots": snapshots_of(page.entry),
        },
        status=error.status if error else 200,
    )
