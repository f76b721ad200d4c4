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
from .checks import check
from .difference import Change, difference
from .explaining import ExplainedRule, explain
from .predicate import PredicateError, explain_predicate, facts_of, parse_predicate
from .problems import Problem, RulebookError, UnansweredError
from .questions import Option, Question
from .rules import (
    Advance,
    Ages,
    Award,
    AwardQuota,
    Body,
    Channel,
    Checker,
    Choice,
    Citation,
    Collector,
    Component,
    Constraint,
    Contact,
    Criterion,
    Decision,
    Declaration,
    Division,
    Document,
    Edition,
    EntryQuota,
    Exemption,
    Extension,
    Field,
    FieldKind,
    Formula,
    FormulaPart,
    Live,
    Mix,
    Naming,
    Novelty,
    Objections,
    Organiser,
    Panel,
    Part,
    Penalty,
    PersonCap,
    PersonDetail,
    Phase,
    Publication,
    Qualification,
    RankPoints,
    Recognition,
    Recommendation,
    Region,
    Requirement,
    RoleCount,
    Round,
    Rounding,
    Rule,
    Rules,
    ScoreScheme,
    Seats,
    Severity,
    Slot,
    SlotKind,
    SlotRole,
    Superior,
    Term,
    Theme,
    TieBreak,
    Track,
    TrackGroup,
    UnitClass,
    Vote,
    Window,
    WindowKind,
    WorkCalendar,
    canonical,
    canonical_form,
    fingerprint,
)
from .schema import schema
from .settle import resolve

__all__ = [
    "Advance", "Ages", "Answer", "Answers", "Award", "AwardQuota", "Body", "Change", "Channel", "Checker",
    "Choice", "Citation", "Collector", "Component", "Constraint", "Contact", "Criterion",
    "Decision", "Declaration", "Division", "Document", "Edition", "EntryQuota", "Exemption",
    "ExplainedRule", "Extension", "Field", "FieldKind", "Formula", "FormulaPart", "Live", "Mix",
    "Naming", "Novelty", "Objections", "Option", "Organiser", "Panel", "Part", "Penalty",
    "PersonCap", "PersonDetail", "Phase", "PredicateError", "Problem", "Publication",
    "Qualification", "Question", "RankPoints", "Recognition", "Recommendation", "Region",
    "Requirement", "RoleCount", "Round", "Rounding", "Rule", "Rulebook", "RulebookError", "Rules",
    "ScoreScheme", "Seats", "Severity", "Slot", "SlotKind", "SlotRole", "Superior", "Term", "Theme",
    "TieBreak", "Track", "TrackGroup", "UnansweredError", "UnitClass", "Vote", "Window",
    "WindowKind", "WorkCalendar", "canonical", "canonical_form", "check", "difference", "explain",
    "explain_predicate", "facts_of", "fingerprint", "no_answers", "open_questions", "parse",
    "parse_answers", "parse_predicate", "resolve", "says", "schema", "values_of",
]  # fmt: skip
