"""What pages may know about a round: the judge's own stack, the organiser's overview."""

from fengcai.apps.judging.queries.cards import Card
from fengcai.apps.judging.queries.chosen import shortlisted
from fengcai.apps.judging.queries.desk import Desk, judge_desk
from fengcai.apps.judging.queries.head import CriterionRow, Head
from fengcai.apps.judging.queries.progress import (
    JudgeProgress,
    RecusalRow,
    RoundProgress,
    SheetRow,
    round_progress,
    sheets_of,
)
from fengcai.apps.judging.queries.rounds import (
    JudgeRound,
    judge_rounds,
    round_at,
    round_of,
    rounds_of,
)
from fengcai.apps.judging.queries.sharing import (
    LoadRow,
    PanelPlan,
    ShareRow,
    SharingPage,
    sharing_page,
)
from fengcai.apps.judging.queries.shortlists import (
    PickRow,
    ShortlistPage,
    StepRow,
    VotePage,
    VoteRow,
    coming_in,
    course_of,
    penalties_of,
    shortlist_page,
    votes_page,
)
from fengcai.apps.judging.queries.stack import Stack, judge_stack
from fengcai.apps.judging.queries.stage import StagePage, StageRow, stage_page
from fengcai.apps.judging.queries.under_way import Judging, UnderWay, judging_of
from fengcai.apps.judging.queries.work import (
    NoteRow,
    Step,
    Work,
    filename_for_judge,
    judge_work,
    may_watch_as_judge,
)
from fengcai.apps.judging.showing import Film

__all__ = [
    "Card",
    "CriterionRow",
    "Desk",
    "Film",
    "Head",
    "JudgeProgress",
    "JudgeRound",
    "Judging",
    "LoadRow",
    "NoteRow",
    "PanelPlan",
    "PickRow",
    "RecusalRow",
    "RoundProgress",
    "ShareRow",
    "SharingPage",
    "SheetRow",
    "ShortlistPage",
    "Stack",
    "StagePage",
    "StageRow",
    "Step",
    "StepRow",
    "UnderWay",
    "VotePage",
    "VoteRow",
    "Work",
    "coming_in",
    "course_of",
    "filename_for_judge",
    "judge_desk",
    "judge_rounds",
    "judge_stack",
    "judge_work",
    "judging_of",
    "may_watch_as_judge",
    "penalties_of",
    "round_at",
    "round_of",
    "round_progress",
    "rounds_of",
    "sharing_page",
    "sheets_of",
    "shortlist_page",
    "shortlisted",
    "stage_page",
    "votes_page",
]
