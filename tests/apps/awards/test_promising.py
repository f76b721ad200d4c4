"""What winners sign before their certificates are made and their money is paid."""

from __future__ import annotations

from typing import Any

import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.awards.actions import issue_certificates, sign_award
from fengcai.apps.awards.models import Certificate
from fengcai.apps.awards.queries import asked_of, payment_rows, result_page
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions import ask_to_upload
from fengcai.apps.entries.models import Declaration, Entry
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Declaration as Promised
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H16")]
SITE = "https://contest.example"


def promising(rules: Rules, **more: Any) -> Rules:
    """The rules with a licence that authors give once their work has won."""
    licence = Promised(
        id="licence",
        text="将获奖作品的信息网络传播权无偿许可给主办单位。",
        signatory="author",
        when="award",
        term="永久",
        cite=rules.declarations[0].cite,
        **more,
    )
    return rules.model_copy(update={"declarations": (*rules.declarations, licence)})


@pytest.fixture
def stage() -> Stage:
    stage = make.contest(works=12, judges=3, change=promising)
    make.approved(stage)
    return stage


def contact(stage: Stage, entry: Entry) -> User:
    user = make.person("联络员")
    Membership.objects.create(contest=stage.contest, user=user, role=Role.CONTACT, unit=entry.unit)
    return user


def sign(entry: Entry, by: User, **typed: Any) -> Entry:
    typed = {"declared": ["licence"], "signed_name": "张青禾", **typed}
    return sign_award(entry_id=entry.pk, by=by, at=NOON, **typed)


def works_certified(contest: Contest) -> set[Any]:
    return set(Certificate.objects.filter(contest=contest).values_list("entry", flat=True))


def issue(stage: Stage) -> list[Certificate]:
    return issue_certificates(contest=stage.contest, by=stage.organiser, at=NOON, site=SITE)


def test_the_winner_is_asked_and_the_certificate_waits_for_the_signature(stage: Stage) -> None:
    with pytest.raises(Refused, match="等待获奖者签署"):
        issue(stage)
    best = stage.entries[0]
    asked = asked_of(best)
    assert asked is not None
    assert asked.awards == ("一等奖", "最佳创意奖")
    assert [(one.id, one.who, one.extent) for one in asked.owed] == [
        ("licence", "作者", "期限：永久")
    ]
    sign(best, contact(stage, best))
    row = Declaration.objects.get(entry=best, void_at=None)
    assert (row.declaration, row.signed_name) == ("licence", "张青禾")
    done = asked_of(best)
    assert done is not None
    assert not done.owed
    assert [(one.declaration, one.signed_name) for one in done.signed] == [("licence", "张青禾")]
    issue(stage)
    assert works_certified(stage.contest) == {best.pk}
    assert AuditRecord.objects.filter(action="awards.sign").get().details == {
        "declared": ["licence"]
    }
    assert "张青禾" not in str(AuditRecord.objects.filter(action="awards.sign").get().details)


def test_what_is_missing_is_named_and_nothing_is_signed(stage: Stage) -> None:
    best = stage.entries[0]
    by = contact(stage, best)
    with pytest.raises(Refused) as refusal:
        sign(best, by, declared=[], signed_name=" ")
    assert refusal.value.fields == {
        "declaration-licence": "请阅读并勾选这一项承诺",
        "signed_name": "请填写承诺人姓名",
    }
    assert not Declaration.objects.exists()
    sign(best, by)
    with pytest.raises(Refused, match="已经签署"):
        sign(best, by)


def test_only_winners_of_an_approved_result_are_asked() -> None:
    stage = make.contest(works=14, judges=3, change=promising)
    make.decided(make.sealed(make.judged(make.opened(stage))))
    best, last = stage.entries[0], stage.entries[13]
    early = contact(stage, best)
    assert asked_of(best) is None
    with pytest.raises(Refused, match="没有需要签署的"):
        sign(best, early)
    make.allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    assert asked_of(best) is None
    make.approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    assert asked_of(best) is not None
    assert asked_of(last) is None
    with pytest.raises(Refused, match="没有需要签署的"):
        sign(last, contact(stage, last))
    with pytest.raises(NotFound):
        sign(best, contact(stage, last))


def test_the_money_waits_as_well(stage: Stage) -> None:
    best = stage.entries[0]
    sign(best, contact(stage, best))
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert len(page.awaiting) == 10  # 13 awards to 11 works, one of which has signed
    assert best.pk not in page.awaiting
    second = page.awaiting[stage.entries[1].pk]
    assert [one.text for one in second] == ["将获奖作品的信息网络传播权无偿许可给主办单位。"]
    table = payment_rows(page)
    assert table.headers[-1] == "暂缓发放"
    rows = {str(row[1]) + str(row[2]): row for row in table.rows}
    assert rows["一等奖仁心故事之1"][-1] == ""
    assert rows["二等奖仁心故事之2"][-1] == "待作者签署"
    assert table.rows[-2][:2] == ("其中现在可以发放", None)
    # First prize 1 500 yuan and best creative 2 000, both of the work that has signed.
    assert table.rows[-2][5] == 3500


def test_rules_without_such_promises_change_nothing() -> None:
    stage = make.contest(works=12, judges=3)
    make.approved(stage)
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    assert page.awaiting == {}
    assert payment_rows(page).headers[-1] == "签收"
    assert asked_of(stage.entries[0]) is None
    assert len(issue(stage)) == 13


def scanned(rules: Rules) -> Rules:
    """The licence is signed on paper; its scan goes into a slot that has to be full."""
    video = rules.tracks[0]
    slot = video.slots[0].model_copy(
        update={
            "id": "licence", "name": "授权书扫描件", "kind": "scan", "role": "release", "min": 1,
            "accept": (".pdf",), "requirements": (), "shown_to": "office", "window": None,
        }
    )  # fmt: skip
    video = video.model_copy(update={"slots": (*video.slots, slot)})
    rules = rules.model_copy(update={"tracks": (video, *rules.tracks[1:])})
    return promising(rules, evidence="signed_scan", slot="licence")


def test_a_scan_may_be_sent_by_winners_alone_although_the_work_is_accepted() -> None:
    stage = make.contest(works=14, judges=3, change=scanned)
    best, last = stage.entries[0], stage.entries[13]
    users = {entry.pk: contact(stage, entry) for entry in (best, last)}
    with pytest.raises(Refused, match="不能更换文件"):
        ask_to_upload(entry_id=best.pk, slot="licence", by=users[best.pk], at=NOON)
    make.approved(stage)
    assert ask_to_upload(entry_id=best.pk, slot="licence", by=users[best.pk], at=NOON)["grant"]
    for entry, slot in ((last, "licence"), (best, "main")):
        with pytest.raises(Refused, match="不能更换文件"):
            ask_to_upload(entry_id=entry.pk, slot=slot, by=users[entry.pk], at=NOON)
    with pytest.raises(Refused) as refusal:
        sign(best, users[best.pk], declared=[])
    assert refusal.value.fields == {"declaration-licence": "请上传签好字的扫描件（作者签署）"}
    make.film(best, users[best.pk], slot="licence")
    sign(best, users[best.pk], declared=[], signed_name="")
    assert not asked_of(best).owed  # type: ignore[union-attr]


def test_the_scan_of_a_later_promise_is_not_owed_at_the_submission() -> None:
    from fengcai.apps.entries.owed import owed_by

    stage = make.contest(works=1, judges=3, change=scanned)
    entry = stage.entries[0]
    rules = Rules.model_validate(stage.contest.version.resolved)  # type: ignore[union-attr]
    assert "slot-licence" not in [one.field for one in owed_by(entry, rules)]
