"""The models run where nothing can be opened: in a real reader, behind every wall."""

from __future__ import annotations

from fractions import Fraction

import pytest

from benchmarks.media.sound.noises import coloured
from fengcai.media import inspect_file
from fengcai.media.sound.registry import CHECKS
from tests.media import clips
from tests.media.sound.hearing import RATE, both, under

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def facts(tmp_path_factory, voice, rng_of_module):
    """A noisy film of twelve seconds, one picture a second, its right channel dead."""
    noisy = under(voice, coloured(rng_of_module, len(voice), -3.0), 10)[: 12 * RATE]
    planes = both(noisy)
    planes[1] = 0
    path = tmp_path_factory.mktemp("films") / "noisy.mp4"
    clips.make(path, size=(64, 36), rate=1, frames=12, sound=planes)
    return inspect_file(path)


def test_every_check_answers_behind_the_walls(facts):
    assert facts.verdict == "readable"
    assert "seccomp" in facts.containment.active
    heard = {
        check.name: facts.measures[check.name] for check in CHECKS if check.name != "fingerprint"
    }
    assert [name for name, measure in heard.items() if measure.answer == "unmeasured"] == []
    assert facts.measures["loudness"].curve is not None


def test_both_models_ran_there(facts):
    noise, speech = facts.measures["noise"], facts.measures["speech"]
    assert noise.values["windows_judged"] == 1
    assert 1 < noise.values["background_score"] < 3
    assert Fraction(speech.facts["speech_share"]) > 60


def test_the_rulebook_reads_them_by_name(facts):
    flat = facts.flat()
    assert flat["noisy"] is True
    assert flat["one_sided"] is True
    assert flat["clipped"] is False
    assert flat["hum"] is False
    assert flat["longest_silence"] < 1
    assert flat["speech_share"] > 60
    assert flat["loudness_range"] > 0
    assert [span.from_s for span in facts.spans(["noisy"])] == [0]
