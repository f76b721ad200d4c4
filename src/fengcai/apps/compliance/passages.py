"""The texts of a work that its readers and viewers see and hear: what was written, what stands on
screen, what is said (where it was written down).

Forms, scans and source files are papers of the office, no part of the work, and are not read; neither
are names, telephone numbers and addresses that the form itself asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.assets.outputs import (
    PAPER_TEXT,
    SCREEN_TEXT,
    SPEECH_TEXT,
    SUBTITLE_TEXT,
    output_of,
    screen_lines_of,
    spoken_lines_of,
    subtitle_lines_of,
)
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Slot, Track

_WRITTEN = ("text", "longtext", "references")
_OWN_WORDS = ("longtext",)
_PAPERS = ("form", "scan", "source", "link", "physical")

SUBTITLES, SPEECH = "的字幕", "里的讲话"

Moment = tuple[Fraction, Fraction]
"""From and to, in seconds; what stands in a still picture has none."""


@dataclass(frozen=True)
class Passage:
    """A piece of text with its place: `place` for the machine, `name` for people.

    `contacts` tells whether ways to reach somebody are out of place in it; `moment` is when it stood
    on screen; `asset` the file that it is from.
    """

    place: str
    name: str
    text: str
    contacts: bool = True
    moment: Moment | None = None
    asset: UUID | None = None


@dataclass(frozen=True)
class Seen:
    """What the inspection recognised on screen by itself: contacts and codes, masked where private."""

    place: str
    name: str
    measure: str
    text: str
    moment: Moment | None
    asset: UUID


def track_of_entry(entry: Entry, rules: Rules) -> Track:
    """The track that the work was entered in."""
    return next(each for each in rules.tracks if each.id == entry.track)


def written(title: str, fields: Mapping[str, Any], track: Track) -> Iterator[Passage]:
    """Title and texts of the form, in its order."""
    yield Passage("title", "标题", title)
    for field in track.fields:
        value = fields.get(field.id)
        if field.id != "title" and field.kind in _WRITTEN and isinstance(value, str) and value:
            own = field.kind in _OWN_WORDS
            yield Passage(f"field:{field.id}", field.label, value, contacts=own)


def captions(files: Iterable[FileVersion], track: Track) -> Iterator[Passage]:
    """What stands below the pictures of a set."""
    for version, slot in _of_the_work(files, track):
        if version.caption:
            yield Passage(f"caption:{slot.id}", f"{_name(version, slot)}的说明", version.caption)


def in_files(files: Iterable[FileVersion], track: Track) -> Iterator[Passage]:
    """The text on screen and in subtitles, what is said, and the text of papers. At most 5 SQL a file.

    Raises FileNotFoundError, StorageTrouble.
    """
    for version, slot in _of_the_work(files, track):
        place, name, asset = f"file:{slot.id}", _name(version, slot), version.asset_id
        names = {each.name for each in version.asset.outputs.all()}
        if SCREEN_TEXT in names:
            still = (version.asset.facts or {}).get("kind") == "image"
            for line in screen_lines_of(asset):
                # Contacts on screen were looked for with the picture before the eye: `seen`.
                moment = None if still else (line.from_s, line.to_s)
                yield Passage(place, name, _whole(line.text), False, moment, asset)
        if SUBTITLE_TEXT in names:
            for line in subtitle_lines_of(asset):
                moment = (line.from_s, line.to_s)
                yield Passage(place, name + SUBTITLES, _whole(line.text), True, moment, asset)
        if SPEECH_TEXT in names:
            for line in spoken_lines_of(asset):
                moment = (line.from_s, line.to_s)
                yield Passage(place, name + SPEECH, line.text, True, moment, asset)
        if PAPER_TEXT in names:
            text = (output_of(asset, PAPER_TEXT) or b"").decode("utf-8", "replace")
            yield Passage(place, name, text, True, None, asset)


def seen(files: Iterable[FileVersion], track: Track) -> Iterator[Seen]:
    """Contacts and codes that the inspection found on screen."""
    for version, slot in _of_the_work(files, track):
        measures = (version.asset.facts or {}).get("measures") or {}
        for name in ("contact_shown", "qr_code"):
            for span in measures.get(name, {}).get("spans") or []:
                if span.get("text"):
                    timed = span.get("timed", True)
                    moment = (Fraction(str(span["from_s"])), Fraction(str(span["to_s"])))
                    yield Seen(
                        f"file:{slot.id}",
                        _name(version, slot),
                        name,
                        _whole(str(span["text"])),
                        moment if timed else None,
                        version.asset_id,
                    )


def _whole(text: str) -> str:
    """A reader's text as databases store it: without NUL and half characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _of_the_work(files: Iterable[FileVersion], track: Track) -> Iterator[tuple[FileVersion, Slot]]:
    slots = {slot.id: slot for slot in track.slots}
    for version in files:
        slot = slots.get(version.slot)
        if slot is not None and slot.kind not in _PAPERS:
            yield version, slot


def _name(version: FileVersion, slot: Slot) -> str:
    return slot.name if slot.max == 1 else f"{slot.name} {version.place}"
