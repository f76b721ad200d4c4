"""Works: the row of a list, the whole work, and what may be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Schema
from pydantic import Field

from fengcai.api.pages import Next
from fengcai.api.schemas.desk import ReviewOut, review_out
from fengcai.api.schemas.files import FileOut, FileRow, FindingOut, file_out, finding_out
from fengcai.api.schemas.places import ArrivalOut, LinkOut, arrival_out, link_out
from fengcai.api.types import Instant, Line, Number, Strict, Text, Version
from fengcai.apps.entries.promises import promises
from fengcai.apps.entries.states import State

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Entry
    from fengcai.apps.entries.queries import Page

FieldId = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_-]{1,60}$")]


class UnitName(Schema):
    """The unit of a work."""

    id: str
    name: str


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


class DivisionOut(Schema):
    """A division (组别) that a work is in."""

    id: str
    name: str
    axis: str


class PromiseOut(Schema):
    """What has to be signed for this work, when, by whom, how; whether it is."""

    id: str
    text: str
    when: str = Field(description="submit 提交时；confirm 负责人确认时；award 获奖后")
    signatory: str
    who: str = Field(description="由谁签署")
    evidence: str = Field(
        description="tick 勾选；e_sign 本人输入姓名；signed_scan 签字扫描件；kept_by_unit 原件由单位留存"
    )
    slot: str | None = Field(description="扫描件交到哪一项文件")
    own_name: bool = Field(description="是否要签署人本人的姓名，写在提交的 signers 里")
    signed: bool
    section: str
    words: str


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


class EntryOut(EntryRow):
    """A work with everything that its own page shows."""

    fields: dict[str, Any]
    mend_until: Instant | None
    deadline: Instant = Field(description="可以修改到何时")
    confirmed_at: Instant | None
    owed: list[OwedOut]
    files_all: list[FileOut] = Field(description="各版本文件，新的在前")
    divisions: list[DivisionOut]
    links: list[LinkOut] = Field(description="链接和实物，按次序")
    arrivals: list[ArrivalOut] = Field(description="组织者登记收到的纸质材料和实物")
    set_findings: list[FindingOut] = Field(description="对整组文件的检查，如组照的件数")
    promises: list[PromiseOut] = Field(description="这件作品要签署的承诺与授权")
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


Row = Annotated[
    dict[FieldId, Annotated[str, Field(max_length=500)]],
    Field(
        max_length=20,
        description="列表的一行：文献、素材、人工智能使用、同步报送，或问得更多的人员",
    ),
]


class NewEntry(Strict):
    """A draft to begin."""

    unit: Number
    track: Annotated[Line, Field(max_length=60, description="作品类别编号，见规则 tracks")]


class Changes(Strict):
    """What to write into a draft. `version` is the one that was read; fields not named stay."""

    version: Version
    fields: Annotated[
        dict[FieldId, Text | Annotated[list[Person | Row], Field(max_length=100)]],
        Field(
            max_length=100,
            description="栏目编号 → 文字；人员、文献、素材授权等为列表，一项一个对象。"
            "列表旁的“有/没有”写在 said-栏目编号。见规则 tracks[].fields",
        ),
    ] = {}
    themes: Annotated[
        list[Annotated[Line, Field(max_length=60)]] | None,
        Field(max_length=20, description="创作方向编号；不写则不变"),
    ] = None
    divisions: Annotated[
        list[Annotated[Line, Field(max_length=60)]] | None,
        Field(max_length=20, description="组别编号，每个分组方式一个；不写则不变"),
    ] = None


class Submission(Strict):
    """Handing in: the version seen, the declarations agreed to, and who signs."""

    version: Version
    declared: Annotated[
        list[Annotated[Line, Field(max_length=60)]],
        Field(max_length=50, description="同意的承诺编号，见规则 declarations（when=submit）"),
    ]
    signed_name: Annotated[Line, Field(min_length=1, max_length=60, description="承诺人姓名")]
    signers: Annotated[
        dict[FieldId, Annotated[Line, Field(max_length=60)]],
        Field(
            max_length=50,
            description="承诺编号 → 签署人本人的姓名，见作品 promises 中 own_name 的各项",
        ),
    ] = {}


class UploadWish(Strict):
    """Which slot a file is for."""

    slot: Annotated[Line, Field(max_length=60, description="文件项编号，见规则 tracks[].slots")]
    place: Annotated[
        int | None,
        Field(
            ge=1, le=999, description="替换一组文件中的第几个，或哪条链接的截图；不写为下一个空位"
        ),
    ] = None


class UploadGrant(Schema):
    """Permission to send one file by tus 1.0 to `endpoint`, with `grant` in Upload-Metadata."""

    endpoint: str
    grant: str
    expires_at: Instant
    max_size: int = Field(description="字节")


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
        files_all=[file_out(slot, v) for slot, rows in page.versions.items() for v in rows],
        divisions=[
            DivisionOut(id=each.id, name=each.name, axis=each.axis) for each in page.scope.divisions
        ],
        links=[link_out(each) for each in page.items],
        arrivals=[arrival_out(each) for each in page.arrivals],
        set_findings=[finding_out(each) for rows in page.sets.values() for each in rows],
        promises=_promises(page),
        declarations=[
            DeclarationOut(id=d.declaration, text=d.text, signed_name=d.signed_name, at=d.at)
            for d in page.declarations
        ],
        reviews=[review_out(each) for each in reviews],
        shown=shown,
    )


def _promises(page: Page) -> list[PromiseOut]:
    signed = {each.declaration for each in page.declarations}
    return [
        PromiseOut(
            id=each.id,
            text=each.text,
            when=when,
            signatory=each.signatory,
            who=each.who,
            evidence=each.evidence,
            slot=each.slot,
            own_name=each.own_name,
            signed=each.id in signed,
            section=each.cite.section,
            words=each.cite.words,
        )
        for when in ("submit", "confirm", "award")
        for each in promises(page.scope, when)
    ]


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
