"""Handing works to the organiser of a contest above (推荐、上报): what may go, asked again when it is taken.

That organiser is another controller (个人信息保护法 §23): whoever is on screen must have agreed to that use
(`releases.lacking`), else no file goes; whoever is only named is left out (`entries.naming`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import without_texts
from fengcai.apps.entries import naming
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.exchange.models import Pack
from fengcai.apps.exchange.telling import chosen_ids
from fengcai.apps.refusals import Refused
from fengcai.apps.releases.queries import lacking

UPPER = "upper"
MOST_NAMED = 10


def is_upper(chosen: Mapping[str, Any]) -> bool:
    """Whether what comes of a choice leaves the house."""
    return chosen.get("to") == UPPER


def require_released(contest: Contest, chosen: Mapping[str, Any], at: datetime) -> None:
    """Raise `Refused` with the works in which somebody on screen has not agreed. At most 7 SQL."""
    _require(chosen_ids(contest, chosen), at, "一件也没有打包")


def require_still_released(pack: Pack, at: datetime) -> None:
    """The same for a pack that was made before: a consent may have been withdrawn since, to the use or
    to a name that stands in a file's name. At most 10 SQL."""
    members = pack.members.exclude(asset=None)
    ids = set(
        FileVersion.objects.filter(asset__in=members.values("asset")).values_list(
            "entry", flat=True
        )
    )
    _require(ids, at, "这个包不能再下载，请删去它")
    called = "\n".join(members.values_list("name", flat=True))
    entries = {row.pk: naming.names_in(row) for row in Entry.objects.filter(pk__in=ids)}
    hidden = {name for some in naming.unnamed(entries, naming.PASS_ON).values() for name in some}
    if any(name in called for name in hidden):
        raise Refused(
            "打包之后有人撤回了转交上级活动的同意，而他的姓名写在文件名里，这个包不能再下载。"
            "请删去它，再打包一次。"
        )


def _require(ids: Collection[UUID], at: datetime, kept: str) -> None:
    rows = Entry.objects.filter(pk__in=list(ids)).select_related(
        "contest__version", "rulebook", "unit"
    )
    works = {row.pk: row for row in without_texts(rows, "contest__version", "rulebook")}
    owed = lacking(works.values(), "upper", at=at)
    if not owed:
        return
    said = "；".join(
        f"{works[pk].unit.name}《{works[pk]}》"
        + (f"{many} 人没有同意" if many else "没有登记出镜人员")
        for pk, many in list(owed.items())[:MOST_NAMED]
    )
    more = f"；另有 {len(owed) - MOST_NAMED} 件" if len(owed) > MOST_NAMED else ""
    raise Refused(
        f"有 {len(owed)} 件作品的出镜人员没有同意报送上级活动，{kept}：{said}{more}。"
        "请先补签，或不选这些作品。"
    )
