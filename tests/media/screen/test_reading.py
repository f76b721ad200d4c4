"""From pictures to measures: what is read, what is shown of it, and that it holds behind the walls."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import zxingcpp

from fengcai.media.checks import Page
from fengcai.media.facts.measures import Measure
from fengcai.media.screen import recognition
from fengcai.media.screen import registry as screen
from fengcai.media.screen.advice import ADVICE
from fengcai.media.screen.choosing import COLUMNS, ROWS
from fengcai.media.screen.codes import Codes
from fengcai.media.screen.evidence import cutting
from fengcai.media.screen.faces import Faces
from fengcai.media.screen.reading import TEXT_FILE, Reading
from tests.media.screen.drawing import GREY, Words, drawn, line, sheet, timeline

pytestmark = pytest.mark.media

TITLE = Words("守护健康", 600, 380, 150)
NUMBER = Words("身份证号 11010519491231002X", 120, 120, 16)
PHONE = Words("手机 13812345678", 1200, 220, 20)
MARK = Words("抖音号：yixue_2026", 1500, 40, 24)
FIRST, SECOND = Words("请按时服药，定期复查", 660, 960, 52), Words("少吃盐，多运动", 760, 960, 52)


@pytest.fixture(scope="module")
def read(recogniser):
    """Three pictures: a full one, nothing new, another subtitle in its band."""
    reading = Reading(recogniser)
    first = drawn(TITLE, NUMBER, PHONE, MARK, FIRST)
    code = zxingcpp.create_barcode("https://example.cn/yuyue", zxingcpp.BarcodeFormat.QRCode)
    square = np.asarray(zxingcpp.write_barcode_to_image(code, scale=5))
    first[560 : 560 + square.shape[0], 1560 : 1560 + square.shape[1]] = square[:, :, None]
    reading.take(sheet(first, 0))
    reading.take(sheet(None, 2))
    reading.take(sheet(drawn(SECOND)[920:], 3, top=920))
    measures, files = reading.results()
    found = {name: Measure.model_validate(told) for name, told in measures.items()}
    return reading, found, files


def test_every_line_is_read_letter_by_letter_with_its_times(read):
    reading, _, files = read
    assert [(spell.text.replace(" ", ""), spell.from_s, spell.to_s) for spell in sorted(
        reading.timeline.spells, key=lambda spell: (spell.from_s, spell.box[1]))] == [
        ("抖音号：yixue_2026", 0, 3),
        ("身份证号11010519491231002X", 0, 3),
        ("手机13812345678", 0, 3),
        ("守护健康", 0, 3),
        ("请按时服药，定期复查", 0, 2),
        ("少吃盐，多运动", 3, 3),
    ]  # fmt: skip
    text = files[TEXT_FILE].decode()
    assert [row["to_s"] for row in json.loads(text)] == [3.0, 3.0, 3.0, 3.0, 2.0, 3.0]
    assert "138****5678" in text
    assert "19491231" not in text


def test_each_check_says_what_it_saw(read):
    _, found, _ = read
    assert {name: measure.answer for name, measure in found.items()} == {
        "personal_data": "found",
        "record_page": "clear",
        "contact_shown": "found",
        "qr_code": "found",
        "platform_text": "found",
        "subtitles": "doubtful",
        "title_card": "found",
        "end_card": "found",
        "faces": "clear",
    }
    assert [span.text for span in found["personal_data"].spans] == [
        "居民身份证号：110105********002X", "手机号：138****5678",
    ]  # fmt: skip
    assert [span.text for span in found["qr_code"].spans] == ["二维码：https://example.cn/yuyue"]
    assert [(span.text, span.from_s, span.to_s) for span in found["subtitles"].spans] == [
        ("请按时服药，定期复查", 0, 2), ("少吃盐，多运动", 3, 3),
    ]  # fmt: skip
    left, top, width, height = found["personal_data"].spans[0].box
    assert left == pytest.approx(190 / 1920, abs=0.02)
    assert top == pytest.approx(120 / 1080, abs=0.02)
    assert (left + width, top + height) == pytest.approx((360 / 1920, 143 / 1080), abs=0.03)


def test_nothing_personal_stands_in_any_text(read):
    _, found, _ = read
    told = json.dumps({name: each.model_dump(mode="json") for name, each in found.items()})
    assert "19491231" not in told
    assert "13812345678" not in told


def test_every_picture_is_there_and_small(read):
    _, found, files = read
    named = {span.picture for measure in found.values() for span in measure.spans if span.picture}
    assert named <= set(files)
    twins = {name for name in files if name.endswith("-masked.jpg")}
    assert {name.replace("-masked", "") for name in twins} <= named
    assert set(files) - named - twins == {TEXT_FILE}
    assert max(map(len, files.values())) < 300_000


def test_a_private_place_is_hidden_in_every_cutting_but_its_own(recogniser):
    rgb = drawn(NUMBER, Words("守护健康", 120, 200, 60))
    page = Page(Fraction(0), rgb, recogniser.read(rgb))
    recogniser.forget()
    [number, _] = page.lines
    plain, hidden = cutting(page, number.box, plain=True), cutting(page, (0.0, 0.0, 1.0, 1.0))
    assert _letters(plain) > 100
    place = _opened(hidden)[60:72, 60:175]  # 1920 became 960
    assert np.ptp(place.astype(int).mean(axis=2), axis=0).max() < 12
    assert _letters(hidden) > 100


def _opened(jpeg: bytes):
    import io

    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(jpeg)))


def _letters(jpeg: bytes) -> int:
    return int((_opened(jpeg).min(axis=2) > 200).sum())


def test_what_did_not_change_is_not_read_again(recogniser, monkeypatch):
    rgb = drawn(NUMBER, FIRST)
    recogniser.forget()
    before = recogniser.read(rgb)
    said = []
    monkeypatch.setattr(recogniser, "_said", lambda cut: said.append(cut) or ("", 0.0))
    assert recogniser.read(rgb, (900, 1080)) == before
    assert said == []
    recogniser.forget()


def test_a_still_of_any_size_is_read(recogniser):
    recogniser.forget()
    for size in ((64, 40), (700, 1400)):
        rgb = drawn(Words("健康", 10, 4, 24), size=size)
        assert [each.text for each in recogniser.read(rgb)] == ["健康"]
    assert recogniser.read(np.full((33, 900, 3), 90, dtype=np.uint8)) == ()


def test_codes_are_decoded_and_grey_is_no_face():
    bars = zxingcpp.create_barcode("ZY20260001", zxingcpp.BarcodeFormat.Code128)
    picture = np.asarray(zxingcpp.write_barcode_to_image(bars, scale=3))
    rgb = np.full((400, 900, 3), 255, dtype=np.uint8)
    rgb[100 : 100 + picture.shape[0], 100 : 100 + picture.shape[1]] = picture[:, :, None]
    check = Codes(None)
    check.look(Page(Fraction(0), rgb))
    check.times = timeline(samples=[0, 1])
    measure = check.result()
    assert (measure.answer, measure.facts) == ("doubtful", {})
    assert [span.text for span in measure.spans] == ["条形码：ZY20260001"]
    faces = Faces(None)
    faces.look(Page(Fraction(0), np.full((360, 640, 3), GREY, dtype=np.uint8)))
    faces.times = timeline(samples=[0, 1])
    assert (faces.result().answer, faces.result().facts) == ("clear", {})
    assert Faces(None).result().answer == "unmeasured"


def test_a_check_with_many_sightings_stays_within_its_bounds():
    from fengcai.media.screen.personal_data import PersonalData

    check = PersonalData(None)
    for second in range(90):
        numbers = tuple(line(f"手机 138{second:04}{at:04}", top=0.05 * at) for at in range(10))
        check.look(Page(Fraction(second), np.zeros((270, 480, 3), dtype=np.uint8), numbers))
    check.times = timeline(samples=[0, 89])
    measure = check.result()
    assert len(measure.spans) == 60
    assert len(check.files) <= 12


def test_every_measure_has_its_advice():
    assert sorted(ADVICE) == sorted(check.name for check in screen.CHECKS)


BEHIND = """
import json, os, sys
from fengcai.media.screen import reading
reading.warm_up()
from fengcai.media.containment import contain
status = os.open("/proc/self/status", os.O_RDONLY)
walls = contain(memory_bytes=2 << 30, cpu_s=60, open_files=16)
told = {}
files = reading.read_pages(sys.stdin.buffer, told.update)
peak = [line for line in os.pread(status, 8192, 0).splitlines() if line.startswith(b"VmHWM")]
print(json.dumps({"walls": walls["active"], "answers": {name: each["answer"] for name, each in
    told["measures"].items()}, "files": sorted(files), "peak_kb": int(peak[0].split()[1]),
    "method": told["measures"]["personal_data"]["method"]}))
