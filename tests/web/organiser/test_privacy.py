"""The office's page of personal information: who may see it, what it costs, requests, names, erasure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.messages.actions import post
from fengcai.apps.messages.models import BulkSend, Message
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.people.actions import issue_personal_link
from fengcai.apps.people.models import DataRequest, User
from fengcai.apps.people.privacy.actions import give_consent, request_about_data, withdraw_consent
from tests.factories.judging import Stage, contest, person

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("U7")]


def url(stage: Stage, *more: object, name: str = "office-privacy") -> str:
    return reverse(name, args=[stage.contest.slug, *more])


def member(stage: Stage, name: str, unit: int = 0) -> User:
    user = person(name)
    user.phone, user.email = "13800001234", f"u{user.pk}@hospital.example"
    user.save()
    Membership.objects.create(
        contest=stage.contest, user=user, role=Role.CONTACT, unit=stage.units[unit]
    )
    return user


def test_it_is_the_organisers_alone(accepted: Stage, signed_in: Callable[[object], Client]) -> None:
    reviewer, contact = person("审核人"), member(accepted, "第1科联络员")
    Membership.objects.create(contest=accepted.contest, user=reviewer, role=Role.REVIEWER)
    made = request_about_data(user=contact, kind="delete", text="请删除", at=timezone.now())
    places = (
        url(accepted),
        url(accepted, made.pk, name="office-privacy-answer"),
        url(accepted, made.pk, name="office-privacy-erase"),
        url(accepted, name="office-privacy-names"),
    )
    for who in (reviewer, contact, accepted.judges[0]):
        client = signed_in(who)
        assert client.get(places[0]).status_code in (403, 404)
        for place in places[1:]:
            sent = client.post(place, {"answer": "好", "sure": "on", "number": "001"})
            assert sent.status_code in (403, 404)
    assert Client().get(places[0]).status_code == 302
    assert User.objects.get(pk=contact.pk).is_active
    # Another contest's organiser reaches nobody of this one.
    other = contest(works=1, judges=0, slug="other")
    sent = signed_in(other.organiser).post(
        url(other, made.pk, name="office-privacy-erase"), {"sure": "on"}
    )
    assert sent.status_code == 404
    assert DataRequest.objects.get().answered_at is None


def test_empty_it_says_so(accepted: Stage, signed_in: Callable[[object], Client]) -> None:
    page = signed_in(accepted.organiser).get(url(accepted)).content.decode()
    assert "没有请求。" in page
    assert "没有登记。" in page
    assert "0 / 6 人同意" in page


def test_full_it_says_until_when_and_what_is_left_and_costs_the_same(
    accepted: Stage, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(accepted.organiser)
    at = timezone.now() - timedelta(days=20)

    def ask(number: int) -> None:
        for each in range(number):
            user = member(accepted, f"很长的姓名与岗位{each}" * 3)
            give_consent(user=user, purpose="publish", at=at)
            withdraw_consent(user=user, purpose="publish", at=at)
            request_about_data(user=user, kind="correct", text="更正" * 300, at=at)

    ask(1)
    client.get(url(accepted))
    with CaptureQueriesContext(connection) as few:
        page = client.get(url(accepted)).content.decode()
    assert "已过期" in page
    assert "系统里没有找到还要改的公告、证书或下载包" in page
    assert "已经停止：活动网站的展播、结果和证书核验页立即不再出现您的姓名" in page
    ask(25)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url(accepted)).status_code == 200
    assert len(many) == len(few) <= 40
    today = client.get(reverse("office-today", args=[accepted.contest.slug])).content.decode()
    assert "条个人信息的请求待办理" in today


def test_a_name_is_withheld_and_named_again(
    accepted: Stage, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(accepted.organiser)
    names = url(accepted, name="office-privacy-names")
    wrong = client.post(names, {"number": "001", "name": "<b>王五</b>", "why": "来电"})
    assert wrong.status_code == 422
    assert "这件作品里没有这个姓名" in wrong.content.decode()
    assert "&lt;b&gt;王五&lt;/b&gt;" in wrong.content.decode()  # what was typed stays
    assert client.post(names, {"number": "001", "name": "李望1", "why": "来电"}).status_code == 302
    page = client.get(url(accepted)).content.decode()
    assert "取消登记：李望1" in page
    row = accepted.entries[0].withheld_names.get()
    assert client.post(names, {"again": str(row.pk)}).status_code == 302
    assert client.post(names, {"again": "99999999999"}).status_code == 404


def test_a_person_is_erased_everywhere_and_no_outbox_row_names_him(
    accepted: Stage, signed_in: Callable[[object], Client]
) -> None:
    at = timezone.now()
    gone, other = member(accepted, "王念安"), member(accepted, "赵守正", 1)
    gone.phone, gone.email = "13900007777", "Wang.Nianan@hospital.example"
    gone.save()
    issue_personal_link(user=gone, by=accepted.organiser, at=at)
    own = {"主题": "王念安：请报送", "正文": "王念安您好，电话 13900007777。"}
    about = {"主题": "名单", "正文": "联络员王念安 13900007777 wang.nianan@hospital.example"}
    for number, (to, words) in enumerate(
        (
            (Recipient.of(gone), own),
            (
                Recipient(None, "王念安", "wang.nianan@hospital.example"),
                own,
            ),  # by address, other case
            (Recipient.of(other), about),
        ),
        start=1,
    ):
        post(template="messages.own", to=to, context=words, key=f"k{number}",
             contest=accepted.contest.pk, at=at)  # fmt: skip
    post(template="account.code", to=Recipient(phone="13900007777"), context={"code": "1", "minutes": 5},
         channel="sms", key="sms", contest=None, at=at)  # fmt: skip
    Message.objects.filter(key="k1").update(
        params={"姓名": "王念安"}, headers={"Reply-To": "王念安"}
    )
    BulkSend.objects.create(
        contest=accepted.contest.pk, subject="找王念安", body="13900007777", channel="mail",
        by=accepted.organiser, at=at,
    )  # fmt: skip
    made = request_about_data(user=gone, kind="delete", text="请删除我：王念安", at=at)
    client = signed_in(accepted.organiser)
    place = url(accepted, made.pk, name="office-privacy-erase")
    assert client.post(place).status_code == 422  # not confirmed: nothing is touched
    assert Message.objects.filter(body__contains="王念安").count() == 3
    assert client.post(place, {"sure": "on"}).status_code == 302
    rows = [
        *Message.objects.values_list(
            "name", "address", "subject", "body", "cause", "link", "headers", "params", "sealed",
            "provider_id", "key",
        ),
        *BulkSend.objects.values_list("subject", "body"),
    ]  # fmt: skip
    left = str(rows).casefold()
    for word in ("王念安", "13900007777", "wang.nianan@hospital.example"):
        assert word.casefold() not in left
    assert Message.objects.get(key="k3").body == "联络员■■ ■■ ■■"
    assert Message.objects.get(key="k3").address == other.email
    assert set(Message.objects.exclude(key="k3").values_list("state", flat=True)) == {"cancelled"}
    gone.refresh_from_db()
    assert (gone.name, gone.phone, gone.email, gone.is_active) == ("（已删除）", "", "", False)
    assert not gone.links.exists()
    assert not Membership.objects.filter(user=gone, until=None).exists()
    assert Membership.objects.filter(user=other, until=None).exists()
    row = DataRequest.objects.get(pk=made.pk)
    assert (row.text, row.answer[:4]) == ("（已删除）", "个人信息")
    assert verify_chain(accepted.contest.chain).ok
    assert client.post(place, {"sure": "on"}).status_code == 422  # once is enough


def test_who_has_a_seat_elsewhere_or_is_an_administrator_is_not_the_office_s_to_erase(
    accepted: Stage, signed_in: Callable[[object], Client]
) -> None:
    at = timezone.now()
    user, chief = member(accepted, "王念安"), member(accepted, "管理员", 1)
    elsewhere = contest(works=1, judges=0, slug="other")
    Membership.objects.create(contest=elsewhere.contest, user=user, role=Role.JUDGE)
    User.objects.filter(pk=chief.pk).update(is_staff=True)
    client = signed_in(accepted.organiser)
    for who, word in ((user, "请系统管理员办理"), (chief, "管理员的账号")):
        made = request_about_data(user=who, kind="delete", text="请删除", at=at)
        sent: Any = client.post(url(accepted, made.pk, name="office-privacy-erase"), {"sure": "on"})
        assert (sent.status_code, word in sent.content.decode()) == (422, True)
        assert User.objects.get(pk=who.pk).name in ("王念安", "管理员")


def test_an_administrator_erases_whoever_had_a_part_in_several_contests(
    accepted: Stage, signed_in: Callable[[object], Client]
) -> None:
    at = timezone.now()
    user, chief = member(accepted, "王念安"), person("系统管理员")
    User.objects.filter(pk=chief.pk).update(is_staff=True)
    elsewhere = contest(works=1, judges=0, slug="other")
    Membership.objects.create(contest=elsewhere.contest, user=user, role=Role.JUDGE)
    made = request_about_data(user=user, kind="delete", text="请删除", at=at)
    asked = request_about_data(user=user, kind="other", text="请说明", at=at)
    place = reverse("setup-erase", args=[made.pk])
    assert signed_in(accepted.organiser).post(place, {"sure": "on"}).status_code in (403, 404)
    client = signed_in(User.objects.get(pk=chief.pk))
    assert "删除这个人的个人信息" in client.get(reverse("setup")).content.decode()
    assert client.post(place).status_code == 422
    # Only who asked for it is erased.
    other = reverse("setup-erase", args=[asked.pk])
    assert client.post(other, {"sure": "on"}).status_code == 404
    assert client.post(place, {"sure": "on"}).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_active) == ("（已删除）", False)
    assert not Membership.objects.filter(user=user, until=None).exists()
