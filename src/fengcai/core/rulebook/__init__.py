"""The contest's rulebook: its vocabulary, its file, its open questions and its arithmetic.

A contest is one YAML file in which every rule cites the notice. This package reads it, refuses
what is wrong with a line number and a remedy, puts answers in the place of open questions and
hands out frozen `Rules`. It evaluates no file (see `inspection`) and keeps no time (`timetable`).
"""

from .book import (
    Answer,
    Answers,
    Rulebook,
    no_answers,
    open_questions,
    parse,
    parse_answers,
)
from .check import check
from .language import Option, Question
from .predicate import PredicateError, explain_predicate, facts_of, parse_predicate
from .problems import Problem, RulebookError, UnansweredError
from .rules import *  # noqa: F403 - the vocabulary of the rules, listed in rules.__all__
from .rules import __all__ as _vocabulary
from .settle import resolve

__all__ = [
    *_vocabulary, "Answer", "Answers", "Option", "PredicateError", "Problem", "Question",
    "Rulebook", "RulebookError", "UnansweredError", "check", "explain_predicate", "facts_of",
    "no_answers", "open_questions", "parse", "parse_answers", "parse_predicate", "resolve",
]  # fmt: skip
