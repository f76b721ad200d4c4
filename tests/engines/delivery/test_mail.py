"""Mail through a real SMTP server and through one that misbehaves by script."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fengcai.engines.delivery import NotSent, mail
from fengcai.engines.delivery.composing import compose
from tests.engines.delivery.scripted import scripted
from tooling.servers.exim import PASSWORD, USER, Exim
from tooling.servers.ports import free_port

pytestmark = pytest.mark.intake
AT = datetime(2026, 6, 1, 2, 3, 4, tzinfo=UTC)
LONG = "江西省某某医院心血管内科第一党支部“讲好身边故事”短视频作品报名表及版权承诺书（最终修改版第三稿请以此为准）.docx"


def plain(exim: Exim) -> mail.Server:
    return mail.Server("127.0.0.1", exim.port, mail.PLAIN, USER, "某某医院宣传部", timeout=10)


def letter(to: str, **more: object) -> mail.Mail:
    return mail.Mail(
        **{
            "to": to,
            "subject": "关于“讲好身边故事”短视频征集活动作品需要修改的通知（心血管内科、第一党支部，请尽快处理）",
            "text": "张老师：\n\n.开头的一行\n第二行 𠮷\n",
            "message_id": "<0123456789abcdef@hospital.test>",
            "at": AT,
            **more,
        }  # type: ignore[arg-type]
    )


def test_chinese_arrives_whole_in_every_place(exim: Exim):
    files = (
        mail.File(LONG, "application/msword", bytes(range(256)) * 40),
        mail.File('a"b\r\nX-Evil: 1/../列表.xlsx', "text/html; charset=x", b""),
    )
    sent = letter("whole@clinic.test", to_name="张三丰（联络员）", files=files,
                  reply_to="collect@hospital.test")  # fmt: skip
    mail.send(plain(exim), sent)
    (got,) = exim.wait_for("whole@clinic.test")
    assert got["Subject"] == sent.subject
    assert got["From"].addresses[0].display_name == "某某医院宣传部"
    assert got["From"].addresses[0].addr_spec == USER
    assert got["To"].addresses[0].display_name == "张三丰（联络员）"
    assert got["Reply-To"] == "collect@hospital.test"
    assert got["Message-ID"] == "<0123456789abcdef@hospital.test>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["X-Evil"] is None
    text, first, second = got.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == "张老师：\n\n.开头的一行\n第二行 𠮷\n"
    assert first.get_filename() == LONG
    assert first.get_payload(decode=True) == bytes(range(256)) * 40
    assert first.get_content_type() == "application/msword"
    assert second.get_filename() == "a'b X-Evil: 1_.._列表.xlsx"
    assert second.get_content_type() == "application/octet-stream"
    assert second.get_payload(decode=True) == b""


def test_names_of_attachments_are_words_of_rfc_2047_not_2231(exim: Exim):
    mail.send(plain(exim), letter("words@clinic.test", files=(mail.File(LONG, "a/b", b"x"),)))
    exim.wait_for("words@clinic.test")
    (raw,) = exim.raw("words@clinic.test")
    assert raw.isascii()
    assert b"filename*" not in raw and b"name*" not in raw
    assert b'filename="=?utf-8?b?' in raw and b'name="=?utf-8?b?' in raw
    assert max(map(len, raw.splitlines())) <= 100
    # Each encoded word holds whole characters: readers that decode them one by one lose nothing.
    head = raw[raw.index(b"Content-Disposition") :].split(b"\n\n")[0]
    words = [w for w in head.replace(b'"', b" ").split() if w.startswith(b"=?")]
    decoded = [email.header.decode_header(w.decode())[0][0].decode("utf-8") for w in words]
    assert "".join(decoded) == LONG and len(words) > 3


def test_a_receipt_names_what_it_answers_and_an_invitation_how_to_leave():
    answer = letter("a@b.cn", in_reply_to="<QQ.123@qq.com>", automatic="auto-replied")
    read = email.message_from_bytes(
        compose(answer, sender=USER, sender_name=""), policy=email.policy.default
    )
    assert (read["In-Reply-To"], read["References"]) == ("<QQ.123@qq.com>", "<QQ.123@qq.com>")
    assert read["Auto-Submitted"] == "auto-replied"
    assert read["From"] == USER and read["List-Unsubscribe"] is None
    invitation = letter("a@b.cn", unsubscribe="https://h.cn/unsubscribe/x/", bulk=True,
                        in_reply_to="<a>\r\nBcc: all@b.cn")  # fmt: skip
    read = email.message_from_bytes(
        compose(invitation, sender=USER, sender_name=""), policy=email.policy.default
    )
    assert read["List-Unsubscribe"] == "<https://h.cn/unsubscribe/x/>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Precedence"] == "bulk"
    assert read["In-Reply-To"] is None and read["Bcc"] is None


@pytest.mark.parametrize(
    "subject", ["标题\r\nBcc: all@b.cn", "\u202e反\u200b转", "长" * 5_000, "", "plain " * 40]
)
def test_no_subject_adds_a_header_or_turns_the_text(subject: str):
    raw = compose(letter("a@b.cn", subject=subject), sender=USER, sender_name="宣传部\r\nX: y")
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["Bcc"] is None and read["X"] is None
    clean = subject.replace("\r\n", " ").replace("\u202e", "").replace("\u200b", "").strip()
    assert read["Subject"] == clean
    assert read["From"].addresses[0].display_name == "宣传部 X: y"


@pytest.mark.parametrize("to", ["", "a", "a@", "@b.cn", "a b@c.cn", "a@b..cn", "张@b.cn",
                                "a@b.cn\r\nRCPT TO:<c@d.cn>", "<a@b.cn>", "a@b.cn,c@d.cn"])  # fmt: skip
def test_what_is_no_address_is_refused_before_any_connection(to: str):
    nowhere = mail.Server("127.0.0.1", 1, mail.PLAIN, USER)
    with pytest.raises(NotSent) as told:
        mail.send(nowhere, letter(to))
    assert (told.value.again, told.value.ours) == (False, False)
    assert told.value.reason == "邮箱地址写得不对，请核对后重新发送。"


def test_refused_and_put_off_are_told_apart(exim: Exim):
    with pytest.raises(NotSent) as told:
        mail.send(plain(exim), letter("refused.li@clinic.test"))
    assert (told.value.again, told.value.ours, told.value.unsure) == (False, False, False)
    assert told.value.reason.startswith("对方邮箱不存在或拒收（550 5.1.1")
    with pytest.raises(NotSent) as told:
        mail.send(plain(exim), letter("later.wang@clinic.test"))
    assert (told.value.again, told.value.ours) == (True, False)
    assert told.value.reason.startswith("对方邮箱暂时不收（451 4.2.2")
    with pytest.raises(NotSent) as told:
        mail.send(plain(exim), letter("li@clinic.test", subject="SPAM now"))
    assert told.value.reason.startswith("邮件服务器不收这封邮件的内容（550 5.7.1")
    assert told.value.again is False


def test_tls_and_starttls_with_a_password_and_a_certificate_of_ones_own(strict_exim: Exim):
    ca = str(strict_exim.certificate)
    tls = mail.Server("localhost", strict_exim.tls_port, mail.TLS, USER, user=USER,
                      password=PASSWORD, ca=ca)  # fmt: skip
    starttls = replace(tls, port=strict_exim.port, security=mail.STARTTLS)
    assert mail.check(tls).endswith("可以连接（TLS 加密，已登录）")
    mail.send(tls, letter("tls@clinic.test"))
    mail.send(starttls, letter("tls@clinic.test"))
    assert len(strict_exim.wait_for("tls@clinic.test", count=2)) == 2
    with pytest.raises(NotSent) as told:
        mail.send(replace(tls, ca=""), letter("tls@clinic.test"))
    assert told.value.reason.startswith("不能信任邮件服务器的证书")
    assert (told.value.again, told.value.ours) == (False, True)
    with pytest.raises(NotSent) as told:
        mail.check(replace(starttls, password="wrong-secret"))
    assert told.value.reason.startswith("登录发件邮箱没有成功（535")
    assert "授权码" in told.value.reason and told.value.ours and not told.value.again
    chain = f"{told.value!r} {told.value.__cause__!r} {told.value.__context__!r} {tls!r}"
    assert PASSWORD not in chain
    with pytest.raises(NotSent) as told:
        mail.send(replace(starttls, security=mail.PLAIN, user=""), letter("x@clinic.test"))
    assert told.value.reason.startswith("邮件服务器不让这个发件地址发信（550 5.7.0")


def test_starttls_is_never_left_out():
    with scripted() as server:
        asked = mail.Server("127.0.0.1", server.port, mail.STARTTLS, USER, user=USER, password="p")
        with pytest.raises(NotSent) as told:
            mail.send(asked, letter("a@b.cn"))
    assert "不提供 STARTTLS" in told.value.reason and told.value.ours
    assert not any(line.startswith((b"AUTH", b"MAIL")) for line in server.heard)


@pytest.mark.parametrize(
    ("says", "again", "unsure", "begins"),
    [
        ({".": None}, False, True, "邮件已全部交给服务器，但没有等到它的答复"),
        ({".": b"250 ok\r\n", "QUIT": None}, None, None, ""),
        ({"DATA": None}, True, False, "交谈时与邮件服务器的连接断了"),
        ({"RCPT": None}, True, False, "交谈时与邮件服务器的连接断了"),
        ({"MAIL": b"421 too many\r\n"}, True, False, "邮件服务器暂时不接收（421"),
        ({"MAIL": "553 发件人错误\r\n".encode("gb18030")}, False, False,
         "邮件服务器不让这个发件地址发信（553 发件人错误"),
        ({".": b"451 later\r\n"}, True, False, "邮件服务器暂时没有收下这封邮件（451"),
        ({".": b"552 too big\r\n"}, False, False, "邮件服务器不收这封邮件的内容（552"),
        ({"RCPT": b"251 will forward\r\n"}, None, None, ""),
    ],
)  # fmt: skip
def test_how_far_a_mail_came_when_the_line_broke(
    says: dict[str, bytes | None], again: bool | None, unsure: bool, begins: str
):
    with scripted(says) as server:
        asked = mail.Server("127.0.0.1", server.port, mail.PLAIN, USER, timeout=3)
        if again is None:
            mail.send(asked, letter("a@b.cn"))
            assert server.data.startswith(b"From: ")
            return
        with pytest.raises(NotSent) as told:
            mail.send(asked, letter("a@b.cn"))
    assert (told.value.again, told.value.unsure) == (again, unsure)
    assert told.value.reason.startswith(begins)


def test_a_server_that_is_away_or_silent_is_tried_again():
    with pytest.raises(NotSent) as told:
        mail.send(mail.Server("127.0.0.1", free_port(), mail.PLAIN, USER), letter("a@b.cn"))
    assert (told.value.again, told.value.ours, told.value.unsure) == (True, True, False)
    with scripted(greeting=None) as server, pytest.raises(NotSent) as told:
        mail.send(mail.Server("127.0.0.1", server.port, mail.PLAIN, USER), letter("a@b.cn"))
    assert told.value.again


def test_a_folder_keeps_mails_as_files(tmp_path: Path):
    server = mail.server_of(f"folder://{tmp_path}/out")
    mail.send(server, letter("a@b.cn"))
    (file,) = (tmp_path / "out").iterdir()
    assert file.suffix == ".eml" and file.stat().st_mode & 0o077 == 0
    assert not server.leaves


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://a%40163.com:p%2Fw@smtp.163.com", ("smtp.163.com", 465, "tls", "a@163.com", "p/w")),
        ("smtp://o%40h.cn:x@mail.h.cn", ("mail.h.cn", 587, "starttls", "o@h.cn", "x")),
        ("smtp+plain://127.0.0.1:2525", ("127.0.0.1", 2525, "plain", "f@h.cn", "")),
    ],
)  # fmt: skip
def test_settings_in_one_line(url: str, expected: tuple[object, ...]):
    sender = "" if "@" in url else "f@h.cn"
    got = mail.server_of(url, sender=sender)
    assert (got.host, got.port, got.security, got.sender, got.password) == expected
    assert "p/w" not in repr(got)


@pytest.mark.parametrize(
    "url",
    ["smtp.163.com", "http://a.cn", "smtps://", "smtps://smtp.163.com", "smtps://h:port",
     "smtp+plain://a%40b.cn:secret@mail.b.cn", "smtps://a%40b.cn:s@b.cn/?tls=0", "folder://relative"],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_without_telling_the_password(url: str):
    with pytest.raises(ValueError, match=r"[须还端明识]") as told:
        mail.server_of(url)
    assert "secret" not in str(told.value)
