"""Score sheets and the exact ranking that they give, with the reason of every place.

Standard library only; resolved rules come in as JSON, frozen values go out. It hands out no award
(``core.allocation``) and does not say who may mark what (``core.assignment``).
"""

from fengcai.core.scoring.ranking import rank
from fengcai.core.scoring.results import Mark, Ranking, Separation, Standing, Tie, TieDecision
from fengcai.core.scoring.scheme import Criterion, Scheme, ScoringError, TieStep, exact, show
from fengcai.core.scoring.sheet import check_sheet, sheet_marks, sheet_total

__all__ = [
    "Criterion",
    "Mark",
    "Ranking",
    "Scheme",
    "ScoringError",
    "Separation",
    "Standing",
    "Tie",
    "TieDecision",
    "TieStep",
    "check_sheet",
    "exact",
    "rank",
    "sheet_marks",
    "sheet_total",
    "show",
]
