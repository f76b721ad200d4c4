"""What pages may know about a file: its picture, its length, what was found, how far the check is."""

from __future__ import annotations

import mimetypes
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from fengcai.apps.assets.judging import may_look_closer, mode_of
from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.assets.outputs import masked_twin
from fengcai.apps.assets.quarantine import said_of
from fengcai.apps.refusals import NotFound
from fengcai.engines.jobs import JobStatus, newest_by_subject
from fengcai.media.facts import Box, Measure
from fengcai.media.remarks import Remark, kept, remarks


@dataclass(frozen=True)
class Moment:
    """A stretch of a film that shows why a finding says what it says.

    `moment` is "0:42–0:55"; `words` say what was seen and what to do, `detail` what stands there
    (personal numbers masked); `box` in shares of the picture. `picture` names what the address
    `evidence` serves to this reader ("" for none): the masked twin where the picture is private and
    the reader does not see what is private. `sure` is False where the check doubts.
    """

    measure: str
    from_s: Fraction
    to_s: Fraction
    moment: str
    words: str
    box: Box | None
    picture: str
    private: bool
    sure: bool
    detail: str = ""

    @property
    def seconds(self) -> str:
        """Where a player jumps to, such as "42.40"."""
        return f"{float(self.from_s):.2f}"


@dataclass(frozen=True)
class FindingRow:
    """One requirement's verdict on a file, with its clause and its moments.

    `note` says what this contest's own setting of a check changed, in words; "" mostly.
    """

    requirement: str
    severity: str
    verdict: str
    verdict_name: str
    measured: str
    required: str
    text: str
    section: str
    words: str
    later: str = ""
    """The name of the round from which on it has to hold, where that is not the submission."""
    moments: tuple[Moment, ...] = ()
    note: str = ""

    @property
    def cite(self) -> dict[str, str]:
        """The clause that it judges by."""
        return {"section": self.section, "words": self.words}

    @property
    def broken(self) -> bool:
        """Whether a binding (强制) clause is measured as broken, and binds by now."""
        failed = self.verdict == Finding.Verdict.FAIL and self.severity == "must"
        return failed and not self.later


