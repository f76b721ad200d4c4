"""A contest of the real Jiangxi rulebook, from accepted works to an approved result.

What comes before judging is written as rows (its own rooms test it); from the opening of the round
on everything goes through the actions.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from fengcai.apps.assets.models import Asset
from fengcai.apps.awards.actions import allocate, approve_result, decide_award
from fengcai.apps.awards.models import Result
from fengcai.apps.contests.models import Contest, Membership, RulebookVersion, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import (
    hand_in,
    open_round,
    save_sheet,
    seal_round,
    seat_judge,
    sign_commitment,
)
from fengcai.apps.judging.models import Round, ScoreSheet
from fengcai.apps.people.models import User
from fengcai.apps.releases.models import NobodyShown
from fengcai.core import rulebook
from fengcai.core.rulebook import Rules

ROOT = Path(__file__).resolve().parents[2]
TIME = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 7, 12, 0, tzinfo=TIME)
"""An instant within the rulebook's time for judging, long after the deadline."""

CRITERIA = ("theme", "content", "distinct", "craft", "creative")
SPECIAL = ("best_creative", "best_technical", "best_humanistic")


@cache
def example() -> tuple[str, Rules]:
    """The Jiangxi rulebook's text, and its rules as the example answers resolve them."""
    text = (ROOT / "examples/rulebooks/jiangxi-2026.yaml").read_text(encoding="utf-8")
    answers = (ROOT / "examples/answers/jiangxi-2026.yaml").read_text(encoding="utf-8")
    book = rulebook.parse(text, name="jiangxi-2026.yaml")
    return text, rulebook.resolve(book, rulebook.parse_answers(answers, name="jiangxi-2026.yaml"))


@dataclass
class Stage:
    """A contest with its people and works; `round` once it is opened."""

    contest: Contest
    organiser: User
    judges: list[User]
    units: list[Unit]
    entries: list[Entry] = field(default_factory=list)
    round: Round | None = None

    @property
    def open(self) -> Round:
        """The opened round, read anew."""
        assert self.round is not None
        return Round.objects.select_related("contest__version", "rulebook").get(pk=self.round.pk)


def person(name: str) -> User:
    """An account named by its post."""
    return User.objects.create(username=f"u{uuid.uuid4().hex[:12]}", name=name)


def contest(
    *,
    works: int = 12,
    judges: int = 5,
    judge_units: Sequence[int | None] = (),
    slug: str = "yikeyifengcai",
    demo: bool = False,
    change: Callable[[Rules], Rules] = lambda rules: rules,
) -> Stage:
    """A contest whose submission is over: `works` accepted works of as many units, and a panel.

    `judge_units` gives judge i the unit with that index; `change` alters the rules beforehand.
    """
    text, resolved = example()
    changed = change(resolved)
    changed = changed.model_copy(update={"hash": rulebook.rules.fingerprint(changed)})
    row = Contest.objects.create(
        slug=slug, title=changed.title, demo=demo, state=Contest.State.OPEN, opened_at=NOON
    )
    row.version = RulebookVersion.objects.create(
        contest=row,
        number=1,
        text=text,
        hash=changed.hash,
        resolved=changed.model_dump(mode="json"),
    )
    row.save()
    organiser = person("宣传科（组织者）")
    Membership.objects.create(contest=row, user=organiser, role=Role.ORGANISER)
    units = [
        Unit.objects.create(contest=row, name=f"第{n}科", unit_class="clinical", order=n)
        for n in range(1, max(works, 1) + 1)
    ]
    stage = Stage(row, organiser, [], units)
    for index in range(judges):
        home = judge_units[index] if index < len(judge_units) else None
        judge = person(f"评委{index + 1}")
        Membership.objects.create(
            contest=row, user=judge, role=Role.JUDGE, unit=None if home is None else units[home]
        )
        stage.judges.append(judge)
    stage.entries = [accepted(stage, unit, number) for number, unit in enumerate(units[:works], 1)]
    return stage


def accepted(
    stage: Stage, unit: Unit, number: int, *, state: str = State.ACCEPTED, theme: str = "service"
) -> Entry:
    """A work of `unit` with an inspected film."""
    entry = Entry.objects.create(
        contest=stage.contest,
        rulebook=stage.contest.version,
        unit=unit,
        track="video",
        title=f"仁心故事之{number}",
        themes=[theme],
        fields={
            "authors": [
                {"name": "张青禾", "role": "编导"},
                {"name": f"李望{number}", "role": "摄影"},
            ],
            "contact": "李望 0791-00000000",
            "synopsis": "记录一个普通工作日。",
        },
        state=state,
        number=f"{number:03d}" if state == State.ACCEPTED else "",
        created_by=stage.organiser,
        submitted_at=NOON - timedelta(days=20) + timedelta(minutes=number),
    )
    film(entry, stage.organiser)
    NobodyShown.objects.create(entry=entry, by=stage.organiser, at=NOON)
    return entry


