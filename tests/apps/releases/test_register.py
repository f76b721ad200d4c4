"""The register of people on screen: who sees it, who stands in it, what is sent and what remains."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.messages.models import Message
from fengcai.apps.people.models import User
from fengcai.apps.publishing.queries import gallery, gallery_count
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases import actions
from fengcai.apps.releases.models import NobodyShown, Release
from fengcai.apps.releases.office import office_page, table_rows
from fengcai.apps.releases.queries import page_of, sign_page, waiting_link
from fengcai.engines.documents.release_papers import ReleasePaper, release_paper
from tests.apps.releases.acting import HAND, add, publish, sign, token_of
from tests.factories import judging as make
from tests.factories.judging import Stage, person

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


def test_strangers_judges_and_other_units_see_no_register(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    other = person("第2科联络员")
    Membership.objects.create(
        contest=stage.contest, user=other, role=Role.CONTACT, unit=stage.units[1]
    )
    for user in (other, stage.judges[0], person("路人")):
        with pytest.raises(NotFound):
            page_of(entry_id=stage.entries[0].pk, user=user, at=now)
        with pytest.raises(NotFound):
            waiting_link(release_id=row.pk, user=user, at=now)
        with pytest.raises(NotFound):
            actions.remove_person(appearance_id=row.appearance_id, by=user, at=now)
        with pytest.raises(NotFound):
            actions.withdraw_for(release_id=row.pk, reason="x", by=user, at=now)
    reviewer = person("审核员")
    Membership.objects.create(contest=stage.contest, user=reviewer, role=Role.REVIEWER)
    panel = page_of(entry_id=stage.entries[0].pk, user=reviewer, at=now)
    assert panel is not None and not panel.writable and panel.people[0].releases[0].url == ""
    with pytest.raises(NotFound):
        waiting_link(release_id=row.pk, user=reviewer, at=now)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"name": "甲" * 61}, "请填写姓名"),
        ({"role": "ghost"}, "以什么身份"),
        ({"age": "ancient"}, "年龄段"),
        ({"where": "x" * 121}, "出现的位置"),
    ],
)
def test_who_cannot_be_registered(
    stage: Stage, contact: User, now: datetime, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        add(stage, contact, now, **changes)


def test_the_same_person_twice_and_too_many(
    stage: Stage, contact: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(stage, contact, now)
    with pytest.raises(Refused, match="已经在名单里"):
        add(stage, contact, now)
    monkeypatch.setattr("fengcai.apps.releases.actions.people.MOST_PEOPLE", 1)
    with pytest.raises(Refused, match="最多登记 1 位"):
        add(stage, contact, now, name="乙")


def test_a_link_is_sent_and_stands_nowhere_but_in_the_message(
    stage: Stage, contact: User, now: datetime, settings: Any
) -> None:
    (row,) = add(stage, contact, now)
    send = {"release_id": row.pk, "by": contact, "at": now}
    with pytest.raises(Refused, match="还没有设置站点地址"):
        actions.send_link(**send, to="a@b.cn")
    settings.FENGCAI_PUBLIC_URL = "https://contest.hospital.example"
    for wrong in ("", "12345", "a@b", "a@b.cn\nBcc: c@d.cn"):
        with pytest.raises(Refused, match="手机号或邮箱"):
            actions.send_link(**send, to=wrong)
    actions.send_link(**send, to=" patient@mail.example ")
    actions.send_link(**send, to="patient@mail.example")
    (message,) = Message.objects.all()
    assert (message.address, message.channel) == ("patient@mail.example", "mail")
    assert token_of(row) not in message.body
    assert "patient@mail" not in str(list(AuditRecord.objects.values_list("details", flat=True)))


def test_the_office_sees_everybody_by_what_is_owed(
    stage: Stage, contact: User, now: datetime
) -> None:
    (first,) = add(stage, contact, now)
    add(stage, contact, now, name="乙", role="staff")
    sign(first, now)
    page = office_page(stage.contest, user=stage.organiser, at=now)
    assert {name: count for name, _, count in page.counts} == {
        "owed": 1, "check": 0, "signed": 1, "ended": 0, "all": 2,
    }  # fmt: skip
    assert [(r.name, r.owed) for r in page.rows] == [("乙", ("本人还没有签署同意书",))]
    assert page.silent == 1  # the second work
    rows = table_rows(stage.contest, user=stage.organiser, view="all", unit="第1科", at=now)
    assert sorted(r.name for r in rows) == ["乙", "王小明"]
    assert table_rows(stage.contest, user=stage.organiser, view="all", unit="第2", at=now) == []
    with pytest.raises(NotPermitted):
        office_page(stage.contest, user=contact, at=now)


def test_many_people_cost_no_more_sql_than_one(stage: Stage, contact: User, now: datetime) -> None:
    entry = stage.entries[0]

    def asked() -> tuple[int, int, int]:
        counts = []
        for ask in (
            lambda: page_of(entry_id=entry.pk, user=contact, at=now),
            lambda: office_page(stage.contest, user=stage.organiser, view="all", at=now),
            lambda: gallery(stage.contest),
        ):
            with CaptureQueriesContext(connection) as statements:
                ask()
            counts.append(len(statements))
        return counts[0], counts[1], counts[2]

    add(stage, contact, now)
    one = asked()
    for n in range(9):
        add(stage, contact, now, name=f"人{n}")
    assert asked() == one
    assert one[0] == 6
    with CaptureQueriesContext(connection) as statements:
        sign_page(token_of(Release.objects.first()), at=now)  # type: ignore[arg-type]
    assert len(statements) == 3


def test_a_copy_for_the_signer_has_any_name_on_it() -> None:
    pdf = release_paper(
        ReleasePaper(
            paragraphs=["王\u200b小明😀𬸚以“患者”身份出镜。", "第二段"],
            uses=[("评审", True), ("媒体报道", False)],
            signer="王小明😀",
            drawing=HAND,
            box=(1000, 400),
            statement="",
            answered=make.NOON,
            until=date(2029, 5, 7),
            seal="a" * 64,
            ended=make.NOON,
        )
    )
    assert pdf.startswith(b"%PDF-") and len(pdf) > 10_000
    assert io.BytesIO(pdf).read(5) == b"%PDF-"


def test_a_contest_whose_rules_ask_for_nothing_knows_no_register(now: datetime) -> None:
    stage = make.contest(
        works=1, judges=0, change=lambda rules: rules.model_copy(update={"releases": ()})
    )
    NobodyShown.objects.all().delete()
    entry = Entry.objects.get()
    assert page_of(entry_id=entry.pk, user=stage.organiser, at=now) is None
    with pytest.raises(Refused, match="没有要求逐人登记"):
        actions.say_nobody(entry_id=entry.pk, nobody=True, by=stage.organiser, at=now)
    publish(stage, now, 0)
    assert gallery_count(stage.contest) == 1


@pytest.mark.clause("B5")
def test_an_erasure_leaves_no_address_of_the_signer_in_the_outbox(
    stage: Stage, contact: User, now: datetime, settings: Any
) -> None:
    settings.FENGCAI_PUBLIC_URL = "https://fengcai.hospital.test"
    (row,) = add(stage, contact, now)
    (other,) = add(stage, contact, now, name="李晓晓")
    for each, to in ((row, "13900007777"), (row, "wang@mail.test"), (other, "li@mail.test")):
        actions.send_link(release_id=each.pk, to=to, by=contact, at=now)
    actions.erase_person(appearance_id=row.appearance_id, by=stage.organiser, at=now)
    left = str(list(Message.objects.values()))
    assert "13900007777" not in left and "wang@mail.test" not in left
    assert "li@mail.test" in left
    assert Message.objects.filter(erased_at=now).count() == 2
