"""When and by which way things are done: windows, working days, channels, names of files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from pydantic import AwareDatetime

from .part import Rule, later

WindowKind = Literal[
    "register", "submit", "confirm", "collect", "paper", "material", "judge", "vote", "objection"
]


class Extension(Rule):
    """An earlier closing instant that an amendment (补充通知) moved, and the amendment's number."""

    closes: AwareDatetime
    by: str


class Window(Rule):
    """A span of time in which something may be done.

    `original` keeps the notice's own text. `closes_inclusive` says whether the closing instant
    itself is in time; `begun_counts` whether an upload begun in time and finished later is in time;
    `grace` extends the closing instant silently. `name` and `kind` say what is done in it; `classes` and
    `tracks` whom it binds, empty for all; `after` the window that must have closed before;
    `extended_from` the earlier deadlines, oldest first.
    """

    opens: AwareDatetime
    closes: AwareDatetime
    closes_inclusive: bool
    basis: Literal["server_received", "mail_date", "paper_arrival", "post_mark"]
    late: Literal["reject", "mark", "allow"]
    grace: timedelta = timedelta(0)
    begun_counts: bool = False
    original: str
    name: str | None = later()
    kind: WindowKind | None = later()
    classes: tuple[str, ...] = later(())
    tracks: tuple[str, ...] = later(())
    after: str | None = later()
    extended_from: tuple[Extension, ...] = later(())


class WorkCalendar(Rule):
    """Days off beside the weekends (`holidays`) and weekend days that are worked (`workdays`)."""

    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()


class Channel(Rule):
    """A way of handing in (报送渠道). Exactly one channel for a track is `authoritative`.

    `what` says what goes this way; `address` where to; `copies` how many of a paper; `slots` which
    places of the entry it carries, empty for all; `window` its own window, None the submission's.
    """

    id: str
    kind: Literal["web", "email", "wechat", "paper", "collector", "external"]
    authoritative: bool
    what: str | None = None
    address: str | None = None
    copies: int | None = None
    slots: tuple[str, ...] = ()
    window: str | None = None
    tracks: tuple[str, ...] = ()


class Naming(Rule):
    """How one thing must be named, by a template.

    Places in the template: `{unit}` `{title}` `{author}` `{phone}` `{contact}` `{track}` `{division}`
    `{theme}` `{region}` `{number}` (编号). `collision` is what the system appends to the second and
    later of equal names (`-{n}`). `slots` are the places of the entry whose files it names, empty
    for all of the kind in `applies_to`.
    """

    applies_to: Literal[
        "mail_subject", "video_filename", "audio_filename", "image_filename", "document_filename",
        "filename", "folder", "archive",
    ]  # fmt: skip
    template: str
    collision: str
    slots: tuple[str, ...] = later(())


class Phase(Rule):
    """A step of the public timeline in the notice's own words, as vague as the notice is."""

    name: str
    when: str
