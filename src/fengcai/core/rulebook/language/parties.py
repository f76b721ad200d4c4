"""How the book says who holds a contest and who enters it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from fengcai.core.rulebook.gaps import Cited, Clause, Id, Said, Slug
from fengcai.core.rulebook.words import Day, Limit, Moment, Share, Text, Whole, YesNo

RoundingText = Literal["down", "up", "half_up"]


class Notice(Cited):
    """The notice itself: its number, who issued it, and when."""

    number: Said[Text] | None = None
    issuer: Said[Text]
    issued: Said[Day]


class EditionText(Cited):
    """Which edition (届) this is, and the rulebook of the one before."""

    name: Said[Text]
    number: Said[Whole] | None = None
    year: Said[Whole] | None = None
    previous: Slug | None = None


class SuperiorText(Cited):
    """上级赛事 that works are passed on to, by when and how many."""

    contest: Said[Text]
    closes: Said[Moment] | None = None
    max: Said[Limit] | None = None
    ranked: Said[YesNo] | None = None
    awards: list[Id] | None = None


class OrganiserText(Cited):
    """主办、协办 … and who it is."""

    role: Said[Text]
    name: Said[Text]


class BodyText(Cited):
    """组委会、评委会 … and what it does."""

    name: Said[Text]
    duty: Said[Text] | None = None
    members_from: Said[list[Text]] | None = None


class ContactText(Cited):
    """People to ask, and what they answer for."""

    names: Said[list[Text]]
    phone: Said[Text] | None = None
    email: Said[Text] | None = None
    scope: Said[Text] | None = None


class MailboxText(Cited):
    """The address that entries may be sent to."""

    address: Said[Text]


MixOf = Annotated[str, StringConstraints(pattern=r"^(track|theme|division) [a-z][a-z0-9_]*$")]


class MixText(Cited):
    """How many of a unit's entries belong to one track, theme or division."""

    of: MixOf
    min: Said[Whole] | None = None
    max: Said[Limit] | None = None
    min_share: Said[Share] | None = None


class QuotaText(Cited):
    """How many entries a unit of one class hands in, where the class has a number of its own."""

    min: Said[Whole]
    max: Said[Limit]
    mix: Said[list[Said[MixText]]] | None = None
    ranked: Said[YesNo] | None = None


class CollectorText(Cited):
    """汇总: whose entries units of a class collect, within which window, how many they pass on."""

    classes: list[Id]
    window: Id | None = None
    max: Said[Limit] | None = None
    ratio: Said[Share] | None = None
    rounding: Said[RoundingText] | None = None
    ranked: Said[YesNo] | None = None


class UnitClassText(Cited):
    """A class of units: must it enter, may it, how often, and what it collects for others."""

    name: Said[Text]
    must_enter: Said[YesNo]
    may_enter: Said[YesNo]
    number: Said[Whole] | None = None
    parent: Id | None = None
    entries: Said[QuotaText] | None = None
    collects: Said[CollectorText] | None = None


class EntriesText(Cited):
    """How many entries a unit hands in."""

    min: Said[Whole]
    max: Said[Limit]
    consequence: Said[Text] | None = None
    mix: Said[list[Said[MixText]]] | None = None
    ranked: Said[YesNo] | None = None


class CapacityText(Cited):
    """How many entries the contest takes in all."""

    max: Said[Whole]


class ExemptionText(Cited):
    """Units that need not enter, or whose entries do not count against a quota."""

    units: Said[list[Text]]
    of: Said[Literal["must", "quota"]]
    reason: Said[Text] | None = None


class RegistrationText(Cited):
    """That units which are on no roster put themselves down: of which classes, within which window,
    and what they have to show."""

    classes: list[Id]
    window: Id | None = None
    code: Said[YesNo] | None = None
    proof: Said[YesNo] | None = None
    upper: Said[YesNo] | None = None


class HeadConfirmationText(Cited):
    """Whether the head of the unit confirms an entry."""

    required: Said[YesNo]


class UnitsText(Clause):
    """Who enters, how often, and who confirms."""

    classes: Said[dict[Id, Said[UnitClassText]]]
    entries: Said[EntriesText]
    capacity: Said[CapacityText] | None = None
    exemptions: Said[list[Said[ExemptionText]]] | None = None
    head_confirmation: Said[HeadConfirmationText] | None = None
    registration: Said[RegistrationText] | None = None


class RegionText(Cited):
    """A region (赛区): who belongs to it and who runs it."""

    name: Said[Text]
    members: Said[list[Text]] | None = None
    organiser: Said[Text] | None = None
    max: Said[Limit] | None = None
