"""Which works enter a round: those handed in and accepted, or those the round before let through."""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.field import placed
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.shortlisting import standing_shortlist
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.timetable import standing

SHOWN = 5


def entering(contest: Contest, rules: Rules, rule: RoundRule) -> list[Entry]:
    """The works that take part if the round opens now, in the order of their numbers.

    Raises `Refused` while the round before is not sealed or its shortlist not confirmed, and when
    there is no work for this round.
    """
    rows = Entry.objects.filter(contest=contest, state=State.ACCEPTED)
    if rule.input != "submission":
        rows = rows.filter(pk__in=_let_through(contest, rules, rule))
    if rule.tracks:
        rows = rows.filter(track__in=rule.tracks)
    found = list(rows.select_related("unit__parent").order_by("number", "created_at"))
    if rule.divisions or rule.regions:
        found = [
            each.entry
            for each in placed(rules, found)
            if each.within(tracks=(), divisions=rule.divisions, regions=rule.regions)
        ]
    if not found:
        raise Refused(
            "还没有审核通过的作品，评审不能启动。"
            if rule.input == "submission"
            else f"上一轮的入围名单里没有“{rule.name}”要评的作品。"
        )
    return found


def may_still_come(contest: Contest, rules: Rules, at: datetime) -> list[str]:
    """Why works of the submission may still come in, sentence by sentence; empty if none may."""
    said: list[str] = []
    if standing(rules.window, at) != "closed":
        said.append(f"报送还没有截止（{rules.window.cite}）。")
    waiting = Entry.objects.filter(contest=contest).select_related("unit")
    for state, what in (
        (State.SUBMITTED, "等待负责人确认"),
        (State.GATHERED, "等待汇总上报"),
        (State.CONFIRMED, "等待审核"),
        (State.RETURNED, "退回修改、期限未到"),
    ):
        rows = waiting.filter(state=state)
        if state == State.RETURNED:
            rows = rows.filter(mend_until__gte=at)
        names = [f"{row.unit.name}《{row}》" for row in rows]
        if names:
            more = f"等 {len(names)} 件" if len(names) > SHOWN else ""
            said.append(f"{'、'.join(names[:SHOWN])}{more}还在{what}。")
    return said


def _let_through(contest: Contest, rules: Rules, rule: RoundRule) -> list[str]:
    before = rules.round(rule.input)
    name = before.name if before else rule.input
    source = Round.objects.filter(contest=contest, round_id=rule.input).first()
    if source is None or source.state != Round.State.SEALED:
        raise Refused(f"“{rule.name}”评的是“{name}”的入围作品，而“{name}”还没有封存。")
    shortlist = standing_shortlist(source)
    if shortlist is None:
        raise Refused(f"“{name}”的入围名单还没有确认，确认之后才能启动“{rule.name}”。")
    return [one["work"] for one in shortlist.selection["picks"] if one["outcome"] == "selected"]
