"""A unit puts itself down on its phone and is let in; the successor of a contact takes over by a link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from captcha.models import CaptchaStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.handover import offer_handover
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.people.models import User
from fengcai.apps.registration.models import Registration
from fengcai.core import rulebook
from fengcai.core.rulebook.rules import Registration as Rule
from fengcai.samples.journey import shift_to_close_in
from fengcai.samples.stage import Stage, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
BOOK = "jiangxi-2026.yaml"


@pytest.fixture
def stage(settings) -> Stage:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now = timezone.now()
    made = set_up(
        slug="jx", book=BOOK, answers=BOOK, label="", shift_days=shift_to_close_in(5, now),
        at=now - timedelta(days=1),
    )  # fmt: skip
    rules = rules_of(made.contest)
    rule = Rule(classes=("clinical",), cite=rules.window.cite)
    contacts = (
        rules.contacts[0].model_copy(update={"scope": rules.tracks[0].name, "names": ("姜老师",)}),
        rules.contacts[0].model_copy(update={"scope": "别的类", "names": ("周老师",)}),
    )
    rules = rules.model_copy(update={"registration": rule, "contacts": contacts})
    rules = rules.model_copy(update={"hash": rulebook.fingerprint(rules)})
    row = made.contest.version
    row.resolved, row.hash = rules.model_dump(mode="json"), rules.hash
    row.save()
    made.contest = Contest.objects.select_related("version").get(pk=made.contest.pk)
    return made


def typed(client: Client, **changes: object) -> dict[str, object]:
    page = client.get(reverse("register", args=["jx"]))
    row = CaptchaStore.objects.get(hashkey=page.context["picture"])
    told = {
        "name": "江城市第一医院检验科", "unit_class": "clinical", "contact": "王五",
        "phone": "13800000001", "email": "", "key": row.hashkey, "picture": row.response,
    }  # fmt: skip
    return {**told, **changes}


@pytest.mark.clause("H7")
def test_a_unit_registers_is_let_in_and_enters_by_its_own_link(stage):
    client, office = Client(), Client()
    office.force_login(stage.organiser)
    url = reverse("register", args=["jx"])
    wrong = client.post(url, typed(client, picture="0"))
    assert wrong.status_code == 422
    assert 'value="江城市第一医院检验科"' in wrong.content.decode()
    first = typed(client, name="儿科")
    warned = client.post(url, first)
    assert "确实不是同一个单位" in warned.content.decode()
    assert "儿科联络员" not in warned.content.decode()
    assert client.post(url, first).status_code == 422  # the picture was good once
    scan = SimpleUploadedFile("../../函.pdf", b"%PDF-1.4 x")
    sent = client.post(url, typed(client, proof=scan))
    assert sent.status_code == 302
    mine = sent["Location"]
    row = Registration.objects.get()
    assert row.proof_name == "函.pdf"
    assert "待主办方审核" in client.get(mine).content.decode()
    assert client.post(mine, {"enter": "1"}).status_code == 422
    listed = office.get(reverse("office-registrations", args=["jx"])).content.decode()
    assert "江城市第一医院检验科" in listed
    proof = office.get(reverse("office-registration-proof", args=["jx", row.pk]))
    assert proof["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("office-registration-proof", args=["jx", row.pk])).status_code == 302
    act = reverse("office-registration-decide", args=["jx", row.pk, "accept"])
    assert office.post(act, {"unit_class": "clinical", "district": "江城市"}).status_code == 302
    entered = client.post(mine, {"enter": "1"})
    assert entered.status_code == 302
    assert client.get(reverse("works", args=["jx"])).status_code == 200
    assert client.get(mine[:-9] + "AAAAAAAA/").status_code == 404


def test_before_a_contest_is_opened_nobody_is_told_that_it_takes_no_registrations(
    client: Client, stage: Stage
) -> None:
    Contest.objects.update(state="draft")
    answer = client.get(reverse("register", args=["jx"]))
    assert answer.status_code == 404
    assert "活动还在筹备" in answer.content.decode()
    assert "不接受自行报名" not in answer.content.decode()


@pytest.mark.clause("H19")
def test_the_contest_and_the_work_name_the_contact_of_their_track(stage):
    page = Client().get(reverse("contest", args=["jx"])).content.decode()
    body = page.partition('class="footer"')[0]
    assert "姜老师" in body
    assert "周老师" not in body
    assert reverse("register", args=["jx"]) in page
    contact = User.objects.get(memberships__unit__name="儿科", memberships__role="contact")
    client = Client()
    client.force_login(contact)
    unit = Membership.objects.get(user=contact, role="contact").unit
    track = rules_of(stage.contest).tracks[0].id
    begun = client.post(
        reverse("works", args=["jx"]), {"unit": unit.pk, "track": track}, follow=True
    )
    work = begun.content.decode().partition('class="footer"')[0]
    assert "姜老师" in work
    assert "周老师" not in work


@pytest.mark.clause("J13")
def test_the_successor_takes_over_with_a_tap_and_not_by_looking(stage):
    contact = User.objects.get(memberships__unit__name="儿科", memberships__role="contact")
    mine = Client()
    mine.force_login(contact)
    unit = Membership.objects.get(user=contact, role="contact").unit
    made = mine.post(reverse("handover", args=["jx"]), {"unit": unit.pk})
    link = made.context["made"]["link"]
    path = "/" + link.partition("//")[2].partition("/")[2]
    other = Client()
    assert other.get(path).status_code == 200
    assert Membership.objects.filter(unit=unit, user=contact, role="contact", until=None).exists()
    assert other.post(path, {"name": "接任人"}).status_code == 422
    assert other.post(path, {"name": "接任人", "phone": "13800000000"}).status_code == 302
    assert other.get(reverse("works", args=["jx"])).status_code == 200
    assert mine.get(reverse("handover", args=["jx"]))["Location"].startswith("/accounts/login/")
    assert Client().get(path).status_code == 410
    token = offer_handover(
        contest=stage.contest, unit=unit, by=User.objects.get(name="接任人"), at=timezone.now()
    )
    assert Client().get(reverse("handover-take", args=[token])).status_code == 200
