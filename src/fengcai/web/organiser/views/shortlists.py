"""Between two rounds, from the office's side: ties ordered, works set aside, the list confirmed;
the votes entered and voided; penalties and panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.judging.actions import (
    assign_panel,
    confirm_shortlist,
    enter_votes,
    order_tied,
    record_penalty,
    restore_votes,
    set_aside,
    take_back_ruling,
    void_votes,
    withdraw_penalty,
)
from fengcai.apps.judging.queries import round_of, votes_page
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import TableRefused, read_table
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.rounds import votes_context
from fengcai.web.organiser.views.rounds import page as round_page
from fengcai.web.organiser.views.rounds import seated
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

NUMBER, VOTES = ("作品编号", "编号"), ("票数", "得票", "得票数", "有效票")


@require_POST
@organiser_only
def order(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Put tied works at the border in order."""
    places = {
        key.removeprefix("place-"): str(value).strip()
        for key, value in request.POST.items()
        if key.startswith("place-")
    }
    typed = {"round": round_id, "act": "order", "places": places, **_written(request)}

    def act() -> None:
        if sorted(places.values()) != sorted(str(n) for n in range(1, len(places) + 1)):
            raise Refused(
                f"请给每件作品一个不同的先后次序，从 1 到 {len(places)}。",
                fields={"entries": "次序有重复或缺漏"},
            )
        order_tied(
            round=round_of(contest, round_id),
            entries=[_id(id) for id in sorted(places, key=lambda id: int(places[id]))],
            **_written(request),
            by=actor(request),
            at=timezone.now(),
        )

    return _done(request, contest, act, "裁定已记录，入围名单已重新计算。", typed)


