"""Which sentences a rulebook speaks of, and which it has passed over."""

from __future__ import annotations

import pytest

from fengcai.core.notice import coverage
from fengcai.core.rulebook import parse
from fengcai.media.documents import read
from tests.core.notice.notices import EXAMPLES, NAMES, drafted, example, notice

LINES = ("一、要求", "片长5分钟以内。", "各单位要高度重视。", "二、奖项", "一等奖1名。")


def test_rules_background_headings_and_what_is_passed_over() -> None:
    book = parse(drafted(*LINES).yaml_text, name="draft")
    covered = coverage(book, notice(*LINES, "三、新增", "报送作品须附字幕。"))
    shown = {each.sentence.text: (each.by, each.paths[:1], each.why) for each in covered.sentences}
    assert shown["片长5分钟以内。"][:2] == ("rule", ("tracks.video.slots.main",))
    assert shown["各单位要高度重视。"] == (
        "background",
        ("background.1",),
        "动员要求，不含可执行的要求",
    )
    assert shown["二、奖项"] == ("heading", (), "")
    assert shown["报送作品须附字幕。"] == ("nothing", (), "")
    assert [each.text for each in covered.uncovered] == ["报送作品须附字幕。"]
    assert (covered.count("nothing"), covered.count("heading"), covered.lost) == (1, 3, ())


def test_a_question_alone_covers_its_sentence() -> None:
    text = drafted(*LINES).yaml_text
    background = "  - why: 动员要求，不含可执行的要求\n    cite: 一 各单位要高度重视。\n"
    assert text.count(background.split("\n")[1]) == 1
    lines = text.split("\n")
    at = next(n for n, each in enumerate(lines) if each.endswith("一 各单位要高度重视。"))
    del lines[at - 1 : at + 1]
    changed = "\n".join(lines).replace(
        "cite: 标题 关于举办2030年青山医院短视频大赛的通知\n    blocks: awards",
        "cite: 一 各单位要高度重视\n    blocks: awards",
        1,
    )
    covered = coverage(parse(changed, name="draft"), notice(*LINES))
    (one,) = [each for each in covered.sentences if each.sentence.text == "各单位要高度重视。"]
    assert (one.by, one.paths[0][:10]) == ("question", "questions.")


def test_a_lost_citation_is_told_with_its_line() -> None:
    text = drafted(*LINES).yaml_text
    changed = text.replace("cite: 二 一等奖", "cite: 二 一等将", 1)
    (lost,) = [
        each
        for each in coverage(parse(changed, name="draft"), notice(*LINES)).lost
        if each.path == "awards.first"
    ]
    assert lost.cite == "二 一等将1名"[: len(lost.cite)]
    assert changed.split("\n")[lost.line - 1].strip().startswith("cite: 二 一等将")


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_leaves_no_sentence_of_its_notice_out(name: str) -> None:
    paragraphs = read(EXAMPLES / f"{name}{NAMES[name]}").paragraphs
    covered = coverage(parse(example(name).yaml_text, name=name), paragraphs)
    assert (covered.uncovered, covered.lost) == ((), ())
