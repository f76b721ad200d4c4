"""A rulebook and its answers as read: parse both, find open questions, put answers into the gaps.

It knows nothing of arithmetic (`check`) and builds no rules (`settle`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from .gaps import ABSENT, OPEN_WORD, Open
from .language import Book
from .predicate import PredicateError, parse_predicate
from .problems import Path, Problem, RulebookError, spell
from .questions import AnswersText, Question, QuestionText
from .reading import cite_near, closest, understand
from .source import Tree, read

SETTLED = frozenset(("title", "short_title", "timezone", "background"))
"""What a contest is called and shows of its notice: no question can be about these."""


@dataclass(frozen=True)
class Rulebook:
    """A readable rulebook: the tree with its lines and the typed book."""

    tree: Tree
    book: Book

    @property
    def id(self) -> str:
        return self.book.id

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question of the notice, in the order of the file."""
        return tuple(Question(id=id, **dict(text)) for id, text in self.book.questions.items())


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision: the option chosen or the values given, by which post, when and why."""

    choice: str | None
    value: Any
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Answers(Mapping[str, Answer]):
    """Question id → answer, for one rulebook. `tree` keeps the lines of the file."""

    rulebook: str
    decisions: Mapping[str, Answer]
    tree: Tree

    def __getitem__(self, question: str) -> Answer:
        return self.decisions[question]

    def __iter__(self) -> Iterator[str]:
        return iter(self.decisions)

    def __len__(self) -> int:
        return len(self.decisions)


@dataclass(frozen=True)
class Filled:
    """A book with its answers in place. `answered` tells which path came from which question."""

    tree: Tree
    book: Book
    answered: Mapping[Path, str]

    def answer(self, path: Path) -> str | None:
        """Questions whose answers gave a rule: all of it, or a value that stands in it."""
        whole = [id for at, id in self.answered.items() if path[: len(at)] == at]
        inside = [id for at, id in self.answered.items() if at[:-1] == path]
        return "、".join(dict.fromkeys([*whole, *inside])) or None


def parse(text: str, *, name: str) -> Rulebook:
    """Read a rulebook. Raises RulebookError with every structural fault found."""
    tree = read(text, name=name)
    book, problems = understand(tree, Book)
    if book is None:
        raise RulebookError(problems)
    rulebook = Rulebook(tree, book)
    if faults := [*_gaps(rulebook), *_predicates(tree)]:
        raise RulebookError(faults)
    return rulebook


def parse_answers(text: str, *, name: str) -> Answers:
    """Read a file of answers. Raises RulebookError with every structural fault found."""
    tree = read(text, name=name)
    found, problems = understand(tree, AnswersText)
    if found is None:
        raise RulebookError(problems)
    decisions = {
        id: Answer(each.choice, each.value, each.by, each.at, each.reason)
        for id, each in found.decisions.items()
    }
    return Answers(found.rulebook, decisions, tree)


def no_answers(rulebook: str) -> Answers:
    """The answers of a rulebook that nobody has looked at yet."""
    return Answers(rulebook, {}, Tree("", {}, {}))


def open_questions(rulebook: Rulebook, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    """Questions without an answer, in the order of the file."""
    return tuple(each for each in rulebook.questions if each.id not in answers)


def opens(tree: Tree) -> Iterator[tuple[Path, Open]]:
    """Every gap in the rules (not in the questions themselves) with its path."""
    for path, value in walk(tree.value):
        if _is_gap(value) and path[0] != "questions":
            yield path, Open.model_validate(value)


def _is_gap(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(OPEN_WORD)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a tree with its path, containers before their content."""
    yield path, value
    if isinstance(value, (dict, list)):
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(each, (*path, step))


def _gaps(rulebook: Rulebook) -> Iterator[Problem]:
    tree, questions = rulebook.tree, rulebook.book.questions

    def fault(path: Path, message: str, mend: str) -> Problem:
        return Problem(
            tree.line(path), spell(path), message, mend, cite_near(tree, path), tree.name
        )

    for path, gap in opens(tree):
        if path[0] in SETTLED:
            yield fault(path, "这里不能留作待明确", "请写上确定的文字。")
            continue
        if gap.question not in questions:
            yield fault(
                path,
                f"questions 里没有问题“{gap.question}”",
                closest(gap.question, questions)
                if questions
                else "请在 questions 里列出这个问题。",
            )
            continue
        names = questions[gap.question].names
        if gap.name is None and len(names) != 1:
            yield fault(
                path,
                f"问题 {gap.question} 要定 {len(names)} 个值，没有指明是哪一个",
                f"请写成“待明确 {gap.question}.名称”，名称可以是：{'、'.join(names)}。",
            )
        if gap.name is not None and gap.name not in names:
            yield fault(path, f"问题 {gap.question} 不定“{gap.name}”", closest(gap.name, names))
    for id, question in questions.items():
        here: Path = ("questions", id)
        if not question.options and not question.free:
            yield fault(
                here, f"问题 {id} 没有可选的答复", "请写 options（选项）或 free（可自定的值）。"
            )
        for path, value in walk(tree.value["questions"][id].get("options", {})):
            if _is_gap(value):
                yield fault(
                    (*here, "options", *path),
                    "选项里不能再有待明确的值",
                    "请在选项里写出确定的值。",
                )


