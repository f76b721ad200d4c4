"""What comes of it: awards and their numbers, money, objections, what is shown and passed on."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from .part import Rule, later
from .parties import Rounding

_COUNTED = {"submitted": "报送作品", "accepted": "审核通过作品", "shortlisted": "入围作品"}
_EACH = {"track": "每个类别", "division": "每个组别", "region": "每个赛区"}


class AwardQuota(Rule):
    """How many get an award, where that is not one fixed number.

    - `at_most`: up to `max`;
    - `ratio`: `share` (0 to 1) of the works counted by `of`, rounded as `rounding` says, at least
      `min` and at most `max`;
    - `threshold`: all whose score is at least `score` (and, where set, under `below`), at most `max`;
    - `discretionary`: as the committee sees fit.
    """

    kind: Literal["at_most", "ratio", "threshold", "discretionary"]
    share: Decimal | None = None
    of: Literal["submitted", "accepted", "shortlisted"] | None = None
    rounding: Rounding = "down"
    score: Decimal | None = None
    below: Decimal | None = None
    min: int = 0
    max: int | None = None

    @property
    def text(self) -> str:
        """The same in Chinese: “入围作品的 10%，至少 1 名”."""
        if self.kind == "discretionary":
            return "酌情"
        if self.kind == "at_most":
            return f"至多 {self.max} 名"
        if self.kind == "ratio":
            share = (self.share or Decimal(0)) * 100
            parts = [f"{_COUNTED[self.of or 'accepted']}的 {share.normalize():f}%"]
        else:
            under = "" if self.below is None else f"、低于 {self.below:f} 分"
            parts = [f"得分不低于 {self.score:f} 分{under}"]
        parts += [f"至少 {self.min} 名"] if self.min else []
        parts += [f"至多 {self.max} 名"] if self.max is not None else []
        return "，".join(parts)


class FormulaPart(Rule):
    """Points of a unit for one thing: `points` for each, at most `max` in all (None: no bound).

    With a `weight` (0 to 1) the part counts as its share of the best unit's points × weight.

    `of`: works submitted, accepted or shortlisted; awards won (`awards`, any where empty); votes; or
    the share of its units that entered (coverage, points for the whole).
    """

    id: str
    of: Literal["submitted", "accepted", "shortlisted", "awarded", "votes", "coverage"]
    awards: tuple[str, ...] = ()
    points: Decimal
    max: Decimal | None = None
    weight: Decimal | None = None


class Formula(Rule):
    """How an organisation award is earned: units rank by the points of `parts`.

    A unit needs at least `min_entries` accepted works and `min_points` points.
    """

    parts: tuple[FormulaPart, ...]
    min_entries: int = 0
    min_points: Decimal = Decimal(0)


class Award(Rule):
    """A prize: how many, how much money for each (yuan), and who decides.

    `count` is the fixed number; None where `quota` says how many. `per` names what each has its own
    such number: with `("track",)` every track in the award's scope gives `count` of them. `tracks`,
    `divisions` and `regions` are its scope, empty for all. Where it goes by ranking, `round` says by
    which (None: the last) and `criterion` or `component` by which line of the sheet or part of the score
    (None: by the whole). `vacancy`
    says whether places may stay vacant, `stacking` whether it goes together with other awards (None:
    as `Rules.stacking`). `money_pool` is shared by all who get it. `recipient` None: the contest's.
    """

    id: str
    name: str
    group: str
    count: int | None = None
    money_each: Decimal = Decimal(0)
    decided_by: Literal["ranking", "committee", "vote", "formula"]
    tracks: tuple[str, ...] = ()
    kind: (
        Literal["grade", "special", "popularity", "organisation", "consolation", "instructor"]
        | None
    ) = later()
    quota: AwardQuota | None = later()
    per: tuple[Literal["track", "division", "region"], ...] = later(())
    divisions: tuple[str, ...] = later(())
    regions: tuple[str, ...] = later(())
    round: str | None = later()
    criterion: str | None = later()
    component: str | None = later()
    vote: str | None = later()
    formula: Formula | None = later()
    vacancy: bool | None = later()
    stacking: Literal["stack", "exclusive"] | None = later()
    money_pool: Decimal | None = later()
    in_kind: str | None = later()
    max_per_unit: int | None = later()
    max_per_person: int | None = later()
    recipient: Literal["unit", "authors", "instructors"] | None = later()

    @property
    def to_units(self) -> bool:
        """Whether units get it and not works: an organisation award, by formula or by committee."""
        by_committee = self.decided_by == "committee" and self.kind == "organisation"
        return self.decided_by == "formula" or by_committee

    @property
    def places(self) -> str:
        """How many get it, in Chinese: “每个类别 3 名”."""
        each = "、".join(_EACH[one] for one in self.per)
        if self.quota is not None:
            return each + self.quota.text
        return f"{each} {self.count} 名".strip()


class Recognition(Rule):
    """What an award counts for afterwards (党建考核 …)."""

    to: str
    text: str


class Publication(Rule):
    """Where good works are shown, and what is paid for it (`fee_each` yuan for each adopted work)."""

    channels: tuple[str, ...]
    royalty: str | None = None
    licence: str | None = later()
    takedown: str | None = later()
    credit: str | None = later()
    fee_each: Decimal | None = later()


class Recommendation(Rule):
    """Passing good works on to a superior contest; `max` None means no number is set."""

    text: str
    targets: tuple[str, ...] = ()
    max: int | None = None
    awards: tuple[str, ...] = later(())


class Objections(Rule):
    """公示: how many days objections are taken, of which days, whether by name, and where.

    `window` names its entry of `Rules.windows` where the notice gives dates.
    """

    days: int
    basis: Literal["calendar", "working"] | None = later()
    real_name: bool | None = later()
    channel: str | None = later()
    window: str | None = later()


class Document(Rule):
    """A document (文书) that the contest needs, with its number's pattern (校宣〔2030〕{n} 号)."""

    id: str
    kind: Literal[
        "shortlist", "publicity", "announcement", "amendment", "summary", "score_sheet", "certificate",
        "entry_form", "label", "live_order",
    ]  # fmt: skip
    name: str
    number: str | None = None
    due: AwareDatetime | None = None


class Decision(Rule):
    """An answered question: what was asked, what was decided, by which post, when and why."""

    question: str
    ask: str
    says: str
    by: str
    at: AwareDatetime
    reason: str


__all__ = [
    "Award", "AwardQuota", "Decision", "Document", "Formula", "FormulaPart", "Objections",
    "Publication", "Recognition", "Recommendation",
]  # fmt: skip
