"""What the public sees: the gallery, one work, the published result; and who may have a file.

Everything is asked of the rows as they stand at this request.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.quarantine import withheld
from fengcai.apps.awards.models import Result
from fengcai.apps.awards.queries import ResultPage, WinnerRow
from fengcai.apps.awards.queries.making import authors_of
from fengcai.apps.awards.queries.result import page_of
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of, without_texts
from fengcai.apps.entries import naming
from fengcai.apps.entries.lists import ai_label
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import theme_names, track_of
from fengcai.apps.entries.rules import may_see
from fengcai.apps.entries.states import State
from fengcai.apps.judging.queries import filename_for_judge, may_watch_as_judge
from fengcai.apps.judging.showing import Audience, Film, films_of, shown_slots, texts_of
from fengcai.apps.people.models import User
from fengcai.apps.publishing.models import Publication
from fengcai.apps.publishing.rules import is_shown, released, results_of, shown
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.releases.models import ShownUntil
from fengcai.core.rulebook import Rules

Films = Mapping[UUID, tuple[Film, ...]]
"""The films of works by the works' ids."""

PER_PAGE = 24
COUNTED = 1_000
"""How far works are counted where the number only says whether it is worth a visit."""


@dataclass(frozen=True)
class GalleryCard:
    """A published work in the gallery. `awards` are empty until the result is public."""

    entry_id: UUID
    number: str
    title: str
    unit: str
    themes: tuple[str, ...]
    film: UUID | None
    has_poster: bool
    duration: Fraction | None
    sprite: dict[str, Any] | None
    awards: tuple[str, ...]


@dataclass(frozen=True)
class ThemeFilter:
    """A theme that published works have, with how many; `chosen` is the one shown now."""

    id: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class GalleryPage:
    """One page of the gallery. `number` counts from 1; `total` works fit the filter."""

    cards: tuple[GalleryCard, ...]
    themes: tuple[ThemeFilter, ...]
    theme: str
    number: int
    pages: int
    total: int
    whole: int

    @property
    def previous(self) -> int | None:
        """The page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        """The page after."""
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True)
class GalleryWork:
    """One published work with its films and the texts that its unit wrote about it."""

    card: GalleryCard
    films: tuple[Film, ...]
    texts: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    published_at: datetime
    previous: str | None
    following: str | None
    ai_label: str = ""
    """That the work holds what AI made, as the law wants it said; empty where it holds none."""


@dataclass(frozen=True)
class PublishedResults:
    """The published result; `shown` maps the works that stand in the gallery to their numbers."""

    page: ResultPage
    published_at: datetime
    shown: dict[UUID, str]

    @property
    def winners(self) -> list[tuple[WinnerRow, str]]:
        """Every award with the gallery number of its work, empty where the work is not shown."""
        return [(row, self.shown.get(row.work.entry_id, "")) for row in self.page.winners]


def gallery_count(contest: Contest) -> int:
    """How many works the public may see now, counted up to `COUNTED`. 1 SQL."""
    return shown(contest).order_by()[:COUNTED].count()


def results_published(contest: Contest) -> bool:
    """Whether the contest's result is public. 1 SQL."""
    return results_of(contest) is not None


