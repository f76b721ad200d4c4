"""Units that put themselves down: checked, told apart, confirmed from above, let in or refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.messages.models import Message
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, TooLate
from fengcai.apps.registration import actions
from fengcai.apps.registration.models import Registration
from fengcai.apps.registration.papers import keep, paper, require_clean
from fengcai.apps.registration.queries import (
    Way,
    by_token,
    door,
    likely,
    waiting_below,
    ways_for_phone,
)
from fengcai.core.rulebook.rules import Registration as Rule
from tests.engines.antivirus.fake import Fake, fake_clamd
from tests.factories.any_rulebook import Office, inside, office
from tests.factories.judging import example

pytestmark = [pytest.mark.django_db, pytest.mark.intake]
CODE = "91110000600037341L"


def opened(*, parent: str | None = None, **asks: Any) -> tuple[Office, datetime]:
    """Jiangxi's rules, with clinical units that put themselves down."""
    _, rules = example()
    rule = Rule(classes=("clinical",), cite=rules.window.cite, **asks)
    classes = tuple(
        each.model_copy(update={"parent": parent}) if each.id == "clinical" else each
        for each in rules.unit_classes
    )
    made = office(rules.model_copy(update={"registration": rule, "unit_classes": classes}))
    return made, inside(made.rules.window)


def said(**changes: str) -> actions.Said:
    told = {
        "name": "江城市第一医院检验科", "unit_class": "clinical", "contact": "王五",
        "phone": "138 0000 0001", "email": "w@example.cn", "code": "",
    }  # fmt: skip
    return actions.Said(**{**told, **changes})


def put_down(made: Office, at: datetime, *, sure: bool = False, **changes: str) -> Registration:
    address = changes.pop("address", "10.0.0.1")
    token = actions.register_unit(
        contest=made.contest, said=said(**changes), paper=None, sure=sure, address=address, at=at
    )
    return by_token(made.contest, token)


@pytest.mark.clause("H7")
def test_a_unit_is_let_in_and_its_contact_may_work() -> None:
    made, at = opened()
    row = put_down(made, at, code=CODE.lower())
    assert (row.state, row.code) == ("pending", CODE)
    unit = actions.accept_registration(
        registration=row, unit_class="clinical", district="江城市", by=made.organiser, at=at
    )
    assert (unit.name, unit.district, unit.unit_class) == (row.name, "江城市", "clinical")
    seat = Membership.objects.get(unit=unit)
    assert (seat.role, seat.user.name, seat.user.email) == (Role.CONTACT, "王五", "w@example.cn")
    assert [m.template for m in Message.objects.order_by("created_at", "template")] == [
        "registration.accepted", "registration.received",
    ]  # fmt: skip
    assert all("http" not in m.body for m in Message.objects.all())
    with pytest.raises(Refused, match="已经办完"):
        actions.refuse_registration(registration=row, reason="晚了", by=made.organiser, at=at)
    assert verify_chain(made.contest.chain).ok


def test_it_is_open_to_the_named_classes_within_the_window_only() -> None:
    made, at = opened()
    with pytest.raises(Refused) as refused:
        put_down(
            made, at, unit_class="admin", name="", phone="1", email="x", code="91110000600037341X"
        )
    assert set(refused.value.fields) == {"name", "phone", "email", "code", "unit_class"}
    with pytest.raises(TooLate, match="已经截止"):
        put_down(made, made.rules.window.closes + timedelta(days=1))
    plain = office(example()[1], slug="plain")
    assert door(plain.contest, at=at) is None
    with pytest.raises(NotFound):
        put_down(plain, at)


def test_the_registrant_is_warned_of_an_alike_unit_without_anybodys_data() -> None:
    made, at = opened()
    made.unit("江城市第一医院检验科", "clinical")
    with pytest.raises(actions.Alike) as alike:
        put_down(made, at, name="江城市第一医院（检验科）")
    assert "的人" not in alike.value.message
    row = put_down(made, at, name="江城市第一医院（检验科）", sure=True)
    [found] = likely(made.contest, name=row.name, code="", besides=row.pk)
    assert (found.name, found.why) == ("江城市第一医院检验科", "名称相同")
    assert likely(made.contest, name="江城市第一医院检查科", code="")[0].why.startswith("名称相近")
    assert likely(made.contest, name="完全不同的学会", code="") == []
    unit = Unit.objects.get(name="江城市第一医院检验科")
    actions.merge_registration(registration=row, into=unit, by=made.organiser, at=at)
    unit.refresh_from_db()
    assert unit.aliases == ["江城市第一医院（检验科）"]
    assert unit.memberships.filter(user__name="王五", role=Role.CONTACT).count() == 1


def test_the_same_credit_code_is_the_same_unit() -> None:
    made, at = opened(code=True)
    with pytest.raises(Refused) as refused:
        put_down(made, at)
    assert refused.value.fields == {"code": "请填写统一社会信用代码"}
    put_down(made, at, code=CODE)
    with pytest.raises(actions.Alike):
        put_down(made, at, name="另一个名字的公司", code=CODE)


