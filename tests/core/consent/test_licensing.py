"""What a licence allows, read from the rules or from the words that were signed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fengcai.core.consent.licensing import (
    ends,
    grants,
    months_of,
    over_if_before,
    term_of,
    territory_of,
)

JIANGXI = (
    "作者同意医院在官网无偿展播本作品，并为此作必要的剪辑；授权自报送之日起三年，可以书面撤回。"
)
HUBEI = "同意组委会将作品无偿用于公益宣传；授权限于中国境内，自报送之日起三年。"

pytestmark = pytest.mark.clause("H16")


@pytest.mark.parametrize(
    ("kind", "signatory", "text", "told"),
    [
        ("licence", "author", "", True),
        ("assignment", "author", "", True),
        ("originality", "author", "授权", False),
        (None, "author", JIANGXI, True),
        (None, "author", HUBEI, True),
        (None, "judge", "同意展示", False),
        (None, "unit", "本科室承诺：作品所用音乐无版权争议，未使用侵权素材。", False),
        (None, "unit", "出镜人员均已签署知情同意书，同意展播。", False),
    ],
)
def test_which_words_are_a_licence(kind: str | None, signatory: str, text: str, told: bool) -> None:
    assert grants(kind, signatory, text) is told


def test_term_and_territory_are_the_rules_or_in_the_words() -> None:
    assert (term_of("五年", JIANGXI), term_of(None, JIANGXI), term_of(None, "同意展播")) == (
        "五年", "三年", "",
    )  # fmt: skip
    assert (territory_of("全球", HUBEI), territory_of(None, HUBEI)) == ("全球", "中国境内")
    assert territory_of(None, JIANGXI) == ""


@pytest.mark.parametrize(
    ("term", "months"),
    [
        ("三年", 36), ("自报送之日起五年", 60), ("18个月", 18), ("十年", 120), ("二十五年", 300),
        ("十二个月", 12), ("永久", None), ("长期", None), ("活动期间", None), ("", None),
    ],
)  # fmt: skip
def test_a_term_in_months(term: str, months: int | None) -> None:
    assert months_of(term) == months


def test_a_term_ends_on_its_day() -> None:
    assert ends("三年", date(2026, 4, 10)) == date(2029, 4, 10)
    assert ends("一年", date(2024, 2, 29)) == date(2025, 2, 28)
    assert ends("2个月", date(2026, 12, 31)) == date(2027, 2, 28)
    assert ends("永久", date(2026, 4, 10)) is None


@pytest.mark.parametrize("months", [1, 12, 36])
def test_what_is_over_on_a_day_began_before_one(months: int) -> None:
    for number in range(400):
        day = date(2027, 2, 20) + timedelta(days=number)
        border = over_if_before(months, day)
        for begins in (border - timedelta(days=1), border):
            last = ends(f"{months}个月", begins)
            assert last is not None
            assert (last < day) == (begins < border)
