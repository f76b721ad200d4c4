"""What is still owed by the people of a work, which step waits for it, and until when it may be shown.

The rule that decides stands in `_wrong`: one paper against one demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fengcai.core.rulebook.rules import Citation, Release

from .terms import CAPACITIES, PUBLIC, PURPOSES, SOURCES, Age, Capacity, signers

State = Literal["asked", "signed", "scanned", "kept", "refused", "withdrawn"]
NeededFor = Literal["submission", "publication", "nothing"]


@dataclass(frozen=True, slots=True)
class Paper:
    """One signature, or the wait for it. `until` is the last day of its term; `checked` is false
    while a scan waits for the office to look at it."""

    capacity: Capacity
    state: State
    way: str = ""
    purposes: frozenset[str] = frozenset()
    until: date | None = None
    checked: bool = True

    @property
    def given(self) -> bool:
        """Whether somebody agreed to something, and has not taken it back."""
        return self.state in ("signed", "scanned", "kept")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on screen: an id, the part (`terms.ON_SCREEN`), the age, what was signed."""

    id: str
    role: str
    age: Age = "adult"
    papers: tuple[Paper, ...] = ()

    def paper(self, capacity: Capacity) -> Paper:
        """What this signer did; one that was never asked is the same as one that waits."""
        mine = (each for each in self.papers if each.capacity == capacity)
        return next(mine, Paper(capacity, "asked"))


@dataclass(frozen=True, slots=True)
class Register:
    """Who appears in a work. `nobody` is the unit's word that nobody can be recognised in it."""

    people: tuple[Person, ...] = ()
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Debt:
    """One thing missing: of whom (None: of the work), by whom to be signed, what waits for it.

    `kind` is a key of `terms.SOURCES`; `cite` is the notice's clause, `source` the law's article.
    """

    person: str | None
    capacity: Capacity | None
    kind: str
    text: str
    needed_for: NeededFor
    cite: Citation
    answer: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Showing:
    """Whether a work may be shown to the public: not at all (`barred`, and why), or through the day
    `until` (None: without end)."""

    barred: bool
    until: date | None
    why: str = ""


def owed(demands: Iterable[Release], register: Register, *, on: date) -> tuple[Debt, ...]:
    """Everything missing on a day, demand by demand, person by person.

    A guardian's signature counts only where the age asks for one; somebody in no part that a demand
    names owes it nothing.
    """
    return tuple(debt for demand in demands for debt in _owed(demand, register, on))


def _owed(demand: Release, register: Register, on: date) -> Iterator[Debt]:
    if not register.people and not register.nobody:
        text = "还没有登记出镜人员；没有可辨认的人，请写明"
        yield _debt(demand, None, None, "register", text, SOURCES["register"])
    for person in _bound(demand, register):
        for capacity in signers(person.age):
            found = _wrong(demand, person.paper(capacity), capacity, on)
            if found is not None:
                kind, text, source = found
                yield _debt(demand, person.id, capacity, kind, text, source)


def _wrong(
    demand: Release, paper: Paper, capacity: Capacity, on: date
) -> tuple[str, str, str] | None:
    """What one paper lacks of what a demand asks: kind, sentence, article. None: nothing."""
    who = CAPACITIES[capacity]
    if paper.state == "asked":
        source = SOURCES["guardian" if capacity == "guardian" else "unsigned"]
        return "unsigned", f"{who}还没有签署同意书", source
    if paper.state == "refused":
        return "refused", f"{who}不同意，请在作品中去掉或遮住这个人", SOURCES["refused"]
    if paper.state == "withdrawn":
        return "withdrawn", f"{who}已撤回同意", SOURCES["withdrawn"]
    if paper.way not in demand.evidence:
        return "way", f"{who}的同意书不是规则允许的签署方式", SOURCES["way"]
    if paper.until is None:
        return "term", f"{who}的同意书没有写期限", SOURCES["term"]
    if paper.until < on:
        return "expired", f"{who}的同意书已于 {paper.until} 到期", SOURCES["expired"]
    missing = [use for use in PURPOSES if use in demand.purposes and use not in paper.purposes]
    if missing:
        names = "、".join(PURPOSES[use][0] for use in missing)
        law = "public" if PUBLIC.intersection(missing) else "upper" if "upper" in missing else ""
        return "purpose", f"{who}没有同意：{names}", SOURCES[law or "purpose"]
    if not paper.checked:
        return "unchecked", f"{who}的扫描件还没有经主办方核对", SOURCES["unchecked"]
    return None


def showing(demands: Sequence[Release], register: Register, *, on: date) -> Showing:
    """Until when the public may see a work, by what the people in it agreed to.

    Barred by whatever a demand that `publication` or `submission` waits for lacks; and, whatever the
    rulebook waits for, by a refusal, a withdrawal, an ended term, or a public use that was not agreed to.
    """
    last: date | None = None
    for demand in demands:
        if not PUBLIC.intersection(demand.purposes) and demand.needed_for == "nothing":
            continue
        for debt in _owed(demand, register, on):
            if demand.needed_for != "nothing" or debt.kind not in ("register", "unsigned"):
                return Showing(True, None, debt.text)
        for person in _bound(demand, register):
            for capacity in signers(person.age):
                until = person.paper(capacity).until
                last = until if last is None or (until is not None and until < last) else last
    return Showing(False, last)


def watching(demands: Sequence[Release], register: Register, *, on: date) -> Showing:
    """Until when reviewers and judges may watch a work. Judging is no publication (个人信息保护法 §25), and
    what nobody has signed yet waits as the rulebook says; but whoever said no, took back, left judging
    out or whose term is over agrees to no use at all, this one included (民法典 §1019, §1022).

    Bound are those from whom a demand asks for the use in judging.
    """
    last: date | None = None
    for demand in demands:
        if "judging" not in demand.purposes:
            continue
        for person in _bound(demand, register):
            for capacity in signers(person.age):
                paper = person.paper(capacity)
                if paper.state == "asked":
                    continue
                if why := _no_watching(paper, on):
                    return Showing(True, None, f"{CAPACITIES[capacity]}{why}")
                if paper.until is not None:
                    last = paper.until if last is None else min(last, paper.until)
    return Showing(False, last)


def _no_watching(paper: Paper, on: date) -> str:
    """Why this answer lets nobody watch; empty where it does."""
    if paper.state == "refused":
        return "不同意出镜"
    if paper.state == "withdrawn":
        return "已撤回同意"
    if paper.until is not None and paper.until < on:
        return f"的同意书已于 {paper.until} 到期"
    return "" if "judging" in paper.purposes else "没有同意用于评审"


def _bound(demand: Release, register: Register) -> tuple[Person, ...]:
    return tuple(each for each in register.people if each.role in demand.who)


def _debt(
    demand: Release,
    person: str | None,
    capacity: Capacity | None,
    kind: str,
    text: str,
    source: str,
) -> Debt:
    return Debt(person, capacity, kind, text, demand.needed_for, demand.cite, demand.answer, source)
