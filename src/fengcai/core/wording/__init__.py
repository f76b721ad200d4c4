"""Lexicons of wording that health publicity has to avoid or to weigh, each with its article.

`find` tells where such words stand in a text and which rule speaks of them; a person decides whether
they may stay. It rejects nothing, knows no contest, and reads numbers (phones, prices) nowhere.
"""

from .detected import term_of
from .finding import Hit, find
from .folding import Folded, fold
from .lexicon import Lexicon, LexiconError, Source, Term, parse, shipped
from .saying import around, clause_of, plainly

__all__ = [
    "Folded",
    "Hit",
    "Lexicon",
    "LexiconError",
    "Source",
    "Term",
    "around",
    "clause_of",
    "find",
    "fold",
    "parse",
    "plainly",
    "shipped",
    "term_of",
]
