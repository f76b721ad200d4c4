"""What the people of a work still owe, and until when it may be shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fengcai.core.consent import Paper, Person, Register, Showing, owed, showing, signers, watching
from fengcai.core.rulebook.rules import Citation, Release

pytestmark = pytest.mark.intake
TODAY = date(2026, 5, 1)
CITE = Citation(section="四（二）", words="需签署知情同意书")


def demand(**changes: Any) -> Release:
    return Release.model_validate(
        {
            "id": "on_screen",
            "who": ("patient", "family", "staff"),
            "purposes": ("judging", "site"),
            "needed_for": "publication",
            "months": 36,
            "evidence": ("e_sign", "signed_scan"),
            "cite": CITE,
            "answer": "A6",
            **changes,
        }
    )


def paper(**changes: Any) -> Paper:
    return Paper(
        **{
            "capacity": "self",
            "state": "signed",
            "way": "e_sign",
            "purposes": frozenset({"judging", "site"}),
            "until": date(2029, 5, 1),
            **changes,
        }
    )


def of(*papers: Paper, role: str = "patient", age: Any = "adult") -> Register:
    return Register((Person("p", role, age, papers),))


def kinds(register: Register, **changes: Any) -> list[tuple[str | None, str, str]]:
    found = owed([demand(**changes)], register, on=TODAY)
    return [(each.capacity, each.kind, each.text) for each in found]


@pytest.mark.clause("J8", "B5")
def test_a_signed_release_owes_nothing() -> None:
    assert kinds(of(paper())) == []


@pytest.mark.clause("J8")
def test_each_debt_names_its_clause_its_answer_and_its_article() -> None:
    (debt,) = owed([demand()], of(), on=TODAY)
    assert (debt.person, debt.capacity, debt.needed_for) == ("p", "self", "publication")
    assert (debt.cite, debt.answer) == (CITE, "A6")
    assert debt.source == "民法典第一千零一十九条"


def test_nobody_registered_is_owed_until_the_unit_says_that_there_is_nobody() -> None:
    assert kinds(Register()) == [(None, "register", "还没有登记出镜人员；没有可辨认的人，请写明")]
    assert kinds(Register(nobody=True)) == []


@pytest.mark.parametrize(
    ("made", "kind", "text"),
    [
        (paper(state="asked"), "unsigned", "本人还没有签署同意书"),
        (paper(state="refused"), "refused", "本人不同意，请在作品中去掉或遮住这个人"),
        (paper(state="withdrawn"), "withdrawn", "本人已撤回同意"),
        (paper(state="kept", way="kept_by_unit"), "way", "本人的同意书不是规则允许的签署方式"),
        (paper(until=None), "term", "本人的同意书没有写期限"),
        (paper(until=date(2026, 4, 30)), "expired", "本人的同意书已于 2026-04-30 到期"),
        (paper(purposes=frozenset({"judging"})), "purpose", "本人没有同意：在本活动网站展播"),
        (
            paper(state="scanned", way="signed_scan", checked=False),
            "unchecked",
            "本人的扫描件还没有经主办方核对",
        ),
    ],
)
def test_what_a_paper_lacks(made: Paper, kind: str, text: str) -> None:
    assert kinds(of(made)) == [("self", kind, text)]


def test_the_last_day_of_the_term_still_counts() -> None:
    assert kinds(of(paper(until=TODAY))) == []


@pytest.mark.parametrize(
    ("uses", "source"),
    [
        (("judging",), "个人信息保护法第十四条"),
        (("upper",), "个人信息保护法第二十三条"),
        (("media", "upper"), "个人信息保护法第二十五条"),
    ],
)
def test_a_use_that_was_not_agreed_to_has_its_own_article(
    uses: tuple[str, ...], source: str
) -> None:
    (debt,) = owed([demand(purposes=uses)], of(paper(purposes=frozenset())), on=TODAY)
    assert debt.source == source


@pytest.mark.parametrize("role", ["public_figure", "background", "other"])
def test_who_is_in_no_part_that_a_demand_names_owes_nothing(role: str) -> None:
    assert kinds(of(role=role)) == []


@pytest.mark.clause("B5")
@pytest.mark.parametrize(
    ("age", "who"),
    [
        ("adult", ["self"]),
        ("teen", ["self", "guardian"]),
        ("child", ["guardian"]),
        ("incapable", ["guardian"]),
    ],
)
def test_a_minor_needs_the_guardian_and_from_fourteen_on_both(age: Any, who: list[str]) -> None:
    assert list(signers(age)) == who
    found = owed([demand()], of(age=age), on=TODAY)
    assert [each.capacity for each in found] == who
    guardians = [each for each in found if each.capacity == "guardian"]
    assert all("第三十一条" in each.source for each in guardians)


def test_the_guardians_paper_alone_is_not_enough_from_fourteen_on() -> None:
    assert kinds(of(paper(capacity="guardian"), age="teen")) == [
        ("self", "unsigned", "本人还没有签署同意书")
    ]


def test_a_paper_knows_whether_something_was_agreed_to() -> None:
    assert [paper(state=s).given for s in ("signed", "scanned", "kept", "asked", "refused")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def shown(register: Register, **changes: Any) -> Showing:
    return showing([demand(**changes)], register, on=TODAY)


@pytest.mark.clause("J8", "B5")
def test_a_withdrawal_bars_the_work_whatever_the_rulebook_waits_for() -> None:
    for needed_for in ("submission", "publication", "nothing"):
        assert shown(of(paper(state="withdrawn")), needed_for=needed_for) == Showing(
            True, None, "本人已撤回同意"
        )


def test_a_work_may_be_shown_through_the_earliest_last_day() -> None:
    both = of(
        paper(until=date(2029, 5, 1)),
        paper(capacity="guardian", until=date(2028, 5, 1)),
        age="teen",
    )
    assert shown(both) == Showing(False, date(2028, 5, 1))
    other = of(paper(until=date(2028, 5, 1)), paper(capacity="guardian"), age="teen")
    assert shown(other) == Showing(False, date(2028, 5, 1))


def test_where_nothing_waits_an_unsigned_release_bars_nothing_and_a_refused_use_does() -> None:
    assert shown(of(), needed_for="nothing") == Showing(False, None)
    assert shown(Register(), needed_for="nothing") == Showing(False, None)
    refused = of(paper(purposes=frozenset({"judging"})))
    assert shown(refused, needed_for="nothing").barred
    assert shown(of()).barred
    assert shown(Register(nobody=True)) == Showing(False, None)


def test_a_demand_for_judging_only_that_nothing_waits_for_bars_nothing() -> None:
    withdrawn = of(paper(state="withdrawn"))
    assert shown(withdrawn, purposes=("judging",), needed_for="nothing") == Showing(False, None)
    assert shown(withdrawn, purposes=("judging",), needed_for="submission").barred


def watched(register: Register, **changes: Any) -> Showing:
    return watching([demand(**changes)], register, on=TODAY)


@pytest.mark.clause("J8", "B5")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": "refused"}, "本人不同意出镜"),
        ({"state": "withdrawn"}, "本人已撤回同意"),
        ({"until": date(2026, 4, 30)}, "本人的同意书已于 2026-04-30 到期"),
        ({"purposes": frozenset({"site"})}, "本人没有同意用于评审"),
    ],
)
def test_nobody_watches_against_somebodys_word(changes: dict[str, Any], why: str) -> None:
    for needed_for in ("submission", "publication", "nothing"):
        assert watched(of(paper(**changes)), needed_for=needed_for) == Showing(True, None, why)


def test_judging_is_no_publication_and_waits_for_no_signature() -> None:
    assert watched(of()) == Showing(False, None)
    assert watched(Register()) == Showing(False, None)
    assert watched(of(paper(state="asked"))) == Showing(False, None)
    # Not asked for judging: nothing that is signed says anything of it.
    assert watched(of(paper(state="withdrawn")), purposes=("site",)) == Showing(False, None)
    assert watched(of(paper(state="withdrawn"), role="other")) == Showing(False, None)


def test_judges_may_watch_through_the_earliest_last_day() -> None:
    both = of(paper(until=None), paper(capacity="guardian", until=date(2028, 5, 1)), age="teen")
    assert watched(both) == Showing(False, date(2028, 5, 1))
    other = of(
        paper(until=date(2028, 3, 1)), paper(capacity="guardian", until=date(2028, 5, 1)),
        age="teen",
    )  # fmt: skip
    assert watched(other) == Showing(False, date(2028, 3, 1))
