"""The winner's page asks for the signature, the list points to it, the office sees who waits."""

from __future__ import annotations

import pytest
from django.urls import reverse

from fengcai.apps.assets.models import Asset
from fengcai.apps.awards.models import Certificate
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Declaration
from tests.apps.awards.test_promising import promising
from tests.factories import judging as make

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H16")]


def test_a_winner_signs_on_the_works_page_and_the_office_goes_on(come_in) -> None:
    stage = make.contest(works=12, judges=3, change=promising)
    make.approved(stage)
    Asset.objects.update(sprite_key="")
    best = stage.entries[0]
    head = make.person("科主任")
    Membership.objects.create(contest=stage.contest, user=head, role=Role.HEAD, unit=best.unit)
    office, mine = come_in(stage.organiser), come_in(head)
    awards = reverse("office-awards", args=[stage.contest.slug])
    page = office.get(awards)
    assert page.context["to_issue"] == 0
    assert "还有 11 件等待获奖者签署" in page.content.decode()
    refused = office.post(reverse("office-certificates-issue", args=[stage.contest.slug]))
    assert refused.status_code == 422
    assert "等待获奖者签署" in refused.content.decode()

    listed = mine.get(reverse("works", args=[stage.contest.slug])).content.decode()
    assert f"{reverse('entry', args=[best.pk])}#award" in listed
    shown = mine.get(reverse("entry", args=[best.pk])).content.decode()
    assert "祝贺获奖，请签署 1 项文书" in shown
    assert shown.count("button primary") == 1  # 签署; 去签署 only leads down to it
    sign = reverse("entry-sign-award", args=[best.pk])
    missing = mine.post(sign, {"signed_name": "张青禾"})
    assert missing.status_code == 422
    assert 'value="张青禾"' in missing.content.decode()
    assert "请阅读并勾选这一项承诺" in missing.content.decode()
    done = mine.post(sign, {"declared": "licence", "signed_name": "张青禾"}, follow=True)
    assert "已签署：张青禾" in done.content.decode()
    assert 'id="award-form"' not in done.content.decode()
    assert Declaration.objects.get().entry_id == best.pk

    assert office.get(awards).context["to_issue"] == 2
    office.post(reverse("office-certificates-issue", args=[stage.contest.slug]))
    assert Certificate.objects.filter(entry=best).count() == 2
    assert Certificate.objects.count() == 2
    after = office.get(awards)
    assert after.context["to_issue"] == 0
    assert len(after.context["awaiting"]) == 10
    other = reverse("entry-sign-award", args=[stage.entries[1].pk])
    assert mine.post(other, {"declared": "licence", "signed_name": "x"}).status_code == 404
