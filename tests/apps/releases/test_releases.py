"""The people on screen: registered, signed by link, withdrawn, ended, erased; what waits for them."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.messages.models import Message
from fengcai.apps.people.models import User
from fengcai.apps.publishing.actions import publish_works
from fengcai.apps.publishing.front import front_of
from fengcai.apps.publishing.models import Publication
from fengcai.apps.publishing.queries import gallery, gallery_count, gallery_work
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases import actions, links
from fengcai.apps.releases.models import NobodyShown, Release, ShownUntil
from fengcai.apps.releases.office import office_page, table_rows, waiting
from fengcai.apps.releases.queries import lacking, page_of, scan_of, sign_page, waiting_link
from fengcai.core.rulebook import Rules, fingerprint
from fengcai.engines import storage
from fengcai.engines.documents.release_papers import ReleasePaper, release_paper
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories import judging as make
from tests.factories.judging import Stage, person

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
HAND = "M100 100L400 250L700 120M200 300L300 310"
ALL = ("judging", "site", "channels", "upper")


def waits_for(step: str) -> Any:
    def change(rules: Rules) -> Rules:
        (one,) = rules.releases
        return rules.model_copy(update={"releases": (one.model_copy(update={"needed_for": step}),)})

    return change


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def stage() -> Stage:
    stage = make.contest(works=2, judges=1)
    NobodyShown.objects.all().delete()
    return stage


@pytest.fixture
def contact(stage: Stage) -> User:
    user = person("第1科联络员")
    user.email = "contact@hospital.example"
    user.save()
    Membership.objects.create(
        contest=stage.contest, user=user, role=Role.CONTACT, unit=stage.units[0]
    )
    return user


@pytest.fixture
def kept_files(settings: Any, tmp_path: Any) -> None:
    settings.FENGCAI_DATA = tmp_path


def add(stage: Stage, by: User, at: datetime, **changes: Any) -> list[Release]:
    row = actions.add_person(
        **{
            "entry_id": stage.entries[0].pk, "name": "王小明", "role": "patient", "age": "adult",
            "where": "0:12 讲述", "by": by, "at": at, **changes,
        }
    )  # fmt: skip
    return list(row.releases.order_by("-capacity"))


def token_of(row: Release) -> str:
    row.refresh_from_db()
    return links.token(row.pk, row.nonce)


def sign(row: Release, at: datetime, **changes: Any) -> Release:
    row.refresh_from_db()
    return actions.sign(
        **{
            "token": token_of(row), "text_hash": row.text_hash, "purposes": ALL, "name": "",
            "drawing": HAND, "address": "198.51.100.7", "at": at, **changes,
        }
    )  # fmt: skip


def publish(stage: Stage, at: datetime, *indexes: int) -> None:
    publish_works(
        contest=stage.contest,
        entries=[stage.entries[n].pk for n in indexes],
        by=stage.organiser,
        at=at,
    )


@pytest.mark.clause("J8", "B5")
def test_a_work_is_not_shown_before_everybody_on_screen_has_agreed(
    stage: Stage, contact: User, now: datetime
) -> None:
    with pytest.raises(
        Refused, match="还没有登记出镜人员；没有可辨认的人，请写明（依据通知四（二）"
    ):
        publish(stage, now, 0)
    (row,) = add(stage, contact, now)
    with pytest.raises(Refused, match="王小明：本人还没有签署同意书"):
        publish(stage, now, 0)
    sign(row, now)
    publish(stage, now, 0)
    assert [c.number for c in gallery(stage.contest).cards] == ["001"]
    until = ShownUntil.objects.get(entry=stage.entries[0])
    assert (until.ends_at - now).days in range(1090, 1100) and until.why == ""


@pytest.mark.clause("J8")
def test_a_work_without_recognisable_people_is_shown_on_the_units_word(
    stage: Stage, contact: User, now: datetime
) -> None:
    entry = stage.entries[0]
    actions.say_nobody(entry_id=entry.pk, nobody=True, by=contact, at=now)
    publish(stage, now, 0)
    assert gallery_count(stage.contest) == 1
    # Taken back, the work is gone with the next reading.
    actions.say_nobody(entry_id=entry.pk, nobody=False, by=contact, at=now)
    assert gallery_count(stage.contest) == 0
    add(stage, contact, now, role="background", name="不该留下的名字")
    panel = page_of(entry_id=entry.pk, user=contact, at=now)
    assert panel is not None
    assert [(p.name, p.role, p.releases, p.owed) for p in panel.people] == [
        ("", "背景中认不出的人", (), ())
    ]
    assert gallery_count(stage.contest) == 1
    with pytest.raises(Refused, match="名单里还有出镜人员"):
        actions.say_nobody(entry_id=entry.pk, nobody=True, by=contact, at=now)


@pytest.mark.clause("J8")
def test_where_the_rulebook_says_so_the_submission_waits(tmp_path: Any) -> None:
    from tests.factories import collecting as gather

    made = gather.collecting()
    version = made.contest.version
    rules = waits_for("submission")(Rules.model_validate(version.resolved))
    rules = rules.model_copy(update={"hash": fingerprint(rules)})
    version.resolved, version.hash = rules.model_dump(mode="json"), rules.hash
    version.save()
    entry = made.draft()
    gather.inspected(made.with_film(entry, tmp_path))
    with pytest.raises(Refused) as refused:
        made.submit(entry)
    assert set(refused.value.fields) == {"releases"}
    assert "还没有登记出镜人员" in refused.value.fields["releases"]
    by = made.contacts[gather.UNITS[0]]
    actions.say_nobody(entry_id=entry.pk, nobody=True, by=by, at=gather.DAY)
    made.submit(entry)


@pytest.mark.clause("B5")
def test_a_signature_keeps_the_text_the_uses_the_hand_and_a_hash_of_all_of_it(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    page = sign_page(token_of(row), at=now)
    assert page.state == "asked" and "王小明以“患者”身份" in page.paragraphs[0]
    assert [use[0] for use in page.uses] == list(ALL)
    signed = sign(row, now, purposes=("site", "judging", "media"))
    assert (signed.state, signed.way, signed.purposes) == ("signed", "e_sign", ["judging", "site"])
    assert signed.until.year == now.year + 3
    assert len(signed.seal) == 64 and signed.drawing == HAND
    page = sign_page(token_of(row), at=now)
    assert (page.state, page.name, page.drawing) == ("signed", "王小明", HAND)
    # Nothing of the person reaches the record: ids and hashes only.
    said = str(list(AuditRecord.objects.values_list("actor", "subject", "details")))
    assert "王小明" not in said and "198.51" not in said and signed.seal in said
    assert verify_chain(stage.contest.chain).ok
    # A use that was not agreed to keeps the work off the showcase, by the article that says so.
    with pytest.raises(Refused, match="本人没有同意：在公众号、视频号等渠道展播、向上级赛事报送"):
        publish(stage, now, 0)
    assert lacking([stage.entries[0]], "upper", at=now) == {stage.entries[0].pk: 1}
    assert lacking([stage.entries[0]], "site", at=now) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"purposes": ()}, "请至少勾选一项用途"),
        ({"purposes": ("nonsense",)}, "请至少勾选一项用途"),
        ({"text_hash": "0" * 64}, "内容刚刚更新过"),
        ({"drawing": "M1 1L2 2"}, "签名太短"),
        ({"drawing": '"><script>alert(1)</script>'}, "签名没有传完整"),
        ({"drawing": "", "typed": True, "name": "别人"}, "与登记的姓名不一致"),
        ({"drawing": ""}, "签名没有传完整"),
        ({"name": "\ud83d", "typed": True}, "半个字符"),
        ({"token": "x" * 32}, "链接打不开"),
    ],
)
def test_what_is_no_signature_signs_nothing(
    stage: Stage, contact: User, now: datetime, changes: dict[str, Any], words: str
) -> None:
    (row,) = add(stage, contact, now)
    with pytest.raises(Refused, match=words):
        sign(row, now, **changes)
    row.refresh_from_db()
    assert (row.state, row.seal) == ("asked", "")


def test_a_name_typed_with_the_statement_counts_as_a_hand(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    signed = sign(row, now, drawing="", typed=True, name=" 王小明 ")
    assert (signed.state, signed.drawing, signed.name) == ("signed", "", "王小明")


def test_marks_that_nobody_sees_make_no_other_name(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now, name="王\u200b小\u202e明\n")
    assert row.appearance.name == "王小明"
    assert sign(row, now, drawing="", typed=True, name="王小\u2060明").name == "王小明"


def test_a_link_signs_once_ends_and_is_replaced_by_a_new_one(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    late = now + links.LIFE
    assert sign_page(token_of(row), at=late).state == "late"
    with pytest.raises(Refused, match="已经过期"):
        sign(row, late)
    old = token_of(row)
    again = actions.ask_again(release_id=row.pk, by=contact, at=late)
    assert again.pk == row.pk and token_of(row) != old
    with pytest.raises(NotFound, match="链接打不开"):
        sign_page(old, at=late)
    sign(row, late)
    with pytest.raises(Refused, match="已经有了答复"):
        sign(row, late)
    with pytest.raises(Refused, match="还有效，不用再签"):
        actions.ask_again(release_id=row.pk, by=contact, at=late)


@pytest.mark.clause("J8", "B5")
def test_a_minor_needs_the_guardian_and_from_fourteen_on_signs_as_well(
    stage: Stage, contact: User, now: datetime
) -> None:
    with pytest.raises(Refused, match="请填写监护人姓名"):
        add(stage, contact, now, age="child")
    (guardian,) = add(stage, contact, now, name="小小", age="child", guardian="小妈")
    assert guardian.capacity == "guardian" and "第三十一条" in guardian.text
    own, second = add(stage, contact, now, name="小明", age="teen", guardian="明妈")
    assert (own.capacity, second.capacity) == ("self", "guardian")
    with pytest.raises(Refused, match="与出镜人的关系"):
        sign(guardian, now, name="小妈")
    sign(guardian, now, name="小妈", relation="母亲")
    sign(own, now)
    with pytest.raises(Refused, match="小明：监护人还没有签署同意书"):
        publish(stage, now, 0)
    sign(second, now, name="明妈", relation="母亲")
    publish(stage, now, 0)


@pytest.mark.clause("J8", "B5")
def test_a_withdrawal_hides_the_work_at_once_and_tells_the_office_and_the_unit(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    sign(row, now)
    publish(stage, now, 0)
    assert gallery_work(stage.contest, "001")
    actions.withdraw(token=token_of(row), reason="不想再公开了", at=now)
    # Before any job has run: every way of asking says no.
    assert gallery(stage.contest).whole == 0 and gallery(stage.contest).cards == ()
    assert front_of(stage.contest.slug).works == 0  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        gallery_work(stage.contest, "001")
    assert Publication.objects.get().hidden_at is None
    run_pending()
    shown = Publication.objects.get()
    assert (shown.hidden_by, shown.hidden_reason) == (None, "出镜同意已撤回")
    told = Message.objects.order_by("pk")
    assert {m.user_id for m in told} == {stage.organiser.pk, contact.pk}
    for message in told:
        assert "《仁心故事之1》" in message.subject and "已撤回" in message.subject
        assert "王小明" not in message.body and "不想" not in message.body
    assert sign_page(token_of(row), at=now).state == "withdrawn"
    with pytest.raises(Refused, match="本人已撤回同意"):
        publish(stage, now, 0)
    with pytest.raises(Refused, match="无需撤回"):
        actions.withdraw(token=token_of(row), at=now)
    said = str(list(AuditRecord.objects.values_list("details", flat=True)))
    assert "不想" not in said
    # Signed anew, the office may show it again, and only the office.
    fresh = actions.ask_again(release_id=row.pk, by=contact, at=now)
    assert fresh.pk != row.pk
    sign(fresh, now)
    assert gallery_count(stage.contest) == 0
    publish(stage, now, 0)
    assert gallery_count(stage.contest) == 1


def test_a_unit_cannot_undo_a_withdrawal_by_deleting_the_person(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    sign(row, now)
    actions.withdraw(token=token_of(row), at=now)
    who = row.appearance_id
    with pytest.raises(Refused, match="请联系活动组织者"):
        actions.remove_person(appearance_id=who, by=contact, at=now)
    with pytest.raises(Refused, match="请写明为什么"):
        actions.remove_person(appearance_id=who, by=stage.organiser, at=now)
    actions.remove_person(appearance_id=who, why="已剪去", by=stage.organiser, at=now)
    actions.say_nobody(entry_id=stage.entries[0].pk, nobody=True, by=contact, at=now)
    publish(stage, now, 0)


def test_a_refusal_is_kept_without_a_reason_and_bars_the_work(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    actions.refuse(token=token_of(row), at=now)
    assert sign_page(token_of(row), at=now).state == "refused"
    with pytest.raises(Refused, match="本人不同意，请在作品中去掉"):
        publish(stage, now, 0)


@pytest.mark.clause("B5")
def test_an_ended_term_hides_the_work_without_waiting_for_the_job(
    stage: Stage, contact: User, now: datetime
) -> None:
    begun = now - timedelta(days=3 * 366)
    (row,) = add(stage, contact, begun)
    sign(row, begun)
    Publication.objects.create(
        contest=stage.contest, entry=stage.entries[0], number="001", themes=["service"],
        published_at=begun, published_by=stage.organiser,
    )  # fmt: skip
    assert gallery_count(stage.contest) == 0
    job = Job.objects.get(kind="releases.ended")
    row.refresh_from_db()
    assert timezone.localtime(job.run_at).date() == row.until + timedelta(days=1)  # type: ignore[operator]
    run_pending()
    row.refresh_from_db()
    assert (row.state, row.ended_by) == ("expired", "term")
    assert Publication.objects.get().hidden_reason == "出镜同意已到期"
    assert Message.objects.filter(template="releases.over").count() == 2
    # Run twice, the job finds nothing left to end.
    Job.objects.filter(kind="releases.ended").update(state="queued", run_at=now)
    run_pending()
    assert Message.objects.filter(template="releases.over").count() == 2


@pytest.mark.clause("J8")
def test_a_scan_counts_once_the_office_has_looked_at_it(
    stage: Stage, contact: User, now: datetime, kept_files: None
) -> None:
    (row,) = add(stage, contact, now, role="staff", name="李医生")
    given = {
        "release_id": row.pk,
        "purposes": ALL,
        "signed_on": now.date(),
        "by": contact,
        "at": now,
    }
    for data, words in (
        (b"", "空的"),
        (b"MZ\x90\x00", "只收 PDF"),
        (b"<html>", "只收 PDF"),
        (b"%PDF-" + b"0" * 16 * 1024 * 1024, "超过 15 MB"),
    ):
        with pytest.raises(Refused, match=words):
            actions.keep_scan(**{**given, "data": data})
    with pytest.raises(Refused, match="签署日期在今天之后"):
        actions.keep_scan(
            **{**given, "data": b"%PDF-1.7", "signed_on": now.date() + timedelta(days=2)}
        )
    with pytest.raises(Refused, match="已经到期"):
        actions.keep_scan(**{**given, "data": b"%PDF-1.7", "signed_on": date(2001, 1, 1)})
    actions.keep_scan(**{**given, "data": b"%PDF-1.7 scan"})
    assert waiting(stage.contest) == {"check": 1, "owed": 0, "ended": 0, "silent": 1}
    with pytest.raises(Refused, match="还没有经主办方核对"):
        publish(stage, now, 0)
    with pytest.raises(NotPermitted):
        actions.check_scan(release_id=row.pk, good=True, by=contact, at=now)
    with storage.readable(scan_of(release_id=row.pk, user=stage.organiser).scan_key) as path:
        assert path.read_bytes() == b"%PDF-1.7 scan"
    with pytest.raises(NotFound):
        scan_of(release_id=row.pk, user=stage.judges[0])
    with pytest.raises(Refused, match="写明哪里不对"):
        actions.check_scan(release_id=row.pk, good=False, by=stage.organiser, at=now)
    actions.check_scan(
        release_id=row.pk, good=False, reason="没有签日期", by=stage.organiser, at=now
    )
    actions.keep_scan(**{**given, "data": b"%PDF-1.7 second"})
    actions.check_scan(release_id=row.pk, good=True, by=stage.organiser, at=now)
    publish(stage, now, 0)


def test_a_paper_kept_by_the_unit_counts_where_the_rules_take_it(
    stage: Stage, contact: User, now: datetime
) -> None:
    (row,) = add(stage, contact, now)
    actions.keep_paper(release_id=row.pk, purposes=ALL, signed_on=now.date(), by=contact, at=now)
    publish(stage, now, 0)
    panel = page_of(entry_id=stage.entries[0].pk, user=contact, at=now)
    assert panel is not None
    assert [r.state_name for r in panel.people[0].releases] == ["单位已留存纸质件"]
    actions.withdraw_for(release_id=row.pk, reason="来电", by=stage.organiser, at=now)
    assert gallery_count(stage.contest) == 0


@pytest.mark.clause("B5")
def test_an_erasure_keeps_the_proof_that_there_was_a_release(
    stage: Stage, contact: User, now: datetime, kept_files: None
) -> None:
    (row,) = add(stage, contact, now)
    signed = sign(row, now)
    publish(stage, now, 0)
    token = token_of(row)
    with pytest.raises(NotPermitted):
        actions.erase_person(appearance_id=row.appearance_id, by=contact, at=now)
    actions.erase_person(appearance_id=row.appearance_id, by=stage.organiser, at=now)
    row.refresh_from_db()
    assert (row.seal, row.until, row.state) == (signed.seal, signed.until, "withdrawn")
    kept = {f.name: getattr(row, f.attname) for f in Release._meta.fields}
    assert "王小明" not in str(kept) and "198.51" not in str(kept) and HAND not in str(kept)
    assert row.appearance.name == "" and row.appearance.where == ""
    with pytest.raises(NotFound):
        sign_page(token, at=now)
    assert gallery_count(stage.contest) == 0
    assert verify_chain(stage.contest.chain).ok
    panel = page_of(entry_id=stage.entries[0].pk, user=stage.organiser, at=now)
    assert panel is not None and panel.people[0].name == "（个人信息已清除）"


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
