"""Title, number, issuer, date, theme, organisers, contacts."""

from __future__ import annotations

import pytest

from tests.core.notice.notices import drafted, found


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("关于举办2030年青山医院短视频大赛的通知", "2030年青山医院短视频大赛"),
        ("青山医院关于开展“我们的故事”征文活动的通知", "“我们的故事”征文活动"),
        ("关于征集无烟海报作品的启事", "无烟海报作品征集"),
        ("关于公开征集健康漫画征集的公告", "健康漫画征集"),
        ("关于组织开展青年医师演讲比赛的通知", "青年医师演讲比赛"),
        ("青山杯摄影大赛征集令", "青山杯摄影大赛"),
    ],
)
def test_the_contest_is_named_by_the_title(title: str, name: str) -> None:
    assert drafted("一、主题", "青山", title=title).title == name


def test_a_text_without_a_title_says_so() -> None:
    from fengcai.core.notice import draft

    shown = draft("今天天气很好。", id="film-2030")
    assert shown.title == "（通知没有标题）"
    assert shown.remarks == ("没有找到通知的标题（“关于……的通知”一类），这份文件可能不是通知。",)


@pytest.mark.parametrize(
    "number", ["青医〔2030〕12号", "青医[2030]12号", "青医（2030）12号", "青医【2030】第12号"]
)
def test_document_numbers_in_every_bracket(number: str) -> None:
    said = found(drafted(number), "notice", "number")["notice.number"]
    assert said in {"青医〔2030〕12号", "青医〔2030〕第12号"}


@pytest.mark.parametrize(
    ("signed", "issuer", "issued"),
    [
        ("青山医院\n2030年3月1日", "青山医院", "2030-03-01"),
        ("青山医院\n二〇三〇年三月一日", "青山医院", "2030-03-01"),
        ("青山医院办公室\n2030年3月1日印发", None, "2030-03-01"),
    ],
)
def test_the_signature_tells_issuer_and_date(signed: str, issuer: str | None, issued: str) -> None:
    said = found(drafted("一、主题", "青山", "附件：报名表", signed=signed), "notice")
    assert (said.get("notice.issuer"), said["notice.issued"]) == (issuer, issued)


def test_a_letterhead_is_the_issuer_and_a_page_may_give_the_date() -> None:
    from fengcai.core.notice import draft

    text = "青山医院文件\n关于举办短视频大赛的通知\n见5-6版，4月1日起。\n青山新闻 2030-03-01 08:00\n一、主题\n青山常在"
    said = {".".join(each.path): each for each in draft(text, id="film-2030").proposals}
    assert said["notice.issuer"].value == "青山医院"
    assert (said["notice.issued"].value, said["notice.issued"].confidence) == ("2030-03-01", 0.8)
    assert said["notice.issued"].note == "页面上的日期，请与文件核对"


@pytest.mark.parametrize(
    ("lines", "theme"),
    [
        (("一、活动主题", "青山常在"), "青山常在"),
        (("一、大赛主题", "“青山常在”"), "青山常在"),
        (("一、背景", "本次大赛以“青山常在”为主题。"), "青山常在"),
        (("一、背景", "活动主题为“青山常在”，面向全院。"), "青山常在"),
        (("一、作品主题", "围绕检验项目；", "质量控制。"), None),
        (("一、作品主题", "围绕青山常在"), None),
    ],
)
def test_themes(lines: tuple[str, ...], theme: str | None) -> None:
    assert found(drafted(*lines), "theme").get("theme") == theme


def test_organisers_by_role_and_under_a_heading() -> None:
    said = drafted(
        "一、组织机构",
        "主办单位：青山医院、青山工会；协办：青山电视台和青山日报社。",
        "二、承办单位",
        "宣传科",
        "团委（办公室设在宣传科，负责联络）。",
    )
    pairs = [
        (found(said)[f"organisers.#{n}.role"], found(said)[f"organisers.#{n}.name"])
        for n in range(5)
    ]
    assert pairs == [
        ("主办", "青山医院"), ("主办", "青山工会"), ("协办", "青山电视台"), ("协办", "青山日报社"), ("承办", "宣传科"),
    ]  # fmt: skip


def test_who_decides_to_hold_it_is_the_host_when_nobody_is_named() -> None:
    said = found(drafted("经院务会研究，决定举办短视频大赛。"), "organisers")
    assert said == {"organisers.#0.role": "主办", "organisers.#0.name": "青山医院"}
    assert found(drafted("大赛开始了。"), "organisers") == {}


def test_hosts_stand_in_for_an_issuer_that_is_not_signed() -> None:
    said = drafted("一、组织", "主办单位：青山医院、绿水医院", signed="2030年3月1日印发")
    assert found(said, "notice")["notice.issuer"] == "青山医院、绿水医院"


@pytest.mark.parametrize(
    ("lines", "contacts"),
    [
        (("联系人：张三、李四", "联系电话：0791-8636266", "邮箱：a@b.cn"), [("张三", "李四"), "0791-8636266", "a@b.cn", None]),
        (("联系人：姜  珂",), [("姜珂",), None, None, None]),
        (("联系人：宣传科 张三 8217；",), [("张三",), "8217", None, "宣传科"]),
        (("联系人：张三（宣传科），电话 13800001111",), [("张三",), "13800001111", None, None]),
        (("咨询电话：400-800-1234", "联系人：张三"), [("张三",), "400-800-1234", None, None]),
        (("报名咨询:王  芳  027-87272208  18627020415",), [("王芳",), "027-87272208、18627020415", None, "报名咨询"]),
        (("邮箱：a@b.cn", "联系人：张三"), [("张三",), None, "a@b.cn", None]),
    ],
)  # fmt: skip
def test_contacts(lines: tuple[str, ...], contacts: list[object]) -> None:
    said = found(drafted("一、联系方式", *lines), "contacts")
    assert [
        said.get(f"contacts.#0.{key}") for key in ("names", "phone", "email", "scope")
    ] == contacts
    assert "contacts.#1.names" not in said


def test_people_of_several_offices_are_several_contacts() -> None:
    said = found(
        drafted(
            "一、联系方式",
            "联系人：宣传统战部 顾南 8217；工会 沈砚 8203",
            "传真：0791-8888888",
            "地址：行政楼300室",
        ),
        "contacts",
    )
    assert [said[f"contacts.#{n}.names"] for n in (0, 1)] == [("顾南",), ("沈砚",)]
    assert [said[f"contacts.#{n}.phone"] for n in (0, 1)] == ["8217", "8203"]
    assert "contacts.#2.names" not in said


def test_a_contact_in_the_rules_does_not_make_contacts_of_later_chapters() -> None:
    said = found(drafted("一、报名", "联系人：张三", "二、要求", "片长不超过300"), "contacts")
    assert said == {"contacts.#0.names": ("张三",)}


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (("报送邮箱：a@b.cn", "咨询邮箱：c@d.cn"), "a@b.cn"),
        (("将作品发送至组委会邮箱。", "电子邮箱：a@b.cn"), "a@b.cn"),
        (("将作品发送至组委会邮箱。", "邮箱：a@b.cn，备用 c@d.cn"), None),
        (("电子邮箱：a@b.cn",), None),
    ],
)
def test_the_address_that_works_go_to(lines: tuple[str, ...], address: str | None) -> None:
    assert found(drafted("一、报送", *lines), "mailbox").get("mailbox.address") == address
