"""Imports from another system: brought in, mapped, tried, carried out, reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.exchange import sources
from fengcai.apps.exchange.mapping import targets
from fengcai.apps.exchange.reporting import report_workbook
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables.reading import MAX_BYTES
from fengcai.engines.jobs.queries import newest_by_subject
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.views import exchange

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.exchange.models import Import

SHOWN = 500
RULES = (
    ("draft", "只建草稿，由单位核对后提交"),
    ("submit", "材料齐全、表里有签字人的直接提交，其余留作草稿"),
)


@require_POST
@organiser_only
def begin(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Bring a table in; then its page asks what the columns mean."""
    try:
        wanted = request.POST.get("folder", "")
        folder = sources.folder_under(wanted) if wanted else ""
        run = sources.begin_import(
            contest=contest,
            source=request.POST.get("source", ""),
            folder=folder,
            by=actor(request),
            at=timezone.now(),
            **_file(request),
        )
    except Refused as error:
        return exchange.page(request, contest, error)
    return redirect("office-import", contest.slug, run.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def run(request: HttpRequest, contest: Contest, run_id: UUID) -> HttpResponse:
    """What the columns mean and what the trial said; POST keeps the former and tries again."""
    found = sources.import_for(run_id, actor(request))
    error = None
    if request.method == "POST":
        try:
            _map(request, found)
            return redirect("office-import", contest.slug, run_id)
        except Refused as refused:
            error = refused
    context = {**_mapping(request, contest, found), **_report(found)}
    return show(request, contest, "office-exchange", "import", context, error=error)


@require_safe
@organiser_only
def rows(request: HttpRequest, contest: Contest, run_id: UUID) -> HttpResponse:
    """The report alone, which asks again while a job works on it."""
    found = sources.import_for(run_id, actor(request))
    return render(request, "organiser/_import.html", {"contest": contest, **_report(found)})


@require_POST
@organiser_only
def start(request: HttpRequest, contest: Contest, run_id: UUID) -> HttpResponse:
    """Carry the import out."""
    sources.start_import(run_id=run_id, by=actor(request), at=timezone.now())
    messages.success(request, "已开始导入。可以离开本页；中途断电也会接着做，不会重复。")
    return redirect("office-import", contest.slug, run_id)


@require_POST
@organiser_only
def grant(request: HttpRequest, contest: Contest, run_id: UUID) -> HttpResponse:
    """A signed permission to send the zip of files."""
    return JsonResponse(
        sources.ask_for_archive(run_id=run_id, by=actor(request), at=timezone.now())
    )


@require_safe
@organiser_only
def report_xlsx(request: HttpRequest, contest: Contest, run_id: UUID) -> HttpResponse:
    """The report as a table."""
    found = sources.import_for(run_id, actor(request))
    name = f"{contest.title} 导入报告（{found.source.name}）{stamp()}.xlsx"
    return attachment(report_workbook(found), name, XLSX)


def _map(request: HttpRequest, found: Import) -> None:
    sent = request.POST
    wanted = {t.id: sent.get(f"column-{t.id}", "") for t in targets(rules_of(found.source.contest))}
    sources.map_columns(
        run_id=found.pk,
        mapping={id: header for id, header in wanted.items() if header},
        track=sent.get("track", ""),
        track_names=_pairs(sent.get("track_names", "")),
        unit_names=_pairs(sent.get("unit_names", "")),
        rule=sent.get("rule", ""),
        honours_time="honours_time" in sent,
        by=actor(request),
        at=timezone.now(),
    )


def _mapping(request: HttpRequest, contest: Contest, found: Import) -> dict[str, Any]:
    source, sent = found.source, request.POST
    table = sources.table_of(sources.import_bytes(found), found.filename)
    rules = rules_of(contest)
    tracks = [(track.id, track.name) for track in rules.tracks]
    names = dict(tracks)
    return {
        "run": found,
        "headers": table.headers,
        "count": len(table.rows),
        "example": table.rows[:3],
        "targets": [
            (each, sent.get(f"column-{each.id}", source.mapping.get(each.id, "")))
            for each in targets(rules)
        ],
        "tracks": tracks,
        "track": sent.get("track", source.track or (tracks[0][0] if len(tracks) == 1 else "")),
        "rules": RULES,
        "rule": sent.get("rule", source.rule),
        "honours_time": "honours_time" in sent if sent else source.honours_time,
        "unit_names": sent.get("unit_names", _lines(source.unit_names)),
        "track_names": sent.get(
            "track_names", _lines({k: names.get(v, v) for k, v in source.track_names.items()})
        ),
        "folder": found.folder.rsplit("/", 1)[-1],
    }


def _report(found: Import) -> dict[str, Any]:
    told = sources.report(found, most=SHOWN)
    job = newest_by_subject([f"import:{found.pk}"]).get(f"import:{found.pk}")
    return {"run": found, "report": told, "job": job, "most": SHOWN}


def _pairs(text: str) -> dict[str, str]:
    """Lines of “theirs = ours”."""
    pairs = (line.replace("＝", "=").split("=", 1) for line in text.splitlines() if line.strip())
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}


def _lines(pairs: dict[str, str]) -> str:
    return "\n".join(f"{theirs} = {ours}" for theirs, ours in pairs.items())


def _file(request: HttpRequest) -> dict[str, Any]:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refused("请先选择导出的表格（.xlsx 或 .csv）。", fields={"table": "请选择文件"})
    if (given.size or 0) > MAX_BYTES:
        raise Refused(
            f"“{given.name}”超过 5 MB，没有导入。请分成几个表。", fields={"table": "太大"}
        )
    return {"filename": given.name or "表格", "data": given.read()}
