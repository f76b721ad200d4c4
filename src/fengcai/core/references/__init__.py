"""Where a work's knowledge comes from: references as rows, checked for form, written out one way.

It says whether a number can be one, never whether the paper exists or says what is claimed.
"""

from .checking import Fault, doubles, faults
from .numbers import doi_address, doi_of, doi_problem, isbn_problem, issn_problem, standard_problem
from .reference import KINDS, LABELS, NEEDED, PARTS, Kind, Reference, read_line, read_rows
from .rendering import rendered

__all__ = [
    "KINDS", "LABELS", "NEEDED", "PARTS", "Fault", "Kind", "Reference", "doi_address", "doi_of",
    "doi_problem", "doubles", "faults", "isbn_problem", "issn_problem", "read_line", "read_rows",
    "rendered", "standard_problem",
]  # fmt: skip
