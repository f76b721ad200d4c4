"""A contest with a great many works, written as rows in bulk: the same rows for the same seed.

For benchmarks and tests alone. The rulebook, its answers and the opening go through the actions;
works, files, findings, reviews, sheets and publications are rows as the actions would leave them,
without audit records, since making 20 000 works through the actions takes hours.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import AutoField, Model

from benchmarks.pages import words
from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Declaration, Entry, FileVersion
from fengcai.apps.entries.states import State
from fengcai.apps.intake.models import Review
from fengcai.apps.judging.models import Commitment, Round, RoundEntry, ScoreSheet, Seat
from fengcai.apps.people.models import User
from fengcai.apps.publishing.models import Publication
from fengcai.core.rulebook import Requirement, Rules
from fengcai.samples.journey import shift_to_close_in
from fengcai.samples.stage import Stage, set_up

BOOK = "jiangxi-2026.yaml"
BATCH = 2_000
MOST_OF_A_UNIT = 60
WORKS_OF_MINE = 24
"""How many works the contact's own unit has or nearly has, so that its page is compared with itself."""

STATES = (
    (State.ACCEPTED, 72),
    (State.CONFIRMED, 8),
    (State.DRAFT, 8),
    (State.SUBMITTED, 4),
    (State.RETURNED, 4),
    (State.WITHDRAWN, 4),
)
"""How many works of a hundred stand where, while the judges are at work."""

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Crowd:
    """The contest, and one of each whose page is opened."""

    contest: Contest
    organiser: User
    reviewer: User
    contact: User
    judge: User
    waiting: Entry
    """A work that waits for its review."""

    mine: Entry
    """A work of the contact's unit."""

    judged: Entry
    """A work in the middle of the judge's stack."""

    round: Round


@transaction.atomic
def crowd(works: int, *, at: datetime, slug: str = "crowd", seed: int = 20260422) -> Crowd:
    """Lay the contest down. A unit for each 12 works or so, between 40 and 800 of them."""
    maker = _Maker(works, at=at, slug=slug, seed=seed)
    made = maker.make()
    with connection.cursor() as cursor:  # what a server's autovacuum or a nightly job does
        cursor.execute("ANALYZE")
    return made


