"""How long a line stood there, and what follows for subtitles and cards."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from fengcai.media.screen.cards import EndCard, TitleCard
from fengcai.media.screen.choosing import COLUMNS, ROWS
from fengcai.media.screen.personal import masked
from fengcai.media.screen.spells import Timeline, is_gone
from fengcai.media.screen.subtitles import Subtitles, share_with_line, subtitle_lines
from tests.media.screen.drawing import NONE_GONE, line, page, timeline

pytestmark = pytest.mark.media

SPOKEN = ["大家好欢迎收看", "今天说说高血压", "少吃盐多运动", "按时量血压", "我们下期再见"]


def foot(text: str, top: float = 0.9):
    """A line where subtitles stand."""
    return line(text, left=0.5 - 0.01 * len(text), top=top, height=0.05)


def test_the_same_line_is_one_spell_and_another_number_another():
    told = Timeline()
    for second, text in enumerate(
        ["住院号 001", "住院号 001", "住院号００１", "13812345678", "13812345679"]
    ):
        told.look(Fraction(second), Fraction(second), [line(text)], NONE_GONE)
    assert [(spell.text, spell.from_s, spell.to_s) for spell in told.spells] == [
        ("住院号 001", 0, 2),
        ("13812345678", 3, 3),
        ("13812345679", 4, 4),
    ]


def test_a_misread_letter_does_not_part_a_spell_and_the_surer_reading_stays():
    told = Timeline()
    poor = line("今天说说高血庄的防治")
    told.look(Fraction(0), Fraction(0), [type(poor)(poor.text, poor.box, 0.7)], NONE_GONE)
    told.look(Fraction(1), Fraction(1), [line("今天说说高血压的防治")], NONE_GONE)
    assert [(spell.text, spell.to_s) for spell in told.spells] == [("今天说说高血压的防治", 1)]


def test_a_spell_ends_when_its_strokes_go():
    told = Timeline()
    shown = line("第一句", left=0.4, top=0.9)
    told.look(Fraction(0), Fraction(0), [shown], NONE_GONE)
    told.pass_by(Fraction(1), NONE_GONE)
    gone = np.zeros((ROWS, COLUMNS), dtype=bool)
    gone[int(0.9 * ROWS) :] = True
    assert is_gone(shown.box, gone)
    told.pass_by(Fraction(2), gone)
    told.pass_by(Fraction(3), NONE_GONE)
    assert [(spell.from_s, spell.to_s) for spell in told.spells] == [(0, 1)]
    assert told.samples == [0, 1, 2, 3]


def test_all_text_as_json_is_bounded_and_holds_nothing_personal():
    told = timeline((line("身份证号 11010519491231002X"), 1, 2), samples=[0, 1, 2])
    assert json.loads(told.as_json(masked)) == [
        {"from_s": 1.0, "to_s": 2.0, "text": "身份证号 110105********002X",
         "box": [0.1, 0.4, 0.46, 0.03]},
    ]  # fmt: skip
    many = Timeline()
    for second in range(4_500):
        words = chr(0x4E00 + second) * 200
        many.look(Fraction(second), Fraction(second), [line(words)], NONE_GONE)
    assert len(many.spells) == 4_000
    assert len(many.as_json(masked)) < 1_000_000
    assert json.loads(Timeline().as_json(masked)) == []


def test_lines_that_change_at_the_foot_are_subtitles():
    check = Subtitles(None)
    name = line("某市人民医院", left=0.02, top=0.05)
    lines = [(foot(text), 3.0 * at, 3.0 * at + 2) for at, text in enumerate(SPOKEN)]
    check.times = timeline(*lines, (name, 0, 15), samples=[0.5 * at for at in range(30)])
    found = check.result()
    assert found.answer == "found"
    assert found.facts == {
        "subtitles": True, "subtitle_language": "zh-Hans", "subtitles_legible": True,
        "subtitle_coverage": "833/10",
    }  # fmt: skip
    assert [span.text for span in found.spans] == SPOKEN
    assert found.values["lines_count"] == 5
    assert found.values["letter_px"] == 38.9
    assert found.values["coverage"] == 0.833
    kept = subtitle_lines(check.times.spells)
    assert share_with_line(kept, Fraction(0), Fraction(3)) == pytest.approx(2 / 3)


def test_one_line_that_stays_is_no_subtitle():
    check = Subtitles(None)
    check.times = timeline((foot("某市人民医院宣传科"), 0, 20), samples=list(range(21)))
    measure = check.result()
    assert (measure.answer, measure.facts) == ("clear", {"subtitles": False})
    two = Subtitles(None)
    lines = [(foot(text), 4.0 * at, 4.0 * at + 1) for at, text in enumerate(SPOKEN[:2])]
    two.times = timeline(*lines, samples=list(range(20)))
    assert (two.result().answer, two.result().facts) == ("doubtful", {})


def test_a_name_card_in_a_corner_is_no_subtitle():
    names = [
        (line(f"主任医师第{at}位", left=0.05, top=0.85), 4.0 * at, 4.0 * at + 3) for at in range(5)
    ]
    check = Subtitles(None)
    check.times = timeline(*names, samples=list(range(20)))
    assert check.result().answer == "clear"


ENGLISH = ("Hello there", "Take your pills", "Walk every day", "Sleep well")


def spoken_at_the_foot(texts, top=0.88):
    return [(foot(text, top), 4.0 * at, 4.0 * at + 3) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("lines", "answer", "told"),
    [
        (spoken_at_the_foot(SPOKEN[:4]), "found", "zh-Hans"),
        (spoken_at_the_foot(("記得複診", "請聽醫生的話", "讓身體慢慢恢復", "謝謝觀看")), "found", "zh-Hant"),
        (spoken_at_the_foot(SPOKEN[:4], 0.84) + spoken_at_the_foot(ENGLISH, 0.92), "found", "zh-Hans+latin"),
        (spoken_at_the_foot(ENGLISH), "doubtful", "latin"),
    ],
)  # fmt: skip
def test_the_language_of_subtitles_is_told_and_letters_alone_are_for_a_person(lines, answer, told):
    check = Subtitles(None)
    check.times = timeline(*lines, samples=list(range(20)))
    measure = check.result()
    assert (measure.answer, measure.values["language"]) == (answer, told)
    assert measure.facts.get("subtitle_language") == (told if answer == "found" else None)
    assert ("不是中文" in measure.why) is (answer == "doubtful")


def card(check_type, *lines, samples):
    check = check_type(None)
    for each, start, _ in lines:
        check.look(page(each, time_s=int(start)))
    check.times = timeline(*lines, samples=samples)
    measure = check.result()
    return measure.answer, measure.facts, [span.text for span in measure.spans], list(check.files)


def test_large_words_at_the_beginning_are_a_title():
    title = line("守护健康", left=0.3, top=0.4, height=0.1)
    assert card(TitleCard, (title, 0, 3), samples=list(range(60))) == (
        "found", {"title_card": True}, ["守护健康"], ["title-card.jpg"],
    )  # fmt: skip
    late = card(TitleCard, (title, 30, 33), samples=list(range(60)))
    assert late == ("clear", {"title_card": False}, [], [])


def test_a_small_line_is_doubtful_and_few_pictures_prove_nothing():
    small = line("守护健康", left=0.4, top=0.4, height=0.03)
    assert card(TitleCard, (small, 0, 3), samples=list(range(60)))[0] == "doubtful"
    grille = line("AN", left=0.4, top=0.4, height=0.1)  # two strokes that look like letters
    assert card(TitleCard, (grille, 0, 3), samples=list(range(60)))[0] == "doubtful"
    assert card(TitleCard, samples=[0, 10, 20, 30])[0] == "unmeasured"
    assert card(EndCard, samples=[0, 10, 20, 30])[0] == "unmeasured"
    # Closely looked at near the last picture, but the film may go on behind it.
    assert card(EndCard, samples=[0, 10, 26, 27, 28, 29, 30])[0] == "unmeasured"


def test_credits_at_the_end_are_an_end_card():
    made = line("制作：宣传科", left=0.1, top=0.8, height=0.03)
    found = card(EndCard, (made, 57, 59), samples=list(range(60)))
    assert found == ("found", {"end_card": True}, ["制作：宣传科"], ["end-card.jpg"])
    assert card(EndCard, (made, 20, 25), samples=list(range(60)))[0] == "clear"
