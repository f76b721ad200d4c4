"""Accounts, and personal links that let their one owner in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fengcai.apps.people import actions
from fengcai.apps.people.models import PersonalLink
from fengcai.apps.people.queries import owner_of_link
from fengcai.apps.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.clause("U1")]
NOW = datetime(2026, 4, 3, tzinfo=UTC)


def test_a_link_opens_until_it_expires() -> None:
    user = actions.create_account(username="lly", name="心内科联络员")
    token = actions.issue_personal_link(user=user, by=None, at=NOW, life=timedelta(days=2))
    assert token not in str(PersonalLink.objects.values())
    assert owner_of_link(token, at=NOW) == user
    assert actions.redeem_personal_link(token=token, at=NOW + timedelta(days=1)) == user
    assert PersonalLink.objects.get().uses == 1
    late = NOW + timedelta(days=2)
    assert owner_of_link(token, at=late) is None
    with pytest.raises(Refused, match="无效或已过期"):
        actions.redeem_personal_link(token=token, at=late)


def test_a_new_link_closes_the_one_before() -> None:
    user = actions.create_account(username="lly", name="心内科联络员")
    first = actions.issue_personal_link(user=user, by=None, at=NOW)
    second = actions.issue_personal_link(user=user, by=None, at=NOW)
    assert (owner_of_link(first, at=NOW), owner_of_link(second, at=NOW)) == (None, user)


def test_a_link_of_a_closed_account_opens_nothing() -> None:
    user = actions.create_account(username="lly", name="心内科联络员")
    token = actions.issue_personal_link(user=user, by=None, at=NOW)
    user.is_active = False
    user.save()
    with pytest.raises(Refused):
        actions.redeem_personal_link(token=token, at=NOW)


@pytest.mark.parametrize("days", [0, 181])
def test_a_link_lives_neither_no_time_nor_too_long(days: int) -> None:
    user = actions.create_account(username="lly", name="心内科联络员")
    with pytest.raises(Refused, match="1 至 180 天"):
        actions.issue_personal_link(user=user, by=None, at=NOW, life=timedelta(days=days))


def test_a_taken_name_and_a_weak_password_are_refused() -> None:
    actions.create_account(username="lly", name="心内科联络员")
    with pytest.raises(Refused, match="已存在"):
        actions.create_account(username="lly", name="别人")
    with pytest.raises(
        Refused, match="密码不合要求：至少要 10 位；太常见，容易被猜到；不能全是数字。"
    ):
        actions.create_account(username="x", name="别人", password="12345")


def test_revoking_a_link_ends_the_sessions_it_opened() -> None:
    user = actions.create_account(username="lly", name="心内科联络员")
    before = user.get_session_auth_hash()
    actions.issue_personal_link(user=user, by=None, at=NOW)
    user.refresh_from_db()
    assert user.get_session_auth_hash() != before
