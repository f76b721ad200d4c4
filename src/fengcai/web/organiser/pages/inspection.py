"""The rows of the page on inspection: agreement of people and machine, and how each check is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fengcai.apps.intake.agreement import CheckRow, inspection_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User
    from fengcai.apps.refusals import Refused

STANCES = (
    ("judge", "照常判断", "机器测得符合或不符合，拿不准的由人看"),
    ("advise", "只提示", "机器发现问题只作提示，由审核员判断"),
    ("off", "不用机器判断", "这项检查的结果不作依据，全部由审核员判断"),
)


@dataclass(frozen=True)
class Form:
    """The form of one check, with what was typed where it was refused."""

    row: CheckRow
    stance: str
    factor: str
    reason: str
    errors: dict[str, str]
    open: bool

    @property
    def expected(self) -> str:
        """The number of the setting that the page shows; empty where there is none."""
        return str(self.row.setting.number) if self.row.setting else ""


def inspection_page(
    contest: Contest, user: User, *, check: str = "", typed: QueryDict, error: Refused | None
) -> dict[str, Any]:
    """Agreement and settings; of `check` what was typed. What `inspection_of` asks."""
    found = inspection_of(contest=contest, user=user)
    forms = [
        _form(row, typed if row.agreement.id == check else None, error) for row in found.checks
    ]
    used = [each for each in forms if each.open or each.row.setting or each.row.agreement.spoken]
    return {
        "found": found,
        "stances": STANCES,
        "lists": [
            ("有人判断过或另有设定的检查", used, True),
            ("其余检查", [each for each in forms if each not in used], not used),
        ],
    }


def _form(row: CheckRow, typed: QueryDict | None, error: Refused | None) -> Form:
    if typed is not None:
        return Form(
            row=row,
            stance=typed.get("stance", "judge"),
            factor=typed.get("factor", ""),
            reason=typed.get("reason", ""),
            errors=dict(error.fields) if error else {},
            open=True,
        )
    setting = row.setting
    factor = setting.times if setting else "1"
    return Form(row, setting.stance if setting else "judge", factor, "", {}, False)
