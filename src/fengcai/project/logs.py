"""How log lines look, and what must not reach one: the token of a personal link, local variables."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

TOKEN = re.compile(r"/enter/[^/\s?\"]+")


class HideTokens(logging.Filter):
    """Blots tokens out of a record's text; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the token in the finished message."""
        text = record.getMessage()
        if "/enter/" in text:
            record.msg, record.args = TOKEN.sub("/enter/…", text), ()
        return True


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
