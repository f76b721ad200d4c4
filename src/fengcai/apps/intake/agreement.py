"""How often reviewers agreed with the machine, by requirement and by check; how each check is set.

Counts the words that stand, each beside what the machine had said when it was given. A requirement on
which nobody spoke says nothing about the machine.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Count, TextField
from django.db.models.functions import Cast

from fengcai.apps.assets.models import Finding, Tuning
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.intake.models import Ruling
from fengcai.apps.people.models import User
from fengcai.core.inspection import SCALES
from fengcai.media.remarks import NAMES

MEASURED = ("pass", "undetermined", "fail")


@dataclass(frozen=True)
class Agreement:
    """One requirement, or one check: what the machine said × what a person said of it.

    `cells` counts (machine, person); `findings` how often the machine said what, on the current
    files, whether a person spoke or not.
    """

    id: str
    name: str
    cells: dict[tuple[str, str], int]
    findings: dict[str, int]

    def _cell(self, machine: str, says: str) -> int:
        return self.cells.get((machine, says), 0)

    @property
    def agreed(self) -> int:
        """Both said the same."""
        return self._cell("pass", "ok") + self._cell("fail", "broken")

    @property
    def false_alarms(self) -> int:
        """The machine found a breach, the person none."""
        return self._cell("fail", "ok")

    @property
    def missed(self) -> int:
        """The machine found none, the person one."""
        return self._cell("pass", "broken")

    @property
    def doubt_ok(self) -> int:
        """The machine doubted, the person found it in order."""
        return self._cell("undetermined", "ok")

    @property
    def doubt_broken(self) -> int:
        """The machine doubted, the person found a breach."""
        return self._cell("undetermined", "broken")

    @property
    def spoken(self) -> int:
        """On how many a person spoke."""
        return sum(self.cells.values())

    @property
    def percent(self) -> int | None:
        """Agreement where the machine did not doubt, whole percent rounded down; None without any."""
        sure = self.agreed + self.false_alarms + self.missed
        return 100 * self.agreed // sure if sure else None


@dataclass(frozen=True)
class Setting:
    """How a contest has a check judge, with who set it, when and why."""

    number: int
    stance: str
    stance_name: str
    factor: Fraction
    reason: str
    by: str
    at: datetime

    @property
    def times(self) -> str:
        """The factor as people write it: 1.3."""
        return f"{float(self.factor):g}"


@dataclass(frozen=True)
class CheckRow:
    """A check with its agreement, its present setting and the former ones, newest first."""

    agreement: Agreement
    movable: bool
    setting: Setting | None
    former: tuple[Setting, ...]


@dataclass(frozen=True)
class Inspection:
    """What the organiser's page on inspection shows."""

    requirements: tuple[Agreement, ...]
    checks: tuple[CheckRow, ...]

    @property
    def spoken(self) -> int:
        """How many words stand."""
        return sum(each.spoken for each in self.requirements)


def inspection_of(*, contest: Contest, user: User) -> Inspection:
    """Agreement and settings of a contest. Organisers may. 4 SQL whatever the number of works."""
    require_role(user, contest, Role.ORGANISER)
    counted = _counted(contest)
    said = _said_by_machine(contest)
    rules = rules_of(contest)
    known = dict.fromkeys([*said, *(requirement for requirement, *_ in counted)])
    requirements = []
    for id in known:
        rule = rules.requirement(id)
        cells = Counter[tuple[str, str]]()
        for requirement, _, machine, says, many in counted:
            if requirement == id:
                cells[machine, says] += many
        requirements.append(Agreement(id, rule.text if rule else id, dict(cells), said.get(id, {})))
    requirements.sort(key=lambda each: (-each.false_alarms - each.missed, -each.spoken, each.name))
    return Inspection(tuple(requirements), _checks(contest, counted))


def _checks(contest: Contest, counted: Iterable[_Count]) -> tuple[CheckRow, ...]:
    cells: dict[str, Counter[tuple[str, str]]] = {}
    for _, checks, machine, says, many in counted:
        for check in checks:
            cells.setdefault(check, Counter())[machine, says] += many
    settings: dict[str, list[Setting]] = {}
    now: dict[str, Setting] = {}
    rows = Tuning.objects.filter(contest=contest).select_related("by").order_by("-at", "-pk")
    for row in rows:
        setting = Setting(
            number=row.pk,
            stance=row.stance,
            stance_name=row.get_stance_display(),
            factor=Fraction(row.factor),
            reason=row.reason,
            by=str(row.by),
            at=row.at,
        )
        if row.replaced_at is None:
            now[row.check_name] = setting
        else:
            settings.setdefault(row.check_name, []).append(setting)
    return tuple(
        CheckRow(
            agreement=Agreement(name, NAMES[name], dict(cells.get(name, {})), {}),
            movable=name in SCALES,
            setting=now.get(name),
            former=tuple(settings.get(name, ())),
        )
        for name in TUNABLE
    )


TUNABLE = tuple(
    name
    for name in NAMES
    if name not in ("loudness", "speech", "shots", "screen", "editing", "place", "stutter",
                    "platform_text", "record_page", "links", "images", "dynamic_range", "tracks")
)  # fmt: skip
"""The checks that a contest may set: those whose answer predicates of rulebooks ask for."""

_Count = tuple[str, tuple[str, ...], str, str, int]


def _counted(contest: Contest) -> list[_Count]:
    """The words that stand: requirement, checks behind it, machine, person, how many. 1 SQL."""
    rows = (
        Ruling.objects.filter(contest=contest, replaced_at=None, machine__in=MEASURED)
        .order_by()
        .annotate(behind=Cast("checks", TextField()))
        .values_list("requirement", "behind", "machine", "says")
        .annotate(many=Count("pk"))
    )
    return [
        (requirement, tuple(json.loads(behind)), machine, says, many)
        for requirement, behind, machine, says, many in rows
    ]


def _said_by_machine(contest: Contest) -> dict[str, dict[str, int]]:
    """What the machine says of the current files, by requirement. 1 SQL."""
    rows = (
        Finding.objects.filter(
            asset__contest=contest, asset__version__current=True, verdict__in=MEASURED
        )
        .order_by()
        .values_list("requirement", "verdict")
        .annotate(many=Count("pk"))
    )
    found: dict[str, dict[str, int]] = {}
    for requirement, verdict, many in rows:
        found.setdefault(requirement, {})[verdict] = many
    return found
