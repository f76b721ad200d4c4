"""Links to large files in the shapes in which the providers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.engines.mailbox import LargeFile, provider_of, read
from fengcai.engines.mailbox.large_files import large_files
from tests.engines.mailbox.writing import mail, multipart, text_part

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]

QQ = "http://mail.qq.com/cgi-bin/ftnExs_download?k={}&t=exs_ftn_download&code=e6a11ae7"
NETEASE = (
    "https://mail.163.com/large-attachment-download/index.html"
    "?p=X-NETEASE-HUGE-ATTACHMENT&file={}&title=%E6%8A%95%E7%A8%BF"
)
FTN = "https://wx.mail.qq.com/ftn/download?func=3&key={}&code=bffa6c29"
CLOUD = "https://download.cloud.189.cn/file/downloadFile.action?dt=51&expired=1798379940000&ufi=12&sig=x%3D"
SINA = "https://mail.sina.com.cn/filecenter/download.php?id={}"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def qq_block(name: str, size: str, until: str, key: str, stamp: str) -> str:
    link = QQ.format(key).replace("&", "&amp;")
    return (
        '<div style="padding:10px 0;font-size:12px;">'
        f'<div title="{name}&#10;&#13;文件大小：{size}&#10;&#13;到期时间：{until}" class="bigatt_bt">'
        f'<div style="float:left"><a target="_blank" href="{link}"><img src="x.gif"/></a></div>'
        f'<div class="name_big" ><span class=\'qqmailbgattach\' expiretime="{stamp}" downloadlink="{link}">'
        f'<a style="color:#000" target="_blank" href="{link}">{name}</a>'
        f'<span style="color:#A0A0A0;"> ({size}, {until})</span></span>'
        f'<div class="down_big"><a target="_blank" href="{link}">查看下载信息</a>'
        f'<span style="display:none;">：{link}</span></div></div></div></div>'
    )


def netease_block(name: str, size: str, until: str, key: str, attributes: str = "") -> str:
    link = NETEASE.format(key).replace("&", "&amp;")
    preview = f"http://fs.163.com/fs/preview/?file={key}&amp;title=x"
    return (
        '<div style="clear:both;height:36px;padding:6px 4px"><div style="float:left;width:36px">'
        f'<a href="{link}"><img src="x.gif" border="0"></a></div><div><div style="padding:0px">'
        f'<a href="{link}" download="{link}" preview="{preview}" {attributes} target="_blank">{name}</a>'
        f'<span style="color:#bbb"> ({size}, {until})</span></div><div style="padding:4px 0px">'
        f'<a href="{preview}">在线预览</a> | <a href="{link}">下载</a></div></div></div>'
    )


def test_qq_in_plain_text() -> None:
    text = (
        "各位老师好（终稿）。\n\n从QQ邮箱发来的超大附件\n\n"
        f"心内科(1)作品.mp4 (128.03M, 2026年11月27日 21:59 到期)进入下载页面：{QQ.format('7d36')}\n"
        f"急诊科.zip (1.2G, 无限期)\n进入下载页面：{QQ.format('7d37')}"
    )
    assert large_files(text, []) == [
        LargeFile(
            "qq", "心内科(1)作品.mp4", 134_249_185, at(2026, 11, 27, 13, 59), QQ.format("7d36")
        ),
        LargeFile("qq", "急诊科.zip", 1_288_490_188, None, QQ.format("7d37"), lasting=True),
    ]


def test_qq_in_a_page() -> None:
    page = (
        "<div>从QQ邮箱发来的超大附件</div>"
        + qq_block("心内科 作品.mp4", "128.03M", "2026年12月27日 21:59", "aa", "1798379940")
        + qq_block("急诊科(终稿).zip", "3.5G", "无限期", "bb", "-1")
    )
    assert large_files("", [page]) == [
        LargeFile("qq", "心内科 作品.mp4", 134_249_185, at(2026, 12, 27, 13, 59), QQ.format("aa")),
        LargeFile("qq", "急诊科(终稿).zip", 3_758_096_384, None, QQ.format("bb"), lasting=True),
    ]


def test_qq_by_its_newer_address() -> None:
    page = (
        f'<div><a href="{FTN.format("9d")}">急诊科普.mp4</a>'
        "<div>260.5M · 2026年12月20日 10:00 到期</div></div>"
    )
    assert large_files("", [page]) == [
        LargeFile("qq", "急诊科普.mp4", 273_154_048, at(2026, 12, 20, 2, 0), FTN.format("9d"))
    ]


def test_netease_with_its_attributes() -> None:
    told = 'filename="B205-DuPont line.mp4" filesize="2881646" expiretime="1669354528730"'
    page = (
        '<div id="divNeteaseBigAttach"><b>从网易163邮箱发来的超大附件</b>'
        + netease_block("B205-DuPont line.mp4", "2.75M", "2022年11月25日 13:35 到期", "Sy2", told)
        + netease_block("心内科.mp4", "17.49M", "2026年12月1日 13:35 到期", "Sy3")
        + "</div>"
    )
    assert large_files("", [page]) == [
        LargeFile("netease", "B205-DuPont line.mp4", 2_881_646, at(2022, 11, 25, 5, 35, 28),
                  NETEASE.format("Sy2")),
        LargeFile("netease", "心内科.mp4", 18_339_594, at(2026, 12, 1, 5, 35), NETEASE.format("Sy3")),
    ]  # fmt: skip


def test_netease_for_companies() -> None:
    link = "https://edisk.qiye.163.com/api/biz/attachment/download?identity=e7bb&amp;title=%E4"
    page = (
        f'<div><b>从网易企业邮箱发来的云附件</b></div><div><a href="{link}"><img title="云附件"></a></div>'
        f'<div><a href="{link}" download="{link}">工具对比.docx</a></div>'
        "<div>20.49K&nbsp;|&nbsp;过期时间：2026年8月4日 23:48</div>"
    )
    plain = link.replace("&amp;", "&")
    assert large_files("", [page]) == [
        LargeFile("netease", "工具对比.docx", 20_981, at(2026, 8, 4, 15, 48), plain)
    ]
    named = f'<a href="{link}" file-name="工具对比.docx" file-size="20977" expired="1722786486117">下载</a>'
    assert large_files("", [page + named]) == [
        LargeFile("netease", "工具对比.docx", 20_977, at(2024, 8, 4, 15, 48, 6), plain)
    ]


def test_sina_says_the_expiry_once_for_all() -> None:
    page = (
        '<div id="att_container"><div>2个附件(来自中转站，有效时间到：2026-12-05 10:22:33)</div>'
        f'<div><span>讲解(终稿).pptx(12.5M)</span> <a href="{SINA.format("abc")}">下载</a></div>'
        f'<div><span>作品.mp4(1.5G)</span> <a href="{SINA.format("abd")}">下载</a></div></div>'
    )
    until = at(2026, 12, 5, 2, 22, 33)
    assert large_files("", [page]) == [
        LargeFile("sina", "讲解(终稿).pptx", 13_107_200, until, SINA.format("abc")),
        LargeFile("sina", "作品.mp4", 1_610_612_736, until, SINA.format("abd")),
    ]


def test_189_says_expiry_in_the_link_and_size_beside_it() -> None:
    page = f'<div><a href="{CLOUD}" alt="急救.mp4(52428800)">急救.mp4</a></div>'
    assert large_files("", [page]) == [
        LargeFile("189", "急救.mp4", 52_428_800, at(2026, 12, 27, 13, 59), CLOUD)
    ]


def test_a_bare_link_is_a_file_without_a_name() -> None:
    assert large_files(f"看这里 {FTN.format('k')} 谢谢", []) == [
        LargeFile("qq", "未写明文件名", None, None, FTN.format("k"))
    ]


def test_text_and_page_tell_of_the_same_file_once() -> None:
    page = qq_block("作品.mp4", "1M", "2026年12月27日 21:59", "aa", "1798379940")
    text = f"从QQ邮箱发来的超大附件\n{QQ.format('aa')}"
    both = multipart(
        text_part(text), text_part(page, kind="html"), kind="alternative", boundary="x"
    )
    with read(mail(both)) as letter:
        assert letter.links == (
            LargeFile("qq", "作品.mp4", 1_048_576, at(2026, 12, 27, 13, 59), QQ.format("aa")),
        )


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.qq.com.evil.example/cgi-bin/ftnExs_download?k=1",
        "http://mail.qq.com@evil.example/cgi-bin/ftnExs_download?k=1",
        "http://evil.example/?u=http://mail.qq.com/cgi-bin/ftnExs_download?k=1",
        "http://mail.qq.com\\@evil.example/cgi-bin/ftnExs_download?k=1",
        "http://notmail.qq.com/cgi-bin/ftnExs_download?k=1",
        "javascript:location='http://mail.qq.com/cgi-bin/ftnExs_download'",
        "file:///cgi-bin/ftnExs_download",
        "http://mail.qq.com/cgi-bin/readmail?k=1",
        "http://mail.qq.com/cgi-bin/ftnExs_download?k=" + "1" * 3_000,
        "http://[::1/cgi-bin/ftnExs_download",
        "https://mail.163.com/js6/main.jsp",
        "http://fs.163.com/fs/preview/?file=1",
    ],
)
def test_addresses_that_only_look_like_it(url: str) -> None:
    assert provider_of(url) is None
    assert large_files("", [f'<a href="{url}">作品.mp4</a>']) == []


def test_a_date_that_is_none_and_a_size_that_is_none() -> None:
    text = f"a.mp4 (1.2.3M, 2026年13月41日 21:59 到期) {QQ.format('a')}"
    assert large_files(text, []) == [LargeFile("qq", "a.mp4", None, None, QQ.format("a"))]


@given(st.text(alphabet="<>\"'=/ahref()，,到期 1M\n" + QQ[:12], max_size=300))
def test_no_page_is_an_error(noise: str) -> None:
    large_files(noise + QQ.format("a") + noise, [noise + f'<a href="{QQ.format("b")}"' + noise])