def film(entry: Entry, by: User, *, slot: str = "main", version: int = 1) -> Asset:
    """A file in a slot of an entry, as the inspection leaves it; earlier ones are no more current."""
    token = uuid.uuid4().hex
    FileVersion.objects.filter(entry=entry, slot=slot).update(current=False)
    asset = Asset.objects.create(
        contest=entry.contest,
        track=entry.track,
        slot=slot,
        filename=f"{entry.unit.name}+一科一风采视频大赛.mp4",
        key=f"{token[:2]}/{token[2:4]}/{token}.mp4",
        size=1_000,
        sha256=token * 2,
        began_at=NOON - timedelta(days=20),
        state=Asset.State.INSPECTED,
        facts={
            "video": {"duration_s": "183.5"},
            "pictures": {
                "poster": None,
                "sprite": {
                    "columns": 10,
                    "rows": 2,
                    "tile_width_px": 160,
                    "tile_height_px": 90,
                    "times_s": [str(n) for n in range(20)],
                },
            },
        },
        poster_key=f"{token[:2]}/{token[2:4]}/{token}.jpg",
        sprite_key=f"{token[:2]}/{token[2:4]}/{token}.jpg",
    )
    FileVersion.objects.create(entry=entry, slot=slot, version=version, asset=asset, by=by)
    return asset


def opened(stage: Stage, *, promised: bool = True) -> Stage:
    """Open the round and, unless told otherwise, have every judge sign the promise."""
    stage.round = open_round(contest=stage.contest, round_id="review", by=stage.organiser, at=NOON)
    for judge in stage.judges if promised else ():
        sign_commitment(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    return stage


def seconds(value: int) -> Decimal:
    """A moment of a film."""
    return Decimal(value)


def marks(total: int) -> dict[str, str]:
    """A full sheet that adds up to `total` (0 to 100), filled from the first criterion on."""
    found = {}
    for id in CRITERIA:
        part = min(20, total)
        found[id] = str(part)
        total -= part
    return found


def mark(stage: Stage, judge: User, entry: Entry, total: int) -> ScoreSheet:
    """Have a judge give a work a full sheet of `total`."""
    standing = ScoreSheet.objects.filter(round=stage.round, judge=judge, entry=entry).first()
    return save_sheet(
        round=stage.open,
        entry_id=entry.pk,
        values=marks(total),
        comment="",
        expected_version=standing.version if standing else 0,
        by=judge,
        at=NOON,
    )


def judged(
    stage: Stage,
    *,
    totals: Callable[[int, int], int] = lambda work, judge: max(5, 95 - 3 * work),
    skip: Iterable[tuple[int, int]] = (),
) -> Stage:
    """Every judge has marked every work but `skip` ((work, judge) by index), and hands in.

    The sheets are written as rows, hundreds of them; saving one is what the sheets' tests do.
    """
    left_out = set(skip)
    for j, judge in enumerate(stage.judges):
        standing = set(
            ScoreSheet.objects.filter(round=stage.round, judge=judge).values_list(
                "entry_id", flat=True
            )
        )
        ScoreSheet.objects.bulk_create(
            ScoreSheet(
                round=stage.round,
                judge=judge,
                entry=entry,
                values=marks(totals(w, j)),
                saved_at=NOON,
            )
            for w, entry in enumerate(stage.entries)
            if (w, j) not in left_out and entry.pk not in standing
        )
        hand_in(round=stage.open, signed_name=str(judge), by=judge, at=NOON)
    return stage


def seats_filled(stage: Stage) -> None:
    """One judge more, who gives every work 80 and hands in."""
    late = person("替补评委")
    Membership.objects.create(contest=stage.contest, user=late, role=Role.JUDGE)
    seat_judge(round=stage.open, judge=late, by=stage.organiser, at=NOON)
    sign_commitment(round=stage.open, signed_name="替补评委", by=late, at=NOON)
    for entry in stage.entries:
        mark(stage, late, entry, 80)
    hand_in(round=stage.open, signed_name="替补评委", by=late, at=NOON)


def sealed(stage: Stage) -> Stage:
    """Seal the round."""
    seal_round(round=stage.open, by=stage.organiser, at=NOON)
    return stage


def decided(stage: Stage) -> Stage:
    """Give the three special awards to the works with index 0, 4 and 10."""
    for award, index in zip(SPECIAL, (0, 4, 10), strict=True):
        decide_award(
            contest=stage.contest,
            award_id=award,
            entries=[stage.entries[index].pk],
            reason="立意与手法突出",
            minutes="评审委员会会议纪要〔2026〕1号",
            by=stage.organiser,
            at=NOON,
        )
    return stage


def approved(stage: Stage) -> Result:
    """From an empty stage to an approved result."""
    decided(sealed(judged(opened(stage))))
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    return approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
