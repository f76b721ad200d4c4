"""When things are done and how works are judged: windows, timeline, rounds, sheets, objections."""

from __future__ import annotations

import pytest

from tests.core.notice.notices import drafted, found


@pytest.mark.parametrize(
    ("lines", "window"),
    [
        (("报送截止时间：2030年4月30日17:00前，逾期不予受理。",), {"closes": "2030-04-30 17:00", "late": "reject"}),
        (("请于4月30日17时前将作品发送至邮箱。",), {"closes": "2030-04-30 17:00"}),
        (("征集时间：即日起至2030年4月30日24:00。",), {"closes": "2030-04-30 24:00", "opens_words": "即日起"}),
        (("作品提交时间为2030年4月1日零时起至4月30日24时止。", "以系统收到的时间为准。"),
         {"opens": "2030-04-01 00:00", "closes": "2030-04-30 24:00", "basis": "server_received"}),
        (("二〇三〇年四月一日至四月三十日。",), {}),
        (("投稿截止日期为2030年4月30日。", "以邮件发出时间为准，过期不候。"),
         {"closes_day": "2030-04-30", "basis": "mail_date", "late": "reject"}),
        (("作品征集自2030年4月1日至2030年4月30日，以寄出邮戳为准。",),
         {"opens_day": "2030-04-01", "closes_day": "2030-04-30", "basis": "post_mark"}),
        (("作品须为2029年9月1日以后创作。", "报送截止：2030年4月30日18:00。"), {"closes": "2030-04-30 18:00"}),
        (("报名截止时间：2030年4月1日17:00。", "作品报送截止时间：2030年4月30日17:00。"), {"closes": "2030-04-30 17:00"}),
        (("作品公示时间：2030年4月1日9:00。",), {}), (("时间另行通知。",), {}),
    ],
)  # fmt: skip
def test_the_window_of_submission(lines: tuple[str, ...], window: dict[str, str]) -> None:
    said = found(drafted("一、报送办法", *lines), "windows", "submission")
    assert {
        path.rpartition(".")[2]: value
        for path, value in said.items()
        if not path.endswith("original")
    } == window


def test_what_the_notice_says_of_the_deadline_is_kept_word_for_word() -> None:
    said = found(
        drafted("一、报送", "截止时间：2030年4月30日17:00前，逾期视为自动放弃参评资格；"), "windows"
    )
    assert said["windows.submission.original"] == "2030年4月30日17:00前，逾期视为自动放弃参评资格"


def test_registration_and_collection_have_windows_of_their_own() -> None:
    said = found(
        drafted(
            "一、报送",
            "请于3月20日17时前将报名表发来。",
            "作品于4月30日17时前上传提交。",
            "汇总单位于5月10日前统一报送。",
        ),
        "windows",
    )
    assert said["windows.submission.closes"] == "2030-04-30 17:00"
    assert (said["windows.register.kind"], said["windows.register.closes"]) == (
        "register",
        "2030-03-20 17:00",
    )
    assert (said["windows.collect.kind"], said["windows.collect.closes_day"]) == (
        "collect",
        "2030-05-10",
    )


def test_a_form_may_be_all_that_is_sent() -> None:
    said = found(drafted("一、报名", "请于3月20日17时前提交作品和报名表。"), "windows")
    assert {path.split(".")[1] for path in said} == {"submission"}


def test_the_timeline_is_as_vague_as_the_notice() -> None:
    said = found(
        drafted("一、流程", "（一）表演类", "1.组织初评(6月中旬)。", "2.竞演（6月底至7月初）：现场。",
         "（二）其他", "1.公布：7月。", "2.截止时间：7月1日。", "3.备注：另说。"),
        "schedule",
    )  # fmt: skip
    assert [*said.values()] == [
        "表演类：组织初评", "6月中旬", "表演类：竞演", "6月底至7月初", "公布", "7月",
    ]  # fmt: skip


