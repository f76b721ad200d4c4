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
    says,
    values_of,
)
from .check import check
from .explain import ExplainedRule, explain
from .predicate import PredicateError, explain_predicate, facts_of, parse_predicate
from .problems import Problem, RulebookError, UnansweredError
from .questions import Option, Question
from .rules import (
    Advance,
    Award,
    Checker,
    Choice,
    Citation,
    Contact,
    Criterion,
    Decision,
    Declaration,
    Field,
    Naming,
    Objections,
    Organiser,
    Part,
    Phase,
    Publication,
    Recognition,
    Recommendation,
    Requirement,
    Round,
    Rule,
    Rules,
    ScoreScheme,
    Severity,
    Slot,
    Term,
    Theme,
    TieBreak,
    Track,
    UnitClass,
    Window,
    canonical,
    fingerprint,
)
from .schema import schema
from .settle import resolve

__all__ = [
    "Advance", "Answer", "Answers", "Award", "Checker", "Choice", "Citation", "Contact",
    "Criterion", "Decision", "Declaration", "ExplainedRule", "Field", "Naming", "Objections",
    "Option", "Organiser", "Part", "Phase", "PredicateError", "Problem", "Publication", "Question",
    "Recognition", "Recommendation", "Requirement", "Round", "Rule", "Rulebook", "RulebookError",
    "Rules", "ScoreScheme", "Severity", "Slot", "Term", "Theme", "TieBreak", "Track",
    "UnansweredError", "UnitClass", "Window", "canonical", "check", "explain", "explain_predicate",
    "facts_of", "fingerprint", "no_answers", "open_questions", "parse", "parse_answers",
    "parse_predicate", "resolve", "says", "schema", "values_of",
]  # fmt: skip
