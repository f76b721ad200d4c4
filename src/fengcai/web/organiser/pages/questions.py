"""The rows of the questions' page: each question with its options and its answer, or its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fengcai.apps.contests.queries import QuestionRow, questions
from fengcai.apps.refusals import Refused

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

BLOCKS = {
    "opening": "启动前必须明确",
    "judging": "关系到评审",
    "awards": "关系到评奖",
    "publication": "关系到公布",
}


@dataclass(frozen=True)
class OptionRow:
    """One way that the question can be settled."""

    id: str
    means: str
    chosen: bool


@dataclass(frozen=True)
class FreeRow:
    """A value that the organiser may set himself."""

    name: str
    label: str
    value: str
    long: bool
    error: str


@dataclass(frozen=True)
class AskedRow:
    """A question as the page shows it. `unfolded` opens its form."""

    row: QuestionRow
    blocks: str
    options: list[OptionRow]
    free: list[FreeRow]
    reason: str
    own: bool
    unfolded: bool
    first: bool
    error: Refused | None


def questions_page(
    contest: Contest,
    *,
    asked: str = "",
    typed: Mapping[str, Any] | None = None,
    error: Refused | None = None,
) -> dict[str, Any]:
    """The page's context; `asked` is the question whose refused answer stands in `typed`."""
    rows = questions(contest)
    waiting = [row for row in rows if row.answer is None]
    first = asked or (waiting[0].question.id if waiting else "")
    version = contest.version
    return {
        "draft": not contest.is_open,
        "total": len(rows),
        "waiting": len(waiting),
        "asked": [
            _row(
                row,
                first=row.question.id == first,
                typed=typed if row.question.id == asked else None,
                error=error if row.question.id == asked else None,
            )
            for row in rows
        ],
        "rules_hash": version.hash if version and contest.is_open else "",
        "opened_at": contest.opened_at,
        "now": timezone.now(),
    }


def _row(
    row: QuestionRow, *, first: bool, typed: Mapping[str, Any] | None, error: Refused | None
) -> AskedRow:
    question, answer = row.question, row.answer
    choice = answer.choice if answer else ""
    given = (question.named(answer.value) or {}) if answer and answer.value is not None else {}
    reason = answer.reason if answer else ""
    if typed is not None:
        choice, reason = typed.get("choice", ""), typed.get("reason", "")
        given = {name: typed.get(f"free-{name}", "") for name in question.free}
    fields = error.fields if error else {}
    return AskedRow(
        row=row,
        blocks=BLOCKS[question.blocks],
        options=[
            OptionRow(id, option.means, id == choice) for id, option in question.options.items()
        ],
        free=[
            FreeRow(
                name,
                label,
                _text(given.get(name, "")),
                long="、" in label and ("cite" in label or "criteria" in label),
                error=fields.get(f"free-{name}", ""),
            )
            for name, label in question.free.items()
        ],
        reason=reason,
        own=not choice and bool(given) and any(given.values()),
        unfolded=first,
        first=first,
        error=error,
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_flow(each)}" for key, each in value.items())
    return _flow(value)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    return str(value)
