"""Certificates read back from their PDFs: every name, the number, the code, the embedded fonts."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from fengcai.engines.documents import (
    CertificateData,
    DocumentTooLong,
    FontsMissing,
    UncoveredCharacter,
    certificate,
    certificates,
    fonts,
)
from tests.engines.documents import reading

PLAIN = CertificateData(
    number="FC-2026-0001",
    contest_title="“一科一风采，仁心耀省中”视频作品创作展播活动",
    award="一等奖",
    group="专科建设类",
    work_title="凌晨四点的药房",
    unit="心血管内科",
    recipients=("甲一鸣", "乙二白"),
    issuer="江西中医药大学附属医院",
    issued=dt.date(2026, 6, 1),
    verify_url="https://fengcai.example/verify/FC-2026-0001-7Q2M",
    document_number="附院字〔2026〕34号",
)

RARE = "𬭎㛃䶮𫖯𬀩喆堃镕犇"


@pytest.mark.clause("J17")
def test_a_certificate_says_all_it_was_given() -> None:
    pdf = certificate(PLAIN)
    assert reading.sizes(pdf) == [(297, 210)]
    assert reading.words(pdf) == (
        "荣誉证书"
        "心血管内科甲一鸣、乙二白："
        "作品《凌晨四点的药房》在“一科一风采，仁心耀省中”视频作品创作展播活动（专科建设类）中荣获"
        "一等奖"
        "特发此证，以资鼓励。"
        "扫码验证证书编号：FC-2026-0001依据：附院字〔2026〕34号"
        "江西中医药大学附属医院二〇二六年六月一日"
    )


@pytest.mark.clause("J17")
def test_the_code_leads_to_the_verification_page() -> None:
    assert reading.codes(certificate(PLAIN)) == ["https://fengcai.example/verify/FC-2026-0001-7Q2M"]


def test_only_our_fonts_are_used_and_all_are_embedded() -> None:
    assert reading.fonts(certificate(PLAIN)) == {
        "MaShanZheng-Regular": True,
        "NotoSansSC-Regular": True,
        "NotoSerifSC-Bold": True,
        "NotoSerifSC-Regular": True,
    }


@pytest.mark.parametrize("name", [*RARE, "欧阳" + RARE])
def test_rare_names_are_printed_with_their_own_glyphs(name: str) -> None:
    data = dataclasses.replace(PLAIN, recipients=(name,), work_title=f"{name}的一天")
    pdf = certificate(data)
    assert reading.words(pdf).count(name) == 2
    for face in ("serif", "serif-bold", "sans", "sans-bold"):
        assert fonts.missing(name, face) == ()


def test_every_character_of_gbk_can_be_printed() -> None:
    """GBK's 20 902 unified ideographs, from Python's own codec."""
    letters = [
        char
        for lead in range(0x81, 0xFF)
        for trail in range(0x40, 0xFF)
        if (char := bytes([lead, trail]).decode("gbk", "ignore")) and "\u4e00" <= char <= "\u9fff"
    ]
    assert len(letters) == 20_902
    for face in ("serif", "sans"):
        assert fonts.missing("".join(letters), face) == ()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"recipients": ("王𠮷", "李𠮷")}, "证书 FC-2026-0001 的获奖人中的“𠮷”（U+20BB7）"),
        ({"unit": "𠮷科"}, "证书 FC-2026-0001 的获奖单位中的“𠮷”（U+20BB7）"),
        ({"work_title": "笑😀了"}, "证书 FC-2026-0001 的作品或活动名称中的“😀”（U+1F600）"),
        ({"issuer": "医院\x07"}, "证书 FC-2026-0001 的颁发单位中的“\x07”（U+0007）"),
        ({"award": "奖\ue000"}, "证书 FC-2026-0001 的奖项中的“\ue000”（U+E000）"),
    ],
)
def test_a_character_without_a_glyph_is_named_not_boxed(
    change: dict[str, object], where: str
) -> None:
    with pytest.raises(UncoveredCharacter) as refusal:
        certificate(dataclasses.replace(PLAIN, **change))
    assert str(refusal.value).startswith(
        where + "在证书字库里没有字形，为免印成空框，没有生成文件。"
    )


def test_one_fault_in_a_batch_makes_nothing() -> None:
    faulty = dataclasses.replace(PLAIN, number="FC-2026-0002", recipients=("王𠮷",))
    with pytest.raises(UncoveredCharacter, match="FC-2026-0002"):
        certificates([PLAIN, faulty])


def test_invisible_marks_are_dropped_and_compatibility_forms_kept() -> None:
    assert fonts.normalise(" 王\u200b明\ufeff \u3000李\U000e0100四 ") == "王明 李四"
    assert fonts.normalise("Jose\u0301") == "José"
    assert fonts.normalise("凞\uf9a8") == "凞\uf9a8"


@pytest.mark.parametrize(
    "hostile",
    [
        "#panic(1)",
        "*粗*_斜_`码`",
        "$x^2$ @ref <label> \\",
        '#sys.inputs "; let',
        "= 标题",
        "[#image(1)]",
        "https://a.example//b",
    ],
)
def test_words_are_never_taken_for_markup(hostile: str) -> None:
    data = dataclasses.replace(PLAIN, work_title=hostile, recipients=(hostile,), unit=hostile)
    text = reading.words(certificate(data))
    squeezed = "".join(hostile.split())
    # typst sets straight quotes as they come; it may not set words as anything else.
    assert text.count(squeezed) == 3


def test_long_titles_and_many_people_stay_on_one_page() -> None:
    people = tuple(f"获奖者{n:02d}" for n in range(40))
    data = dataclasses.replace(
        PLAIN,
        unit="脾胃病科（消化内科）与内镜诊疗中心联合创作组",
        recipients=people,
        work_title="从一根银针到一座城市的守望：" * 5,
    )
    pdf = certificate(data)
    assert reading.sizes(pdf) == [(297, 210)]
    text = reading.words(pdf)
    assert "、".join(people) + "：" in text
    assert text.count("从一根银针到一座城市的守望：") == 5
    assert reading.codes(pdf) == [PLAIN.verify_url]


def test_what_cannot_fit_is_refused() -> None:
    data = dataclasses.replace(PLAIN, recipients=tuple(f"获奖者{n:04d}" for n in range(900)))
    with pytest.raises(DocumentTooLong) as refusal:
        certificate(data)
    assert str(refusal.value) == (
        "证书 FC-2026-0001 的文字太多，缩到最小字号也排不进一页，没有生成。"
        "请把获奖人员或作品名称写短一些。"
    )


def test_an_award_to_a_unit_needs_neither_work_nor_people() -> None:
    data = dataclasses.replace(PLAIN, work_title="", recipients=(), group="", award="优秀组织奖")
    assert (
        "心血管内科：在“一科一风采，仁心耀省中”视频作品创作展播活动中荣获优秀组织奖特发此证"
        in reading.words(certificate(data))
    )


def test_a_demo_certificate_says_so_twice() -> None:
    text = reading.words(certificate(dataclasses.replace(PLAIN, demo=True)))
    assert text.startswith("演示")
    assert "演示证书，不具证明效力" in text
    assert "演示" not in reading.words(certificate(PLAIN))


def test_what_is_missing_is_named() -> None:
    data = dataclasses.replace(PLAIN, award=" ", unit="", recipients=("\u200b",), verify_url="")
    with pytest.raises(
        ValueError, match="证书 FC-2026-0001 缺少奖项、验证网址、获奖单位或获奖人"
    ) as _:
        certificate(data)


def test_the_same_data_gives_the_same_bytes() -> None:
    assert certificate(PLAIN) == certificate(dataclasses.replace(PLAIN))


@pytest.mark.parametrize(
    ("accent", "ink"),
    [("ganhong", "#9c2a21"), ("#123456", "#123456"), ("unknown", "#2b4c66"), ("#12", "#2b4c66")],
)
def test_the_accent_is_a_token_or_a_colour(accent: str, ink: str) -> None:
    assert certificate(dataclasses.replace(PLAIN, accent=accent)) == certificate(
        dataclasses.replace(PLAIN, accent=ink)
    )


def test_missing_fonts_say_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(fonts, "DIRECTORY", tmp_path)
    assert not fonts.installed()
    with pytest.raises(FontsMissing, match=r"缺少证书字体 NotoSerifSC-Regular\.ttf。.*install\.py"):
        fonts.path("serif")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 4, 10), "二〇二六年四月十日"),
        (dt.date(2030, 10, 11), "二〇三〇年十月十一日"),
        (dt.date(1999, 12, 20), "一九九九年十二月二十日"),
        (dt.date(2026, 1, 31), "二〇二六年一月三十一日"),
    ],
)
def test_dates_are_written_out(day: dt.date, words: str) -> None:
    assert words in reading.words(certificate(dataclasses.replace(PLAIN, issued=day)))
