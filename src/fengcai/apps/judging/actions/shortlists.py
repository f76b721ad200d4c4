"""What the organiser does between two rounds: settle ties, set works aside, confirm who goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.judging.models import Round, Ruling, Shortlist
from fengcai.apps.judging.rules import held
from fengcai.apps.judging.shortlisting import choice_of, feeds, standing_shortlist
from fengcai.apps.judging.tallying import named
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused

Kind = Ruling.Kind


@transaction.atomic
def order_tied(
    *,
    round: Round,
    entries: Sequence[UUID],
    reason: str,
    minutes: str,
    by: User,
    at: datetime,
) -> Ruling:
    """Record in which order a person puts the works that are tied at the shortlist's border:
    exactly one such group, whole."""
    round = _own(round, by)
    _written_down(reason, minutes)
    works = [str(id) for id in entries]
    standing = Ruling.objects.filter(round=round, kind=Kind.ORDER, replaced_at=None)
    earlier = next((row for row in standing if set(row.entries) == set(works)), None)
    flags = choice_of(round, without=earlier).selection.flags
    tied = next((one for one in flags if one.kind == "tie" and set(one.works) == set(works)), None)
    if tied is None or len(works) != len(tied.works):
        raise Refused(
            "请把须裁定的一组并列作品全部排出先后，不多不少。",
            fields={"entries": "这些作品不是须裁定的一组"},
        )
    return _rule(round, Kind.ORDER, works, reason, minutes, earlier, by, at)


@transaction.atomic
def set_aside(
    *, round: Round, entry_id: UUID, reason: str, minutes: str, by: User, at: datetime
) -> Ruling:
    """Do not let a work through a round that nobody marks (形式审查、科学性审核): who, when, why."""
    round = _own(round, by)
    _written_down(reason, minutes)
    choice = choice_of(round)
    if choice.rule.scheme.criteria or choice.rule.vote:
        raise Refused("这一轮按得分确定入围，不能由人把作品划去。")
    if entry_id not in {row.entry_id for row in choice.works}:
        raise NotFound("这一轮评审中没有这件作品。")
    if any(row.kind == Kind.ASIDE and str(entry_id) in row.entries for row in choice.rulings):
        raise Refused("这件作品已经记为不予通过。")
    return _rule(round, Kind.ASIDE, [str(entry_id)], reason, minutes, None, by, at)


@transaction.atomic
def take_back_ruling(*, ruling_id: int, round: Round, by: User, at: datetime) -> Ruling:
    """Take a ruling back, as long as the shortlist is not used. The row is kept."""
    round = _own(round, by)
    row = Ruling.objects.filter(pk=ruling_id, round=round, replaced_at=None).first()
    if row is None:
        raise NotFound("没有这项裁定，可能已经撤回。")
    row.replaced_at = at
    row.save(update_fields=["replaced_at"])
    _note(round, by, "judging.unrule", {"ruling": row.pk}, at)
    return row


@transaction.atomic
def confirm_shortlist(
    *, round: Round, by: User, at: datetime, reason: str = "", minutes: str = ""
) -> Shortlist:
    """Confirm who goes on to the next round. Refused while a tie is open; where a constraint cannot
    be kept, only with the reason and the minutes of who decided so.

    Confirming again before the next round opens replaces the list (a work withdrew, a reserve
    takes its place); the same list changes nothing.
    """
    round = _own(round, by)
    choice = choice_of(round)
    called = {str(row.entry_id): f"{row.number} 号《{row.entry}》" for row in choice.works}
    flags = choice.selection.flags
    open_now = [flag for flag in flags if flag.kind in ("tie", "unused")]
    if open_now:
        raise Refused(
            "入围名单还不能确认："
            + "".join(named(flag.text, called) for flag in open_now)
            + "".join(f"（{'、'.join(called[id] for id in flag.works)}）" for flag in open_now)
        )
    if flags:
        _written_down(reason, minutes, said="".join(flag.text for flag in flags))
    standing = standing_shortlist(round)
    if standing is not None and standing.hash == choice.hash:
        return standing
    if standing is not None:
        standing.replaced_at = at
        standing.save(update_fields=["replaced_at"])
    made = Shortlist.objects.create(
        round=round,
        selection=choice.selection.to_json(),
        hash=choice.hash,
        reason=reason.strip() if flags else "",
        minutes=minutes.strip()[:200] if flags else "",
        by=by,
        at=at,
    )
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.shortlist",
        subject=f"round:{round.pk}",
        details={
            "shortlist": made.hash,
            "works": list(choice.selection.selected),
            "flags": [flag.kind for flag in flags],
            "replaces": standing.hash if standing else None,
        },
        personal={"reason": made.reason, "minutes": made.minutes} if flags else {},
        at=at,
    )
    return made


def _own(round: Round, by: User) -> Round:
    """The round, held; refused to strangers and once a further round has been opened on it."""
    round = held(round, by)
    after = [each.id for each in feeds(rules_at(round.rulebook), round.round_id)]
    if Round.objects.filter(contest=round.contest, round_id__in=after).exists():
        raise Refused("下一轮评审已经按这份入围名单启动，名单不能再改。")
    return round


def _rule(
    round: Round,
    kind: str,
    works: list[str],
    reason: str,
    minutes: str,
    earlier: Ruling | None,
    by: User,
    at: datetime,
) -> Ruling:
    if earlier is not None:
        earlier.replaced_at = at
        earlier.save(update_fields=["replaced_at"])
    made = Ruling.objects.create(
        round=round,
        kind=kind,
        entries=works,
        reason=reason.strip(),
        minutes=minutes.strip()[:200],
        by=by,
        at=at,
    )
    details = {"ruling": made.pk, "works": works, "replaces": earlier.pk if earlier else None}
    _note(
        round, by, f"judging.rule_{kind}", details, at,
        personal={"reason": made.reason, "minutes": made.minutes},
    )  # fmt: skip
    return made


def _written_down(reason: str, minutes: str, *, said: str = "") -> None:
    missing = {
        name: text
        for name, value, text in (
            ("reason", reason, "请写明理由"),
            ("minutes", minutes, "请写明会议纪要或记录的编号"),
        )
        if not value.strip()
    }
    if missing:
        raise Refused(f"{said}请写明理由和记录出处，日后才能说清。", fields=missing)


def _note(
    round: Round,
    by: User,
    action: str,
    details: dict[str, object],
    at: datetime,
    *,
    personal: dict[str, str] | None = None,
) -> None:
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"round:{round.pk}",
        details=details,
        personal=personal,
        at=at,
    )
