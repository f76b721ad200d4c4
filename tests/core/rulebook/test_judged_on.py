"""What a file is judged by: its place's demands and, where the work stands, those on the whole work."""

from __future__ import annotations

import pytest

from fengcai.core.inspection import evaluate
from fengcai.core.rulebook import resolve
from fengcai.core.rulebook.rules import Rules, Slot
from tests.core.rulebook.samples import example, example_answers
from tests.core.rulebook.test_hubei_answered import decided


def jiangxi() -> Rules:
    return resolve(example("jiangxi-2026"), example_answers("jiangxi-2026"))


def ids(rules: Rules, track: str, slot: str) -> list[str]:
    return [each.id for each in rules.judged_on(track, slot)]


@pytest.mark.clause("J3", "J4", "J6", "J8")
def test_jiangxis_film_is_judged_by_what_can_be_seen_and_heard_in_it() -> None:
    rules = jiangxi()
    told = {each.id: each.predicate for each in rules.judged_on("video", "main")}
    assert {id: told[id] for id in told if told[id]} == {
        "container": "container in [mp4]",
        "orientation": "width > height",
        "true_orientation": "true_width > true_height",
        "resolution": "width >= 1920px and height >= 1080px",
        "true_resolution": "not upscaled",
        "fps": "fps >= 25fps",
        "true_fps": "true_fps >= 25fps",
        "sound": "has_audio",
        "steady": "not shaky",
        "audio_clean": "not noisy and not hum and not clipped",
        "no_watermark": "not watermark",
        "duration": "duration <= 5min",
        "subtitles": "subtitles",
        "deidentified": "not personal_data",
    }
    assert list(told)[-1] == "deidentified"
    assert rules.judged_on("video", "elsewhere") == rules.judged_on("elsewhere", "main") == ()


@pytest.mark.clause("H9")
def test_hubeis_works_are_looked_through_for_selling_and_their_papers_are_not() -> None:
    rules = resolve(example("hubei-2025"), decided())
    assert {track.id: ids(rules, track.id, "work") for track in rules.tracks} == {
        "performance": ["no_commercial"],
        "av": ["no_commercial"],
        "graphic": ["no_commercial"],
    }
    assert ids(rules, "performance", "expert_opinion") == []
    demand = rules.judged_on("av", "work")[0]
    (found,) = evaluate((demand,), {"contact_shown": True, "qr_code": False})
    assert (found.verdict, found.measured, found.required) == (
        "fail",
        "画面出现联系方式或引流信息、画面没有二维码",
        "画面没有联系方式和引流信息，且画面没有二维码",
    )


def test_a_demand_of_another_track_binds_no_file_here() -> None:
    rules = jiangxi()
    (private,) = [each for each in rules.requirements if each.id == "deidentified"]
    for tracks, bound in ((("video",), True), (("poster",), False)):
        scoped = private.model_copy(update={"tracks": tracks})
        told = rules.model_copy(update={"requirements": (scoped,)})
        assert ("deidentified" in ids(told, "video", "main")) is bound


def test_the_place_of_the_work_is_that_of_role_main() -> None:
    rules = jiangxi()
    (track,) = rules.tracks
    film = track.slots[0]

    def told(*places: Slot) -> list[bool]:
        made = rules.model_copy(update={"tracks": (track.model_copy(update={"slots": places}),)})
        return ["deidentified" in ids(made, "video", each.id) for each in places]

    second = film.model_copy(update={"id": "second"})
    assert told(film, second) == [True, False]
    assert told(film, second.model_copy(update={"role": "main"})) == [False, True]
    assert told(film.model_copy(update={"role": "proof"}), second) == [False, True]
    assert told(film.model_copy(update={"kind": "scan"}), second) == [False, True]


@pytest.mark.parametrize(
    ("facts", "verdict", "text"),
    [
        ({"shaky": False}, "pass", "没有发现问题：画面稳定无抖动（画面稳定）"),
        (
            {},
            "undetermined",
            "系统没有测出，请人工查看：画面稳定无抖动（画面抖动 未测出；画面稳定）",
        ),
        (
            {"shaky": True},
            "fail",
            "发现问题，由审核员判断：画面稳定无抖动（看到的：画面抖动；要求：画面稳定）。"
            "请用三脚架或稳定器重拍，或在剪辑软件里做防抖处理。",
        ),
    ],
)
@pytest.mark.clause("J4")
def test_what_the_machine_sees_is_shown_to_the_person_who_decides(
    facts: dict[str, bool], verdict: str, text: str
) -> None:
    demand = jiangxi().requirement("steady")
    assert demand is not None
    (found,) = evaluate((demand,), facts)
    assert (found.verdict, found.text) == (verdict, text)
