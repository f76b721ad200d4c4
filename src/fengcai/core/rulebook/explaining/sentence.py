"""What the families of sentences share: the shape of a sentence, names for ids, shares, bounds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from fengcai.core.rulebook.checks.look import known, percent
from fengcai.core.rulebook.gaps import Cited, Open
from fengcai.core.rulebook.language import Book
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import say

Sentence = tuple[str, Path, Cited, str]


def share(value: Decimal | Open | None) -> str:
    """A share as a percentage, or the question that has to fill it."""
    return percent(value) if isinstance(value, Decimal) else say(value)


def between(low: object, high: object, unit: str) -> str:
    """“ 1 至 5 人”, “至少 1 人”, “至多 5 人”, “正好 2 人”; empty where there is no bound at all."""
    if low in (None, 0) and high is None:
        return ""
    if low in (None, 0):
        return f"至多 {say(high)} {unit}"
    if high is None:
        return f"至少 {say(low)} {unit}"
    if low == high:
        return f"正好 {say(low)} {unit}"
    return f" {say(low)} 至 {say(high)} {unit}"


def joined(parts: Iterable[str], mark: str = "，") -> str:
    """The parts that say something, joined."""
    return mark.join(part.strip() for part in parts if part)


def named(book: Book, kind: str, ids: Iterable[str] | None) -> str:
    """Names of tracks, divisions … for their ids; an id that nothing is known of stays itself."""
    tables: dict[str, dict[str, object]] = {
        "track": {id: each.name for id, each in book.tracks.items()},
        "theme": {
            id: each.name
            for track in book.tracks.values()
            if track.themes is not None and not isinstance(track.themes, Open)
            for id, each in known(track.themes.options).items()
        },
        "division": {id: each.name for id, each in known(book.divisions).items()},
        "region": {id: each.name for id, each in known(book.regions).items()},
        "unit_class": {id: each.name for id, each in known(book.units.classes).items()},
        "round": {id: each.name for id, each in known(book.rounds).items()},
        "vote": {id: each.name for id, each in known(book.votes).items()},
        "panel": {id: each.name for id, each in known(book.panels).items()},
        "award": {id: each.name for id, each in known(book.awards).items()},
        "slot": {
            id: each.name
            for track in book.tracks.values()
            for id, each in known(track.slots).items()
        },
        "field": {
            id: each.label
            for track in book.tracks.values()
            for id, each in known(track.fields).items()
        },
    }
    return "、".join(say(tables[kind].get(id, id)) for id in ids or ())


def referred(book: Book, of: str) -> str:
    """The name behind `track video`, `theme red` …"""
    kind, _, id = of.partition(" ")
    return f"“{named(book, kind, [id])}”"


def scope(
    book: Book,
    tracks: list[str] | None,
    divisions: list[str] | None = None,
    regions: list[str] | None = None,
) -> str:
    """“（限视频类，教工组）”, empty where a rule is for all."""
    said = joined(
        [
            named(book, "track", tracks),
            named(book, "division", divisions),
            named(book, "region", regions),
        ]
    )
    return f"（限{said}）" if said else ""


def window_name(book: Book, id: str) -> str:
    """What a window is for: its name, what is judged or voted on in it, or what its kind says."""
    if id == "submission":
        return "报送"
    window = book.windows.get(id)
    if isinstance(window, Open):
        return say(window)
    if window is not None and window.name is not None:
        return say(window.name)
    rounds = [say(each.name) for each in known(book.rounds).values() if each.window == id]
    votes = [say(each.name) for each in known(book.votes).values() if each.window == id]
    if rounds or votes:
        return "、".join(dict.fromkeys([*rounds, *votes]))
    return say(window.kind, "window") if window is not None and window.kind is not None else id
