"""The outbox's pages: looked at, decided about, writing to many, the robot, the administrator's."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.contests.queries import people_in
from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.messages.models import BulkSend, GroupRobot, Message, State
from fengcai.apps.messages.templates import register_template
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from tests.factories.collecting import UNITS, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
KEY = "73febdcb-1b38-4d1b-a994-790f21fc8d30"
register_template(
    "tests.page", title="测试通知", subject="{题}", body="请看{题}。\n<script>x</script>"
)


@pytest.fixture
def made(settings: Any) -> Collecting:
    settings.FENGCAI_MAIL = None
    settings.FENGCAI_PUBLIC_URL = "https://fengcai.hospital.test"
    found = collecting()
    User.objects.filter(pk=found.contacts[UNITS[0]].pk).update(email="contact@clinic.test")
    return found


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def say(contest: int | None, *, title: str = "《甲》", **more: Any) -> Message:
    row = post(template="tests.page", context={"题": title}, contest=contest, key=uuid4().hex,
               to=Recipient(None, "李护士长", "li@clinic.test"), at=timezone.now())  # fmt: skip
    Message.objects.filter(pk=row.pk).update(**more)
    return row


def test_an_outbox_tells_each_cause_and_costs_the_same_at_one_and_at_fifty(made: Collecting):
    address = f"/c/{made.contest.slug}/office/messages/"
    client = client_of(made.organiser)
    assert "还没有发过消息" in client.get(address).content.decode()
    say(made.contest.pk, state=State.FAILED, cause="对方邮箱不存在或拒收（550 <b>）。")
    with CaptureQueriesContext(
        connection,
    ) as one:
        page = client.get(address).content.decode()
    assert "对方邮箱不存在或拒收（550 &lt;b&gt;）。" in page and "li@clinic.test" in page
    for number in range(50):
        say(made.contest.pk, title=f"第{number}封")
    say(None, title="别处的")
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(many) == len(one)
    assert "别处的" not in page and "第 1–50 条，共 51 条" in page
    failed = client.get(f"{address}?state=failed&channel=mail&q=clinic").content.decode()
    assert "《甲》" in failed and "第1封" not in failed
    for odd in ("?state=x&channel=y&page=-1", "?page=99999999999", "?q=%00%F0%9F", "?bulk=x"):
        assert client.get(address + odd).status_code in (200, 400)


def test_a_message_is_sent_again_cancelled_or_counted_as_sent(made: Collecting):
    client, office = client_of(made.organiser), f"/c/{made.contest.slug}/office/messages/"
    unsure = say(made.contest.pk, state=State.HELD, unsure=True, cause="不能确定是否发出。")
    page = client.get(f"{office}{unsure.pk}/").content.decode()
    assert "已核实收到，记为已发出" in page and "&lt;script&gt;x" in page
    said = client.post(f"{office}{unsure.pk}/settle/", follow=True).content.decode()
    assert "已记为已发出" in said and "重新发送" not in said
    failed = say(made.contest.pk, state=State.FAILED, cause="x")
    client.post(f"{office}{failed.pk}/again/")
    failed.refresh_from_db()
    assert (failed.state, failed.turn) == (State.QUEUED, 1)
    client.post(f"{office}{failed.pk}/cancel/")
    failed.refresh_from_db()
    assert failed.state == State.CANCELLED
    assert "不能取消了" in client.post(f"{office}{failed.pk}/cancel/", follow=True).content.decode()
    assert client.post(f"{office}{failed.pk}/burn/").status_code == 404
    assert client.get(f"{office}{uuid4()}/").status_code == 404
    held = say(made.contest.pk, state=State.HELD, cause="还没有设置发信服务器")
    assert "1 条消息已排队" in client.post(f"{office}release/", follow=True).content.decode()
    held.refresh_from_db()
    assert held.state == State.QUEUED


def test_only_the_office_comes_in_and_only_to_its_own(made: Collecting):
    office = f"/c/{made.contest.slug}/office/messages/"
    mine, others = say(made.contest.pk), say(made.contest.pk + 1)
    for who in (made.contacts[UNITS[0]], made.reviewer):
        client = client_of(who)
        for path in ("", "write/", f"{mine.pk}/"):
            assert client.get(office + path).status_code == 403
        for path in ("release/", "robot/", "write/preview/", "write/send/", f"{mine.pk}/again/"):
            assert client.post(office + path).status_code == 403
        assert client.get("/messages/").status_code == 403
    client = client_of(made.organiser)
    assert client.get(f"{office}{others.pk}/").status_code == 404
    assert client.post(f"{office}{others.pk}/cancel/").status_code == 404
    assert client.get("/messages/").status_code == 403
    assert Client().get(office).status_code == 302


def test_a_letter_is_looked_at_with_everybody_s_words_and_then_sent(made: Collecting):
    client, write = client_of(made.organiser), f"/c/{made.contest.slug}/office/messages/write/"
    assert "核对名单和内容" in client.get(write).content.decode()
    written = {"groups": ["contact", "head"], "subject": "请{单位}注意", "channel": "mail",
               "body": "{姓名}：\n请{密码}尽快报送。"}  # fmt: skip
    refused = client.post(f"{write}preview/", written).content.decode()
    assert "没有 {密码} 这一栏" in refused and "请{密码}尽快报送。" in refused
    assert "请选择发给谁" in client.post(f"{write}preview/", {"subject": "x"}).content.decode()
    written["body"] = "{姓名}：\n请尽快报送。"
    page = client.post(f"{write}preview/", written).content.decode()
    assert "将发给 4 人，其中 3 人没有邮箱，改为站内消息" in page
    assert f"请{UNITS[0]}注意" in page and Message.objects.count() == 0
    found = re.search(r'name="parcel" value="([^"]+)"', page)
    assert found is not None
    parcel = {"parcel": found.group(1)}
    other = client.post(f"{write}preview/", {**parcel, "who": "1"}).content.decode()
    assert f"请{UNITS[1]}注意" in other
    back = client.post(f"{write}preview/", {**parcel, "change": "1"}).content.decode()
    assert "请{单位}注意" in back and back.count("checked") == 3
    for wrong in ({"parcel": found.group(1) + "x"}, {}):
        told = client.post(f"{write}send/", wrong)
        assert told.status_code == 422 and "没有发送" in told.content.decode()
    sent = client.post(f"{write}send/", parcel, follow=True).content.decode()
    assert "已排队发给 4 人" in sent and "写给大家的信" in sent
    assert Message.objects.count() == 4
    client.post(f"{write}send/", parcel)
    assert Message.objects.count() == 4
    bulk = BulkSend.objects.get()
    stop = f"/c/{made.contest.slug}/office/messages/many/{bulk.pk}/cancel/"
    assert "已取消 1 条" in client.post(stop, follow=True).content.decode()


def test_a_robot_s_address_is_never_shown_again(made: Collecting):
    client, office = client_of(made.organiser), f"/c/{made.contest.slug}/office/messages/"
    wrong = client.post(f"{office}robot/", {"robot": "https://evil.cn/send?key=abcdefgh"})
    assert wrong.status_code == 422 and "不是 qyapi.weixin.qq.com" in wrong.content.decode()
    right = client.post(
        f"{office}robot/",
        {"robot": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"},
        follow=True,
    ).content.decode()
    assert "群机器人已保存" in right and KEY not in right
    assert (
        "已移除" in client.post(f"{office}robot/", {"what": "remove"}, follow=True).content.decode()
    )
    assert not GroupRobot.objects.exists()


def test_an_administrator_sees_every_contest_s_messages(made: Collecting):
    admin = create_account(username="admin", name="管", administrator=True)
    client = client_of(admin)
    row = say(made.contest.pk, state=State.FAILED, cause="x")
    say(None, title="重设密码")
    page = client.get("/messages/").content.decode()
    assert made.contest.title in page and "重设密码" in page
    assert "重新发送" in client.get(f"/messages/{row.pk}/").content.decode()
    client.post(f"/messages/{row.pk}/again/")
    row.refresh_from_db()
    assert row.state == State.QUEUED


def test_a_personal_link_goes_to_its_owner_s_mailbox_and_is_kept_nowhere(
    made: Collecting, settings: Any
):
    client = client_of(made.organiser)
    seats = {seat.user_id: seat.pk for seat in people_in(made.contest)}
    people = f"/c/{made.contest.slug}/office/people/"
    seat = seats[made.contacts[UNITS[0]].pk]
    assert "把个人链接发到邮箱" in client.get(people).content.decode()
    assert (
        "原有的链接随即失效"
        in client.post(f"{people}{seat}/link/mail/", follow=True).content.decode()
    )
    row = Message.objects.get(template="people.link")
    assert (row.address, row.channel) == ("contact@clinic.test", "mail")
    assert "/enter/" not in row.body and "……" in row.body and row.sealed
    other = client.post(f"{people}{seats[made.contacts[UNITS[1]].pk]}/link/mail/")
    assert other.status_code == 422 and "没有登记邮箱" in other.content.decode()
    settings.FENGCAI_PUBLIC_URL = ""
    nowhere = client.post(f"{people}{seat}/link/mail/", HTTP_HOST="127.0.0.1")
    assert nowhere.status_code == 422 and "FENGCAI_PUBLIC_URL" in nowhere.content.decode()
    assert Message.objects.count() == 1