def gallery(contest: Contest, *, theme: str = "", page: str | int = 1) -> GalleryPage:
    """A page of the published works, of one theme where asked. At most 5 SQL.

    A page that is no number, or out of range, is the nearest one that exists.
    """
    counts: Counter[str] = Counter()
    whole = 0
    for themes, many in _by_themes(contest):
        whole += many
        for id in dict.fromkeys(themes):
            counts[id] += many
    if not whole:
        return GalleryPage((), (), "", 1, 1, 0, 0)
    rules = rules_of(contest)
    names = {
        id: name for track in rules.tracks for id, name in theme_names(rules, track.id).items()
    }
    theme = theme if theme in counts else ""
    total = counts[theme] if theme else whole
    pages = max(1, -(-total // PER_PAGE))
    wanted = int(page) if str(page).isdecimal() and len(str(page)) < 10 else 1
    number = min(max(wanted, 1), pages)
    shown_now = _slice(contest, theme, number, total)
    return GalleryPage(
        cards=_cards(contest, rules, shown_now, _films(rules, shown_now)),
        themes=tuple(
            ThemeFilter(id, name, counts[id], id == theme)
            for id, name in names.items()
            if counts[id]
        ),
        theme=theme,
        number=number,
        pages=pages,
        total=total,
        whole=whole,
    )


def gallery_cards(contest: Contest, entries: Collection[UUID]) -> dict[UUID, GalleryCard]:
    """Those of these works that stand in the gallery, as cards. 3 SQL."""
    found = shown(contest).filter(entry__in=list(entries)).values_list(*_COLUMNS)
    rows = [_Shown(*values) for values in found]
    rules = rules_of(contest)
    return {card.entry_id: card for card in _cards(contest, rules, rows, _films(rules, rows))}


_PLACE, _ENTRY = Publication._meta.db_table, Entry._meta.db_table
_ENDED = ShownUntil._meta.db_table
_LOST = [str(state) for state in State if state != State.ACCEPTED]
# All that stand here are counted on an index; those whose work stands accepted no more, or with a
# release that has ended, nearly always none, are found from their side and taken off. Whatever is here has a number.
_BY_THEMES = f"""
SELECT themes, SUM(many) FROM (
  SELECT themes, COUNT(*) AS many FROM {_PLACE}
  WHERE contest_id = %s AND hidden_at IS NULL GROUP BY themes
  UNION ALL
  SELECT p.themes, -COUNT(*) FROM {_ENTRY} e JOIN {_PLACE} p ON p.entry_id = e.id
  WHERE e.contest_id = %s AND e.number > '' AND e.state IN ({", ".join("%s" for _ in _LOST)})
    AND p.hidden_at IS NULL GROUP BY p.themes
  UNION ALL
  SELECT p.themes, -COUNT(*) FROM {_ENDED} u JOIN {_PLACE} p ON p.entry_id = u.entry_id
  JOIN {_ENTRY} e ON e.id = p.entry_id
  WHERE u.contest_id = %s AND u.ends_at <= %s AND e.state = %s
    AND p.hidden_at IS NULL GROUP BY p.themes
) counted GROUP BY themes"""  # noqa: S608  (names of our own tables)


def _by_themes(contest: Contest) -> list[tuple[list[str], int]]:
    """How many works `shown` has of each list of themes. 1 SQL."""
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        ended = [contest.pk, now, State.ACCEPTED]
        cursor.execute(_BY_THEMES, [contest.pk, contest.pk, *_LOST, *ended])
        return [(json.loads(themes), int(many)) for themes, many in cursor.fetchall() if many]


@dataclass(frozen=True)
class _Shown:
    """A publication as a card needs it, without the texts that its unit wrote."""

    entry_id: UUID
    number: str
    title: str
    unit: str
    track: str
    themes: Sequence[str]


_COLUMNS = ("entry_id", "number", "entry__title", "entry__unit__name", "entry__track", "themes")


def _slice(contest: Contest, theme: str, number: int, total: int) -> list[_Shown]:
    """The publications of one page, counted from the nearer end. 2 SQL.

    The same works as `shown`: joined to their works to ask for the state, SQLite sorts them all.
    """
    lost = Entry.objects.filter(contest=contest, state__in=_LOST, number__gt="")
    rows = Publication.objects.filter(released(), contest=contest, hidden_at=None).exclude(
        entry__in=lost.order_by().values("pk")
    )
    rows = rows.order_by("number")
    if theme:
        # The ids of themes are our own words without quotes, so the text of the list tells.
        rows = rows.alias(said=Cast("themes", TextField())).filter(said__contains=json.dumps(theme))
    begin, end = (number - 1) * PER_PAGE, min(number * PER_PAGE, total)
    keys = rows.values_list("pk", flat=True)
    near = begin <= total // 2
    here = list(keys[begin:end] if near else keys.reverse()[total - end : total - begin])
    here = here if near else here[::-1]
    # What stands there is read by the keys: joined at once, SQLite may begin at the units.
    told = Publication.objects.filter(pk__in=here).order_by().values_list("pk", *_COLUMNS)
    found = {pk: _Shown(*values) for pk, *values in told}
    return [found[pk] for pk in here if pk in found]


def gallery_work(contest: Contest, number: str) -> GalleryWork:
    """One published work by its number. Raises `NotFound`, also for hidden works. At most 9 SQL.

    Who has not agreed to be named is not (`entries.naming`)."""
    row = shown(contest).filter(number=number).select_related("entry__unit").first()
    if row is None:
        raise NotFound("没有这件作品，或它目前不在展播。")
    rules, entry = rules_of(contest), row.entry
    numbers = shown(contest).values_list("number", flat=True)
    here = [_Shown(entry.pk, number, entry.title, entry.unit.name, entry.track, entry.themes)]
    films = _films(rules, here)
    authors = authors_of(entry.fields, rules, entry.track)
    hidden = naming.unnamed({entry.pk: authors}, naming.PUBLISH)
    return GalleryWork(
        card=_cards(contest, rules, here, films)[0],
        films=films[entry.pk],
        texts=texts_of(rules, entry.track, entry.fields),
        authors=naming.told(authors, hidden.get(entry.pk, ())),
        published_at=row.published_at,
        previous=numbers.filter(number__lt=number).reverse().first(),
        following=numbers.filter(number__gt=number).first(),
        ai_label=ai_label(track_of(rules, entry.track), entry.fields),
    )


def published_results(contest: Contest) -> PublishedResults | None:
    """The result as the public sees it, judges by seat only, people who agreed to be named; None until
    it is published.

    At most 8 SQL whatever the number of works.
    """
    publication = results_of(contest)
    if publication is None:
        return None
    result = Result.objects.select_related("contest", "round__rulebook").get(
        pk=publication.result_id
    )
    return PublishedResults(
        page=page_of(result, judges=False, public=True),
        published_at=publication.published_at,
        shown=dict(shown(contest).values_list("entry_id", "number")),
    )


def file_access(*, user: object, asset_id: UUID, at: datetime) -> tuple[Asset, bool]:
    """The file, if `user` may see its bytes at `at`, and whether everybody may; else `NotFound`,
    as if there were none.

    Open to everybody: the current files of a shown work. To its unit's people, reviewers and
    organisers: every version. To judges with a signed promise, not recused: the current ones.
    Papers beside a work (a consent form) reach neither the public nor judges.
    """
    version = _version(asset_id)
    why = _why(user, version) if version is not None else None
    if version is None or why is None:
        raise NotFound("没有这个文件，或您现在不能查看它。")
    if withheld(version.asset):
        raise NotFound("这个文件现在不能播放或下载：还没有查完毒，或查出了病毒、已经隔离。")
    if why == "judge" and isinstance(user, User):  # a blind judge gets no name that tells whose
        version.asset.filename = filename_for_judge(user, version.entry, version.asset.filename)
    return version.asset, why == "public"


def may_watch(*, user: object, asset_id: UUID, at: datetime) -> str | None:
    """Why `user` may see a file's bytes: public, unit (its people, reviewers, organisers), judge;
    None if he may not. At most 4 SQL."""
    version = _version(asset_id)
    if version is None or withheld(version.asset):
        return None
    return _why(user, version)


def _version(asset_id: UUID) -> FileVersion | None:
    rows = FileVersion.objects.filter(asset_id=asset_id).select_related(
        "asset", "entry__contest__version", "entry__unit"
    )
    return without_texts(rows, "entry__contest__version").first()


def _why(user: object, version: FileVersion) -> str | None:
    entry = version.entry
    if version.current and version.slot in _shown_slots(entry, "public") and is_shown(entry):
        return "public"
    if may_see(user, entry):
        return "unit"
    to_judges = version.current and version.slot in _shown_slots(entry, "judges")
    if to_judges and isinstance(user, User) and may_watch_as_judge(user, entry):
        return "judge"
    return None


def _shown_slots(entry: Entry, to: Audience) -> Sequence[str]:
    try:
        rules = rules_of(entry.contest)
        track_of(rules, entry.track)
    except (Refused, KeyError):
        return ()
    return tuple(shown_slots(rules, entry.track, to))


def _films(rules: Rules, rows: Sequence[_Shown]) -> Films:
    return films_of(rules, {row.entry_id: row.track for row in rows})


def _cards(
    contest: Contest, rules: Rules, rows: Sequence[_Shown], films: Films
) -> tuple[GalleryCard, ...]:
    """The cards of some publications. 1 SQL."""
    held = _awards(contest)
    names = {row.track: theme_names(rules, row.track) for row in rows}
    found = []
    for row in rows:
        film = next(iter(films[row.entry_id]), None)
        found.append(
            GalleryCard(
                entry_id=row.entry_id,
                number=row.number,
                title=row.title or "未命名作品",
                unit=row.unit,
                themes=tuple(names[row.track].get(theme, theme) for theme in row.themes),
                film=film.asset_id if film else None,
                has_poster=bool(film and film.has_poster),
                duration=film.duration if film else None,
                sprite=film.sprite if film else None,
                awards=held.get(str(row.entry_id), ()),
            )
        )
    return tuple(found)


def _awards(contest: Contest) -> dict[str, tuple[str, ...]]:
    publication = results_of(contest)
    if publication is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for winner in publication.result.allocation["winners"]:
        found[winner["work"]] = (*found.get(winner["work"], ()), winner["award_name"])
    return found
