"""What an inspection noticed, put in order for people: what says the same stands together, at its clause.

Serves the page of an inspection and the report that travels as a file. It judges nothing: which demand a
remark belongs to follows from the facts that the demand's predicate names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fengcai.core.rulebook import Requirement, parse_predicate
from fengcai.core.rulebook.predicate import facts_of
from fengcai.media.facts import Measure
from fengcai.media.remarks import NAMES, Remark, remarks

NAMED = 3
"""So many moments are named in the sentence; the others have their buttons."""


@dataclass(frozen=True)
class Noticed:
    """One thing that was noticed, at one moment or at many. `text` says when, what, and what to do."""

    measure: str
    sure: bool
    text: str
    moments: tuple[Remark, ...]

    @property
    def title(self) -> str:
        """What the measure is called."""
        return NAMES.get(self.measure, self.measure)


def noticed(measures: Mapping[str, Measure]) -> tuple[Noticed, ...]:
    """All that was noticed, in the order of the facts; what differs in its moment only is one."""
    groups: dict[tuple[str, bool, str], list[Remark]] = {}
    for each in remarks(measures):
        group = groups.setdefault((each.measure, each.sure, _rest(each)), [])
        if not any(_the_same(each, other) for other in group):
            group.append(each)
    return tuple(
        Noticed(measure, sure, _sentence(rest, those), tuple(r for r in those if r.moment))
        for (measure, sure, rest), those in groups.items()
    )


def _the_same(one: Remark, other: Remark) -> bool:
    """Whether the same words were read at the same time: recognition sees a colon once and once not."""
    letters = _letters(one)
    return bool(letters) and (one.moment, letters) == (other.moment, _letters(other))


def _letters(remark: Remark) -> str:
    return "".join(sign for sign in remark.detail.casefold() if sign.isalnum())


def _rest(remark: Remark) -> str:
    return remark.text.removeprefix(f"第 {remark.moment} 秒") if remark.moment else remark.text


def _sentence(rest: str, those: list[Remark]) -> str:
    if rest == those[0].text:
        return rest
    told = "、".join(dict.fromkeys(each.moment for each in those[:NAMED]))
    more = f"等 {len(those)} 处" if len(those) > NAMED else ""
    return f"第 {told} 秒{more}{rest}"


def names_of(requirement: Requirement | None) -> tuple[str, ...]:
    """The facts that a demand looks at; none where a person looks without any."""
    if requirement is None or requirement.predicate is None:
        return ()
    return facts_of(parse_predicate(requirement.predicate))


def concerned(
    names: Iterable[str], found: Iterable[Noticed], measures: Mapping[str, Measure]
) -> tuple[Noticed, ...]:
    """What of `found` speaks of the facts of these names."""
    wanted = frozenset(names)
    return tuple(each for each in found if wanted & frozenset(measures[each.measure].about))


def hindered(names: Iterable[str], measures: Mapping[str, Measure]) -> tuple[str, ...]:
    """Why the checks behind these facts came to no answer, each reason once."""
    wanted = frozenset(names)
    why = (
        each.why
        for each in measures.values()
        if each.answer == "unmeasured" and wanted & frozenset(each.about)
    )
    return tuple(dict.fromkeys(each for each in why if each))
