"""From a fingerprint in storage to a decision on the record: rows, jobs, who sees what."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from benchmarks.lookalike import scenes
from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.entries.models import Entry
from fengcai.apps.likeness.actions import compare_again, decide_likeness, keep_fingerprint
from fengcai.apps.likeness.models import Fingerprint, Likeness
from fengcai.apps.likeness.queries import found_in, likenesses_of, side_by_side, waiting_in
from fengcai.apps.likeness.standing import forget
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.engines import storage
from fengcai.engines.jobs import enqueue, run_pending
from tests.factories.collecting import DAY, UNITS, Collecting, collecting, inspected

pytestmark = [pytest.mark.django_db, pytest.mark.clause("J10", "B4")]

TIMES = np.arange(0, 20, 1.0)


@cache
def original() -> bytes:
    return scenes.fingerprint(scenes.pictures(scenes.film("leaves", 1, 20), TIMES))


@cache
def copied() -> bytes:
    shown = scenes.pictures(scenes.film("leaves", 1, 20), TIMES)
    return scenes.fingerprint(shown, scenes.LOPSIDED["left 20, logo"])


@cache
def stranger() -> bytes:
    return scenes.fingerprint(scenes.pictures(scenes.film("leaves", 2, 20), TIMES))


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    forget()
    return collecting()


def handed_in(made: Collecting, tmp_path: Path, data: bytes, unit: str, **fields: Any) -> Entry:
    """A submitted work whose film has this fingerprint, taken in as the inspection leaves it."""
    entry = made.draft(unit, **fields)
    asset = inspected(made.with_film(entry, tmp_path))
    made.submit(entry)
    with transaction.atomic():
        key = storage.write_bytes(data, suffix=".bin").key
        enqueue("likeness.take", {"asset_id": str(asset.pk), "fingerprint_key": key})
    run_pending(reraise=True)
    return Entry.objects.select_related("contest").get(pk=entry.pk)


def decide(made: Collecting, row: Likeness, decision: str, reason: str, **changes: Any) -> int:
    given = {"pairs": {row.pk: row.version}, "by": made.organiser, **changes}
    return decide_likeness(contest=made.contest, decision=decision, reason=reason, at=DAY, **given)


def test_a_cropped_copy_with_a_logo_is_found_with_its_moments_and_its_crop(
    made: Collecting, tmp_path: Path
) -> None:
    first = handed_in(made, tmp_path, original(), UNITS[0])
    second = handed_in(
        made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明"
    )
    handed_in(made, tmp_path, stranger(), UNITS[1], title="第三件", synopsis="另一段说明")
    row = likenesses_of(entry=first, user=made.reviewer)
    assert [(r.verdict, r.theirs.id, r.same_unit, r.open) for r in row] == [
        ("copy", second.pk, False, True)
    ]
    assert row[0].said[0].startswith("画面相同 0:00–0:")
    assert "对方裁掉了左边约 20%" in row[0].said
    # Told from the other side, the crop is one's own.
    other = likenesses_of(entry=second, user=made.reviewer)
    assert "本作品裁掉了左边约 20%" in other[0].said
    stretch = row[0].stretches[0]
    assert abs(stretch.mine_from - stretch.theirs_from) <= 1.0


def test_the_same_words_under_another_film_are_found(made: Collecting, tmp_path: Path) -> None:
    words = (
        "清晨六点，检验科的灯已经亮了。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万步。"
    )
    again = "清晨6点，检验科的灯已亮。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万多步。"
    first = handed_in(made, tmp_path, original(), UNITS[0], title="守护", synopsis=words)
    handed_in(made, tmp_path, stranger(), UNITS[1], title="坚守", synopsis=again)
    rows = likenesses_of(entry=first, user=made.organiser)
    assert [(row.text_only, row.said[0][:9]) for row in rows] == [(True, "题名和说明文字相似")]


def test_comparing_twice_or_after_a_death_repeats_nothing(made: Collecting, tmp_path: Path) -> None:
    handed_in(made, tmp_path, original(), UNITS[0])
    handed_in(made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    before = list(Likeness.objects.values_list("pk", "verdict", "evidence"))
    forget()  # the worker died: its index is gone
    for number in Fingerprint.objects.values_list("pk", flat=True):
        enqueue("likeness.compare", {"fingerprint_id": number})
        enqueue("likeness.compare", {"fingerprint_id": number})
    run_pending(reraise=True)
    assert list(Likeness.objects.values_list("pk", "verdict", "evidence")) == before
    assert len(before) == 1


def test_a_newer_file_leaves_the_old_likeness_behind(made: Collecting, tmp_path: Path) -> None:
    first = handed_in(made, tmp_path, original(), UNITS[0])
    second = handed_in(
        made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明"
    )
    assert len(likenesses_of(entry=first, user=made.reviewer)) == 1
    assert waiting_in(made.contest.pk) == 1
    made.with_film(second, tmp_path)
    assert likenesses_of(entry=first, user=made.reviewer) == []
    assert waiting_in(made.contest.pk) == 0


def test_a_decision_needs_a_reason_is_on_the_record_and_outlives_a_comparison(
    made: Collecting, tmp_path: Path
) -> None:
    handed_in(made, tmp_path, original(), UNITS[0])
    handed_in(made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    row = Likeness.objects.get()
    with pytest.raises(Refused) as refused:
        decide(made, row, "allowed", " ")
    assert refused.value.fields == {"reason": "请填写理由"}
    assert decide(made, row, "allowed", "两科联合拍摄，已书面说明") == 1
    with pytest.raises(Stale):
        decide(made, row, "copy", "另一位组织者的判断")
    compare_again(contest=made.contest, by=made.organiser, at=DAY)
    run_pending(reraise=True)
    row.refresh_from_db()
    assert (row.decision, row.reason, row.version) == ("allowed", "两科联合拍摄，已书面说明", 2)
    told = AuditRecord.objects.get(action="likeness.decide")
    pair = [str(row.first_id), str(row.second_id), "copy"]
    assert told.details["decision"] == "allowed"
    assert told.details["pairs"] == [pair]
    assert verify_chain(made.contest.chain).ok
    found = found_in(contest=made.contest, user=made.organiser)
    assert (found.open, len(found.groups), found.groups[0].pairs[0].decision_name) == (0, 1, "允许")
    assert waiting_in(made.contest.pk) == 0


def test_entrants_judges_and_strangers_see_and_decide_nothing(
    made: Collecting, tmp_path: Path
) -> None:
    first = handed_in(made, tmp_path, original(), UNITS[0])
    handed_in(made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明")
    row = Likeness.objects.get()
    for user in (made.contacts[UNITS[0]], made.heads[UNITS[1]]):
        with pytest.raises(NotPermitted):
            likenesses_of(entry=first, user=user)
        with pytest.raises(NotPermitted):
            found_in(contest=made.contest, user=user)
        with pytest.raises(NotPermitted):
            side_by_side(contest=made.contest, likeness=row.pk, user=user)
    with pytest.raises(NotPermitted):
        decide(made, row, "copy", "审核员不能决定", by=made.reviewer)
    with pytest.raises(NotFound):
        side_by_side(contest=made.contest, likeness=row.pk + 1, user=made.reviewer)


def test_drafts_are_not_shown(made: Collecting, tmp_path: Path) -> None:
    first = handed_in(made, tmp_path, original(), UNITS[0])
    second = handed_in(
        made, tmp_path, copied(), UNITS[1], title="另一个题名", synopsis="另一段说明"
    )
    Entry.objects.filter(pk=second.pk).update(state="draft")
    assert likenesses_of(entry=first, user=made.reviewer) == []
    assert waiting_in(made.contest.pk) == 0


def test_a_damaged_fingerprint_is_refused_and_nothing_is_kept(
    made: Collecting, tmp_path: Path
) -> None:
    entry = made.draft()
    asset = made.with_film(entry, tmp_path)
    key = storage.write_bytes(original()[:-7], suffix=".bin").key
    enqueue("likeness.take", {"asset_id": str(asset.pk), "fingerprint_key": key})
    run_pending()
    assert Fingerprint.objects.count() == 0


def test_the_same_bytes_again_order_no_comparison(made: Collecting, tmp_path: Path) -> None:
    entry = handed_in(made, tmp_path, original(), UNITS[0])
    row = Fingerprint.objects.get(asset__isnull=False)
    kept = keep_fingerprint(entry=entry, asset=row.asset, data=original(), at=DAY)
    assert kept == row
    assert run_pending() == 0


@pytest.mark.parametrize("copies", [1, 2])
def test_the_pages_ask_the_same_whatever_the_number(
    made: Collecting, tmp_path: Path, django_assert_num_queries: Any, copies: int
) -> None:
    first = handed_in(made, tmp_path, original(), UNITS[0])
    for number in range(copies):
        handed_in(made, tmp_path, copied(), UNITS[1], title=f"题名{number}", synopsis="另一段说明")
    with django_assert_num_queries(2):
        assert len(likenesses_of(entry=first, user=made.reviewer)) == copies
    with django_assert_num_queries(2):
        assert len(found_in(contest=made.contest, user=made.reviewer).groups) == 1
