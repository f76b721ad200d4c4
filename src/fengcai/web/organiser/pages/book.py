"""The rulebook's pages: the steps in the notice's own order, the notice beside them, the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fengcai.apps.contests.notices import notice_of
from fengcai.apps.contests.queries import answers_of, questions
from fengcai.apps.contests.versions import Checked, examined, newest, versions_of
from fengcai.apps.refusals import Refused
from fengcai.core import notice as notices
from fengcai.core import rulebook
from fengcai.core.rulebook import Problem, Rulebook
from fengcai.core.rulebook.book import fill
from fengcai.core.rulebook.labels import CHAPTERS
from fengcai.core.rulebook.saying import say
from fengcai.core.rulebook.source import read
from fengcai.web.organiser.pages.book_form import Card, cards
from fengcai.web.organiser.pages.book_shapes import language

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, NoticeFile, RulebookVersion

QUESTIONS = "questions"
STEPS = (
    ("host", "主题与主办", ("活动",)),
    ("units", "参加单位", ("参加单位",)),
    ("works", "类别与要求", ("作品类别与要求",)),
    ("promises", "承诺", ("承诺与授权",)),
    ("times", "时间", ("时间与报送",)),
    ("judging", "评审", ("评审",)),
    ("awards", "奖项", ("奖项",)),
    ("showing", "展播与其他", ("成果应用", "其他规定")),
    (QUESTIONS, "待明确问题", ()),
)


@dataclass(frozen=True)
class Step:
    """A place in the sequence: how many faults and how many gaps are in it."""

    id: str
    name: str
    number: int
    current: bool
    faults: int
    gaps: int


@dataclass(frozen=True)
class Told:
    """A sentence of the notice: what to write to cite it, and whether a rule does."""

    text: str
    cite: str
    section: str
    by: str
    heading: bool


@dataclass(frozen=True)
class BookPage:
    """A step of the guided sequence."""

    version: RulebookVersion
    sound: bool
    steps: list[Step]
    step: Step
    cards: list[Card]
    problems: list[Problem]
    elsewhere: list[Problem]
    notice: NoticeFile | None
    paragraphs: list[list[Told]]
    uncovered: int
    before: Step | None
    after: Step | None
    unreadable: bool


def keys_of(step: str) -> list[str]:
    """The keys of the file that belong to a step, in the language's order; none is left out."""
    chapters = next((chapters for id, _, chapters in STEPS if id == step), ())
    mine = {key for chapter in chapters for key in CHAPTERS[chapter].split()}
    placed = {key for keys in CHAPTERS.values() for key in keys.split()}
    return [
        key
        for key in language().keys
        if key in mine or (step == "showing" and key not in placed)
        if key not in {"questions", "rulebook", "id"}
    ]


def step_of(path: str) -> str:
    """The step in which a problem's path is mended."""
    top = path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
    return next((id for id, _, _ in STEPS if top in keys_of(id)), STEPS[0][0])


def book_page(
    contest: Contest,
    step: str,
    *,
    error: Refused | None = None,
    sent: Mapping[str, str] | None = None,
) -> BookPage:
    """One step: its cards with faults, the notice beside. At most 6 SQL."""
    version = contest.version if contest.is_open and contest.version else newest(contest)
    found = examined(version.text, contest)
    tree = _tree(version.text)
    problems = list(found.problems)
    made = cards(tree, keys_of(step), problems) if tree else []
    if error is not None and sent is not None:
        _typed(made, sent, error)
    steps = _steps(step, tree, problems)
    here = next(i for i, each in enumerate(steps) if each.current)
    notice, paragraphs = notice_of(contest)
    told = _told(found.book, paragraphs)
    owned = {id(p) for card in made for p in card.problems}
    mine = [p for p in problems if step_of(p.path) == step]
    return BookPage(
        version=version,
        sound=found.book is not None,
        steps=steps,
        step=steps[here],
        cards=made,
        problems=problems,
        elsewhere=[p for p in mine if id(p) not in owned],
        notice=notice,
        paragraphs=told,
        uncovered=sum(each.by == "nothing" for row in told for each in row),
        before=steps[here - 1] if here else None,
        after=steps[here + 1] if here + 1 < len(steps) else None,
        unreadable=not tree,
    )


def _tree(text: str) -> Any:
    """The text as a tree; None when it is not even that."""
    try:
        found = read(text, name="规则书").value
    except rulebook.RulebookError:
        return None
    return found if isinstance(found, dict) else None


def _steps(current: str, tree: Any, problems: Sequence[Problem]) -> list[Step]:
    faults = [step_of(problem.path) for problem in problems]
    rows = []
    for number, (id, name, _) in enumerate(STEPS, 1):
        keys = keys_of(id)
        gaps = sum(_gaps(tree.get(key)) for key in keys) if tree else 0
        if id == QUESTIONS and tree and isinstance(tree.get("questions"), dict):
            gaps = len(tree["questions"])
        rows.append(Step(id, name, number, id == current, faults.count(id), gaps))
    return rows


def _gaps(value: Any) -> int:
    if isinstance(value, str):
        return int(value.startswith("待明确"))
    if isinstance(value, (dict, list)):
        return sum(_gaps(each) for each in (value.values() if isinstance(value, dict) else value))
    return 0


