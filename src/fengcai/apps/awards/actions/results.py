"""From a sealed ranking to an approved result: the committee's decisions, the allocation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.awards.models import Decision, Result
from fengcai.apps.awards.outcome import (
    Outcome,
    call_by_name,
    outcome_of,
    standing_decisions,
)
from fengcai.apps.awards.resting import footing_of
from fengcai.apps.awards.rules import require_not_approved
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.core.allocation import CommitteeDecision, Vacated, check_decision, check_vacated

Kind = Decision.Kind


@transaction.atomic
def decide_award(
    *,
    contest: Contest,
    award_id: str,
    entries: Sequence[UUID],
    reason: str,
    minutes: str,
    by: User,
    at: datetime,
    units: Sequence[int] = (),
) -> Decision:
    """Record whom the committee gave an award: works, or `units` where it is an organisation award;
    none leave it vacant on purpose.

    A new decision replaces the one before, which is kept. `minutes` says where it is written down.
    """
    require_role(by, contest, Role.ORGANISER)
    contest = _locked(contest)
    require_not_approved(contest)
    footing = footing_of(contest)
    panels = footing.panels()
    panel = panels[footing.last.round_id]
    to_units = any(one.id == award_id and one.to_units for one in panel.rules.awards)
    works = [str(id) for id in (units if to_units else entries)]
    decision = CommitteeDecision(award_id, tuple(works), panel.rule.panel, reason.strip(), minutes)
    _written_down(reason, minutes)
    inside = {row.entry_id for each in panels.values() for row in each.works}
    if (entries and to_units) or (units and not to_units):
        who = "单位" if to_units else "作品"
        raise Refused(f"这个奖项发给{who}。", fields={"entries": f"请选择{who}"})
    known = set(Unit.objects.filter(contest=contest, pk__in=units).values_list("pk", flat=True))
    if not set(units) <= known:
        raise Refused("所选单位不在本活动的单位名单中。", fields={"entries": "请从名单中选择"})
    if not set(entries) <= inside:
        raise Refused("所选作品不在本次评审之列。", fields={"entries": "请从参评作品中选择"})
    problems = check_decision(panel.rules.model_dump(mode="json")["awards"], decision)
    if problems:
        raise Refused("这项评定不能记录：" + "".join(problems), fields={"entries": problems[0]})
    earlier = Decision.objects.filter(
        contest=contest, kind=Kind.AWARD, award_id=award_id, replaced_at=None
    ).first()
    return _keep(contest, Kind.AWARD, award_id, works, reason, minutes, earlier, by, at)


@transaction.atomic
def break_tie(
    *,
    contest: Contest,
    entries: Sequence[UUID],
    reason: str,
    minutes: str,
    by: User,
    at: datetime,
) -> Decision:
    """Record in which order the committee puts works that are tied: exactly one tied group, whole."""
    require_role(by, contest, Role.ORGANISER)
    contest = _locked(contest)
    require_not_approved(contest)
    _written_down(reason, minutes)
    works = [str(id) for id in entries]
    made = standing_decisions(contest)
    earlier = next(
        (one for one in made if one.kind == Kind.TIE and set(one.entries) == set(works)), None
    )
    rankings = outcome_of(contest, decisions=[one for one in made if one != earlier]).rankings
    ties = [tie for ranking in rankings.values() for tie in ranking.ties]
    tied = next((tie for tie in ties if set(tie.works) == set(works)), None)
    if tied is None or len(works) != len(tied.works):
        raise Refused(
            "请把并列的一组作品全部排出先后，不多不少。",
            fields={"entries": "这些作品不是并列的一组"},
        )
    return _keep(contest, Kind.TIE, "", works, reason, minutes, earlier, by, at)


@transaction.atomic
def order_in_award(
    *,
    contest: Contest,
    award_id: str,
    order: Sequence[str],
    reason: str,
    minutes: str,
    by: User,
    at: datetime,
) -> Decision:
    """Record in which order the committee puts those tied at an award's border where the tie is not
    one of the ranking: equal votes, points, marks on one line of the sheet, a cap inside a tie.

    `order` are ids of works, or of units where units get the award: exactly one flagged group.
    """
    require_role(by, contest, Role.ORGANISER)
    contest = _locked(contest)
    require_not_approved(contest)
    _written_down(reason, minutes)
    ids = [str(id) for id in order]
    made = standing_decisions(contest)
    earlier = next(
        (
            one for one in made
            if one.kind == Kind.ORDER and one.award_id == award_id and set(one.entries) == set(ids)
        ),
        None,
    )  # fmt: skip
    flags = outcome_of(contest, decisions=[one for one in made if one != earlier]).allocation.flags
    tied = [
        one for one in flags
        if one.kind == "tie" and one.award == award_id and set(one.works) == set(ids)
    ]  # fmt: skip
    if not tied or len(ids) != len(tied[0].works):
        raise Refused(
            "请把这个奖项里并列的一组全部排出先后，不多不少。",
            fields={"entries": "这些不是并列的一组"},
        )
    return _keep(contest, Kind.ORDER, award_id, ids, reason, minutes, earlier, by, at)


@transaction.atomic
def leave_vacant(
    *,
    contest: Contest,
    award_id: str,
    places: int,
    reason: str,
    minutes: str,
    by: User,
    at: datetime,
    cell: str = "",
) -> Decision:
    """Record that the committee leaves places of an award by ranking vacant, where the rules allow
    it; 0 places take an earlier decision back. `cell` names the scope that has its own number."""
    require_role(by, contest, Role.ORGANISER)
    contest = _locked(contest)
    require_not_approved(contest)
    _written_down(reason, minutes)
    footing = footing_of(contest)
    awards = footing.rules.model_dump(mode="json")["awards"]
    if places:
        problems = check_vacated(awards, Vacated(award_id, places, "评审委员会", reason, cell))
        if problems:
            raise Refused("不能记录空缺：" + "".join(problems), fields={"places": problems[0]})
    earlier = Decision.objects.filter(
        contest=contest, kind=Kind.VACANT, award_id=award_id, cell=cell, replaced_at=None
    ).first()
    if not places and earlier is None:
        raise Refused("请填写空缺几个名额。", fields={"places": "请填写不小于 1 的整数"})
    return _keep(
        contest,
        Kind.VACANT,
        award_id,
        [],
        reason,
        minutes,
        earlier,
        by,
        at,
        places=places,
        cell=cell,
    )


@transaction.atomic
def allocate(*, contest: Contest, by: User, at: datetime) -> Result:
    """Compute the awards from the sealed ranking and the decisions in force.

    What still needs a person is in `allocation["flags"]`. Computing again without a change gives
    the same row.
    """
    require_role(by, contest, Role.ORGANISER)
    contest = _locked(contest)
    require_not_approved(contest)
    outcome = outcome_of(contest)
    standing = Result.objects.filter(contest=contest, current=True).first()
    if standing is not None and standing.hash == outcome.hash:
        return standing
    Result.objects.filter(contest=contest, current=True).update(current=False)
    result = Result.objects.create(
        contest=contest,
        round=outcome.panel.round,
        ranking=outcome.ranking_json,
        decisions=outcome.decisions,
        allocation=outcome.allocation.to_json(),
        hash=outcome.hash,
        computed_at=at,
        computed_by=by,
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="awards.allocate",
        subject=f"result:{result.pk}",
        details={
            "result": result.hash,
            "sheets": outcome.panel.round.hash,
            "rules": outcome.panel.rules.hash,
            "flags": len(outcome.allocation.flags),
            **_rounds(outcome),
        },
        at=at,
    )
    return result


@transaction.atomic
def approve_result(*, contest: Contest, by: User, at: datetime) -> Result:
    """Make the current result final. Refused while anything waits for a person, by name."""
    require_role(by, contest, Role.ORGANISER)
    contest = _locked(contest)
    require_not_approved(contest)
    result = Result.objects.filter(contest=contest, current=True).first()
    if result is None:
        raise Refused("还没有计算评奖结果，请先计算。")
    outcome = outcome_of(contest)
    _refuse_open(outcome)
    if outcome.hash != result.hash:
        raise Refused("计算之后又有新的评定或裁定，请重新计算，核对后再核定。")
    result.approved_at, result.approved_by = at, by
    result.save(update_fields=["approved_at", "approved_by"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="awards.approve",
        subject=f"result:{result.pk}",
        details={"result": result.hash},
        at=at,
    )
    return result


def _refuse_open(outcome: Outcome) -> None:
    flags = outcome.allocation.flags
    names = {
        str(row.entry_id): f"{row.number} 号《{row.entry}》"
        for panel in outcome.panels.values()
        for row in panel.works
    }
    if flags:
        raise Refused(
            f"还有 {len(flags)} 处须由人决定："
            + "".join(call_by_name(flag.text, names) for flag in flags)
        )


def _rounds(outcome: Outcome) -> dict[str, object]:
    """The sheets of every round that the awards rest on, where it is more than one."""
    if len(outcome.panels) == 1:
        return {}
    return {"rounds": {id: panel.round.hash for id, panel in outcome.panels.items()}}


def _written_down(reason: str, minutes: str) -> None:
    missing = {
        name: text
        for name, value, text in (
            ("reason", reason, "请写明理由"),
            ("minutes", minutes, "请写明会议纪要或记录的编号"),
        )
        if not value.strip()
    }
    if missing:
        raise Refused("评委会的决定要写明理由和记录出处，日后才能说清。", fields=missing)


def _keep(
    contest: Contest,
    kind: str,
    award_id: str,
    works: list[str],
    reason: str,
    minutes: str,
    earlier: Decision | None,
    by: User,
    at: datetime,
    *,
    places: int | None = None,
    cell: str = "",
) -> Decision:
    if earlier is not None:
        earlier.replaced_at = at
        earlier.save(update_fields=["replaced_at"])
    decision = Decision.objects.create(
        contest=contest,
        kind=kind,
        award_id=award_id,
        entries=works,
        places=places,
        cell=cell,
        reason=reason.strip(),
        minutes=minutes.strip()[:200],
        by=by,
        at=at,
        # Taking a vacancy back leaves a decision that says so and holds nothing.
        replaced_at=at if kind == Kind.VACANT and not places else None,
    )
    if earlier is not None:
        earlier.replaced_by = decision
        earlier.save(update_fields=["replaced_by"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action=f"awards.decide_{kind}",
        subject=f"award:{award_id}" if award_id else "tie",
        details={
            "decision": decision.pk,
            "works": works,
            "replaces": earlier.pk if earlier else None,
            **({"places": places, "cell": cell} if kind == Kind.VACANT else {}),
        },
        personal={"reason": decision.reason, "minutes": decision.minutes},
        at=at,
    )
    return decision


def _locked(contest: Contest) -> Contest:
    return (
        Contest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version")
        .get(pk=contest.pk)
    )
