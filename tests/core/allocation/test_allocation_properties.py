"""What must hold of every award list, whatever the rules, the ranking and the decisions."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.allocation import Allocation, allocate

from .builders import LETTERS, PLACED, Place, Places, cases, in_order, rankings, rule_of

Case = dict[str, Any]


def places(case: Case) -> dict[str, int]:
    ranks = {one.work: one.rank for one in case["ranking"].standings}
    return {work: rank for work, rank in ranks.items() if rank is not None}


def by_ranking(case: Case, result: Allocation) -> dict[str, list[str]]:
    """Award → its winners, for the awards that go by ranking."""
    found: dict[str, list[str]] = {
        row["id"]: [] for row in case["awards"] if row["decided_by"] == "ranking"
    }
    for one in result.winners:
        if one.award in found:
            found[one.award].append(one.work)
    return found


@given(cases())
def test_every_place_is_won_vacant_or_open(case: Case) -> None:
    result = allocate(**case)
    for row in case["awards"]:
        won = sum(one.award == row["id"] for one in result.winners)
        vacant = sum(one.count for one in result.vacancies if one.award == row["id"])
        open_ = sum(one.places for one in result.flags if one.award == row["id"])
        assert won + vacant + open_ == row["count"]


@given(cases())
def test_nobody_wins_an_award_twice_and_exclusive_means_one(case: Case) -> None:
    result = allocate(**case)
    assert max(Counter((one.award, one.work) for one in result.winners).values(), default=1) == 1
    placed = Counter((one.group, one.work) for one in result.winners if one.place is not None)
    assert max(placed.values(), default=1) == 1
    if case["stacking"] == "exclusive":
        assert max(Counter(one.work for one in result.winners).values(), default=1) == 1


@given(cases())
def test_the_ineligible_and_the_unranked_never_win(case: Case) -> None:
    result = allocate(**case)
    assert {one.work for one in result.winners} <= case["eligible"]
    for works in by_ranking(case, result).values():
        assert set(works) <= set(places(case))


@given(cases())
def test_equals_are_treated_equally(case: Case) -> None:
    """Tied eligible works win an award by ranking together, or none of them does.

    Under exclusive the committee may have given one of them another award, and taken it out.
    """
    result = allocate(**case)
    rank = places(case)
    for id, works in by_ranking(case, result).items():
        group = rule_of(case, id)["group"]
        for work in works:
            for equal in case["eligible"]:
                if rank.get(equal) == rank[work] and equal not in works:
                    assert case["stacking"] == "exclusive"
                    assert [
                        one.award
                        for one in result.of(equal)
                        if one.place is None or one.group != group
                    ]


@given(cases())
def test_nobody_is_passed_over(case: Case) -> None:
    """Within one award group, whoever is ranked better wins the earlier award, or is still open."""
    result = allocate(**case)
    rank = places(case)
    open_ = {work for flag in result.flags for work in flag.works}
    order = [row["id"] for row in case["awards"]]
    for id, works in by_ranking(case, result).items():
        group = rule_of(case, id)["group"]
        for work in works:
            for better in case["eligible"]:
                if better in open_ or rank.get(better, 99) >= rank[work]:
                    continue
                mine = [one for one in result.of(better) if one.place and one.group == group]
                if mine:
                    assert order.index(mine[0].award) <= order.index(id)
                else:
                    assert case["stacking"] == "exclusive"
                    assert result.of(better) != ()


@given(cases())
def test_money_in_is_money_out(case: Case) -> None:
    result = allocate(**case)
    money = result.money
    assert money.awarded == sum((one.money for one in result.winners), Decimal(0))
    assert money.awarded + money.vacant + money.undecided == money.planned
    assert money.balanced == (case["money_total"] in (None, money.planned))
    assert any(flag.kind == "money" for flag in result.flags) == (not money.balanced)
    if result.complete and not result.vacancies:
        assert money.awarded == money.planned


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case: Case, random: Any) -> None:
    standings = list(case["ranking"].standings)
    decisions = list(case["decisions"])
    random.shuffle(standings)
    random.shuffle(decisions)
    eligible = random.sample(sorted(case["eligible"]), len(case["eligible"]))
    mixed = {**case, "ranking": Places(standings), "decisions": decisions, "eligible": eligible}
    assert allocate(**mixed) == allocate(**case)


@given(cases())
def test_every_winner_and_every_vacancy_says_why_and_by_which_rule(case: Case) -> None:
    result = allocate(**case)
    for one in result.winners:
        rule = rule_of(case, one.award)
        assert one.cite == rule["cite"]
        assert one.money == Decimal(rule["money_each"])
        start = "综合得分" if rule["decided_by"] == "ranking" else "评委会评定"
        assert one.reason.startswith(start)
    for vacancy in result.vacancies:
        assert "空缺" in vacancy.reason
        assert vacancy.cite == rule_of(case, vacancy.award)["cite"]
    for flag in result.flags:
        assert flag.text.endswith("。")


@given(rankings(), st.sampled_from(LETTERS), st.data())
def test_moving_up_never_hurts(ranking: Places, work: str, data: st.DataObject) -> None:
    """A work ranked higher, all else in order, gets no later award than before, if any is settled."""
    line = [one.work for one in ranking.standings if one.rank is not None]
    if work not in line:
        return
    before = line.index(work)
    after = data.draw(st.integers(0, before))
    moved = [*line[:before], *line[before + 1 :]]
    moved.insert(after, work)

    def level(order: list[str]) -> int:
        result = allocate(PLACED, in_order(*order), eligible=LETTERS)
        ids = [row["id"] for row in PLACED]
        return min((ids.index(one.award) for one in result.of(work)), default=len(ids))

    assert level(moved) <= level(line)


@given(rankings())
def test_without_open_ties_the_best_win_and_only_they(ranking: Places) -> None:
    line = [one.work for one in ranking.standings if one.rank is not None]
    strict = Places([Place(work, n, Decimal(n)) for n, work in enumerate(line, 1)])
    result = allocate(PLACED, strict, eligible=LETTERS, money_total=11100)
    assert [one.work for one in result.winners] == line[:10]
    assert sum(one.count for one in result.vacancies) == max(0, 10 - len(line))
    assert result.complete
