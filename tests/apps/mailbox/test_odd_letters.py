"""Letters that are no plain letter with a film: signed, sealed, invitations, thanks, and dates that lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.mailbox.models import Case
from fengcai.apps.mailbox.works import counted_at, odd_date
from fengcai.apps.messages.models import Message, State
from tests.apps.mailbox.letters import FILM, HEART, NAME, Office, letter
from tests.factories.collecting import CLOSES, DAY

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]


def mail(subject: str, sender: str = "li@example.cn") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "bao@hospital.example", subject
    made["Message-ID"] = "<odd@example.cn>"
    return made


def receipt() -> str:
    return Message.objects.get(template="mailbox.receipt").body


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("ms-tnef", "winmail.dat", "请您改用“HTML”或“纯文本”格式重发"),
        ("pkcs7-mime", "smime.p7m", "这封邮件是加密的，读不到内容；请您不加密重发"),
    ],
)
def test_who_sent_what_cannot_be_opened_is_told_how_to_send_it_again(
    office: Office, kind: str, name: str, said: str
) -> None:
    made = mail(NAME.format(HEART))
    made.set_content("见附件")
    made.add_attachment(b"x" * 99, maintype="application", subtype=kind, filename=name)
    case = office.come(made.as_bytes())
    assert (case.state, case.unit_id) == ("resolve", office.made.units[HEART].pk)
    assert said in receipt()


def test_a_signed_letter_gives_its_film_and_the_signature_is_no_file_of_it(office: Office) -> None:
    inner = letter(NAME.format(HEART), {"心血管内科.mp4": FILM})
    head, body = inner.split(b"MIME-Version: 1.0\n", 1)
    outer = (
        head + b'MIME-Version: 1.0\nContent-Type: multipart/signed; boundary="s"\n\n--s\n' + body
        + b"\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\n"
        b"Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=smime.p7s\n\n"
        b"MIIB\n--s--\n"
    )  # fmt: skip
    case = office.come(outer)
    assert case.state == "taken"
    rows = case.files.order_by("order").values_list("name", "state", "inline")
    assert list(rows) == [("心血管内科.mp4", "taken", False), ("smime.p7s", "waiting", True)]


def test_pictures_of_a_page_and_invitations_are_no_works(office: Office) -> None:
    made = mail("开会")
    made.set_content('<p>你好<img src="cid:logo@x"></p>', subtype="html")
    made.add_related(b"\x89PNG", "image", "png", cid="<logo@x>", filename="logo.png")
    made.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    case = office.come(made.as_bytes())
    assert [row.inline for row in case.files.all()] == [True, True]
    assert (case.state, case.text.strip()) == ("resolve", "你好")


def test_thanks_for_a_receipt_get_none(office: Office) -> None:
    case = office.come(letter(f"回复：已收到：{NAME.format(HEART)}", text="谢谢！\n> 您好"))
    assert (case.state, case.unit_id) == ("resolve", office.made.units[HEART].pk)
    assert not Message.objects.exists()
    assert "没有再发回执" in case.events.order_by("-pk")[0].text
    # One with a file is a letter like any other.
    office.come(letter(f"Re: {HEART}", {"x.mp4": FILM}, id="<2@example.cn>"))
    assert FileVersion.objects.count() == 1


@pytest.mark.parametrize("way", ["whole", "heads", "text", "thread"])
def test_a_bounce_of_our_mail_is_told_in_the_outbox(office: Office, way: str) -> None:
    office.come(letter("问一下"))
    ours = Message.objects.get(template="mailbox.receipt")
    Message.objects.update(state=State.SENT)
    id = f"<{ours.pk.hex}@hospital.example>"
    made = mail("Undelivered Mail Returned to Sender", "MAILER-DAEMON@example.cn")
    made["Auto-Submitted"] = "auto-replied"
    made["X-Failed-Recipients"] = "li@example.cn"
    if way == "thread":
        made["References"] = id
    made.set_content(f"sorry {id}" if way == "text" else "sorry")
    head = mail("已收到")
    head.replace_header("Message-ID", id)
    if way == "whole":
        head.set_content("您好")
        made.add_attachment(head)
    elif way == "heads":
        made.add_attachment(head.as_bytes(), maintype="text", subtype="rfc822-headers")
    assert office.come(made.as_bytes()).state == "aside"
    ours.refresh_from_db()
    assert (ours.state, ours.cause) == (
        "failed", "对方退信：li@example.cn 收不到；退信全文在“来信”里。",
    )  # fmt: skip


def test_a_letter_of_nothing_is_a_case_that_is_answered(office: Office) -> None:
    case = office.come(b"From: a@example.cn\nTo: bao@hospital.example\n\n")
    assert (case.state, case.subject, case.text) == ("resolve", "", "")
    assert "（无主题）" in receipt()


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("basis", "dated", "received", "counted"),
    [
        ("server_received", CLOSES - SECOND, CLOSES + SECOND, CLOSES + SECOND),
        ("mail_date", CLOSES - SECOND, CLOSES + SECOND, CLOSES - SECOND),
        ("mail_date", CLOSES + SECOND, CLOSES + SECOND, CLOSES + SECOND),
        # A date of before yesterday, of the future, or none: the server's clock.
        ("mail_date", CLOSES - timedelta(days=2), CLOSES + SECOND, CLOSES + SECOND),
        ("mail_date", CLOSES + timedelta(hours=1), CLOSES - SECOND, CLOSES - SECOND),
        ("mail_date", None, CLOSES + SECOND, CLOSES + SECOND),
    ],
)
def test_the_clock_that_counts(
    office: Office, basis: str, dated: datetime | None, received: datetime, counted: datetime
) -> None:
    window = rules_of(office.made.contest).window.model_copy(update={"basis": basis})
    case = Case(dated_at=dated, received_at=received)
    assert counted_at(case, window) == counted
    believed = basis == "mail_date" and counted == dated
    assert basis != "mail_date" or (odd_date(case) == "") == believed


def test_one_second_late_is_late_whatever_the_letter_says_of_itself(office: Office) -> None:
    late = CLOSES + SECOND
    raw = letter(files={"心血管内科.mp4": FILM}, date=CLOSES - timedelta(hours=1))
    case = office.come(raw, received=late, at=late)
    assert (case.state, FileVersion.objects.count()) == ("resolve", 0)
    assert "晚于截止时间" in case.why
    raw = letter(files={"心血管内科.mp4": FILM}, date=DAY, id="<2@example.cn>")
    assert office.come(raw, received=CLOSES - SECOND, at=late).state == "taken"
