"""Levels: units hand in to the unit that gathers, within its earlier window; it passes some on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Unit
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.passages import gathering, newest_giving_back
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, TooLate
from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.rules import Collector, EntryQuota, UnitClass
from tests.apps.entries.test_quotas import rules_with
from tests.factories.any_rulebook import Office, office

pytestmark = pytest.mark.django_db
CITE = Citation(section="四", words="逐级汇总上报")


def levels(**collector: object) -> Rules:
    """Counties hand in to the city until ten days before the contest's own deadline."""
    rules = rules_with()
    early = rules.window.model_copy(
        update={"closes": rules.window.closes - timedelta(days=10), "kind": "collect"}
    )
    rule = Collector(**{"classes": ("county",), "window": "county", "cite": CITE, **collector})
    one = rules.unit_classes[0]
    county = UnitClass(
        id="county", name="县级单位", must_enter=False, may_enter=True, cite=one.cite
    )
    city = UnitClass(
        id="city", name="市级单位", must_enter=False, may_enter=True, collects=rule, cite=one.cite,
    )  # fmt: skip
    return rules.model_copy(
        update={
            "unit_classes": (county, city),
            "windows": {**rules.windows, "county": early},
            "entry_max_per_unit": None,
        }
    )


def stage(works: int = 2, **collector: object) -> tuple[Office, Unit, list[Entry]]:
    made = office(levels(**collector))
    city = made.unit("某市卫健委", "city")
    entries = [
        made.handed_in(made.unit(f"第{n}县", "county", city), "article") for n in range(works)
    ]
    return made, city, entries


def pass_on(made: Office, city: Unit, *entries: Entry, at=None) -> int:
    return actions.pass_on(
        contest=made.contest,
        collector=city,
        order=[entry.pk for entry in entries],
        by=made.who(city),
        at=at or made.rules.window.closes - timedelta(days=1),
    )


def test_works_lie_with_the_collector_until_it_passes_them_on() -> None:
    made, city, (one, two) = stage(max=1)
    assert [(e.state, e.gathered_by) for e in (one, two)] == [("gathered", city)] * 2
    found = gathering(made.contest, city)
    assert (found.room.gathered, found.room.most, found.room.left) == (2, 1, 1)
    assert {row.name: row.handed_in for row in found.below} == {"第0县": 1, "第1县": 1}
    with pytest.raises(
        Refused, match="最多上报 1 件，已报 0 件，这次勾选了 2 件（依据通知四“逐级汇总"
    ):
        pass_on(made, city, one, two)
    assert pass_on(made, city, two) == 1
    assert Entry.objects.get(pk=two.pk).state == "confirmed"
    assert Entry.objects.get(pk=one.pk).state == "gathered"
    with pytest.raises(Refused, match="最多上报 1 件，已报 1 件"):
        pass_on(made, city, one)
    assert verify_chain(made.contest.chain).ok


@pytest.mark.parametrize(("rounding", "most"), [("down", 1), ("up", 2), ("half_up", 2)])
def test_a_share_of_what_was_gathered_is_rounded_as_the_rules_say(rounding: str, most: int) -> None:
    made, city, entries = stage(3, ratio=Decimal("0.5"), rounding=rounding)
    assert gathering(made.contest, city).room.most == most
    with pytest.raises(Refused, match=f"最多上报 {most} 件"):
        pass_on(made, city, *entries)


def test_the_order_of_the_list_is_kept() -> None:
    made, city, (one, two) = stage()
    pass_on(made, city, two, one)
    assert [row.entry.pk for row in gathering(made.contest, city).passed] == [two.pk, one.pk]


def test_the_unit_below_is_late_ten_days_earlier_and_the_city_is_not() -> None:
    made, city, (one, _) = stage()
    unit = Unit.objects.get(name="第0县")
    late = made.rules.window.closes - timedelta(days=9)
    with pytest.raises(TooLate, match="按规则不再受理"):
        made.begin(unit, "article", at=late)
    pass_on(made, city, one, at=late)
    with pytest.raises(TooLate):
        pass_on(made, city, one, at=made.rules.window.closes + timedelta(days=1))
    assert made.begin(city, "article", at=late).state == "draft"


def test_only_the_collector_passes_on_and_only_what_lies_with_it() -> None:
    made, city, (one, _) = stage()
    other = made.unit("邻市卫健委", "city")
    county = Unit.objects.get(name="第0县")
    with pytest.raises(Refused, match="已被取回或已经上报"):
        pass_on(made, other, one)
    with pytest.raises(NotPermitted, match="不是汇总单位"):
        pass_on(made, county, one)
    with pytest.raises(NotPermitted):
        actions.pass_on(
            contest=made.contest, collector=city, order=[one.pk], by=made.who(county),
            at=made.when(one),
        )  # fmt: skip
    with pytest.raises(Refused, match="请先勾选"):
        pass_on(made, city)
    with pytest.raises(Refused, match="已被取回或已经上报"):
        pass_on(made, city, one, one)


