"""What pages may know about a round: the judge's own stack, the organiser's overview."""

from fengcai.apps.judging.queries.progress import (
    JudgeProgress,
    RoundProgress,
    SheetRow,
    round_of,
    round_progress,
    rounds_of,
    sheets_of,
)
from fengcai.apps.judging.queries.stack import (
    Card,
    CriterionRow,
    Desk,
    JudgeRound,
    NoteRow,
    Stack,
    Step,
    Work,
    judge_desk,
    judge_rounds,
    judge_stack,
    judge_work,
    may_watch_as_judge,
)
from fengcai.apps.judging.showing import Film

__all__ = [
    "Card",
    "CriterionRow",
    "Desk",
    "Film",
    "JudgeProgress",
    "JudgeRound",
    "NoteRow",
    "RoundProgress",
    "SheetRow",
    "Stack",
    "Step",
    "Work",
    "judge_desk",
    "judge_rounds",
    "judge_stack",
    "judge_work",
    "may_watch_as_judge",
    "round_of",
    "round_progress",
    "rounds_of",
    "sheets_of",
]
