"""What every part of the resolved rules shares: being frozen, its citation, its canonical form.

Fields marked `later` came into the language after contests had been opened. The canonical form
leaves them out where they say nothing, so that the hash of an older contest stays what it was.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

LATER = "later"


class Part(BaseModel):
    """A frozen piece of the rules; unknown keys are refused when resolved JSON is read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(Part):
    """Where a rule stands in the notice: the section and a few words that locate the sentence."""

    section: str
    words: str

    def __str__(self) -> str:
        return f"{self.section}“{self.words}”"


class Rule(Part):
    """A rule with its source.

    `answer` holds the question's id (several ids joined by “、”) where the notice is silent and an
    answer supplied a value; None when the notice itself says everything.
    """

    cite: Citation
    answer: str | None = None


def later(default: Any = None) -> Any:
    """A field that older rules do not have. Its default says what they mean by not having it."""
    return Setting(default=default, json_schema_extra={LATER: True})


def canonical(value: Any) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8. `value` holds JSON types only, no floats."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def canonical_form(part: Part) -> dict[str, Any]:
    """The JSON of a part without the `later` fields that stand at their default, at any depth."""
    form: dict[str, Any] = _lean(part, part.model_dump(mode="json"))
    return form


def fingerprint(rules: Part) -> str:
    """SHA-256 (hex) of the canonical form without its own `hash` field."""
    form = canonical_form(rules)
    form.pop("hash", None)
    return hashlib.sha256(canonical(form)).hexdigest()


def _lean(value: Any, dumped: Any) -> Any:
    """`dumped` beside the value it was dumped from: models tell which fields are later ones."""
    if isinstance(value, Part):
        return {
            name: _lean(getattr(value, name), dumped[name])
            for name, field in type(value).model_fields.items()
            if not (_is_later(field.json_schema_extra) and getattr(value, name) == field.default)
        }
    if isinstance(value, tuple):
        return [_lean(*pair) for pair in zip(value, dumped, strict=True)]
    if isinstance(value, dict):
        return {key: _lean(each, dumped[key]) for key, each in value.items()}
    return dumped


def _is_later(extra: Any) -> bool:
    return isinstance(extra, dict) and LATER in extra
