"""Known music and footage: registered, its file read and let go, and what uses it is pointed out."""

from __future__ import annotations

import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.likeness import films
from fengcai.apps.likeness.films import PURPOSE, ask_for_film, register_material, take_film
from fengcai.apps.likeness.models import Fingerprint, PriorWork
from fengcai.apps.likeness.obvious import twins_of
from fengcai.apps.likeness.priors import preview_priors, remove_prior
from fengcai.apps.likeness.queries import RIGHTS, found_in, likenesses_of
from fengcai.apps.likeness.standing import forget
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines import storage
from fengcai.engines.jobs import run_pending
from fengcai.engines.uploads import CompletedUpload, UploadRefused
from fengcai.media.fingerprints import SoundFingerprint, join
from tests.apps.likeness.test_likeness import handed_in, original
from tests.factories.collecting import DAY, UNITS, Collecting, collecting
from tests.media.fingerprints.test_sound_and_text import RATE, Block, tune

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.intake,
    pytest.mark.clause("J7", "B4"),
]


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"
    forget()
    return collecting()


def material(made: Collecting, title: str = "《清晨》", **changes: Any) -> PriorWork:
    given = {"origin": "某音乐库", "link": "", "by": made.organiser, "at": DAY, **changes}
    return register_material(contest=made.contest, title=title, **given)


