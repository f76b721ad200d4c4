"""What pages may know about likenesses. Entrants see none of it: every query asks for a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import HANDED_IN, State
from fengcai.apps.likeness.models import Fingerprint, Likeness, PriorWork
from fengcai.apps.likeness.rules import require_seeing, sees_work
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.refusals import NotFound
from fengcai.media.likeness.wording import sentences

OPEN = "open"
RIGHTS = ("请核对作品的权利说明里有没有写上它、有没有授权",)
_WEIGHT = {"copy": 0, "shares": 1, "template": 2}
_SHOWN_STATES = (*HANDED_IN, State.RETURNED)


@dataclass(frozen=True)
class Work:
    """A work as these pages name it. Of a work that the reader may not see only the contest is told.

    What is in the register has no `id`; `prior` says its number there, `contest` a past winner's year and
    award.
    """

    id: UUID | None
    title: str
    unit: str
    number: str
    contest: str
    slug: str
    film: UUID | None
    has_poster: bool
    known: bool
    elsewhere: bool
    """Of another contest or edition than the one that is looked at."""
    prior: int | None = None
    link: str = ""
    picture: bool = False
    """`film` is a still picture."""
    material: bool = False
    """Known music or footage of the register."""


@dataclass(frozen=True)
class Stretch:
    """Seconds of one work that equal seconds of the other."""

    kind: str
    mine_from: float
    mine_to: float
    theirs_from: float
    theirs_to: float
    pace: float


@dataclass(frozen=True)
class LikenessRow:
    """What one work has in common with another, told from `mine`'s side."""

    id: int
    version: int
    mine: Work
    theirs: Work
    verdict: str
    verdict_name: str
    same_unit: bool
    text_only: bool
    said: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    decision: str
    decision_name: str
    reason: str
    decided_by: str
    decided_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether a person still has to look at it: a template alone asks nobody."""
        return not self.decision and self.verdict != "template"

    @property
    def relation(self) -> str:
        """Where the other work comes from."""
        if self.theirs.material:
            return self.theirs.contest
        if self.theirs.prior:
            return f"往届获奖作品，{self.theirs.contest}"
        if self.theirs.elsewhere:
            return "往届或其他活动的作品"
        return "同一单位" if self.same_unit else "其他单位"


@dataclass(frozen=True)
class Group:
    """Works of which each is like at least one other, the open ones first."""

    works: tuple[Work, ...]
    pairs: tuple[LikenessRow, ...]

    @property
    def open(self) -> bool:
        """Whether one of its pairs waits for a person."""
        return any(pair.open for pair in self.pairs)

    @property
    def verdict(self) -> str:
        """The weightiest of its pairs."""
        return min((pair.verdict for pair in self.pairs), key=_WEIGHT.__getitem__)


@dataclass(frozen=True)
class Found:
    """A contest's look-alikes: groups, and pairs that share a template only."""

    groups: tuple[Group, ...]
    templates: tuple[LikenessRow, ...]
    compared_at: datetime | None

    @property
    def open(self) -> int:
        """How many groups wait for a person."""
        return sum(group.open for group in self.groups)


def likenesses_of(*, entry: Entry, user: User) -> list[LikenessRow]:
    """What a work has in common with others, the weightiest first; for the review page.

    Raises `NotPermitted` for anybody but the contest's reviewers and organisers. 2 SQL, 1 more for
    each other series that a likeness reaches.
    """
    require_seeing(user, entry.contest)
    rows = _OF_WORK(entry=entry.pk)
    seen = _Sight(user, entry.contest)
    return _sorted(_told(row, seen, flipped=row.second_id == entry.pk) for row in rows)


def found_in(*, contest: Contest, user: User) -> Found:
    """All look-alikes of a contest's works, in groups. 2 SQL, 1 more for each other series."""
    require_seeing(user, contest)
    rows = _rows(Q(first__contest=contest) | Q(second__contest=contest))
    seen = _Sight(user, contest)
    told = []
    last = None
    for row in rows:
        told.append(_told(row, seen, flipped=_comes_second(row, contest)))
        last = max(last or row.compared_at, row.compared_at)
    weighty = [row for row in told if row.verdict != "template" or row.decision]
    groups = sorted(_groups(weighty), key=lambda g: (not g.open, _WEIGHT[g.verdict], -len(g.works)))
    templates = _sorted(row for row in told if row.verdict == "template" and not row.decision)
    return Found(tuple(groups), tuple(templates), last)