def _typed(made: list[Card], sent: Mapping[str, str], error: Refused) -> None:
    """What a refused card held: not a character of it is lost."""
    blank = sent.get("do") == "add"
    for outer, card in ((one, each) for one in made for each in (one, *one.adds)):
        if card.spelled != sent.get("path") or card.blank != blank:
            continue
        outer.opened = True
        card.error, card.opened, card.typed_key = error, True, sent.get("key", "")
        for rows in (card.inputs, card.more):
            for index, each in enumerate(rows):
                text = sent.get(f"v-{each.key}")
                fault = error.fields.get(f"v-{each.key}", "")
                if text is not None:
                    rows[index] = type(each)(**{**each.__dict__, "value": text, "error": fault})


def _told(book: Rulebook | None, paragraphs: Sequence[Any]) -> list[list[Told]]:
    if not paragraphs:
        return []
    if book is not None:
        rows = [(each.sentence, each.by) for each in notices.coverage(book, paragraphs).sentences]
    else:
        rows = [(each, "nothing") for each in notices.sentences(paragraphs)]
    told: dict[int, list[Told]] = {}
    for sentence, by in rows:
        told.setdefault(sentence.paragraph, []).append(
            Told(
                sentence.text,
                notices.cite(sentence),
                sentence.section,
                "heading" if sentence.heading else by,
                sentence.heading,
            )
        )
    return list(told.values())


# Checking as one types


def verdict(contest: Contest, text: str) -> dict[str, Any]:
    """What a text's live check says: faults by line, how many questions are open."""
    found: Checked = examined(text, contest)
    waiting = 0
    if found.book is not None:
        waiting = len(rulebook.open_questions(found.book, answers_of(contest, found.book)))
    return {
        "sound": found.book is not None,
        "waiting": waiting,
        "problems": [
            {"line": p.line, "path": p.path, "message": p.message, "mend": p.mend}
            for p in found.problems
        ],
    }


# Preview


@dataclass(frozen=True)
class TrackPreview:
    """What a category's entry form asks."""

    name: str
    rows: list[Any]
    note: str
    themes: list[Any]
    themes_note: str
    slots: list[Any]
    promises: list[str]


@dataclass(frozen=True)
class SheetPreview:
    """A round's score sheet."""

    name: str
    criteria: list[Any]
    note: str


def preview_page(contest: Contest) -> dict[str, Any]:
    """The entry form and the score sheets as the answers stand; gaps are said to be open. 3 SQL."""
    version = contest.version
    if version is None:
        raise Refused("还没有可以预览的规则书。")
    found = examined(version.text, contest)
    if found.book is None:
        raise Refused("规则书还读不懂，改好后才能预览。")
    filled, problems = fill(found.book, answers_of(contest, found.book))
    if filled is None:
        raise Refused(f"答复与规则书对不上，改好后才能预览：{problems[0].message}")
    book = filled.book
    declarations = [d.text for d in _known(book.declarations).values() if d.when == "submit"]
    return {
        "tracks": [
            TrackPreview(
                name=say(track.name),
                rows=[_row(id, each) for id, each in _known(track.fields).items()],
                note=_open(track.fields),
                themes=[
                    SimpleNamespace(id=id, name=say(each.name), hint=say(each.hint or ""))
                    for id, each in _known(getattr(track.themes, "options", None)).items()
                ],
                themes_note=_open(track.themes),
                slots=[
                    SimpleNamespace(
                        name=say(slot.name),
                        accept=say(slot.accept) if slot.accept is not None else "",
                        hint=say(slot.hint) if slot.hint is not None else "",
                        cite=slot.cite,
                        demands=[
                            say(next(x for x in (r.must, r.should, r.prefer) if x is not None))
                            for r in _known(slot.requirements).values()
                        ],
                    )
                    for slot in _known(track.slots).values()
                ],
                promises=[say(text) for text in declarations],
            )
            for track in _known(book.tracks).values()
        ],
        "sheets": [
            SheetPreview(
                name=say(round.name),
                criteria=[
                    SimpleNamespace(
                        id=f"{key}-{id}",
                        name=say(each.name),
                        description=say(each.description) if each.description is not None else "",
                        weight=_number(each.weight),
                        min=_number(each.min),
                        max=_number(each.max),
                        step=_number(each.step),
                        value=None,
                    )
                    for id, each in _known(getattr(round.scheme, "criteria", None)).items()
                ],
                note=_open(round.scheme),
            )
            for key, round in _known(book.rounds).items()
        ],
        "waiting": len([row for row in questions(contest) if row.answer is None]),
        "version": version,
    }


def _known(value: Any) -> dict[str, Any]:
    return (
        {key: each for key, each in value.items() if not _is_open(each)}
        if isinstance(value, dict)
        else {}
    )


def _is_open(value: Any) -> bool:
    return type(value).__name__ == "Open"


def _open(value: Any) -> str:
    return say(value) if _is_open(value) else ""


def _number(value: Any) -> str:
    return "" if _is_open(value) or value is None else say(value)


def _row(id: str, each: Any) -> Any:
    asked = SimpleNamespace(
        id=f"preview-{id}",
        label=say(each.label),
        kind=each.kind if isinstance(each.kind, str) else "text",
        required=each.required is True,
        max_chars=each.max_chars if isinstance(each.max_chars, int) else None,
        hint=say(each.hint) if each.hint is not None else "",
        roles=each.roles if isinstance(each.roles, list) else [],
        options=each.options if isinstance(each.options, list) else [],
        cite=each.cite,
        answer=None,
    )
    return SimpleNamespace(
        field=asked, value="", error="", people=[{"name": "", "role": ""}], typed=None
    )


def versions_page(contest: Contest) -> dict[str, Any]:
    """The list of versions. 1 SQL."""
    return {"versions": versions_of(contest), "in_force": contest.version_id}
