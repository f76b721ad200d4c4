"""Awards with their numbers and money, the rules for all of them, and whether the sums agree."""

from __future__ import annotations

import pytest

from tests.core.notice.notices import drafted, found

Row = tuple[object, ...]


def awards(*lines: str) -> list[Row]:
    said = found(drafted("一、奖项设置", *lines), "awards")
    ids = dict.fromkeys(path.split(".")[1] for path in said)
    return [
        tuple(said.get(f"awards.{id}.{key}") for key in ("group", "name", "count", "money_each"))
        for id in ids
    ]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (("一等奖3名、二等奖5名、三等奖10名。",), [("等级奖", "一等奖", 3,
         None), ("等级奖", "二等奖", 5, None), ("等级奖", "三等奖", 10, None)]),
        (("设一等奖1名，奖金3000元；二等奖2名，每人奖励2000元。",), [("等级奖",
         "一等奖", 1, "3000 元"), ("等级奖", "二等奖", 2, "2000 元")]),
        (("综合奖：一等奖1名、二等奖2名；", "一等奖奖励1.5万元，二等奖分别奖励5000元。"),
         [("综合奖", "一等奖", 1, "15000 元"), ("综合奖", "二等奖", 2, "5000 元")]),
        (("单项特色奖：最佳创意奖、最佳技术奖；", "单项特色奖按特等奖分别奖励2000元。"),
         [("单项特色奖", "最佳创意奖", None, "2000 元"), ("单项特色奖", "最佳技术奖", None, "2000 元")]),
        (("最佳导演奖、最佳剪辑奖各1名，奖金各800元。",), [("单项奖", "最佳导演奖", 1, "800 元"), ("单项奖", "最佳剪辑奖", 1, "800 元")]),
        (("另设台风奖1名、人气奖1名，每人奖励500元。",), [("单项奖", "台风奖", 1, "500 元"), ("单项奖", "人气奖", 1, "500 元")]),
        (("（一）教工组：一等奖一名。", "（二）学生组：一等奖两名。"), [("教工组", "一等奖", 1, None), ("学生组", "一等奖", 2, None)]),
        (("优秀组织奖：3个，颁发奖牌。",), [("组织奖", "优秀组织奖", 3, None)]),
        (("获奖者可参加省级评奖；颁奖另行通知。",), []),
        (("一等奖的得主、一等奖证书另行发放。",), []),
    ],
)  # fmt: skip
def test_awards(lines: tuple[str, ...], rows: list[Row]) -> None:
    assert awards(*lines) == rows


def test_grades_that_are_named_together() -> None:
    said = found(
        drafted("一、作品类别", "分为表演类、图文类。", "二、流程",
         "评选大赛表演类一、二、三等奖。", "三、说明", "综合评定“青山大赛优秀组织奖”，另有组织奖。"),
        "awards",
    )  # fmt: skip
    assert [(said[f"awards.{id}.name"], said[f"awards.{id}.group"]) for id in ("first", "second", "third", "award_4")] == [
        ("一等奖", "表演类"), ("二等奖", "表演类"), ("三等奖", "表演类"), ("优秀组织奖", "组织奖"),
    ]  # fmt: skip
    assert said["awards.first.tracks"] == ("track_1",)
    assert (said["awards.award_4.decided_by"], said["awards.first.decided_by"]) == (
        "committee",
        "ranking",
    )


def test_awards_outside_their_chapter_are_heard_when_they_are_set() -> None:
    assert (
        found(drafted("一、说明", "本次活动设一等奖2名。"), "awards", "first")["awards.first.count"]
        == 2
    )
    assert (
        found(drafted("一、说明", "一等奖作品将上报。", "二、参赛要求", "设一等奖9名。"), "awards")
        == {}
    )


def test_awards_of_divisions_tracks_and_each_track() -> None:
    said = found(
        drafted(
            "一、对象",
            "（一）教工组：教职工。",
            "二、奖项",
            "教工组：一等奖1名。",
            "每个类别分别设二等奖2名，三等奖若干。",
            "每个组别设优秀奖3名，设优秀组织奖1个。",
        ),
        "awards",
    )
    assert said["awards.first.divisions"] == ("division_1",)
    assert (said["awards.second.per"], said["awards.third.discretionary"]) == (("track",), "是")
    assert said["awards.merit.per"] == ("division",)
    assert "awards.award_5.per" not in said


