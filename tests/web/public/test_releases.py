"""The signing page and the register as pages: private headers, hostile text, copies, acts by right."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.releases import links
from fengcai.apps.releases.models import Appearance, NobodyShown, Release
from tests.factories import judging as make
from tests.factories.judging import Stage, person

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
HAND = "M100 100L400 250L700 120"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def stage(front_end: None) -> Stage:
    stage = make.contest(works=1, judges=1)
    NobodyShown.objects.all().delete()
    return stage


@pytest.fixture
def contact(stage: Stage) -> User:
    user = person("第1科联络员")
    Membership.objects.create(
        contest=stage.contest, user=user, role=Role.CONTACT, unit=stage.units[0]
    )
    return user


def registered(stage: Stage, contact: User, **changes: str) -> tuple[Client, str, Release]:
    """The unit's browser, the address of its register, and a release that waits."""
    client = Client()
    client.force_login(contact)
    page = f"/works/{stage.entries[0].pk}/people/"
    sent = {"role": "patient", "name": "王小明", "age": "adult", **changes}
    assert client.post(page, sent).status_code == 302
    return client, page, Release.objects.get()


@pytest.mark.clause("B5")
def test_a_signer_needs_no_cookie_and_leaves_no_trace_for_others(
    stage: Stage, contact: User
) -> None:
    _, _, row = registered(stage, contact, name=HOSTILE)
    link = f"/r/{links.token(row.pk, row.nonce)}/"
    signer = Client(enforce_csrf_checks=True)
    page = signer.get(link)
    text = page.content.decode()
    assert page.status_code == 200
    assert HOSTILE not in text and "&lt;script&gt;" in text
    assert page["Referrer-Policy"] == "no-referrer" and "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]
    assert signer.get(f"{link}copy.pdf").status_code == 404
    signer = Client(enforce_csrf_checks=True)  # a browser that has lost every cookie
    sent: dict[str, Any] = {"text_hash": row.text_hash, "drawing": HAND, "do": "sign"}
    refused = signer.post(link, {**sent, "drawing": HOSTILE})
    assert refused.status_code == 422 and HOSTILE not in refused.content.decode()
    assert signer.post(link, {**sent, "purposes": ["judging", "site"]}).status_code == 302
    signed = signer.get(link).content.decode()
    assert f'd="{HAND}"' in signed and "已签署，谢谢您" in signed
    copy = signer.get(f"{link}copy.pdf")
    assert copy["Content-Type"] == "application/pdf" and copy.content.startswith(b"%PDF-")
    assert signer.get(f"{link}withdraw/").status_code == 405
    assert signer.post(f"{link}withdraw/").status_code == 302
    assert "同意已撤回" in signer.get(link).content.decode()


def test_links_that_open_nothing_say_so(stage: Stage) -> None:
    client = Client()
    for token in ("x" * 32, "x" * 200, "%E7%8E%8B", "..%2f.."):
        answer = client.get(f"/r/{token}/")
        assert answer.status_code in (404, 410)
        assert "Traceback" not in answer.content.decode()
    assert "向给您链接的单位要一个新的" in client.get(f"/r/{'x' * 32}/").content.decode()


@pytest.mark.clause("J8")
def test_the_register_by_right(stage: Stage, contact: User, settings: Any, tmp_path: Any) -> None:
    settings.FENGCAI_DATA = tmp_path
    client, page, row = registered(stage, contact)
    text = client.get(page).content.decode()
    assert "王小明" in text and f"/r/{links.token(row.pk, row.nonce)}/" in text
    code = client.get(f"/releases/{row.pk}/code.svg")
    assert code["Content-Type"] == "image/svg+xml" and b"<svg" in code.content
    twice = client.post(page, {"role": "patient", "name": "王小明", "where": "0:12 查房"})
    assert twice.status_code == 422 and "0:12 查房" in twice.content.decode()
    assert client.post(f"{page}{row.pk}/nonsense").status_code == 404
    scan = SimpleUploadedFile("../../x.pdf", b"%PDF-1.7 scan")
    sent = {"purposes": ["judging", "site"], "signed_on": str(timezone.localdate()), "scan": scan}
    assert client.post(f"{page}{row.pk}/scan", sent).status_code == 302
    kept = client.get(f"/releases/{row.pk}/scan")
    assert b"".join(kept.streaming_content) == b"%PDF-1.7 scan"
    assert kept["Content-Disposition"].startswith("attachment")
    stranger = Client()
    stranger.force_login(stage.judges[0])
    for address in (page, f"/releases/{row.pk}/code.svg", f"/releases/{row.pk}/scan"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{page}{row.pk}/withdraw", {"reason": "x"}).status_code == 404
    office = Client()
    office.force_login(stage.organiser)
    assert office.post(f"{page}{row.pk}/check", {"do": "good"}).status_code == 302
    listed = office.get(f"/c/{stage.contest.slug}/office/releases/?view=all&page=999&unit=第1")
    assert "王小明" in listed.content.decode()
    table = office.get(f"/c/{stage.contest.slug}/office/releases.xlsx")
    assert table.content.startswith(b"PK")
    assert office.post(f"{page}{row.appearance_id}/erase").status_code == 302
    assert Appearance.objects.get().name == ""


def test_the_work_the_review_and_the_publication_say_what_is_owed(
    stage: Stage, contact: User
) -> None:
    client, _, _ = registered(stage, contact)
    entry = stage.entries[0]
    assert "本人还没有签署同意书" in client.get(f"/works/{entry.pk}/").content.decode()
    office = Client()
    office.force_login(stage.organiser)
    assert "同意书未签齐" in office.get(f"/review/{entry.pk}/").content.decode()
    page = office.get(f"/c/{stage.contest.slug}/office/publication/").content.decode()
    assert "出镜同意未齐" in page and 'name="entries"' not in page
    sent = {"entries": [str(entry.pk)]}
    refused = office.post(f"/c/{stage.contest.slug}/office/publication/works/", sent)
    assert refused.status_code == 422
