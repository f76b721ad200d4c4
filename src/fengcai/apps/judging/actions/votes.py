"""The result of a public vote as evidence: its counts entered, corrected, and partly declared void.

The vote itself is held elsewhere; what counts here is who vouches for which numbers, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.judging.counts import standing_count, voided
from fengcai.apps.judging.models import Round, VoteCount, VoteVoid
from fengcai.apps.judging.standing import works_in_vote
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules, Vote

MOST_VOTES = 10**12


@transaction.atomic
def enter_votes(
    *,
    contest: Contest,
    vote_id: str,
    counts: Mapping[UUID, int],
    source: str,
    reason: str = "",
    by: User,
    at: datetime,
) -> VoteCount:
    """Record the counts of a vote: one for every work that stood in it, and where they come from.

    Other counts than those before are a correction and need a reason; the former are kept. Raises
    `Refused` naming works that are missing or did not stand in the vote.
    """
    contest, rules, vote = _own(contest, vote_id, by)
    works = {row.pk: f"{row.number} 号《{row}》" for row in works_in_vote(contest, rules, vote)}
    problems: dict[str, str] = {}
    strange = set(counts) - set(works)
    lost = [name for id, name in works.items() if id not in counts]
    if strange:
        problems["counts"] = f"有 {len(strange)} 件作品不在这次投票之列"
    elif lost:
        more = f"等 {len(lost)} 件" if len(lost) > 5 else ""
        problems["counts"] = f"{'、'.join(lost[:5])}{more}没有票数，没有得票的请填 0"
    elif any(not 0 <= many <= MOST_VOTES for many in counts.values()):
        problems["counts"] = "票数应是不小于 0 的整数"
    if not source.strip():
        problems["source"] = "请写明票数出自哪里（平台、截图或公证书编号）"
    earlier = standing_count(contest, vote_id)
    as_text = {str(id): many for id, many in sorted(counts.items(), key=lambda row: str(row[0]))}
    if earlier is not None and earlier.counts != as_text and not reason.strip():
        problems["reason"] = "更正已录入的票数，请写明原因"
    if problems:
        raise Refused("票数没有录入：" + "；".join(problems.values()) + "。", fields=problems)
    if earlier is not None and earlier.counts == as_text:
        return earlier
    if earlier is not None:
        earlier.replaced_at = at
        earlier.save(update_fields=["replaced_at"])
    made = VoteCount.objects.create(
        contest=contest,
        vote_id=vote_id,
        counts=as_text,
        source=source.strip()[:200],
        reason=reason.strip(),
        by=by,
        at=at,
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="judging.votes",
        subject=f"vote:{vote_id}",
        details={
            "count": made.pk,
            "votes": as_text,
            "replaces": earlier.pk if earlier else None,
        },
        personal={"source": made.source, "reason": made.reason},
        at=at,
    )
    return made


@transaction.atomic
def void_votes(
    *,
    contest: Contest,
    vote_id: str,
    entry_id: UUID,
    votes: int,
    reason: str,
    minutes: str,
    by: User,
    at: datetime,
) -> VoteVoid:
    """Declare votes for a work void (作废). Refused without a reason, and for more than there are."""
    contest, _, _ = _own(contest, vote_id, by)
    problems = {
        name: text
        for name, value, text in (
            ("reason", reason, "请写明作废的理由"),
            ("minutes", minutes, "请写明决定或记录的编号"),
        )
        if not value.strip()
    }
    standing = standing_count(contest, vote_id)
    if standing is None or str(entry_id) not in standing.counts:
        raise Refused("这件作品还没有录入票数，不能作废。")
    left = standing.counts[str(entry_id)] - voided(contest, vote_id)[str(entry_id)]
    if not 1 <= votes <= left:
        problems["votes"] = f"作废的票数应在 1 到 {left} 之间"
    if problems:
        raise Refused("没有作废：" + "；".join(problems.values()) + "。", fields=problems)
    made = VoteVoid.objects.create(
        contest=contest,
        vote_id=vote_id,
        entry_id=entry_id,
        votes=votes,
        reason=reason.strip(),
        minutes=minutes.strip()[:200],
        by=by,
        at=at,
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="judging.void_votes",
        subject=f"vote:{vote_id}",
        details={"void": made.pk, "work": str(entry_id), "votes": votes},
        personal={"reason": made.reason, "minutes": made.minutes},
        at=at,
    )
    return made


@transaction.atomic
def restore_votes(*, contest: Contest, void_id: int, by: User, at: datetime) -> VoteVoid:
    """Take a declaration back: the votes count again. The row is kept."""
    row = VoteVoid.objects.filter(pk=void_id, contest=contest, withdrawn_at=None).first()
    if row is None:
        raise NotFound("没有这项作废记录，可能已经撤回。")
    contest, _, _ = _own(contest, row.vote_id, by)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="judging.restore_votes",
        subject=f"vote:{row.vote_id}",
        details={"void": row.pk},
        at=at,
    )
    return row


def _own(contest: Contest, vote_id: str, by: User) -> tuple[Contest, Rules, Vote]:
    """The contest, held, and the vote. Refused once a sealed round has counted the votes."""
    require_role(by, contest, Role.ORGANISER)
    contest = locked(contest)
    rules = rules_of(contest)
    vote = rules.vote(vote_id)
    if vote is None:
        raise NotFound("规则中没有这个投票。")
    for round in Round.objects.filter(contest=contest, state=Round.State.SEALED):
        if vote_id in round.inputs.get("votes", {}):
            raise Refused("这些票数已经计入封存的评审，不能再改。")
    return contest, rules, vote
