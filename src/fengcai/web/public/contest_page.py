"""The rows of the public pages: a contest's phase, its rules in plain Chinese, its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.contests.queries import (
    QuestionRow,
    Seat,
    answers_of,
    book_of,
    questions,
    rules_of,
    seats_of,
)
from fengcai.apps.publishing.queries import gallery_count, results_published
from fengcai.core.rulebook import ExplainedRule, Rules, explain
from fengcai.core.timetable import standing

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@dataclass(frozen=True)
class HomeRow:
    """A contest on the front page."""

    contest: Contest
    rules: Rules | None
    phase: str
    phase_name: str
    open_questions: int


@dataclass(frozen=True)
class ContestPage:
    """A contest's own page."""

    contest: Contest
    rules: Rules | None
    phase: str
    phase_name: str
    seats: list[Seat]
    open_questions: list[QuestionRow]
    works: int
    results: bool


@dataclass(frozen=True)
class ExplainedPage:
    """The rules clause by clause with the questions and their answers."""

    rules: Rules | None
    sections: list[tuple[str, list[ExplainedRule]]]
    questions: list[QuestionRow]


PHASES = {
    "draft": "筹备中",
    "before": "即将开始",
    "collecting": "作品征集中",
    "judging": "评审中",
    "published": "结果已公布",
}


def home_rows(contests: Sequence[Contest], *, at: datetime) -> list[HomeRow]:
    """Every contest with its phase."""
    rows = []
    for contest in contests:
        phase = phase_of(contest, at)
        opened = contest.is_open
        rows.append(
            HomeRow(
                contest=contest,
                rules=rules_of(contest) if opened else None,
                phase=phase,
                phase_name=PHASES[phase],
                open_questions=0
                if opened
                else sum(1 for row in questions(contest) if row.answer is None),
            )
        )
    return rows


def phase_of(contest: Contest, at: datetime) -> str:
    """draft · before · collecting · judging · published."""
    if not contest.is_open:
        return "draft"
    if results_published(contest):
        return "published"
    now = standing(rules_of(contest).window, at)
    return {"before": "before", "open": "collecting"}.get(now, "judging")


def contest_page(contest: Contest, *, user: Any, at: datetime) -> ContestPage:
    """What the contest's page shows to `user`."""
    phase = phase_of(contest, at)
    seats = seats_of(user) if user.is_authenticated else []
    opened = contest.is_open
    return ContestPage(
        contest=contest,
        rules=rules_of(contest) if opened else None,
        phase=phase,
        phase_name=PHASES[phase],
        seats=[seat for seat in seats if seat.contest.pk == contest.pk],
        open_questions=[] if opened else [q for q in questions(contest) if q.answer is None],
        works=gallery_count(contest),
        results=phase == "published",
    )


def explained(contest: Contest) -> ExplainedPage:
    """The rulebook in plain Chinese, grouped by the notice's sections in their order."""
    sections: dict[str, list[ExplainedRule]] = {}
    for rule in explain(book_of(contest), answers_of(contest)):
        sections.setdefault(rule.section, []).append(rule)
    opened = contest.is_open
    return ExplainedPage(
        rules=rules_of(contest) if opened else None,
        sections=list(sections.items()),
        questions=questions(contest),
    )
