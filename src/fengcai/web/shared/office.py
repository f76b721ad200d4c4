"""The places of the office in the order of a contest, and who may open each: one table.

The pages of organisers and of reviewers draw their navigation from it. It lets nobody in: that is
what each page asks for itself, and a test holds the table against the pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

from fengcai.apps.contests.roles import Role
from fengcai.apps.people.waiting import Waiting

ALONE: tuple[str, ...] = (Role.ORGANISER,)
WITH_REVIEWERS: tuple[str, ...] = (Role.ORGANISER, Role.REVIEWER)


@dataclass(frozen=True)
class Place:
    """A page with an address of its own: `name` takes the contest's slug.

    `within` are further addresses on which something may wait that is done from here.
    """

    name: str
    label: str
    roles: tuple[str, ...] = ALONE
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Places that belong to one part of the work. One of a single place is that place."""

    label: str
    places: tuple[Place, ...]


GROUPS = (
    Group("总览", (Place("office", "总览"),)),
    Group("待办", (Place("office-today", "待办"),)),
    Group(
        "筹备",
        (
            Place("rulebook", "规则书"),
            Place("office-questions", "待明确问题"),
            Place("office-units", "单位"),
            Place("office-registrations", "单位报名"),
            Place("office-people", "人员"),
        ),
    ),
    Group(
        "征集",
        (
            Place("office-works", "作品"),
            Place("office-statistics", "统计"),
            Place("office-owed", "催报", within=("office-reminders",)),
            Place("office-mailbox", "来信", within=("office-mailbox-settings",)),
        ),
    ),
    Group(
        "审核",
        (
            Place("review-desk", "审核台", WITH_REVIEWERS),
            Place("office-compliance", "宣传用语", WITH_REVIEWERS),
            Place(
                "office-likenesses",
                "相似作品",
                WITH_REVIEWERS,
                within=("office-priors", "office-prior-film"),
            ),
            Place("office-releases", "出镜同意"),
            Place("office-inspection", "检测设定"),
        ),
    ),
    Group("评审", (Place("office-round", "评审", within=("office-votes",)),)),
    Group(
        "评奖与公布",
        (
            Place("office-awards", "评奖与证书"),
            Place("office-publication", "公布与展播"),
            Place("office-licences", "授权"),
        ),
    ),
    Group(
        "联络",
        (
            Place("office-bulletin", "公告与答疑", within=("office-questions-asked",)),
            Place("office-outbox", "消息"),
        ),
    ),
    Group(
        "资料与记录",
        (
            Place("packs", "打包下载", WITH_REVIEWERS),
            Place("office-exchange", "导出导入"),
            Place("office-privacy", "个人信息"),
            Place("office-jobs", "后台任务"),
            Place("office-audit", "活动记录"),
        ),
    ),
)
DAY = "office-today"
COUNTS = "office-today-count"


@dataclass(frozen=True)
class PlaceRow:
    """A place as a link. `current` is what `aria-current` says: `page`, `true` below it, or nothing."""

    name: str
    label: str
    url: str
    current: str


@dataclass(frozen=True)
class GroupRow:
    """A group as a link to its first place."""

    name: str
    places: Sequence[PlaceRow]

    @property
    def label(self) -> str:
        """Its name; a single place speaks for itself."""
        return self.places[0].label if len(self.places) == 1 else self.name

    @property
    def key(self) -> str:
        """What its number is found by: a place's name stands for the place alone."""
        return self.places[0].name if len(self.places) == 1 else f"all-{self.places[0].name}"

    @property
    def url(self) -> str:
        """Where a click on it leads."""
        return self.places[0].url

    @property
    def current(self) -> str:
        """What `aria-current` says of it."""
        said = [place.current for place in self.places if place.current]
        return said[0] if said and len(self.places) == 1 else "true" if said else ""


@dataclass(frozen=True)
class Office:
    """The navigation as one person sees it on one page."""

    groups: Sequence[GroupRow]
    count_url: str
    """Where the numbers are fetched from after the page; empty where nobody counts."""
    key: str
    """Tells it from every other navigation: everything that it is made of."""

    @property
    def here(self) -> GroupRow | None:
        """The group that the page belongs to."""
        return next((group for group in self.groups if group.current), None)

    @property
    def place(self) -> PlaceRow | None:
        """The place that the page belongs to."""
        here = self.here
        return next((place for place in here.places if place.current), None) if here else None


@dataclass(frozen=True)
class Count:
    """How much waits behind a link of the navigation."""

    key: str
    count: int
    urgent: bool


def office_of(slug: str, roles: Collection[str], place: str, path: str = "") -> Office:
    """The office of a contest for somebody who holds `roles` there; `place` is where the page
    belongs, `path` its own address. No SQL."""
    urls = _urls(slug, get_script_prefix(), get_urlconf())

    def row(each: Place) -> PlaceRow:
        current = (
            ("page" if path in ("", urls[each.name]) else "true") if each.name == place else ""
        )
        return PlaceRow(each.name, each.label, urls[each.name], current)

    groups = [
        GroupRow(group.label, [row(each) for each in places])
        for group, places in _open_to(frozenset(roles))
    ]
    below = path not in ("", urls.get(place, ""))
    key = f"{urls[COUNTS]} {sorted(roles)} {place} {below}"
    return Office(groups, urls[COUNTS] if Role.ORGANISER in roles else "", key)


def counts(lines: Sequence[Waiting]) -> list[Count]:
    """What waits by place, by group of several places, and altogether (at `DAY`); nothing for none.

    A line whose page is in no place counts for the whole only.
    """
    found = []
    for group in GROUPS:
        of_group: list[Waiting] = []
        for place in group.places:
            mine = (
                lines
                if place.name == DAY
                else [line for line in lines if line.page in (place.name, *place.within)]
            )
            of_group += mine
            found.append(_count(place.name, mine))
        if len(group.places) > 1:
            found.append(_count(f"all-{group.places[0].name}", of_group))
    return [each for each in found if each.count]


def places() -> Iterator[Place]:
    """Every place of the table."""
    return (place for group in GROUPS for place in group.places)


def _count(key: str, lines: Sequence[Waiting]) -> Count:
    return Count(key, sum(line.count for line in lines), any(line.urgent for line in lines))


def _open_to(roles: frozenset[str]) -> Iterator[tuple[Group, list[Place]]]:
    for group in GROUPS:
        shown = [place for place in group.places if roles.intersection(place.roles)]
        if shown:
            yield group, shown


@lru_cache(maxsize=256)
def _urls(slug: str, prefix: str, urlconf: str | None) -> Mapping[str, str]:
    """The addresses of all places, under the mount and the routes that `reverse` asks."""
    names = [*(place.name for place in places()), COUNTS]
    return {name: reverse(name, args=[slug]) for name in names}