"""


def test_it_reads_behind_the_walls_in_little_memory():
    """Nothing is opened after warm_up: every check answers, and none says PermissionError."""
    zeros = "0" * 864
    page, message = drawn(TITLE, NUMBER, FIRST), b""
    for second, top in ((0, 0), (2, 900)):
        rows = page[top:]
        head = {"time_s": str(second), "since_s": str(second), "gone": zeros, "top": top,
                "rows": rows.shape[0], "height": 1080, "width": 1920}  # fmt: skip
        message += json.dumps(head).encode() + b"\n" + rows.tobytes()
        message += json.dumps({"time_s": str(second + 1), "gone": zeros}).encode() + b"\n"
    ran = subprocess.run(
        [sys.executable, "-c", BEHIND], input=message, capture_output=True, timeout=90, check=True
    )
    found = json.loads(ran.stdout)
    assert found["walls"][-1] == "seccomp"
    assert "unmeasured" not in found["answers"].values()
    assert found["answers"]["personal_data"] == "found"
    assert found["method"].startswith("PP-OCR")
    assert "personal-data-1-masked.jpg" in found["files"]
    assert found["peak_kb"] < 350 * 1024
    assert ran.stderr == b""


def test_what_stood_there_earlier_is_in_no_later_picture(recogniser):
    """The number's strokes are gone while only the foot is read: its old place is painted over."""
    reading = Reading(recogniser)
    reading.take(sheet(drawn(NUMBER, FIRST), 0))
    gone = np.zeros((ROWS, COLUMNS), dtype=bool)
    gone[int(0.1 * ROWS) : int(0.15 * ROWS)] = True
    later = sheet(drawn(SECOND)[920:], 3, top=920)
    reading.take(replace(later, gone=gone))
    assert [spell.text for spell in reading.timeline.spells if spell.standing] == ["少吃盐，多运动"]
    assert np.ptp(reading._rgb[100:160, 100:400].astype(int), axis=(0, 1)).max() < 60
    reading.results()


