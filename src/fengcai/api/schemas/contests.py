"""Contests, their rules and units, and who the token's account is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Schema
from pydantic import Field

from fengcai.api.pages import Next
from fengcai.api.types import Instant, Line, Strict
from fengcai.core.rulebook import Rules

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Amendment, Contest, Unit


class Seat(Schema):
    """A role in a contest; `unit` for those who act for one."""

    contest: str
    role: str
    role_name: str
    unit: str | None = Field(description="单位编号")
    unit_name: str | None


class TokenFacts(Schema):
    """The token in use."""

    name: str
    scopes: list[str]
    expires_at: Instant


class Me(Schema):
    """Whose token this is and what it may do."""

    id: str
    name: str
    token: TokenFacts
    seats: list[Seat]


class ContestRow(Schema):
    """A contest in a list. `id` is the name in its address."""

    id: str
    title: str
    label: str
    demo: bool
    state: str = Field(description="draft 筹备中（规则未生效）；open 已启动")
    opened_at: Instant | None
    rules_hash: str | None = Field(description="规则的 SHA-256；规则变了它就变")
    url: str


class ContestPage(Schema):
    """A page of contests."""

    items: list[ContestRow]
    next: Next


class WindowOut(Schema):
    """The time for handing in, with the notice's own words and place."""

    opens: Instant
    closes: Instant
    closes_inclusive: bool
    original: str
    section: str
    words: str


class OpenQuestion(Schema):
    """A question that the notice leaves open; `answer` once the organiser has answered."""

    id: str
    ask: str
    answer: str | None


class ContestOut(ContestRow):
    """A contest with where it stands."""

    issuer: str
    roles: list[str] = Field(description="令牌所属账号在本活动中的身份")
    window: WindowOut | None
    open_questions: list[OpenQuestion]
    results_published: bool
    works_shown: int = Field(description="正在展播的作品数")


class ChangeOut(Schema):
    """One rule that an amendment changed, in words, with its clause."""

    chapter: str
    what: str
    kind: str = Field(description="added 新增；removed 删除；changed 改动")
    before: str
    after: str
    section: str | None
    words: str | None


class AmendmentOut(Schema):
    """A 补充通知: what it changed, why, under which number."""

    number: int
    notice_number: str = Field(description="补充通知的文号")
    reason: str
    at: Instant
    version_before: int
    version_after: int
    rules_hash: str = Field(description="此后规则的校验值")
    changes: list[ChangeOut]


class AmendmentPage(Schema):
    """A page of amendments, newest first."""

    items: list[AmendmentOut]
    next: Next


class RulesOut(Schema):
    """The rules in force. Every rule carries `cite`: section and words of the notice."""

    contest: str
    hash: str
    rules: Rules


class UnitOut(Schema):
    """A unit of the roster."""

    id: str
    name: str
    unit_class: str
    class_name: str
    parent: str | None = Field(description="上级单位编号")


class UnitPage(Schema):
    """A page of units."""

    items: list[UnitOut]
    next: Next


class RosterLine(Strict):
    """One unit of a roster to take in."""

    unit: Annotated[Line, Field(description="单位名称，名单中唯一")]
    unit_class: Annotated[Line, Field(description="单位类别的编号或名称，见规则 unit_classes")]
    parent: Annotated[Line, Field(description="上级单位名称")] = ""
    contact: Annotated[Line, Field(description="联络员姓名或岗位；没有账号时为其建立")] = ""
    phone: Line = ""
    head: Annotated[Line, Field(description="负责人姓名或岗位")] = ""


class Roster(Strict):
    """A roster to take in; `dry_run` only says what would happen."""

    rows: Annotated[list[RosterLine], Field(min_length=1, max_length=3000)]
    dry_run: bool = False


class RosterRefused(Schema):
    """A row that is not taken, and why. `row` counts from 1."""

    row: int
    unit: str
    problem: str


class RosterOut(Schema):
    """What an import did, or would do."""

    dry_run: bool
    added: int
    known: int
    refused: list[RosterRefused]


def contest_row(contest: Contest) -> dict[str, Any]:
    """The fields of `ContestRow`."""
    version = contest.version
    return {
        "id": contest.slug,
        "title": contest.title,
        "label": contest.label,
        "demo": contest.demo,
        "state": contest.state,
        "opened_at": contest.opened_at,
        "rules_hash": version.hash if version is not None and contest.is_open else None,
        "url": f"/api/v1/contests/{contest.slug}",
    }


def unit_out(unit: Unit, classes: dict[str, str]) -> UnitOut:
    """A unit with the name of its class."""
    return UnitOut(
        id=str(unit.pk),
        name=unit.name,
        unit_class=unit.unit_class,
        class_name=classes.get(unit.unit_class, unit.unit_class),
        parent=None if unit.parent_id is None else str(unit.parent_id),
    )


def amendment_out(row: Amendment) -> AmendmentOut:
    """An amendment, with the changes as they were shown before it was published."""
    return AmendmentOut(
        number=row.number,
        notice_number=row.notice_number,
        reason=row.reason,
        at=row.at,
        version_before=row.before.number,
        version_after=row.after.number,
        rules_hash=row.after.hash,
        changes=[
            ChangeOut(
                chapter=each["chapter"],
                what=each["what"],
                kind=each["kind"],
                before=each["before"],
                after=each["after"],
                section=(each.get("cite") or {}).get("section"),
                words=(each.get("cite") or {}).get("words"),
            )
            for each in row.changes
        ],
    )
