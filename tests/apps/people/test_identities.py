"""Which account an identity opens, and what it never does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.socialaccount.models import SocialAccount

from fengcai.apps.people.access import link_identity, set_password, unlink_identity
from fengcai.apps.people.actions import create_account, issue_personal_link
from fengcai.apps.people.identities import (
    account_for,
    account_of_this_name,
    tie,
    ties_of,
    untie,
)
from fengcai.apps.people.models import User, VerifiedPhone
from fengcai.apps.people.phones.actions import verify_phone
from fengcai.apps.refusals import Refused
from fengcai.engines.identity import Identity

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

NOW = datetime(2026, 4, 30, 16, tzinfo=UTC)
SERVICE = Identity("wechat", "wx1:oA", joint="uN")
SITE = Identity("wechat", "wx2:oB", joint="uN")


@pytest.fixture
def person() -> User:
    return create_account(username="zhangsan", name="张三", password="zhong-yi-yuan-2026")


@pytest.mark.clause("H6")
def test_the_unionid_joins_the_two_openids_of_one_person(person: User) -> None:
    assert account_for(SERVICE) is None
    assert tie(user=person, identity=SERVICE, at=NOW)
    assert account_for(SITE) == person  # never seen before
    assert sorted(SocialAccount.objects.values_list("provider", "uid")) == [
        ("wechat", "wx1:oA"), ("wechat", "wx2:oB"), ("wechat-joint", "uN"),
    ]  # fmt: skip
    assert account_for(Identity("wechat", "wx2:oB")) == person  # by itself from now on
    assert list(ties_of(person)) == ["wechat"]


@pytest.mark.clause("H6")
def test_a_page_that_is_only_looked_at_opens_and_ties_nothing(person: User) -> None:
    tie(user=person, identity=SERVICE, at=NOW)
    passing = Identity("wechat", "wx1:oA", joint="uN", passing=True)
    assert account_for(passing) is None
    with pytest.raises(Refused, match="预览页"):
        tie(user=person, identity=passing, at=NOW)
    assert account_of_this_name(Identity("cas", "x", login="zhangsan", passing=True)) is None


def test_an_identity_opens_one_account_and_an_account_has_one_of_each(person: User) -> None:
    other = create_account(username="lisi", name="李四")
    tie(user=person, identity=SERVICE, at=NOW)
    for taken in (SERVICE, SITE):
        with pytest.raises(Refused, match="已绑定在另一个账号"):
            tie(user=other, identity=taken, at=NOW)
    with pytest.raises(Refused, match="已绑定另一个微信"):
        tie(user=person, identity=Identity("wechat", "wx1:oZ"), at=NOW)
    with pytest.raises(Refused, match="已绑定另一个微信"):
        tie(user=person, identity=Identity("wechat", "wx2:oZ", joint="other"), at=NOW)
    assert not tie(user=person, identity=SERVICE, at=NOW)  # again: nothing new
    assert tie(user=person, identity=Identity("wecom", "ww:zs"), at=NOW)
    assert SocialAccount.objects.filter(user=other).count() == 0


def test_a_closed_account_is_not_opened(person: User) -> None:
    tie(user=person, identity=SERVICE, at=NOW)
    person.is_active = False
    person.save()
    assert account_for(SERVICE) is None
    assert account_for(SITE) is None


def test_the_same_name_opens_an_account_only_where_nobody_is_tied_and_no_administrators(
    person: User,
) -> None:
    create_account(username="boss", name="管理员", administrator=True)
    assert account_of_this_name(Identity("cas", "zhangsan", login="zhangsan")) == person
    assert account_of_this_name(Identity("cas", "boss", login="boss")) is None
    assert account_of_this_name(Identity("cas", "Zhangsan", login="Zhangsan")) is None
    tie(user=person, identity=Identity("cas", "zs-2019", login="zs-2019"), at=NOW)
    assert account_of_this_name(Identity("cas", "zhangsan", login="zhangsan")) is None


def test_the_last_way_in_is_not_taken_away(person: User) -> None:
    lone = create_account(username="u1", name="联络员")
    tie(user=lone, identity=SERVICE, at=NOW)
    with pytest.raises(Refused, match="唯一的登录方式"):
        untie(user=lone, provider="wechat", at=NOW)
    issue_personal_link(user=lone, by=None, at=NOW)
    assert untie(user=lone, provider="wechat", at=NOW)
    assert not untie(user=lone, provider="wechat", at=NOW)
    assert SocialAccount.objects.count() == 0  # the unionid's row too
    assert tie(user=person, identity=SERVICE, at=NOW)


def test_a_new_password_takes_away_what_the_old_one_could_have_tied(person: User) -> None:
    tie(user=person, identity=SERVICE, at=NOW)
    verify_phone(user=person, number="13800001234", at=NOW)
    link_identity(username="zhangsan", subject="staff-7", at=NOW)
    closed = set_password(username="zhangsan", password="ling-yi-ge-mi-ma-9", at=NOW)
    assert str(closed) == "微信登录、手机号登录"
    assert list(ties_of(person)) == ["oidc"]  # the office's
    assert not VerifiedPhone.objects.exists()


def test_the_office_ties_and_unties_by_name(person: User) -> None:
    link_identity(username="zhangsan", subject="zs", at=NOW, provider="cas")
    assert account_for(Identity("cas", "zs")) == person
    with pytest.raises(Refused, match="已绑定另一个统一身份认证"):
        link_identity(username="zhangsan", subject="zs2", at=NOW, provider="cas")
    unlink_identity(username="zhangsan", at=NOW, provider="cas")
    with pytest.raises(Refused, match="没有绑定统一身份认证"):
        unlink_identity(username="zhangsan", at=NOW, provider="cas")
