"""The rows of the roster's page, and what of an uploaded table an import looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fengcai.apps.contests.queries import book_of, people_in, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import COLUMNS
from fengcai.engines.documents.tables import Table

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

EXPECTED = tuple(name for names in COLUMNS.values() for name in names)

_MEANS = {
    "unit": "必填。每个单位一行，名称不能重复",
    "unit_class": "必填。只能写：",
    "parent": "选填。写名单中另一个单位的名称",
    "contact": "选填。姓名或岗位；导入后为其建账号，凭个人链接进入",
    "phone": "选填。联络员电话，未报送时用来联系",
    "head": "选填。科室负责人的姓名或岗位，作品须由其确认",
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


def classes_of(contest: Contest) -> dict[str, str]:
    """Class id → name; empty while the notice leaves the classes of units open. No SQL."""
    classes = book_of(contest).book.units.classes
    if not isinstance(classes, dict):
        return {}
    return {id: one.name for id, one in classes.items() if isinstance(one.name, str)}


def units_page(contest: Contest) -> dict[str, Any]:
    """The roster in its order. 2 SQL."""
    classes = classes_of(contest)
    people: dict[tuple[int | None, str], list[Any]] = {}
    for seat in people_in(contest, Role.CONTACT, Role.HEAD):
        people.setdefault((seat.unit_id, seat.role), []).append(seat.user)
    rows = []
    for unit in units_of(contest):
        contacts = people.get((unit.pk, Role.CONTACT), [])
        rows.append(
            UnitRow(
                name=unit.name,
                class_name=classes.get(unit.unit_class, unit.unit_class),
                parent=unit.parent.name if unit.parent else "",
                contacts="、".join(map(str, contacts)),
                phones="、".join(user.phone for user in contacts if user.phone),
                heads="、".join(map(str, people.get((unit.pk, Role.HEAD), []))),
            )
        )
    return {
        "units": rows,
        "without_contact": sum(not row.contacts for row in rows),
        "class_names": list(classes.values()),
    }


def only_known(table: Table) -> dict[str, Any]:
    """Headers and (line, cells) of the columns that a roster has; the others are left behind."""
    kept = [
        place
        for place, header in enumerate(table.headers)
        if "".join(header.split()).rstrip("*＊") in EXPECTED
    ]
    return {
        "headers": [table.headers[place] for place in kept],
        "rows": [[row.number, [row.cells[place] for place in kept]] for row in table.rows],
    }


def template_rows(contest: Contest) -> list[list[str]]:
    """What goes into which column, with this contest's classes of units."""
    classes = "、".join(classes_of(contest).values())
    return [
        [names[0], _MEANS[key] + (classes if key == "unit_class" else "")]
        for key, names in COLUMNS.items()
    ]
