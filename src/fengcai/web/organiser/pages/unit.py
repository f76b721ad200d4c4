"""One unit's page: what it is called, its people and who came before, exemptions, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fengcai.apps.contests.life import life_of
from fengcai.apps.contests.queries import units_of
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.pages.owed import log_rows
from fengcai.web.organiser.pages.units import classes_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Unit

FIELDS = ("name", "unit_class", "district", "parent", "aliases", "email", "phone")


def unit_page(
    contest: Contest,
    unit: Unit,
    *,
    typed: Mapping[str, str] | None = None,
    part: str = "",
    error: Refused | None = None,
) -> dict[str, Any]:
    """Everything about one unit; `typed` and `error` are of the form `part`. 7 SQL."""
    others = [each for each in units_of(contest) if each.pk != unit.pk]
    stands = {
        "name": unit.name,
        "unit_class": unit.unit_class,
        "district": unit.district,
        "parent": str(unit.parent_id or ""),
        "aliases": "、".join(unit.aliases),
        "email": unit.email,
        "phone": unit.phone,
    }
    said = {key: (typed or {}).get(key, stands[key]) for key in FIELDS}
    return {
        "unit": unit,
        "class_name": classes_of(contest).get(unit.unit_class, unit.unit_class),
        "life": life_of(unit, at=timezone.now()),
        "typed": said if part == "change" else stands,
        "sent": typed or {},
        "part": part,
        "fields": error.fields if error else {},
        "classes": list(classes_of(contest).items()),
        "others": [(str(each.pk), each.name) for each in others],
        "log": log_rows(contest, unit.pk),
    }


def blank_page(contest: Contest, typed: Mapping[str, str], error: Refused | None) -> dict[str, Any]:
    """The form of one more unit. 1 SQL."""
    return {
        "typed": {key: typed.get(key, "") for key in FIELDS},
        "fields": error.fields if error else {},
        "classes": list(classes_of(contest).items()),
        "others": [(str(each.pk), each.name) for each in units_of(contest)],
    }
