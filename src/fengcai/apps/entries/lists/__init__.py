"""Fields that hold rows: sources, rights to what was used, use of AI, parallel entries.

What the rows ask (`shapes`), what is wrong with them (`faults`), how they read (`saying`). Drafts hold
anything of the right shape; who may write stands in the actions.
"""

from .faults import doubts_in, list_problems
from .saying import Shown, ai_label, audience_of, lines_of, read_by, said_of, shown_fields
from .shapes import LISTS, SAID, Column, Shape, rows_in, rows_of, shape_of, shown_rows

__all__ = [
    "LISTS", "SAID", "Column", "Shape", "Shown", "ai_label", "audience_of", "doubts_in", "lines_of",
    "list_problems", "read_by", "rows_in", "rows_of", "said_of", "shape_of", "shown_fields", "shown_rows",
]  # fmt: skip
