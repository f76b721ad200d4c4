"""Who is named in public and to a contest above: only whom has agreed, at every reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.awards.actions import issue_certificates
from fengcai.apps.awards.queries import awards_rows, result_page, verify
from fengcai.apps.bulletin.models import Announcement
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import naming
from fengcai.apps.entries.models import Entry
from fengcai.apps.exchange import packs
from fengcai.apps.exchange.forms import forms_for
from fengcai.apps.exchange.models import FormTemplate, Pack, Taking
from fengcai.apps.exchange.telling import works
from fengcai.apps.people.models import User
from fengcai.apps.people.privacy.actions import give_consent, withdraw_consent
from fengcai.apps.people.privacy.queries import requests_to_answer
from fengcai.apps.publishing.actions import publish_results, publish_works
from fengcai.apps.publishing.consents import to_do
from fengcai.apps.publishing.queries import gallery_work, published_results
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases import actions as releases
from fengcai.apps.releases import links
from fengcai.apps.releases.models import NobodyShown
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage, person

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("U7")]


@pytest.fixture
def stage() -> Stage:
    return make.contest(works=3, judges=3)


@pytest.fixture
def author(stage: Stage) -> User:
    """The first author of every work has an account in the first unit, as its contact."""
    user = person("张 青禾")  # the same person, with a blank in the name
    user.phone = "13800001234"
    user.save()
    Membership.objects.create(
        contest=stage.contest, user=user, role=Role.CONTACT, unit=stage.units[0]
    )
    return user


def shown(stage: Stage) -> None:
    publish_works(
        contest=stage.contest, entries=[e.pk for e in stage.entries], by=stage.organiser, at=NOON
    )


def test_the_gallery_names_an_account_only_with_its_consent(stage: Stage, author: User) -> None:
    shown(stage)
    read: Callable[[str], tuple[str, ...]] = lambda n: gallery_work(stage.contest, n).authors  # noqa: E731
    assert read("001") == ("李望1", "另有 1 人不公开姓名")
    assert read("002") == ("张青禾", "李望2")  # of another unit: another person
    give_consent(user=author, purpose="publish", at=NOON)
    assert read("001") == ("张青禾", "李望1")
    withdraw_consent(user=author, purpose="publish", at=NOON)
    assert read("001") == ("李望1", "另有 1 人不公开姓名")
    # He acts for the unit no more, and still is not named.
    Membership.objects.filter(user=author).update(until=NOON)
    assert read("001") == ("李望1", "另有 1 人不公开姓名")


def test_of_two_of_one_name_both_have_to_agree(stage: Stage, author: User) -> None:
    other = person("张青禾")
    Membership.objects.create(
        contest=stage.contest, user=other, role=Role.HEAD, unit=stage.units[0]
    )
    names = {stage.entries[0].pk: ["张青禾", "李望1"]}
    give_consent(user=author, purpose="publish", at=NOON)
    assert naming.unnamed(names, "publish") == {stage.entries[0].pk: {"张青禾"}}
    give_consent(user=other, purpose="publish", at=NOON)
    assert naming.unnamed(names, "publish") == {}
    assert naming.unnamed(names, "pass_on") == {stage.entries[0].pk: {"张青禾"}}


@pytest.mark.parametrize("number", [1, 40])
def test_asking_costs_the_same_for_many(
    stage: Stage, author: User, number: int, django_assert_num_queries: Any
) -> None:
    names = {stage.entries[0].pk: ["张青禾"]}
    for n in range(number - 1):
        names[make.accepted(stage, stage.units[0], 10 + n).pk] = ["张青禾", "李望"]
    with django_assert_num_queries(3):
        assert len(naming.unnamed(names, "publish")) == number
    with django_assert_num_queries(0):
        assert naming.unnamed({}, "publish") == {}


def test_a_published_result_and_a_certificate_page_follow_a_withdrawal_at_once(
    stage: Stage, author: User
) -> None:
    stage = make.contest(works=11, judges=3, slug="approved")
    Membership.objects.create(
        contest=stage.contest, user=author, role=Role.CONTACT, unit=stage.units[0]
    )
    make.approved(stage)
    (first, *_) = issue_certificates(
        contest=stage.contest, by=stage.organiser, at=NOON, site="https://contest.example"
    )
    assert first.data["recipients"] == ["张青禾", "李望1"]  # what the winner holds is his own
    publish_results(contest=stage.contest, by=stage.organiser, at=NOON)

    told = verify(first.pk)
    assert told is not None
    assert (told.recipients, told.unnamed) == (("李**",), 1)
    work = next(w for w in published_results(stage.contest).page.winners).work  # type: ignore[union-attr]
    assert work.authors == ("李望1", "另有 1 人不公开姓名")
    give_consent(user=author, purpose="publish", at=NOON)
    told = verify(first.pk)
    assert told is not None
    assert (told.recipients, told.unnamed) == (("张**", "李**"), 0)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert "公布时不写姓名" not in awards_rows(page).headers
    withdraw_consent(user=author, purpose="publish", at=NOON)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    table = awards_rows(page)
    assert table.headers[-1] == "公布时不写姓名"
    assert (table.rows[0][-1], table.rows[0][table.headers.index("获奖人")]) == (
        "张青禾", "张青禾、李望1",
    )  # fmt: skip


def test_the_office_withholds_the_name_of_somebody_without_an_account(stage: Stage) -> None:
    shown(stage)
    asked = {"contest": stage.contest, "by": stage.organiser, "at": NOON}
    with pytest.raises(Refused) as refused:
        naming.withhold_name(number="999", name="", why="", **asked)
    assert set(refused.value.fields) == {"number", "name", "why"}
    with pytest.raises(Refused, match="没有这个姓名"):
        naming.withhold_name(number="002", name="王五", why="来电", **asked)
    with pytest.raises(NotPermitted):
        naming.withhold_name(
            contest=stage.contest, number="002", name="李望2", why="来电", by=stage.judges[0],
            at=NOON,
        )  # fmt: skip
    row = naming.withhold_name(number="002", name="李望2", why="5 月 8 日来电", **asked)
    assert naming.withhold_name(number="002", name="李望2", why="再次来电", **asked) == row
    assert gallery_work(stage.contest, "002").authors == ("张青禾", "另有 1 人不公开姓名")
    assert [each.name for each in naming.withheld_in(stage.contest)] == ["李望2"]
    naming.name_again(pk=row.pk, **asked)
    assert gallery_work(stage.contest, "002").authors == ("张青禾", "李望2")
    with pytest.raises(NotFound):
        naming.name_again(pk=row.pk, **asked)
    assert verify_chain(stage.contest.chain).ok


def test_a_form_for_a_contest_above_tells_nothing_of_who_did_not_agree(
    stage: Stage, author: User
) -> None:
    ids = [stage.entries[0].pk]
    (own,) = works(stage.contest, ids)
    assert (own.fields["联络员"], own.fields["联络电话"]) == ("张 青禾", "13800001234")
    (away,) = works(stage.contest, ids, upper=True)
    assert (away.fields["联络员"], away.fields["联络电话"]) == ("（未同意转交）", "")
    assert (away.fields["作者"], away.places["phone"]) == ("（未同意转交）、李望1", "")
    assert "13800001234" not in str(away.fields) + str(away.places)
    form = FormTemplate(contest=stage.contest, name="推荐表", purpose="list", kind="xlsx")
    chosen = {"ids": [str(ids[0])], "to": "upper"}
    assert "张" not in str([each.context for each in forms_for(form, chosen, NOON)])
    give_consent(user=author, purpose="pass_on", at=NOON)
    (away,) = works(stage.contest, ids, upper=True)
    assert away.fields["联络电话"] == "13800001234"


def on_screen(stage: Stage, uses: tuple[str, ...]) -> Any:
    entry = stage.entries[0]
    NobodyShown.objects.filter(entry=entry).delete()
    row = releases.add_person(
        entry_id=entry.pk, name="王小明", role="patient", by=stage.organiser, at=NOON
    )
    paper = row.releases.get()
    return releases.sign(
        token=links.token(paper.pk, paper.nonce), text_hash=paper.text_hash, purposes=uses,
        name="", drawing="M100 100L400 250L700 120M200 300L300 310", address=None, at=NOON,
    )  # fmt: skip


@pytest.mark.clause("B5")
def test_no_film_goes_to_a_contest_above_without_everybody_on_screen(stage: Stage) -> None:
    order: dict[str, Any] = {"contest": stage.contest, "layout": "rule", "by": stage.organiser}
    chosen = {"ids": [str(stage.entries[0].pk)], "to": "upper"}
    NobodyShown.objects.filter(entry=stage.entries[0]).delete()
    with pytest.raises(Refused, match=r"第1科《仁心故事之1》没有登记出镜人员"):
        packs.order_pack(chosen=chosen, at=NOON, **order)
    paper = on_screen(stage, ("judging", "site"))
    with pytest.raises(Refused, match=r"第1科《仁心故事之1》1 人没有同意"):
        packs.order_pack(chosen=chosen, at=NOON, **order)
    assert not Pack.objects.exists()
    packs.order_pack(chosen={**chosen, "to": ""}, at=NOON, **order)  # the house's own use
    releases.withdraw_for(release_id=paper.pk, reason="来电", by=stage.organiser, at=NOON)
    paper = releases.ask_again(release_id=paper.pk, by=stage.organiser, at=NOON)
    releases.sign(
        token=links.token(paper.pk, paper.nonce), text_hash=paper.text_hash,
        purposes=("judging", "upper"), name="", drawing="M100 100L400 250L700 120M200 300L300 310",
        address=None, at=NOON,
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        reviewer = person("审核人")
        Membership.objects.create(contest=stage.contest, user=reviewer, role=Role.REVIEWER)
        packs.order_pack(chosen=chosen, at=NOON, **{**order, "by": reviewer})
    pack = packs.order_pack(chosen=chosen, at=NOON, **order)
    Pack.objects.filter(pk=pack.pk).update(state=Pack.State.READY)
    entry = Entry.objects.get(pk=stage.entries[0].pk)
    pack.members.create(
        order=1, asset=entry.files.get().asset, key="k", name="第1科.mp4", size=1, crc32=0,
        stamp=0, offset=0,
    )  # fmt: skip
    take = {"user": stage.organiser, "contest": stage.contest, "pack_id": pack.pk, "at": NOON}
    with CaptureQueriesContext(
        connection,
    ) as ran:
        assert packs.pack_to_take(**take).pk == pack.pk
    assert len(ran) <= 14
    releases.withdraw_for(release_id=paper.pk, reason="来电", by=stage.organiser, at=NOON)
    with pytest.raises(Refused, match="这个包不能再下载"):
        packs.pack_to_take(**take)


def test_a_name_in_a_file_s_name_stops_a_pack_once_it_is_withdrawn(
    stage: Stage, author: User
) -> None:
    give_consent(user=author, purpose="pass_on", at=NOON)
    pack = packs.order_pack(
        contest=stage.contest, chosen={"ids": [str(stage.entries[0].pk)], "to": "upper"},
        layout="rule", by=stage.organiser, at=NOON,
    )  # fmt: skip
    Pack.objects.filter(pk=pack.pk).update(state=Pack.State.READY)
    pack.members.create(
        order=1, asset=stage.entries[0].files.get().asset, key="k", name="第1科+张青禾.mp4",
        size=1, crc32=0, stamp=0, offset=0,
    )  # fmt: skip
    take = {"user": stage.organiser, "contest": stage.contest, "pack_id": pack.pk, "at": NOON}
    assert packs.pack_to_take(**take).pk == pack.pk
    withdraw_consent(user=author, purpose="pass_on", at=NOON)
    with pytest.raises(Refused, match="他的姓名写在文件名里"):
        packs.pack_to_take(**take)


def test_a_withdrawal_says_what_the_office_has_to_do_by_hand_and_until_when(
    stage: Stage, author: User
) -> None:
    for title, text in (("表扬", "感谢张青禾等作者。"), ("通知", "按时报送。")):
        Announcement.objects.create(
            contest=stage.contest, title=title, text=text, by=stage.organiser, created_at=NOON,
            changed_at=NOON, state="published",
        )  # fmt: skip
    pack = packs.order_pack(
        contest=stage.contest, chosen={"ids": [str(stage.entries[0].pk)], "to": "upper"},
        layout="rule", by=stage.organiser, at=NOON,
    )  # fmt: skip
    pack.members.create(
        order=1, asset=stage.entries[0].files.get().asset, key="k", name="1.mp4", size=1, crc32=0,
        stamp=0, offset=0,
    )  # fmt: skip
    late = datetime(2026, 5, 6, 16, 30, tzinfo=UTC)  # the next day has begun in Shanghai
    Taking.objects.create(pack=pack, by=stage.organiser, begun_at=late, last_at=late)
    for purpose in ("publish", "pass_on"):
        give_consent(user=author, purpose=purpose, at=NOON)
        withdraw_consent(user=author, purpose=purpose, at=NOON)
    rows = {row.purpose: row for row in requests_to_answer({author.pk})}
    assert rows["publish"].due_at == NOON + timedelta(days=15)
    assert "立即不再出现您的姓名" in rows["publish"].text
    found = to_do(stage.contest, list(rows.values()))
    assert found[rows["publish"].pk] == ["公告“表扬”"]
    assert found[rows["pass_on"].pk] == [
        "下载包“作品文件”（2026-05-07 由宣传科（组织者）下载），请告知接收方删除"
    ]
    with CaptureQueriesContext(connection) as ran:
        to_do(stage.contest, list(rows.values()))
    assert len(ran) <= 4


def test_an_announcement_that_names_somebody_unasked_is_noticed(stage: Stage, author: User) -> None:
    assert naming.named_in(stage.contest, "感谢张青禾。") == ["张 青禾"]
    assert naming.named_in(stage.contest, "感谢各科室。") == []
    give_consent(user=author, purpose="publish", at=NOON)
    assert naming.named_in(stage.contest, "感谢张青禾。") == []
