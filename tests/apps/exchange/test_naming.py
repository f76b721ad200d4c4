"""Names of files in a pack: by the template, kept by every computer, each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.apps.exchange import naming
from fengcai.apps.exchange.naming import Names, Template, fit, named_already

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("心病科/一科一风采: 大赛?", "心病科／一科一风采： 大赛？"),
        ("../../etc/passwd", "／..／etc／passwd"),
        ("CON", "_CON"),
        ("com¹.txt", "_com¹.txt"),
        ("完成. . ", "完成"),
        ("\u202e4pm.exe\u200b", "4pm.exe"),
        ("a\0b\x07c\td\n", "abc d"),
        ("", "未命名"),
        ("...", "未命名"),
        ("e\u0301", "é"),
    ],
)
def test_a_name_is_fit_for_every_computer(text: str, name: str) -> None:
    assert fit(text) == name


@given(st.text(max_size=300), st.integers(20, 200))
def test_no_name_is_longer_or_forbidden(text: str, most: int) -> None:
    name = fit(text, most_bytes=most)
    assert 0 < len(name.encode()) <= max(most, 9)
    assert not set(name) & set('<>:"/\\|?*\0')
    assert name == name.strip(" .") and fit(name, most_bytes=most) == name


def test_a_long_chinese_name_is_cut_at_a_whole_character() -> None:
    name = Names().give("检" * 300, ".mp4")
    assert name == "检" * ((200 - 4) // 3) + ".mp4"


def test_equal_names_are_numbered_as_the_rule_says_and_as_windows_sees_them() -> None:
    names = Names()
    given_ = [names.give(stem, ".MP4".lower(), collision="-{n}") for stem in
              ("Film", "FILM", "Ｆｉｌｍ", "film-2", "Film")]  # fmt: skip
    assert given_ == ["Film.mp4", "FILM-2.mp4", "Ｆｉｌｍ-3.mp4", "film-2-2.mp4", "Film-4.mp4"]


def test_a_number_is_not_cut_off_a_long_name() -> None:
    names = Names()
    first, second = (names.give("长" * 200, ".mp4", collision="（{n}）") for _ in range(2))
    assert second.endswith("（2）.mp4") and len(second.encode()) <= 200 and first != second


def test_folders_keep_equal_names_apart() -> None:
    names = Names()
    assert names.give("片", ".mp4", folder="心病科") == "心病科/片.mp4"
    assert names.give("片", ".mp4", folder="针灸科") == "针灸科/片.mp4"


@given(st.lists(st.sampled_from(["a", "A", "a-2", "b", "a-3"]), max_size=12))
def test_no_two_names_are_equal(stems: list[str]) -> None:
    names = Names()
    given_ = [names.give(stem, ".x", collision="-{n}").casefold() for stem in stems]
    assert len(set(given_)) == len(stems)


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("心病科+一科一风采视频大赛.mp4", True),
        ("心病科＋一科一风采视频大赛（1）.MP4", True),
        ("心病科 + 一科一风采视频大赛-2.mp4", True),
        ("心病科+一科一风采视频大赛 - 副本.mp4", True),
        (r"C:\片子\心病科+一科一风采视频大赛.mp4", True),
        ("VID_20260430.mp4", False),
        ("针灸科+一科一风采视频大赛.mp4", False),
    ],
)
def test_what_a_person_named_by_the_rule_is_seen(filename: str, expected: bool) -> None:
    assert named_already(filename, "心病科+一科一风采视频大赛") is expected


@pytest.mark.parametrize(
    ("template", "values", "name"),
    [
        ("{unit}-{division}-{title}", {"unit": "甲", "division": "", "title": "片"}, "甲-片"),
        ("{number}-{unit}", {"number": "", "unit": "甲"}, "甲"),
        ("{division}+{title}+01", {"division": "", "title": "片"}, "片+01"),
        ("{unit}+{title}", {"unit": "甲", "title": ""}, "甲"),
        ("{unit}一科一风采", {"unit": "甲"}, "甲一科一风采"),
    ],
)
def test_an_empty_place_takes_its_joint_with_it(
    template: str, values: dict[str, str], name: str
) -> None:
    assert Template(template, "-{n}").filled(values) == name


@pytest.mark.parametrize(
    ("filename", "suffix"),
    [("a.MP4", ".mp4"), ("a", ""), ("a.tar.gz", ".gz"), ("a.心", ""), ("x\\y.Mov", ".mov")],
)
def test_the_ending_is_kept_small(filename: str, suffix: str) -> None:
    assert naming.ending(filename) == suffix