def test_five_an_hour_from_one_address() -> None:
    made, at = opened()
    for n in range(5):
        put_down(made, at, name=f"{'甲乙丙丁戊'[n] * 6}医院", phone=f"1380000000{n}")
    with pytest.raises(Refused, match="一小时内报名的单位太多"):
        put_down(made, at, name="己己己己己己医院")
    put_down(made, at, name="庚庚庚庚庚庚医院", address="10.0.0.2")
    put_down(made, at + timedelta(minutes=61), name="辛辛辛辛辛辛医院")
    assert "10.0.0.1" not in str(list(Registration.objects.values()))


@pytest.mark.clause("H7")
def test_the_unit_above_confirms_first_and_a_stranger_cannot() -> None:
    made, at = opened(upper=True, parent="admin")
    above, other = made.unit("江城市卫健委", "admin"), made.unit("湖城市卫健委", "admin")
    with pytest.raises(Refused) as refused:
        put_down(made, at)
    assert refused.value.fields == {"parent": "请选择上级单位"}
    row = put_down(made, at, parent=str(above.pk))
    assert row.state == "upper"
    with pytest.raises(Refused, match="上级单位还没有确认"):
        actions.accept_registration(
            registration=row, unit_class="clinical", district="", by=made.organiser, at=at
        )
    assert waiting_below(made.contest, user=made.who(other)) == []
    with pytest.raises(NotPermitted):
        actions.confirm_below(registration=row, by=made.who(other), at=at)
    assert waiting_below(made.contest, user=made.who(above)) == [row]
    actions.confirm_below(registration=row, by=made.who(above), at=at)
    unit = actions.accept_registration(
        registration=row, unit_class="clinical", district="", by=made.organiser, at=at
    )
    assert unit.parent == above
    second = put_down(made, at, name="别处的医院甲", parent=str(above.pk))
    actions.deny_below(registration=second, reason="不是我们辖区的", by=made.who(above), at=at)
    second.refresh_from_db()
    assert (second.state, second.reason) == ("refused", "江城市卫健委：不是我们辖区的")


def test_asked_back_mended_and_sent_again() -> None:
    made, at = opened()
    row = put_down(made, at)
    with pytest.raises(Refused):
        actions.ask_back(registration=row, question=" ", by=made.organiser, at=at)
    with pytest.raises(NotPermitted):
        actions.ask_back(registration=row, question="请补证明", by=made.reviewer, at=at)
    actions.ask_back(registration=row, question="请补证明", by=made.organiser, at=at)
    told = Message.objects.get(template="registration.asked")
    assert "请补证明" in told.body
    scan = paper("证明\u202e.pdf", b"%PDF-1.7 x")
    actions.mend_registration(registration=row, said=said(), paper=scan, answer="已补", at=at)
    row.refresh_from_db()
    assert (row.state, row.answer, row.proof_name) == ("pending", "已补", "证明.pdf")
    with pytest.raises(Refused, match="不能修改"):
        actions.mend_registration(registration=row, said=said(), paper=None, answer="", at=at)


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "空的"), (b"%PDF-" + b"0" * (5 * 1024 * 1024), "超过 5 MB"), (b"<html>", "只收 PDF")],
)
def test_a_proof_is_what_its_bytes_say(data: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        paper("a.pdf", data)


@pytest.mark.clause("H7")
def test_a_proof_is_looked_at_when_it_comes_and_before_the_office_gets_it(
    settings: Any, tmp_path: Path
) -> None:
    settings.FENGCAI_DATA = tmp_path
    with fake_clamd() as fake:
        _looked_at(settings, fake)


def _looked_at(settings: Any, fake: Fake) -> None:
    settings.FENGCAI_CLAMD = fake.address
    fake.answer = b"stream: Eicar-Test-Signature FOUND\0"
    with pytest.raises(Refused, match="查出了病毒，没有保存") as refused:
        paper("证明.pdf", b"%PDF-1.4 x")
    assert set(refused.value.fields) == {"proof"}
    settings.FENGCAI_CLAMD = "127.0.0.1:9"  # the scanner is away: nobody loses his place for that
    kept = keep(paper("证明.pdf", b"%PDF-1.4 later"))
    with pytest.raises(Refused, match="还没有查毒，暂不提供下载"):
        require_clean(kept.key)
    settings.FENGCAI_CLAMD = fake.address
    with pytest.raises(Refused, match="查出了病毒，不提供下载"):
        require_clean(kept.key)
    fake.answer = b"stream: OK\0"
    require_clean(kept.key)
    assert fake.received.endswith(b"later")
    settings.FENGCAI_CLAMD = ""
    require_clean(kept.key)


@pytest.mark.clause("H7", "U7")
def test_a_proved_number_leads_to_its_own_registration_and_to_open_doors() -> None:
    made, at = opened()
    assert ways_for_phone("13800000001", at=at) == ([], [Way(made.contest.title, "any")])
    row = put_down(made, at)
    put_down(made, at, name="另一家医院", phone="13900000001")  # the same last digits
    own, doors = ways_for_phone("13800000001", at=at)
    assert [(way.unit, way.state) for way in own] == [(row.name, "待主办方审核")]
    assert by_token(made.contest, own[0].token) == row
    assert doors == []
    assert ways_for_phone("13712345678", at=at)[0] == []
    late = made.rules.window.closes + timedelta(days=1)
    assert ways_for_phone("13712345678", at=late)[1] == []