def test_the_collector_sees_what_it_gathers_and_nobody_elses() -> None:
    made, city, (one, _) = stage()
    other = made.unit("邻市卫健委", "city")
    page = entry_page(entry_id=one.pk, user=made.who(city))
    assert (page.writable, page.roles) == (False, frozenset({"collector"}))
    with pytest.raises(NotFound):
        entry_page(entry_id=one.pk, user=made.who(other))
    draft = made.begin(Unit.objects.get(name="第0县"), "article")
    with pytest.raises(NotFound):
        entry_page(entry_id=draft.pk, user=made.who(city))


def test_a_work_is_taken_back_before_it_is_passed_on_and_not_after() -> None:
    made, city, (one, two) = stage()
    by = made.who(one.unit)
    back = actions.recall_entry(entry_id=one.pk, by=by, at=made.when(one))
    assert (back.state, back.gathered_by) == ("draft", None)
    with pytest.raises(Refused, match="已被取回或已经上报"):
        pass_on(made, city, one, two)
    assert Entry.objects.get(pk=two.pk).state == "gathered"
    pass_on(made, city, two)
    with pytest.raises(Refused, match="作品已由某市卫健委汇总上报，不能自行取回"):
        actions.recall_entry(entry_id=two.pk, by=made.who(two.unit), at=made.when(two))


def test_three_levels() -> None:
    rules = levels()
    county, city = rules.unit_classes
    province = city.model_copy(
        update={
            "id": "province",
            "collects": Collector(classes=("city",), window="city", max=1, cite=CITE),
        }
    )
    windows = {**rules.windows, "city": rules.windows["county"].model_copy(
        update={"closes": rules.window.closes - timedelta(days=5)}
    )}  # fmt: skip
    rules = rules.model_copy(update={"unit_classes": (county, city, province), "windows": windows})
    made = office(rules)
    top = made.unit("某省卫健委", "province")
    middle = made.unit("某市卫健委", "city", top)
    entry = made.handed_in(made.unit("某县医院", "county", middle), "article")
    day = rules.window.closes - timedelta(days=6)
    pass_on(made, middle, entry, at=day)
    entry.refresh_from_db()
    assert (entry.state, entry.gathered_by) == ("gathered", top)
    pass_on(made, top, entry, at=day + timedelta(days=4))
    entry.refresh_from_db()
    assert (entry.state, entry.gathered_by) == ("confirmed", None)


def test_a_unit_orders_its_works_and_new_ones_come_last() -> None:
    rules = rules_with(entry_max_per_unit=None)
    first = rules.unit_classes[0]
    ranked = first.model_copy(
        update={"entries": EntryQuota(min=0, max=None, ranked=True, cite=CITE)}
    )
    made = office(rules.model_copy(update={"unit_classes": (ranked,)}))
    unit = made.unit("心病科")
    works = [made.begin(unit, "article") for _ in range(3)]
    assert [work.place for work in works] == [1, 2, 3]
    order = [works[2].pk, works[0].pk, works[1].pk]
    rank = {"contest": made.contest, "unit": unit, "by": made.who(unit), "at": made.when(works[0])}
    actions.rank_entries(order=order, **rank)
    assert list(Entry.objects.order_by("place").values_list("pk", flat=True)) == order
    for wrong in (order[:2], [*order, order[0]], [order[0]] * 3):
        with pytest.raises(Refused, match="原来的顺序没有改动"):
            actions.rank_entries(order=wrong, **rank)
    with pytest.raises(TooLate):
        actions.rank_entries(order=order, **{**rank, "at": rules.window.closes + timedelta(days=1)})


@pytest.mark.intake
@pytest.mark.clause("B7")
def test_a_collector_gives_a_work_back_with_its_reason_and_gets_it_again() -> None:
    made, city, (one, _) = stage()
    day = made.rules.window.closes - timedelta(days=5)
    told = {"contest": made.contest, "collector": city, "by": made.who(city), "at": day}
    with pytest.raises(Refused, match="请写明退回的原因"):
        actions.give_back(entry_id=one.pk, reasons=" ", **told)
    with pytest.raises(NotPermitted):
        actions.give_back(entry_id=one.pk, reasons="缺", **{**told, "by": made.who(one.unit)})
    actions.give_back(entry_id=one.pk, reasons="署名不全", **told)
    one.refresh_from_db()
    assert (one.state, one.gathered_by, one.mend_until) == (
        "returned", None, made.rules.window.closes,
    )  # fmt: skip
    assert newest_giving_back(one).reasons == "署名不全"
    with pytest.raises(Refused, match="已被取回或已经上报"):
        actions.give_back(entry_id=one.pk, reasons="再退", **told)
    below = {row.name: (row.standing, row.drafts) for row in gathering(made.contest, city).below}
    assert below == {"第0县": ("draft", 1), "第1县": ("received", 0)}
    made.submit(one, scope_of(one, made.rules), at=day)
    if made.rules.head_confirmation:
        made.confirm(one, scope_of(one, made.rules), at=day)
    one.refresh_from_db()
    assert (one.state, one.gathered_by) == ("gathered", city)
    assert newest_giving_back(one) is None
