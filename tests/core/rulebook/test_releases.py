"""Whose consent to being shown a rulebook asks for: as it resolves, as it is said, as older rules read."""

from __future__ import annotations

import pytest

from fengcai.core.rulebook import canonical_form, explain, no_answers, parse, resolve
from fengcai.core.rulebook.rules import Citation
from tests.core.rulebook.samples import EXAMPLES, example, example_answers, settled
from tests.core.rulebook.test_hubei_answered import decided


@pytest.mark.intake
@pytest.mark.clause("J8", "B5")
def test_jiangxi_asks_for_a_release_of_each_person_before_anything_is_shown() -> None:
    (release,) = resolve(example("jiangxi-2026"), example_answers("jiangxi-2026")).releases
    assert release.who == ("patient", "family", "staff")
    assert release.purposes == ("judging", "site", "channels", "upper")
    assert (release.needed_for, release.months) == ("publication", 36)
    assert release.evidence == ("e_sign", "signed_scan", "kept_by_unit")
    assert release.cite == Citation(
        section="四（二）", words="出镜患者、家属及医务人员需签署知情同意书"
    )
    assert release.answer == "A6"


@pytest.mark.intake
@pytest.mark.clause("H15")
def test_hubei_leaves_it_to_the_answer_whether_there_is_a_release() -> None:
    assert resolve(example("hubei-2025"), decided()).releases == ()
    text = (EXAMPLES / "rulebooks/hubei-2025.yaml").read_text("utf-8")
    book = parse(text, name="hubei-2025.yaml")
    said = [each.text for each in explain(book, no_answers(book.id))]
    assert "出镜人员的同意书待明确（B18）" in said


@pytest.mark.intake
def test_a_release_is_said_with_its_uses_its_term_and_what_waits_for_it() -> None:
    text = (EXAMPLES / "rulebooks/nurse-photos-2026.yaml").read_text("utf-8")
    book = parse(text, name="nurse-photos-2026.yaml")
    said = [each.text for each in explain(book, no_answers(book.id))]
    assert (
        "出镜的患者、家属、医务人员、其他出镜人员逐人签署同意书，逐项许可：在本活动网站展播、"
        "在公众号、视频号等渠道展播；期限自签署之日起 24 个月；签署方式：电子签名、上传签字的扫描件；"
        "没有签齐不能公开展播；照片在院内外展览，展期内可以随时要求撤下。"
    ) in said


@pytest.mark.intake
def test_one_that_nothing_waits_for_says_so() -> None:
    text = (EXAMPLES / "rulebooks/nurse-photos-2026.yaml").read_text("utf-8")
    book = parse(
        text.replace(
            "needed_for: publication, months: 24", "needed_for: nothing, months: 24"
        ).replace(", text: 照片在院内外展览，展期内可以随时要求撤下。", ""),
        name="nurse-photos-2026.yaml",
    )
    said = [each.text for each in explain(book, no_answers(book.id))]
    assert any(each.endswith("上传签字的扫描件；不作要求，只作提示") for each in said)


@pytest.mark.intake
def test_rules_without_releases_keep_the_hash_that_they_had() -> None:
    assert "releases" not in canonical_form(settled("speech-final-2026"))
