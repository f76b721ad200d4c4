"""Personal information of a contest's people: requests with their day, who agreed to what, who is not to
be named, the notice's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.contests.erasing import only_here
from fengcai.apps.contests.queries import people_ever_in, people_in
from fengcai.apps.entries.naming import name_again, withheld_in, withhold_name
from fengcai.apps.people.erasing import erase_account
from fengcai.apps.people.privacy.actions import answer_request, write_notice
from fengcai.apps.people.privacy.queries import (
    agreed,
    notice,
    request_in,
    requests_to_answer,
)
from fengcai.apps.people.privacy.wording import PURPOSES
from fengcai.apps.publishing.consents import to_do
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def privacy(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The page; POST publishes new words of the notice."""
    if request.method != "POST":
        return _page(request, contest)
    try:
        number = write_notice(
            by=actor(request),
            at=timezone.now(),
            contest=contest.pk,
            **{
                name: request.POST.get(name, "")
                for name in ("controller", "contact", "retention", "extra")
            },
        )
    except Refused as refusal:
        return _page(request, contest, error=refusal)
    messages.success(request, f"说明的第 {number} 版已公布。")
    return redirect(reverse("office-privacy", args=[contest.slug]))


@require_POST
@organiser_only
def answer(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """The answer to a request of somebody in this contest."""
    try:
        answer_request(
            pk=pk,
            answer=request.POST.get("answer", ""),
            by=actor(request),
            among=_people(contest),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _page(request, contest, error=refusal, answering=pk)
    messages.success(request, "已答复，本人登录后会看到。")
    return redirect(reverse("office-privacy", args=[contest.slug]))


@require_POST
@organiser_only
def erase(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Erase the data of whoever made the request `pk`, in every contest where that is this office's."""
    found = request_in(pk, among=_people(contest))
    try:
        if "sure" not in request.POST:
            raise Refused("请先勾选“已核对是本人提出”，再删除。没有改动。")
        if not (actor(request).is_staff or only_here(found.user_id, contest)):
            raise Refused("这个人在别的活动里也有身份，请系统管理员办理。没有改动。")
        erase_account(pk=found.user_id, by=actor(request), at=timezone.now())
    except Refused as refusal:
        return _page(request, contest, error=refusal, answering=pk)
    messages.success(request, "个人信息已删除，账号已停用，请求已记为办结。")
    return redirect(reverse("office-privacy", args=[contest.slug]))


@require_POST
@organiser_only
def withhold(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Somebody named in a work, who has no account, does not want to be named; or agrees again."""
    by, at = actor(request), timezone.now()
    try:
        if again := request.POST.get("again", ""):
            name_again(contest=contest, pk=whole_number(again, 0), by=by, at=at)
            messages.success(request, "已取消登记，公开页面重新写这个姓名。")
        else:
            typed = {each: request.POST.get(each, "") for each in ("number", "name", "why")}
            withhold_name(contest=contest, by=by, at=at, **typed)
            messages.success(request, "已登记，公开页面和报送上级的材料不再写这个姓名。")
    except Refused as refusal:
        return _page(request, contest, error=refusal)
    return redirect(reverse("office-privacy", args=[contest.slug]))


def _people(contest: Contest) -> set[int]:
    """Everybody who has or had a seat: what was published does not end with it."""
    return people_ever_in(contest)


def _page(
    request: HttpRequest, contest: Contest, *, error: Refused | None = None, answering: int = 0
) -> HttpResponse:
    """At most 20 SQL, however many people there are."""
    seats = people_in(contest)
    names = dict(sorted({seat.user_id: str(seat.user) for seat in seats}.items()))
    given = {purpose.key: agreed(names, purpose.key) for purpose in PURPOSES}
    requests = requests_to_answer(_people(contest))
    by_hand = to_do(contest, requests)
    page: dict[str, Any] = {
        "notice": notice(contest.pk),
        "purposes": [(purpose, len(given[purpose.key])) for purpose in PURPOSES],
        "people": [
            (name, [pk in given[purpose.key] for purpose in PURPOSES]) for pk, name in names.items()
        ],
        "requests": [(row, by_hand.get(row.pk)) for row in requests],
        "withheld": withheld_in(contest),
        "now": timezone.now(),
        "error": error,
        "answering": answering,
        "typed": request.POST if error else {},
    }
    return show(request, contest, "office-privacy", "privacy", page, error=error)
