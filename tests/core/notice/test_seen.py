"""Demands in words that an inspection can see: which predicate they get, and which get none."""

from __future__ import annotations

import pytest

from fengcai.core.notice.seen import hint, thoughts
from fengcai.core.rulebook import parse_predicate
from tests.core.notice.notices import drafted, found

CLEAN = "not noisy and not hum and not clipped"
NO_SELLING = "not contact_shown and not qr_code"


@pytest.mark.clause("J4", "J6", "J8", "H9")
@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("画面稳定无抖动", "not shaky"),
        ("镜头不得晃动", "not shaky"),
        ("画面清晰稳定", "not shaky and not blurred"),
        ("画面清晰、稳定，无明显抖动", "not shaky and not blurred"),
        ("曝光准确", "not badly_exposed"),
        ("画面无频闪", "not flashing"),
        ("无水印标识", "not watermark"),
        ("画面不得带有角标、水印", "not watermark"),
        ("不得出现任何平台标识", "not watermark"),
        ("录音清晰无杂音", CLEAN),
        ("声音清楚", CLEAN),
        ("无电流声和爆音", "not hum and not clipped"),
        ("声音不得失真", "not clipped"),
        ("建议添加规范中文字幕", "subtitles"),
        ("对白须配简体中文字幕", "subtitles"),
        ("画面稳定并配有字幕", "not shaky and subtitles"),
        ("不得夹杂商业宣传推广内容", NO_SELLING),
        ("不得含有商业广告", NO_SELLING),
        ("不得出现单位标识、二维码、作者姓名和联系方式", NO_SELLING),
        ("严禁出现二维码", "not qr_code"),
        ("病历资料、个人信息一律脱敏处理", "not personal_data"),
        ("须隐去患者姓名和住院号", "not personal_data"),
        ("不得泄露患者隐私", "not personal_data"),
    ],
)
def test_what_can_be_seen(text: str, predicate: str) -> None:
    assert hint(text, film=True, sounds=True) == predicate
    parse_predicate(predicate)


@pytest.mark.parametrize(
    "text",
    [
        "画面简洁大方、贴合主题",
        "不加字幕",
        "无字幕的不予受理",
        "片头须配字幕",
        "声音与字幕15分",
        "画面清晰度15分",
        "对画面稳定的作品，评委可以加分",
        "不得漏填联系方式",
        "须注明联系方式、二维码",
        "严格落实患者隐私保护相关规定",
        "水印除外的标识不得使用，预留空白除外",
        "不得侵犯第三人的肖像权、隐私权",
        "不得宣传具体药品和商业产品",
        "严禁虚假宣传、夸大表述",
        "稳定的团队",
    ],
)
def test_what_only_looks_like_it_gets_no_predicate(text: str) -> None:
    assert hint(text, film=True, sounds=True) is None


def test_a_recording_is_heard_and_not_looked_at() -> None:
    assert hint("画面稳定，录音清晰", film=False, sounds=True) == CLEAN
    assert hint("画面稳定，录音清晰", film=False, sounds=False) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("画面稳定无抖动、录音清晰无杂音、无水印", ["画面稳定无抖动", "录音清晰无杂音", "无水印"]),
        ("不得出现二维码、联系方式", ["不得出现二维码、联系方式"]),
        ("画面稳定", ["画面稳定"]),
    ],
)
def test_only_demands_that_stand_alone_are_taken_apart(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in thoughts(text, film=True, sounds=True)] == parts


def test_a_draft_hands_each_of_them_to_a_person_with_the_machines_hint() -> None:
    said = found(
        drafted("一、作品要求", "建议画面稳定、声音清晰；不得含有商业广告；须积极健康。"),
        "requirements",
    )
    assert said == {
        "requirements.demand_1.should": "建议画面稳定",
        "requirements.demand_1.checked_by": "human",
        "requirements.demand_1.predicate": "not shaky",
        "requirements.demand_2.should": "声音清晰",
        "requirements.demand_2.checked_by": "human",
        "requirements.demand_2.predicate": CLEAN,
        "requirements.demand_3.must": "不得含有商业广告",
        "requirements.demand_3.checked_by": "human",
        "requirements.demand_3.predicate": NO_SELLING,
        "requirements.demand_4.must": "须积极健康",
        "requirements.demand_4.checked_by": "human",
    }


def test_a_contest_of_posters_or_articles_gets_none() -> None:
    for title in ("关于征集青山医院海报作品的通知", "关于征集科普文章的通知"):
        said = found(
            drafted("一、作品要求", "不得出现二维码和联系方式。", title=title), "requirements"
        )
        assert not [path for path in said if path.endswith("predicate")]
