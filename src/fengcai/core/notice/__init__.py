"""A notice's text → what it says for a rulebook: proposals with their sentences, and questions.

Rules of thumb over sentences, Chinese numbers and dates; nothing is guessed where the notice is
silent. It reads no file (`media.documents` does), asks no model (`engines.suggestions` may), and
decides nothing: a person accepts each proposal.
"""

from .covering import Coverage, Covered, LostCite, coverage
from .drafting import Draft, NoNotice, draft
from .gathering import Proposal
from .questions import OpenQuestion
from .suggestions import Suggestion
from .text import Sentence, cite, locate, sentences

__all__ = [
    "Coverage", "Covered", "Draft", "LostCite", "NoNotice", "OpenQuestion", "Proposal", "Sentence", "Suggestion",
    "cite", "coverage", "draft", "locate", "sentences",
]  # fmt: skip