def test_goods_are_no_money() -> None:
    said = found(
        drafted(
            "一、奖项",
            "人气奖2件，每件奖价值500元的文创礼品一份；一等奖1名，奖金3000元和奖杯一座；优秀奖1名，颁发荣誉证书。",
        ),
        "awards",
    )
    assert said["awards.award_1.in_kind"] == "价值500元的文创礼品一份"
    assert "awards.award_1.money_each" not in said
    assert (said["awards.first.money_each"], "awards.first.in_kind" in said) == ("3000 元", False)
    assert "awards.merit.in_kind" not in said


def test_who_decides_a_special_award() -> None:
    said = found(
        drafted("一、奖项", "另设台风奖1名、人气奖1名。", "台风奖由专家评委投票产生。"), "awards"
    )
    assert said["awards.award_1.decided_by"] == "committee"
    assert "awards.award_2.decided_by" not in said


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("奖金共计3.16万元。", {"total": "31600 元"}), ("奖金总额17000元。", {"total": "17000 元"}),
        ("同一作品可以同时获得等级奖和单项奖。", {"stacking": "stack"}), ("单项奖可以与等级奖兼得。", {"stacking": "stack"}),
        ("各奖项不可兼得。", {"stacking": "exclusive"}), ("同一作品只授予最高的一个奖。", {"stacking": "exclusive"}),
        ("同一作品不重复授奖。", {"stacking": "exclusive"}), ("同一作品不重复授予等级奖。", {}),
        ("每位作者只授予一个最高奖。", {}),
        ("奖金发给获奖科室。", {"recipient": "unit"}), ("奖金发放给作者。", {"recipient": "authors"}),
        ("奖金发给获奖团队。", {"recipient": "authors"}), ("署名权归作者。", {}),
        ("获奖者颁发荣誉证书。", {"certificate.text": "获奖者颁发荣誉证书"}),
    ],
)  # fmt: skip
def test_rules_for_all_awards(line: str, rule: dict[str, str]) -> None:
    said = found(drafted("一、奖励", "一等奖1名。", line), "prizes")
    assert {path.partition(".")[2]: value for path, value in said.items()} == rule


def test_awards_may_stay_vacant() -> None:
    said = found(drafted("一、奖项", "一等奖1名，二等奖2名。", "奖项可以空缺。"), "awards")
    assert (said["awards.first.vacancy"], said["awards.second.vacancy"]) == ("是", "是")


@pytest.mark.parametrize(
    ("lines", "remark"),
    [
        (("一等奖1名，奖金3000元；二等奖2名，奖金各1000元。奖金共计5000元。",
         ), "奖金 1×3000 + 2×1000 = 5000 元，与通知所写的 5000 元相符。"),
        (("一等奖1名，奖金3000元。奖金共计5000元。",), "奖金 1×3000 = 3000 元，与通知所写的 5000 元不符，请核对。"),
        (("一等奖1名，奖金3000元；单项奖：创意奖、技术奖；单项奖分别奖励500元。奖金共计5000元。",),
         "创意奖、技术奖没有写名额；总额 5000 元减去 1×3000 = 3000 元，余 2000 元，正好各 2 名。"),
        (("一等奖1名，奖金3000元；创意奖，奖金700元。奖金共计5000元。",),
         "奖金 1×3000 = 3000 元，其余奖项没有写名额，无法与总额 5000 元核对。"),
        (("一等奖1名，奖金3000元；创意奖，奖金0元。奖金共计5000元。",),
         "奖金 1×3000 = 3000 元，其余奖项没有写名额，无法与总额 5000 元核对。"),
    ],
)  # fmt: skip
def test_the_sums(lines: tuple[str, ...], remark: str) -> None:
    assert drafted("一、奖项", *lines).remarks == (remark,)


def test_without_a_total_or_money_there_is_no_sum() -> None:
    assert drafted("一、奖项", "一等奖1名，奖金3000元。").remarks == ()
    assert drafted("一、奖项", "一等奖1名。", "奖金共计5000元。").remarks == ()