@require_POST
@organiser_only
def confirm(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Confirm who goes on."""
    typed = {"round": round_id, "act": "confirm", **_written(request)}
    return _done(
        request, contest,
        lambda: confirm_shortlist(
            round=round_of(contest, round_id), by=actor(request), at=timezone.now(), **_written(request)
        ),
        "入围名单已确认，可以启动下一轮。", typed,
    )  # fmt: skip


@require_POST
@organiser_only
def aside(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Do not let a work through a screening."""
    return _done(
        request, contest,
        lambda: set_aside(
            round=round_of(contest, round_id), entry_id=_id(request.POST.get("entry", "")),
            by=actor(request), at=timezone.now(), **_written(request),
        ),
        "已记为不予通过。", {},
    )  # fmt: skip


@require_POST
@organiser_only
def back(request: HttpRequest, contest: Contest, round_id: str, ruling: int) -> HttpResponse:
    """Take a ruling back."""
    return _done(
        request, contest,
        lambda: take_back_ruling(
            ruling_id=ruling, round=round_of(contest, round_id), by=actor(request), at=timezone.now()
        ),
        "已撤回，原记录保留。", {},
    )  # fmt: skip


@require_POST
@organiser_only
def panel(request: HttpRequest, contest: Contest, round_id: str, judge: int) -> HttpResponse:
    """Say on which panel a judge sits."""
    return _done(
        request, contest,
        lambda: assign_panel(
            round=round_of(contest, round_id), judge=seated(request, contest, round_id, judge),
            panel=request.POST.get("panel", ""), by=actor(request), at=timezone.now(),
            kinds=request.POST.getlist("kinds") if "kinds-asked" in request.POST else None,
        ),
        "评委的编组已更新。", {},
    )  # fmt: skip


@require_POST
@organiser_only
def penalty(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Take points off a work, or give them back."""
    over = request.POST.get("over", "").strip()

    def act() -> None:
        gone = request.POST.get("withdraw", "")
        round = round_of(contest, round_id)
        if gone:
            withdraw_penalty(
                record_id=whole_number(gone), round=round, by=actor(request), at=timezone.now()
            )
            return
        record_penalty(
            round=round,
            entry_id=_id(request.POST.get("entry", "")),
            penalty_id=request.POST.get("penalty", ""),
            reason=request.POST.get("reason", ""),
            over=timedelta(seconds=int(over)) if over.isdecimal() and len(over) < 7 else None,
            by=actor(request),
            at=timezone.now(),
        )

    return _done(request, contest, act, "扣分记录已更新。", {})


@require_safe
@organiser_only
def votes(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The counts of every vote."""
    return _votes(request, contest)


@require_POST
@organiser_only
def count(request: HttpRequest, contest: Contest, vote_id: str) -> HttpResponse:
    """Enter counts, typed or from a table."""
    typed = {
        "vote": vote_id,
        **{key: str(value) for key, value in request.POST.items() if key.startswith("votes-")},
        **{key: request.POST.get(key, "") for key in ("source", "reason")},
    }
    try:
        enter_votes(
            contest=contest,
            vote_id=vote_id,
            counts=_counts(request, contest, vote_id),
            source=typed["source"],
            reason=typed["reason"],
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return _votes(request, contest, error=error, typed=typed)
    messages.success(request, "票数已录入，并记入活动记录。")
    return redirect("office-votes", slug=contest.slug)


@require_POST
@organiser_only
def void(request: HttpRequest, contest: Contest, vote_id: str) -> HttpResponse:
    """Declare votes void, or take that back."""
    gone, many = request.POST.get("restore", ""), request.POST.get("votes", "").strip()
    try:
        if gone:
            void_id = whole_number(gone)
            restore_votes(contest=contest, void_id=void_id, by=actor(request), at=timezone.now())
        else:
            void_votes(
                contest=contest,
                vote_id=vote_id,
                entry_id=_id(request.POST.get("entry", "")),
                votes=int(many) if many.isdecimal() and len(many) < 13 else 0,
                **_written(request),
                by=actor(request),
                at=timezone.now(),
            )
    except Refused as error:
        typed = {"void": vote_id, "votes": many, **_written(request)}
        return _votes(request, contest, error=error, typed=typed)
    messages.success(request, "已更新作废记录，原记录保留。")
    return redirect("office-votes", slug=contest.slug)


def _votes(
    request: HttpRequest,
    contest: Contest,
    *,
    error: Refused | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    context = votes_context(contest, user=actor(request), typed=typed or {})
    return show(request, contest, "office-round", "votes", context, error=error)


def _counts(request: HttpRequest, contest: Contest, vote_id: str) -> dict[UUID, int]:
    given = request.FILES.get("file")
    if isinstance(given, UploadedFile):
        return _from_table(given, contest, vote_id, request)
    found: dict[UUID, int] = {}
    for key, value in request.POST.items():
        text = str(value).strip().replace(",", "").replace("，", "")
        if key.startswith("votes-") and text:
            if not text.isdecimal() or len(text) > 12:
                raise Refused(
                    f"“{value}”不是票数，请只填阿拉伯数字。", fields={"counts": "请只填数字"}
                )
            found[_id(key.removeprefix("votes-"))] = int(text)
    return found


def _from_table(
    given: UploadedFile, contest: Contest, vote_id: str, request: HttpRequest
) -> dict[UUID, int]:
    """Rows of 作品编号 and 票数. Raises `Refused` naming what does not fit."""
    try:
        table = read_table(given.read(), given.name or "文件", expected=(*NUMBER, *VOTES))
    except TableRefused as refusal:
        raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None
    columns = [
        next((index for index, head in enumerate(table.headers) if head in names), None)
        for names in (NUMBER, VOTES)
    ]
    number, votes = columns
    if number is None or votes is None:
        raise Refused(
            "表中要有“作品编号”和“票数”两列，没有导入。",
            fields={"file": "缺少“作品编号”或“票数”列"},
        )
    pages = votes_page(contest=contest, user=actor(request))
    known = {
        row.number: row.entry_id for page in pages if page.vote.id == vote_id for row in page.rows
    }
    found: dict[UUID, int] = {}
    for row in table.rows:
        which, many = row.cells[number].strip(), row.cells[votes].strip().removesuffix(".0")
        number_fits = many.isdecimal() and len(many) <= 12
        if which not in known or known[which] in found or not number_fits:
            raise Refused(
                f"“{which}”一行没有导入：编号不在投票之列、重复，或票数“{many}”不是整数。"
                "整张表都没有导入，请改好后再传。",
                fields={"file": "请核对这一行"},
            )
        found[known[which]] = int(many)
    return found


def _done(
    request: HttpRequest,
    contest: Contest,
    act: Callable[[], object],
    said: str,
    typed: Mapping[str, Any],
) -> HttpResponse:
    try:
        act()
    except Refused as error:
        return round_page(request, contest, error=error, typed=typed)
    messages.success(request, said)
    return redirect("office-round", slug=contest.slug)


def _written(request: HttpRequest) -> dict[str, str]:
    return {key: request.POST.get(key, "") for key in ("reason", "minutes")}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("请选择作品。", fields={"entry": "请选择作品"}) from None
