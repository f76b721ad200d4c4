"""What differs between two sets of rules, said in Chinese, rule by rule: for an amendment's readers.

Rules are matched by their ids, so that a criterion that moved is not a criterion that changed. It
judges nothing; whether a change is allowed is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .labels import chapter, code, label
from .problems import Path, spell
from .rules import Citation, Part, Rules
from .saying import say, until

NAMED_BY = ("name", "label", "ask", "role", "text", "to", "what")
KEYED_BY = ("id", "question", "name", "role", "applies_to", "to")
UNBOUNDED = frozenset({"max", "entry_max_per_unit", "max_per_unit", "max_per_person", "max_chars"})
SIZES = frozenset({"max_bytes", "min_bytes"})
REFERENCES = frozenset(
    [
        "tracks",
        "divisions",
        "regions",
        "awards",
        "slots",
        "classes",
        "rounds",
        "round",
        "input",
        "vote",
        "ref",
        "panel_id",
        "id",
        "parent",
        "criterion",
        "theme",
    ]
)
LEFT_OUT = frozenset({"hash", "answer", "required_text"})
UNTOLD = frozenset({"cite", "id", "hint", "predicate"})
"""Not told of a rule that came or went whole; its text says it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    `path` is the rule's (`rounds.final.min_judges`), `what` the same in Chinese (终评 · 至少几位评委),
    `before` and `after` are in words, empty where there was or is nothing. `cite` is where the new
    rule stands, for a removed one where it stood.
    """

    path: str
    chapter: str
    what: str
    kind: Literal["added", "removed", "changed"]
    before: str
    after: str
    cite: Citation | None = None


def difference(old: Rules, new: Rules) -> tuple[Change, ...]:
    """Every rule of `new` that is not as in `old`, in the order of the rules.

    A new citation alone is told too: the rule then stands elsewhere. What a demonstration shifts is
    compared as it stands.
    """
    return tuple(_Differ(old, new).rules())


class _Differ:
    def __init__(self, old: Rules, new: Rules) -> None:
        self.old, self.new = old, new
        self.zone = ZoneInfo(new.timezone)
        self.names = {**_names(old), **_names(new)}

    def rules(self) -> Iterator[Change]:
        for key in type(self.new).model_fields:
            if key not in LEFT_OUT:
                before, after = getattr(self.old, key), getattr(self.new, key)
                yield from self.compared((key,), (), before, after, None)

    def compared(
        self, path: Path, words: tuple[str, ...], before: Any, after: Any, cite: Citation | None
    ) -> Iterator[Change]:
        """Differences of two values at one path; `words` name what they belong to."""
        if before == after:
            return
        if isinstance(before, Citation) or isinstance(after, Citation):
            yield self.change(path, words, str(before or ""), str(after or ""), after or before)
        elif isinstance(before, Part) and isinstance(after, Part):
            yield from self.parts(path, self.called(path, words, after), before, after)
        elif _rows(before) and _rows(after) and len(before) == len(after) and not _ids(after):
            for number, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from self.compared((*path, number), words, old, new, _cite(new))
        elif _keyed(before) and _keyed(after) and (before or after):
            yield from self.lists(path, words, _by_key(before), _by_key(after))
        else:
            cite = getattr(after, "cite", None) or getattr(before, "cite", None) or cite
            told = self.said(path, before), self.said(path, after)
            yield self.change(path, words, *told, cite)

    def parts(
        self, path: Path, words: tuple[str, ...], before: Part, after: Part
    ) -> Iterator[Change]:
        cite = getattr(after, "cite", None)
        found = [
            change
            for key in type(after).model_fields
            if key not in LEFT_OUT and key != "cite"
            for change in self.compared(
                (*path, key), words, getattr(before, key, None), getattr(after, key), cite
            )
        ]
        if not found:
            old = getattr(before, "cite", None)
            if old != cite:
                yield self.change((*path, "cite"), words, str(old or ""), str(cite or ""), cite)
        yield from found

    def lists(
        self,
        path: Path,
        words: tuple[str, ...],
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> Iterator[Change]:
        for key, each in before.items():
            if key not in after:
                yield self.change(
                    (*path, key), (*words, label(str(path[-1]))), self.whole(each), "", _cite(each)
                )
        for key, each in after.items():
            if key in before:
                yield from self.compared((*path, key), words, before[key], each, _cite(each))
            else:
                yield self.change(
                    (*path, key), (*words, label(str(path[-1]))), "", self.whole(each), _cite(each)
                )
        shared = [key for key in before if key in after]
        if shared != [key for key in after if key in before]:
            was, now = (
                "、".join(self.naming(each, key) for key, each in rows.items())
                for rows in (before, after)
            )
            named = (*words, label(str(path[-1])), "次序")
            yield self.change(path, named, was, now, None, end=False)

    def change(
        self,
        path: Path,
        words: tuple[str, ...],
        before: str,
        after: str,
        cite: Citation | None,
        *,
        end: bool = True,
    ) -> Change:
        last = label(str(path[-1]))
        is_item = bool(words) and words[-1] == label(str(path[-2])) if len(path) > 1 else False
        what = words if is_item or not end else (*words, last)
        return Change(
            path=spell(path),
            chapter=chapter(str(path[0])),
            what=" · ".join(dict.fromkeys(what)),
            kind="added" if not before else "removed" if not after else "changed",
            before=before,
            after=after,
            cite=cite,
        )

    # Words

    def called(self, path: Path, words: tuple[str, ...], part: Part) -> tuple[str, ...]:
        key = path[-1]
        if isinstance(key, int):  # a rule without a name is called by what the list holds
            people = getattr(part, "names", ())
            return (
                *words,
                label(str(path[-2])),
                "、".join(people) or self.naming(part, str(path[-2])),
            )
        return (*words, self.naming(part, key))

    def naming(self, part: Any, key: str) -> str:
        """What a rule is called: its own name, for a window what is done in it."""
        if key == "window":
            return "报送"
        for name in NAMED_BY:
            if isinstance(found := getattr(part, name, None), str) and found:
                return found if len(found) <= 24 else found[:24] + "……"
        used = [each.name for each in self.new.rounds if each.window == key]
        return "、".join(used) or (key if key in self.names else label(key))

    def said(self, path: Path, value: Any) -> str:
        key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        if value is None:
            return "不限" if key in UNBOUNDED else ""
        if isinstance(value, Part):
            return self.whole(value)
        if isinstance(value, (tuple, list)):
            return "、".join(self.said(path, each) for each in value)
        if isinstance(value, str):
            return self.names.get(value, value) if key in REFERENCES else code(key, value)
        if isinstance(value, datetime):
            moment = value.astimezone(self.zone)
            return until(moment) if key == "closes" else say(moment)
        if key in SIZES:
            return say(value, "size")
        if isinstance(value, Decimal) and value == value.to_integral_value():
            return f"{value:.0f}"
        if isinstance(value, timedelta) and not value:
            return "无"
        return say(value)

    def whole(self, part: Part) -> str:
        """A rule that came or went, in one line."""
        rows = []
        for key in type(part).model_fields:
            value = getattr(part, key)
            if key in LEFT_OUT | UNTOLD or value in (None, (), False, Decimal(0)):
                continue
            rows.append((key, self.said((key,), value)))
        if len(rows) == 1:
            return rows[0][1]
        return "；".join(f"{label(key)}：{text}" for key, text in rows) or str(_cite(part) or "")


def _cite(value: Any) -> Citation | None:
    return getattr(value, "cite", None)


def _rows(value: Any) -> bool:
    """Whether it is a list of rules."""
    return isinstance(value, tuple) and all(isinstance(each, Part) for each in value)


def _ids(value: Any) -> bool:
    """Whether its rules are known by ids."""
    return any(getattr(each, "id", None) or hasattr(each, "question") for each in value)


def _keyed(value: Any) -> bool:
    """Whether rules stand in it that can be told apart: by key, by id, or by what they are called."""
    if isinstance(value, Mapping):
        return True
    return (
        isinstance(value, tuple)
        and all(isinstance(each, Part) for each in value)
        and (len(_by_key(value)) == len(value))
    )


def _by_key(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    found: dict[str, Any] = {}
    for each in value:
        key = next((getattr(each, name) for name in KEYED_BY if getattr(each, name, None)), "")
        if key:
            found[str(key)] = each
    return found


def _names(value: Any) -> dict[str, str]:
    """Id → name of everything in the rules that has both."""
    found: dict[str, str] = {}
    if isinstance(value, Part):
        id, name = getattr(value, "id", None), getattr(value, "name", None)
        if isinstance(id, str) and isinstance(name, str):
            found[id] = name
        inside: Sequence[Any] = [getattr(value, key) for key in type(value).model_fields]
    elif isinstance(value, Mapping):
        inside = list(value.values())
    elif isinstance(value, tuple):
        inside = value
    else:
        return found
    for each in inside:
        found |= _names(each)
    return found
