"""A rulebook in plain Chinese, answered or not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fengcai.core.rulebook import RulebookError, explain, no_answers
from fengcai.core.rulebook.saying import say
from tests.core.rulebook.samples import ANSWERS, BOOK, answers, book, changed, without

QUESTION = "  Q9: {ask: 问什么, cite: 六 问, blocks: judging, free: {a: 甲}}\n"


def told(text: str = BOOK, *, answered: bool = True) -> list[str]:
    given = answers() if answered else no_answers("film-2030")
    return [f"{each.section}|{each.text}" for each in explain(book(text), given)]


def test_every_rule_is_said_with_its_clause() -> None:
    rules = explain(book(), answers())
    assert [(each.section, str(each.cite), each.text, each.answer) for each in rules[:5]] == [
        (
            "活动",
            "文首“青院字”",
            "青山医院（青院字〔2030〕1号），2030 年 3 月 1 日：青山医院微电影征集。主题：青山常在",
            None,
        ),
        ("活动", "一“主办单位”", "主办：青山医院", None),
        ("活动", "八“联系人”", "联系方式：宣传科，0791-1", None),
        ("报送单位", "二“各科室”", "临床科室：必须报送", None),
        ("报送单位", "二“至少一件”", "每个单位至少 1 件，最多 3 件", None),
    ]
    assert [f"{each.section}|{each.text}" for each in rules[5:]] == [
        "报送单位|报送前须经单位负责人确认",
        "作品类别：微电影|征集微电影",
        "作品类别：微电影|创作方向至少选 1 个，最多 2 个：关怀、技艺",
        "作品类别：微电影|填写“片名”（必填），40 字以内",
        "作品类别：微电影|填写“体裁”（选填）",
        "作品类别：微电影|上传“正片” 1 个文件，.mp4 格式，每个不超过 500 MB",
        "作品类别：微电影|【强制】五分钟以内（时长应不超过 5 分钟）（系统检查）",
        "作品类别：微电影|【建议】画面干净（审核员查看）",
        "作品类别：微电影|【优先】短片；只在并列时参考（评委把握）",
        "作品要求|【强制】真实（审核员查看）",
        "承诺与授权|报送时由作者承诺：原创",
        (
            "时间|报送：2030 年 3 月 2 日 08:00 至 2030 年 4 月 30 日 17:00（含截止时刻），"
            "以服务器收到为准，逾期收下并注明，宽限 10 分钟。通知原文：4月30日17时前"
        ),
        (
            "时间|初评：2030 年 5 月 1 日 08:00 至 2030 年 5 月 10 日 24:00（不含截止时刻），"
            "以服务器收到为准，逾期不再受理。通知原文：5月上旬"
        ),
        "时间|终评：5月上旬",
        "命名|视频文件名写成“科室名称+微电影”，重名时加“-序号”",
        "评审|初评：由评委会评审报送的作品，每件至少 3 位评委，评委回避本单位作品",
        "评审|初评之后：前 10 件进入下一轮（以本类别为基数）",
        (
            "评审|满分 100 分，去高低分后平均：有效评分不少于 5 份时去掉 1 个最高分、1 个最低分，"
            "最后保留 2 位小数（四舍五入）；并列时依次看：故事、报送先后、评审委员会决定"
        ),
        "评审|故事：讲得好，0 至 60 分，每档 1 分，权重 1",
        "评审|画面，0 至 80 分，每档 0.5 分，权重 0.5",
        "评审|终评：由评委会评审初评入围的作品，每件至少 3 位评委，评委不因本单位作品回避",
        (
            "评审|满分 10 分，取各评委中位数，最后保留 1 位小数（四舍六入五成双）；"
            "并列时依次看：评审委员会决定"
        ),
        "评审|总体，0 至 10 分，每档 1 分，权重 1",
        "奖项|影片·金奖 1 名，每名 2000 元，按名次产生",
        "奖项|影片·银奖 2 名，每名 500 元，按名次产生",
        "奖项|发证书",
        "奖项|奖金共计 3000 元；奖项兼得：不可兼得；奖金发给：报送单位",
        "成果应用|科室：记入考核",
        "成果应用|展播渠道：官网；发稿费",
        "成果应用|择优推荐（最多 5 件）",
        "其他规定|不收费",
    ]


def test_what_is_open_is_said_to_be_open() -> None:
    rules = told(answered=False)
    assert "奖项|影片·银奖 待明确（Q2） 名，每名 500 元，按名次产生" in rules
    assert "成果应用|是否公示、公示几天待明确（Q3）" in rules
    assert rules[-3:] == [
        "待明确的问题|待明确 Q1：17 时整算不算？（须在开放报送前答复）",
        "待明确的问题|待明确 Q2：银奖几名？奖金给谁？（须在评奖前答复）",
        "待明确的问题|待明确 Q3：公示吗？（须在公布结果前答复）",
    ]
    assert [each.answer for each in explain(book(), no_answers("film-2030"))] == [None] * len(rules)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max: 3, cite", "max: 不限, cite", "报送单位|每个单位至少 1 件，件数不设上限"),
        ("max: 3, cite", "max: 3, consequence: 通报, cite",
         "报送单位|每个单位至少 1 件，最多 3 件；没有报送的：通报"),
        ("must_enter: 是, may_enter: 是", "must_enter: 否, may_enter: 是",
         "报送单位|临床科室：可以报送"),
        ("must_enter: 是, may_enter: 是", "must_enter: 否, may_enter: 否",
         "报送单位|临床科室：不报送"),
        ("must_enter: 是, may_enter: 是", "must_enter: 否, may_enter: 待明确 Q9",
         "报送单位|临床科室：能否报送待明确（Q9）"),
        ("required: 是, cite: 七 负责人", "required: 否, cite: 七 负责人",
         "报送单位|报送前不需要单位负责人确认"),
        ("required: 是, cite: 七 负责人", "required: 待明确 Q9, cite: 七 负责人",
         "报送单位|报送前是否须经单位负责人确认：待明确（Q9）"),
        ("max: 2\n", "max: 不限\n", "作品类别：微电影|创作方向至少选 1 个，个数不限：关怀、技艺"),
        ("required: 是, max_chars: 40", "required: 待明确 Q9",
         "作品类别：微电影|填写“片名”，是否必填待明确（Q9）"),
        ("        max: 1\n        accept", "        max: 3\n        accept",
         "作品类别：微电影|上传“正片” 1 至 3 个文件，.mp4 格式，每个不超过 500 MB"),
        ("500 MB", "4 GB", "作品类别：微电影|上传“正片” 1 个文件，.mp4 格式，每个不超过 4 GB"),
        ("500 MB", "5 KB", "作品类别：微电影|上传“正片” 1 个文件，.mp4 格式，每个不超过 5 KB"),
        ("        max_size: 500 MB\n", "", "作品类别：微电影|上传“正片” 1 个文件，.mp4 格式"),
        ("should: 画面干净,", "should: 画面干净, exception: 片头,",
         "作品类别：微电影|【建议】画面干净；例外：片头（审核员查看）"),
        ("predicate: duration <= 5min", "predicate: 待明确 Q9",
         "作品类别：微电影|【强制】五分钟以内（系统检查）"),
        ("must: 真实", "must: 待明确 Q9", "作品要求|【强制】待明确（Q9）（审核员查看）"),
        ("    grace: 10 分钟\n", "    begun_counts: 是\n",
         ("时间|报送：2030 年 3 月 2 日 08:00 至 2030 年 4 月 30 日 17:00（含截止时刻），以服务器收到为准，"
         "逾期收下并注明，截止前开始上传的算按时。通知原文：4月30日17时前")),
        ("    grace: 10 分钟\n", "    begun_counts: 否\n",
         ("时间|报送：2030 年 3 月 2 日 08:00 至 2030 年 4 月 30 日 17:00（含截止时刻），以服务器收到为准，"
         "逾期收下并注明，截止后才传完的不算按时。通知原文：4月30日17时前")),
        ("grace: 10 分钟", "grace: 0",
         ("时间|报送：2030 年 3 月 2 日 08:00 至 2030 年 4 月 30 日 17:00（含截止时刻），以服务器收到为准，"
         "逾期收下并注明，宽限 0 秒。通知原文：4月30日17时前")),
        ("    window: judging\n", "",
         ("时间|judging：2030 年 5 月 1 日 08:00 至 2030 年 5 月 10 日 24:00（不含截止时刻），"
         "以服务器收到为准，逾期不再受理。通知原文：5月上旬")),
        ("{by: top, number: 10, base: track, cite", "{by: ratio, number: 0.3, cite",
         "评审|初评之后：按 0.3 的比例进入下一轮"),
        ("{by: top, number: 10, base: track, cite", "{by: all, cite", "评审|初评之后：全部进入下一轮"),
        ("advance: {by: top, number: 10, base: track, cite: 六 前十}", "advance: 待明确 Q9",
         "评审|初评：由评委会评审报送的作品，每件至少 3 位评委，评委回避本单位作品，入围办法待明确（Q9）"),
        ("tie_break: [committee]", "tie_break: 待明确 Q9",
         "评审|满分 10 分，取各评委中位数，最后保留 1 位小数（四舍六入五成双）；并列时的办法待明确（Q9）"),
        ("money_each: 0.2 万元, ", "", "奖项|影片·金奖 1 名，按名次产生"),
        (", max: 5", "", "成果应用|择优推荐（件数不预设）"),
        (", royalty: 发稿费", "", "成果应用|展播渠道：官网"),
        ("publication: {channels: [官网], royalty: 发稿费, cite: 六 官网}", "publication: 待明确 Q9",
         "成果应用|展播待明确（Q9）"),
        ("      craft: {name: 技艺", "      craft: {name: 待明确 Q9",
         "作品类别：微电影|创作方向至少选 1 个，最多 2 个：关怀、待明确（Q9）"),
        ("units:\n", "mailbox: {address: a@example.cn, cite: 五 邮箱}\nunits:\n",
         "活动|报送邮箱：a@example.cn"),
        ("units:\n", "mailbox: 待明确 Q9\nunits:\n", "活动|报送邮箱待明确（Q9）"),
        ("  - {names: [宣传科], phone: 0791-1, cite: 八 联系人}",
         "  - 待明确 Q9\n  - {names: [院办], cite: 八 联系人}", "活动|联系方式：院办"),
        ("number: 青院字〔2030〕1号, ", "", "活动|青山医院，2030 年 3 月 1 日：青山医院微电影征集。主题：青山常在"),
    ],
)  # fmt: skip
def test_each_turn_of_phrase(old: str, new: str, said: str) -> None:
    text = changed(old, new)
    filled = ANSWERS
    given = answers(filled)
    rules = explain(book(text + QUESTION if "Q9" in text else text), given)
    assert said in [f"{each.section}|{each.text}" for each in rules]


def test_whole_parts_of_a_track_may_be_open() -> None:
    start, end = BOOK.index("    themes:\n"), BOOK.index("    slots:\n")
    text = BOOK[:start] + "    themes: 待明确 Q9\n    fields: 待明确 Q9\n" + BOOK[end:] + QUESTION
    assert "作品类别：微电影|征集微电影，创作方向待明确（Q9），填报内容待明确（Q9）" in told(text)


def test_a_slot_may_be_open() -> None:
    text = changed("    slots:\n", "    slots:\n      extra: 待明确 Q9\n") + QUESTION
    assert told(text).count("作品类别：微电影|还有要交的文件或填报内容待明确（Q9）") == 1


def test_silent_parts_are_not_mentioned() -> None:
    text = without(r"publication: .*")
    text = without(r"recommendation: .*", text)
    text = without(r"  certificate: .*", text)
    text = without(r"  head_confirmation: .*", text)
    text = without(r"  total: 3000 元", text)
    text = without(r"  recipient: .*", text)
    chapters = [each.split("|") for each in told(text)]
    assert [text for section, text in chapters if section == "成果应用"] == ["科室：记入考核"]
    assert ["奖项", "奖项兼得：不可兼得"] in chapters
    assert [text for section, text in chapters if section == "报送单位"] == [
        "临床科室：必须报送",
        "每个单位至少 1 件，最多 3 件",
    ]


def test_open_entries_and_notice_periods_are_said() -> None:
    text = (
        changed("  entries: {min: 1, max: 3, cite: 二 至少一件}", "  entries: 待明确 Q9") + QUESTION
    )
    assert "报送单位|还有哪些单位、怎样报送待明确（Q9）" in told(text)
    given = answers(changed("choice: none", "value: {days: 5, cite: 六 公布}", ANSWERS))
    rules = explain(book(), given)
    assert [each.answer for each in rules if each.text == "公布结果前公示 5 天，接受实名异议"] == [
        "Q3"
    ]


def test_an_answer_that_does_not_fit_cannot_be_explained() -> None:
    with pytest.raises(RulebookError, match="没有选项"):
        explain(book(), answers(changed("choice: two", "choice: three", ANSWERS)))


def test_single_values_are_said() -> None:
    assert [
        say(each) for each in (True, False, None, timedelta(hours=2), timedelta(seconds=90))
    ] == [
        "是",
        "否",
        "不限",
        "2 小时",
        "90 秒",
    ]
