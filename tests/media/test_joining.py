"""What the picture leaves in doubt and the text decides."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fengcai.media.facts import Audio, Container, Decoding, Facts, Measure, Span, Video
from fengcai.media.joining import joined
from fengcai.media.remarks import Remark, remarks, unmeasured

CORNER = (0.8, 0.05, 0.15, 0.06)


def remarks_of(found: Facts) -> tuple[Remark, ...]:
    return remarks(found.measures)


def span(box=CORNER, text="", at=1) -> Span:
    return Span(from_s=Fraction(at), to_s=Fraction(at + 3), box=box, text=text)


def facts(**measures: Measure) -> Facts:
    return Facts(
        filename="f.mp4", size_bytes=1, kind="video", verdict="readable", measures=measures
    )


def seen(answer: str, *spans: Span) -> Measure:
    told = {"found": {"watermark": True}, "clear": {"watermark": False}}.get(answer, {})
    return Measure(method="consensus", answer=answer, about=("watermark",), facts=told, spans=spans)


def read(*spans: Span) -> Measure:
    answer = "found" if spans else "clear"
    return Measure(method="text", answer=answer, about=("watermark",), spans=spans)


@pytest.mark.clause("J4")
@pytest.mark.parametrize("answer", ["doubtful", "clear", "unmeasured"])
def test_a_platforms_name_makes_a_doubtful_mark_certain(answer):
    mark = joined(
        facts(watermark=seen(answer, span()), platform_text=read(span(text="抖音号")))
    ).measures["watermark"]
    assert (mark.answer, mark.facts) == ("found", {"watermark": True})
    assert [each.text for each in mark.spans] == ["抖音号"]


def test_a_mark_elsewhere_stays_beside_the_name():
    other = span(box=(0.0, 0.9, 0.1, 0.05), at=0)
    mark = joined(
        facts(watermark=seen("found", span(), other), platform_text=read(span(text="抖音号")))
    ).measures["watermark"]
    assert [(each.from_s, each.text) for each in mark.spans] == [(0, ""), (1, "抖音号")]


def test_without_a_name_the_picture_alone_decides():
    alone = facts(watermark=seen("doubtful", span()), platform_text=read())
    assert joined(alone) == alone
    assert "watermark" not in alone.flat()


def test_a_name_is_enough_where_no_picture_was_judged():
    assert joined(facts(platform_text=read(span(text="@某某")))).flat()["watermark"] is True


def test_faults_of_the_sound_count_for_the_film():
    film = facts().model_copy(
        update={
            "video": Video(
                codec="h264", coded_width_px=2, coded_height_px=2,
                display_width_px=2, display_height_px=2,
            ),
            "audio": Audio(codec="aac", channels=2, layout="stereo", sample_rate_hz=48000, errors=2),
            "decoding": Decoding(mode="swift", errors=3, to_the_end=True),
        }
    )  # fmt: skip
    assert joined(film).decoding.errors == 5


def test_remarks_tell_the_moment_and_what_to_do():
    shaky = Measure(
        method="m", answer="found", about=("shaky",),
        spans=(Span(from_s=Fraction(42), to_s=Fraction(55), picture="shake-1.jpg"),),
    )  # fmt: skip
    said = remarks_of(facts(shake=shaky))
    assert said == (
        Remark(
            measure="shake",
            text="第 0:42–0:55 秒画面抖动明显，请用三脚架重拍，或在剪辑软件里做防抖处理",
            sure=True,
            moment="0:42–0:55",
            from_s=Fraction(42),
            to_s=Fraction(55),
            picture="shake-1.jpg",
        ),
    )


def test_what_is_in_order_and_what_only_tells_a_value_is_not_remarked():
    quiet = Measure(method="m", answer="clear", facts={"shaky": False})
    value = Measure(method="m", answer="found", facts={"speech_share": "40"})
    assert remarks_of(facts(shake=quiet, speech=value)) == ()


def test_subtitles_are_remarked_when_they_are_wanting():
    there = Measure(method="m", answer="found", facts={"subtitles": True})
    wanting = Measure(method="m", answer="clear", facts={"subtitles": False})
    assert remarks_of(facts(subtitles=there)) == ()
    assert [(each.sure, each.moment) for each in remarks_of(facts(subtitles=wanting))] == [
        (True, "")
    ]


def test_subtitles_that_are_weak_or_sparse_are_remarked():
    values = {"coverage": 0.3, "legible": False, "language": "zh-Hans"}
    weak = Measure(method="m", answer="found", facts={"subtitles": True}, values=values)
    speech = Measure(method="m", answer="found", values={"speech_percent": 90.0})
    told = [
        (each.sure, each.text[:7])
        for each in remarks_of(joined(facts(subtitles=weak, speech=speech)))
    ]
    assert told == [(False, "字幕可能看不清"), (False, "有人说话的时间")]


def test_a_subtitle_track_is_subtitles():
    wanting = Measure(method="m", answer="clear", facts={"subtitles": False})
    box = Container(name="mp4", subtitle_streams=1)
    told = joined(facts(subtitles=wanting).model_copy(update={"container": box}))
    assert told.measures["subtitles"].facts == {"subtitles": True}
    assert remarks_of(told) == ()


def test_why_a_check_has_no_answer_is_said_once():
    broken = Measure(method="m", answer="unmeasured", why="画面几乎不动")
    assert unmeasured(facts(cadence=broken, stutter=broken)) == ("实际帧率、卡顿：画面几乎不动",)


def test_facts_of_an_earlier_version_are_read():
    told = {
        "version": 2, "filename": "a.mp4", "size_bytes": 1, "kind": "video", "verdict": "readable",
        "measures": {"brightness": {"mean_luma": 100.5}},
    }  # fmt: skip
    kept = Facts.model_validate(told)
    assert (kept.version, kept.measures["brightness"].values) == (2, {"mean_luma": 100.5})
    assert remarks_of(kept) == ()


@pytest.mark.parametrize(
    ("sound_s", "answer", "why"),
    [
        ("20", "clear", ""),
        ("20.9", "clear", ""),
        ("17.5", "doubtful", "声音比画面短 2.5 秒"),
        ("23", "doubtful", "画面比声音短 3.0 秒"),
    ],
)
def test_sound_and_picture_of_another_length_are_left_to_a_person(sound_s, answer, why):
    film = Facts(
        filename="f.mp4", size_bytes=1, kind="video", verdict="readable",
        video=Video(codec="h264", coded_width_px=2, coded_height_px=2, display_width_px=2,
                    display_height_px=2, duration_s=Fraction(20)),
        audio=Audio(codec="aac", channels=2, layout="stereo", sample_rate_hz=48_000,
                    duration_s=Fraction(sound_s)),
        decoding=Decoding(mode="thorough", to_the_end=True),
    )  # fmt: skip
    told = joined(film)
    assert told.measures["tracks"].answer == answer
    assert told.measures["tracks"].why.startswith(why)
    assert [each.measure for each in remarks_of(told)] == ["tracks"] * (answer == "doubtful")
    cut = film.model_copy(update={"decoding": Decoding(mode="thorough", to_the_end=False)})
    assert "tracks" not in joined(cut).measures