def recording(path: Path, seconds: float = 12.0) -> Path:
    """A real file of a tune."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((tune(1, seconds) * 32_000).astype("<i2").tobytes())
    return path


def come(made: Collecting, row: PriorWork, file: Path, **changes: Any) -> None:
    """The file arrives as the upload engine hands it over."""
    copy = file.with_name(f"{uuid4().hex}.part")
    copy.write_bytes(file.read_bytes())
    subject = {"contest": made.contest.pk, "prior": row.pk, "user": made.organiser.pk}
    take_film(
        CompletedUpload(
            id=uuid4(), purpose=PURPOSE, received=copy, size=copy.stat().st_size, sha256="",
            filename=file.name, began_at=DAY, finished_at=DAY,
            subject={**subject, **changes}, owner="",
        )
    )  # fmt: skip


@pytest.fixture
def work_off(django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Do something and then all jobs, with what follows their commits."""

    def work(*first: Callable[[], None]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            for act in first:
                act()
            run_pending(reraise=True)

    return work


@pytest.fixture
def lying(made: Collecting) -> Callable[[], int]:
    """How many sounds lie in the store since the test began."""

    def sounds() -> set[str]:
        files = storage.store().keys()
        return {key for key, _ in files if key.endswith(".wav")}

    before = sounds()
    return lambda: len(sounds() - before)


def test_a_film_under_a_known_tune_is_pointed_out_and_the_tune_is_not_kept(
    made: Collecting, tmp_path: Path, work_off: Callable[..., None], lying: Callable[[], int]
) -> None:
    sound = SoundFingerprint()
    sound.feed(Block(np.concatenate((tune(3, 6), tune(1), tune(4, 6)))[None], RATE))
    entry = handed_in(made, tmp_path, join(sound=sound.result()), UNITS[0])
    row = material(made)
    come(made, row, recording(tmp_path / "清晨.wav"))
    assert lying() == 1
    row.refresh_from_db()
    assert films.arrived_among([row.arrived_key, "none"]) == {row.arrived_key}
    [owned] = films.arrived_after("", 9)
    assert owned.key == row.arrived_key
    work_off()
    row.refresh_from_db()
    assert (row.arrived_key, row.film_trouble, row.film_name) == ("", "", "清晨.wav")
    assert lying() == 0
    [found] = likenesses_of(entry=entry, user=made.reviewer)
    assert (found.verdict, found.verdict_name, found.relation) == (
        "shares", "用到已知素材", "已知素材",
    )  # fmt: skip
    assert (found.theirs.title, found.theirs.unit, found.theirs.material) == (
        "清晨", "某音乐库", True,
    )  # fmt: skip
    assert found.said[0].startswith("声音相同 0:0")
    assert found.said[-1] == RIGHTS[0]
    assert found.open


def test_footage_that_was_used_whole_is_used_and_no_copy(made: Collecting, tmp_path: Path) -> None:
    row = material(made, "医院航拍")
    Fingerprint.objects.create(prior=row, film=True, data=original())
    first = handed_in(made, tmp_path, original(), UNITS[0])
    second = handed_in(made, tmp_path, join(sound=_sound(9)), UNITS[1], title="别的片子")
    [found] = likenesses_of(entry=first, user=made.reviewer)
    assert (found.verdict, found.verdict_name) == ("shares", "用到已知素材")
    assert likenesses_of(entry=second, user=made.reviewer) == []


def test_works_that_use_one_tune_do_not_hang_together(made: Collecting, tmp_path: Path) -> None:
    row = material(made)
    Fingerprint.objects.create(prior=row, film=True, data=join(sound=_sound(1)))
    parts = (tune(1)[: 10 * RATE], tune(1)[13 * RATE : 23 * RATE])
    for unit, opening, part in zip(UNITS[:2], (3, 4), parts, strict=True):
        sound = SoundFingerprint()
        sound.feed(Block(np.concatenate((tune(opening, 9), part))[None], RATE))
        handed_in(made, tmp_path, join(sound=sound.result()), unit, title=f"片子{opening}")
    groups = found_in(contest=made.contest, user=made.organiser).groups
    with_tune = [[work.title for work in each.works] for each in groups if len(each.pairs) == 1]
    assert sorted(with_tune) == [["片子3", "清晨"], ["片子4", "清晨"]]


def _sound(seed: int) -> Any:
    sound = SoundFingerprint()
    sound.feed(Block(tune(seed)[None], RATE))
    return sound.result()


def test_its_name_is_no_past_winners(made: Collecting, tmp_path: Path) -> None:
    material(made, "心跳的守护")
    entry = handed_in(made, tmp_path, original(), UNITS[0], title="心跳的守护")
    assert twins_of(entry=entry, user=made.reviewer) == []
    assert likenesses_of(entry=entry, user=made.reviewer) == []
    row = ["心跳的守护", "某音乐库", str(DAY.year)]
    table = preview_priors(
        contest=made.contest, headers=["作品名称", "单位", "年份"], rows=[(2, row)]
    )
    assert [each.known for each in table.rows] == [False]


def test_a_file_that_is_none_says_so_and_is_let_go(
    made: Collecting, tmp_path: Path, work_off: Callable[..., None], lying: Callable[[], int]
) -> None:
    row = material(made)
    text = tmp_path / "清晨.wav"
    text.write_text("不是声音")
    come(made, row, text)
    work_off()
    row.refresh_from_db()
    assert (row.arrived_key, row.film_trouble) == ("", "不是能比对的视频、音频、图片或文档")
    assert lying() == 0
    assert not Fingerprint.objects.filter(prior=row).exists()
    names = ("清晨二.wav", "清晨三.wav")  # the later one before the earlier was read
    work_off(*(partial(come, made, row, recording(tmp_path / each, 8)) for each in names))
    assert lying() == 0
    row.refresh_from_db()
    assert (row.film_trouble, row.film_name) == ("", "清晨三.wav")
    assert Fingerprint.objects.filter(prior=row, film=True).count() == 1


def test_a_row_that_goes_takes_what_waits_with_it(
    made: Collecting, tmp_path: Path, work_off: Callable[..., None], lying: Callable[[], int]
) -> None:
    row = material(made)
    come(made, row, recording(tmp_path / "清晨.wav", 8))
    gone = partial(remove_prior, contest=made.contest, prior=row.pk, by=made.organiser, at=DAY)
    work_off(gone)
    assert lying() == 0
    with pytest.raises(UploadRefused, match="登记里已没有"):
        come(made, row, recording(tmp_path / "清晨二.wav", 8))
    actions = AuditRecord.objects.filter(action__startswith="likeness.").order_by("pk")
    assert [each.action for each in actions] == [
        "likeness.add_material", "likeness.take_film", "likeness.remove_prior",
    ]  # fmt: skip
    assert verify_chain(made.contest.chain).ok


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " 《》 "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"origin": "长" * 101}, "unit"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_what_cannot_be_registered_is_refused_at_its_field(
    made: Collecting, given: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        material(made, **given)
    assert set(refused.value.fields) == {field}
    assert not PriorWork.objects.exists()


def test_twice_is_once_and_only_organisers_may(made: Collecting, tmp_path: Path) -> None:
    row = material(made)
    assert material(made, " 清晨 ").pk == row.pk
    for act in (
        lambda: material(made, "另一首", by=made.reviewer),
        lambda: ask_for_film(contest=made.contest, prior=row.pk, by=made.reviewer, at=DAY),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(NotFound):
        ask_for_film(contest=made.contest, prior=row.pk + 99, by=made.organiser, at=DAY)
    told = ask_for_film(contest=made.contest, prior=row.pk, by=made.organiser, at=DAY)
    assert set(told) == {"grant", "expires_at", "max_size"}
    with pytest.raises(UploadRefused, match="不再是"):
        come(made, row, recording(tmp_path / "清晨.wav", 1), user=made.reviewer.pk)
    assert PriorWork.objects.count() == 1
