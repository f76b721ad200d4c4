"""The rows of the roster's page and of one unit's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from fengcai.apps.contests.queries import book_of, people_in, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import COLUMNS, HEADERS

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Unit
    from fengcai.apps.people.models import User

_MEANS = {
    "unit": "必填。每个单位一行；同名的两个单位在“片区”里写明各自的院区或地区",
    "unit_class": "必填。只能写：",
    "district": "选填。片区、院区或地区，用来分片看报送情况",
    "parent": "选填。写名单中另一个单位的名称",
    "aliases": "选填。别的叫法，用顿号隔开；来信按别名也能认出单位",
    "email": "选填。单位的公共邮箱",
    "unit_phone": "选填。单位的办公电话",
    "contact": "选填。姓名或岗位；导入后为其建账号，凭个人链接进入",
    "phone": "选填。联络员电话，未报送时用来联系",
    "contact_email": "选填。联络员邮箱，催报和回执发到这里",
    "head": "选填。负责人的姓名或岗位，作品须由其确认",
    "head_phone": "选填。负责人电话",
}


@dataclass(frozen=True)
class UnitRow:
    """A unit of the roster with its people."""

    name: str
    class_name: str
    parent: str
    contacts: str
    phones: str
    heads: str
    url: str = ""
    district: str = ""
    aliases: str = ""
    closed: bool = False


def classes_of(contest: Contest) -> dict[str, str]:
    """Class id → name; empty while the notice leaves the classes of units open. No SQL."""
    classes = book_of(contest).book.units.classes
    if not isinstance(classes, dict):
        return {}
    return {id: one.name for id, one in classes.items() if isinstance(one.name, str)}


def units_page(contest: Contest) -> dict[str, Any]:
    """The roster in its order, closed units last. 2 SQL."""
    classes = classes_of(contest)
    people = _people(contest)
    rows = []
    for unit in units_of(contest, closed=True):
        contacts = people.get((unit.pk, Role.CONTACT), [])
        rows.append(
            UnitRow(
                name=unit.name,
                class_name=classes.get(unit.unit_class, unit.unit_class),
                parent=unit.parent.name if unit.parent else "",
                contacts="、".join(map(str, contacts)),
                phones="、".join(user.phone for user in contacts if user.phone),
                heads="、".join(map(str, people.get((unit.pk, Role.HEAD), []))),
                url=reverse("office-unit", args=[contest.slug, unit.pk]),
                district=unit.district,
                aliases="、".join(unit.aliases),
                closed=unit.closed_at is not None,
            )
        )
    standing = [row for row in rows if not row.closed]
    return {
        "units": standing,
        "closed": [row for row in rows if row.closed],
        "without_contact": sum(not row.contacts for row in standing),
        "class_names": list(classes.values()),
        "with_district": any(row.district for row in standing),
    }


def roster_lines(contest: Contest) -> list[list[str]]:
    """The units that are not closed, in the columns that an import reads. 2 SQL."""
    classes, people = classes_of(contest), _people(contest)
    return [_line(unit, classes, people) for unit in units_of(contest)]


def template_rows(contest: Contest) -> list[list[str]]:
    """What goes into which column, with this contest's classes of units."""
    classes = "、".join(classes_of(contest).values())
    return [
        [header, _MEANS[key] + (classes if key == "unit_class" else "")]
        for key, header in zip(COLUMNS, HEADERS, strict=True)
    ]


def _people(contest: Contest) -> dict[tuple[int | None, str], list[User]]:
    found: dict[tuple[int | None, str], list[User]] = {}
    for seat in people_in(contest, Role.CONTACT, Role.HEAD):
        found.setdefault((seat.unit_id, seat.role), []).append(seat.user)
    return found


def _line(
    unit: Unit, classes: dict[str, str], people: dict[tuple[int | None, str], list[User]]
) -> list[str]:
    contacts = people.get((unit.pk, Role.CONTACT), [])
    heads = people.get((unit.pk, Role.HEAD), [])
    told = {
        "unit": unit.name,
        "unit_class": classes.get(unit.unit_class, unit.unit_class),
        "district": unit.district,
        "parent": unit.parent.name if unit.parent else "",
        "aliases": "、".join(unit.aliases),
        "email": unit.email,
        "unit_phone": unit.phone,
        "contact": "、".join(map(str, contacts)),
        "phone": "、".join(user.phone for user in contacts if user.phone),
        "contact_email": next((user.email for user in contacts if user.email), ""),
        "head": "、".join(map(str, heads)),
        "head_phone": "、".join(user.phone for user in heads if user.phone),
    }
    return [told[key] for key in COLUMNS]
