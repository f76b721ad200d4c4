"""From a posted message to the other side's inbox: once, later, or held with its cause."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from django.core import serializers
from django.utils import timezone

from fengcai.apps.messages import deciding, erasing, sending
from fengcai.apps.messages.actions import Attachment, Recipient, Way, post
from fengcai.apps.messages.models import Message, MessageFile, State
from fengcai.apps.messages.templates import MissingField, UnknownTemplate
from fengcai.apps.people.actions import create_account
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines.delivery import mail, sms
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.engines.delivery.asked import Asked, fake
from tests.engines.delivery.scripted import scripted
from tests.engines.delivery.test_sms import service
from tooling.servers.exim import Exim
from tooling.servers.ports import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def say(
    to: str | Recipient = "", *, template: str = "tests.plain", key: str = "", **more: Any
) -> Message:
    """One message; by default a mail to somebody new."""
    address = to or f"{uuid4().hex[:12]}@clinic.test"
    told = {
        "template": template,
        "to": to if isinstance(to, Recipient) else Recipient(None, "李护士长", str(address)),
        "context": {"姓名": "李护士长", "作品": "《心跳的守护》"},
        "key": key or uuid4().hex,
        "contest": None,
        "at": timezone.now(),
        **more,
    }
    return post(**told)


def carried(row: Message) -> Message:
    """The row after every job that is due now."""
    run_pending(reraise=True)
    row.refresh_from_db()
    return row


def make_due(row: Message) -> None:
    """As if the time had come."""
    Job.objects.filter(subject=f"message:{row.pk}").update(run_at=timezone.now())


def test_a_mail_goes_out_and_the_row_says_so(by_mail: Exim):
    row = carried(say(attachments=(Attachment("名单.xlsx", "a/b", b"PK"),)))
    assert (row.state, row.cause, row.attempts) == (State.SENT, "", 1)
    assert row.sent_at is not None and row.started_at is not None
    (got,) = by_mail.wait_for(row.address)
    assert got["Subject"] == "关于《心跳的守护》"
    assert got["Message-ID"] == row.provider_id == f"<{row.pk.hex}@hospital.test>"
    text, file = got.iter_parts()
    assert text.get_content().strip() == "李护士长：请看《心跳的守护》。"
    assert (file.get_filename(), file.get_payload(decode=True)) == ("名单.xlsx", b"PK")


def test_the_same_key_is_never_sent_twice(by_mail: Exim):
    first = say(key="entry:1:returned")
    again = say("other@clinic.test", key="entry:1:returned")
    assert again.pk == first.pk and Message.objects.count() == 1
    assert carried(first).state == State.SENT
    assert say(key="entry:1:returned").pk == first.pk
    assert carried(first).attempts == 1
    assert len(by_mail.wait_for(first.address)) == 1 and not by_mail.mails("other@clinic.test")


def test_two_jobs_of_one_message_send_it_once(by_mail: Exim):
    row = say()
    assert sending.carry_out(str(row.pk), row.turn, at=timezone.now()) == State.SENT
    assert sending.carry_out(str(row.pk), row.turn, at=timezone.now()) == State.SENT
    assert carried(row).attempts == 1 and len(by_mail.wait_for(row.address)) == 1


def test_an_address_that_is_refused_fails_at_once_with_the_cause(by_mail: Exim):
    row = carried(say("refused.li@clinic.test"))
    assert (row.state, row.attempts) == (State.FAILED, 1)
    assert row.cause.startswith("对方邮箱不存在或拒收（550 5.1.1")
    assert not Job.objects.exclude(state="done").exists()


def test_a_mail_that_is_put_off_waits_longer_each_time_and_then_fails(by_mail: Exim):
    row = carried(say("later.li@clinic.test"))
    waits = []
    while row.state == State.QUEUED:
        assert row.cause.startswith("对方邮箱暂时不收（451")
        assert row.started_at is not None
        waits.append(row.due_at - row.started_at)
        make_due(row)
        carried(row)
    assert waits == list(sending.WAITS)
    assert (row.state, row.attempts) == (State.FAILED, sending.MOST_ATTEMPTS)


def test_a_server_that_was_away_gets_the_mail_when_it_is_back(settings: Any, by_mail: Exim):
    there = settings.FENGCAI_MAIL
    settings.FENGCAI_MAIL = mail.Server("127.0.0.1", free_port(), mail.PLAIN, "a@hospital.test")
    row = carried(say())
    assert row.state == State.QUEUED and "连接" in row.cause
    assert carried(row).attempts == 1  # not before its time
    settings.FENGCAI_MAIL = there
    make_due(row)
    assert carried(row).state == State.SENT
    assert row.cause == "" and len(by_mail.wait_for(row.address)) == 1


def test_a_worker_that_died_while_sending_leaves_a_question_for_a_person(by_mail: Exim):
    row = say()
    assert sending._take(str(row.pk), row.turn, timezone.now()) is not None  # … and dies
    carried(row)
    assert (row.state, row.unsure, row.cause) == (State.HELD, True, sending.UNSURE)
    assert deciding.release(contest=None, by=None, at=timezone.now()) == 0  # never by the heap
    assert carried(row).state == State.HELD and not by_mail.mails(row.address)
    admin = create_account(username="admin", name="系统管理员", administrator=True)
    deciding.send_again(message=row.pk, contest=None, by=admin, at=timezone.now())
    assert carried(row).state == State.SENT and len(by_mail.wait_for(row.address)) == 1


def test_where_twice_does_no_harm_it_is_sent_again_under_the_same_number(by_mail: Exim):
    row = say(template="tests.repeatable")
    taken = sending._take(str(row.pk), row.turn, timezone.now())
    assert taken is not None
    sending._deliver(taken.row)  # … and dies before it can say so
    assert carried(row).state == State.SENT
    first, second = by_mail.wait_for(row.address, count=2)
    assert first["Message-ID"] == second["Message-ID"] == row.provider_id


def test_a_worker_that_was_only_slow_settles_what_another_held(by_mail: Exim):
    row = say()
    taken = sending._take(str(row.pk), row.turn, timezone.now())
    assert taken is not None
    assert carried(row).state == State.HELD
    sending._sent(taken, sending._deliver(taken.row), timezone.now())
    row.refresh_from_db()
    assert (row.state, row.unsure, row.cause) == (State.SENT, False, "")


def test_no_answer_after_the_last_byte_is_held_and_may_be_counted_as_sent(settings: Any):
    admin = create_account(username="admin", name="系统管理员", administrator=True)
    with scripted({".": None}) as server:
        settings.FENGCAI_MAIL = mail.Server("127.0.0.1", server.port, mail.PLAIN, "a@b.cn")
        row = carried(say())
    assert (row.state, row.unsure) == (State.HELD, True)
    assert row.cause == "邮件已全部交给服务器，但没有等到它的答复，不能确定是否发出。"
    deciding.count_as_sent(message=row.pk, contest=None, by=admin, at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.unsure, row.cause) == (
        State.SENT,
        False,
        "系统管理员 核实后记为已发出。",
    )
    with pytest.raises(Refused, match="不需要重新发送"):
        deciding.send_again(message=row.pk, contest=None, by=admin, at=timezone.now())


def test_without_a_server_messages_wait_and_go_out_when_there_is_one(settings: Any, exim: Exim):
    rows = [carried(say()) for _ in range(3)]
    assert {row.state for row in rows} == {State.HELD}
    assert "FENGCAI_MAIL_URL" in rows[0].cause
    settings.FENGCAI_MAIL = mail.Server("127.0.0.1", exim.port, mail.PLAIN, "a@hospital.test")
    assert deciding.release(contest=None, by=None, at=timezone.now()) == 3
    assert [carried(row).state for row in rows] == [State.SENT] * 3


def test_a_wrong_password_holds_all_instead_of_trying_until_the_account_is_locked(settings: Any):
    with scripted({"EHLO": b"250-hi\r\n250 AUTH PLAIN\r\n", "AUTH": b"535 no\r\n"}) as server:
        settings.FENGCAI_MAIL = mail.Server(
            "127.0.0.1", server.port, mail.PLAIN, "a@b.cn", user="a@b.cn", password="x"
        )
        row = carried(say())
    assert (row.state, row.unsure) == (State.HELD, False)
    assert "授权码" in row.cause


def test_many_at_once_leave_at_their_pace_but_for_those_that_somebody_waits_for(
    settings: Any, by_mail: Exim
):
    settings.FENGCAI_MAIL_PER_MINUTE = 3
    rows = [say() for _ in range(5)]
    before = timezone.now()
    for row in rows:
        carried(row)
    assert [row.state for row in rows] == [State.SENT] * 3 + [State.QUEUED] * 2
    first, second = (row.due_at for row in rows[3:])
    assert first - before >= timedelta(seconds=19)
    assert second - first == timedelta(seconds=20)
    assert all(row.attempts == 0 and row.cause == "" for row in rows[3:])
    urgent = say(template="tests.code", context={"code": "135790"})
    assert carried(urgent).state == State.SENT
    Message.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    make_due(rows[3])
    assert carried(rows[3]).state == State.SENT


def test_not_before_its_time_and_not_after_its_end(by_mail: Exim):
    at = timezone.now()
    later = say(due=at + timedelta(hours=1))
    assert carried(later).state == State.QUEUED
    assert Job.objects.get(subject=f"message:{later.pk}").run_at == later.due_at
    over = say(expires_at=at - timedelta(seconds=1))
    assert (carried(over).state, over.cause) == (State.FAILED, sending.TOO_LATE)


def everything() -> str:
    """All that the database holds of messages and jobs."""
    kept = [*Message.objects.all(), *Job.objects.all()]
    return serializers.serialize("json", kept, ensure_ascii=False)


def test_a_code_is_in_no_row_and_gone_once_it_is_sent(by_mail: Exim):
    row = say(template="tests.code", context={"code": "864209"})
    assert row.sealed and "864209" not in everything()
    assert row.body == "验证码 ……，5 分钟内有效。"
    assert carried(row).sealed == "" and row.state == State.SENT
    (got,) = by_mail.wait_for(row.address)
    assert "864209" in got.get_content()
    assert "864209" not in everything()
    with pytest.raises(Refused, match="不需要重新发送"):
        admin = create_account(username="admin", name="管", administrator=True)
        deciding.send_again(message=row.pk, contest=None, by=admin, at=timezone.now())


def test_a_code_that_was_held_until_it_was_worth_nothing_is_forgotten(settings: Any, exim: Exim):
    held = carried(say(template="tests.code", context={"code": "112233"}))
    assert held.state == State.HELD and held.sealed
    Message.objects.update(expires_at=timezone.now())
    settings.FENGCAI_MAIL = mail.Server("127.0.0.1", exim.port, mail.PLAIN, "a@hospital.test")
    assert carried(say(template="tests.code", context={"code": "445566"})).state == State.SENT
    held.refresh_from_db()
    assert (held.state, held.sealed, held.cause) == (State.FAILED, "", sending.TOO_LATE)


def test_a_text_message_goes_out_with_its_code_and_keeps_the_provider_s_number(settings: Any):
    well = service({"Code": "OK", "Message": "OK", "BizId": "77^0"})
    with fake(well) as server:
        settings.FENGCAI_SMS = sms.Provider(
            "aliyun", "LTAI-test-key", "test-key-secret", "某某医院", {"tests.code": "SMS_9"},
            server.url, 3.0,
        )  # fmt: skip
        row = say(template="tests.code", context={"code": "1122"}, channel="sms",
                  to=Recipient(None, "李", phone="13800138000"))  # fmt: skip
        assert row.params == {"code": "……"}
        carried(row)
    assert (row.state, row.provider_id, row.address) == (State.SENT, "77^0", "13800138000")
    sent = dict(parse_qsl(urlsplit(server.asked[0].target).query))
    assert json.loads(sent["TemplateParam"]) == {"code": "1122"}


def test_a_provider_without_money_holds_and_a_limit_waits(settings: Any):
    answers = [{"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "x"},
               {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控Permits:1"}]  # fmt: skip

    def answer(asked: Asked) -> tuple[int, bytes]:
        return 200, json.dumps(answers[len(server.asked) - 1]).encode()

    with fake(answer) as server:
        settings.FENGCAI_SMS = sms.Provider("aliyun", "k", "s", "x", {"tests.code": "SMS_9"},
                                            server.url, 3.0)  # fmt: skip
        to = Recipient(None, "李", phone="13800138000")
        poor, often = (
            carried(say(template="tests.code", context={"code": "1"}, channel="sms", to=to))
            for _ in range(2)
        )
    assert (poor.state, poor.cause) == (
        State.HELD,
        "短信没有发出：短信账户余额不足，请充值（isv.AMOUNT_NOT_ENOUGH）。",
    )
    assert often.state == State.QUEUED and often.started_at is not None
    assert often.due_at - often.started_at == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("to", "channel", "way", "state", "cause"),
    [
        (Recipient(None, "李", "a@b.cn", "13800138000"), None, "mail", State.QUEUED, ""),
        (Recipient(None, "李", "", "13800138000"), None, "sms", State.QUEUED, ""),
        (Recipient(None, "李"), None, "site", State.FAILED, "没有账号，看不到站内消息。"),
        (Recipient(None, "李"), "mail", "mail", State.FAILED, "没有邮箱地址。"),
        (Recipient(None, "李"), "sms", "sms", State.FAILED, "没有手机号码。"),
    ],
)
def test_the_best_way_is_taken_and_a_missing_address_is_seen(
    to: Recipient, channel: Way | None, way: str, state: str, cause: str
):
    row = say(template="tests.code", context={"code": "1"}, to=to, channel=channel)
    assert (row.channel, row.state, row.cause) == (way, state, cause)
    assert Job.objects.count() == (state == State.QUEUED)


def test_a_programmer_s_mistake_is_told_at_once():
    with pytest.raises(UnknownTemplate):
        say(template="no.such")
    with pytest.raises(MissingField):
        say(context={"姓名": "李"})
    with pytest.raises(ValueError, match="200"):
        say(key="x" * 201)
    assert Message.objects.count() == 0


def test_values_are_never_read_as_fields_or_headers(by_mail: Exim):
    row = carried(say(context={"姓名": "{作品}", "作品": "《甲》\r\nBcc: all@clinic.test\0"}))
    assert row.body == "{作品}：请看《甲》\r\nBcc: all@clinic.test。"
    (got,) = by_mail.wait_for(row.address)
    assert got["Subject"] == "关于《甲》 Bcc: all@clinic.test" and got["Bcc"] is None


def test_too_many_bytes_are_refused_and_nothing_is_kept():
    big = Attachment("a.bin", "a/b", b"x" * (16 * 1024 * 1024))
    with pytest.raises(Refused, match="附件合计超过 15 MB"):
        say(attachments=(big,))
    assert Message.objects.count() == MessageFile.objects.count() == Job.objects.count() == 0


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD])
def test_what_waits_can_be_cancelled_and_sent_after_all(by_mail: Exim, state: str):
    admin = create_account(username="admin", name="系统管理员", administrator=True)
    row = say()
    Message.objects.update(state=state)
    deciding.cancel(message=row.pk, contest=None, by=admin, at=timezone.now())
    assert carried(row).state == State.CANCELLED and not by_mail.mails(row.address)
    with pytest.raises(Refused, match="不能取消了"):
        deciding.cancel(message=row.pk, contest=None, by=admin, at=timezone.now())
    deciding.send_again(message=row.pk, contest=None, by=admin, at=timezone.now())
    assert carried(row).state == State.SENT


def test_only_who_looks_after_it_decides():
    nobody = create_account(username="li", name="李")
    row = say(contest=None)
    for act in (deciding.cancel, deciding.send_again, deciding.count_as_sent):
        with pytest.raises(NotPermitted):
            act(message=row.pk, contest=None, by=nobody, at=timezone.now())
        with pytest.raises(NotPermitted):
            act(message=row.pk, contest=7, by=nobody, at=timezone.now())
    admin = create_account(username="admin", name="管", administrator=True)
    with pytest.raises(NotFound):
        deciding.cancel(message=UUID(int=1), contest=None, by=admin, at=timezone.now())


def test_a_bounce_is_noted_by_the_message_id_once(by_mail: Exim):
    row = carried(say())
    at = datetime.fromisoformat("2026-06-01T08:00:00+08:00")
    for wrong in ("", "<x@hospital.test>", f"<{uuid4().hex}@hospital.test>", "\0" * 9000):
        assert deciding.note_bounce(message_id=wrong, reason="x", at=at) is None
    told = deciding.note_bounce(message_id=row.provider_id, reason="550 user\n unknown", at=at)
    assert told is not None and told.pk == row.pk
    deciding.note_bounce(message_id=row.provider_id, reason="again", at=at + timedelta(days=1))
    row.refresh_from_db()
    assert (row.state, row.bounced_at) == (State.FAILED, at)
    assert row.cause == "对方退信：550 user unknown"


def test_what_is_personal_can_be_erased_and_the_rest_stays(by_mail: Exim):
    sent = carried(say("li@clinic.test", attachments=(Attachment("身份证.jpg", "a/b", b"x"),)))
    waiting = say("li@clinic.test", due=timezone.now() + timedelta(days=1))
    other = say("wang@clinic.test")
    assert erasing.erase_personal(address="li@clinic.test", at=timezone.now()) == 2
    for row in (sent, waiting, other):
        row.refresh_from_db()
    assert (sent.state, sent.name, sent.address, sent.body) == (State.SENT, "", "", erasing.ERASED)
    assert waiting.state == State.CANCELLED and MessageFile.objects.count() == 0
    assert other.address == "wang@clinic.test"
    with pytest.raises(ValueError, match="nobody"):
        erasing.erase_personal(at=timezone.now())


def test_nothing_personal_is_logged(by_mail: Exim, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    for to in ("refused.li@clinic.test", "later.li@clinic.test", "li.well@clinic.test"):
        carried(say(to))
    assert "clinic.test" not in caplog.text and "李护士长" not in caplog.text


def test_a_message_costs_the_same_number_of_statements_each_time(
    by_mail: Exim, django_assert_num_queries: Any
):
    say()
    with django_assert_num_queries(5):
        row = say()
    run_pending(reraise=True)
    Message.objects.update(state=State.QUEUED)
    with django_assert_num_queries(9):
        sending.carry_out(str(row.pk), row.turn, at=timezone.now())
