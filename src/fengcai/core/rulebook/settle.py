"""A fully answered book becomes `Rules`: ids into the things, time zones into the times, a hash.

Field names of book and rules are the same wherever they mean the same, so most of it is mechanical;
the few differences are written out below. It decides nothing and checks no arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .book import Answers, Filled, Rulebook, fill, open_questions, says
from .checks import check_filled, known
from .gaps import Cited, Clause
from .language import (
    AwardText,
    Book,
    ComponentText,
    ConstraintText,
    MixText,
    RequirementText,
    RoundText,
    SchemeText,
    SlotText,
)
from .lineage import headings, leaves, models, under
from .predicate import explain_predicate, parse_predicate
from .problems import Path, RulebookError, UnansweredError
from .rules import Rules, fingerprint

# Keys of the book that `Rules` has under the same name, and those that it arranges otherwise.
SAME = frozenset(
    {
        *("id", "title", "short_title", "theme", "accent", "timezone", "organisers", "contacts"),
        *("requirements", "declarations", "schedule", "rounds", "awards", "terms", "edition"),
        *("recognition", "publication", "recommendation", "objections", "feeds_into", "bodies"),
        *("regions", "divisions", "person_caps", "qualifications", "novelty", "calendar"),
        *("channels", "panels", "votes", "documents", "releases"),
    }
)
REARRANGED = frozenset({"units", "prizes", "windows", "mailbox", "naming"})

TAKEN: tuple[str, ...] = ("themes", "divisions", "kind")
"""What a track takes over as a whole; fields and slots it takes over one by one."""

UNMARKED = {
    "criteria": (),
    "total": 0,
    "aggregate": "mean",
    "drop_high": 0,
    "drop_low": 0,
    "drop_only_if_at_least": 0,
    "rounding_places": 2,
    "rounding_mode": "half_up",
    "tie_break": (),
}
"""The scheme of a round in which nobody marks; no figure is ever made with it."""


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
                "entry_mix": entries.get("mix", ()),
                "entry_ranked": entries.get("ranked", False),
                "entry_capacity": units.get("capacity", {}).get("max"),
                "exemptions": units.get("exemptions", ()),
                "registration": units.get("registration"),
                **self.head(units),
                **self.tracks(),
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
                "award_max_per_unit": prizes.get("max_per_unit"),
                "award_max_per_person": prizes.get("max_per_person"),
                "money_note": prizes.get("note"),
                "language": book.rulebook,
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

    def tracks(self) -> dict[str, Any]:
        """The tracks that can be entered, each with what it takes over, and the headings."""
        tracks = self.book.tracks
        above = headings(tracks)
        return {
            "tracks": [self.track(id) for id in leaves(tracks)],
            "groups": [
                {
                    "id": id,
                    "name": tracks[id].name,
                    "parent": tracks[id].parent,
                    "cite": tracks[id].cite,
                    "answer": self.filled.answer(("tracks", id)),
                }
                for id in above
            ],
        }

    def track(self, id: str) -> dict[str, Any]:
        """A track with what its model says where it says nothing, and what it says instead."""
        own = self.clause(self.book.tracks[id], ("tracks", id))
        instead = {each["id"]: each for each in own.pop("instead", ())}
        above: dict[str, Any] = {}
        for model in models(self.book.tracks, id)[:1]:
            above = self.track(model)
        own.pop("like", None)
        for key in ("fields", "slots"):
            own[key] = _over(above.get(key, ()), own.get(key, ()))
        taken = {key: above[key] for key in TAKEN if key in above}
        for slot in own["slots"]:
            asked = slot.get("requirements", ())
            slot["requirements"] = [instead.get(each["id"], each) for each in asked]
        return {**taken, **own, "id": id}

    def round(self, round: RoundText, found: dict[str, Any]) -> dict[str, Any]:
        """What a round in which nobody marks does not say, and the panel's name for its id."""
        panels, votes = known(self.book.panels), known(self.book.votes)
        name = panels[round.panel].name if round.panel in panels else found["panel"]
        if round.vote in votes:
            name = name or votes[round.vote].name
        return {
            "panel": name or "",
            "panel_id": round.panel if round.panel in panels else None,
            "min_judges": found["min_judges"] or 0,
            "recuse_own_unit": bool(found["recuse_own_unit"]),
            "scheme": found["scheme"] or {**UNMARKED, "cite": round.cite},
        }

    def quota(self, found: dict[str, Any]) -> dict[str, Any] | None:
        """How many get an award, taken out of the five ways to say it; None for a fixed number."""
        ratio, threshold = found.pop("ratio"), found.pop("threshold")
        at_most, free = found.pop("at_most"), found.pop("discretionary")
        said = {"cite": found["cite"], "answer": found["answer"]}
        if ratio:
            return {"kind": "ratio", **ratio}
        if threshold:
            return {"kind": "threshold", **threshold}
        if at_most is not None:
            return {"kind": "at_most", "max": at_most, **said}
        return {"kind": "discretionary", **said} if free else None

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
            found["min_bytes"] = found.pop("min_size")
            found["accept"] = found["accept"] or ()
        elif isinstance(value, SchemeText):
            found["tie_break"] = [
                dict(zip(("by", "id"), each.split(), strict=False)) for each in found["tie_break"]
            ]
        elif isinstance(value, (MixText, ComponentText, ConstraintText)):
            found["of"], _, ref = value.of.partition(" ")
            found["ref"] = ref or None
        elif isinstance(value, RoundText):
            found |= self.round(value, found)
        elif isinstance(value, AwardText):
            found["quota"] = self.quota(found)
        if found.get("tracks"):
            found["tracks"] = under(self.book.tracks, found["tracks"])
        # What the book leaves out takes the default of `Rules`, except an upper bound: there,
        # None is the value (不限).
        return {key: each for key, each in found.items() if each is not None or key == "max"}


def _over(above: Sequence[dict[str, Any]], own: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Things taken over, with one's own in the place of those that have the same id, then the rest."""
    mine = {each["id"]: each for each in own}
    taken = [mine.pop(each["id"], each) for each in above]
    return [{**each} for each in (*taken, *mine.values())]
