"""Units counted by the database stand as their works say, and a page of them is the same units."""

from __future__ import annotations

from collections import Counter
from itertools import cycle

import pytest

from fengcai.apps.contests.models import Unit
from fengcai.apps.contests.units import close_unit, end_exemption, exempt_unit
from fengcai.apps.entries.coverage import STANDINGS, VIEWS, Part, tallies, units_in
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.rules import EntryQuota, Exemption, Mix
from tests.factories.any_rulebook import Office, office
from tests.factories.judging import NOON, example

pytestmark = pytest.mark.django_db
CITE = Citation(section="五", words="每单位名额")
WANTED = {
    State.DRAFT: "draft",
    State.RETURNED: "draft",
    State.SUBMITTED: "received",
    State.GATHERED: "received",
    State.CONFIRMED: "received",
    State.ACCEPTED: "received",
    State.WITHDRAWN: "missing",
}


def rules_with(*mix: Mix, least: int = 0, free: tuple[str, ...] = ()) -> Rules:
    """Jiangxi's rules: clinical units must enter, at least so many works; `free` ones need not."""
    _, rules = example()
    quota = EntryQuota(min=least, max=None, mix=mix, cite=CITE)
    classes = tuple(
        each.model_copy(update={"entries": quota, "must_enter": each.id == "clinical"})
        for each in rules.unit_classes
    )
    exempt = (Exemption(units=free, of="must", cite=CITE),) if free else ()
    return rules.model_copy(update={"unit_classes": classes, "exemptions": exempt})


def work(made: Office, unit: Unit, state: State, theme: str = "tcm") -> None:
    Entry.objects.create(
        contest=made.contest,
        rulebook=made.contest.version,
        unit=unit,
        track=made.rules.tracks[0].id,
        themes=[theme],
        state=state,
        created_by=made.who(unit),
    )


@pytest.mark.parametrize("state", State)
def test_a_work_in_each_state(state: State) -> None:
    made = office(rules_with())
    unit = made.unit("心病科", "clinical")
    work(made, unit, state)
    (row,) = units_in(made.contest)
    assert (row.pk, row.name, row.class_name, row.must_enter) == (
        unit.pk,
        "心病科",
        "临床科室",
        True,
    )
    assert row.standing == WANTED[state]
    assert (row.works, row.drafts) == (WANTED[state] == "received", WANTED[state] == "draft")


def test_a_work_handed_in_counts_before_a_draft() -> None:
    made = office(rules_with())
    unit = made.unit("心病科", "clinical")
    for state in (State.DRAFT, State.ACCEPTED, State.WITHDRAWN, State.SUBMITTED):
        work(made, unit, state)
    (row,) = units_in(made.contest)
    assert (row.standing, row.works, row.drafts) == ("received", 2, 1)


def test_who_need_not_enter_is_not_missing_and_not_owed() -> None:
    made = office(rules_with(free=("体检中心",)))
    for name, unit_class in (("院办", "admin"), ("体检中心", "clinical"), ("骨科", "clinical")):
        made.unit(name, unit_class)
    standing = {row.name: (row.must_enter, row.standing) for row in units_in(made.contest)}
    assert standing == {
        "院办": (False, "none"),
        "体检中心": (False, "exempt"),
        "骨科": (True, "missing"),
    }
    assert [row.name for row in units_in(made.contest, "owed")] == ["骨科"]


def laid_out(made: Office, many: int) -> None:
    """Units of three classes by turns, each with works in some states, another contest's beside."""
    states = cycle([(), (State.DRAFT,), (State.ACCEPTED, State.RETURNED), (State.WITHDRAWN,)])
    classes = cycle(["clinical", "admin", "medtech"])
    for number in range(many):
        unit = made.unit(f"第{number}科", next(classes))
        for state in next(states):
            work(made, unit, state)


