"""Printed cards for a whole roster: every role, a hundred people, one PDF, each card a key that opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.actions import appoint
from fengcai.apps.contests.queries import people_in
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import PersonalLink
from fengcai.samples.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def pages(pdf: bytes) -> int:
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    assert found is not None
    return int(found[1])


@pytest.mark.clause("U1")
def test_a_hundred_contacts_are_one_pdf_of_eight_cards_a_page(
    collecting: Stage, signed_in: Callable[[object], Client]
) -> None:
    now = timezone.now()
    units = list(collecting.units.values())
    held = {seat.user_id for seat in people_in(collecting.contest, Role.CONTACT)}
    for number in range(100 - len(held)):
        person = create_account(username=f"more{number}", name=f"第{number + 1}位联络员")
        appoint(
            contest=collecting.contest, user=person, role=Role.CONTACT,
            unit=units[number % len(units)], by=collecting.organiser, at=now,
        )  # fmt: skip
    url = reverse("office-people-sheet", args=[collecting.contest.slug])
    sent = signed_in(collecting.organiser).post(url, {"role": "contact"})
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/pdf")
    assert pages(sent.content) == 13
    assert PersonalLink.objects.filter(revoked_at=None).count() == 100


@pytest.mark.parametrize("role", ["head", "judge", "reviewer"])
def test_every_role_has_cards(
    collecting: Stage, signed_in: Callable[[object], Client], role: str
) -> None:
    number = len({seat.user_id for seat in people_in(collecting.contest, Role(role))})
    if not number:
        person = create_account(username=f"the-{role}", name="某人")
        unit: Any = next(iter(collecting.units.values())) if role == "head" else None
        appoint(
            contest=collecting.contest, user=person, role=Role(role), unit=unit,
            by=collecting.organiser, at=timezone.now(),
        )  # fmt: skip
        number = 1
    url = reverse("office-people-sheet", args=[collecting.contest.slug])
    sent = signed_in(collecting.organiser).post(url, {"role": role})
    assert sent["Content-Type"] == "application/pdf"
    assert pages(sent.content) == -(-number // 8)
    assert PersonalLink.objects.filter(revoked_at=None).count() == number


ANDROID = (
    "Mozilla/5.0 (Linux; Android 12; V2055A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/107.0.5304.141 Mobile Safari/537.36 MicroMessenger/8.0.44.2502(0x28002C51)"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.44"
)


@pytest.mark.clause("U1")
def test_inside_wechat_on_android_nothing_is_issued_that_would_be_lost(
    collecting: Stage, signed_in: Callable[[object], Client]
) -> None:
    url = reverse("office-people-sheet", args=[collecting.contest.slug])
    client = signed_in(collecting.organiser)
    before = PersonalLink.objects.count()
    page = client.get(f"{url}?role=contact", headers={"User-Agent": ANDROID}).content.decode()
    assert "在浏览器打开" in page
    assert "签发" in page and "个链接并下载 PDF" not in page
    refused = client.post(url, {"role": "contact"}, headers={"User-Agent": ANDROID})
    assert (refused.status_code, PersonalLink.objects.count()) == (422, before)
    assert "原有的链接都还能用" in refused.content.decode()
    shown = client.post(url, {"role": "judge"}, headers={"User-Agent": IPHONE})
    assert shown["Content-Disposition"].startswith("inline")  # an iPhone shows it in place
