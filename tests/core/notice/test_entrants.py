"""Tracks, divisions, directions, units, quotas, caps on people: in several wordings."""

from __future__ import annotations

import pytest

from tests.core.notice.notices import TITLE, drafted, found


def names(lines: tuple[str, ...], title: str = TITLE) -> list[object]:
    said = found(drafted(*lines, title=title), "tracks")
    return [value for path, value in said.items() if path.count(".") == 2 and path.endswith("name")]


@pytest.mark.parametrize(
    ("lines", "tracks"),
    [
        (
            ("一、作品类别", "征集作品类别主要包括表演类、音视频类、图文类，详见附件。"),
            ["表演类", "音视频类", "图文类"],
        ),
        (("一、参赛类别", "分为演讲类和小品类。"), ["演讲类", "小品类"]),
        (
            ("一、作品类型", "（一）科普短文。八百字。", "（二）健康故事：真实。"),
            ["科普短文", "健康故事"],
        ),
        (("一、要求", "片长五分钟。"), ["短视频"]),
    ],
)
def test_tracks(lines: tuple[str, ...], tracks: list[str]) -> None:
    assert names(lines) == tracks


def test_a_contest_of_no_known_kind_asks_what_is_collected() -> None:
    said = drafted("一、要求", "认真准备。", title="关于举办青山医院大赛的通知")
    assert found(said, "tracks") == {}
    assert "征集哪一类作品？" in [each.ask for each in said.questions]


def test_divisions_say_who_and_how_many_people() -> None:
    said = found(
        drafted("一、参赛对象", "（一）教工组：全校教职工，个人或两人以内的小组。",
         "（二）学生组：在校学生。", "二、评委", "专家组：由评委组成。"),
        "divisions",
    )  # fmt: skip
    assert said == {
        "divisions.division_1.name": "教工组", "divisions.division_1.axis": "组别",
        "divisions.division_1.who": "全校教职工，个人或两人以内的小组", "divisions.division_1.people_max": 2,
        "divisions.division_2.name": "学生组", "divisions.division_2.axis": "组别",
        "divisions.division_2.who": "在校学生",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "options", "low", "high"),
    [
        (("一、创作方向", "自选以下方向：", "（一）急救；", "（二）用药；", "（三）营养。"), ["急救", "用药", "营养"], 1, None),
        (("一、选题方向", "急救类：心肺复苏等；", "用药类：合理用药；",
         "营养类：三餐。", "每件作品只选一个。"), ["急救类", "用药类", "营养类"], 1, 1),
        (("一、要求", "从“求学”“从医”“守望”三个方向中任选其一。"), ["求学", "从医", "守望"], 1, 1),
        (("一、选题方向", "（一）急救；", "（二）用药。"), [], None, None),
        (("一、选题方向", "（一）急救；", "（二）用药；", "（三）营养。"), ["急救", "用药", "营养"], None, None),
    ],
)  # fmt: skip
def test_directions(
    lines: tuple[str, ...], options: list[str], low: int | None, high: int | None
) -> None:
    said = found(drafted(*lines), "tracks", "video", "themes")
    shown = [value for path, value in said.items() if path.endswith("name")]
    assert shown == options
    assert (said.get("tracks.video.themes.min"), said.get("tracks.video.themes.max")) == (low, high)


@pytest.mark.parametrize(
    ("line", "classes"),
    [
        (
            "全院各临床科室、医技科室和职能部门均须报送作品。",
            {"临床科室": "是", "医技科室": "是", "职能部门": "是"},
        ),
        ("各二级科室都要组织参赛。", {"二级科室": "是"}),
        ("全市各级各类医疗机构的医务人员均可参加。", {"医疗机构": "否"}),
        ("凡本院职工均可投稿。", {}),
        ("各位老师均可参加。", {}),
    ],
)
def test_who_must_and_who_may(line: str, classes: dict[str, str]) -> None:
    said = found(drafted("一、参赛对象", line), "units", "classes")
    ids = dict.fromkeys(path.split(".")[2] for path in said)
    assert {
        said[f"units.classes.{id}.name"]: said[f"units.classes.{id}.must_enter"] for id in ids
    } == classes


def test_addressees_that_are_not_named_among_those_who_must_are_asked_about() -> None:
    from fengcai.core.notice import draft

    text = "关于举办短视频大赛的通知\n各科室、各支部：\n一、对象\n全院各临床科室均需报送作品。"
    shown = draft(text, id="film-2030")
    said = found(shown, "units")
    assert said["units.classes.class_2.name"] == "支部"
    assert "units.classes.class_2.may_enter" not in said
    assert said["units.entries.min"] == 1
    (asked,) = [each for each in shown.questions if "支部" in each.ask]
    assert [*asked.options] == ["no", "yes"]


def test_addressees_stand_at_the_head_or_nowhere() -> None:
    from fengcai.core.notice import draft

    shown = draft(
        "关于举办短视频大赛的通知\n一、对象\n全院各临床科室均需报送作品。", id="film-2030"
    )
    assert [*found(shown, "units", "classes")] == [
        "units.classes.class_1.name", "units.classes.class_1.must_enter", "units.classes.class_1.may_enter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("每个科室限报2件。", None, 2), ("各单位报送作品不少于1件、不超过3件。", 1, 3),
        ("每单位最多报送5件。", None, 5), ("每个参赛单位至少报送1件作品。", 1, None),
        ("每个单位设联络员1名。", None, None), ("科室报送3件。", None, None),
    ],
)  # fmt: skip
def test_quotas_of_every_unit(line: str, low: int | None, high: int | None) -> None:
    said = found(drafted("一、报送", line), "units", "entries")
    expected = {"units.entries.min": low, "units.entries.max": high}
    assert said == {key: value for key, value in expected.items() if value is not None}


def test_quotas_of_one_class() -> None:
    said = found(
        drafted("一、对象", "全市各级各类医疗机构、三级医院均可参加。", "二、名额",
         "三级医院不少于3篇；其他单位限报1篇；各学院报送10—30篇；每个单位限报9篇。"),
        "units",
    )  # fmt: skip
    assert said["units.classes.class_2.entries.min"] == 3
    assert said["units.classes.class_2.entries.max"] == "不限"
    assert (said["units.classes.class_3.name"], said["units.classes.class_3.entries.max"]) == (
        "其他单位",
        1,
    )
    assert (
        said["units.classes.class_3.must_enter"],
        said["units.classes.class_3.entries.min"],
    ) == ("否", 0)
    assert (
        said["units.classes.class_4.entries.min"],
        said["units.classes.class_4.entries.max"],
    ) == (10, 30)
    assert said["units.entries.max"] == 9


def test_caps_on_people() -> None:
    said = found(
        drafted("一、对象", "每人最多参加2支队伍；每位作者作为第一作者限报3篇；每人投稿1件有礼。"),
        "person_caps",
    )
    assert said == {
        "person_caps.cap_1.max": 2, "person_caps.cap_2.max": 3, "person_caps.cap_2.roles": ("第一作者",),
    }  # fmt: skip
    team = found(drafted("一、对象", "以团队为单位参赛，每队人数不超过8人。"), "tracks")
    assert team["tracks.video.fields.authors.people_max"] == 8
