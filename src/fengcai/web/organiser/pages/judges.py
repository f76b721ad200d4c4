"""The rows of the judges' list, and the preview of a table of judges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from fengcai.apps.contests.judges import Judge, judges_listed
from fengcai.apps.contests.judges_reading import (
    JUDGES,
    JudgesPreview,
    kinds_in_book,
    panels_in_book,
)
from fengcai.web.organiser.pages.parcels import Counter, Parcel

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

WORDS = {
    "name": "姓名",
    "workplace": "单位",
    "title": "职称",
    "profession": "专业",
    "phone": "手机",
    "email": "邮箱",
    "group": "评审组别",
    "kinds": "评委类型",
    "recused": "回避单位",
}
JUDGES_COUNTER = Counter(JUDGES, WORDS, "位评委", "评委名单文件")
_MEANS = {
    "name": "必填。每位评委一行",
    "workplace": "选填。在单位名单里的，评审时自动回避本单位作品",
    "title": "选填。职称或职务",
    "profession": "选填。专业",
    "phone": "选填。手机号相同的，认作同一人，不重复建账号",
    "email": "选填。可以把个人链接发到这里",
    "group": "选填。在哪个组评审；几个组用顿号隔开",
    "kinds": "选填。规则对评委的构成有要求时，写是哪一类",
    "recused": "选填。除本单位外还要回避的单位，用顿号隔开；须在单位名单里",
}


def judges_page(contest: Contest) -> dict[str, Any]:
    """The list as it stands, and the way to bring one in. 2 SQL."""
    judges = judges_listed(contest)
    return {
        "judges": judges,
        "with_groups": any(one.group or one.kinds for one in judges),
        "unreachable": sum(not one.phone and not one.email for one in judges),
        "panels": list(panels_in_book(contest).values()),
        "kinds": kinds_in_book(contest),
    }


def judge_lines(contest: Contest) -> list[list[str]]:
    """The judges in the columns that an import reads. 2 SQL."""
    return [_line(one) for one in judges_listed(contest)]


def template_rows(contest: Contest) -> list[list[str]]:
    """What goes into which column, with this contest's own words."""
    more = {"group": panels_in_book(contest).values(), "kinds": kinds_in_book(contest)}
    return [
        [
            header,
            _MEANS[key] + (f"。可写：{'、'.join(words)}" if (words := more.get(key)) else ""),
        ]
        for key, header in zip(JUDGES.names, JUDGES.headers, strict=True)
    ]


def preview_page(
    contest: Contest, parcel: Parcel, found: JudgesPreview, seal: str
) -> dict[str, Any]:
    """What an import would do, with the rows that it would not take ready to be mended. No SQL."""
    return {
        "preview": found,
        "filename": parcel.filename,
        "headers": parcel.headers,
        "unused": parcel.unused,
        "panels": list(panels_in_book(contest).values()),
        "kinds": kinds_in_book(contest),
        "rows_template": "organiser/_judge_rows.html",
        "refused_template": "organiser/_judge_mend.html",
        "back": reverse("office-judges", args=[contest.slug]),
        "blank": reverse("office-judges-template", args=[contest.slug]),
        "take_in": reverse("office-judges-import", args=[contest.slug]),
        "mend": reverse("office-judges-preview", args=[contest.slug]),
        "parcel": seal,
    }


def mapping_page(
    contest: Contest, parcel: Parcel, seal: str, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The question which column is what. 1 SQL."""
    return JUDGES_COUNTER.mapping_page(parcel, seal, typed) | {
        "back": reverse("office-judges", args=[contest.slug]),
        "named": reverse("office-judges-columns", args=[contest.slug]),
    }


def _line(one: Judge) -> list[str]:
    told = {
        "name": one.name,
        "workplace": one.workplace,
        "title": one.title,
        "profession": one.profession,
        "phone": one.phone,
        "email": one.email,
        "group": one.group,
        "kinds": "、".join(one.kinds),
        "recused": "、".join(name for name in one.units if name != one.workplace),
    }
    return [told[key] for key in JUDGES.names]