def test_every_view_has_as_many_units_as_are_counted() -> None:
    made = office(rules_with(free=("第0科", "第6科")))
    laid_out(made, 24)
    Unit.objects.exclude(name="第7科").update(order=1)
    Unit.objects.filter(name__in=("第1科", "第2科")).update(district="东院区")
    Entry.objects.filter(unit__name="第2科").update(late=True)
    gone = made.unit("停用的科", "clinical")
    close_unit(unit=gone, reason="撤并", by=made.organiser, at=NOON)
    freed = Unit.objects.get(name="第12科")
    exempt_unit(unit=freed, reason="支援外地", by=made.organiser, at=NOON)
    laid_out(office(rules_with(), slug="other"), 5)
    whole, found = units_in(made.contest), tallies(made.contest)
    counted = Counter((row.class_name, row.must_enter, row.standing) for row in whole)
    tallied: Counter[tuple[str, bool, str]] = Counter()
    for t in found:
        tallied[t.class_name, t.must_enter, t.standing] += t.units
    assert tallied == counted
    assert {row.standing for row in whole} == set(STANDINGS)
    assert len(whole) == 24
    assert [row.name for row in whole] == ["第7科", *(f"第{n}科" for n in range(24) if n != 7)]
    names = [each.name for each in made.rules.unit_classes]
    assert list(dict.fromkeys(each.class_name for each in found)) == names[:3]
    for view in ("", *VIEWS, *STANDINGS):
        rows = units_in(made.contest, view)
        assert len(rows) == sum(each.units for each in found if each.fits(view)) > 0
        assert rows == [row for row in whole if row in rows]
        assert units_in(made.contest, view, begin=2, end=5) == rows[2:5]
        assert units_in(made.contest, view, begin=99, end=199) == []
        here = Part("medtech", "东院区")
        some = units_in(made.contest, view, part=here)
        assert some == [r for r in rows if (r.unit_class, r.district) == ("medtech", "东院区")]
        assert len(some) == sum(
            each.units for each in tallies(made.contest, here) if each.fits(view)
        )
        assert len(some) == sum(e.units for e in found if here.holds(e) and e.fits(view))
    assert all(row.must_enter for row in units_in(made.contest, "owed"))


def test_minima_are_told_of_each_unit() -> None:
    made = office(rules_with(least=2))
    for name, states in (
        ("心病科", [State.SUBMITTED]),
        ("骨科", [State.ACCEPTED, State.RETURNED]),
        ("儿科", [State.ACCEPTED, State.DRAFT]),
    ):
        unit = made.unit(name, "clinical")
        for state in states:
            work(made, unit, state)
    short = {row.name: [each.text for each in row.short] for row in units_in(made.contest)}
    assert short == {
        "心病科": ["至少 2 件，已报 1 件"],
        "骨科": [],
        "儿科": ["至少 2 件，已报 1 件"],
    }


def test_a_mix_reads_the_works_of_the_page_alone() -> None:
    made = office(rules_with(Mix(of="theme", ref="tcm", min=1, cite=CITE)))
    for name, theme in (("心病科", "team"), ("骨科", "tcm")):
        work(made, made.unit(name, "clinical"), State.SUBMITTED, theme)
    short = {row.name: len(row.short) for row in units_in(made.contest)}
    assert short == {"心病科": 1, "骨科": 0}
    assert [len(row.short) for row in units_in(made.contest, begin=1, end=2)] == [0]


@pytest.mark.parametrize("units", [1, 30])
def test_the_board_costs_the_same_at_any_length(units, django_assert_num_queries) -> None:
    made = office(rules_with())
    laid_out(made, units)
    with django_assert_num_queries(1):
        tallies(made.contest)
    with django_assert_num_queries(1):
        units_in(made.contest, "missing", begin=0, end=100)


def test_a_contest_without_units_has_an_empty_board() -> None:
    made = office(rules_with())
    assert (tallies(made.contest), units_in(made.contest)) == ([], [])


@pytest.mark.intake
@pytest.mark.clause("B7")
def test_an_officers_exemption_takes_a_unit_out_of_the_denominator_until_it_ends() -> None:
    made = office(rules_with())
    unit = made.unit("骨科", "clinical")
    exempt_unit(unit=unit, reason="支援外地", by=made.organiser, at=NOON)
    (row,) = units_in(made.contest, "exempt")
    assert (row.must_enter, row.standing, row.short) == (False, "exempt", ())
    assert units_in(made.contest, "owed") == []
    end_exemption(unit=unit, by=made.organiser, at=NOON)
    assert [row.standing for row in units_in(made.contest, "owed")] == ["missing"]


@pytest.mark.intake
def test_works_that_all_came_late_are_late_and_one_in_time_is_enough() -> None:
    made = office(rules_with())
    unit = made.unit("心病科", "clinical")
    work(made, unit, State.CONFIRMED)
    Entry.objects.update(late=True)
    assert [row.standing for row in units_in(made.contest, "late")] == ["late"]
    assert units_in(made.contest, "received") == units_in(made.contest, "owed") == []
    work(made, unit, State.SUBMITTED)
    assert [(t.standing, t.units) for t in tallies(made.contest)] == [("received", 1)]
