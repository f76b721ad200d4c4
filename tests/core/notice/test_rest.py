"""Naming, promises, publication, recommendation, terms; and that no sentence is lost."""

from __future__ import annotations

import pytest

from tests.core.notice.notices import NAMES, drafted, example, found, notice


@pytest.mark.parametrize(
    ("line", "targets", "words"),
    [
        ("邮件主题、视频文件名统一格式为“科室名称+青山大赛”。", ("mail_subject", "video_filename"), "科室名称+青山大赛"),
        ("作品文件名统一为“单位-组别-片名”，例如“护理-学生组-夜班”。", ("filename",), "单位-组别-片名"),
        ("预览图命名为“组别+序号”。", ("image_filename",), "组别+序号"),
        ("演示文稿命名为“编号-题目”。", ("document_filename",), "编号-题目"),
        ("统一格式为“甲+乙”。", None, None),
    ],
)  # fmt: skip
def test_naming(line: str, targets: tuple[str, ...] | None, words: str | None) -> None:
    said = found(drafted("一、命名", line), "naming")
    assert (said.get("naming.#0.applies_to"), said.get("naming.#0.words")) == (targets, words)
    assert "naming.#1.words" not in said


@pytest.mark.parametrize(
    ("line", "promises"),
    [
        ("由此产生的版权纠纷由报送科室自行承担。", {"liability": "unit"}),
         ("作品产生侵权，因此引起的一切责任由作者承担。", {"liability": "author"}),
        ("如有侵权，由此产生的后果由作者和推荐单位共同承担法律责任。", {"liability": "author", "liability_unit": "unit"}),
        ("出镜患者须签署知情同意书。", {"consent": "author"}), ("各参赛单位对作品的科学性负责。",
         {"science": "unit"}), ("对内容的科学性予以负责。", {"science": "unit"}),
        ("主办单位有权将参赛作品用于公益宣传。", {"licence": "author"}),
        ("评委秉持公平、公正、公开原则评审。", {"impartial": "judge"}), ("评委对打分产生的后果承担责任，发生纠纷由组委会负责。", {}),
    ],
)  # fmt: skip
def test_promises(line: str, promises: dict[str, str]) -> None:
    said = found(drafted("一、其他事项", line), "declarations")
    assert {
        path.split(".")[1]: value for path, value in said.items() if path.endswith("signatory")
    } == promises


def test_consent_is_the_units_to_give_where_units_enter() -> None:
    said = found(
        drafted("一、对象", "各学院均可参加。", "二、其他", "须签署知情同意书。"), "declarations"
    )
    assert said["declarations.consent.signatory"] == "unit"


@pytest.mark.parametrize(
    ("lines", "channels"),
    [
        (("优秀作品将在医院官方微信公众号、视频号、官网和候诊区大屏展播。",), ("官方微信公众号", "视频号", "官网", "候诊区大屏")),
        (("优秀作品将在日报、电视台陆续刊发。",), ("日报", "电视台")),
        (("作品用于教学、展映和公益宣传。",), None), (("优秀作品在官网展示。",), None),
        (("优秀作品将在食堂、走廊展出。",), None), (("作品需已在网站、公众号发布。",), None), (("决赛在报告厅、大屏播放。",), None),
    ],
)  # fmt: skip
def test_where_works_are_shown(lines: tuple[str, ...], channels: tuple[str, ...] | None) -> None:
    assert (
        found(drafted("一、成果运用", *lines), "publication").get("publication.channels")
        == channels
    )


def test_only_the_first_list_of_channels_counts_and_fees_belong_to_it() -> None:
    lines = (
        "优秀作品将在官网、视频号展播。",
        "精品在日报、电视台播出。",
        "播发的作品将按标准核发稿费。",
    )
    said = found(drafted("一、成果运用", *lines), "publication")
    assert said == {
        "publication.channels": ("官网", "视频号"), "publication.royalty": "播发的作品将按标准核发稿费",
    }  # fmt: skip
    assert found(drafted("一、成果运用", "播发的作品将按标准核发稿费。"), "publication") == {}


