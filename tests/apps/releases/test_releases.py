"""The people on screen: registered, signed by link, withdrawn, ended, erased; what waits for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.messages.models import Message
from fengcai.apps.people.models import User
from fengcai.apps.publishing.front import front_of
from fengcai.apps.publishing.models import Publication
from fengcai.apps.publishing.queries import gallery, gallery_count, gallery_work
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases import actions, links
from fengcai.apps.releases.models import Release, ShownUntil
from fengcai.apps.releases.queries import lacking, page_of, sign_page
from fengcai.core.rulebook import Rules, fingerprint
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.apps.releases.acting import ALL, HAND, add, publish, sign, token_of, waits_for
from tests.factories.judging import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.intake]


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
        ({"drawing": ""}, "还没有签名"),
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
