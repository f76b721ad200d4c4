"""Rounds as pages find them: by their address, by their contest, by who has a seat in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import contest_by_slug, rules_at, without_texts
from fengcai.apps.judging.models import Round, Seat
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook import Rules

TEXTS = ("contest__version", "rulebook")
"""Where a round leads to versions of the rulebook."""


@dataclass(frozen=True)
class JudgeRound:
    """A round in which somebody has a seat, for his list of desks."""

    round: Round
    contest: Contest
    name: str
    promised: bool
    handed_in: bool


def rounds_of(contest: Contest) -> list[Round]:
    """The contest's rounds that have been opened, first one first. 1 SQL."""
    return _OF_CONTEST(contest=contest.pk)


def round_of(contest: Contest, round_id: str) -> Round:
    """One opened round. Raises `NotFound`. 1 SQL."""
    round = _joined().filter(contest=contest, round_id=round_id).first()
    if round is None:
        raise NotFound("这一轮评审还没有开始。")
    return round


def round_at(slug: str, round_id: str) -> Round:
    """The opened round at this address, with its contest. Raises `NotFound`. 1 SQL.

    A round is nearly always judged by the version that the contest stands at, which is then not
    read a second time; after an amendment it is, with 1 SQL more, by whoever asks for it.
    """
    round = _AT.first(slug=slug, round=round_id)
    if round is None:
        return round_of(contest_by_slug(slug), round_id)
    if round.contest.version_id == round.rulebook_id:
        round.contest.version = round.rulebook
    return round


_AT = Prepared(
    lambda: (
        without_texts(Round.objects.select_related("contest", "rulebook"), "rulebook")
        .filter(contest__slug=Given("slug", words=True), round_id=Given("round", words=True))
        .order_by()
    )
)


_OF_CONTEST = Prepared(lambda: _joined().filter(contest=Given("contest")))


def _joined() -> QuerySet[Round]:
    rows = Round.objects.select_related("contest__version", "rulebook")
    return without_texts(rows, *TEXTS)


def judge_rounds(user: User) -> list[JudgeRound]:
    """The rounds in which `user` judges, newest first. 3 SQL."""
    seats = list(
        without_texts(
            Seat.objects.filter(judge=user, excused_at=None).select_related(
                "round__contest", "round__rulebook"
            ),
            "round__rulebook",
        ).order_by("-round__opened_at")
    )
    promised = set(_rounds_with(user, "commitments"))
    signed = set(_rounds_with(user, "hand_ins", hand_ins__reopened_at=None))
    return [
        JudgeRound(
            round=seat.round,
            contest=seat.round.contest,
            name=_rule_name(rules_at(seat.round.rulebook), seat.round.round_id),
            promised=seat.round_id in promised,
            handed_in=seat.round_id in signed,
        )
        for seat in seats
    ]


def _rounds_with(user: User, relation: str, **conditions: Any) -> Sequence[int]:
    """The rounds in which `user` has a row of `relation` (commitments, hand_ins). 1 SQL."""
    named = {f"{relation}__judge": user, **conditions}
    return list(Round.objects.filter(**named).values_list("pk", flat=True))


def _rule_name(rules: Rules, round_id: str) -> str:
    return next((rule.name for rule in rules.rounds if rule.id == round_id), round_id)