def likenesses_in(
    *, contest: Contest, user: User, state: str = "", after: int | None, most: int
) -> list[LikenessRow]:
    """A contest's likenesses by their numbers, from behind `after`, for programs. `state`: `open`, one of
    `Likeness.Decision`, or empty for all. 2 SQL, 1 more for each other series."""
    require_seeing(user, contest)
    rows = _rows(Q(first__contest=contest) | Q(second__contest=contest))
    if state == OPEN:
        rows = rows.filter(decision="").exclude(verdict=Likeness.Verdict.TEMPLATE)
    elif state:
        rows = rows.filter(decision=state)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    seen = _Sight(user, contest)
    return [_told(row, seen, flipped=_comes_second(row, contest)) for row in rows[:most]]


def side_by_side(*, contest: Contest, likeness: int, user: User) -> LikenessRow:
    """One pair. Raises `NotFound` when it does not touch this contest. 2 SQL, 1 more elsewhere."""
    require_seeing(user, contest)
    rows = _rows(Q(first__contest=contest) | Q(second__contest=contest)).filter(pk=likeness)
    row = next(iter(rows), None)
    if row is None:
        raise NotFound("没有这组相似作品：可能已重新比对，请从“相似作品”页重新打开。")
    return _told(row, _Sight(user, contest), flipped=_comes_second(row, contest))


def _comes_second(row: Likeness, contest: Contest) -> bool:
    """Whether the contest's own work is the second of the two."""
    return row.first is None or row.first.contest_id != contest.pk


class _Sight:
    """What one reader may see from one contest, each other contest asked once."""

    def __init__(self, user: User, home: Contest) -> None:
        self.user, self.home = user, home
        self._asked: dict[int, bool] = {home.pk: True}

    def of(self, contest: Contest) -> bool:
        """Whether works of `contest` are shown by name."""
        if contest.pk not in self._asked:
            self._asked[contest.pk] = sees_work(self.user, self.home, contest)
        return self._asked[contest.pk]


def waiting_in(contest_id: int) -> int:
    """How many pairs of a contest's works wait for a person; template look-alikes need none. 1 SQL."""
    about = Q(first__contest=contest_id) | Q(second__contest=contest_id)
    return _shown(about).filter(decision="").exclude(verdict=Likeness.Verdict.TEMPLATE).count()


def _shown(about: Q) -> QuerySet[Likeness]:
    """Likenesses between the newest files of works that are handed in."""
    return Likeness.objects.filter(
        about,
        Q(one__asset=None) | Q(one__asset__version__current=True),
        Q(other__asset=None) | Q(other__asset__version__current=True),
        Q(first=None) | Q(first__state__in=_SHOWN_STATES),
        Q(second=None) | Q(second__state__in=_SHOWN_STATES),
    )


def _rows(about: Q) -> QuerySet[Likeness]:
    """Likenesses between works that are handed in, with all that a row shows. 1 SQL."""
    return (
        _shown(about)
        .select_related(
            *("first__contest", "first__unit", "second__contest", "second__unit"),
            *("one__asset", "other__asset", "one__prior", "other__prior"),
            *("decided_by", "decided_in"),
        )
        .defer("one__data", "other__data", "one__asset__facts", "other__asset__facts")
        .order_by("pk")
    )


_OF_WORK = Prepared(lambda: _rows(Q(first=Given("entry")) | Q(second=Given("entry"))))