def rounds(*lines: str, title: str = "关于举办2030年青山医院短视频大赛的通知") -> dict[str, object]:
    return found(drafted(*lines, title=title), "rounds")


def test_rounds_in_their_order_with_judges_and_who_goes_on() -> None:
    said = rounds(
        "一、评审", "（一）形式审查。由办公室审查。", "（二）初评。由5名专家打分，按各组作品数的50%确定入围作品。",
        "（三）复评：邀请七位评委打分，前20名进入终评。", "（四）终评。由9名评委打分。评委须回避本单位作品。",
        "（五）终评标准。满分100分。",
    )  # fmt: skip
    assert [said[f"rounds.{id}.kind"] for id in ("screening", "preliminary", "second", "final")] == [
        "screening", "preliminary", "second", "final",
    ]  # fmt: skip
    assert [said[f"rounds.{id}.input"] for id in ("preliminary", "second", "final")] == [
        "screening", "preliminary", "second",
    ]  # fmt: skip
    assert [said[f"rounds.{id}.min_judges"] for id in ("preliminary", "second", "final")] == [
        5,
        7,
        9,
    ]
    assert (said["rounds.preliminary.advance.number"], said["rounds.preliminary.advance.base"]) == (
        "0.5",
        "division",
    )
    assert (said["rounds.second.advance.by"], said["rounds.second.advance.number"]) == ("top", "20")
    assert said["rounds.final.recuse_own_unit"] == "是"


def test_a_share_without_a_base_says_none() -> None:
    said = rounds("一、评审", "（一）初评。按总数的30%推荐入围。", "（二）终评。", "评委回避。")
    assert (
        said["rounds.preliminary.advance.number"],
        "rounds.preliminary.advance.base" in said,
    ) == ("0.3", False)
    assert "rounds.final.recuse_own_unit" not in said


def test_a_notice_with_one_judging_has_one_round() -> None:
    said = rounds(
        "一、评审", "医院成立专项评审委员会，进行综合打分。", "由3名评委打分，递补2名专家。"
    )
    assert (said["rounds.review.panel"], said["rounds.review.min_judges"]) == ("专项评审委员会", 3)
    assert rounds("一、要求", "认真准备。") == {}
    final = rounds("一、评审", "专家现场打分。", title="关于举办青山医院演讲决赛的通知")
    assert (final["rounds.final_live.name"], final["rounds.final_live.kind"]) == ("决赛", "live")


@pytest.mark.parametrize(
    ("line", "criteria"),
    [
        ("满分100分：立意25分、结构25分、表演30分、剪辑20分。", [("立意", "25",
         "1"), ("结构", "25", "1"), ("表演", "30", "1"), ("剪辑", "20", "1")]),
        ("其中科学性（40分）、通俗性（30分）、实用性（30分）。", [("科学性", "40", "1"), ("通俗性", "30", "1"), ("实用性", "30", "1")]),
        ("科学性占40%，通俗性占35%，文采占25%。", [("科学性", "100", "0.4"), ("通俗性", "100", "0.35"), ("文采", "100", "0.25")]),
        ("从主题契合度、内容充实度、创意新颖度三大维度综合打分。", [("主题契合度",
         None, None), ("内容充实度", None, None), ("创意新颖度", None, None)]),
        ("从科学、通俗两个方面打分。", [("科学", None, None), ("通俗", None, None)]),
        ("满分50分，立意20分、结构30分。", []), ("时长30分钟，超时扣2分。", []),
    ],
)  # fmt: skip
def test_criteria(line: str, criteria: list[tuple[str | None, ...]]) -> None:
    said = rounds("一、评审办法", "由评委打分评审。", line)
    path = "rounds.review.scheme.criteria"
    ids = dict.fromkeys(each.split(".")[4] for each in said if each.startswith(path))
    assert [
        tuple(said.get(f"{path}.{id}.{key}") for key in ("name", "max", "weight")) for id in ids
    ] == criteria


