"""The resolved rules of one contest edition, as every other room of the house reads them.

`Rules` is frozen and complete: no question is open in it, every instant carries its time zone, and
every rule carries the citation of the notice it comes from (and, where the notice was silent, the
id of the question whose answer filled the gap). `model_dump(mode="json")` gives the resolved JSON,
in which decimals are strings; `Rules.model_validate` reads it back. It does not parse YAML and
holds no rule of a particular contest.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import Field as Setting

Severity = Literal["must", "should", "prefer"]
Checker = Literal["machine", "form", "declaration", "human", "judge"]


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


class Organiser(Rule):
    """主办、协办、承办 … and the institution that bears the role."""

    role: str
    name: str


class Contact(Rule):
    """People to ask. `scope` names what they answer for, None for everything."""

    names: tuple[str, ...]
    phone: str | None = None
    email: str | None = None
    scope: str | None = None


class UnitClass(Rule):
    """A class of units (临床科室 …): whether it has to enter, and whether it may."""

    id: str
    name: str
    must_enter: bool
    may_enter: bool


class Theme(Rule):
    """One direction (创作方向) that a work may belong to."""

    id: str
    name: str
    hint: str | None = None


class Choice(Rule):
    """How many options an entrant picks, and which there are. `max` None means no upper bound."""

    min: int
    max: int | None
    options: tuple[Theme, ...]


class Field(Rule):
    """A field of the entry form. `roles` are the roles offered when `kind` is people."""

    id: str
    label: str
    kind: Literal["text", "longtext", "people", "choice", "references"]
    required: bool
    max_chars: int | None = None
    hint: str | None = None
    roles: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class Requirement(Rule):
    """A demand on a work.

    `severity` says how binding it is; `checked_by` who looks. `predicate` is an expression over the
    facts of a file (see `predicate`), `required_text` the same in Chinese. `effect` tells what a
    preference does when awards are decided (none, tie_break, bonus); `exception` what is allowed
    all the same; `tracks` the ids of the tracks it binds, empty for all.
    """

    id: str
    text: str
    severity: Severity
    checked_by: Checker
    predicate: str | None = None
    required_text: str | None = None
    hint: str | None = None
    exception: str | None = None
    effect: Literal["none", "tie_break", "bonus"] | None = None
    tracks: tuple[str, ...] = ()


class Slot(Rule):
    """A place for files in an entry.

    `min` and `max` count files, `accept` lists lower-case suffixes, `max_bytes` None means that
    neither the notice nor an answer limits the size.
    """

    id: str
    name: str
    kind: Literal["video", "audio", "image", "document"]
    min: int
    max: int
    accept: tuple[str, ...]
    max_bytes: int | None = None
    hint: str | None = None
    requirements: tuple[Requirement, ...] = ()


class Track(Rule):
    """A category of works (类别) with its own themes, form and files."""

    id: str
    name: str
    themes: Choice | None = None
    fields: tuple[Field, ...] = ()
    slots: tuple[Slot, ...] = ()


class Declaration(Rule):
    """A promise (承诺、授权): who signs it and at which step."""

    id: str
    text: str
    signatory: Literal["author", "unit", "head", "judge"]
    when: Literal["submit", "confirm", "judge"]
    tracks: tuple[str, ...] = ()


class Window(Rule):
    """A span of time in which something may be done.

    `original` keeps the notice's own text. `closes_inclusive` says whether the closing instant
    itself is in time; `begun_counts` whether an upload begun in time and finished later is in time;
    `grace` extends the closing instant silently.
    """

    opens: AwareDatetime
    closes: AwareDatetime
    closes_inclusive: bool
    basis: Literal["server_received", "mail_date", "paper_arrival"]
    late: Literal["reject", "mark", "allow"]
    grace: timedelta = timedelta(0)
    begun_counts: bool = False
    original: str


class Naming(Rule):
    """How one thing must be named: `{unit}` in the template stands for the unit's name.

    `collision` is what the system appends to the second and later of equal names (`-{n}`).
    """

    applies_to: Literal["mail_subject", "video_filename"]
    template: str
    collision: str


class Criterion(Rule):
    """One line of the score sheet. A sheet's score is the sum of mark × weight."""

    id: str
    name: str
    description: str | None = None
    min: Decimal
    max: Decimal
    step: Decimal
    weight: Decimal


