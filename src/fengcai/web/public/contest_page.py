"""The rows of the public pages: a contest's phase, its rules in plain Chinese, its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.amending import amendments_of
from fengcai.apps.contests.queries import (
    QuestionRow,
    answers_of,
    book_of,
    masthead,
    questions,
    rules_of,
    seats_of,
)
from fengcai.apps.contests.roles import Role
from fengcai.apps.publishing.queries import COUNTED, gallery_count, results_published
from fengcai.core.rulebook import ExplainedRule, Rules, explain
from fengcai.core.timetable import standing
from fengcai.web.public.seats import SeatRow, seat_row
from fengcai.web.shared.amendments import AmendmentRow, amendment_row
from fengcai.web.shared.formats import calendar, closing

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@dataclass(frozen=True)
class Phase:
    """Where a contest stands, with the badge that says so."""

    id: str
    name: str
    tone: str
    icon: str


@dataclass(frozen=True)
class HomeRow:
    """A contest on the front page."""

    contest: Contest
    phase: str
    phase_name: str
    tone: str
    icon: str
    issuer: str
    accent: str
    closes: datetime | None
    open_questions: int


@dataclass(frozen=True)
class ContestPage:
    """A contest's own page."""

    contest: Contest
    rules: Rules | None
    theme: str
    phase: str
    phase_name: str
    tone: str
    icon: str
    next_step: dict[str, Any]
    phases: list[dict[str, Any]]
    seats: list[SeatRow]
    open_questions: list[QuestionRow]
    works: int
    counted: int
    amendments: list[AmendmentRow]


@dataclass(frozen=True)
class ExplainedPage:
    """The rules clause by clause with the questions and their answers."""

    rules: Rules | None
    sections: list[tuple[str, list[ExplainedRule]]]
    questions: list[QuestionRow]
    amendments: list[AmendmentRow]


AT_WORK = (Role.ORGANISER, Role.REVIEWER)
"""Who has something to do while works are judged, besides the judges."""

ORDER = ("collecting", "before", "judging", "published", "draft")
PHASES = {
    "draft": Phase("draft", "筹备中", "doubt", "question"),
    "before": Phase("before", "即将开始", "", "clock"),
    "collecting": Phase("collecting", "作品征集中", "accent", "flag"),
    "judging": Phase("judging", "评审中", "note", "award"),
    "published": Phase("published", "结果已公布", "pass", "pass"),
}


def home_rows(contests: Sequence[Contest], *, at: datetime) -> list[HomeRow]:
    """Every contest with its phase; those one can still enter come first."""
    rows = [_home_row(contest, at) for contest in contests]
    return sorted(rows, key=lambda row: list(ORDER).index(row.phase))


def _home_row(contest: Contest, at: datetime) -> HomeRow:
    phase = PHASES[phase_of(contest, at)]
    head = masthead(contest)
    unanswered = [] if contest.is_open else [q for q in questions(contest) if q.answer is None]
    return HomeRow(
        contest=contest,
        phase=phase.id,
        phase_name=phase.name,
        tone=phase.tone,
        icon=phase.icon,
        issuer=head.issuer,
        accent=head.accent,
        closes=rules_of(contest).window.closes if contest.is_open else None,
        open_questions=len(unanswered),
    )


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
    phase = PHASES[phase_of(contest, at)]
    seats = seats_of(user) if user.is_authenticated else []
    mine = [seat_row(seat) for seat in seats if seat.contest.pk == contest.pk]
    rules = rules_of(contest) if contest.is_open else None
    return ContestPage(
        contest=contest,
        rules=rules,
        theme=rules.theme if rules else "",
        phase=phase.id,
        phase_name=phase.name,
        tone=phase.tone,
        icon=phase.icon,
        next_step=_next_step(contest, rules, phase.id, mine),
        phases=_timeline(rules, at, phase.id) if rules else [],
        seats=mine,
        open_questions=[] if rules else [q for q in questions(contest) if q.answer is None],
        works=gallery_count(contest),
        counted=COUNTED,
        amendments=[amendment_row(row) for row in amendments_of(contest)],
    )


def _next_step(
    contest: Contest, rules: Rules | None, phase: str, mine: list[SeatRow]
) -> dict[str, Any]:
    if rules is None:
        return {
            "tone": "wait",
            "title": "活动还在筹备",
            "text": "通知没有写明的地方，由组织者逐项答复后启动。",
        }
    window = rules.window
    if phase == "published":
        return {
            "title": "评选结果已经公布",
            "text": "每个奖项都写明得分、名次和依据。",
            "url": reverse("results", args=[contest.slug]),
            "action": "看结果",
        }
    judges = next((seat for seat in mine if seat.role == Role.JUDGE), None)
    if phase == "judging" and mine and (judges or mine[0].role in AT_WORK):
        seat = judges or mine[0]
        return {
            "title": seat.todo,
            "text": f"报送已截止，正在评审。您的身份：{seat.role_name}{seat.unit}",
            "url": seat.url,
            "action": "现在就去",
        }
    if phase == "judging":
        return {
            "tone": "wait",
            "title": "报送已截止，正在评审",
            "text": "评委独立打分，封存后按规则排名。结果将在这里公布。",
            "cite": window.cite,
        }
    if mine and mine[0].role == Role.JUDGE:
        return {
            "tone": "wait",
            "title": "作品还在征集，评审开始后请您评审",
            "text": "现在不需要做什么；开始评审时，组织者会告诉您。",
            "cite": window.cite,
        }
    if mine:
        return {
            "title": mine[0].todo,
            "text": f"您的身份：{mine[0].role_name}{mine[0].unit}",
            "deadline": window.closes,
            "cite": window.cite,
            "url": mine[0].url,
            "action": "现在就去",
        }
    return {
        "title": "由联络员登录报送",
        "text": f"报送时间：{window.original}",
        "deadline": window.closes,
        "cite": window.cite,
        "url": reverse("account_login"),
        "action": "登录报送",
    }


def _timeline(rules: Rules, at: datetime, phase: str) -> list[dict[str, Any]]:
    window = rules.window

    def state(opens: datetime, closes: datetime) -> str:
        return "past" if closes < at else "future" if opens > at else "now"

    rows = [
        {
            "name": "报送作品",
            "state": state(window.opens, window.closes),
            "date_text": span(window.opens, window.closes),
            "cite": window.cite,
        }
    ]
    for round in rules.rounds:
        when = rules.windows.get(round.window or "")
        rows.append(
            {
                "name": round.name,
                "state": "past"
                if phase == "published"
                else state(when.opens, when.closes)
                if when
                else "future",
                "date_text": span(when.opens, when.closes) if when else "",
                "vague": when is None,
                "cite": round.cite,
            }
        )
    rows.append(
        {
            "name": "公布结果与展播",
            "state": "now" if phase == "published" else "future",
            "date_text": "已公布" if phase == "published" else "",
            "vague": phase != "published",
            "cite": rules.publication.cite if rules.publication else None,
        }
    )
    return rows


def span(opens: datetime, closes: datetime) -> str:
    """Two instants as a span, in the server's zone: 4月3日 00:00 — 4月30日 17:00."""
    now = timezone.localtime()
    begin, end = timezone.localtime(opens), timezone.localtime(closes)
    return f"{calendar(begin, now)} — {closing(end, now)}"


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
        amendments=[amendment_row(row) for row in amendments_of(contest)],
    )
