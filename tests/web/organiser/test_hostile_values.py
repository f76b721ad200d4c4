"""Numbers and instants that no page sends: refused in words, and never an error of the server."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from fengcai.apps.contests.models import Membership
from tests.factories.judging import Stage, opened

LONG = "9" * 5000  # Python itself reads no number of more than 4300 digits
FORM = "application/x-www-form-urlencoded"
OFFICE, BOOK = "c/yikeyifengcai/office", "manage/yikeyifengcai/rulebook"


def test_values_that_no_page_sends_are_refused(
    accepted: Stage, signed_in: Callable[[object], Client]
) -> None:
    client = signed_in(opened(accepted).organiser)
    people = Membership.objects.count()
    answers = [
        client.post(f"/{at}/", urlencode({name: value, **more}), FORM).status_code
        for at, name, value, more in (
            (f"{OFFICE}/people", "unit", LONG, {"role": "contact", "name": "甲"}),
            (f"{OFFICE}/round/review/open", "judges", LONG, {"panel": "chosen"}),
            (f"{OFFICE}/round/review/share", f"panel-{LONG}", "x", {}),
            (f"{OFFICE}/round/review/penalties", "withdraw", LONG, {}),
            (f"{OFFICE}/votes/popular/void", "restore", LONG, {}),
            (f"{BOOK}/edit", "like", "²", {"path": '["recognition"]', "do": "add"}),
            (f"{BOOK}/amendments/extend", "closes", "0001-01-01T00:00+14:00", {"reason": "甲"}),
            (f"{BOOK}/amendments/extend", "closes", "9999-12-31T23:59-14:00", {"reason": "甲"}),
        )
    ]
    assert answers == [422, 422, 422, 404, 404, 422, 422, 422]
    assert Membership.objects.count() == people


@pytest.mark.parametrize("body", ["[" * 200_000, "[]", "{"])
def test_a_live_check_that_cannot_be_read_is_refused(
    accepted: Stage, signed_in: Callable[[object], Client], body: str
) -> None:
    client = signed_in(accepted.organiser)
    assert client.post(f"/{BOOK}/check/", body, "application/json").status_code == 422
    assert client.post(f"/{BOOK}/check/", {"text": body[:9]}).status_code == 422
