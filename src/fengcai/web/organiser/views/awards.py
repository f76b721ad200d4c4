"""From the sealed ranking to the approved result, and the files that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.awards.actions import (
    allocate,
    approve_result,
    break_tie,
    decide_award,
    leave_vacant,
    order_in_award,
)
from fengcai.apps.awards.queries import result_page
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines.documents import FontsMissing
from fengcai.web.organiser.doorway import actor, attachment, not_open, organiser_only, show
from fengcai.web.organiser.pages.awards import awards_page
from fengcai.web.organiser.pages.exports import EXPORTS

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def awards(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The ranking, what the committee still owes, the money, the certificates."""
    if not contest.is_open:
        return not_open(request, contest, "office-awards", "评奖")
    return page(request, contest)


@require_POST
@organiser_only
def compute(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Rank and allocate by the rules."""
    try:
        result = allocate(contest=contest, by=actor(request), at=timezone.now())
    except Refused as error:
        return page(request, contest, error=error)
    open_flags = len(result.allocation["flags"])
    messages.success(
        request,
        f"已计算，还有 {open_flags} 处须由评审委员会决定。" if open_flags else "已计算，可以核定。",
    )
    return redirect("office-awards", slug=contest.slug)


@require_POST
@organiser_only
def decide(request: HttpRequest, contest: Contest, award_id: str) -> HttpResponse:
    """Record whom the committee gave an award; the result is computed anew at once."""
    chosen = [each for each in request.POST.getlist("entries") if each]
    typed = {"award": award_id, **_written(request), "entries": chosen}
    try:
        if not chosen and request.POST.get("vacant") != "yes":
            raise Refused(
                "请选择获奖者；委员会决定空缺的，请勾选“空缺”。", fields={"entries": "请选择"}
            )
        works, units = _chosen(chosen)
        decide_award(
            contest=contest,
            award_id=award_id,
            entries=works,
            units=units,
            **_written(request),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return page(request, contest, error=error, typed=typed)
    return _computed(request, contest, "评定已记录")


@require_POST
@organiser_only
def tie(request: HttpRequest, contest: Contest, number: int) -> HttpResponse:
    """Record in which order the committee puts tied works."""
    places = {
        key.removeprefix("place-"): str(value).strip()
        for key, value in request.POST.items()
        if key.startswith("place-")
    }
    typed = {"tie": number, **_written(request), "places": places}
    try:
        if sorted(places.values()) != sorted(str(n) for n in range(1, len(places) + 1)):
            raise Refused(
                f"请给每件作品一个不同的先后次序，从 1 到 {len(places)}。",
                fields={"entries": "次序有重复或缺漏"},
            )
        break_tie(
            contest=contest,
            entries=_ids(sorted(places, key=lambda id: int(places[id]))),
            **_written(request),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return page(request, contest, error=error, typed=typed)
    return _computed(request, contest, "裁定已记录")


@require_POST
@organiser_only
def order(request: HttpRequest, contest: Contest, award_id: str) -> HttpResponse:
    """Record in which order the committee puts those tied at an award's border."""
    places = {
        key.removeprefix("place-"): str(value).strip()
        for key, value in request.POST.items()
        if key.startswith("place-")
    }
    typed = {"order": award_id, **_written(request), "places": places}
    try:
        if sorted(places.values()) != sorted(str(n) for n in range(1, len(places) + 1)):
            raise Refused(
                f"请给每一个不同的先后次序，从 1 到 {len(places)}。",
                fields={"entries": "次序有重复或缺漏"},
            )
        order_in_award(
            contest=contest,
            award_id=award_id,
            order=sorted(places, key=lambda id: int(places[id])),
            **_written(request),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return page(request, contest, error=error, typed=typed)
    return _computed(request, contest, "裁定已记录")


@require_POST
@organiser_only
def vacant(request: HttpRequest, contest: Contest, award_id: str) -> HttpResponse:
    """Record how many places of an award the committee leaves vacant."""
    many = request.POST.get("places", "").strip()
    typed = {"vacant": award_id, **_written(request), "vacant_places": many}
    try:
        if not many.isdecimal() or len(many) > 4:
            raise Refused("请填写空缺几个名额。", fields={"places": "请填写不小于 0 的整数"})
        leave_vacant(
            contest=contest,
            award_id=award_id,
            places=int(many),
            cell=request.POST.get("cell", ""),
            **_written(request),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return page(request, contest, error=error, typed=typed)
    return _computed(request, contest, "空缺已记录")


@require_POST
@organiser_only
def approve(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Make the result final."""
    try:
        result = approve_result(contest=contest, by=actor(request), at=timezone.now())
    except Refused as error:
        return page(request, contest, error=error)
    messages.success(request, f"评奖结果已核定，校验值 {result.hash[:16]}……现在可以制作证书。")
    return redirect(reverse("office-awards", args=[contest.slug]) + "#certificates")


@require_safe
@organiser_only
def export(request: HttpRequest, contest: Contest, name: str) -> HttpResponse:
    """The result as a file; before the approval its name says so."""
    if name not in EXPORTS:
        raise NotFound("没有这种导出文件。")
    result = result_page(contest=contest, user=actor(request))
    if result is None:
        raise Refused("还没有计算评奖结果，没有可以导出的内容。")
    filename, media_type, make = EXPORTS[name]
    try:
        made = make(result)
    except (ValueError, FontsMissing) as fault:
        raise Refused(f"文件没有做成：{fault}") from None
    draft = "" if result.approved else "（未核定）"
    return attachment(made, f"{contest.title}{draft} {filename}", media_type)


def page(
    request: HttpRequest,
    contest: Contest,
    *,
    error: Refused | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The awards' page; `typed` is what a refused decision held."""
    context = awards_page(contest, user=actor(request), typed=typed or {}, error=error)
    return show(request, contest, "office-awards", "awards", context, error=error)


def _computed(request: HttpRequest, contest: Contest, done: str) -> HttpResponse:
    try:
        allocate(contest=contest, by=actor(request), at=timezone.now())
        messages.success(request, f"{done}，评奖结果已重新计算。")
    except Refused as error:
        messages.warning(request, f"{done}，但暂时不能计算结果：{error.message}")
    return redirect("office-awards", slug=contest.slug)


def _written(request: HttpRequest) -> dict[str, str]:
    return {key: request.POST.get(key, "") for key in ("reason", "minutes")}


def _chosen(texts: list[str]) -> tuple[list[UUID], list[int]]:
    """The works chosen, or the units: these have numbers for ids."""
    if texts and all(text.isdecimal() and len(text) < 10 for text in texts):
        return [], [int(text) for text in texts]
    return _ids(texts), []


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Refused("所选作品有误，请重新选择。", fields={"entries": "请重新选择"}) from None
