"""The grown language in Chinese: each family's sentences, answered and open."""

from __future__ import annotations

import re

import pytest

from fengcai.core.rulebook import explain, no_answers, parse
from tests.core.rulebook.samples import EXAMPLES, changed, example, first_options

NAMES = sorted(file.stem for file in EXAMPLES.glob("rulebooks/*.yaml"))
SAID = {
    "provincial-science-2026": [
        "届次：第六届",
        "设大赛组委会，由主办、承办的人员组成，负责统筹协调各阶段工作",
        "市（州）卫生健康委每家 6 至 20 件，并排出先后",
        "市（州）卫生健康委每家报“表演类”至少 1 件",
        "市（州）卫生健康委汇总县（市、区）卫生健康局、市级医疗卫生机构的作品，至多上报 20 件，"
        "不超过汇总件数的 20%（进一取整），排出先后上报",
        "怒坪县、高黎县可以不报送（年内承担巡诊任务）",
        "赛区：滇东赛区，包括曲平市、昭明市、文岭州，由曲平市卫生健康委承办，至多收 120 件",
        "征集舞台剧，属于表演类，没有另写的照表演类的要求",
        "与所依照的类别不同，改为：【强制】不超过 12 分钟（时长应不超过 12 分钟）（系统检查）",
        "赛区复评之后：前 20 件进入下一轮（以本赛区为基数），每个单位至多 2 件，另取 2 件替补",
        "省级决赛的出场次序抽签决定，每件限时 12 分钟，提问 2 分钟",
        "赛区复评成绩占 30%：赛区复评的成绩",
        "积分：受理的作品每件计 1 分，最多计 20 分",
        "积分：下属单位全部参与计 30 分",
        "公布结果前公示 5 个工作日，只接受实名异议，向组委会办公室提出",
    ],
    "short-video-vote-2026": [
        "原定 2026 年 6 月 20 日 18:00 截止，由 临卫发〔2026〕41号 延期",
        "填报“发布页面” 1 至 3 条链接，同时写明发布平台、发布日期、账号名称，附页面截图",
        "网络投票：以手机号识别投票人，每人每天至多 10 票，对同一作品每天至多 1 票，每人总共至多 50 票，"
        "按得票名次折算，满分 20 分，封顶 18 分，票数每日公布，出现异常票数的，经核实取消该作品投票得分，"
        "由大赛监督组认定",
        "按得票名次计分：第一名 20 分，往后每名少 0.5 分，最少 1 分",
        "人气奖·最佳人气奖 3 名，按得票产生，拍摄稳定器一台，按“网络投票”的得票",
    ],
    "speech-final-2026": [
        "总体印象，0 至 100 分，每档 1 分，权重 1，由大众评审打分",
        "大众评审平均分占 30%：大众评审的评分，取各评委平均分",
        "超时或不足：用时超过限时或不足最短用时的，每 15 秒扣 0.5 分，最多扣 4 分",
        "向海棠市健康科普大赛推荐，至多 2 件，从一等奖中产生",
    ],
    "innovation-cases-2026": [
        "一等奖：受理的作品的 5%，舍去小数，1 至 5 名",
        "优秀案例：85 分及以上、不满 95 分的",
        "达标奖·示范案例，按名次产生，合计 3000 元，由获奖者均分，可以空缺，与其他奖项可以兼得",
    ],
    "calligraphy-2026": [
        "送交“作品原件” 1 件实物，贴系统打印的标签，不退还，在“报送纸质材料”的时间内交，给评委看",
        "成人组：按 2026 年 9 月 1 日计算，18 至 59 周岁",
        "同一人作为作者在同一类别中最多参加 1 件",
        "等级奖·一等奖 1 名（每个类别、每个组别），按名次产生，湖笔套装，可以空缺",
        "图片文件名写成“类别-科室名称-作者-联系电话-作品名称”，重名时加“-序号”",
    ],
    "rural-stories-2026": [
        "“乡医故事”是必选的",
        "进入下一轮的作品中，主题“乡村振兴”的占 50% 以上",
        "逾期报送成片：每 1 天扣 2 分，最多扣 10 分",
    ],
}


@pytest.mark.parametrize("name", SAID)
def test_each_family_is_said_in_chinese(name: str) -> None:
    said = [each.text for each in explain(example(name), first_options(name))]
    assert [each for each in SAID[name] if each not in said] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name[:5] not in ("hubei", "jiang")])
def test_no_sentence_shows_a_code_of_the_language(name: str) -> None:
    plain = r"[a-z0-9.]+@[a-z0-9.-]+|\.[a-z0-9]+\b|innovation-cases-2025|\b(px|dpi|fps|mm|cm)\b"
    for answers in (no_answers(name), first_options(name)):
        for rule in explain(example(name), answers):
            rest = re.sub(plain, "", rule.text)
            assert not re.search(r"[a-z]{3,}|None", rest), rule.text
            assert rule.cite.words


def test_points_without_a_floor_say_none() -> None:
    text = (EXAMPLES / "rulebooks/short-video-vote-2026.yaml").read_text("utf-8")
    book = parse(changed(", floor: 1", "", text), name="book.yaml")
    said = [each.text for each in explain(book, no_answers(book.id))]
    assert "按得票名次计分：第一名 20 分，往后每名少 0.5 分" in said