class TieBreak(Part):
    """One step of breaking ties; `id` names the criterion when `by` is criterion."""

    by: Literal["criterion", "committee", "earlier_submission"]
    id: str | None = None


class ScoreScheme(Rule):
    """How sheets become one score. `total` is the highest score a sheet can reach.

    `drop_high` and `drop_low` marks are left out of a trimmed mean only when a work has at least
    `drop_only_if_at_least` valid marks; otherwise the plain mean is taken.
    Rounding happens once, at the end, to `rounding_places` decimals.
    """

    criteria: tuple[Criterion, ...]
    total: Decimal
    aggregate: Literal["mean", "median", "trimmed_mean"]
    drop_high: int
    drop_low: int
    drop_only_if_at_least: int
    rounding_places: int
    rounding_mode: Literal["half_up", "half_even"]
    tie_break: tuple[TieBreak, ...]


class Advance(Rule):
    """Who goes on to the next round: everybody, the first `number`, or that share of a base."""

    by: Literal["all", "top", "ratio"]
    number: Decimal | None = None
    base: Literal["track", "unit", "total"] | None = None


class Round(Rule):
    """One round of judging; `input` is `submission` or the id of the round before.

    `window` names the entry of `Rules.windows` in which judges mark; `advance` says which works go
    on, None in a last round; `tracks` holds the ids of its tracks, empty for all.
    """

    id: str
    name: str
    kind: Literal["screening", "preliminary", "final", "live"]
    input: str
    panel: str
    min_judges: int
    recuse_own_unit: bool
    window: str | None = None
    scheme: ScoreScheme
    advance: Advance | None = None
    tracks: tuple[str, ...] = ()


class Award(Rule):
    """A prize: how many, how much money for each (yuan), and who decides."""

    id: str
    name: str
    group: str
    count: int
    money_each: Decimal = Decimal(0)
    decided_by: Literal["ranking", "committee"]
    tracks: tuple[str, ...] = ()


class Phase(Rule):
    """A step of the public timeline in the notice's own words, as vague as the notice is."""

    name: str
    when: str


class Recognition(Rule):
    """What an award counts for afterwards (党建考核 …)."""

    to: str
    text: str


class Publication(Rule):
    """Where good works are shown, and what is paid for it."""

    channels: tuple[str, ...]
    royalty: str | None = None


class Recommendation(Rule):
    """Passing good works on to a superior contest; `max` None means no number is set."""

    text: str
    targets: tuple[str, ...] = ()
    max: int | None = None


class Objections(Rule):
    """公示: how many days objections are taken."""

    days: int


class Term(Rule):
    """A statement that entrants are shown and that no machine checks (免费、不退 …)."""

    id: str
    text: str


class Decision(Rule):
    """An answered question: what was asked, what was decided, by which post, when and why."""

    question: str
    ask: str
    says: str
    by: str
    at: AwareDatetime
    reason: str


class Rules(Part):
    """Everything that governs one edition of a contest.

    `shifted_by` is zero for the real edition; a demonstration moves every window by it and must
    say so on its pages (演示). `hash` is the SHA-256 of the canonical JSON of all other fields.
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
    hash: str = Setting(default="", pattern=r"^([0-9a-f]{64})?$")

    def requirement(self, id: str) -> Requirement | None:
        """Find a requirement by id, at entry level or in any slot; None when there is none."""
        slots = (slot for track in self.tracks for slot in track.slots)
        found = [*self.requirements, *(each for slot in slots for each in slot.requirements)]
        return next((each for each in found if each.id == id), None)


def canonical(value: Any) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8. `value` holds JSON types only, no floats."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def fingerprint(rules: Rules) -> str:
    """SHA-256 (hex) of the canonical resolved JSON without its own `hash` field."""
    return hashlib.sha256(canonical(rules.model_dump(mode="json", exclude={"hash"}))).hexdigest()


__all__ = [
    "Advance", "Award", "Checker", "Choice", "Citation", "Contact", "Criterion", "Decision", "Declaration",
    "Field", "Naming", "Objections", "Organiser", "Part", "Phase", "Publication", "Recognition",
    "Recommendation", "Requirement", "Round", "Rule", "Rules", "ScoreScheme", "Severity", "Slot",
    "Term", "Theme", "TieBreak", "Track", "UnitClass", "Window", "canonical",
    "fingerprint",
]  # fmt: skip