class _Maker:
    """Makes the rows of one contest, parents before children."""

    def __init__(self, works: int, *, at: datetime, slug: str, seed: int) -> None:
        self.works = works
        self.at = at
        self.chance = random.Random(seed)
        self.sent: Counter[int] = Counter()
        shift = shift_to_close_in(-3, at)
        self.stage: Stage = set_up(
            slug=slug, book=BOOK, answers=BOOK, label="", shift_days=shift, at=at
        )
        self.contest = self.stage.contest
        self.rules: Rules = rules_of(self.contest)
        self.organiser = self.stage.organiser

    def make(self) -> Crowd:
        """Everything, in the order of a work's life."""
        units = self._units(max(40, min(800, self.works // 12)))
        contacts = self._people(units)
        entries = list(_written(Entry, self._entries(units, contacts)))
        assets = list(_written(Asset, self._assets(entries)))
        films = {entry.pk: asset for entry, asset in zip(_filmed(entries), assets, strict=True)}
        _write(FileVersion, self._versions(entries, films))
        _write(Finding, self._findings(films))
        _write(Declaration, self._declarations(entries))
        _write(Review, self._reviews(entries, films))
        accepted = [entry for entry in entries if entry.state == State.ACCEPTED]
        round = self._round(accepted)
        _write(Publication, self._publications(accepted))
        some = _of_a_usual_unit(entries)
        return Crowd(
            contest=self.contest,
            organiser=self.organiser,
            reviewer=self.stage.reviewer,
            contact=contacts[some.unit_id],
            judge=self.stage.judges[1],
            waiting=some,
            mine=some,
            judged=self._middle(accepted, round),
            round=round,
        )

    def _units(self, wanted: int) -> list[Unit]:
        there = list(self.contest.units.all())
        names = words.units(self.chance, {unit.name for unit in there})
        new = [
            Unit(
                contest=self.contest,
                name=name,
                unit_class=self.chance.choice(("clinical",) * 6 + ("medtech",) * 2 + ("admin",)),
                order=100 + number,
            )
            for number, name in enumerate(islice(names, max(0, wanted - len(there))))
        ]
        return there + Unit.objects.bulk_create(new, batch_size=BATCH)

    def _people(self, units: list[Unit]) -> dict[int, User]:
        contacts = {unit.pk: self.stage.contacts.get(unit.name) for unit in units}
        new = [unit for unit in units if contacts[unit.pk] is None]
        for role, post in ((Role.CONTACT, "联络员"), (Role.HEAD, "负责人")):
            people = User.objects.bulk_create(
                [
                    User(
                        username=f"{self.contest.slug}-{unit.pk}-{role}",
                        name=f"{unit.name}{post}"[:60],
                        phone=f"0791-{self.chance.randrange(80_000_000, 89_999_999)}",
                        password="!",
                    )
                    for unit in new
                ],
                batch_size=BATCH,
            )
            _write(
                Membership,
                (
                    Membership(contest=self.contest, user=user, role=role, unit=unit)
                    for unit, user in zip(new, people, strict=True)
                ),
            )
            if role == Role.CONTACT:
                contacts |= {unit.pk: user for unit, user in zip(new, people, strict=True)}
        return {pk: user for pk, user in contacts.items() if user is not None}

    def _entries(self, units: list[Unit], contacts: dict[int, User]) -> Iterator[Entry]:
        states = [state for state, weight in STATES for _ in range(weight)]
        writing = [unit for unit in units if unit.pk in contacts]
        number = 0
        opened = self.at - timedelta(days=28)
        for index in range(self.works):
            unit = writing[index % len(writing)] if index < len(writing) else self._keen(writing)
            state = State.CONFIRMED if index == 0 else self.chance.choice(states)
            begun = opened + timedelta(minutes=index * 28 * 1440 // self.works)
            handed = begun + timedelta(hours=self.chance.randrange(2, 60))
            number += state == State.ACCEPTED
            by = contacts[unit.pk]
            yield Entry(
                id=self._uuid(),
                contest=self.contest,
                rulebook=self.contest.version,
                unit=unit,
                track="video",
                themes=[self.chance.choice(words.THEMES)],
                title=words.title(self.chance, unit.name),
                fields=words.fields(self.chance, unit.name),
                state=state,
                number=f"{number:05d}" if state == State.ACCEPTED else "",
                version=self.chance.randrange(2, 12),
                created_by=by,
                created_at=begun,
                updated_by=by,
                updated_at=handed + timedelta(minutes=self.chance.randrange(1, 5_000)),
                submitted_at=None if state == State.DRAFT else handed,
                mend_until=self.at + timedelta(days=1) if state == State.RETURNED else None,
            )

    def _keen(self, units: list[Unit]) -> Unit:
        """Some units send sixty works, most of them fewer: notices set an upper number."""
        unit = self.chance.choice(units)
        if self.chance.random() < 0.2:
            unit = units[min(int(self.chance.paretovariate(0.8)), len(units)) - 1]
        while self.sent[unit.pk] == MOST_OF_A_UNIT:
            unit = self.chance.choice(units)
        self.sent[unit.pk] += 1
        return unit

    def _assets(self, entries: list[Entry]) -> Iterator[Asset]:
        for entry in _filmed(entries):
            token = self._uuid().hex
            key = f"{token[:2]}/{token[2:4]}/{token}"
            seconds = round(min(1_200, self.chance.lognormvariate(5.3, 0.4)), 3)
            yield Asset(
                id=self._uuid(),
                contest=self.contest,
                track="video",
                slot="main",
                filename=f"{entry.unit.name}+一科一风采视频大赛.mp4",
                key=f"{key}.mp4",
                size=self.chance.randrange(40_000_000, 1_900_000_000),
                sha256=token * 2,
                began_at=entry.created_at,
                received_at=entry.created_at + timedelta(minutes=12),
                state=Asset.State.INSPECTED,
                facts=words.facts(self.chance, seconds),
                poster_key=f"{key}.jpg",
                sprite_key=f"{key}.sprite.jpg",
                inspected_at=entry.created_at + timedelta(minutes=14),
            )

    def _versions(
        self, entries: list[Entry], films: dict[uuid.UUID, Asset]
    ) -> Iterator[FileVersion]:
        for entry in entries:
            if entry.pk in films:
                yield FileVersion(
                    entry=entry,
                    slot="main",
                    version=1,
                    asset=films[entry.pk],
                    by_id=entry.created_by_id,
                    at=films[entry.pk].received_at,
                )

    def _findings(self, films: dict[uuid.UUID, Asset]) -> Iterator[Finding]:
        machine = _machine(self.rules)
        for asset in films.values():
            for order, requirement in enumerate(machine):
                luck = self.chance.random()
                verdict = "pass" if luck < 0.93 else "fail" if luck < 0.97 else "undetermined"
                yield Finding(
                    asset=asset,
                    order=order,
                    requirement=requirement.id,
                    severity=requirement.severity,
                    verdict=verdict,
                    measured=words.measured(self.chance, requirement.id),
                    required=requirement.required_text or "",
                    text=requirement.text,
                    section=requirement.cite.section,
                    words=requirement.cite.words,
                )

    def _declarations(self, entries: list[Entry]) -> Iterator[Declaration]:
        for entry in entries:
            if entry.submitted_at is None:
                continue
            for each in self.rules.declarations:
                if each.when == "submit":
                    yield Declaration(
                        entry=entry,
                        declaration=each.id,
                        text=each.text,
                        signed_by_id=entry.created_by_id,
                        signed_name=self.chance.choice(words.PEOPLE),
                        at=entry.submitted_at,
                    )

    def _reviews(self, entries: list[Entry], films: dict[uuid.UUID, Asset]) -> Iterator[Review]:
        for entry in entries:
            if entry.state in (State.ACCEPTED, State.RETURNED):
                yield Review(
                    entry=entry,
                    entry_version=entry.version,
                    asset=films.get(entry.pk),
                    reviewer=self.stage.reviewer,
                    decision="accept" if entry.state == State.ACCEPTED else "return",
                    checklist=[],
                    reasons="" if entry.state == State.ACCEPTED else "片尾有其他平台的水印。",
                    mend_until=entry.mend_until,
                    at=entry.updated_at,
                )

    def _round(self, accepted: list[Entry]) -> Round:
        assert self.contest.version is not None
        round = Round.objects.create(
            contest=self.contest,
            round_id=self.rules.rounds[0].id,
            rulebook=self.contest.version,
            opened_at=self.at - timedelta(days=2),
            opened_by=self.organiser,
        )
        places = [
            RoundEntry(round=round, entry=entry, number=number)
            for number, entry in enumerate(accepted, 1)
        ]
        _write(RoundEntry, places)
        for number, judge in enumerate(self.stage.judges, 1):
            seat = Seat.objects.create(
                round=round, judge=judge, number=number, seated_at=round.opened_at
            )
            seat.units.set(
                Unit.objects.filter(
                    memberships__user=judge, memberships__contest=self.contest
                ).distinct()
            )
            Commitment.objects.create(
                round=round,
                judge=judge,
                text="独立、客观、公正。",
                signed_name=str(judge),
                at=round.opened_at,
            )
        _write(ScoreSheet, self._sheets(round, accepted))
        return round

    def _sheets(self, round: Round, accepted: list[Entry]) -> Iterator[ScoreSheet]:
        criteria = [one.id for one in self.rules.rounds[0].scheme.criteria]
        for judge in self.stage.judges:
            for entry in accepted[: len(accepted) // 2]:  # everybody is half through
                whole = self.chance.random() < 0.98
                yield ScoreSheet(
                    round=round,
                    judge=judge,
                    entry=entry,
                    values={
                        id: str(self.chance.randrange(12, 21))
                        for id in (criteria if whole else criteria[:3])
                    },
                    comment=self.chance.choice(words.COMMENTS),
                    saved_at=round.opened_at + timedelta(hours=3),
                    salt=f"{self.chance.getrandbits(128):032x}",
                )

    def _publications(self, accepted: list[Entry]) -> Iterator[Publication]:
        for entry in accepted:
            if self.chance.random() < 0.8:
                yield Publication(
                    contest=self.contest,
                    entry=entry,
                    number=entry.number,
                    themes=entry.themes,
                    published_at=self.at,
                    published_by=self.organiser,
                )

    def _middle(self, accepted: list[Entry], round: Round) -> Entry:
        own = set(Seat.objects.get(round=round, number=2).units.values_list("pk", flat=True))
        later = accepted[len(accepted) // 2 :]
        return next(entry for entry in later if entry.unit_id not in own)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)


def _machine(rules: Rules) -> list[Requirement]:
    return [
        requirement
        for track in rules.tracks
        for slot in track.slots
        for requirement in slot.requirements
        if requirement.checked_by == "machine"
    ]


def _of_a_usual_unit(entries: list[Entry]) -> Entry:
    """A confirmed work of a unit with about `WORKS_OF_MINE` works, at every size of the contest."""
    many = Counter(entry.unit_id for entry in entries)
    confirmed = [entry for entry in entries if entry.state == State.CONFIRMED]
    return min(confirmed, key=lambda entry: abs(many[entry.unit_id] - WORKS_OF_MINE))


def _filmed(entries: list[Entry]) -> Iterator[Entry]:
    """All works but a third of the drafts have a film."""
    for index, entry in enumerate(entries):
        if entry.state != State.DRAFT or index % 3:
            yield entry


def _written(model: type[M], rows: Iterable[M]) -> Iterator[M]:
    """Write the rows and hand each on. Their keys must be known beforehand if they are needed.

    `bulk_create` takes four times as long: it builds a statement for each few dozen rows.
    """
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    places = ", ".join("%s" for _ in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"
    rows = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(
                statement,
                [
                    [f.get_db_prep_save(f.pre_save(row, True), connection) for f in fields]
                    for row in batch
                ],
            )
            yield from batch


def _write(model: type[Any], rows: Iterable[Any]) -> None:
    for _ in _written(model, rows):
        pass
