"""Every licence with its scope, its term, who granted it, and whether it is still good."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from fengcai.apps.entries.models import Declaration, Entry
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted
from fengcai.apps.releases import actions
from fengcai.apps.releases.licences import LicencePage, every_licence, licences_page
from tests.apps.releases.acting import add, sign, token_of
from tests.factories import judging as make
from tests.factories.judging import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("H16")]


@pytest.fixture
def stage() -> Stage:
    return make.contest(works=4, judges=1)


def signed(entry: Entry, by: User, at: datetime, **more: object) -> Declaration:
    text = next(
        each["text"]
        for each in entry.contest.version.resolved["declarations"]  # type: ignore[union-attr]
        if each["id"] == "showcase"
    )
    return Declaration.objects.create(
        entry=entry, declaration="showcase", text=text, signed_by=by, signed_name="张青禾", at=at,
        **more,
    )  # fmt: skip


def page(stage: Stage, at: datetime, **asked: object) -> LicencePage:
    return licences_page(stage.contest, user=stage.organiser, at=at, **asked)  # type: ignore[arg-type]


def test_what_authors_granted_with_its_term_and_its_end(
    stage: Stage, contact: User, now: datetime
) -> None:
    good, soon, over, gone = stage.entries[:4]
    signed(good, contact, now)
    signed(good, contact, now - timedelta(days=2), void_at=now)
    signed(soon, contact, now - timedelta(days=3 * 365 - 30))
    signed(over, contact, now - timedelta(days=3 * 366))
    signed(gone, contact, now)
    Entry.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN)
    Declaration.objects.create(
        entry=good,
        declaration="copyright",
        text="无侵权",
        signed_by=contact,
        signed_name="张",
        at=now,
    )
    found = page(stage, now)
    assert found.counts == {"all": 5, "valid": 2, "soon": 1, "ended": 3}
    first = found.rows[0]
    assert (first.term, first.territory, first.granted_by) == ("三年", "", "张青禾（作者）")
    assert first.until == first.granted_at.date().replace(year=first.granted_at.year + 3)  # type: ignore[union-attr]
    for view in ("valid", "soon", "ended"):
        shown = page(stage, now, view=view)
        assert len(shown.rows) == found.counts[view]
        wanted = {"valid": {"valid", "soon"}}.get(view, {view})
        assert {row.state for row in shown.rows} <= wanted
    assert sorted(row.why for row in page(stage, now, view="ended").rows) == [
        "作品已撤回", "已到期", "已重新签署或退回作废",
    ]  # fmt: skip
    assert [row.work for row in page(stage, now, words=str(soon)).rows] == [str(soon)]


def test_what_people_on_screen_agreed_to_and_took_back(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    assert page(stage, now, sort="shown").rows == ()  # asked is not granted
    sign(row, now)
    (one,) = page(stage, now, sort="shown").rows
    assert (one.granted_by, one.state, one.term) == ("王小明（患者，本人）", "valid", "36 个月")
    assert one.scope.startswith("评审、在本活动网站展播")
    later = now + timedelta(days=36 * 30)
    assert page(stage, later, sort="shown").counts["soon"] == 1
    actions.withdraw(token=token_of(row), at=now, reason="不想再公开")
    (ended,) = page(stage, now, sort="shown", view="ended").rows
    assert ended.why == "已撤回"


def test_the_page_the_workbook_and_who_may_see_them(
    stage: Stage, contact: User, now: datetime
) -> None:
    signed(stage.entries[0], contact, now)
    client = Client()
    client.force_login(stage.organiser)
    url = reverse("office-licences", args=[stage.contest.slug])
    shown = client.get(url).content.decode()
    assert "张青禾（作者）" in shown and "三年" in shown
    assert "没有这样的授权" in client.get(f"{url}?view=ended").content.decode()
    assert "还没有授权" in client.get(f"{url}?sort=shown").content.decode()
    sent = client.get(reverse("office-licences-xlsx", args=[stage.contest.slug]))
    [head, row] = load_workbook(io.BytesIO(sent.content)).active.iter_rows(values_only=True)
    assert (head[0], row[1], row[4], row[9]) == ("编号", str(stage.entries[0]), "三年", "有效")
    client.force_login(contact)
    assert client.get(url).status_code == 403
    with pytest.raises(NotPermitted):
        licences_page(stage.contest, user=contact, at=now)


def test_as_many_statements_for_many_licences(stage: Stage, contact: User, now: datetime) -> None:
    asked = []
    for many in (1, 30):
        for _ in range(many):
            signed(stage.entries[0], contact, now)
        page(stage, now)
        with CaptureQueriesContext(connection) as counted:
            page(stage, now)
        asked.append(len(counted))
    assert asked == [3, 3]
    told = every_licence(
        stage.contest, user=stage.organiser, sort="work", view="all", words="", at=now
    )
    assert len(list(told)) == 31
