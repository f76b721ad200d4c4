"""A letter with a GBK subject and a QQ large-attachment link, from a real mailbox to the unit's work:
read from Dovecot, answered through exim, opened on a phone, sent, taken in."""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from fengcai.samples.cast import PASSWORD
from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor
from tooling.servers import dovecot, exim

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.intake,
    pytest.mark.clause("J12", "B8"),
]

SLUG, UNIT = "yike-by-mail", "针灸科"
BOX, CODE = "bao@hospital.test", "authorisation-code"
SENDER = "li@department.test"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def post() -> Iterator[tuple[dovecot.Dovecot, exim.Exim]]:
    with (
        tempfile.TemporaryDirectory(prefix="letter-") as folder,
        dovecot.running(Path(folder) / "in") as box,
        exim.running(Path(folder) / "out") as out,
    ):
        box.add(BOX, CODE)
        yield box, out


@pytest.fixture(scope="module")
def office(
    browser: Browser,
    post: tuple[dovecot.Dovecot, exim.Exim],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Premises]:
    box, out = post
    here = Premises(
        tmp_path_factory.mktemp("letter"),
        FENGCAI_MAILBOX_CA=str(box.certificate),
        FENGCAI_MAIL_URL=f"smtp+plain://127.0.0.1:{out.port}",
        FENGCAI_MAIL_FROM=BOX,
    )
    here._env["FENGCAI_PUBLIC_URL"] = here.address
    try:
        here.open()
        yield here
    finally:
        here.close()


def letter(film: str) -> bytes:
    """As Foxmail on an old PC sends it: GBK that is called gb2312, and the film left with QQ."""
    ends = datetime.now(ZONE) + timedelta(days=20)
    said = base64.b64encode(f"{UNIT}+一科一风采视频大赛（朱镕基）".encode("gbk")).decode()
    text = (
        "附件请查收。\r\n\r\n从QQ邮箱发来的超大附件\r\n\r\n"
        f"{film} (328.03M, {ends.year}年{ends:%m月%d日 %H:%M} 到期)进入下载页面："
        "http://mail.qq.com/cgi-bin/ftnExs_download?k=5d9f&t=exs_ftn_download&code=ab12\r\n"
    )
    return (
        f"From: =?gb2312?B?{base64.b64encode('李护士'.encode('gbk')).decode()}?= <{SENDER}>\r\n"
        f"To: {BOX}\r\nSubject: =?gb2312?B?{said}?=\r\nMessage-ID: <qq-1@department.test>\r\n"
        f"Date: {datetime.now(ZONE):%a, %d %b %Y %H:%M:%S +0800}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(text.encode("gbk"))


def test_a_letter_that_only_links_to_its_film_becomes_an_entry(
    browser: Browser,
    office: Premises,
    post: tuple[dovecot.Dovecot, exim.Exim],
    films: dict[str, Path],
) -> None:
    box, out = post
    made = office.stage(
        "mailbox", module="tests.journeys.mail_stage", slug=SLUG, port=box.tls_port, user=BOX,
        password=CODE,
    )  # fmt: skip
    film = f"{UNIT}+一科一风采视频大赛.mp4"
    # Nobody looks: the worker's line to the mailbox hears of it.
    box.deliver(BOX, letter(film))
    [receipt] = out.wait_for(SENDER, seconds=60)
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["In-Reply-To"] == "<qq-1@department.test>"
    said = receipt.get_body(("plain",))
    assert said is not None
    words = said.get_content()
    assert f"已归到：{UNIT}" in words
    assert f"{film}（328" in words
    found = re.search(rf"{re.escape(office.address)}(/letters/\S+)", words)
    assert found, words

    sender = Visitor(browser, office.address, "发件人", phone=True)
    sender.page.goto(found[1])
    expect(sender.page.get_by_role("heading", name=film)).to_be_visible()
    sender.look("补传页")
    kept = films["own"].with_name(film)
    kept.write_bytes(films["own"].read_bytes())
    sender.page.locator("fc-upload input[type=file]").first.set_input_files(kept)
    expect(sender.page.get_by_text("文件已收到，谢谢")).to_be_visible()
    sender.leave()

    officer = Visitor(browser, office.address, "组织者")
    officer.sign_in(made["organiser"], PASSWORD)
    desk = f"/c/{SLUG}/office/mailbox/?show=taken"
    taken = officer.page.get_by_role("row").filter(has_text=UNIT).filter(has_text="收入 1 个")
    for _ in range(60):
        officer.page.goto(desk)
        if taken.count():
            break
        officer.page.wait_for_timeout(500)
    expect(taken).to_be_visible()
    officer.look("来信列表")
    officer.page.get_by_role("link", name=re.compile("一科一风采视频大赛（朱镕基）")).click()
    expect(officer.page.get_by_text(f"已收件，归到{UNIT}")).to_be_visible()
    officer.look("一封来信")
    officer.page.get_by_role("link", name="未命名作品").click()
    expect(officer.page.get_by_text(film).first).to_be_visible()
    officer.leave()
    polled = office.command("mailbox", "poll")
    assert "新收 0 封" in polled.stdout, polled.stdout + polled.stderr
    # Nobody is written to twice.
    assert len(out.mails(SENDER)) == 1
