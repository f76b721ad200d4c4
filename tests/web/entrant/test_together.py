"""What two people, a reviewer who opens parts, and an expert with a link see of one work's page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from fengcai.apps.contests.models import Membership
from fengcai.apps.entries.models import Entry, Opinion
from fengcai.apps.people.models import User
from fengcai.core.rulebook.rules import Slot
from tests.factories.any_rulebook import filed, office, rules_named
from tests.factories.collecting import Collecting
from tests.factories.judging import person

pytestmark = [pytest.mark.intake, pytest.mark.usefixtures("front_end")]
JSON = {"content_type": "application/json", "headers": {"Accept": "application/json"}}
ComeIn = Callable[[User], Client]


def second(stage: Collecting) -> User:
    other = person("副联络员")
    Membership.objects.create(
        contest=stage.contest, user=other, role="contact", unit=stage.units["心病科"]
    )
    return other


def test_autosave_of_two_people_is_merged_and_each_is_told(
    stage: Collecting, come_in: ComeIn
) -> None:
    entry = stage.draft()
    first, other = come_in(stage.contacts["心病科"]), come_in(second(stage))
    url, version = f"/works/{entry.pk}/save", entry.version
    first.post(url, {"version": version, "fields": {"title": "甲的题目"}}, **JSON)
    answer = other.post(url, {"version": version, "fields": {"synopsis": "乙的简介"}}, **JSON)
    assert answer.status_code == 200
    assert answer.json()["merged"] == {"title": "甲的题目"}
    page = first.get(f"/works/{entry.pk}/").content.decode()
    assert "副联络员" in page
    assert "也在写这份草稿" in page


def test_without_script_a_conflict_shows_both_texts_and_keeps_the_rest(
    stage: Collecting, come_in: ComeIn
) -> None:
    entry = stage.draft()
    first, other = come_in(stage.contacts["心病科"]), come_in(second(stage))
    url = f"/works/{entry.pk}/save"
    first.post(url, {"version": entry.version, "synopsis": "甲的简介"})
    sent = {"version": entry.version, "synopsis": "乙的简介", "title": "乙的题目"}
    answer = other.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事刚把这一栏改成：甲的简介" in page
    assert ">乙的简介</textarea>" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    assert other.post(url, {**sent, "version": version[1]}).status_code == 302
    row = Entry.objects.get()
    assert (row.title, row.fields["synopsis"]) == ("乙的题目", "乙的简介")


def test_a_returned_page_shows_what_was_opened_and_no_more(
    stage: Collecting, come_in: ComeIn
) -> None:
    entry = stage.draft()
    Entry.objects.update(state="confirmed")
    reviewer = come_in(stage.reviewer)
    answer = reviewer.post(
        f"/review/{entry.pk}/",
        {
            "version": entry.version,
            "decision": "return",
            "reasons": "简介有错字",
            "mend_until": "2026-05-03T17:00",
            "parts": ["synopsis"],
        },
    )
    assert answer.status_code == 302
    page = come_in(stage.contacts["心病科"]).get(f"/works/{entry.pk}/").content.decode()
    assert "这次只开放：" in page
    assert 'name="synopsis"' in page
    assert 'name="title"' not in page
    assert "其余内容（这次不能改）" in page


@pytest.mark.clause("H12")
@pytest.mark.django_db
def test_an_expert_looks_at_the_work_and_says_so_without_an_account() -> None:
    rules = rules_named("speech-final-2026")
    track = rules.tracks[0]
    wanted = Slot(id="opinion", name="专家审核意见", kind="document", role="opinion", min=1, max=3,
                  accept=(".pdf",), cite=track.cite)  # fmt: skip
    track = track.model_copy(update={"slots": (*track.slots, wanted)})
    made = office(rules.model_copy(update={"tracks": (track, *rules.tracks[1:])}))
    entry = made.begin(made.unit("检验科"), track.id)
    asset = filed(entry, track.slots[0], made.who(entry.unit))
    with time_machine.travel(made.when(entry), tick=False):
        contact, expert = Client(), Client()
        contact.force_login(made.who(entry.unit))
        page = contact.post(
            f"/works/{entry.pk}/experts", {"expert_name": "王教授"}
        ).content.decode()
        link = re.search(r"http://testserver(/o/[\w-]+/)", page)
        assert link is not None
        url = link[1]
        assert url not in contact.get(f"/works/{entry.pk}/").content.decode()
        shown = expert.get(url)
        assert shown.status_code == 200
        assert f"{url}files/{asset.pk}" in shown.content.decode()
        assert shown["Referrer-Policy"] == "no-referrer"
        half = expert.post(url, {"science": "<b>数值对</b>", "verdict": "pass"})
        assert half.status_code == 422
        assert "&lt;b&gt;数值对&lt;/b&gt;</textarea>" in half.content.decode()
        said = {
            "science": "对",
            "appeal": "好",
            "harm": "无",
            "verdict": "pass",
            "name": "王",
            "unit": "院",
        }
        assert expert.post(url, said).status_code == 302
        assert "意见已提交，谢谢您" in expert.get(url).content.decode()
        assert expert.get(f"{url}files/{asset.pk}").status_code == 404
        assert expert.get("/o/nothing-of-the-kind/").status_code == 410
        assert Opinion.objects.get().verdict == "pass"
        assert "审核通过" in contact.get(f"/works/{entry.pk}/").content.decode()