def test_a_page_full_of_text_does_not_hold_the_reader(recogniser, monkeypatch):
    monkeypatch.setattr(recognition, "_MOST_READ_PX", 300)
    recogniser.forget()
    rgb = drawn(*(Words("健康科普知识讲座", 200, 100 + 120 * at, 40) for at in range(5)))
    assert [each.text for each in recogniser.read(rgb)] == ["健康科普知识讲座"]
    recogniser.forget()


def test_a_code_with_a_phone_in_it_is_private():
    code = zxingcpp.create_barcode("TEL:13812345678", zxingcpp.BarcodeFormat.QRCode)
    square = np.asarray(zxingcpp.write_barcode_to_image(code, scale=6))
    check = Codes(None)
    check.look(Page(Fraction(0), np.repeat(square[:, :, None], 3, axis=2)))
    check.times = timeline(samples=[0])
    [span] = check.result().spans
    assert (span.text, span.private) == ("二维码：TEL:138****5678", True)


def test_after_empty_pages_the_next_is_looked_at_briefly_and_read_in_full(recogniser):
    reading = Reading(recogniser)
    for second in range(3):
        empty = drawn()
        empty[:, :, 1] += np.uint8(second)
        reading.take(sheet(empty, 5 * second))
    reading.take(sheet(drawn(TITLE, PHONE, Words("身份证号 11010519491231002X", 120, 120, 28)), 20))
    said = {spell.text.replace(" ", "") for spell in reading.timeline.spells}
    assert {"守护健康", "手机13812345678", "身份证号11010519491231002X"} <= said


def test_a_last_digit_that_an_outline_leaves_out_is_read_after_all(recogniser, monkeypatch):
    shown = drawn(Words("110105194912310021", 400, 500, 30))
    whole = recognition._quads

    def shorter(chances):
        return [quad - np.float32([[0, 0], [14, 0], [14, 0], [0, 0]]) for quad in whole(chances)]

    monkeypatch.setattr(recognition, "_quads", shorter)
    recogniser.forget()
    assert [line.text for line in recogniser.read(shown)] == ["110105194912310021"]
    monkeypatch.setattr(recognition, "_wider", lambda quad: quad)
    recogniser.forget()
    assert [line.text for line in recogniser.read(shown)] == ["11010519491231002"]
