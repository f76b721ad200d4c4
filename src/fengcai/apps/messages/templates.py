"""What messages say: wordings registered by name, with named fields and nothing else in them.

A wording is plain text; `{name}` stands for a value of the context, and there is no code. Which context
registers which template is its own affair; this module only fills in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

FIELD = re.compile(r"\{([^{}\s]{1,40})\}")
ZONE = ZoneInfo("Asia/Shanghai")
HIDDEN = "……"
"""What stands in the kept row in the place of a secret."""


class UnknownTemplate(LookupError):
    """A message was posted by a name that no installed app has registered."""


class MissingField(ValueError):
    """A wording names a field that the context does not have; `name` is that field."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no value for {{{name}}}")
        self.name = name


@dataclass(frozen=True)
class Template:
    """One wording. `sms` and `robot` are empty where the message never goes that way.

    `bulk`: an invitation or advertisement that people may unsubscribe from; everything that belongs to
    an entry is not. `repeatable`: harmless when it arrives twice, so it is sent again after a crash in
    the middle of sending. `urgent`: somebody waits before the screen, so it is not held back when many
    others are due. `secret` names fields whose values are never kept in the row (codes, links).
    """

    name: str
    title: str
    subject: str
    body: str
    sms: str = ""
    robot: str = ""
    bulk: bool = False
    repeatable: bool = False
    urgent: bool = False
    secret: frozenset[str] = frozenset()


_templates: dict[str, Template] = {}


def register_template(
    name: str,
    *,
    title: str,
    subject: str,
    body: str,
    sms: str = "",
    robot: str = "",
    bulk: bool = False,
    repeatable: bool = False,
    urgent: bool = False,
    secret: Sequence[str] = (),
) -> Template:
    """Register a wording under `name` (such as `mailbox.receipt`); call it in the app's `ready`.

    `title` is what officers call it. Registering another wording under a name that is taken raises
    ValueError; the same one again does nothing.
    """
    made = Template(
        name, title, subject, body, sms, robot, bulk, repeatable, urgent, frozenset(secret)
    )
    known = _templates.setdefault(name, made)
    if known != made:
        raise ValueError(f"message template {name!r} is registered with other words already")
    return made


def template(name: str) -> Template:
    """The template of that name. Raises UnknownTemplate."""
    try:
        return _templates[name]
    except KeyError:
        raise UnknownTemplate(f"no message template is registered as {name!r}") from None


def is_repeatable(name: str) -> bool:
    """Whether a second copy does no harm; not for a template that this program does not know."""
    return name in _templates and _templates[name].repeatable


def is_urgent(name: str) -> bool:
    """Whether somebody waits for it before the screen."""
    return name in _templates and _templates[name].urgent


def title_of(name: str) -> str:
    """What officers call a template; its name where this program does not know it."""
    return _templates[name].title if name in _templates else name


def templates() -> tuple[Template, ...]:
    """Every template, by title."""
    return tuple(sorted(_templates.values(), key=lambda each: each.title))


_INNER = str.maketrans("“”", "‘’")


def fill(wording: str, context: Mapping[str, Any]) -> str:
    """`wording` with every `{name}` replaced; values are never looked at for fields of their own.

    A list becomes lines with a dot before each. Within “ ” a value's own quotes become ‘ ’ (GB/T
    15834-2011, 4.8.3). Raises MissingField.
    """

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in context:
            raise MissingField(name)
        said = in_words(context[name])
        before, after = wording[: found.start()][-1:], wording[found.end() :][:1]
        return said.translate(_INNER) if (before, after) == ("“", "”") else said

    return FIELD.sub(value, wording)


def fields_in(wording: str) -> tuple[str, ...]:
    """The names in a wording, in their order, each once."""
    return tuple(dict.fromkeys(FIELD.findall(wording)))


def in_words(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(ZONE)
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    if isinstance(value, (list, tuple)):
        return "\n".join(f"· {in_words(each)}" for each in value)
    return str(value)
