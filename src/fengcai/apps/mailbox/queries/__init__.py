"""What pages may know of the mailbox: the desk's list, a letter, the connection, a sender's page."""

from fengcai.apps.mailbox.queries.box import (
    connection_of,
    connections,
    opening,
    registered,
    what_the_rules_say,
)
from fengcai.apps.mailbox.queries.desk import (
    ALL,
    FILTERS,
    NAMED,
    PER_PAGE,
    RESOLVE,
    Asked,
    desk,
    to_resolve,
)
from fengcai.apps.mailbox.queries.letter import Letter, case_file, case_of, letter, opened_file
from fengcai.apps.mailbox.queries.sender import senders_case, senders_page, unfinished_uploads

__all__ = [
    "ALL",
    "FILTERS",
    "NAMED",
    "PER_PAGE",
    "RESOLVE",
    "Asked",
    "Letter",
    "case_file",
    "case_of",
    "connection_of",
    "connections",
    "desk",
    "letter",
    "opened_file",
    "opening",
    "registered",
    "senders_case",
    "senders_page",
    "to_resolve",
    "unfinished_uploads",
    "what_the_rules_say",
]
