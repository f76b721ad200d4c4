"""Works: the row of a list, the whole work with files and findings, and what may be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Schema
from pydantic import Field

from fengcai.api.pages import Next
from fengcai.api.types import Instant, Line, Number, Strict, Text, When
from fengcai.apps.entries.states import State

if TYPE_CHECKING:
    from fengcai.apps.assets.queries import Checked
    from fengcai.apps.entries.models import Entry
    from fengcai.apps.entries.queries import Page, Version
    from fengcai.apps.intake.queries import Sheet

FieldId = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_-]{1,60}$")]
HIDDEN_FACTS = ("containment", "cost")
"""How the machine measured, not what it found."""


class UnitName(Schema):
    """The unit of a work."""

    id: str
    name: str


class FileRow(Schema):
    """A current file in a list. `broken` counts binding clauses measured as broken."""

    slot: str
    id: str
    state: str = Field(
        description="received 等待检查；inspected 已检查；damaged、unreadable 有问题"
    )
    broken: int


class EntryRow(Schema):
    """A work in a list."""

    id: str
    contest: str
    number: str = Field(description="审核通过后的编号；之前为空")
    title: str
    unit: UnitName
    track: str
    themes: list[str]
    state: str
    state_name: str
    late: bool
    version: int
    created_at: Instant
    submitted_at: Instant | None
    files: list[FileRow]
    url: str


class EntryPage(Schema):
    """A page of works, in the order in which they were begun."""

    items: list[EntryRow]
    next: Next


class FindingOut(Schema):
    """What one requirement of the rules says about a file, with its clause."""

    requirement: str
    severity: str = Field(description="must 强制；should 建议；prefer 优先")
    verdict: str = Field(description="pass、fail、undetermined 未能判定、person 由人判断")
    measured: str
    required: str
    text: str
    section: str
    words: str


class InspectionOut(Schema):
    """How far the inspection job is."""

    job: str
    state: str
    percent: int
    text: str
    error: str


class FileOut(Schema):
    """One version of the file in a slot, with what was measured."""

    id: str
    slot: str
    version: int
    current: bool
    at: Instant
    filename: str
    size: int = Field(description="字节")
    sha256: str
    state: str
    state_name: str
    trouble: str
    duration_s: str | None = Field(description="秒，三位小数，写成字符串")
    inspection: InspectionOut | None = Field(description="检查尚未结束时")
    findings: list[FindingOut]
    facts: dict[str, Any] = Field(description="测得的事实，见 docs/reference/media.md")


class OwedOut(Schema):
    """What is still missing before the work can be submitted."""

    field: str
    message: str


class DeclarationOut(Schema):
    """A declaration that was signed and stands."""

    id: str
    text: str
    signed_name: str
    at: Instant


class ReviewOut(Schema):
    """A decision of the review desk."""

    decision: str = Field(description="accept 通过；return 退回")
    reasons: str
    mend_until: Instant | None
    at: Instant


class EntryOut(EntryRow):
    """A work with everything that its own page shows."""

    fields: dict[str, Any]
    mend_until: Instant | None
    deadline: Instant = Field(description="可以修改到何时")
    confirmed_at: Instant | None
    owed: list[OwedOut]
    files_all: list[FileOut] = Field(description="各版本文件，新的在前")
    declarations: list[DeclarationOut]
    reviews: list[ReviewOut]
    shown: bool = Field(description="是否正在展播")


class Receipt(Schema):
    """What stands after a change."""

    id: str
    state: str
    state_name: str
    version: int
    number: str
    url: str


class Person(Strict):
    """A person in a field of people."""

    name: Annotated[Line, Field(min_length=1, max_length=60)]
    role: Annotated[Line, Field(max_length=40)] = ""


class NewEntry(Strict):
    """A draft to begin."""

    unit: Number
    track: Annotated[Line, Field(max_length=60, description="作品类别编号，见规则 tracks")]


class Changes(Strict):
    """What to write into a draft. `version` is the one that was read; fields not named stay."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    fields: Annotated[
        dict[FieldId, Text | Annotated[list[Person], Field(max_length=100)]],
        Field(max_length=100, description="栏目编号 → 文字；人员栏为列表。见规则 tracks[].fields"),
    ] = {}
    themes: Annotated[
        list[Annotated[Line, Field(max_length=60)]] | None,
        Field(max_length=20, description="创作方向编号；不写则不变"),
    ] = None


class Submission(Strict):
    """Handing in: the version seen, the declarations agreed to, and who signs."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    declared: Annotated[
        list[Annotated[Line, Field(max_length=60)]],
        Field(max_length=50, description="同意的承诺编号，见规则 declarations（when=submit）"),
    ]
    signed_name: Annotated[Line, Field(min_length=1, max_length=60, description="承诺人姓名")]


class UploadWish(Strict):
    """Which slot a file is for."""

    slot: Annotated[Line, Field(max_length=60, description="文件项编号，见规则 tracks[].slots")]


class UploadGrant(Schema):
    """Permission to send one file by tus 1.0 to `endpoint`, with `grant` in Upload-Metadata."""

    endpoint: str
    grant: str
    expires_at: Instant
    max_size: int = Field(description="字节")


class PointOut(Schema):
    """A point of the reviewer's checklist. `machine` is what was measured."""

    requirement: str
    text: str
    severity: str
    machine: str
    measured: str
    required: str
    section: str
    words: str


