"""A contest of the real Jiangxi rulebook that collects works: units with their contact and head."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from fengcai.apps.assets.actions import keep_inspection
from fengcai.apps.assets.judging import Judged
from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from tests.factories.judging import TIME, contest, person

DAY = datetime(2026, 4, 10, 9, 0, tzinfo=TIME)
"""An instant within the time for submission."""

CLOSES = datetime(2026, 4, 30, 17, 0, tzinfo=TIME)
UNITS = ("心病科", "针灸科")
DECLARED = ("copyright", "consent", "showcase")


@dataclass
class Collecting:
    """The contest with its people by the name of their unit."""

    contest: Contest
    organiser: User
    reviewer: User
    units: dict[str, Unit] = field(default_factory=dict)
    contacts: dict[str, User] = field(default_factory=dict)
    heads: dict[str, User] = field(default_factory=dict)

    def draft(self, unit: str = UNITS[0], *, at: datetime = DAY, **changes: object) -> Entry:
        """A draft of `unit` with every field filled in, unless `changes` says otherwise."""
        by = self.contacts[unit]
        entry = actions.start_entry(
            contest=self.contest, unit=self.units[unit], track="video", by=by, at=at
        )
        fields = {
            "title": "心跳的守护",
            "authors": [{"name": "编导甲", "role": "编导"}],
            "contact": "心病科联络员 0791-0000000",
            "synopsis": "从一张心电图开始。",
            "themes": ["service"],
        }
        return actions.save_draft(
            entry_id=entry.pk,
            changes={**fields, **changes},
            expected_version=entry.version,
            by=by,
            at=at,
        )

    def with_film(self, entry: Entry, tmp_path: Path, *, at: datetime = DAY) -> Asset:
        """Hand a small file over for the entry's main slot."""
        file = tmp_path / f"{uuid4().hex}.mp4"
        file.write_bytes(file.name.encode() * 100)
        actions.hand_over_file(
            entry_id=entry.pk,
            slot="main",
            path=file,
            filename=f"{entry.unit.name}+一科一风采视频大赛.mp4",
            by=self.contacts[entry.unit.name],
            began_at=at,
            finished_at=at,
        )
        return Asset.objects.get(version__entry=entry, version__current=True)

    def submit(self, entry: Entry, *, at: datetime = DAY) -> Entry:
        """Signed and submitted by the unit's contact."""
        return actions.submit_entry(
            entry_id=entry.pk,
            expected_version=Entry.objects.get(pk=entry.pk).version,
            declared=DECLARED,
            signed_name="心病科联络员",
            by=self.contacts[entry.unit.name],
            at=at,
        )

    def confirm(self, entry: Entry, *, at: datetime = DAY) -> Entry:
        """Confirmed by the unit's head."""
        return actions.confirm_entry(
            entry_id=entry.pk,
            expected_version=Entry.objects.get(pk=entry.pk).version,
            declared=["head"],
            signed_name="心病科负责人",
            by=self.heads[entry.unit.name],
            at=at,
        )

    def under_review(self, tmp_path: Path, unit: str = UNITS[0], **verdicts: str) -> Entry:
        """A work that waits for the review; `verdicts` are those of its findings by requirement."""
        entry = self.draft(unit)
        inspected(self.with_film(entry, tmp_path), **verdicts)
        self.submit(entry)
        self.confirm(entry)
        return Entry.objects.get(pk=entry.pk)


def collecting(units: tuple[str, ...] = UNITS) -> Collecting:
    """A contest in which `units` (clinical) may enter."""
    stage = contest(works=0, judges=0)
    reviewer = person("作品审核员")
    Membership.objects.create(contest=stage.contest, user=reviewer, role=Role.REVIEWER)
    made = Collecting(stage.contest, stage.organiser, reviewer)
    for order, name in enumerate(units, 10):
        unit = Unit.objects.create(
            contest=stage.contest, name=name, unit_class="clinical", order=order
        )
        made.units[name] = unit
        for people, role, post in (
            (made.contacts, Role.CONTACT, "联络员"),
            (made.heads, Role.HEAD, "负责人"),
        ):
            people[name] = person(f"{name}{post}")
            Membership.objects.create(
                contest=stage.contest, user=people[name], role=role, unit=unit
            )
    return made


@transaction.atomic
def inspected(asset: Asset, **verdicts: str) -> Asset:
    """Leave an asset as an inspection with these verdicts would (default: resolution passed)."""
    keep_inspection(
        asset=asset,
        facts={"pictures": {"poster": None, "sprite": None}},
        state="inspected",
        trouble="",
        findings=[
            Judged(
                requirement=requirement,
                verdict=verdict,
                severity="must",
                measured="1080×1920",
                required="宽大于高",
                text=requirement,
                section="四（一）",
                words="统一为横版",
                names=("width", "height"),
            )
            for requirement, verdict in (verdicts or {"resolution": "pass"}).items()
        ],
        poster_key="",
        sprite_key="",
        at=DAY,
    )
    return asset
