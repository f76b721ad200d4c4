"""Stored facts judged again: moved limits, stances, amended rules; moments; a closer look."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from fengcai import media
from fengcai.apps.assets import actions
from fengcai.apps.assets.actions import keep_inspection, look_closer, tune_check
from fengcai.apps.assets.judging import CLOSER, Judged, in_doubt, tunings_of
from fengcai.apps.assets.models import Asset, Tuning
from fengcai.apps.assets.queries import checked, jobs_of
from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.contests.rewriting import Edit
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.core.inspection import SCALES
from fengcai.core.inspection import Tuning as Setting
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from fengcai.media.facts import Decoding, Measure, Span
from fengcai.media.film.registry import CHECKS as FILM
from fengcai.media.remarks import NAMES
from fengcai.media.sound.registry import CHECKS as SOUND
from tests.apps.contests.test_amending import amend, real
from tests.factories.collecting import DAY, Collecting, collecting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


def shake(tremor: float, answer: str = "found", *spans: Span) -> Measure:
    known = {} if answer in ("doubtful", "unmeasured") else {"shaky": answer == "found"}
    return Measure(
        method="test", answer=answer, about=("shaky",), facts=known, spans=spans,
        values={"tremor_percent": tremor}, limits={"tremor_percent": 0.1},
    )  # type: ignore[arg-type]  # fmt: skip


def film_facts(mode: str = "thorough", **measures: Measure) -> media.Facts:
    return media.Facts(
        filename="a.mp4", size_bytes=1, kind="video", verdict="readable", measures=measures,
        decoding=Decoding(mode=mode, to_the_end=True),  # type: ignore[arg-type]
    )  # fmt: skip


def keep(asset: Asset, facts: media.Facts, findings: tuple[Judged, ...] = ()) -> None:
    with transaction.atomic():
        keep_inspection(
            asset=asset, facts=facts.model_dump(mode="json"), state="inspected", trouble="",
            findings=findings, poster_key="", sprite_key="", at=DAY,
        )  # fmt: skip


def tune(made: Collecting, check: str = "shake", **changed: Any) -> Tuning:
    asked = {"stance": "judge", "factor": "1.5", "reason": "航拍多", "expected": None}
    by = changed.pop("by", made.organiser)
    return tune_check(contest=made.contest, check=check, by=by, at=DAY, **{**asked, **changed})


def verdict(asset: Asset, requirement: str = "steady") -> str:
    return asset.findings.get(requirement=requirement).verdict


@pytest.fixture
def shaky(made: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asset:
    """A film found shaky, judged once by the rules; nothing may decode it."""
    asset = made.with_film(made.draft(), tmp_path)
    keep(asset, film_facts(shake=shake(0.12, "found", *[
        Span(from_s=Fraction(42), to_s=Fraction(55), picture="shake-1.jpg")
    ])))  # fmt: skip
    actions.judge_file_again(asset_id=asset.pk, at=DAY)
    monkeypatch.setattr(media, "inspect_file", lambda *_, **__: pytest.fail("decoded again"))
    Job.objects.all().delete()
    return asset


@pytest.mark.clause("B2")
def test_a_moved_limit_judges_again_without_decoding(made: Collecting, shaky: Asset) -> None:
    assert verdict(shaky) == "fail"
    row = tune(made)
    assert run_pending(reraise=True) == 1
    assert verdict(shaky) == "pass"
    note = shaky.findings.get(requirement="steady").note
    assert note == "按本活动的设定：“抖动”判定界限放宽为默认的 1.5 倍"
    shaky.refresh_from_db()
    assert shaky.facts["measures"]["shake"]["answer"] == "found"
    tune(made, factor="1", expected=row.pk, reason="恢复默认")
    run_pending(reraise=True)
    assert (verdict(shaky), tunings_of(made.contest.pk)) == ("fail", {})
    told = AuditRecord.objects.filter(action__in=["assets.tune", "assets.judge"])
    assert [each.action for each in told.order_by("pk")] == [
        "assets.judge", "assets.tune", "assets.judge", "assets.tune", "assets.judge",
    ]  # fmt: skip


def test_judging_again_writes_nothing_where_nothing_changed(made: Collecting, shaky: Asset) -> None:
    before = list(shaky.findings.values_list("pk", flat=True))
    assert actions.judge_file_again(asset_id=shaky.pk, at=DAY) is False
    assert list(shaky.findings.values_list("pk", flat=True)) == before


def test_an_amendment_judges_drafts_again_without_decoding(made: Collecting, shaky: Asset) -> None:
    place = ("tracks", "video", "slots", "main", "requirements", "steady")
    edits = (Edit("remove", (*place, "must")), Edit("set", (*place, "should"), "画面稳定无抖动"))
    amend(real(made.contest), made.organiser, *edits)
    assert shaky.findings.get(requirement="steady").severity == "must"
    assert run_pending(reraise=True) == 2  # the film, and word to everybody who entered
    assert shaky.findings.get(requirement="steady").severity == "should"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"stance": "maybe"}, "stance"),
        ({"factor": "viel"}, "factor"),
        ({"factor": "NaN"}, "factor"),
        ({"factor": "9"}, "factor"),
        ({"check": "watermark", "factor": "1.2"}, "factor"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    made: Collecting, changed: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        tune(made, **changed)
    assert set(refused.value.fields) == {field}
    assert not Tuning.objects.exists()


def test_settings_are_the_organisers(made: Collecting) -> None:
    with pytest.raises(NotPermitted):
        tune(made, by=made.reviewer)
    with pytest.raises(NotFound):
        tune(made, check="nonsense")
    row = tune(made)
    with pytest.raises(Stale):
        tune(made, expected=None)
    assert tune(made, expected=row.pk, stance="off", factor="1").stance == "off"
    assert tunings_of(made.contest.pk) == {"shake": Setting("off")}


def test_moments_stand_beside_the_finding(made: Collecting, shaky: Asset) -> None:
    row = next(f for f in checked(shaky).findings if f.requirement == "steady")
    (moment,) = row.moments
    assert (moment.moment, moment.seconds, moment.picture) == ("0:42–0:55", "42.00", "shake-1.jpg")
    assert "抖动" in moment.words
    assert moment.sure
    duration = next(f for f in checked(shaky).findings if f.requirement == "duration")
    assert duration.moments == ()


def test_private_moments_name_the_masked_twin(made: Collecting, tmp_path: Path) -> None:
    asset = made.with_film(made.draft(), tmp_path)
    seen = Span(from_s=Fraction(3), to_s=Fraction(5), text="110105********002X",
                picture="personal_data-1.jpg", private=True)  # fmt: skip
    found = Measure(method="test", answer="found", about=("personal_data",),
                    facts={"personal_data": True}, spans=(seen,))  # fmt: skip
    keep(asset, film_facts(personal_data=found))
    actions.judge_file_again(asset_id=asset.pk, at=DAY)
    for sees, name in ((False, "personal_data-1-masked.jpg"), (True, "personal_data-1.jpg")):
        page = checked(asset, sees_private=sees)
        row = next(f for f in page.findings if f.requirement == "deidentified")
        assert [m.picture for m in row.moments] == [name]
        assert row.moments[0].detail == "110105********002X"
        assert [r.picture for r in page.remarks] == [name]


def test_facts_of_an_earlier_version_are_judged_without_moments(
    made: Collecting, tmp_path: Path
) -> None:
    asset = made.with_film(made.draft(), tmp_path)
    old = {
        "version": 1, "filename": "a.mp4", "size_bytes": 1, "kind": "video", "verdict": "readable",
        "video": {"codec": "h264", "coded_width_px": 640, "coded_height_px": 360,
                  "display_width_px": 640, "display_height_px": 360, "duration_s": "400"},
        "measures": {"shake": {"tremor": 1}},
    }  # fmt: skip
    Asset.objects.filter(pk=asset.pk).update(facts=old, state="inspected")
    assert actions.judge_file_again(asset_id=asset.pk, at=DAY) is True
    asset.refresh_from_db()
    assert (verdict(asset, "resolution"), verdict(asset)) == ("fail", "undetermined")
    assert all(f.moments == () for f in checked(asset).findings)
    assert checked(asset).may_look_closer


def test_a_swift_doubt_on_a_must_is_looked_at_closer_once(
    made: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = made.with_film(made.draft(), tmp_path)
    modes: list[str] = []

    def look(*_: object, limits: media.Limits, **__: object) -> media.Facts:
        modes.append(limits.mode)
        closer = limits.mode == "thorough"
        measure = shake(0.02, "clear" if closer else "unmeasured")
        return film_facts("thorough" if closer else "swift", shake=measure)

    monkeypatch.setattr(media, "inspect_file", look)
    assert run_pending(limit=1, reraise=True) == 1
    asset.refresh_from_db()
    assert (verdict(asset), checked(asset).mode, modes) == ("undetermined", "swift", ["auto"])
    assert asset.closer_since is not None
    assert jobs_of([asset])[asset.pk].state == "queued"
    assert look_closer(asset_id=asset.pk, at=DAY, by=made.reviewer) is False
    run_pending(reraise=True)
    asset.refresh_from_db()
    assert (verdict(asset), checked(asset).mode) == ("pass", "thorough")
    assert (asset.closer_since, modes) == (None, ["auto", "thorough"])
    assert jobs_of([asset]) == {}
    assert look_closer(asset_id=asset.pk, at=DAY, by=made.reviewer) is False


def test_a_closer_look_that_fails_leaves_what_was_known(
    made: Collecting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = made.with_film(made.draft(), tmp_path)

    def look(*_: object, limits: media.Limits, **__: object) -> media.Facts:
        if limits.mode == "thorough":
            return media.Facts(filename="a.mp4", size_bytes=1, kind="video", verdict="unreadable",
                               reason="检测超时", reason_code="timeout")  # fmt: skip
        return film_facts("swift", shake=shake(0.09, "doubtful"))

    monkeypatch.setattr(media, "inspect_file", look)
    run_pending(reraise=True)
    asset.refresh_from_db()
    assert (asset.state, verdict(asset)) == ("inspected", "undetermined")
    assert asset.closer_since is None


def test_a_swift_look_that_leaves_no_must_open_is_enough() -> None:
    steady = Judged("steady", "must", "undetermined", "", "", "", "", "", names=("shaky",))
    doubt = film_facts("swift", shake=shake(0.09, "doubtful"))
    assert in_doubt(doubt, [steady], {}) == ("steady",)
    assert in_doubt(doubt, [steady], {"shake": Setting("off")}) == ()
    advised = Judged("steady", "should", "undetermined", "", "", "", "", "", names=("shaky",))
    assert in_doubt(doubt, [advised], {}) == ()
    assert in_doubt(film_facts("thorough", shake=shake(0.09, "doubtful")), [steady], {}) == ()
    sound = Measure(method="test", answer="doubtful", about=("shaky",))
    assert in_doubt(film_facts("swift", hum=sound), [steady], {}) == ()


def test_the_tables_name_checks_that_exist() -> None:
    assert {each.name for each in FILM} >= CLOSER
    assert {each.name for each in (*FILM, *SOUND)} >= SCALES.keys()
    assert NAMES.keys() >= SCALES.keys() | CLOSER