def _told(row: Likeness, seen: _Sight, *, flipped: bool) -> LikenessRow:
    first, second = _work(row.first, row.one, seen), _work(row.second, row.other, seen)
    mine, theirs = (second, first) if flipped else (first, second)
    evidence: Mapping[str, Any] = row.evidence
    title_only = evidence["reasons"] == ["title"]
    # What another contest's organiser wrote down stays there.
    ours = row.decided_in is None or seen.of(row.decided_in)
    return LikenessRow(
        id=row.pk,
        version=row.version,
        mine=mine,
        theirs=theirs,
        verdict=row.verdict,
        verdict_name=_verdict_name(row, theirs, title_only=title_only),
        same_unit=_same_unit(row),
        text_only=row.one.of_text,
        said=(*sentences(evidence, flipped=flipped), *(RIGHTS if theirs.material else ())),
        stretches=tuple(_stretch(each, flipped) for each in evidence["segments"]),
        decision=row.decision,
        decision_name=str(Likeness.Decision(row.decision).label) if row.decision else "",
        reason=row.reason if ours else "理由记在另一活动，不在这里显示",
        decided_by=_name_of(row.decided_by) if ours else "另一活动的组织者",
        decided_at=row.decided_at,
    )


def _verdict_name(row: Likeness, theirs: Work, *, title_only: bool) -> str:
    if theirs.material:
        return "用到已知素材"
    return "题名相同" if title_only else str(Likeness.Verdict(row.verdict).label)


def _name_of(user: Any) -> str:
    return (user.get_full_name() or user.username) if user else ""


def _same_unit(row: Likeness) -> bool:
    """The same unit of one contest, or of the same name as the past winner's."""
    if row.first is not None and row.second is not None:
        return row.first.unit_id == row.second.unit_id
    entry, prior = row.first or row.second, row.one.prior or row.other.prior
    winner = prior is not None and prior.kind == PriorWork.Kind.WINNER
    return bool(entry and prior and winner and entry.unit.name == prior.unit)


def _work(entry: Entry | None, print_: Fingerprint, seen: _Sight) -> Work:
    if entry is None:
        prior = print_.prior
        assert prior is not None  # a constraint of the table
        material = prior.kind == PriorWork.Kind.MATERIAL
        when = "已知素材" if material else f"{prior.year} 年{prior.award}"
        return Work(None, prior.title, prior.unit, "", when, "", None, False, True, True, prior.pk,
                    prior.link, material=material)  # fmt: skip
    elsewhere = entry.contest_id != seen.home.pk
    if not seen.of(entry.contest):
        return Work(
            None, "另一活动的作品", "", "", entry.contest.title, "", None, False, False, elsewhere
        )
    asset = print_.asset
    return Work(
        entry.pk,
        entry.title or "未命名作品",
        entry.unit.name,
        entry.number,
        str(entry.contest.title),
        entry.contest.slug,
        asset.pk if asset else None,
        bool(asset and asset.poster_key),
        True,
        elsewhere,
        picture=bool(asset and str(guess_type(asset.filename)[0]).startswith("image/")),
    )


def _stretch(each: Mapping[str, Any], flipped: bool) -> Stretch:
    mine, theirs = ("b", "a") if flipped else ("a", "b")
    pace = float(each["pace"]) or 1.0
    return Stretch(
        each["kind"],
        each[f"{mine}_from_s"],
        each[f"{mine}_to_s"],
        each[f"{theirs}_from_s"],
        each[f"{theirs}_to_s"],
        round(1 / pace if flipped else pace, 3),
    )


def _sorted(rows: Iterable[LikenessRow]) -> list[LikenessRow]:
    return sorted(rows, key=lambda row: (not row.open, _WEIGHT[row.verdict], row.id))


def _groups(rows: list[LikenessRow]) -> list[Group]:
    """Works that hang together by weighty pairs. A work that may not be named stands for itself."""
    leader: dict[object, object] = {}

    def find(work: object) -> object:
        while leader.setdefault(work, work) != work:
            work = leader[work]
        return work

    def key(work: Work, row: LikenessRow) -> object:
        if work.material:  # works do not hang together by a tune that many use
            return f"material:{row.id}"
        return work.id or (f"prior:{work.prior}" if work.prior else f"hidden:{row.id}")

    for row in rows:
        leader[find(row.mine.id)] = find(key(row.theirs, row))
    together: dict[object, list[LikenessRow]] = {}
    for row in rows:
        together.setdefault(find(row.mine.id), []).append(row)
    return [
        Group(
            tuple({key(w, p): w for p in pairs for w in (p.mine, p.theirs)}.values()),
            tuple(_sorted(pairs)),
        )
        for pairs in together.values()
    ]
