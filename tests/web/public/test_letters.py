"""A letter's own page in the browser: opened by its address, without an account."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.mailbox.answering import page_token
from fengcai.apps.mailbox.models import Case
from fengcai.engines.uploads.grants import read_grant
from fengcai.web.shared import assets
from tests.apps.mailbox.letters import FILM, HEART, Office, an_office, letter
from tests.apps.mailbox.test_waiting import NAMED, linked
from tests.factories.collecting import DAY

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("J12", "B8")]


@pytest.fixture
def office(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    built = assets.Entry(("dist/assets/main.js",), ("dist/assets/main.css",), ())
    monkeypatch.setattr(assets, "entry", lambda name: built)
    settings.FENGCAI_DATA = tmp_path / "data"
    (tmp_path / "mail").mkdir()
    return an_office(tmp_path / "mail")


def opened(case: Case) -> Case:
    """The page stays open for the day on which the test runs."""
    from django.utils import timezone

    case.open_until = timezone.now() + timedelta(days=1)
    case.save()
    return case


def test_anybody_with_the_address_sees_the_letter_and_nothing_of_the_work(office: Office) -> None:
    case = opened(office.come(linked(files={"另一个.docx": b"x"})))
    page = Client().get(reverse("letter", args=[page_token(case)]))
    assert (page.status_code, NAMED in page.text, "另一个.docx" in page.text) == (200, True, True)
    assert f"已归到{HEART}" in page.text
    assert page["Cache-Control"].startswith("max-age=0")
    assert 'name="referrer" content="no-referrer"' in page.text
    part = Client().get(reverse("letter", args=[page_token(case)]), headers={"HX-Request": "true"})
    assert ("<html" in part.text, NAMED in part.text) == (False, True)
    for place in ("letter-grant", "letter-unfinished"):
        url = reverse(place, args=["0" * 32 + ".x"])
        method = Client().post if place == "letter-grant" else Client().get
        assert method(url, headers={"Accept": "application/json"}).status_code == 404


def test_a_grant_is_for_this_letter_and_file_only(office: Office) -> None:
    case = opened(office.come(linked()))
    row = case.pending.get()
    url = reverse("letter-grant", args=[page_token(case)])
    got = Client().post(f"{url}?file={row.pk}").json()
    grant = read_grant(got["grant"], at=DAY)
    assert (grant.subject, grant.owner) == (
        {"case": str(case.pk), "pending": row.pk}, f"letter:{case.pk}",
    )  # fmt: skip
    assert Client().post(f"{url}?file={10**8}").status_code == 404
    rest = reverse("letter-unfinished", args=[page_token(case)])
    assert Client().get(f"{rest}?file={row.pk}").json() == {"uploads": []}
    # Without CSRF token a stranger's page cannot ask in a visitor's name.
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{url}?file={row.pk}").status_code == 403


def test_a_closed_page_says_what_to_do(office: Office) -> None:
    case = office.come(letter(files={"a.mp4": FILM}))
    Case.objects.update(state="aside")
    gone = Client().get(reverse("letter", args=[page_token(case)]))
    assert gone.status_code == 410
    assert "另发一封邮件" in gone.text
    assert "a.mp4" not in gone.text
