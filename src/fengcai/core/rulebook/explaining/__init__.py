"""A rulebook in plain Chinese, clause by clause, each sentence with its citation.

Works on answered and unanswered books alike: what nobody has decided is said to be 待明确, with the
question's number. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fengcai.core.rulebook.book import Answers, Filled, Rulebook, fill, open_questions, opens
from fengcai.core.rulebook.problems import Path, RulebookError
from fengcai.core.rulebook.rules import Citation
from fengcai.core.rulebook.saying import say, whole_rule

from . import calendar, judging, outcomes, parties, works

BLOCKS = {"opening": "开放报送", "judging": "评审", "awards": "评奖", "publication": "公布结果"}


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """One sentence: its chapter, where it stands in the notice, the text, and the answer behind it."""

    section: str
    cite: Citation
    text: str
    answer: str | None = None


def explain(rulebook: Rulebook, answers: Answers) -> tuple[ExplainedRule, ...]:
    """Every rule in Chinese. Raises RulebookError when an answer does not fit the book."""
    filled, problems = fill(rulebook, answers)
    if filled is None:
        raise RulebookError(problems)
    families = (parties, works, calendar, judging, outcomes)
    sentences = [each for family in families for each in family.sentences(filled.book)]
    rules = [
        ExplainedRule(section, clause.cite, text, filled.answer(path))
        for section, path, clause, text in sentences
    ]
    rules += dict.fromkeys(_gaps(filled, {path for _, path, _, _ in sentences}))
    chapters = list(dict.fromkeys(each.section for each in rules))
    rules.sort(key=lambda each: chapters.index(each.section))
    waiting = [
        ExplainedRule(
            "待明确的问题",
            each.cite,
            f"待明确 {each.id}：{each.ask}（须在{BLOCKS[each.blocks]}前答复）",
        )
        for each in open_questions(rulebook, answers)
    ]
    return (*rules, *waiting)


def _gaps(filled: Filled, told: set[Path]) -> Iterator[ExplainedRule]:
    """Whole rules that are still open, so that no sentence above could mention them."""
    for path, gap in opens(filled.tree):
        if path[:-1] in told:
            continue
        section, what = whole_rule(path)
        if path[0] == "tracks":
            section = f"{section}：{say(filled.book.tracks[str(path[1])].name)}"
        cite = filled.book.questions[gap.question].cite
        yield ExplainedRule(section, cite, f"{what}{say(gap)}")
