"""Contests, rules, units, and the token itself."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from fengcai.api import pages
from fengcai.api.bearer import Bearer, caller
from fengcai.api.idempotency import once
from fengcai.api.schemas.contests import (
    AmendmentPage,
    ContestOut,
    ContestPage,
    ContestRow,
    Me,
    OpenQuestion,
    Roster,
    RosterOut,
    RosterRefused,
    RulesOut,
    Seat,
    TokenFacts,
    UnitPage,
    WindowOut,
    amendment_out,
    contest_row,
    unit_out,
)
from fengcai.apps.contests import roster as rosters
from fengcai.apps.contests.amending import amendments_of
from fengcai.apps.contests.feeds import contests_for, standing_in, units_in
from fengcai.apps.contests.queries import masthead, questions, rules_of, seats_of, unit_classes
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.publishing.queries import gallery_count, results_published

router = Router(tags=["活动"])

Slug = Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z0-9_-]+$", description="活动网址名")]
READ = Bearer(Scope.CONTESTS_READ)


@router.get("/me", response=Me, auth=Bearer(), summary="令牌与身份")
def me(request: HttpRequest) -> Me:
    """令牌属于哪个账号、有哪些权限，账号在哪些活动中有什么身份。"""
    user, token = caller(request), request.auth  # type: ignore[attr-defined]
    return Me(
        id=str(user.pk),
        name=str(user),
        token=TokenFacts(name=token.name, scopes=token.scopes, expires_at=token.expires_at),
        seats=[
            Seat(
                contest=seat.contest.slug,
                role=seat.role,
                role_name=seat.role_name,
                unit=str(seat.unit.pk) if seat.unit else None,
                unit_name=seat.unit.name if seat.unit else None,
            )
            for seat in seats_of(user)
        ],
    )


@router.get("/contests", response=ContestPage, auth=READ, summary="活动列表")
def list_contests(request: HttpRequest, limit: pages.Limit, after: pages.After) -> ContestPage:
    """令牌所属账号有身份的活动。"""
    place = pages.place(after, pages.number)
    rows = contests_for(caller(request), after=place[0] if place else None, most=limit + 1)
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row.pk))
    return ContestPage(items=[ContestRow(**contest_row(row)) for row in shown], next=following)


@router.get("/contests/{contest}", response=ContestOut, auth=READ, summary="一个活动")
def read_contest(request: HttpRequest, contest: Slug) -> ContestOut:
    """活动的现状：报送时间、待明确的问题、是否已公布结果。"""
    standing = standing_in(contest, caller(request))
    row = standing.contest
    window = rules_of(row).window if row.is_open else None
    return ContestOut(
        **contest_row(row),
        issuer=masthead(row).issuer,
        roles=sorted(standing.roles),
        window=None
        if window is None
        else WindowOut(
            opens=window.opens,
            closes=window.closes,
            closes_inclusive=window.closes_inclusive,
            original=window.original,
            section=window.cite.section,
            words=window.cite.words,
        ),
        open_questions=[
            OpenQuestion(id=q.question.id, ask=q.question.ask, answer=q.answer_text or None)
            for q in questions(row)
        ],
        results_published=results_published(row),
        works_shown=gallery_count(row),
    )


@router.get("/contests/{contest}/rules", response=RulesOut, auth=READ, summary="规则全文")
def read_rules(request: HttpRequest, contest: Slug) -> RulesOut:
    """生效的规则，逐条注明通知出处。规则未生效时返回 refused。"""
    row = standing_in(contest, caller(request)).contest
    rules = rules_of(row)
    return RulesOut(contest=row.slug, hash=rules.hash, rules=rules)


@router.get("/contests/{contest}/amendments", response=AmendmentPage, auth=READ, summary="补充通知")
def list_amendments(
    request: HttpRequest, contest: Slug, limit: pages.Limit, after: pages.After
) -> AmendmentPage:
    """规则生效后的每次修改：文号、原因、改动前后，新的在前。"""
    place = pages.place(after, pages.number)
    row = standing_in(contest, caller(request)).contest
    rows = [each for each in amendments_of(row) if place is None or each.number < place[0]]
    shown, following = pages.split(request, rows, limit, lambda row: pages.cursor(row.number))
    return AmendmentPage(items=[amendment_out(each) for each in shown], next=following)


@router.get("/contests/{contest}/units", response=UnitPage, auth=READ, summary="单位名单")
def list_units(
    request: HttpRequest, contest: Slug, limit: pages.Limit, after: pages.After
) -> UnitPage:
    """组织者和审核员看到全部单位；联络员和负责人看到自己的单位。"""
    place = pages.place(after, pages.number, pages.number)
    standing = standing_in(contest, caller(request))
    rows = units_in(standing, after=place, most=limit + 1)
    shown, following = pages.split(
        request, rows, limit, lambda row: pages.cursor(row.order, row.pk)
    )
    classes = unit_classes(standing.contest)
    return UnitPage(items=[unit_out(row, classes) for row in shown], next=following)


@router.post(
    "/contests/{contest}/units/import",
    response=RosterOut,
    auth=Bearer(Scope.UNITS_WRITE),
    summary="导入单位名单",
)
@once()
def import_units(request: HttpRequest, contest: Slug, body: Roster) -> RosterOut:
    """与网页“单位名单”的导入相同：已有的单位不动，有问题的行不收并说明原因。限组织者。"""
    standing = standing_in(contest, caller(request))
    standing.require_organiser()
    columns = ("unit", "unit_class", "parent", "contact", "phone", "head")
    preview = rosters.preview_units(
        contest=standing.contest,
        headers=[rosters.COLUMNS[column][0] for column in columns],
        rows=[
            (number, [getattr(row, column) for column in columns])
            for number, row in enumerate(body.rows, start=1)
        ],
    )
    added = len(preview.new)
    if not body.dry_run:
        added = rosters.import_units(
            contest=standing.contest, preview=preview, by=caller(request), at=timezone.now()
        )
    return RosterOut(
        dry_run=body.dry_run,
        added=added,
        known=len(preview.known),
        refused=[
            RosterRefused(row=row.line, unit=row.unit, problem=row.problem)
            for row in preview.refused
        ],
    )
