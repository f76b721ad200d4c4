"""What the inspection of a file found, as rows for pages: each finding with what was noticed about it.

The page of an inspection shows all of it; the review page and the work's own page the weightiest part.
Whoever may not see private evidence is given the addresses of its masked twins. It decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from fengcai.apps.assets.outputs import masked_twin, pictures_of
from fengcai.apps.assets.queries import Checked, FindingRow
from fengcai.apps.entries.queries import Page
from fengcai.core.rulebook import Requirement, Rules
from fengcai.engines.documents.noticed import Noticed, concerned, hindered, names_of, noticed
from fengcai.media.remarks import Remark, kept

DETAILS = 12
FIRST = 3
"""So many moments stand on other pages; the rest is on the page of the inspection."""


@dataclass(frozen=True)
class Where:
    """Which page shows the whole inspection, which player of this page plays the file, who looks.

    `player` is empty where the page has none: a moment then leads to the page of the inspection.
    `private`: whether private evidence is shown as it is. `pictures` are the names of those kept.
    """

    page: str
    player: str = ""
    private: bool = False
    pictures: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Moment:
    """A moment of the film: from when to when in seconds, words, what was seen, its picture."""

    seconds: str
    ends: float
    words: str
    detail: str
    picture: str
    private: bool
    url: str
    player: str


@dataclass(frozen=True)
class Seen:
    """One thing that was noticed: a plain sentence and its moments."""

    title: str
    text: str
    sure: bool
    moments: tuple[Moment, ...]
    page: str = ""
    """Where all of it stands."""

    @property
    def stops(self) -> tuple[Moment, ...]:
        """The moments to jump to, each time once: two numbers may stand on screen together."""
        once: dict[str, Moment] = {}
        for each in self.moments:
            once.setdefault(each.words, each)
        return tuple(once.values())

    @property
    def first(self) -> tuple[Moment, ...]:
        """Those for a page that has little room."""
        return self.stops[:FIRST]

    @property
    def more(self) -> int:
        """How many moments those leave out."""
        return len(self.stops) - len(self.first)

    @property
    def details(self) -> tuple[Moment, ...]:
        """The moments that say more than their time, at most as many as one reads."""
        return tuple(each for each in self.moments if each.detail)[:DETAILS]

    @property
    def pictures(self) -> tuple[Moment, ...]:
        """The first moments that have a picture of their own."""
        shown: dict[str, Moment] = {}
        for each in self.moments:
            if each.picture:
                shown.setdefault(each.picture, each)
        return tuple(shown.values())[:FIRST]


@dataclass(frozen=True)
class Line:
    """A finding with what was noticed about it. `kind` is broken, look, advice or passed; judges, where
    it is theirs to weigh."""

    finding: FindingRow
    kind: str
    hint: str = ""
    seen: tuple[Seen, ...] = ()
    why: str = ""
    """Why it could not be measured."""

    @property
    def found_by_machine(self) -> bool:
        """Whether the machine saw a fault that a person has to judge."""
        return self.kind == "look" and self.finding.verdict == "fail"

    @property
    def shown_as(self) -> str:
        """The verdict whose icon and colour it wears."""
        return "undetermined" if self.found_by_machine else self.finding.verdict

    @property
    def requirement(self) -> str:
        """The id of the demand."""
        return self.finding.requirement


@dataclass(frozen=True)
class Lines:
    """All findings of a file, and what was noticed that no clause asks about."""

    lines: tuple[Line, ...]
    rest: tuple[Seen, ...]
    url: str = ""

    def of(self, kind: str) -> list[Line]:
        """The findings of one kind."""
        return [each for each in self.lines if each.kind == kind]

    @property
    def broken(self) -> list[Line]:
        """Binding clauses measured as broken."""
        return self.of("broken")

    @property
    def look(self) -> list[Line]:
        """What a person has to look at."""
        return self.of("look")

    @property
    def noticed(self) -> list[Line]:
        """Of these, where the machine saw something."""
        return [each for each in self.look if each.seen or each.found_by_machine]

    @property
    def by_person(self) -> list[Line]:
        """Of these, what a person judges without a hint."""
        return [each for each in self.look if not each.seen and not each.found_by_machine]

    @property
    def advice(self) -> list[Line]:
        """Recommendations not followed."""
        return self.of("advice")

    @property
    def passed(self) -> list[Line]:
        """What was measured and is in order."""
        return self.of("passed")

    @property
    def by_requirement(self) -> dict[str, tuple[Seen, ...]]:
        """What was noticed, by the demand it belongs to."""
        return {each.requirement: each.seen for each in self.lines if each.seen}


def lines_of(file: Checked, rules: Rules, where: Where) -> Lines:
    """The findings of a file, each with what was noticed about it. No SQL."""
    measures = kept(file.facts)
    found = noticed(measures)
    told = {each: _seen(each, file, where) for each in found}
    lines: list[Line] = []
    placed: set[Noticed] = set()
    for row in file.findings:
        demand = rules.requirement(row.requirement)
        names = names_of(demand)
        mine = () if row.verdict == "pass" else concerned(names, found, measures)
        why = "；".join(hindered(names, measures)) if row.verdict == "undetermined" else ""
        placed.update(mine)
        hint = (demand.hint or "") if demand is not None and row.verdict == "fail" else ""
        lines.append(Line(row, kind_of(row, demand), hint, tuple(told[each] for each in mine), why))
    rest = tuple(told[each] for each in found if each not in placed)
    return Lines(tuple(lines), rest, where.page)


def lines_on(page: Page, to: str, *, private: bool, first: UUID | None = None) -> dict[UUID, Lines]:
    """The same for all current files of a work, by file. `to` names the address of the inspection; `first`
    is the file in the page's main player. 1 SQL, none without a file."""
    files = [row.file for rows in page.versions.values() for row in rows if row.current]
    pictures = pictures_of([each.id for each in files])
    return {
        file.id: lines_of(
            file,
            page.rules,
            Where(
                page=reverse(to, args=[page.entry.pk, file.id]),
                player=player_of(file.id, first),
                private=private,
                pictures=pictures.get(file.id, frozenset()),
            ),
        )
        for file in files
    }


def player_of(file: UUID, first: UUID | None = None) -> str:
    """The id of a file's player on a page that may hold several."""
    return "player" if file == first else f"film-{file}"


def kind_of(row: FindingRow, demand: Requirement | None) -> str:
    """In which group a finding stands. What a person judges is never called broken by a machine."""
    if row.verdict == "pass":
        return "passed"
    if demand is not None and demand.checked_by == "judge":
        return "judges"
    if row.verdict != "fail" or (demand is not None and demand.checked_by == "human"):
        return "look"
    return "broken" if row.broken else "advice"


def _seen(told: Noticed, file: Checked, where: Where) -> Seen:
    moments = tuple(_moment(each, file, where) for each in told.moments)
    return Seen(told.title, told.text, told.sure, moments, where.page)


def _moment(remark: Remark, file: Checked, where: Where) -> Moment:
    seconds = remark.seconds or "0"
    return Moment(
        seconds=seconds,
        ends=float(remark.to_s or 0),
        words=remark.moment,
        detail=remark.detail,
        picture=_picture(remark, file, where),
        private=remark.private and where.private,
        url=f"{where.page}#t={seconds}",
        player=where.player,
    )


def _picture(remark: Remark, file: Checked, where: Where) -> str:
    name = remark.picture or ""
    if name and remark.private and not where.private:
        name = masked_twin(name)
    return reverse("evidence", args=[file.id, name]) if name in where.pictures else ""
