"""How the book says what is handed in: tracks, forms, files, demands, people, promises."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from fengcai.core.rulebook.gaps import Cited, Id, Said
from fengcai.core.rulebook.words import Day, Limit, Number, Size, Text, Whole, YesNo, refuse


class ThemeText(Cited):
    """One direction a work may belong to; a mandatory one is every work's."""

    name: Said[Text]
    hint: Said[Text] | None = None
    mandatory: Said[YesNo] | None = None


class ThemesText(Cited):
    """How many directions a work picks, and which there are."""

    min: Said[Whole]
    max: Said[Limit]
    options: Said[dict[Id, Said[ThemeText]]]


class RoleCountText(Cited):
    """How many people of one role an entry names."""

    role: Said[Text]
    min: Said[Whole] | None = None
    max: Said[Limit] | None = None


class FieldText(Cited):
    """A field of the entry form."""

    label: Said[Text]
    kind: Said[
        Literal[
            "text", "longtext", "people", "choice", "references",
            "number", "date", "link", "phone", "email", "id_number", "yes_no",
            "rights", "ai_use", "audience", "parallel",
        ]
    ]  # fmt: skip
    required: Said[YesNo]
    max_chars: Said[Whole] | None = None
    hint: Said[Text] | None = None
    roles: Said[list[Text]] | None = None
    options: Said[list[Text]] | None = None
    min_chars: Said[Whole] | None = None
    counts: Said[list[Said[RoleCountText]]] | None = None
    people_min: Said[Whole] | None = None
    people_max: Said[Whole] | None = None
    asks: (
        Said[
            list[
                Literal[
                    "profession", "unit", "title", "post", "phone", "email", "id_number", "birth", "gender",
                    "student_number",
                ]
            ]
        ]
        | None
    ) = None  # fmt: skip
    unit: Said[Text] | None = None
    at_least: Said[Number] | None = None
    at_most: Said[Number] | None = None
    proof: Id | None = None
    kinds: (
        Said[
            list[
                Literal[
                    "article", "guideline", "book", "standard", "web",
                    "music", "picture", "footage", "font", "text", "voice", "other",
                ]
            ]
        ]
        | None
    ) = None  # fmt: skip
    rows_min: Said[Whole] | None = None
    rows_max: Said[Whole] | None = None
    say_none: Said[YesNo] | None = None
    shown_to: Said[Literal["office", "judges", "public"]] | None = None


class RequirementText(Cited):
    """Exactly one of must (强制), should (建议), prefer (优先) holds the requirement's text."""

    must: Said[Text] | None = None
    should: Said[Text] | None = None
    prefer: Said[Text] | None = None
    checked_by: Said[Literal["machine", "form", "declaration", "human", "judge"]]
    predicate: Said[Text] | None = None
    hint: Said[Text] | None = None
    exception: Said[Text] | None = None
    effect: Said[Literal["none", "tie_break", "bonus"]] | None = None
    tracks: list[Id] | None = None
    divisions: list[Id] | None = None
    round: Id | None = None

    @model_validator(mode="after")
    def _one_severity(self) -> RequirementText:
        said = [key for key in ("must", "should", "prefer") if getattr(self, key) is not None]
        if len(said) != 1:
            raise refuse(
                "一条要求要写明轻重，且只能写一种"
                + (f"，这里写了 {'、'.join(said)}" if said else ""),
                "请用 must（强制）、should（建议）、prefer（优先）之一写出要求的内容。",
            )
        return self


class SlotText(Cited):
    """A place for files, links or things, with the demands on them."""

    name: Said[Text]
    kind: Said[
        Literal["video", "audio", "image", "document", "source", "link", "physical", "form", "scan"]
    ]
    min: Said[Whole]
    max: Said[Whole]
    accept: Said[list[Annotated[str, StringConstraints(pattern=r"^\.[a-z0-9]+$")]]] | None = None
    max_size: Said[Size] | None = None
    hint: Said[Text] | None = None
    requirements: Said[dict[Id, Said[RequirementText]]] | None = None
    min_size: Said[Size] | None = None
    role: (
        Said[
            Literal[
                "main", "source", "script", "synopsis", "statement", "proof", "companion",
                "reference", "form", "release", "opinion",
            ]
        ]
        | None
    ) = None  # fmt: skip
    shown_to: Said[Literal["office", "judges", "public"]] | None = None
    ordered: Said[YesNo] | None = None
    captions: Said[YesNo] | None = None
    asks: Said[list[Literal["platform", "published_on", "title", "account"]]] | None = None
    evidence: Said[YesNo] | None = None
    label: Said[YesNo] | None = None
    returned: Said[YesNo] | None = None
    signed: Said[list[Literal["author", "head", "seal"]]] | None = None
    of: Id | None = None
    window: Id | None = None
    divisions: list[Id] | None = None


