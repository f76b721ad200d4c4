"""What a person has to decide: doubtful wording with its legal basis, works that are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from ninja import Schema
from pydantic import Field

from fengcai.api.pages import Next
from fengcai.api.types import Instant, Number, Strict, Text, Version

if TYPE_CHECKING:
    from fengcai.apps.compliance.queries import RemarkRow
    from fengcai.apps.likeness.queries import LikenessRow, Work

Reason = Annotated[
    Text, Field(min_length=1, max_length=500, description="理由，必填；记入活动记录")
]


class BasisOut(Schema):
    """A legal basis and what it says."""

    law: str
    article: str
    says: str
    advice: str
    second_hand: bool = Field(description="条文出自转引，尚未核对原文")


class SpanOut(Schema):
    """A stretch of time."""

    from_s: str = Field(description="秒，三位小数，写成字符串")
    to_s: str


class RemarkOut(Schema):
    """Doubtful words of a work with their surroundings. Personal numbers are masked."""

    id: str
    version: int
    entry: str
    title: str
    unit: str
    number: str
    place: str = Field(description="出自哪个栏目或文件")
    before: str
    words: str
    behind: str
    times: int = Field(description="同一句出现的次数")
    moments: list[SpanOut] = Field(description="出现在画面、字幕或讲话中的时间")
    bases: list[BasisOut] = Field(description="依据，最要紧的在前")
    clear: bool = Field(description="是：词语本身就指明问题；否：要看上下文")
    decision: str = Field(
        description="空：待判断；keep 可以保留；change 要求修改；unrelated 不涉及"
    )
    reason: str
    decided_at: Instant | None


class RemarkPage(Schema):
    """A page of remarks, in the order in which they were found."""

    items: list[RemarkOut]
    next: Next


class SeenIn(Strict):
    """A remark as it was seen."""

    id: Number
    version: Version


class RemarksDecision(Strict):
    """A person's word on remarks."""

    remarks: Annotated[list[SeenIn], Field(min_length=1, max_length=200)]
    decision: Annotated[
        str,
        Field(
            pattern="^(keep|change|unrelated)?$",
            description="keep 可以保留；change 要求修改；unrelated 不涉及；空串收回先前的决定",
        ),
    ]
    reason: Reason


class Decided(Schema):
    """How many were decided."""

    decided: int


class LikeWork(Schema):
    """One of two works that are alike. Of another contest's work only the contest is told."""

    entry: str | None = Field(description="作品编号；往届登记的作品和不能知道的作品为 null")
    title: str
    unit: str
    number: str
    contest: str = Field(description="活动名称；往届登记的作品为年份和奖项")
    prior: str | None = Field(description="往届登记的作品的编号")


class StretchOut(Schema):
    """Seconds of the one work that equal seconds of the other."""

    kind: str = Field(description="picture 画面；sound 声音")
    mine: SpanOut
    theirs: SpanOut
    pace: float = Field(description="对方快慢：1 为原速")


class LikenessOut(Schema):
    """What two works have in common, and what a person decided on it."""

    id: str
    version: int
    verdict: str = Field(description="copy 疑似同一作品；shares 部分素材相同；template 模板相似")
    verdict_name: str
    mine: LikeWork
    theirs: LikeWork
    relation: str
    said: list[str] = Field(description="机器的依据，逐句")
    stretches: list[StretchOut]
    decision: str = Field(description="空：待判断（模板相似不必判断）；copy 认定重复；allowed 允许")
    reason: str
    decided_at: Instant | None


class LikenessPage(Schema):
    """A page of likenesses, in the order in which they were found."""

    items: list[LikenessOut]
    next: Next


class LikenessDecision(Strict):
    """A person's word on one pair."""

    version: Version
    decision: Annotated[
        str,
        Field(
            pattern="^(copy|allowed)?$",
            description="copy 认定重复；allowed 允许；空串收回先前的决定",
        ),
    ]
    reason: Reason


def remark_out(row: RemarkRow) -> RemarkOut:
    """A remark, without the name of who decided."""
    return RemarkOut(
        id=str(row.id),
        version=row.version,
        entry=str(row.entry),
        title=row.work,
        unit=row.unit,
        number=row.number,
        place=row.place,
        before=row.before,
        words=row.words,
        behind=row.behind,
        times=row.times,
        moments=[_span(each.from_s, each.to_s) for each in row.moments],
        bases=[
            BasisOut(
                law=each.law,
                article=each.article,
                says=each.says,
                advice=each.advice,
                second_hand=each.second_hand,
            )
            for each in row.bases
        ],
        clear=row.clear,
        decision=row.decision,
        reason=row.reason,
        decided_at=row.decided_at,
    )


def likeness_out(row: LikenessRow) -> LikenessOut:
    """A likeness from the side of the contest that asks, without the name of who decided."""
    return LikenessOut(
        id=str(row.id),
        version=row.version,
        verdict=row.verdict,
        verdict_name=row.verdict_name,
        mine=_work(row.mine),
        theirs=_work(row.theirs),
        relation=row.relation,
        said=list(row.said),
        stretches=[
            StretchOut(
                kind=each.kind,
                mine=_span(each.mine_from, each.mine_to),
                theirs=_span(each.theirs_from, each.theirs_to),
                pace=each.pace,
            )
            for each in row.stretches
        ],
        decision=row.decision,
        reason=row.reason,
        decided_at=row.decided_at,
    )


def _work(work: Work) -> LikeWork:
    return LikeWork(
        entry=str(work.id) if work.id else None,
        title=work.title,
        unit=work.unit,
        number=work.number,
        contest=work.contest,
        prior=str(work.prior) if work.prior else None,
    )


def _span(from_s: float, to_s: float) -> SpanOut:
    return SpanOut(from_s=f"{from_s:.3f}", to_s=f"{to_s:.3f}")