def _predicates(tree: Tree) -> Iterator[Problem]:
    for path, value in walk(tree.value):
        if path and path[-1] == "predicate" and not str(value).startswith(OPEN_WORD):
            try:
                parse_predicate(str(value))
            except PredicateError as error:
                yield Problem(
                    tree.line(path),
                    spell(path),
                    f"条件“{value}”第 {error.column} 个字符处：{error.message}",
                    error.mend,
                    cite_near(tree, path),
                    tree.name,
                )


def says(question: QuestionText, answer: Answer) -> str:
    """An answer in words: what the option means, and the values given besides."""
    given = question.named(answer.value) or {}
    own = [f"{question.free[name]}：{value}" for name, value in given.items()]
    chosen = [question.options[answer.choice].means] if answer.choice is not None else []
    return "；".join([*chosen, *own])


def values_of(
    rulebook: Rulebook, id: str, answer: Answer
) -> tuple[dict[str, Any], tuple[str, str] | None]:
    """Gap name → value that an answer gives, and what is wrong with it (message, remedy)."""
    question = rulebook.book.questions[id]
    values: dict[str, Any] = {}
    if answer.choice is not None:
        if answer.choice not in question.options:
            mend = closest(answer.choice, question.options)
            return {}, (f"问题 {id} 没有选项“{answer.choice}”", mend)
        values.update(question.options[answer.choice].sets)
    if answer.value is not None:
        given = question.named(answer.value)
        if given is None:
            return {}, (f"问题 {id} 不能这样自定值", closest("", question.free))
        values.update(given)
    if any(_is_gap(each) for _, each in walk(values)):
        return {}, (f"问题 {id} 的答复里还有待明确的值", "请写出确定的值。")
    gaps = (gap for _, gap in opens(rulebook.tree) if gap.question == id)
    missing = sorted({gap.name or question.names[0] for gap in gaps} - set(values))
    if missing:
        return {}, (f"问题 {id} 的答复没有给出“{'”“'.join(missing)}”", "请在 value 里补上。")
    return values, None


def fill(rulebook: Rulebook, answers: Answers) -> tuple[Filled | None, tuple[Problem, ...]]:
    """Put answers into the gaps. Gaps without an answer stay; faults are returned, not raised."""
    problems: list[Problem] = []
    values: dict[str, dict[str, Any]] = {}
    if answers.rulebook != rulebook.id:
        problems.append(
            Problem(
                answers.tree.line(("rulebook",)),
                "rulebook",
                f"这些答复属于“{answers.rulebook}”，不属于“{rulebook.id}”",
                "请核对文件。",
                source=answers.tree.name,
            )
        )
    for id, answer in answers.items():
        here: Path = ("decisions", id)
        fault: tuple[str, str] | None
        if id in rulebook.book.questions:
            values[id], fault = values_of(rulebook, id, answer)
        else:
            fault = f"规则书里没有问题“{id}”", closest(id, rulebook.book.questions)
        if fault:
            line = answers.tree.line(here)
            problems.append(Problem(line, spell(here), *fault, source=answers.tree.name))
    if problems:
        return None, tuple(problems)
    return _substitute(rulebook, values)


def _substitute(
    rulebook: Rulebook, values: Mapping[str, Mapping[str, Any]]
) -> tuple[Filled | None, tuple[Problem, ...]]:
    lines: dict[Path, int] = {}
    answered: dict[Path, str] = {}
    questions = rulebook.book.questions

    def copy(value: Any, old: Path, new: Path) -> Any:
        lines[new] = rulebook.tree.line(old)
        if isinstance(value, dict):
            found = {key: copy(each, (*old, key), (*new, key)) for key, each in value.items()}
            return {key: each for key, each in found.items() if each != ABSENT}
        if isinstance(value, list):
            items: list[Any] = []
            for index, each in enumerate(value):
                item = copy(each, (*old, index), (*new, len(items)))
                if item != ABSENT:
                    items.append(item)
            return items
        if _is_gap(value):
            gap = Open.model_validate(value)
            if gap.question in values:
                answered[new] = gap.question
                return values[gap.question][gap.name or questions[gap.question].names[0]]
        return value

    rules = {key: value for key, value in rulebook.tree.value.items() if key != "questions"}
    filled = copy(rules, (), ())
    if "questions" in rulebook.tree.value:
        filled["questions"] = rulebook.tree.value["questions"]
    tree = Tree(rulebook.tree.name, filled, {**rulebook.tree.lines, **lines})
    book, problems = understand(tree, Book)
    if book is None:
        return None, problems
    if faults := tuple(_predicates(tree)):
        return None, faults
    return Filled(tree, book, answered), ()
