"""Score sheets and the exact ranking that they give, with the reason of every place.

Standard library only; resolved rules come in as JSON, frozen values go out. It hands out no award
(``core.allocation``) and does not say who may mark what (``core.assignment``).
"""

from fengcai.core.scoring.composition import Component, Deduction, Extras, Part, Penalty, Taken
from fengcai.core.scoring.numbers import ScoringError, exact, show
from fengcai.core.scoring.ranking import rank
from fengcai.core.scoring.results import Mark, Ranking, Separation, Standing, Tie, TieDecision
from fengcai.core.scoring.scheme import Criterion, Scheme, TieStep
from fengcai.core.scoring.sheet import check_sheet, sheet_marks, sheet_total
from fengcai.core.scoring.votes import VoteMark, vote_marks

__all__ = [
    "Component",
    "Criterion",
    "Deduction",
    "Extras",
    "Mark",
    "Part",
    "Penalty",
    "Ranking",
    "Scheme",
    "ScoringError",
    "Separation",
    "Standing",
    "Taken",
    "Tie",
    "TieDecision",
    "TieStep",
    "VoteMark",
    "check_sheet",
    "exact",
    "rank",
    "sheet_marks",
    "sheet_total",
    "show",
    "vote_marks",
]
