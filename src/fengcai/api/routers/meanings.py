"""What each kind of problem means; open to anybody, so that the `type` of a problem leads somewhere."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema

from fengcai.api.problems import KINDS, Kind
from fengcai.apps.refusals import NotFound

router = Router(tags=["错误"])


class Meaning(Schema):
    """A kind of problem."""

    type: str
    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str


@router.get("/problems", response=list[Meaning], summary="错误类型一览")
def list_problems(request: HttpRequest) -> list[Meaning]:
    """所有错误类型。"""
    return [_meaning(kind) for kind in KINDS.values()]


@router.get("/problems/{name}", response=Meaning, summary="一种错误")
def read_problem(
    request: HttpRequest, name: Annotated[str, Path(max_length=40, pattern=r"^[a-z-]+$")]
) -> Meaning:
    """错误的 type 指向这里。"""
    if name not in KINDS:
        raise NotFound("没有这种错误。")
    return _meaning(KINDS[name])


def _meaning(kind: Kind) -> Meaning:
    return Meaning(
        type=kind.type,
        status=kind.status,
        title=kind.title,
        title_en=kind.title_en,
        detail=kind.detail,
        detail_en=kind.detail_en,
    )
