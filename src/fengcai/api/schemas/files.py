"""Files of works: what stands in a slot, what was measured, what the rules say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from ninja import Schema
from pydantic import Field

from fengcai.api.types import Instant

if TYPE_CHECKING:
    from fengcai.apps.assets.queries import Checked, FindingRow, Moment
    from fengcai.apps.entries.queries import Version

HIDDEN_FACTS = ("containment", "cost")
"""How the machine measured, not what it found."""


class FileRow(Schema):
    """A current file in a list. `broken` counts binding clauses measured as broken."""

    slot: str
    id: str
    state: str = Field(
        description="received 等待检查；inspected 已检查；damaged、unreadable 有问题"
    )
    broken: int


class MomentOut(Schema):
    """A stretch of a film that shows why a finding says what it says."""

    from_s: str = Field(description="秒，三位小数，写成字符串")
    to_s: str
    moment: str = Field(description="如 0:42–0:55")
    words: str = Field(description="看到了什么；个人信息已遮盖")
    box: tuple[float, float, float, float] | None = Field(
        description="左、上、宽、高，占画面的份额（0–1）"
    )
    picture: str = Field(
        description="证据图片在本站的地址；没有则为空。个人信息只有审核员和组织者看到原样，其他人得到遮盖后的图"
    )
    sure: bool = Field(description="否：机器拿不准")


class FindingOut(Schema):
    """What one requirement of the rules says about a file, with its clause and its moments."""

    requirement: str
    severity: str = Field(description="must 强制；should 建议；prefer 优先")
    verdict: str = Field(description="pass、fail、undetermined 未能判定、person 由人判断")
    measured: str
    required: str
    text: str
    section: str
    words: str
    note: str = Field(description="本活动对这项检查另有设定时，说明改变了什么")
    moments: list[MomentOut] = Field(description="按时间先后；没有问题时为空")


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
    place: int = Field(description="在这一组里的次序，从 1 起；单个文件为 1")
    caption: str = Field(description="图说")
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


def finding_out(row: FindingRow, file: str = "") -> FindingOut:
    """One requirement's verdict on a file, or on a set (which has no moments)."""
    return FindingOut(
        requirement=row.requirement,
        severity=row.severity,
        verdict=row.verdict,
        measured=row.measured,
        required=row.required,
        text=row.text,
        section=row.section,
        words=row.words,
        note=row.note,
        moments=[_moment(each, file) for each in row.moments],
    )


def _moment(moment: Moment, file: str) -> MomentOut:
    picture = reverse("evidence", args=[file, moment.picture]) if moment.picture else ""
    return MomentOut(
        from_s=f"{float(moment.from_s):.3f}",
        to_s=f"{float(moment.to_s):.3f}",
        moment=moment.moment,
        words=moment.words,
        box=moment.box,
        picture=picture,
        sure=moment.sure,
    )


def file_out(slot: str, version: Version) -> FileOut:
    """One version of a file."""
    file = version.file
    return FileOut(
        id=str(file.id),
        slot=slot,
        place=version.place,
        caption=version.caption,
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
        findings=[finding_out(each, str(file.id)) for each in file.findings],
        facts={name: value for name, value in file.facts.items() if name not in HIDDEN_FACTS},
    )


def _inspection(file: Checked) -> InspectionOut | None:
    job = file.progress
    if job is None:
        return None
    return InspectionOut(
        job=str(job.id), state=job.state, percent=job.percent, text=job.text, error=job.error
    )
