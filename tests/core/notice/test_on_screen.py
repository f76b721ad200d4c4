"""Releases of the people on screen: whom a notice names, what it leaves open, what is no release."""

from __future__ import annotations

import pytest

from fengcai.core.notice import draft
from fengcai.core.rulebook import check, no_answers, parse
from tests.core.notice.notices import drafted, found

pytestmark = [pytest.mark.intake, pytest.mark.clause("J8", "B18")]


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("出镜患者、家属及医务人员需签署知情同意书，病历资料一律脱敏处理。", ("patient", "family", "staff")),
        ("选手签署肖像和作品使用授权书后，视频在官网播放。", ("other",)),
        ("作品中出现的所有出镜人员均须书面同意。", ("patient", "family", "staff", "other")),
        ("须取得被拍摄者同意。", ("patient", "family", "staff", "other")),
        ("拍摄患者的，须取得肖像权授权。", None),
        ("作者同意主办方无偿使用作品，授权期限三年。", None),
        ("参赛作品不得侵犯他人著作权。", None),
    ],
)  # fmt: skip
def test_whom_a_notice_asks_to_sign(line: str, who: tuple[str, ...] | None) -> None:
    said = found(drafted("一、作品要求", line), "releases")
    assert said.get("releases.on_screen.who") == who


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("出镜患者需签署知情同意书。", "同意到什么用途、多久、怎样签"),
        ("参赛作品不得侵犯第三人的著作权、肖像权、隐私权。", "要不要？"),
        ("采用须经知情同意。", "要不要？"),
    ],
)
def test_what_it_leaves_open_is_asked_with_the_usual_answers(line: str, asks: str) -> None:
    made = drafted("一、作品要求", line)
    (asked,) = [each for each in made.questions if asks in each.ask]
    assert asked.blocks == "opening"
    assert "第一千零二十二条" in asked.also
    book = parse(made.yaml_text, name="x")
    assert check(book, no_answers(book.id)) == ()
    assert {"sign_each", "before_submission", "kept"} <= set(asked.options)


def test_a_notice_that_speaks_of_no_portrait_has_no_release() -> None:
    made = draft("关于征集海报的通知\n一、作品要求\n海报须为原创。", id="x", year=2026)
    assert "releases:" not in made.yaml_text
