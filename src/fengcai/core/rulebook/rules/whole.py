"""The resolved rules of one contest edition, as every other room of the house reads them.

`Rules` is frozen and complete: no question is open in it, every instant carries its time zone, and
every rule carries the citation of the notice it comes from (and, where the notice was silent, the
id of the question whose answer filled the gap). `model_dump(mode="json")` gives the resolved JSON,
in which decimals are strings; `Rules.model_validate` reads it back. It does not parse YAML and
holds no rule of a particular contest.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field as Setting

from .calendar import Channel, Naming, Phase, Window, WorkCalendar
from .judging import Panel, Round, Vote
from .outcomes import (
    Award,
    Decision,
    Document,
    Objections,
    Publication,
    Recognition,
    Recommendation,
)
from .part import Citation, Part, later
from .parties import (
    Body,
    Contact,
    Edition,
    EntryQuota,
    Exemption,
    Mix,
    Organiser,
    Region,
    Registration,
    Superior,
    UnitClass,
)
from .works import (
    Declaration,
    Division,
    Novelty,
    PersonCap,
    Qualification,
    Release,
    Requirement,
    Term,
    Track,
    TrackGroup,
)

WORKS = frozenset({"video", "audio", "image", "document"})
"""Kinds of places in which a work itself may stand; forms, scans and sources go with it."""


class Rules(Part):
    """Everything that governs one edition of a contest.

    `tracks` are the categories that can be entered; the headings over them stand in `groups`, and
    wherever a scope is given by tracks, headings have been replaced by the tracks under them.

    `shifted_by` is zero for the real edition; a demonstration moves every window by it and must
    say so on its pages (演示). `hash` is the SHA-256 of the canonical form of all other fields.
    """

    id: str
    title: str
    short_title: str
    theme: str
    accent: str
    timezone: str
    issuer: str
    document_number: str | None
    issued: date
    organisers: tuple[Organiser, ...]
    contacts: tuple[Contact, ...]
    mailbox: str | None = None
    unit_classes: tuple[UnitClass, ...]
    entry_min_per_unit: int
    entry_max_per_unit: int | None
    entry_consequence: str | None = None
    entry_cite: Citation
    head_confirmation: bool
    head_confirmation_cite: Citation | None = None
    tracks: tuple[Track, ...]
    requirements: tuple[Requirement, ...]
    declarations: tuple[Declaration, ...]
    window: Window
    windows: dict[str, Window]
    schedule: tuple[Phase, ...] = ()
    naming: tuple[Naming, ...]
    rounds: tuple[Round, ...]
    awards: tuple[Award, ...]
    certificate: Term | None = None
    stacking: Literal["stack", "exclusive"]
    money_total: Decimal | None
    money_recipient: Literal["unit", "authors"] | None
    award_cite: Citation
    recognition: tuple[Recognition, ...] = ()
    publication: Publication | None = None
    recommendation: Recommendation | None = None
    objections: Objections | None = None
    terms: tuple[Term, ...] = ()
    decisions: tuple[Decision, ...]
    shifted_by: timedelta = timedelta(0)
    language: Literal["1", "2"] = later("1")
    edition: Edition | None = later()
    feeds_into: tuple[Superior, ...] = later(())
    bodies: tuple[Body, ...] = later(())
    entry_mix: tuple[Mix, ...] = later(())
    entry_ranked: bool = later(False)
    entry_capacity: int | None = later()
    exemptions: tuple[Exemption, ...] = later(())
    regions: tuple[Region, ...] = later(())
    registration: Registration | None = later()
    groups: tuple[TrackGroup, ...] = later(())
    divisions: tuple[Division, ...] = later(())
    person_caps: tuple[PersonCap, ...] = later(())
    qualifications: tuple[Qualification, ...] = later(())
    novelty: tuple[Novelty, ...] = later(())
    calendar: WorkCalendar | None = later()
    channels: tuple[Channel, ...] = later(())
    panels: tuple[Panel, ...] = later(())
    votes: tuple[Vote, ...] = later(())
    award_max_per_unit: int | None = later()
    award_max_per_person: int | None = later()
    money_note: str | None = later()
    documents: tuple[Document, ...] = later(())
    releases: tuple[Release, ...] = later(())
    hash: str = Setting(default="", pattern=r"^([0-9a-f]{64})?$")

    def requirement(self, id: str) -> Requirement | None:
        """Find a requirement by id, at entry level or in any slot; None when there is none."""
        slots = (slot for track in self.tracks for slot in track.slots)
        found = [*self.requirements, *(each for slot in slots for each in slot.requirements)]
        return next((each for each in found if each.id == id), None)

    def judged_on(self, track: str, slot: str) -> tuple[Requirement, ...]:
        """What the files in a place of a track are judged by: the place's own demands and, where
        the work itself stands there, those on the whole work that have a predicate.

        The work is in the place of role `main`; where none has it, in the first one without a role
        that takes films, sounds, pictures or papers.
        """
        places = next((each.slots for each in self.tracks if each.id == track), ())
        here = next((each for each in places if each.id == slot), None)
        if here is None:
            return ()
        works = [each for each in places if each.role == "main"] or [
            each for each in places if each.role is None and each.kind in WORKS
        ][:1]
        if here not in works:
            return here.requirements
        whole = (
            each
            for each in self.requirements
            if each.predicate is not None and (not each.tracks or track in each.tracks)
        )
        return (*here.requirements, *whole)

    def quota_of(self, unit_class: str) -> EntryQuota:
        """How many entries a unit of a class hands in: the class's own quota or the contest's."""
        own = next((each.entries for each in self.unit_classes if each.id == unit_class), None)
        return own or EntryQuota(
            min=self.entry_min_per_unit,
            max=self.entry_max_per_unit,
            mix=self.entry_mix,
            ranked=self.entry_ranked,
            cite=self.entry_cite,
        )

    def round(self, id: str) -> Round | None:
        """Find a round by id; None when there is none."""
        return next((each for each in self.rounds if each.id == id), None)

    def panel(self, id: str | None) -> Panel | None:
        """Find a panel by id; None when there is none."""
        return next((each for each in self.panels if each.id == id), None)

    def vote(self, id: str | None) -> Vote | None:
        """Find a vote by id; None when there is none."""
        return next((each for each in self.votes if each.id == id), None)

    def final_rounds(self, track: str) -> tuple[Round, ...]:
        """Rounds of a track that no other round of the track takes its works from."""
        mine = [each for each in self.rounds if not each.tracks or track in each.tracks]
        fed = {each.input for each in mine}
        return tuple(each for each in mine if each.id not in fed)

    def tracks_in(self, id: str) -> tuple[str, ...]:
        """The tracks that a track's or a heading's id stands for, in the order of the rules."""
        above = {each.id: each.parent for each in self.groups}

        def stands_under(at: str | None) -> bool:
            while at is not None and at != id:
                at = above.get(at)
            return at == id

        return tuple(each.id for each in self.tracks if each.id == id or stands_under(each.parent))
