"""What is handed in: tracks, divisions, themes, forms, files, people, promises, novelty."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from .part import Citation, Part, Rule, later

Severity = Literal["must", "should", "prefer"]
Checker = Literal["machine", "form", "declaration", "human", "judge"]
FieldKind = Literal[
    "text", "longtext", "people", "choice", "references",
    "number", "date", "link", "phone", "email", "id_number", "yes_no",
    "rights", "ai_use", "audience", "parallel",
]  # fmt: skip
RowKind = Literal[
    "article", "guideline", "book", "standard", "web",
    "music", "picture", "footage", "font", "text", "voice", "other",
]  # fmt: skip
SlotKind = Literal[
    "video", "audio", "image", "document", "source", "link", "physical", "form", "scan"
]
SlotRole = Literal[
    "main", "source", "script", "synopsis", "statement", "proof", "companion", "reference",
    "form", "release", "opinion",
]  # fmt: skip
PersonDetail = Literal[
    "profession",
    "unit",
    "title",
    "post",
    "phone",
    "email",
    "id_number",
    "birth",
    "gender",
    "student_number",
]


class Theme(Rule):
    """One direction (创作方向) that a work may belong to; `mandatory` means that every work does."""

    id: str
    name: str
    hint: str | None = None
    mandatory: bool = later(False)


class Choice(Rule):
    """How many options an entrant picks, and which there are. `max` None means no upper bound."""

    min: int
    max: int | None
    options: tuple[Theme, ...]


class RoleCount(Rule):
    """How many people of one role an entry names; `max` None means no upper bound."""

    role: str
    min: int = 0
    max: int | None = None


class Field(Rule):
    """A field of the entry form.

    For `people`: `roles` are the roles offered, `counts` the bounds of some of them, `people_min`
    and `people_max` the bounds of all together, `asks` what is asked of each person beside the name.
    For `number`: `unit` and the bounds `at_least` and `at_most`. For text: `min_chars`, `max_chars`.
    `proof` is the id of the slot that holds the evidence of what is filled in.

    Of kinds that hold rows (references, rights, ai_use, parallel): `kinds` are those that are taken
    (references) or asked for (rights), empty for all; `rows_min` and `rows_max` bound the rows;
    `say_none` asks to say so where there is nothing to list. `shown_to` says who reads it beside the
    office; None by its kind.
    """

    id: str
    label: str
    kind: FieldKind
    required: bool
    max_chars: int | None = None
    hint: str | None = None
    roles: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    min_chars: int | None = later()
    counts: tuple[RoleCount, ...] = later(())
    people_min: int | None = later()
    people_max: int | None = later()
    asks: tuple[PersonDetail, ...] = later(())
    unit: str | None = later()
    at_least: Decimal | None = later()
    at_most: Decimal | None = later()
    proof: str | None = later()
    kinds: tuple[RowKind, ...] = later(())
    rows_min: int | None = later()
    rows_max: int | None = later()
    say_none: bool = later(False)
    shown_to: Literal["office", "judges", "public"] | None = later()


class Requirement(Rule):
    """A demand on a work.

    `severity` says how binding it is; `checked_by` who looks. `predicate` is an expression over the
    facts of a file (see `predicate`), `required_text` the same in Chinese. `effect` tells what a
    preference does when awards are decided (none, tie_break, bonus); `exception` what is allowed
    all the same; `tracks` and `divisions` whom it binds, empty for all; `round` the round for which
    it must hold, None from the submission on.
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
    divisions: tuple[str, ...] = later(())
    round: str | None = later()


class Slot(Rule):
    """A place for files, links or things in an entry.

    `min` and `max` count files (links, things), `accept` lists lower-case suffixes (empty for link
    and physical), `max_bytes` None means that neither the notice nor an answer limits the size.

    - `role` is what it is to the work, None as before the language had roles; an `opinion` may be
      given inside the system instead of being uploaded;
    - `shown_to` who sees it beside the office: judges too, or everybody; None by its kind;
    - `ordered` and `captions`: files of a set keep an order, and each has a caption;
    - link: `asks` what is filled in beside the address, `evidence` whether a screenshot goes with it;
    - physical: `label` whether a label is printed for it, `returned` whether it is given back;
    - form: the system prints it filled in, `signed` says who signs it then; `of` names, for a scan,
      the form that it is a scan of;
    - `window` is the window to hand it in, None with the entry; `divisions` who hands it in.
    """

    id: str
    name: str
    kind: SlotKind
    min: int
    max: int
    accept: tuple[str, ...]
    max_bytes: int | None = None
    hint: str | None = None
    requirements: tuple[Requirement, ...] = ()
    min_bytes: int | None = later()
    role: SlotRole | None = later()
    shown_to: Literal["office", "judges", "public"] | None = later()
    ordered: bool = later(False)
    captions: bool = later(False)
    asks: tuple[Literal["platform", "published_on", "title", "account"], ...] = later(())
    evidence: bool = later(False)
    label: bool = later(False)
    returned: bool | None = later()
    signed: tuple[Literal["author", "head", "seal"], ...] = later(())
    of: str | None = later()
    window: str | None = later()
    divisions: tuple[str, ...] = later(())

    @property
    def file_kind(self) -> Literal["video", "audio", "image", "document"]:
        """What a file in it is measured as; forms, scans and source files count as documents."""
        if self.kind in ("video", "audio", "image"):
            return self.kind
        return "document"


