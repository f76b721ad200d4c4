"""What stands in places of a work beside its form: links, things, files in order, what has arrived."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from ninja import Path, Schema
from pydantic import Field

from fengcai.api.types import Instant, Line, Number, Strict, When

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Arrival, Item

MOST_PLACES = 999
SlotId = Annotated[
    str,
    Path(
        max_length=60,
        pattern=r"^[A-Za-z0-9_-]{1,60}$",
        description="文件项编号，见规则 tracks[].slots",
    ),
]
Place = Annotated[int, Path(ge=1, le=MOST_PLACES, description="第几条")]


Address = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class LinkOut(Schema):
    """A link, or a thing that is sent or brought, in a slot."""

    slot: str
    place: int
    url: str = Field(description="网址；实物为空")
    title: str
    platform: str
    account: str
    published_on: date | None


class ArrivalOut(Schema):
    """What the office noted as received: paper (a channel's id) or a thing (a slot's id)."""

    id: str
    what: str
    count: int
    arrived_at: Instant
    late: bool
    note: str


class LinkIn(Strict):
    """What a link or a thing says of itself; what is not named stays as it is."""

    url: Annotated[Address, Field(description="网址；实物不填")] | None = None
    title: Annotated[Line, Field(max_length=200)] | None = None
    platform: Annotated[Line, Field(max_length=60, description="发布平台")] | None = None
    account: Annotated[Line, Field(max_length=60, description="发布账号")] | None = None
    published_on: Annotated[
        date | None, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31), description="发布日期")
    ] = None

    def values(self) -> dict[str, str]:
        """As the action takes them: only what was named."""
        return {
            name: "" if (said := getattr(self, name)) is None else str(said)
            for name in self.model_fields_set
        }


class FileInOrder(Strict):
    """A file of a set, and the words under it."""

    id: Annotated[UUID, Field(description="文件编号，见作品 files_all")]
    caption: Annotated[Line | None, Field(max_length=200, description="说明；不写则不变")] = None


class Order(Strict):
    """The files of a set in the order in which they are to stand; who is not named is taken out."""

    files: Annotated[list[FileInOrder], Field(max_length=MOST_PLACES)]


class ArrivalIn(Strict):
    """That paper or a thing has come in."""

    what: Annotated[Line, Field(max_length=60, description="实物：文件项编号；纸质材料：渠道编号")]
    count: Annotated[int, Field(strict=True, ge=1, le=MOST_PLACES)]
    arrived_at: Annotated[
        When | None, Field(description="收到的时间，或规则所说的邮戳时间；不写为现在")
    ] = None
    note: Annotated[Line, Field(max_length=200, description="快递单号等")] = ""


ArrivalId = Annotated[Number, Path(description="收件登记编号，见作品 arrivals")]


def link_out(row: Item) -> LinkOut:
    """A link or a thing as it stands."""
    return LinkOut(
        slot=row.slot, place=row.place, url=row.url, title=row.title, platform=row.platform,
        account=row.account, published_on=row.published_on,
    )  # fmt: skip


def arrival_out(row: Arrival) -> ArrivalOut:
    """What was noted as received."""
    return ArrivalOut(
        id=str(row.pk), what=row.what, count=row.count, arrived_at=row.arrived_at, late=row.late,
        note=row.note,
    )  # fmt: skip
