"""How log lines look, and what must not reach one: the token of a personal link, local variables."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

TOKEN = re.compile(
    r"""(?ix)
    # a personal link, an upload, a stream's ticket; the slashes are escaped inside ?next=
    ( (?: / | %2F ) (?: enter | uploads | live | letters | handover | register | [or] ) (?: / | %2F ) ) (?: (?!%2F) [^/\s?&"'<>] )+
    # a stream's further tickets; what an identity provider gives back
    | ( [?&]with= ) [^&\s"'<>]+
    | ( / (?: oidc | wechat | wecom | cas ) / [^\s?]* \? ) [^\s"'<>]+
    # a mailed link that sets a password or confirms an address
    | ( /(?:reset|confirm)/ ) [^\s?&"'<>]+
    """
)
"""What opens a door to whoever reads it."""


class Line(logging.Formatter):
    """Blots tokens out of the finished line, a traceback's too."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without a token in it."""
        return TOKEN.sub(r"\1\2\3\4…", super().format(record))


def one_way() -> None:
    """Have structlog's loggers write through `logging`, as Django's and everybody's do.

    Left to itself structlog prints tracebacks with the local variables of each frame: the
    database's password among them.
    """
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _in_words],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _in_words(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[str], dict[str, Any]]:
    """`event key=value …` as the message; an exception goes to `logging`, which prints it plainly."""
    about = {name: event.pop(name) for name in ("exc_info", "stack_info") if name in event}
    words = [str(event.pop("event", "")), *(f"{name}={value}" for name, value in event.items())]
    return (" ".join(words),), about