class Track(Rule):
    """A category of works (类别) that can be entered, with its own themes, form and files.

    `parent` is the id of the `TrackGroup` above it; what a track does not say itself it has taken
    from there. `divisions` are the divisions it is open to, empty for all.
    """

    id: str
    name: str
    themes: Choice | None = None
    fields: tuple[Field, ...] = ()
    slots: tuple[Slot, ...] = ()
    kind: Literal["work", "account", "person", "slogan"] = later("work")
    parent: str | None = later()
    divisions: tuple[str, ...] = later(())


class TrackGroup(Rule):
    """A heading over tracks (表演类 over 演讲 and 舞台剧); nothing is entered in it itself."""

    id: str
    name: str
    parent: str | None = None


class Ages(Rule):
    """Ages in whole years on the day `on`, both bounds included; None where there is no bound."""

    min: int | None = None
    max: int | None = None
    on: date


class Division(Rule):
    """A division (组别) across the tracks. An entry belongs to exactly one of each `axis`.

    `people_min` and `people_max` bound the people of all roles but those in `beside` (指导教师 …).
    """

    id: str
    name: str
    axis: str
    who: str | None = None
    tracks: tuple[str, ...] = ()
    ages: Ages | None = None
    people_min: int | None = None
    people_max: int | None = None
    beside: tuple[str, ...] = ()


class PersonCap(Rule):
    """One person takes part in at most `max` entries in these roles (any role where empty)."""

    id: str
    roles: tuple[str, ...] = ()
    max: int
    per: Literal["contest", "track", "division"] = "contest"


class Qualification(Rule):
    """Who may take part in a role (any where empty); `ages` is checked by the date of birth."""

    id: str
    text: str
    roles: tuple[str, ...] = ()
    checked_by: Literal["form", "declaration", "human"]
    ages: Ages | None = None
    tracks: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()


class Declaration(Rule):
    """A promise (承诺、授权): who signs it, at which step, and how that is shown.

    `evidence`: a tick on the page, an electronic signature, a signed scan (put in `slot`), or a paper
    that the unit keeps. `kind` is what is promised; `term`, `territory` and `revocable` bound a licence.
    """

    id: str
    text: str
    signatory: Literal["author", "unit", "head", "judge", "person_shown", "guardian", "instructor"]
    when: Literal["submit", "confirm", "judge", "award"]
    tracks: tuple[str, ...] = ()
    kind: (
        Literal[
            "originality", "licence", "assignment", "portrait", "patient_consent", "guardian", "ai",
            "prior_awards", "science", "impartiality",
        ]
        | None
    ) = later()  # fmt: skip
    evidence: Literal["tick", "e_sign", "signed_scan", "kept_by_unit"] = later("tick")
    slot: str | None = later()
    divisions: tuple[str, ...] = later(())
    term: str | None = later()
    territory: str | None = later()
    revocable: bool | None = later()


class Release(Rule):
    """Whose consent to being shown a work needs (出镜同意): one release of each such person.

    `who` are the parts in which somebody appears; `purposes` are the uses that a release has to
    cover, each agreed to by itself; it holds for `months` from the day it was signed; until it is there,
    the step `needed_for` waits. `evidence` says in which ways it may be given; `text` are the
    organiser's own words on it.
    """

    id: str
    who: tuple[Literal["patient", "family", "staff", "other"], ...]
    purposes: tuple[Literal["judging", "site", "channels", "upper", "media"], ...]
    needed_for: Literal["submission", "publication", "nothing"]
    months: int
    evidence: tuple[Literal["e_sign", "signed_scan", "kept_by_unit"], ...]
    text: str | None = None
    tracks: tuple[str, ...] = ()


class Novelty(Rule):
    """Whether a work must be new (首发) or must have been seen (旧作).

    - `unpublished`: nowhere published before;
    - `published_required`: published between `since` and `until`, shown in the slot `proof`;
    - `created_between`: made between `since` and `until`, both days included;
    - `prior_award_ban`: no award of these `levels` in the contests that `contests` names.
    """

    id: str
    kind: Literal["unpublished", "published_required", "created_between", "prior_award_ban"]
    text: str
    checked_by: Literal["form", "declaration", "human"]
    since: date | None = None
    until: date | None = None
    levels: tuple[Literal["unit", "city", "province", "nation"], ...] = ()
    contests: str | None = None
    proof: str | None = None
    tracks: tuple[str, ...] = ()


class Term(Rule):
    """A statement that entrants are shown and that no machine checks (免费、不退 …)."""

    id: str
    text: str


__all__ = [
    "Ages", "Checker", "Choice", "Citation", "Declaration", "Division", "Field", "FieldKind", "Novelty",
    "Part", "PersonCap", "PersonDetail", "Qualification", "Release", "Requirement", "RoleCount", "Severity", "Slot",
    "SlotKind", "SlotRole", "Term", "Theme", "Track", "TrackGroup",
]  # fmt: skip
