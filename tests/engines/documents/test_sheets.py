"""Access cards and lists, read back from their PDFs."""

from __future__ import annotations

import datetime as dt

import pytest

from fengcai.engines.documents import AccessRow, UncoveredCharacter, access_sheet, listing, qr
from tests.engines.documents import reading

ISSUED = dt.datetime(2026, 4, 2, 1, 30, tzinfo=dt.UTC)
EXPIRES = dt.datetime(2026, 4, 30, 9, 0, tzinfo=dt.UTC)


@pytest.mark.clause("U1")
def test_every_card_has_its_own_code_in_order() -> None:
    rows = [
        AccessRow(
            "心血管内科", f"联络员{n}", f"https://fengcai.example/in/{n:02d}-aB3_xYz~Q", EXPIRES
        )
        for n in range(11)
    ]
    pdf = access_sheet("“一科一风采”入口卡", rows, issued=ISSUED)
    assert reading.sizes(pdf) == [(210, 297), (210, 297)]
    assert reading.codes(pdf) == [row.url for row in rows]
    text = reading.words(pdf)
    for row in rows:
        assert row.url in text
        assert row.post in text
    assert text.count("有效期至2026年4月30日17:00") == 11
    assert "共11张·打印于2026年4月2日09:30" in text
    assert "请勿拍照转发" in text
    assert "第2页，共2页" in text


def test_a_long_unit_and_a_long_link_stay_on_their_card() -> None:
    url = "https://fengcai.hospital.example/in/" + "k7Jq2mXv9Rt4Lp8sWz" * 8
    pdf = access_sheet(
        "入口卡",
        [("脾胃病科（消化内科）与内镜诊疗中心", "负责人", url, EXPIRES)] * 8,
        issued=ISSUED,
    )
    assert len(reading.sizes(pdf)) == 1
    assert reading.codes(pdf) == [url] * 8


def test_a_sheet_refuses_what_it_cannot_print() -> None:
    with pytest.raises(UncoveredCharacter, match="第 1 张入口卡的单位或岗位中的“𠮷”"):
        access_sheet("入口卡", [("𠮷科", "", "https://a.example/", EXPIRES)], issued=ISSUED)
    with pytest.raises(ValueError, match="名单是空的"):
        access_sheet("入口卡", [], issued=ISSUED)
    with pytest.raises(ValueError, match="time zone"):
        access_sheet(
            "入口卡", [("科", "", "https://a.example/", dt.datetime(2026, 4, 30))], issued=ISSUED
        )


@pytest.mark.clause("J17")
def test_a_list_repeats_its_heading_and_counts_its_pages() -> None:
    rows = [[str(n), "三等奖", f"作品{n}", "张𬭎"] for n in range(1, 51)]
    pdf = listing(
        "获奖名单",
        ["名次", "奖项", "作品", "作者"],
        rows,
        dated=dt.date(2026, 6, 1),
        issuer="某某医院",
        notes=["同分按作品质量分先后。"],
        signatures=["主任", "监票人"],
        widths=[1, 2, 5, 2],
    )
    text = reading.words(pdf)
    pages = len(reading.sizes(pdf))
    assert pages == 2
    assert text.count("名次奖项作品作者") == pages
    assert f"第{pages}页，共{pages}页" in text
    assert text.count("张𬭎") == 50
    assert "同分按作品质量分先后。" in text
    assert "主任：监票人：" in text
    assert "某某医院2026年6月1日" in text


def test_a_list_refuses_ragged_rows_and_unprintable_names() -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells, not 2"):
        listing("名单", ["甲", "乙"], [["1", "2"], ["3"]], dated=dt.date(2026, 6, 1))
    with pytest.raises(UncoveredCharacter, match="名单第 1 行中的“𠮷”"):
        listing("名单", ["甲"], [["𠮷"]], dated=dt.date(2026, 6, 1))
    with pytest.raises(ValueError, match="one width for each"):
        listing("名单", ["甲"], [], dated=dt.date(2026, 6, 1), widths=[1, 2])


def test_qr_codes_refuse_nothing_and_too_much() -> None:
    assert qr.svg("https://a.example/").startswith(b"<svg")
    with pytest.raises(ValueError, match="needs a text"):
        qr.svg("")
    with pytest.raises(ValueError, match="does not fit"):
        qr.svg("x" * 4000)
