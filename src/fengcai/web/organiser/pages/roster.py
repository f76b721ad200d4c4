"""The preview of a roster of units: what an import would do, what is to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from fengcai.apps.contests import roster
from fengcai.web.organiser.pages.parcels import Counter, Parcel
from fengcai.web.organiser.pages.units import classes_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

WORDS = {
    "unit": "单位名称",
    "unit_class": "类别",
    "district": "片区、院区、地区",
    "parent": "上级单位",
    "aliases": "别名",
    "email": "单位邮箱",
    "unit_phone": "单位电话",
    "contact": "联络员",
    "phone": "联络员电话",
    "contact_email": "联络员邮箱",
    "head": "负责人",
    "head_phone": "负责人电话",
}
UNITS = Counter(roster.ROSTER, WORDS, "个单位", "单位名单文件")


def preview_page(
    contest: Contest, parcel: Parcel, found: roster.RosterPreview, seal: str
) -> dict[str, Any]:
    """What an import would do, with the rows that it would not take ready to be mended."""
    return {
        "preview": found,
        "filename": parcel.filename,
        "headers": parcel.headers,
        "unused": parcel.unused,
        "classes": list(classes_of(contest).values()),
        "rows_template": "organiser/_roster_rows.html",
        "refused_template": "organiser/_roster_mend.html",
        "back": reverse("office-units", args=[contest.slug]),
        "blank": reverse("office-units-template", args=[contest.slug]),
        "take_in": reverse("office-units-import", args=[contest.slug]),
        "mend": reverse("office-units-preview", args=[contest.slug]),
        "parcel": seal,
    }


def mapping_page(contest: Contest, parcel: Parcel, seal: str, typed: Any = None) -> dict[str, Any]:
    """The question which column is what. 1 SQL."""
    return UNITS.mapping_page(parcel, seal, typed) | {
        "back": reverse("office-units", args=[contest.slug]),
        "named": reverse("office-units-columns", args=[contest.slug]),
    }
