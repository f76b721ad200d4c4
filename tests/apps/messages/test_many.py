"""Writing to many after a preview, unsubscribing, the group's robot, and what everybody is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.contests.addressing import addressees
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.telling import tell_results
from fengcai.apps.intake.actions import return_entry
from fengcai.apps.messages import bulk, deciding, queries, robots, unsubscribing
from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.messages.models import BulkSend, GroupRobot, Message, State
from fengcai.apps.messages.templates import fill
from fengcai.apps.messages.trying import check_server, send_test_mail
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines.delivery import mail
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.apps.contests.test_amending import CLOSE, amend, real
from tests.engines.delivery.asked import fake
from tests.factories.collecting import CLOSES, DAY, UNITS, Collecting, collecting, inspected
from tooling.servers.exim import Exim
from tooling.servers.ports import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
DRAFT = bulk.Draft("{活动}：请{单位}注意", "{姓名}：\n\n报送到 {截止时间} 截止。{活动网址}\n")
KEY = "73febdcb-1b38-4d1b-a994-790f21fc8d30"


@pytest.fixture
def made() -> Collecting:
    """Two units; the contact of the first has an address and acts for the second as well."""
    found = collecting()
    contact = found.contacts[UNITS[0]]
    contact.email = "contact@clinic.test"
    contact.save()
    Membership.objects.create(
        contest=found.contest, user=contact, role=Role.CONTACT, unit=found.units[UNITS[1]]
    )
    return found


def previewed(made: Collecting, draft: bulk.Draft = DRAFT, *roles: str) -> bulk.BulkPreview:
    to = addressees(made.contest, roles or ("contact", "head"))
    return bulk.preview_bulk(contest=made.contest.pk, draft=draft, to=to, by=made.organiser)


def confirmed(made: Collecting, found: bulk.BulkPreview, **more: Any) -> BulkSend:
    groups = ("contact", "head")
    told = {
        "contest": made.contest.pk,
        "draft": found.draft,
        "to": addressees(made.contest, groups),
        "groups": groups,
        "confirmed": found.fingerprint,
        "by": made.organiser,
        "at": timezone.now(),
        **more,
    }
    return bulk.send_bulk(**told)


def test_a_preview_counts_everybody_once_and_shows_each_one_s_words(made: Collecting):
    found = previewed(made)
    assert found.sentence == "将发给 4 人，其中 3 人没有邮箱，改为站内消息"
    first = found.rows[0]
    assert (first.way, first.address, first.note) == ("mail", "contact@clinic.test", "")
    assert first.about == "心病科、针灸科"
    assert first.subject == f"{made.contest.title}：请心病科、针灸科注意"
    assert first.body == (
        f"{made.contacts[UNITS[0]].name}：\n\n报送到 2026年4月30日 17:00 截止。"
        f"https://fengcai.hospital.test/c/{made.contest.slug}/"
    )
    assert {row.note for row in found.rows[1:]} == {bulk.NO_MAIL}
    assert Message.objects.count() == BulkSend.objects.count() == 0


def test_what_was_confirmed_is_sent_once_and_can_be_stopped(made: Collecting, by_mail: Exim):
    found = previewed(made)
    sent = confirmed(made, found)
    assert confirmed(made, found).pk == sent.pk  # a double click
    assert (sent.recipients, Message.objects.filter(bulk=sent).count()) == (4, 4)
    assert Message.objects.filter(channel="site", state=State.SENT).count() == 3
    record = AuditRecord.objects.get(action="messages.bulk")
    assert record.details == {"recipients": 4, "groups": ["contact", "head"], "channel": "mail"}
    assert deciding.cancel_bulk(
        bulk=sent.pk, contest=made.contest.pk, by=made.organiser, at=timezone.now()
    ) == 1  # fmt: skip
    run_pending(reraise=True)
    assert not by_mail.mails("contact@clinic.test")
    again = confirmed(made, found, at=timezone.now() + timedelta(hours=1))
    assert again.pk != sent.pk


def test_a_roster_that_changed_after_the_preview_is_looked_at_again(made: Collecting):
    found = previewed(made)
    User.objects.filter(pk=made.contacts[UNITS[1]].pk).update(email="new@clinic.test")
    with pytest.raises(Refused, match="与您核对时不同，没有发送"):
        confirmed(made, found)
    Membership.objects.filter(role=Role.HEAD).update(until=timezone.now())
    with pytest.raises(Refused, match="与您核对时不同，没有发送"):
        confirmed(made, found)
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("draft", "field", "told"),
    [
        (bulk.Draft("", "好"), "subject", "请写主题"),
        (bulk.Draft("好", " \n"), "body", "请写正文"),
        (bulk.Draft("好" * 101, "好"), "subject", "最多 100 字，现有 101 字"),
        (bulk.Draft("好", "{密码}"), "body",
         "没有 {密码} 这一栏；可用的有 {姓名}、{单位}、{活动}、{截止时间}、{活动网址}"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_sent_are_told_by_field(
    made: Collecting, draft: bulk.Draft, field: str, told: str
):
    with pytest.raises(Refused) as refused:
        previewed(made, draft)
    assert refused.value.fields == {field: told}


def test_template_code_is_only_text(made: Collecting):
    text = "{{ user.password }} {% load x %} {0.__class__} $x"
    found = previewed(made, bulk.Draft("好", text.replace("{0.__class__}", "")))
    assert found.rows[0].body == "{{ user.password }} {% load x %}  $x"
    with pytest.raises(Refused):
        previewed(made, bulk.Draft("好", "{0.__class__}"))


def test_nobody_else_may_preview_send_or_look(made: Collecting):
    found = previewed(made)
    number = made.contest.pk
    admin = create_account(username="admin", name="管", administrator=True)
    for who in (made.contacts[UNITS[0]], made.reviewer, admin):
        with pytest.raises(NotPermitted):
            bulk.preview_bulk(contest=number, draft=DRAFT, to=[], by=who)
        with pytest.raises(NotPermitted):
            confirmed(made, found, by=who)
        with pytest.raises(NotPermitted):
            queries.outbox(contest=number, by=who, filters=queries.Filters())
        with pytest.raises(NotPermitted):
            robots.set_robot(contest=number, pasted=KEY, by=who, at=DAY)
    with pytest.raises(NotPermitted):
        queries.outbox(contest=None, by=made.organiser, filters=queries.Filters())


def test_an_invitation_can_be_refused_by_one_click_and_a_notice_cannot(
    made: Collecting, by_mail: Exim
):
    to = Recipient(None, "李", "Guest@clinic.test")
    number, at = made.contest.pk, timezone.now()

    def invite(key: str, template: str = "tests.bulk") -> Message:
        context = {"姓名": "李", "作品": "甲"}
        row = post(template=template, to=to, context=context, key=key, contest=number, at=at)
        run_pending(reraise=True)
        row.refresh_from_db()
        return row

    assert invite("1").state == State.SENT
    (got,) = by_mail.wait_for("guest@clinic.test")
    link = got["List-Unsubscribe"].strip("<>")
    assert link in got.get_content().replace("\r\n", "\n").replace("\n", "")
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Guest" not in link and "clinic" not in link
    token = link.removeprefix("https://fengcai.hospital.test/unsubscribe/").strip("/")
    assert unsubscribing.standing_of(token) == unsubscribing.Standing(number, False)
    for _ in range(2):
        assert unsubscribing.unsubscribe(token=token, at=at).unsubscribed
    held_back = invite("2")
    assert (held_back.state, held_back.cause) == (State.SUPPRESSED, "收件人已退订这类邮件。")
    assert invite("3", "tests.plain").state == State.SENT
    found = bulk.preview_bulk(
        contest=number,
        draft=bulk.Draft("来看", "展播开始了", invitation=True),
        to=[bulk.Addressee(Recipient(None, "李", "guest@clinic.test")),
            bulk.Addressee(Recipient(None, "王", "wang@clinic.test"))],
        by=made.organiser,
    )  # fmt: skip
    assert (found.sentence, found.rows[0].goes) == ("将发给 1 人，另有 1 人已退订，不发", False)
    unsubscribing.subscribe_again(token=token)
    assert invite("4").state == State.SENT
    for wrong in (token[:-1], "", "x:y", "张"):
        with pytest.raises(NotFound):
            unsubscribing.unsubscribe(token=wrong, at=at)


def test_an_invitation_without_the_site_s_address_is_refused(made: Collecting, settings: Any):
    settings.FENGCAI_PUBLIC_URL = ""
    with pytest.raises(Refused) as refused:
        previewed(made, bulk.Draft("来看", "展播", invitation=True))
    assert "FENGCAI_PUBLIC_URL" in refused.value.fields["invitation"]
    row = post(template="tests.bulk", to=Recipient(None, "李", "li@clinic.test"), context={}, key="k",
               contest=None, at=timezone.now())  # fmt: skip
    assert row.state == State.FAILED and "FENGCAI_PUBLIC_URL" in row.cause


def test_a_robot_s_key_is_kept_unreadable_and_its_list_comes_in_pieces(
    made: Collecting, settings: Any
):
    number, at = made.contest.pk, timezone.now()
    lines = [f"{each} 某某医院心血管内科第一党支部" for each in range(120)]

    def remind(key: str) -> Message:
        return post(template="tests.list", to=Recipient(), context={"单位": lines}, key=key,
                    channel="robot", contest=number, at=at)  # fmt: skip

    with fake(lambda _: (200, b'{"errcode":0,"errmsg":"ok"}')) as server:
        settings.FENGCAI_ROBOT_URL = server.url
        first = remind("T-1")
        run_pending(reraise=True)
        assert set(Message.objects.values_list("state", flat=True)) == {State.HELD}
        with pytest.raises(Refused, match="没有保存"):
            robots.set_robot(
                contest=number, pasted="https://evil.cn/?key=x", by=made.organiser, at=at
            )
        robots.set_robot(contest=number, pasted=KEY, by=made.organiser, at=at)
        assert KEY not in GroupRobot.objects.get().sealed
        assert KEY not in json.dumps(list(AuditRecord.objects.values("details")))
        robots.try_robot(contest=number, title="大赛", by=made.organiser)
        assert deciding.release(contest=number, by=made.organiser, at=at) == 3
        run_pending(reraise=True)
        assert remind("T-1").pk == first.pk
    texts = [json.loads(each.body)["text"]["content"] for each in server.asked]
    assert texts[0].startswith("这是一条测试消息")
    assert "\n".join(texts[1:]).split("\n") == ["催报：", *(f"· {each}" for each in lines)]
    robots.remove_robot(contest=number, by=made.organiser, at=at)
    with pytest.raises(Refused, match="还没有设置群机器人"):
        robots.try_robot(contest=number, title="大赛", by=made.organiser)


def test_an_amendment_is_told_to_each_entrant_once(made: Collecting):
    amendment = amend(real(made.contest), made.organiser, CLOSE)
    run_pending(reraise=True)
    rows = Message.objects.filter(template="contests.amended")
    assert rows.count() == 4
    mailed = rows.get(channel="mail")
    assert mailed.address == "contact@clinic.test"
    assert amendment.notice_number in mailed.subject
    assert "报送" in mailed.body and "5 月 5 日 17:00" in mailed.body
    assert f"/c/{made.contest.slug}/rules/" in mailed.body
    from fengcai.engines.jobs import enqueue

    enqueue("contests.tell_amendment", {"amendment_id": amendment.pk})
    run_pending(reraise=True)
    assert rows.count() == 4


def test_a_unit_hears_that_its_work_came_in_was_returned_and_that_results_are_public(
    made: Collecting, tmp_path: Any
):
    entry = made.draft()
    inspected(made.with_film(entry, tmp_path))
    made.submit(entry)
    Job.objects.filter(kind="assets.inspect").delete()
    run_pending(reraise=True)
    (one, other) = Message.objects.filter(template="entries.submitted").order_by("channel")
    assert (one.channel, other.channel) == ("mail", "site")
    assert one.subject == f"{made.contest.title}：已收到《心跳的守护》"
    assert "请本单位负责人登录并确认" in one.body and str(entry.pk) in one.body
    made.confirm(entry)
    entry.refresh_from_db()
    return_entry(
        entry_id=entry.pk, expected_version=entry.version, decided={}, notes={},
        reasons="片尾请加出品单位", mend_until=CLOSES, by=made.reviewer, at=DAY,
    )  # fmt: skip
    Job.objects.filter(kind="assets.inspect").delete()
    run_pending(reraise=True)
    returned = Message.objects.filter(template="entries.returned")
    assert returned.count() == 2
    assert "片尾请加出品单位" in returned[0].body and "2026年4月30日 17:00" in returned[0].body
    assert tell_results(made.contest, at=DAY) == 4 and tell_results(made.contest, at=DAY) == 4
    assert Message.objects.filter(template="contests.results").count() == 4
    mine, _ = queries.own_messages(made.contacts[UNITS[0]])
    assert [each.subject.partition("：")[2] for each in mine if each.channel != "邮件"] == []
    head, pages = queries.own_messages(made.heads[UNITS[0]])
    assert len(head) == 3 and pages == 1 and all(each.unread for each in head)
    assert queries.unread(made.heads[UNITS[0]]) == 3
    ids = [each.id for each in head]
    assert queries.mark_read(user=made.contacts[UNITS[1]], messages=ids, at=DAY) == 0
    assert queries.mark_read(user=made.heads[UNITS[0]], messages=ids, at=DAY) == 3
    assert queries.unread(made.heads[UNITS[0]]) == 0


def test_an_outbox_is_filtered_in_as_many_statements_at_one_row_and_at_sixty(
    made: Collecting, django_assert_num_queries: Any
):
    number = made.contest.pk

    def fill(count: int) -> None:
        for each in range(count):
            post(template="tests.plain", context={"姓名": "李", "作品": "甲"}, contest=number,
                 to=Recipient(None, f"李{each}", f"li{each}@clinic.test"), at=timezone.now(),
                 key=f"{count}-{each}")  # fmt: skip

    fill(1)
    filters = queries.Filters(state="queued", channel="mail", text="clinic")
    with django_assert_num_queries(3):
        queries.outbox(contest=number, by=made.organiser, filters=filters)
    fill(60)
    with django_assert_num_queries(3):
        page = queries.outbox(contest=number, by=made.organiser, filters=filters)
    assert (page.total, page.pages, len(page.rows)) == (61, 2, 50)
    nothing = queries.outbox(
        contest=number, by=made.organiser, filters=queries.Filters(text="\0%_'", page=99)
    )
    assert (nothing.total, nothing.page, nothing.rows) == (0, 1, ())
    other = Message.objects.first()
    assert other is not None
    with pytest.raises(NotPermitted):
        queries.message(message_id=other.pk, contest=number + 1, by=made.organiser)
    whole = queries.message(message_id=other.pk, contest=number, by=made.organiser)
    assert whole.body == "李：请看甲。"


@pytest.mark.clause("U7")
def test_a_test_mail_says_at_once_what_became_of_it(settings: Any, by_mail: Exim):
    at = timezone.now()
    there = settings.FENGCAI_MAIL
    assert check_server().sentence == f"127.0.0.1:{there.port} 可以连接（未加密，不登录）。"
    tried = send_test_mail(to=" it@clinic.test ", at=at)
    assert tried.sent and "请到收件箱" in tried.sentence
    assert by_mail.wait_for("it@clinic.test")[0]["Subject"] == "风采：测试邮件"
    refused = send_test_mail(to="refused@clinic.test", at=at)
    assert not refused.sent and refused.sentence.startswith("对方邮箱不存在或拒收")
    assert not send_test_mail(to="x", at=at).sent
    away = mail.Server("127.0.0.1", free_port(), mail.PLAIN, "a@b.cn")
    before = Message.objects.count()
    tried_out = send_test_mail(to="it@clinic.test", at=at, server=away)
    assert not tried_out.sent and Message.objects.count() == before
    settings.FENGCAI_MAIL = away
    assert not send_test_mail(to="it@clinic.test", at=at).sent
    run_pending(reraise=True)
    settings.FENGCAI_MAIL = None
    assert "FENGCAI_MAIL_URL" in send_test_mail(to="it@clinic.test", at=at).sentence
    assert not check_server().sent
    assert not Message.objects.filter(state__in=("queued", "held", "sending")).exists()


def test_quotes_within_quotes_are_single_ones() -> None:
    title = "“一科一风采”展播活动"
    assert fill("请报送“{活动}”作品", {"活动": title}) == "请报送“‘一科一风采’展播活动”作品"
    assert fill("{活动}：请报送", {"活动": title}) == "“一科一风采”展播活动：请报送"