def test_recommendation_and_recognition() -> None:
    shown = drafted(
        "一、成果",
        "择优推荐不超过10件作品参加省赛。",
        "获奖科室在考核中予以认定。",
        "获奖情况记入档案。",
        "在年度考核中作为参考。",
    )
    assert found(shown, "recommendation") == {
        "recommendation.text": "择优推荐不超过10件作品参加省赛", "recommendation.max": 10,
    }  # fmt: skip
    said = found(shown, "recognition")
    assert [said[f"recognition.#{n}.to"] for n in range(3)] == ["获奖科室", "获奖情况", "获奖者"]
    assert said["recognition.#0.text"] == "在考核中予以认定"
    assert "recommendation.max" not in found(
        drafted("一、成果", "获奖作品择优向省赛推荐。"), "recommendation"
    )


def test_terms_that_entrants_are_shown() -> None:
    said = found(
        drafted(
            "一、其他",
            "参赛不收取任何费用，材料不予退还，最终解释权归主办方。",
            "各科室指定专人负责。",
            "具体安排，另行通知。",
            "并现场颁奖。",
            "奖状很好看。",
        ),
        "terms",
    )
    assert {path.split(".")[1]: value for path, value in said.items()} == {
        "no_fee": "参赛不收取任何费用", "no_return": "材料不予退还", "interpretation": "最终解释权归主办方",
        "liaison": "各科室指定专人负责", "later": "具体安排，另行通知", "ceremony": "并现场颁奖", "term_1": "奖状很好看",
    }  # fmt: skip


def test_principles_are_shown_by_their_name() -> None:
    said = found(
        drafted(
            "一、总体原则",
            "全域覆盖，全员参与：各科室报送作品。",
            "公开原则，人人有份。",
            "其他说明。",
        ),
        "terms",
    )
    assert [said["terms.principle_1.text"], said["terms.principle_2.text"]] == [
        "全域覆盖，全员参与",
        "公开原则",
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("现将有关事项通知如下：", "引出下文"), ("为丰富文化生活，决定办赛。", "活动目的，不含可执行的要求"),
        ("根据省里的赛事安排，本赛如期进行。", "活动由来，不含可执行的要求"), ("各单位要高度重视。", "动员要求，不含可执行的要求"),
        ("让更多知识走进大众视野。", "指导思想，不含可执行的要求"), ("责任编辑 张三", "页面上的栏目文字，不属于通知"),
    ],
)  # fmt: skip
def test_sentences_that_set_no_rule_say_why(line: str, why: str) -> None:
    said = found(drafted(line), "background")
    assert why in said.values()


def test_forms_signatures_and_lists_set_no_rule_either() -> None:
    from fengcai.core.notice import draft

    text = (
        notice("一、流程", "（一）公示。", "二、联系方式", "地址：行政楼。", "附件：1.报名表")
        + "\n附件1\n报名表\n姓名｜\n附件2\n一、总则\n说明很长。"
    )
    shown = draft(text, id="film-2030")
    whys = {
        shown.sentences[each.sentence].text: each.value
        for each in shown.proposals
        if each.path[0] == "background"
    }
    assert whys["（一）公示。"] == "小标题"
    assert whys["地址：行政楼。"] == "联系方式的其他内容"
    assert whys["附件：1.报名表"] == "附件名称"
    assert whys["姓名｜"] == "附件里的表格或文书，供填写用"
    assert whys["各科室："] == "主送单位"
    assert found(shown, "terms") == {"terms.term_1.text": "说明很长"}


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_of_an_example_is_lost(name: str) -> None:
    shown = example(name)
    used = {each.sentence for each in shown.proposals}
    assert [
        each.text for each in shown.sentences if not each.heading and each.index not in used
    ] == []