@dataclass(frozen=True)
class Checked:
    """A file ready to show. `progress` is its inspection job, where the page asked for it."""

    id: UUID
    filename: str
    size: int
    sha256: str
    received_at: datetime
    state: str
    state_name: str
    trouble: str
    duration: Fraction | None
    has_poster: bool
    sprite: dict[str, Any] | None
    facts: dict[str, Any]
    findings: tuple[FindingRow, ...]
    progress: JobStatus | None
    scan: str
    """What a virus scanner said of it, in one line; "" where none was asked."""
    sees_private: bool = False
    """Whether this reader sees private evidence as it is."""
    closer_since: datetime | None = None
    """Since when a closer look has been asked for that has not ended."""
    may_look_closer: bool = False
    """Whether another look, frame by frame, may tell more."""

    @property
    def running(self) -> bool:
        """Whether the inspection is still to come or under way."""
        return self.state == Asset.State.RECEIVED

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What the inspection noticed, with the moment and what to do about it; no rule is judged."""
        return tuple(
            replace(each, picture=picture_for(each.picture, each.private, self.sees_private))
            if each.picture
            else each
            for each in remarks(kept(self.facts))
        )

    @property
    def mode(self) -> str:
        """How a film was looked at: swift or thorough; "" for everything else."""
        return mode_of(self.facts)

    @property
    def broken(self) -> list[FindingRow]:
        """Binding clauses measured as broken."""
        return [row for row in self.findings if row.broken]

    @property
    def advice(self) -> list[FindingRow]:
        """Recommendations not followed."""
        return [r for r in self.findings if r.verdict == Finding.Verdict.FAIL and not r.broken]

    @property
    def by_person(self) -> list[FindingRow]:
        """What a person has to judge."""
        return [
            r
            for r in self.findings
            if r.verdict in (Finding.Verdict.PERSON, Finding.Verdict.UNDETERMINED)
        ]

    @property
    def passed(self) -> list[FindingRow]:
        """What was measured and is in order."""
        return [r for r in self.findings if r.verdict == Finding.Verdict.PASS]


def asset(pk: UUID | str) -> Asset:
    """One asset. Raises `NotFound`."""
    row = Asset.objects.select_related("contest__version").filter(pk=pk).first()
    if row is None:
        raise NotFound("没有这个文件。")
    return row


def jobs_of(rows: Iterable[Asset]) -> dict[UUID, JobStatus]:
    """The inspection jobs of the files whose check, or closer look, has not ended. At most 1 SQL."""
    waiting = {
        f"asset:{row.pk}": row.pk
        for row in rows
        if row.state == Asset.State.RECEIVED or row.closer_since is not None
    }
    found = newest_by_subject(waiting) if waiting else {}
    return {waiting[subject]: job for subject, job in found.items()}


def checked(
    row: Asset,
    job: JobStatus | None = None,
    *,
    unbound: Collection[str] = (),
    later: Mapping[str, str] = MappingProxyType({}),
    sees_private: bool = False,
) -> Checked:
    """A file with its findings: one SQL for them, none when prefetched. `job` shows progress.

    `unbound` are requirements that do not bind this work (another division's), `later` those that
    bind from a later round on, with its name. `sees_private`: whether the reader may see private
    evidence as it is; else moments and remarks name its masked twin.
    """
    facts = row.facts or {}
    findings = [f for f in row.findings.all() if f.requirement not in unbound]
    measures = kept(facts) if any(f.names for f in findings) else {}
    return Checked(
        id=row.pk,
        filename=row.filename,
        size=row.size,
        sha256=row.sha256,
        received_at=row.received_at,
        state=row.state,
        state_name=_state_name(row),
        trouble=row.trouble,
        duration=duration_of(facts),
        has_poster=bool(row.poster_key),
        sprite=sprite_of(facts, row.sprite_key),
        facts=facts,
        findings=tuple(
            _row(f, later.get(f.requirement, ""), moments_of(measures, f.names, sees_private))
            for f in findings
        ),
        progress=job,
        scan=said_of(row),
        sees_private=sees_private,
        closer_since=row.closer_since,
        may_look_closer=may_look_closer(row),
    )


def _state_name(row: Asset) -> str:
    quarantined = row.scan == Asset.Scan.INFECTED
    return str(Asset.Scan.INFECTED.label if quarantined else Asset.State(row.state).label)


def duration_of(facts: Mapping[str, Any] | None) -> Fraction | None:
    """A file's length in seconds as measured; None before that, or for a picture."""
    timed = (facts or {}).get("video") or (facts or {}).get("audio") or {}
    measured = timed.get("duration_s")
    return None if measured is None else Fraction(str(measured))


def length_of(measured: str | None) -> Fraction | None:
    """The same from what `GLIMPSE` reads."""
    return None if measured is None else Fraction(str(measured))


LENGTH = Coalesce(
    KeyTextTransform("duration_s", KeyTextTransform("video", "asset__facts")),
    KeyTextTransform("duration_s", KeyTextTransform("audio", "asset__facts")),
)
GLIMPSE = (
    LENGTH,
    "asset__facts__pictures__sprite",
    "asset__poster_key",
    "asset__sprite_key",
)
"""Length, geometry of the strip, keys of poster and strip, of rows that have an `asset`: all that a
list reads of facts, whose text is many times as long."""


def sprite_of(facts: Mapping[str, Any] | None, sprite_key: str) -> dict[str, Any] | None:
    """The geometry of a film's strip of small pictures, if it has one."""
    pictures: dict[str, Any] = (facts or {}).get("pictures") or {}
    return pictures.get("sprite") if sprite_key else None


def moments_of(
    measures: Mapping[str, Measure], names: Collection[str], sees_private: bool
) -> tuple[Moment, ...]:
    """The moments behind these fact names, in the order of time; none where all is well, or where
    the measuring of that time kept none."""
    wanted = frozenset(names)
    behind = {
        name: each
        for name, each in measures.items()
        if each.answer in ("found", "doubtful") and wanted.intersection(each.about)
    }
    if not behind:
        return ()
    said = {(r.measure, r.from_s, r.picture, r.detail): r.text for r in remarks(behind)}
    found = [
        Moment(
            measure=name,
            from_s=span.from_s,
            to_s=span.to_s,
            moment=span.moment,
            words=said.get((name, span.from_s, span.picture, span.text), "") or span.text,
            detail=span.text,
            box=span.box,
            picture=picture_for(span.picture, span.private, sees_private),
            private=span.private,
            sure=measure.answer == "found",
        )
        for name, measure in behind.items()
        for span in measure.spans
    ]
    return tuple(sorted(found, key=lambda each: (each.from_s, each.to_s, each.measure)))


def picture_for(picture: str | None, private: bool, sees_private: bool) -> str:
    """The name under which a reader may see an evidence picture."""
    if not picture:
        return ""
    return masked_twin(picture) if private and not sees_private else picture


def _row(f: Finding, later: str, moments: tuple[Moment, ...] = ()) -> FindingRow:
    return FindingRow(
        requirement=f.requirement,
        severity=f.severity,
        verdict=f.verdict,
        verdict_name=str(Finding.Verdict(f.verdict).label),
        measured=f.measured,
        required=f.required,
        text=f"{f.text}（{later}起须符合）" if later else f.text,
        section=f.section,
        words=f.words,
        later=later,
        moments=moments,
        note=f.note,
    )


@dataclass(frozen=True)
class Part:
    """One stored file of an asset, ready to send."""

    key: str
    content_type: str
    filename: str


def part_of(row: Asset, part: str) -> Part:
    """The film (`film`), its `poster` or its `sprite` strip. Raises `NotFound`."""
    if part == "film":
        kind = mimetypes.guess_type(row.filename)[0] or "application/octet-stream"
        return Part(row.key, kind, row.filename)
    key = {"poster": row.poster_key, "sprite": row.sprite_key}.get(part, "")
    if not key:
        raise NotFound("没有这张图片。")
    return Part(key, "image/jpeg", f"{part}.jpg")
