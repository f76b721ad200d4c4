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
