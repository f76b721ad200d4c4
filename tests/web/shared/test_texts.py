"""What browsers send, made fit to be kept; and what the sign-in page lets in."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client

from fengcai.apps.people.actions import create_account
from fengcai.apps.refusals import Refused
from fengcai.web.shared.texts import storable, whole_number
from tests.factories.collecting import UNITS, collecting


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("", 0), (None, 0), ("x", 0), ("-1", 0), ("9" * 5000, 0)]
)
def test_a_whole_number_may_be_anything(text: str | None, number: int) -> None:
    assert whole_number(text) == number


def test_half_a_character_is_refused_and_nul_is_dropped() -> None:
    assert storable("一科\0一风采") == "一科一风采"
    with pytest.raises(Refused, match="半个字符"):
        storable("坏\ud83d")


@pytest.mark.django_db
def test_a_draft_refuses_half_a_character_and_keeps_what_stood(client: Client) -> None:
    made = collecting()
    entry = made.draft()
    client.force_login(made.contacts[UNITS[0]])
    answer = client.post(
        f"/works/{entry.pk}/save",
        json.dumps({"version": 2, "fields": {"synopsis": "坏\ud83d"}}),
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert (answer.status_code, "半个字符" in answer.json()["message"]) == (422, True)
    assert client.get(f"/works/{entry.pk}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "inside"), [("127.0.0.1", True), ("203.0.113.9", False)])
def test_the_printed_password_opens_nothing_from_elsewhere(
    client: Client, address: str, inside: bool
) -> None:
    create_account(username="office", name="宣传科", password=settings.FENGCAI_PRINTED_PASSWORD)
    client.post(
        "/accounts/login/",
        {"login": "office", "password": settings.FENGCAI_PRINTED_PASSWORD},
        REMOTE_ADDR=address,
    )
    assert ("_auth_user_id" in client.session) is inside


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["signup/", "password/reset/", "password/set/", "email/"])
def test_what_the_office_does_not_offer_is_not_there(client: Client, address: str) -> None:
    assert client.get(f"/accounts/{address}").status_code == 404
    assert client.post(f"/accounts/{address}", {"email": "a@b.cn"}).status_code == 404
