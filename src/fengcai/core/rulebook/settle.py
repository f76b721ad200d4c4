"""A fully answered book becomes `Rules`: ids into the things, time zones into the times, a hash.

Field names of book and rules are the same wherever they mean the same, so most of it is mechanical;
the few differences are written out below. It decides nothing and checks no arithmetic.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .book import Answers, Filled, Rulebook, fill, open_questions, says
from .check import check_filled
from .gaps import Cited, Clause
from .language import Book, RequirementText, SchemeText, SlotText
from .predicate import explain_predicate, parse_predicate
from .problems import Path, RulebookError, UnansweredError
from .rules import Rules, fingerprint

# Keys of the book that `Rules` has under the same name, and those that it arranges otherwise.
SAME = frozenset(
    {
        *("id", "title", "short_title", "theme", "accent", "timezone", "organisers", "contacts"),
        *("tracks", "requirements", "declarations", "schedule", "rounds", "awards", "terms"),
        *("recognition", "publication", "recommendation", "objections"),
    }
)
REARRANGED = frozenset({"units", "prizes", "windows", "mailbox", "naming"})


def resolve(rulebook: Rulebook, answers: Answers, *, shift: timedelta = timedelta(0)) -> Rules:
    """Rules with every gap answered.

    `shift` moves every window (not the notice's date) and is kept in `shifted_by`.
    Raises UnansweredError with the open questions, RulebookError when answers or arithmetic fail.
    """
    if waiting := open_questions(rulebook, answers):
        raise UnansweredError(waiting)
    filled, problems = fill(rulebook, answers)
    if filled is None:
        raise RulebookError(problems)
    if faults := check_filled(filled):
        raise RulebookError(faults)
    return _Settler(filled, shift).rules(answers)


class _Settler:
    def __init__(self, filled: Filled, shift: timedelta) -> None:
        self.book: Book = filled.book
        self.filled = filled
        self.shift = shift
        self.zone = ZoneInfo(self.book.timezone)

    def rules(self, answers: Answers) -> Rules:
        book = self.book
        whole = {key: self.plain(getattr(book, key), (key,)) for key in SAME | REARRANGED}
        units, prizes, windows = whole["units"], whole["prizes"], whole["windows"]
        entries = units["entries"]
        rules = Rules.model_validate(
            {
                **{key: whole[key] for key in SAME if whole[key] is not None},
                "issuer": book.notice.issuer,
                "document_number": book.notice.number,
                "issued": book.notice.issued,
                "mailbox": whole["mailbox"] and whole["mailbox"]["address"],
                "unit_classes": units["classes"],
                "entry_min_per_unit": entries["min"],
                "entry_max_per_unit": entries["max"],
                "entry_consequence": entries.get("consequence"),
                "entry_cite": entries["cite"],
                **self.head(units),
                "window": windows["submission"],
                "windows": {key: each for key, each in windows.items() if key != "submission"},
                "naming": [
                    {**each, "applies_to": target}
                    for each in whole["naming"] or ()
                    for target in each["applies_to"]
                ],
                "certificate": self.certificate(prizes),
                "stacking": prizes["stacking"],
                "money_total": prizes.get("total"),
                "money_recipient": prizes.get("recipient"),
                "award_cite": prizes["cite"],
                "decisions": [self.decision(id, answers) for id in book.questions],
                "shifted_by": self.shift,
            }
        )
        return rules.model_copy(update={"hash": fingerprint(rules)})

    def decision(self, id: str, answers: Answers) -> dict[str, Any]:
        question, answer = self.book.questions[id], answers[id]
        return {
            "question": id,
            "ask": question.ask,
            "says": says(question, answer),
            "by": answer.by,
            "at": answer.at,
            "reason": answer.reason,
            "cite": question.cite,
            "answer": id,
        }

    def head(self, units: dict[str, Any]) -> dict[str, Any]:
        said = units.get("head_confirmation")
        return {
            "head_confirmation": said is not None and said["required"],
            "head_confirmation_cite": said and said["cite"],
        }

    def certificate(self, prizes: dict[str, Any]) -> dict[str, Any] | None:
        return {"id": "certificate", **prizes["certificate"]} if "certificate" in prizes else None

    def plain(self, value: Any, path: Path) -> Any:
        """Values as `Rules` wants them; keyed things become lists whose items know their id."""
        if isinstance(value, Clause):
            return self.clause(value, path)
        if isinstance(value, list):
            return [self.plain(each, (*path, index)) for index, each in enumerate(value)]
        if isinstance(value, datetime):
            return value.replace(tzinfo=self.zone) + self.shift
        if isinstance(value, dict):
            inside = {key: self.plain(each, (*path, key)) for key, each in value.items()}
            if path == ("windows",):
                return inside
            return [{"id": key, **each} for key, each in inside.items()]
        return value

    def clause(self, value: Clause, path: Path) -> dict[str, Any]:
        found = {
            key: self.plain(getattr(value, key), (*path, key)) for key in type(value).model_fields
        }
        if isinstance(value, Cited):
            found["answer"] = self.filled.answer(path)
        if isinstance(value, RequirementText):
            said = {key: found.pop(key) for key in ("must", "should", "prefer")}
            severity = next(key for key, text in said.items() if text is not None)
            found |= {"severity": severity, "text": said[severity]}
            if value.predicate is not None:
                found["required_text"] = explain_predicate(parse_predicate(str(value.predicate)))
        elif isinstance(value, SlotText):
            found["max_bytes"] = found.pop("max_size")
        elif isinstance(value, SchemeText):
            found["tie_break"] = [
                dict(zip(("by", "id"), each.split(), strict=False)) for each in found["tie_break"]
            ]
        # What the book leaves out takes the default of `Rules`, except an upper bound: there,
        # None is the value (不限).
        return {key: each for key, each in found.items() if each is not None or key == "max"}