class SheetOut(Schema):
    """A work on the review desk."""

    entry: str
    version: int
    state: str
    points: list[PointOut]
    reviews: list[ReviewOut]


class PointIn(Strict):
    """A judgement on one point."""

    requirement: Annotated[Line, Field(max_length=60)]
    decision: Annotated[str, Field(pattern="^(ok|broken)$", description="ok 符合；broken 不符合")]
    note: Annotated[Line, Field(max_length=200)] = ""


class Acceptance(Strict):
    """Letting a work into the contest."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    points: Annotated[list[PointIn], Field(max_length=200)] = []


class Return(Acceptance):
    """Giving a work back to its unit."""

    reasons: Annotated[Text, Field(max_length=2000)]
    mend_until: Annotated[When, Field(description="修改期限，带时区")]


def entry_row(entry: Entry, contest: str) -> dict[str, Any]:
    """The fields of `EntryRow` but its files."""
    return {
        "id": str(entry.pk),
        "contest": contest,
        "number": entry.number,
        "title": entry.title,
        "unit": UnitName(id=str(entry.unit_id), name=entry.unit.name),
        "track": entry.track,
        "themes": [str(theme) for theme in entry.themes],
        "state": entry.state,
        "state_name": str(State(entry.state).label),
        "late": entry.late,
        "version": entry.version,
        "created_at": entry.created_at,
        "submitted_at": entry.submitted_at,
        "url": entry_url(entry),
    }


def entry_url(entry: Entry) -> str:
    """Where a work is read."""
    return f"/api/v1/entries/{entry.pk}"


def listed(entry: Entry, contest: str) -> EntryRow:
    """A work of a list, as `entries.feeds` reads it."""
    files = [
        FileRow(slot=f.slot, id=str(f.asset_id), state=f.asset.state, broken=len(f.asset.broken))
        for f in entry.current_files  # type: ignore[attr-defined]
    ]
    return EntryRow(**entry_row(entry, contest), files=files)


def whole(page: Page, reviews: list[Any], *, shown: bool) -> EntryOut:
    """A work as its page shows it."""
    entry = page.entry
    return EntryOut(
        **entry_row(entry, entry.contest.slug),
        files=[
            FileRow(slot=slot, id=str(v.file.id), state=v.file.state, broken=len(v.file.broken))
            for slot, v in page.current.items()
        ],
        fields=entry.fields,
        mend_until=entry.mend_until,
        deadline=page.deadline,
        confirmed_at=entry.confirmed_at,
        owed=[OwedOut(field=each.field, message=each.message) for each in page.owed],
        files_all=[_file(slot, v) for slot, rows in page.versions.items() for v in rows],
        declarations=[
            DeclarationOut(id=d.declaration, text=d.text, signed_name=d.signed_name, at=d.at)
            for d in page.declarations
        ],
        reviews=[review_out(each) for each in reviews],
        shown=shown,
    )


def sheet_out(sheet: Sheet) -> SheetOut:
    """The review desk's sheet."""
    entry = sheet.page.entry
    return SheetOut(
        entry=str(entry.pk),
        version=entry.version,
        state=entry.state,
        points=[
            PointOut(
                requirement=p.requirement,
                text=p.text,
                severity=p.severity,
                machine=p.machine,
                measured=p.measured,
                required=p.required,
                section=p.section,
                words=p.words,
            )
            for p in sheet.points
        ],
        reviews=[review_out(each) for each in sheet.reviews],
    )


def review_out(review: Any) -> ReviewOut:
    """A decision, without the reviewer's name."""
    return ReviewOut(
        decision=review.decision,
        reasons=review.reasons,
        mend_until=review.mend_until,
        at=review.at,
    )


def receipt(entry: Entry) -> Receipt:
    """What stands after a change."""
    return Receipt(
        id=str(entry.pk),
        state=entry.state,
        state_name=str(State(entry.state).label),
        version=entry.version,
        number=entry.number,
        url=entry_url(entry),
    )


def _file(slot: str, version: Version) -> FileOut:
    file = version.file
    return FileOut(
        id=str(file.id),
        slot=slot,
        version=version.number,
        current=version.current,
        at=version.at,
        filename=file.filename,
        size=file.size,
        sha256=file.sha256,
        state=file.state,
        state_name=file.state_name,
        trouble=file.trouble,
        duration_s=None if file.duration is None else f"{float(file.duration):.3f}",
        inspection=_inspection(file),
        findings=[
            FindingOut(
                requirement=f.requirement,
                severity=f.severity,
                verdict=f.verdict,
                measured=f.measured,
                required=f.required,
                text=f.text,
                section=f.section,
                words=f.words,
            )
            for f in file.findings
        ],
        facts={name: value for name, value in file.facts.items() if name not in HIDDEN_FACTS},
    )


def _inspection(file: Checked) -> InspectionOut | None:
    job = file.progress
    if job is None:
        return None
    return InspectionOut(
        job=str(job.id), state=job.state, percent=job.percent, text=job.text, error=job.error
    )
