"""Deadlines to the second: what began in time, what a moved deadline mends, and the last minute."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from fengcai.apps.audit.queries import records, verify_chain
from fengcai.apps.contests.amending import Amended
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries import actions
from fengcai.apps.entries.amending import Works
from fengcai.apps.entries.models import Entry
from fengcai.apps.refusals import Refused, TooLate
from fengcai.core.rulebook import Rules
from tests.factories.collecting import CLOSES, DAY, DECLARED, Collecting, collecting

pytestmark = [pytest.mark.intake, pytest.mark.clause("J11")]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def ruled(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The contest's rules with another window of submission."""
    from fengcai.apps.contests import queries

    true = queries.rules_of

    def rules_of(contest: Contest) -> Rules:
        rules = true(contest)
        return rules.model_copy(update={"window": rules.window.model_copy(update=changes)})

    for room in ("actions.desk", "actions.drafts", "actions.files", "actions.submission"):
        monkeypatch.setattr(f"fengcai.apps.entries.{room}.rules_of", rules_of)


def late_film(stage: Collecting, entry: Entry, tmp_path: Path, *, began: datetime) -> None:
    """A film whose upload ended ten minutes after the deadline."""
    file = tmp_path / f"{uuid4().hex}.mp4"
    file.write_bytes(file.name.encode())
    actions.hand_over_file(
        entry_id=entry.pk, slot="main", path=file, filename="片.mp4",
        by=stage.contacts["心病科"], began_at=began, finished_at=CLOSES + 10 * MINUTE,
    )  # fmt: skip


@pytest.fixture
def stage(db: None) -> Collecting:
    return collecting()


def test_an_upload_begun_in_time_leaves_half_an_hour_to_hand_in(
    stage: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled(monkeypatch, begun_counts=True)
    entry = stage.draft()
    late_film(stage, entry, tmp_path, began=CLOSES - MINUTE)
    entry = actions.save_draft(
        entry_id=entry.pk, changes={"synopsis": "改一个字。"}, at=CLOSES + 20 * MINUTE,
        expected_version=Entry.objects.get(pk=entry.pk).version, by=stage.contacts["心病科"],
    )  # fmt: skip
    with pytest.raises(TooLate):
        stage.submit(entry, at=CLOSES + 41 * MINUTE)
    done = stage.submit(entry, at=CLOSES + 40 * MINUTE)
    assert (done.state, done.late) == ("submitted", False)


@pytest.mark.parametrize(("counts", "began"), [(False, -MINUTE), (True, SECOND)])
def test_an_upload_that_does_not_count_changes_nothing(
    stage: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: bool,
    began: timedelta,
) -> None:  # fmt: skip
    ruled(monkeypatch, begun_counts=counts)
    entry = stage.draft()
    with pytest.raises(Refused, match="不再受理"):
        late_film(stage, entry, tmp_path, began=CLOSES + began)
    stage.with_film(entry, tmp_path, at=CLOSES - MINUTE)
    with pytest.raises(TooLate):
        stage.submit(entry, at=CLOSES + 5 * MINUTE)


def test_grace_is_silent_and_in_time(
    stage: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled(monkeypatch, grace=timedelta(minutes=5), late="reject")
    entry = stage.draft()
    stage.with_film(entry, tmp_path)
    assert stage.submit(entry, at=CLOSES + 5 * MINUTE).late is False


def test_a_later_deadline_of_a_classs_own_window_clears_its_late_works(
    stage: Collecting, tmp_path: Path
) -> None:
    from fengcai.apps.contests.queries import rules_of

    entries = []
    for unit in stage.units:
        entry = stage.draft(unit)
        stage.with_film(entry, tmp_path)
        entries.append(stage.submit(entry))
    Entry.objects.update(late=True, submitted_at=CLOSES + 60 * MINUTE)
    type(stage.units["针灸科"]).objects.filter(name="针灸科").update(unit_class="medtech")
    rules = rules_of(stage.contest)
    own = rules.window.model_copy(update={"kind": "submit", "classes": ("medtech",)})
    before = rules.model_copy(update={"windows": {**rules.windows, "medtech": own}})
    later = own.model_copy(update={"closes": CLOSES + 120 * MINUTE})
    after = before.model_copy(update={"windows": {**before.windows, "medtech": later}})
    amended = Amended(
        **{**_blank(Amended), "contest": stage.contest, "before": before, "after": after}
    )
    assert Works().follow(amended) == {"改为按时的作品": 1}
    assert list(Entry.objects.filter(late=True).values_list("unit__name", flat=True)) == ["心病科"]


def _blank(kind: Any) -> dict[str, Any]:
    return dict.fromkeys(kind.__dataclass_fields__)


UNITS = 300
IN_PARALLEL = 16


@pytest.fixture
def crowd(transactional_db: None, tmp_path: Path) -> tuple[Collecting, list[UUID]]:
    """300 units, each with a draft that is complete but for the signature."""
    alone = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    workers = 1 if alone else IN_PARALLEL  # one connection is the whole database
    units = 60 if workers == 1 else UNITS
    stage = collecting(tuple(f"科室{number:03}" for number in range(units)))
    entries = []
    for unit in stage.units:
        entry = stage.draft(unit)
        stage.with_film(entry, tmp_path)
        entries.append(entry.pk)
    stage.workers = workers  # type: ignore[attr-defined]
    return stage, entries


@pytest.mark.timeout(400)  # 300 submissions one behind the other: the chain has one head
def test_in_the_last_minute_nobody_is_lost_and_nobody_wrongly_late(
    crowd: tuple[Collecting, list[UUID]],
) -> None:
    """Every unit submits within the last sixty seconds, many at once; some come a second too late."""
    stage, entries = crowd
    versions = dict(Entry.objects.values_list("pk", "version"))
    units = dict(Entry.objects.values_list("pk", "unit__name"))
    instants = {
        pk: CLOSES - timedelta(seconds=60 * (1 - number / len(entries)))
        for number, pk in enumerate(entries)
    }
    too_late = set(entries[::20])
    instants |= dict.fromkeys(too_late, CLOSES + SECOND)
    done: dict[UUID, str] = {}
    lock = threading.Lock()

    def submit(pk: UUID) -> None:
        try:
            actions.submit_entry(
                entry_id=pk, expected_version=versions[pk], declared=DECLARED,
                signed_name="联络员", by=stage.contacts[units[pk]], at=instants[pk],
            )  # fmt: skip
            told = "submitted"
        except Refused as refusal:
            told = refusal.message
        finally:
            if stage.workers > 1:  # type: ignore[attr-defined]
                connections.close_all()
        with lock:
            done[pk] = told

    if stage.workers == 1:  # type: ignore[attr-defined]
        for pk in entries:
            submit(pk)
    else:
        with ThreadPoolExecutor(IN_PARALLEL) as pool:
            list(pool.map(submit, entries))
    assert {pk for pk, told in done.items() if told != "submitted"} == too_late
    assert all("按规则不再受理" in done[pk] for pk in too_late)
    standing = {e.pk: e for e in Entry.objects.all()}
    assert {pk for pk in entries if standing[pk].state == "submitted"} == set(entries) - too_late
    assert not any(e.late for e in standing.values())
    assert all(standing[pk].submitted_at == instants[pk] for pk in set(entries) - too_late)
    handed_in = [
        row for row in records(stage.contest.chain, limit=10_000) if row.action == "entries.submit"
    ]
    assert len(handed_in) == len(entries) - len(too_late)
    assert verify_chain(stage.contest.chain).ok
    assert DAY < CLOSES
