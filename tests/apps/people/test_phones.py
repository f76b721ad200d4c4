"""Codes to telephone numbers: limits, one use, five tries, and whom a proved number opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import PhoneCode, VerifiedPhone
from fengcai.apps.people.phones.actions import (
    TooMany,
    accounts_of,
    new_code,
    prove,
    purge_codes,
    remove_phone,
    verify_phone,
)
from fengcai.apps.people.phones.numbers import masked, mobile, mobiles_in
from fengcai.apps.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

NOW = datetime(2026, 4, 30, 16, 0, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NUMBER = "13800001234"


def code_at(
    at: datetime, number: str = NUMBER, address: str = "10.0.0.1", device: str = "d"
) -> str:
    return new_code(number=number, address=address, device=device, at=at)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800001234", "13800001234"), (" 138-0000-1234 ", "13800001234"),
        ("+86 138 0000 1234", "13800001234"), ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"), ("86138 00001234", "13800001234"),
        ("\u200b13800001234", "13800001234"), ("12800001234", ""), ("0791-88888888", ""),
        ("1380000123", ""), ("138000012345", ""), ("+1 13800001234", ""), ("", ""),
        ("13800001234; DROP", ""), ("1" * 5000, ""), ("१३८००००१२३४", ""),
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(typed: str, number: str) -> None:
    assert mobile(typed) == number


def test_the_numbers_in_a_cell_and_what_of_one_is_shown() -> None:
    assert mobiles_in("138 0000 1234 / 8812") == {"13800001234"}
    assert mobiles_in("13800001234、13900005678") == {"13800001234", "13900005678"}
    assert mobiles_in("8812") == set()
    assert masked(NUMBER) == "138****1234"


@pytest.mark.clause("H6")
def test_a_code_is_good_once_for_its_number_within_five_minutes() -> None:
    code = code_at(NOW)
    assert len(code) == 6
    assert code.isdecimal()
    assert not prove(number="13900005678", code=code, at=NOW)
    assert prove(number="+86 138 0000 1234", code=f" {code} ", at=NOW + timedelta(seconds=299))
    assert not prove(number=NUMBER, code=code, at=NOW + timedelta(seconds=299))
    late = code_at(NOW + 2 * MINUTE)
    assert not prove(number=NUMBER, code=late, at=NOW + 7 * MINUTE)


def test_five_wrong_tries_make_a_code_void() -> None:
    code = code_at(NOW)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [prove(number=NUMBER, code=wrong, at=NOW) for _ in range(5)] == [False] * 5
    assert not prove(number=NUMBER, code=code, at=NOW)
    assert PhoneCode.objects.get().tries == 5


def test_a_newer_code_makes_the_one_before_void() -> None:
    first, second = code_at(NOW), code_at(NOW + MINUTE)
    if first != second:
        assert not prove(number=NUMBER, code=first, at=NOW + MINUTE)
    assert prove(number=NUMBER, code=second, at=NOW + MINUTE)


def test_neither_number_nor_code_nor_address_is_kept() -> None:
    code = code_at(NOW)
    row = PhoneCode.objects.values().get()
    kept = " ".join(str(value) for value in row.values())
    assert NUMBER not in kept
    assert "10.0.0.1" not in kept
    assert code not in {row["digest"], row["number"]}
    assert len(row["digest"]) == 64


@pytest.mark.parametrize(
    ("step", "most", "wait"),
    [
        (timedelta(seconds=59), 1, "过一分钟"),
        (timedelta(minutes=2), 5, "这一小时"),
        (timedelta(minutes=61), 10, "今天"),
    ],
)
def test_a_number_gets_one_a_minute_five_an_hour_ten_a_day(
    step: timedelta, most: int, wait: str
) -> None:
    for number in range(most):
        code_at(NOW + number * step, device=f"d{number}", address=f"10.0.0.{number}")
    with pytest.raises(TooMany, match=wait):
        code_at(NOW + most * step, device="new", address="10.9.9.9")


def test_a_device_and_an_address_have_limits_of_their_own() -> None:
    for number in range(8):
        code_at(NOW, number=f"1380000000{number}")
    with pytest.raises(TooMany):
        code_at(NOW, number="13900000000", address="10.9.9.9")
    code_at(NOW, number="13900000000", device="other")


def test_an_address_serves_two_hundred_an_hour_by_however_many_devices() -> None:
    code_at(NOW)
    row = PhoneCode.objects.get()
    PhoneCode.objects.bulk_create(
        PhoneCode(
            number=f"n{number}", address=row.address, device=f"d{number}", digest="x", minute=1,
            created_at=NOW, expires_at=NOW,
        )
        for number in range(199)
    )  # fmt: skip
    with pytest.raises(TooMany, match="这一小时"):
        code_at(NOW, number="13900000000", device="fresh")
    code_at(NOW + HOUR, number="13900000000", device="fresh")


def test_what_is_no_mobile_number_gets_no_code() -> None:
    with pytest.raises(Refused) as refused:
        code_at(NOW, number="0791-88888888")
    assert refused.value.fields == {"number": "请填 11 位的手机号。"}
    assert PhoneCode.objects.count() == 0


def test_the_roster_opens_one_account_and_none_of_an_officer_or_administrator() -> None:
    contact = create_account(username="u1", name="心内科联络员", phone="138 0000 1234 / 8812")
    assert accounts_of(NUMBER) == [contact]
    assert accounts_of("13900005678") == []
    create_account(username="boss", name="管理员", phone=NUMBER, administrator=True)
    create_account(username="officer", name="组织者", phone=NUMBER, password="zhong-yi-yuan-2026")
    assert accounts_of(NUMBER) == [contact]
    namesake = create_account(username="u2", name="另一科联络员", phone=NUMBER)
    assert accounts_of(NUMBER) == []  # nobody can say which
    verify_phone(user=contact, number=NUMBER, at=NOW)
    assert accounts_of(NUMBER) == [contact, namesake]  # the holder chooses
    namesake.is_active = False
    namesake.save()
    assert accounts_of(NUMBER) == [contact]


def test_another_number_replaces_the_one_before_and_may_be_forgotten() -> None:
    user = create_account(username="u1", name="联络员", phone=NUMBER)
    verify_phone(user=user, number=NUMBER, at=NOW)
    verify_phone(user=user, number="13900005678", at=NOW)
    assert list(VerifiedPhone.objects.values_list("number", flat=True)) == ["13900005678"]
    assert accounts_of(NUMBER) == []  # an account with a proved number is not found by the roster
    assert remove_phone(user=user, at=NOW)
    assert not remove_phone(user=user, at=NOW)


def test_codes_go_when_they_no_longer_count() -> None:
    code_at(NOW)
    assert purge_codes(NOW + timedelta(hours=23)) == 0
    assert purge_codes(NOW + timedelta(hours=24)) == 1