class TrackText(Cited):
    """A category of works with its directions, form and files.

    A track takes from its `parent`, or from the track that it is `like`, what it does not say itself;
    `instead` replaces single requirements of the files taken over (舞台剧 may last longer). A track
    that others name as their parent is a heading: nothing is entered in it. A track that others are
    like is entered as well.
    """

    name: Said[Text]
    kind: Said[Literal["work", "account", "person", "slogan"]] | None = None
    parent: Id | None = None
    like: Id | None = None
    themes: Said[ThemesText] | None = None
    fields: Said[dict[Id, Said[FieldText]]] | None = None
    slots: Said[dict[Id, Said[SlotText]]] | None = None
    instead: Said[dict[Id, Said[RequirementText]]] | None = None
    divisions: list[Id] | None = None


class AgesText(Cited):
    """Ages in whole years on one day, both bounds included."""

    min: Said[Whole] | None = None
    max: Said[Limit] | None = None
    on: Said[Day]


class DivisionText(Cited):
    """A division (组别) across the tracks; an entry belongs to one of each axis."""

    name: Said[Text]
    axis: Said[Text]
    who: Said[Text] | None = None
    tracks: list[Id] | None = None
    ages: Said[AgesText] | None = None
    people_min: Said[Whole] | None = None
    people_max: Said[Whole] | None = None
    beside: Said[list[Text]] | None = None


class PersonCapText(Cited):
    """In how many entries one person may take part."""

    max: Said[Whole]
    roles: Said[list[Text]] | None = None
    per: Said[Literal["contest", "track", "division"]] | None = None


class QualificationText(Cited):
    """Who may take part."""

    text: Said[Text]
    checked_by: Said[Literal["form", "declaration", "human"]]
    roles: Said[list[Text]] | None = None
    ages: Said[AgesText] | None = None
    tracks: list[Id] | None = None
    divisions: list[Id] | None = None


class DeclarationText(Cited):
    """A promise: its text, who signs it, at which step, and how that is shown."""

    text: Said[Text]
    signatory: Said[
        Literal["author", "unit", "head", "judge", "person_shown", "guardian", "instructor"]
    ]
    when: Said[Literal["submit", "confirm", "judge", "award"]]
    tracks: list[Id] | None = None
    kind: (
        Said[
            Literal[
                "originality", "licence", "assignment", "portrait", "patient_consent", "guardian",
                "ai", "prior_awards", "science", "impartiality",
            ]
        ]
        | None
    ) = None  # fmt: skip
    evidence: Said[Literal["tick", "e_sign", "signed_scan", "kept_by_unit"]] | None = None
    slot: Id | None = None
    divisions: list[Id] | None = None
    term: Said[Text] | None = None
    territory: Said[Text] | None = None
    revocable: Said[YesNo] | None = None


class ReleaseText(Cited):
    """Whose consent to being shown is needed, for which uses, for how long, before which step."""

    who: Said[list[Literal["patient", "family", "staff", "other"]]]
    purposes: Said[list[Literal["judging", "site", "channels", "upper", "media"]]]
    needed_for: Said[Literal["submission", "publication", "nothing"]]
    months: Said[Whole]
    evidence: Said[list[Literal["e_sign", "signed_scan", "kept_by_unit"]]]
    text: Said[Text] | None = None
    tracks: list[Id] | None = None


class NoveltyText(Cited):
    """Whether a work must be new, or must have been published."""

    kind: Said[Literal["unpublished", "published_required", "created_between", "prior_award_ban"]]
    text: Said[Text]
    checked_by: Said[Literal["form", "declaration", "human"]]
    since: Said[Day] | None = None
    until: Said[Day] | None = None
    levels: Said[list[Literal["unit", "city", "province", "nation"]]] | None = None
    contests: Said[Text] | None = None
    proof: Id | None = None
    tracks: list[Id] | None = None


class TermText(Cited):
    """A statement shown to entrants."""

    text: Said[Text]
