"""What goes out and comes in, in one place: packs, the organiser's own forms, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.exchange import forms, sources
from fengcai.apps.exchange.blanks import TITLES, blank
from fengcai.apps.exchange.fields import groups
from fengcai.apps.exchange.upper import UPPER
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines.documents.forms.asking import MAX_BYTES
from fengcai.engines.jobs.queries import newest_by_subject
from fengcai.engines.storage import ranged_response
from fengcai.web.organiser.doorway import actor, attachment, not_open, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.shared.works import ORDER, asked_for

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {"docx": DOCX, "xlsx": XLSX, "zip": "application/zip"}


@require_safe
@organiser_only
def exchange(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The three ways, the forms that stand, and the imports."""
    return page(request, contest)


@require_safe
@organiser_only
def fillings(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The list of filled forms alone, which asks again while one is being filled."""
    return render(request, "organiser/_fillings.html", {"contest": contest, **_filled(contest)})


@require_POST
@organiser_only
def keep(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Keep a form of the office's own; then its page shows what it asks for."""
    try:
        row = forms.keep_template(
            contest=contest,
            name=request.POST.get("name", ""),
            purpose=request.POST.get("purpose", ""),
            by=actor(request),
            at=timezone.now(),
            **_file(request),
        )
    except Refused as error:
        return page(request, contest, error)
    return redirect("office-form", contest.slug, row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def form(request: HttpRequest, contest: Contest, template: int) -> HttpResponse:
    """One form: what it asks for, how it looks filled; POST fills it for a choice of works."""
    error = None
    if request.method == "POST":
        try:
            _fill(request, contest, template)
            return redirect("office-exchange", contest.slug)
        except Refused as refused:
            error = refused
    row = forms.template_for(contest, template)
    context: dict[str, Any] = {"row": row, "states": _states(contest, request)}
    if not row.unknown:
        try:
            at = timezone.now()
            shown = forms.preview(contest=contest, template=template, user=actor(request), at=at)
            context |= {"preview": shown, "single": all(len(r) == 1 for r in shown.rows)}
        except Refused as refused:
            error = error or refused
    return show(request, contest, "office-exchange", "form", context, error=error)


@require_safe
@organiser_only
def sample(request: HttpRequest, contest: Contest, template: int) -> HttpResponse:
    """One filled form as a file."""
    row = forms.template_for(contest, template)
    shown = forms.preview(
        contest=contest, template=template, user=actor(request), at=timezone.now()
    )
    return attachment(shown.data, shown.filename, TYPES[row.kind])


@require_POST
@organiser_only
def drop(request: HttpRequest, contest: Contest, template: int) -> HttpResponse:
    """Take a form out of use."""
    forms.drop_template(contest=contest, template=template, by=actor(request), at=timezone.now())
    messages.success(request, "表格已停用；以前填好的都还在。")
    return redirect("office-exchange", contest.slug)


@require_safe
@organiser_only
def fields(request: HttpRequest, contest: Contest, purpose: str) -> HttpResponse:
    """Every field that a form of this purpose can ask for."""
    if purpose not in TITLES:
        raise NotFound("没有这种表格。")
    context = {"groups": groups(rules_of(contest), purpose), "purpose": purpose, "titles": TITLES}
    return show(request, contest, "office-exchange", "form_fields", context)


@require_safe
@organiser_only
def blank_form(request: HttpRequest, contest: Contest, purpose: str, kind: str) -> HttpResponse:
    """A form to begin from."""
    if purpose not in TITLES or kind not in ("docx", "xlsx"):
        raise NotFound("没有这种样例模板。")
    made = blank(rules_of(contest), purpose, kind)
    return attachment(made, f"{TITLES[purpose]}（样例模板）.{kind}", TYPES[kind])


@require_safe
@organiser_only
def filled(request: HttpRequest, contest: Contest, filling_id: UUID) -> HttpResponseBase:
    """Filled forms as one file."""
    row = forms.filling_for(contest=contest, filling_id=filling_id, user=actor(request))
    kind = row.filename.rsplit(".", 1)[-1]
    name = f"{row.filename.rsplit('.', 1)[0]} {stamp(row.at)}.{kind}"
    return ranged_response(
        request, row.key, content_type=TYPES[kind], filename=name.replace(":", ""), download=True
    )


def _fill(request: HttpRequest, contest: Contest, template: int) -> None:
    chosen = asked_for(request.POST, contest).choice
    if "upper" in request.POST:
        chosen["to"] = UPPER
    forms.order_filling(
        contest=contest,
        template=template,
        chosen=chosen,
        together="together" in request.POST,
        by=actor(request),
        at=timezone.now(),
    )


def _file(request: HttpRequest) -> dict[str, Any]:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refused("请先选择表格文件（.docx 或 .xlsx）。", fields={"file": "请选择文件"})
    if (given.size or 0) > MAX_BYTES:
        raise Refused(f"“{given.name}”超过 5 MB，没有保存。", fields={"file": "文件太大"})
    return {"filename": given.name or "表格", "data": given.read()}


def page(request: HttpRequest, contest: Contest, error: Refused | None = None) -> HttpResponse:
    """The page, with a refusal where there is one; what was typed stands again."""
    if not contest.is_open:
        return not_open(request, contest, "office-exchange", "导出导入")
    context = {
        "templates": forms.templates_of(contest, actor(request)),
        "imports": _imports(request, contest),
        "sources": sources.sources_of(contest),
        "folders": sources.folders(),
        "titles": TITLES,
        "typed": request.POST,
        **_filled(contest),
    }
    return show(request, contest, "office-exchange", "exchange", context, error=error)


def _imports(request: HttpRequest, contest: Contest) -> list[tuple[Any, Any]]:
    """The imports, each with its newest job: one that stopped says why. 3 SQL."""
    rows = sources.imports_of(contest, actor(request))
    jobs = newest_by_subject([f"import:{row.pk}" for row in rows])
    return [(row, jobs.get(f"import:{row.pk}")) for row in rows]


def _filled(contest: Contest) -> dict[str, Any]:
    found = forms.fillings_of(contest)
    jobs = newest_by_subject([f"filling:{row.pk}" for row in found])
    rows = [(row, jobs.get(f"filling:{row.pk}")) for row in found]
    making = next((job for _, job in rows if job and job.unfinished), None)
    return {"fillings": rows, "making": making}


def _states(contest: Contest, request: HttpRequest) -> dict[str, Any]:
    asked = asked_for(request.POST, contest)
    tracks = [(track.id, track.name) for track in rules_of(contest).tracks]
    return {"all": [(s.value, str(s.label)) for s in ORDER], "asked": asked, "tracks": tracks}
