"""Units that put themselves down: as the rules resolve, as it is said, and what cannot be."""

from __future__ import annotations

import pytest

from fengcai.core.rulebook import canonical_form, check, explain, no_answers, parse, resolve
from tests.core.rulebook.samples import EXAMPLES, example, settled
from tests.core.rulebook.test_hubei_answered import decided

pytestmark = pytest.mark.intake
BOOK = (EXAMPLES / "rulebooks/provincial-science-2026.yaml").read_text("utf-8")
PLACE = "  exemptions:\n"


def book(rule: str):  # type: ignore[no-untyped-def]
    text = BOOK.replace(PLACE, f"  registration: {rule}\n{PLACE}", 1)
    return parse(text, name="provincial-science-2026.yaml")


def faults(rule: str) -> list[str]:
    made = book(rule)
    return [each.message for each in check(made, no_answers(made.id))]


@pytest.mark.clause("H7")
def test_hubei_lets_units_of_every_named_class_put_themselves_down() -> None:
    registration = resolve(example("hubei-2025"), decided()).registration
    assert registration is not None
    assert len(registration.classes) == 7
    assert (registration.window, registration.code, registration.proof, registration.upper) == (
        *(None, False, False, False),
    )  # fmt: skip
    assert registration.cite.words == "参赛作品由各单位自行报送"


def test_it_is_said_with_what_a_unit_has_to_show() -> None:
    made = book(
        "{classes: [hospital_county], code: 是, proof: 否, upper: 是, cite: 三 各级各类医疗卫生机构}"
    )
    said = [each.text for each in explain(made, no_answers(made.id))]
    [rule] = [each for each in said if "自行报名" in each]
    assert rule.startswith("不在名单上的县级及以下医疗卫生机构可以自行报名，由主办方审核")
    assert "须有统一社会信用代码" in rule
    assert "须有上级单位确认" in rule
    assert "证明材料" not in rule
    assert list(check(made, no_answers(made.id))) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{classes: [], cite: 三 各级各类医疗卫生机构}", "没有写哪些类别的单位可以自行报名"),
        ("{classes: [clinic], cite: 三 各级各类医疗卫生机构}", "没有名为“clinic”的单位类别"),
        (
            "{classes: [hospital_city], window: never, cite: 三 各级各类医疗卫生机构}",
            "没有名为“never”的时间窗",
        ),
        (
            "{classes: [city], upper: 是, cite: 三 各级各类医疗卫生机构}",
            "没有上级单位，无从确认",
        ),
    ],
)
def test_what_cannot_be_is_named(rule: str, message: str) -> None:
    assert any(message in each for each in faults(rule))


def test_a_class_that_may_not_enter_cannot_register() -> None:
    text = BOOK.replace("hospital_city: {name: 市级医疗卫生机构, must_enter: 否, may_enter: 是",
                        "hospital_city: {name: 市级医疗卫生机构, must_enter: 否, may_enter: 否")  # fmt: skip
    text = text.replace(
        PLACE, "  registration: {classes: [hospital_city], cite: 三 各级各类医疗卫生机构}\n" + PLACE
    )
    made = parse(text, name="x.yaml")
    found = [each.message for each in check(made, no_answers(made.id))]
    assert "“市级医疗卫生机构”可以自行报名，却不可报送" in found


def test_rules_without_it_keep_the_hash_that_they_had() -> None:
    assert "registration" not in canonical_form(settled("speech-final-2026"))
