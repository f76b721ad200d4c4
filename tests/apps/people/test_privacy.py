"""The notice, consents given one by one, withdrawals that reach the office, requests, the copy."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fengcai.apps.people.actions import create_account, issue_personal_link
from fengcai.apps.people.models import Consent, DataRequest, User
from fengcai.apps.people.phones.actions import verify_phone
from fengcai.apps.people.privacy.actions import (
    answer_notice,
    answer_request,
    describe_installation,
    give_consent,
    request_about_data,
    withdraw_consent,
    write_notice,
)
from fengcai.apps.people.privacy.queries import (
    agreed,
    consents_of,
    copy_of,
    is_to_be_asked,
    notice,
    requests_of,
    requests_to_answer,
)
from fengcai.apps.refusals import NotFound, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

NOW = datetime(2026, 4, 30, 16, tzinfo=UTC)


@pytest.fixture
def person() -> User:
    return create_account(username="u1", name="心内科联络员", phone="13800001234")


@pytest.fixture
def officer() -> User:
    return create_account(username="office", name="宣传科")


@pytest.mark.clause("U7")
def test_each_consent_is_its_own_and_is_asked_once_per_version(person: User, officer: User) -> None:
    assert is_to_be_asked(person)
    answer_notice(user=person, agreed=["publish"], version=0, at=NOW)
    assert not is_to_be_asked(person)
    assert [bool(row.given_at) for row in consents_of(person)] == [True, False, False]
    kept = Consent.objects.get()
    assert kept.wording.startswith("同意在获奖名单、公示")
    assert agreed([person.pk, officer.pk], "publish") == {person.pk}
    assert agreed([person.pk], "pass_on") == set()
    assert write_notice(by=officer, at=NOW, controller="示例医院", contact="宣传科 8812") == 1
    assert is_to_be_asked(person)
    with pytest.raises(Refused, match="刚刚更新过"):
        answer_notice(user=person, agreed=["pass_on"], version=0, at=NOW)
    answer_notice(user=person, agreed=[], version=1, at=NOW)  # an empty box withdraws nothing
    assert agreed([person.pk], "publish") == {person.pk}


@pytest.mark.clause("U7")
def test_a_withdrawal_reaches_the_office_and_may_be_undone(person: User, officer: User) -> None:
    give_consent(user=person, purpose="pass_on", at=NOW)
    give_consent(user=person, purpose="pass_on", at=NOW)  # twice is once
    assert withdraw_consent(user=person, purpose="pass_on", at=NOW + timedelta(days=1))
    assert not withdraw_consent(user=person, purpose="pass_on", at=NOW + timedelta(days=1))
    assert agreed([person.pk], "pass_on") == set()
    (told,) = requests_to_answer(None)
    assert (told.kind, told.user) == ("withdrawn", person)
    assert "转交给上级活动的主办方" in told.text
    give_consent(user=person, purpose="pass_on", at=NOW + timedelta(days=2))
    assert Consent.objects.count() == 2
    with pytest.raises(NotFound):
        give_consent(user=person, purpose="sell", at=NOW)


def test_a_request_is_answered_once_by_who_may(person: User, officer: User) -> None:
    made = request_about_data(user=person, kind="correct", text=" 电话改为 8813 ", at=NOW)
    with pytest.raises(NotFound):
        answer_request(pk=made.pk, answer="好", by=officer, among={officer.pk}, at=NOW)
    with pytest.raises(Refused, match="请写明怎么办理"):
        answer_request(pk=made.pk, answer="  ", by=officer, among={person.pk}, at=NOW)
    answer_request(pk=made.pk, answer="已改", by=officer, among={person.pk}, at=NOW)
    with pytest.raises(Refused, match="已经有人答复"):
        answer_request(pk=made.pk, answer="已改", by=officer, among=None, at=NOW)
    (row,) = requests_of(person)
    assert (row.text, row.answer, row.answered_by) == ("电话改为 8813", "已改", officer)


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("correct", "", "请写明要办什么"),
        ("withdrawn", "x", "请选择"),
        ("delete", "x" * 2001, "2000 字"),
        ("delete", "半个\ud83d", "半个字符"),
    ],
)
def test_a_request_that_cannot_be_taken_says_why(
    person: User, kind: str, text: str, word: str
) -> None:
    with pytest.raises(Refused, match=word):
        request_about_data(user=person, kind=kind, text=text, at=NOW)
    assert DataRequest.objects.count() == 0


def test_five_requests_may_wait(person: User) -> None:
    for _ in range(5):
        request_about_data(user=person, kind="other", text="请说明", at=NOW)
    with pytest.raises(Refused, match="还在办理"):
        request_about_data(user=person, kind="other", text="请说明", at=NOW)


def test_the_notice_names_who_and_a_contest_may_have_its_own(officer: User) -> None:
    assert notice().controller == "活动主办单位"
    describe_installation(name="示例医院", contact="宣传科", phone="8812", email="", at=NOW)
    assert (notice().controller, notice().contact) == ("示例医院", "宣传科，8812")
    write_notice(by=officer, at=NOW, controller="示例质控中心", contact="办公室", contest=7)
    assert (notice(7).controller, notice(7).version) == ("示例质控中心", 1)
    assert notice(8).controller == notice().controller == "示例医院"
    with pytest.raises(Refused) as refused:
        write_notice(by=officer, at=NOW, controller="", contact="办公室")
    assert set(refused.value.fields) == {"controller"}


def test_the_copy_holds_what_is_kept_and_no_secret(person: User) -> None:
    token = issue_personal_link(user=person, by=None, at=NOW)
    verify_phone(user=person, number="13800001234", at=NOW)
    answer_notice(user=person, agreed=["publish"], version=0, at=NOW)
    told = json.dumps(copy_of(person), ensure_ascii=False)
    for word in ("心内科联络员", "138****1234", "同意在获奖名单", "验证手机号"):
        assert word in told
    assert token not in told
    assert person.password not in told


@pytest.mark.parametrize("number", [1, 30])
def test_asking_whom_costs_the_same_for_many(number: int, django_assert_num_queries: Any) -> None:
    users = [create_account(username=f"p{each}", name="某") for each in range(number)]
    give_consent(user=users[0], purpose="publish", at=NOW)
    with django_assert_num_queries(1):
        assert agreed([user.pk for user in users], "publish") == {users[0].pk}


def test_what_waits_is_never_behind_what_was_answered(person: User) -> None:
    """An old request, of an installation with many newer ones that were answered."""
    kind = DataRequest.Kind.OTHER
    old = DataRequest.objects.create(user=person, kind=kind, made_at=NOW, text="旧")
    DataRequest.objects.bulk_create(
        DataRequest(
            user=person, kind=kind, text="新", made_at=NOW + timedelta(hours=n),
            answered_at=NOW + timedelta(days=n),
        )
        for n in range(1, 202)
    )  # fmt: skip
    rows = requests_to_answer(None)
    assert (rows[0], len(rows)) == (old, 200)
    assert rows[1].made_at == NOW + timedelta(hours=201)
