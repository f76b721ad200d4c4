"""What an inspection left beside its facts: evidence pictures and the text that was read.

Whoever is at home on the server reads text here (wording, search). Who of the people may see a
picture is `entries.evidence`'s to say: nothing here asks for a right.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath
from uuid import UUID

from fengcai.apps.assets.models import Asset, Output
from fengcai.apps.prepared import Given, Prepared
from fengcai.engines import storage
from fengcai.media.facts import Box, Facts
from fengcai.media.processes import acceptable

SCREEN_TEXT = "screen-text.json"
"""All text that stood on screen, with its times, personal numbers masked."""
PAPER_TEXT = "text.txt"
"""The text of a paper, as it stands there."""
SUBTITLE_TEXT = "subtitle-text.json"
"""The words of a film's subtitle tracks, in the form of the text on screen."""
TEXTS = (SCREEN_TEXT, PAPER_TEXT, SUBTITLE_TEXT)
SPEECH_TEXT = "speech-text.json"
"""What is said, in the form of the text on screen, where `transcripts` had it written down."""
MASKED = "-masked.jpg"
_MOST_BYTES = 2 * 1024**2


@dataclass(frozen=True)
class Named:
    """An output that facts speak of. `kind` is one of `Output.Kind`."""

    name: str
    kind: str
    private: bool = False


@dataclass(frozen=True)
class Kept:
    """An output with its key in storage."""

    name: str
    kind: str
    private: bool
    key: str


@dataclass(frozen=True)
class ScreenLine:
    """A line that stood on screen, or was spoken. `box` in shares of the picture; `text` is masked."""

    from_s: Fraction
    to_s: Fraction
    text: str
    box: Box | None


def masked_twin(name: str) -> str:
    """The name of a private picture's twin: `personal_data-1.jpg` → `personal_data-1-masked.jpg`."""
    return f"{PurePath(name).stem}{MASKED}"


def wanted(facts: Facts) -> tuple[Named, ...]:
    """What is worth keeping: the pictures that the facts name, the masked twins, and texts.

    A picture that one measure calls private is private, whoever else names it.
    """
    named: dict[str, bool] = {}
    for measure in facts.measures.values():
        for span in measure.spans:
            # A reader of a stranger's file wrote this name: it must not lead out of its folder.
            if span.picture and acceptable(span.picture) and span.picture.endswith(".jpg"):
                named[span.picture] = named.get(span.picture, False) or span.private
    twins = [masked_twin(name) for name, private in named.items() if private]
    pictures = {**named, **dict.fromkeys(twins, False)}
    return (
        *(Named(name, Output.Kind.EVIDENCE, private) for name, private in pictures.items()),
        *(Named(name, Output.Kind.TEXT) for name in TEXTS),
    )


def kept_of(row: Asset) -> tuple[Kept, ...]:
    """The outputs of a file. 1 SQL, none when prefetched."""
    return tuple(Kept(each.name, each.kind, each.private, each.key) for each in row.outputs.all())


def pictures_of(assets: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """The names of the evidence pictures that are kept, by file; files measured before pictures were
    kept have none. 1 SQL, none for no file."""
    found: dict[UUID, set[str]] = {}
    if assets:
        for asset, name in _PICTURES(assets=assets):
            found.setdefault(asset, set()).add(name)
    return {asset: frozenset(names) for asset, names in found.items()}


_PICTURES = Prepared(
    lambda: Output.objects.filter(
        asset__in=Given("assets", many=True), kind=Output.Kind.EVIDENCE
    ).values_list("asset_id", "name")
)


def output_of(asset: UUID | str, name: str) -> bytes | None:
    """The bytes of one output, at most 2 MB of them; None if the inspection left none of that name.

    Asks for no right: not for pages. 1 SQL. Raises FileNotFoundError, StorageTrouble.
    """
    key = Output.objects.filter(asset_id=asset, name=name).values_list("key", flat=True).first()
    if key is None:
        return None
    with storage.readable(key) as path, path.open("rb") as file:
        return file.read(_MOST_BYTES)


def screen_lines_of(asset: UUID | str) -> tuple[ScreenLine, ...]:
    """What stood on screen, in the order of time; nothing where nothing was read. 1 SQL.

    Raises FileNotFoundError, StorageTrouble.
    """
    return tuple(_lines(output_of(asset, SCREEN_TEXT) or b"[]"))


def subtitle_lines_of(asset: UUID | str) -> tuple[ScreenLine, ...]:
    """What the subtitle tracks say, in the order of time and without boxes. 1 SQL.

    Raises FileNotFoundError, StorageTrouble.
    """
    return tuple(_lines(output_of(asset, SUBTITLE_TEXT) or b"[]"))


def spoken_lines_of(asset: UUID | str) -> tuple[ScreenLine, ...]:
    """What is said, in the order of time and without boxes; nothing where it was not written down.
    1 SQL. Raises FileNotFoundError, StorageTrouble.
    """
    return tuple(_lines(output_of(asset, SPEECH_TEXT) or b"[]"))


def text_of(asset: UUID | str) -> str:
    """The text of a paper, else the lines that stood on screen, one a line; "" if none. At most 2 SQL.

    Raises FileNotFoundError, StorageTrouble.
    """
    paper = output_of(asset, PAPER_TEXT)
    if paper is not None:
        return paper.decode("utf-8", "replace")
    return "\n".join(line.text for line in screen_lines_of(asset))


def _lines(told: bytes) -> Iterable[ScreenLine]:
    for each in json.loads(told):
        box = each.get("box")
        yield ScreenLine(
            from_s=Fraction(str(each["from_s"])),
            to_s=Fraction(str(each["to_s"])),
            text=str(each["text"]),
            box=None if box is None else (box[0], box[1], box[2], box[3]),
        )
