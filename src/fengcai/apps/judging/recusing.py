"""From which works the rules keep a judge away beyond the round's own units: found, not declared.

What a panel says of its judges' regions, pupils and units is looked up once, when the judge is
seated, and kept as rows with their reasons: a round's works do not change, and pages ask the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from fengcai.apps.contests.models import Unit
from fengcai.apps.entries import identity
from fengcai.apps.entries.scope import people_of, region_of, scope_of
from fengcai.apps.judging.models import Conflict, Round, RoundEntry, Seat
from fengcai.apps.judging.panel import panel_id, rule_of
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules

INSTRUCTOR = "指导"
"""What the role of a work's instructor has in its name (指导教师、指导老师)."""

Kind = Conflict.Kind


def find_conflicts(
    round: Round,
    rules: Rules,
    rule: RoundRule,
    *,
    seats: Iterable[Seat],
    works: Sequence[RoundEntry],
    at: datetime,
) -> list[Conflict]:
    """The rows that the rules of the seats' panels make, not yet saved; one for a judge and a work,
    with every reason. At most 1 SQL a seat when the works are read with their units and those'
    superiors.
    """
    regions: dict[int, str] = {}

    def region(unit: Unit) -> str:
        if unit.pk not in regions:
            above = region_of(rules, unit, [unit.parent.name] if unit.parent else [])
            regions[unit.pk] = above.name if above else ""
        return regions[unit.pk]

    found = []
    for seat in seats:
        panel = rules.panel(panel_id(rule, seat))
        kinds = [kind for kind in panel.recusal if kind != "declared"] if panel else []
        if rule.recuse_own_unit and "own_unit" in kinds:
            kinds.remove("own_unit")  # the whole round keeps to it, without rows
        own = list(seat.units.select_related("parent")) if kinds else []
        units, home = {unit.pk for unit in own}, {region(unit) for unit in own} - {""}
        for row in works if kinds else ():
            reasons: dict[str, str] = {}
            theirs = region(row.entry.unit) if "own_region" in kinds else ""
            if "own_unit" in kinds and row.entry.unit_id in units:
                reasons[Kind.UNIT] = "作品由评委所在单位报送，按规则回避。"
            if theirs in home:
                reasons[Kind.REGION] = f"作品来自评委所在的{theirs}，按规则回避。"
            if "own_student" in kinds and _teaches(seat.judge, row, rules):
                reasons[Kind.STUDENT] = "评委是作品的指导教师，按规则回避。"
            if reasons:
                found.append(
                    Conflict(
                        round=round,
                        judge=seat.judge,
                        entry=row.entry,
                        kind=next(iter(reasons)),
                        reason="".join(reasons.values()),
                        declared_at=at,
                    )
                )
    return found


def find_anew(
    round: Round, rules: Rules, seat: Seat, *, at: datetime, work: UUID | None = None
) -> list[Conflict]:
    """Look up anew what the rules keep one judge from (of one `work`), in the place of what was
    found before; what the judge declared stays. Returns the rows in force."""
    mine = Conflict.objects.filter(round=round, judge=seat.judge_id, withdrawn_at=None)
    works = RoundEntry.objects.filter(round=round).select_related("entry__unit__parent")
    if work is not None:
        mine, works = mine.filter(entry=work), works.filter(entry=work)
    mine.exclude(kind=Kind.DECLARED).update(withdrawn_at=at)
    declared = set(mine.values_list("entry_id", flat=True))
    rule = rule_of(rules, round.round_id)
    rest = [row for row in works if row.entry_id not in declared]
    return Conflict.objects.bulk_create(
        find_conflicts(round, rules, rule, seats=[seat], works=rest, at=at)
    )


def listed(conflicts: Iterable[Conflict], seats: Iterable[Seat]) -> dict[str, object]:
    """What was found, as the record keeps it: seats, works and kinds; nothing where nothing was."""
    labels = {seat.judge_id: seat.label for seat in seats}
    rows = [
        {"seat": labels[row.judge_id], "work": str(row.entry_id), "kind": str(row.kind)}
        for row in conflicts
    ]
    return {"recused": rows} if rows else {}


def _teaches(judge: User, row: RoundEntry, rules: Rules) -> bool:
    """Whether the form names the judge as an instructor: by name, unless the telephones differ.

    Two teachers may have one name; a recusal too many costs less than a pupil's mark.
    """
    name, phone = identity.plain(judge.name), identity.phone_key(judge.phone)
    for _, person in people_of(scope_of(row.entry, rules), row.entry.fields):
        if INSTRUCTOR in person.get("role", "") and identity.plain(person["name"]) == name:
            theirs = identity.phone_key(person.get("phone", ""))
            if not phone or not theirs or phone == theirs:
                return True
    return False