@pytest.mark.parametrize(
    ("line", "scheme"),
    [
        ("去掉一个最高分和一个最低分后取平均分，保留两位小数，四舍五入。",
         {"aggregate": "trimmed_mean", "drop_high": 1, "drop_low": 1, "rounding_places": 2, "rounding_mode": "half_up"}),
        ("去掉2个最高分、去掉2个最低分。", {"aggregate": "trimmed_mean", "drop_high": 2, "drop_low": 2}),
        ("取平均值为最后得分，精确到小数点后1位。", {"aggregate": "mean", "drop_high": 0, "drop_low": 0, "rounding_places": 1}),
        ("实行百分制。", {"total": "100"}), ("总分为50分。", {"total": "50"}),
        ("总分相同的，以“立意”得分高者优先；仍相同的，由评委会投票决定。", {"tie_break": ("criterion criterion_1", "committee")}),
        ("得分相同时，由组委会决定。", {"tie_break": ("committee",)}),
        ("得分相同的，专家平均分高者在前，再由评委会决定。", {}), ("得分相同的，加赛。", {}),
    ],
)  # fmt: skip
def test_how_marks_become_a_score(line: str, scheme: dict[str, object]) -> None:
    said = rounds("一、评审办法", "由评委打分评审，从立意、结构、表演三个方面打分。", line)
    path = "rounds.review.scheme."
    assert {
        each.removeprefix(path): value for each, value in said.items()
        if each.startswith(path) and "criteria" not in each
    } == scheme  # fmt: skip


def test_experts_and_audience_are_parts_of_one_score() -> None:
    shown = drafted(
        "一、评分", "由评委打分。大众评审31名。", "专家评委平均分占70%，大众评审平均分占30%。"
    )
    said = found(shown, "rounds", "review", "scheme", "components")
    path = "rounds.review.scheme.components"
    assert [said[f"{path}.{id}.{key}"] for id in ("experts", "audience") for key in ("of", "weight")] == [
        "marks", "70%", "panel audience", "30%",
    ]  # fmt: skip
    assert found(shown, "panels") == {
        "panels.audience.name": "大众评审",
        "panels.audience.judges": 31,
    }


def test_votes_are_left_to_a_person_and_that_is_said() -> None:
    shown = drafted(
        "一、评分",
        "由评委打分。",
        "网络投票结果占总评的20%。",
        "优秀组织奖按专家评分占70%、大众评分占30%。",
    )
    assert found(shown, "panels") == {}
    assert any("草稿没有把投票写成规则" in each for each in shown.remarks)


@pytest.mark.parametrize(
    ("line", "objections"),
    [
        ("结果公示5个工作日，异议须实名提出。", {"days": 5, "basis": "working", "real_name": "是"}),
        ("公示期为七天。", {"days": 7}), ("公示期不少于3个自然日。", {"days": 3, "basis": "calendar"}), ("结果将公示。", {}),
    ],
)  # fmt: skip
def test_objections(line: str, objections: dict[str, object]) -> None:
    said = found(drafted("一、公示", line), "objections")
    assert {path.partition(".")[2]: value for path, value in said.items()} == objections


def test_rounds_of_one_track_stand_under_its_name() -> None:
    said = rounds(
        "一、作品类别", "分为表演类、图文类。", "二、流程", "（一）表演类", "1.组织初评(6月)。专家打分。", "2.集中竞演(7月)。",
        "（二）图文类", "1.终评(7月)。", "三、组织", "成立大赛评委会。",
    )  # fmt: skip
    assert [said[f"rounds.{id}.tracks"] for id in ("preliminary_1", "live_2", "final_3")] == [
        ("track_1",), ("track_1",), ("track_2",),
    ]  # fmt: skip
    assert [said[f"rounds.{id}.input"] for id in ("preliminary_1", "live_2", "final_3")] == [
        "submission", "preliminary_1", "submission",
    ]  # fmt: skip
    assert said["rounds.live_2.panel"] == "大赛评委会"
