"""Personal data in recognised text: what counts, what does not, and the line without it."""

from __future__ import annotations

import random

import pytest

from fengcai.media.screen import digits
from fengcai.media.screen.forms import personal_on
from fengcai.media.screen.personal import masked, personal
from fengcai.media.screen.personal_data import PersonalData
from tests.media.screen.drawing import line, page, timeline

pytestmark = pytest.mark.media

TRUE_NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "kind", "shown", "sure"),
    [
        ("身份证号：11010519491231002X", "identity", "110105********002X", True),
        ("身份证：110105 19491231 002x", "identity", "110105********002X", True),
        (
            "公民身份号码 １１０１０５１９４９１２３１００２Ｘ",
            "identity",
            "110105********002X",
            True,
        ),
        ("身份证号码11O10519491231OO2X", "identity", "110105********002X", True),
        ("1101051949123l002×", "identity", "110105********002X", True),
        ("111010519491231002X", "identity", "110105********002X", True),
        ("1101051949123100381", "identity", "110105********0038", True),
        ("2024 11010519491231002X", "identity", "110105********002X", True),
        ("身份证号：110105194912310021", "identity", "110105********0021", False),
        ("身份证号：110105491231002", "identity", "110105******002", True),
        ("13812345678", "mobile", "138****5678", True),
        ("联系电话 138 1234 5678", "mobile", "138****5678", True),
        ("电话：+86-13812345678", "mobile", "138****5678", True),
        ("手机l38l2345678", "mobile", "138****5678", True),
        ("家庭电话：0791-86123456", "landline", "079*******56", True),
        ("6222 0202 0000 1234 562", "card", "6222***********4562", True),
        ("卡号 4111111111111111", "card", "4111********1111", True),
        ("银行卡 6222020200112233445", "card", "6222***********3445", False),
        ("4111 1111 1111 1111", "card", "4111********1111", False),
        ("住院号：0012345678", "record", "00*******8", True),
        ("病案号 ZY20251234", "record", "ZY*******4", True),
        ("床号：12", "bed", "**", False),
        ("出生日期：1980年3月5日", "birth", "1980-**-**", False),
        ("患者：张三丰 男 45岁", "patient", "张**", True),
        ("患者姓名：李四", "patient", "李*", True),
        ("京A·12345", "plate", "京A***45", False),
        ("护照号 E12345678", "passport", "E1*****78", True),
    ],
)
def test_it_is_seen_and_masked(text, kind, shown, sure):
    [datum] = personal(text)
    assert (datum.kind, datum.shown, datum.sure) == (kind, shown, sure)
    assert masked(text) == text[: datum.start] + shown + text[datum.end :]


@pytest.mark.parametrize(
    "text",
    [
        "拨打120",
        "健康热线 12320",
        "2026年11月22日",
        "GB 11643-1999",
        "预约电话 0791-86123456",
        "110105194912310021",  # no label, and the sum is wrong
        "138123456789",  # twelve digits are no phone
        "1381234567",
        "991105194912310021",  # no such region
        "11010519491331002X",  # no thirteenth month
        "110105491231002",  # fifteen digits prove nothing without their label
        "门诊号：",
        "患者：谢谢医生",
        "患者：好的",
        "去年住院12345人次",
        "医疗机构登记号：12345678",
        "心率 72 次/分 血压 120/80",
        "3.14159265358979",
        "E12345678",
    ],
)
def test_it_is_nothing_personal(text):
    assert personal(text) == []
    assert masked(text) == text


def test_one_wrong_digit_breaks_the_sum_of_an_identity_number():
    for place in range(18):
        for digit in "0123456789X":
            other = TRUE_NUMBER[:place] + digit + TRUE_NUMBER[place + 1 :]
            assert digits.is_identity(other) == (other == TRUE_NUMBER)


def test_random_numbers_hardly_ever_look_like_data():
    chance = random.Random(5)
    texts = ["".join(chance.choices("0123456789", k=18)) for _ in range(20_000)]
    hits = [text for text in texts if any(datum.kind == "identity" for datum in personal(text))]
    # 34 of 90 regions, 135 of 10 000 years, 365 of 10 000 days, one sum of 11: less than 1 in 50 000.
    assert len(hits) <= 3


def test_a_value_stands_in_the_next_cell_or_below():
    label = line("住院号：", left=0.1, top=0.1)
    beside = line("0012345678", left=0.2, top=0.1)
    [(where, datum)] = personal_on([label, beside])
    assert (where, datum.kind, datum.start, datum.end) == (beside, "record", 0, 10)
    below = line("0012345678", left=0.1, top=0.15)
    assert [where for where, _ in personal_on([label, below])] == [below]
    assert personal_on([label, line("0012345678", left=0.1, top=0.6)]) == []


def test_a_date_of_birth_counts_beside_a_name():
    check = PersonalData(None)
    birth = line("出生日期：1980-03-05", top=0.3)
    check.look(page(birth))
    check.times = timeline((birth, 0, 0), samples=[0])
    assert check.result().answer == "doubtful"
    check = PersonalData(None)
    name = line("姓名：张三", top=0.2)
    check.look(page(name, birth))
    check.times = timeline((birth, 0, 2), (name, 0, 2), samples=[0, 1, 2])
    found = check.result()
    assert (found.answer, found.facts) == ("found", {"personal_data": True})
    [span] = found.spans
    assert (span.from_s, span.to_s, span.text) == (0, 2, "出生日期：1980-**-**")
    assert span.private
    assert sorted(check.files) == ["personal-data-1-masked.jpg", "personal-data-1.jpg"]


def test_nothing_personal_is_a_fact_too_and_nothing_looked_at_is_none():
    check = PersonalData(None)
    check.times = timeline(samples=[0, 1])
    assert (check.result().answer, check.result().facts) == ("clear", {"personal_data": False})
    unseen = PersonalData(None).result()
    assert (unseen.answer, unseen.facts) == ("unmeasured", {})
