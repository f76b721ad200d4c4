"""Who holds a contest and who enters it: edition, bodies, units, collectors, quotas, regions."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from .part import Rule, later

Rounding = Literal["down", "up", "half_up"]


class Organiser(Rule):
    """主办、承办、协办、指导、支持 … and the institution that bears the role."""

    role: str
    name: str


class Body(Rule):
    """组委会、评委会 …: what it does and from which roles its members come (主办、协办 …)."""

    id: str
    name: str
    duty: str | None = None
    members_from: tuple[str, ...] = ()


class Edition(Rule):
    """Which edition (届) this is. `previous` is the id of the rulebook of the edition before."""

    name: str
    number: int | None = None
    year: int | None = None
    previous: str | None = None


class Superior(Rule):
    """上级赛事 that this contest feeds: at most `max` works by `closes`, None where nothing is set.

    `ranked` says that works go up in an order; `awards` are the ids of the awards they come from,
    empty for any.
    """

    id: str
    contest: str
    closes: AwareDatetime | None = None
    max: int | None = None
    ranked: bool = False
    awards: tuple[str, ...] = ()


class Contact(Rule):
    """People to ask. `scope` names what they answer for, None for everything."""

    names: tuple[str, ...]
    phone: str | None = None
    email: str | None = None
    scope: str | None = None


class Mix(Rule):
    """How many of a unit's entries belong to one track, theme or division, named by `of` and `ref`.

    `max` None means no upper bound; `min_share` is the least share (0 to 1) of all that the unit
    hands in.
    """

    of: Literal["track", "theme", "division"]
    ref: str
    min: int = 0
    max: int | None = None
    min_share: Decimal | None = None


class EntryQuota(Rule):
    """How many entries a unit hands in, in total and by track, theme or division.

    `ranked` says that the unit hands its entries in with an order of preference.
    """

    min: int
    max: int | None
    mix: tuple[Mix, ...] = ()
    ranked: bool = False


class Collector(Rule):
    """What units of a class collect for others (汇总单位): from which classes, until when, how many
    they pass on.

    `window` names an entry of `Rules.windows`: the units below hand in within it, before the
    contest's own deadline. A collector passes on at most `max` works and at most `ratio` (0 to 1) of
    what it collected, rounded as `rounding` says; None where nothing is set. `ranked`: in an order.
    """

    classes: tuple[str, ...]
    window: str | None = None
    max: int | None = None
    ratio: Decimal | None = None
    rounding: Rounding = "down"
    ranked: bool = False


class UnitClass(Rule):
    """A class of units (临床科室 …): whether it has to enter, and whether it may.

    `number` is how many such units there are, where the notice says so; `parent` the class above;
    `entries` its own quota, None where the contest's holds; `collects` what it collects for others.
    """

    id: str
    name: str
    must_enter: bool
    may_enter: bool
    number: int | None = later()
    parent: str | None = later()
    entries: EntryQuota | None = later()
    collects: Collector | None = later()


class Exemption(Rule):
    """Units, by name, that need not enter (“must”) or whose entries do not count (“quota”)."""

    units: tuple[str, ...]
    of: Literal["must", "quota"]
    reason: str | None = None


class Registration(Rule):
    """Units of these classes put themselves down (自行报名) and are let in by the organiser.

    `window` is the id of a window, None for the whole time of submission; `code` says that the
    credit code (统一社会信用代码) is required, `proof` that a paper is, `upper` that the unit above
    confirms.
    """

    classes: tuple[str, ...]
    window: str | None = None
    code: bool = False
    proof: bool = False
    upper: bool = False


class Region(Rule):
    """A region (赛区): who belongs to it, who runs it, how many entries it takes (None: no bound)."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    organiser: str | None = None
    max: int | None = None
