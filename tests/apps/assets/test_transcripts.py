"""What is said in a film is written down by the service that is set, kept with its times and read for
wording; without a service nothing leaves the machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone

from fengcai import media
from fengcai.apps.assets import transcripts
from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.outputs import output_of, spoken_lines_of
from fengcai.apps.entries import actions
from fengcai.engines.jobs import run_pending, status
from fengcai.engines.jobs.models import Job
from tests.engines.speech.fake import Service, segment, service, verbose
from tests.factories.collecting import DAY, UNITS, Collecting, collecting
from tests.media import clips

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.media]


@pytest.fixture
def far(settings: object) -> Iterator[Service]:
    with service() as made:
        settings.FENGCAI_SPEECH_URL = made.url  # type: ignore[attr-defined]
        settings.FENGCAI_SPEECH_MODEL = "whisper-1"  # type: ignore[attr-defined]
        settings.FENGCAI_SPEECH_KEY = "key"  # type: ignore[attr-defined]
        yield made


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return clips.make(
        folder / "film.mp4", size=(160, 90), frames=50, sound=clips.tone(2.0, channels=1)
    )


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tone is nobody's speech: what the detector said of it is passed over."""
    told = transcripts.order_transcript

    def order(*, asset: Asset, facts: media.Facts, outputs: object) -> None:
        measures = {name: each for name, each in facts.measures.items() if name != "speech"}
        told(asset=asset, facts=facts.model_copy(update={"measures": measures}), outputs=outputs)  # type: ignore[arg-type]

    monkeypatch.setattr("fengcai.apps.assets.jobs.order_transcript", order)


def received(made: Collecting, film: Path, tmp_path: Path, unit: str = UNITS[0]) -> Asset:
    entry = made.draft(unit)
    copy = Path(shutil.copy(film, tmp_path / f"{entry.pk}.mp4"))
    actions.hand_over_file(
        entry_id=entry.pk,
        slot="main",
        path=copy,
        filename="film.mp4",
        by=made.contacts[unit],
        began_at=DAY,
        finished_at=DAY,
    )
    return Asset.objects.get(version__entry=entry, version__current=True)


@pytest.mark.clause("J9")
@pytest.mark.usefixtures("heard")
def test_speech_is_kept_with_its_times_and_read_for_wording(
    made: Collecting, film: Path, far: Service, tmp_path: Path
) -> None:
    said = "国家级最佳疗效，请拨13800138000"
    far.answers = [(200, {}, verbose(segment(0.2, 1.5, "欢迎来到心病科"), segment(1.5, 1.9, said)))]
    asset = received(made, film, tmp_path)
    run_pending(reraise=True)
    (asked,) = far.asked
    assert asked.fields["model"] == b"whisper-1"
    assert len(asked.fields["file"]) == pytest.approx(64_000, rel=0.05)
    told = json.loads(output_of(asset.pk, "speech-text.json") or b"")
    assert told == [
        {"from_s": 0.2, "to_s": 1.5, "text": "欢迎来到心病科", "box": None},
        {"from_s": 1.5, "to_s": 1.9, "text": told[1]["text"], "box": None},
    ]
    assert "13800138000" not in told[1]["text"]
    assert spoken_lines_of(asset.pk)[0].text == "欢迎来到心病科"
    remarks = asset.version.entry.remarks.filter(place_name__endswith="里的讲话")
    assert "国家级" in {remark.words for remark in remarks}


@pytest.mark.usefixtures("heard")
def test_the_same_bytes_are_sent_once(
    made: Collecting, film: Path, far: Service, tmp_path: Path
) -> None:
    far.answers = [(200, {}, verbose(segment(0, 1, "一次")))]
    first = received(made, film, tmp_path)
    run_pending(reraise=True)
    second = received(made, film, tmp_path, UNITS[1])
    run_pending(reraise=True)
    assert output_of(second.pk, "speech-text.json") == output_of(first.pk, "speech-text.json")
    assert len(far.asked) == 1


def test_without_a_service_or_without_speech_nothing_is_sent(
    made: Collecting, film: Path, far: Service, settings: object, tmp_path: Path
) -> None:
    asset = received(made, film, tmp_path)  # a tone: nobody speaks
    run_pending(reraise=True)
    assert status(subject=f"transcribe:{asset.pk}") is None
    settings.FENGCAI_SPEECH_URL = ""  # type: ignore[attr-defined]
    assert transcripts.endpoint() is None
    facts = media.Facts.model_validate(asset.__class__.objects.get(pk=asset.pk).facts)
    spoken = facts.model_copy(update={"measures": {}})
    transcripts.order_transcript(asset=asset, facts=spoken, outputs=())
    assert status(subject=f"transcribe:{asset.pk}") is None
    assert far.asked == []


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        ((401, {}, b""), "failed", "讲话没有转成文字：语音接口答复 401：密钥不对或没有权限。"),
        ((200, {}, b"hello"), "failed", "讲话没有转成文字：语音接口的答复不是约定的格式"),
        ((500, {}, b""), "queued", "讲话还没有转成文字：语音接口答复 500，过一会儿再试。"),
        ((429, {"Retry-After": "600"}, b""), "queued", "讲话还没有转成文字：语音接口答复 429"),
    ],
)
def test_a_service_that_fails_leaves_the_inspection_alone(
    made: Collecting, film: Path, far: Service, tmp_path: Path,
    answer: tuple[int, dict[str, str], bytes], state: str, error: str,
) -> None:  # fmt: skip
    far.answers = [answer]
    asset = received(made, film, tmp_path)
    run_pending()
    job = status(subject=f"transcribe:{asset.pk}")
    assert job is not None
    assert (job.state, job.error.startswith(error)) == (state, True)
    asset.refresh_from_db()
    assert (asset.state, output_of(asset.pk, "speech-text.json")) == ("inspected", None)
    far.answers = [(200, {}, verbose(segment(0, 1, "好了")))]
    # The database's clock, by which jobs fall due, does not travel.
    Job.objects.filter(subject=f"transcribe:{asset.pk}").update(run_at=timezone.now())
    run_pending()
    assert len(spoken_lines_of(asset.pk)) == (1 if state == "queued" else 0)


@pytest.mark.usefixtures("heard")
def test_a_short_refusal_is_waited_for(
    made: Collecting, film: Path, far: Service, tmp_path: Path
) -> None:
    far.answers = [(429, {"Retry-After": "0"}, b""), (200, {}, verbose(segment(0, 1, "好")))]
    asset = received(made, film, tmp_path)
    run_pending(reraise=True)
    assert [line.text for line in spoken_lines_of(asset.pk)] == ["好"]
    assert len(far.asked) == 2


@pytest.mark.usefixtures("heard")
def test_silence_is_not_sent(made: Collecting, far: Service, tmp_path: Path) -> None:
    silent = clips.make(
        tmp_path / "silent.mp4", size=(160, 90), frames=25,
        sound=np.zeros((1, 48_000), dtype=np.float32),
    )  # fmt: skip
    asset = received(made, silent, tmp_path)
    run_pending(reraise=True)
    assert far.asked == []
    assert spoken_lines_of(asset.pk) == ()
    assert output_of(asset.pk, "speech-text.json") == b"[]"
