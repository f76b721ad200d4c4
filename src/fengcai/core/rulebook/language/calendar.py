"""How the book says when things are done and by which way they come in."""

from __future__ import annotations

from typing import Literal

from fengcai.core.rulebook.gaps import Cited, Id, Said
from fengcai.core.rulebook.words import Day, Moment, Span, Text, Whole, YesNo


class ExtensionText(Cited):
    """The deadline that held before an amendment, and the amendment's number."""

    closes: Said[Moment]
    by: Said[Text]


class WindowText(Cited):
    """A span of time, with everything that a deadline needs said."""

    opens: Said[Moment]
    closes: Said[Moment]
    closes_inclusive: Said[YesNo]
    basis: Said[Literal["server_received", "mail_date", "paper_arrival", "post_mark"]]
    late: Said[Literal["reject", "mark", "allow"]]
    grace: Said[Span] | None = None
    begun_counts: Said[YesNo] | None = None
    original: Said[Text]
    name: Said[Text] | None = None
    kind: (
        Said[
            Literal[
                "register", "submit", "confirm", "collect", "paper", "material", "judge", "vote",
                "objection",
            ]
        ]
        | None
    ) = None  # fmt: skip
    classes: list[Id] | None = None
    tracks: list[Id] | None = None
    after: Id | None = None
    extended_from: Said[list[Said[ExtensionText]]] | None = None


class WorkCalendarText(Cited):
    """Days off beside the weekends, and weekend days that are worked."""

    holidays: Said[list[Day]] | None = None
    workdays: Said[list[Day]] | None = None


class ChannelText(Cited):
    """A way of handing in; exactly one is authoritative."""

    kind: Said[Literal["web", "email", "wechat", "paper", "collector", "external"]]
    authoritative: Said[YesNo]
    what: Said[Text] | None = None
    address: Said[Text] | None = None
    copies: Said[Whole] | None = None
    slots: list[Id] | None = None
    window: Id | None = None
    tracks: list[Id] | None = None


class PhaseText(Cited):
    """A step of the timeline in the notice's own words."""

    name: Said[Text]
    when: Said[Text]


class NamingText(Cited):
    """How mails or files must be named."""

    applies_to: Said[
        list[
            Literal[
                "mail_subject", "video_filename", "audio_filename", "image_filename",
                "document_filename", "filename", "folder", "archive",
            ]
        ]
    ]  # fmt: skip
    template: Said[Text]
    collision: Said[Text]
    slots: list[Id] | None = None
