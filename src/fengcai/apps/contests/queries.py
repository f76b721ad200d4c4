"""What pages may know about contests, their rules, units and people. Rows come ready to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

import yaml
from django.db.models import Exists, Model, OuterRef, QuerySet

from fengcai.apps.contests.duties import UnitExemption
from fengcai.apps.contests.models import Answer, Contest, Membership, RulebookVersion, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core import rulebook
from fengcai.core.rulebook import Answers, Question, Rulebook, Rules
from fengcai.core.rulebook.book import says, values_of
from fengcai.core.rulebook.language import UnitClassText

M = TypeVar("M", bound=Model)

KEPT = 64
"""How many resolved rulebooks a process keeps; a province runs a few contests at a time."""


@dataclass(frozen=True)
class Seat:
    """A role that somebody holds, ready to show: 心内科 · 联络员."""

    contest: Contest
    role: str
    role_name: str
    unit: Unit | None


@dataclass(frozen=True)
class QuestionRow:
    """An open question of the notice with the answer, if there is one."""

    question: Question
    answer: Answer | None
    answer_text: str
    former: tuple[FormerAnswer, ...] = ()
    """What was answered before, newest first, and what the edition before answered."""


@dataclass(frozen=True)
class FormerAnswer:
    """An answer that no longer counts: why it was given, and why it counts no more.

    `why` is replaced (another was given), misfit (its question was rewritten), or edition (it was
    given in the edition before, and still fits).
    """

    answer: Answer
    text: str
    why: str


def contest_by_slug(slug: str) -> Contest:
    """Raises `NotFound`."""
    contest = _CONTEST.first(slug=slug)
    if contest is None:
        raise NotFound("没有这个活动。请检查网址，或从首页进入。")
    return contest


_CONTEST = Prepared(
    lambda: (
        without_texts(Contest.objects.select_related("version"), "version")
        .filter(slug=Given("slug", words=True))
        .order_by()
    )
)


def contests() -> list[Contest]:
    """All contests, newest first, with the texts of their rulebooks (which drafts show from)."""
    return list(Contest.objects.select_related("version").defer("version__resolved"))


def without_texts(rows: QuerySet[M], *paths: str) -> QuerySet[M]:
    """`rows` without the texts of the rulebook versions joined along `paths`.

    They are a hundred kilobytes of text and JSON to read for each row, and `rules_at` has nearly
    always read them before. Whoever asks for one all the same gets it with one SQL more.
    """
    return rows.defer(*(f"{path}__{name}" for path in paths for name in ("text", "resolved")))


def rules_of(contest: Contest) -> Rules:
    """The rules in force. Raises `Refused` while questions of the notice are open."""
    version = contest.version
    if version is None or not version.hash:
        raise Refused("本活动的通知还有待明确的问题，规则尚未生效。请组织者先逐项答复。")
    return rules_at(version)


def rules_at(version: RulebookVersion) -> Rules:
    """The rules as one version of the rulebook resolved them. No SQL once this process knows them.

    They are known by their hash, so an amended rulebook is another one here too.
    """
    if not version.hash:
        raise Refused("这一版规则尚未生效。")
    rules = _resolved.get(version.hash)
    if rules is None:
        rules = Rules.model_validate(version.resolved)
        with _lock:
            while len(_resolved) >= KEPT:
                _resolved.pop(next(iter(_resolved)))
            _resolved[version.hash] = rules
    return rules


def known_rules(hash: str) -> Rules | None:
    """The rules with this hash, if this process has read them before. No SQL."""
    return _resolved.get(hash)


_resolved: dict[str, Rules] = {}
_lock = Lock()


def book_of(contest: Contest) -> Rulebook:
    """The parsed rulebook, answered or not."""
    if contest.version is None:
        raise Refused("本活动还没有规则书。")
    return _book(contest.version.text)


@lru_cache(maxsize=32)
def _book(text: str) -> Rulebook:
    return rulebook.parse(text, name="规则书")


@dataclass(frozen=True)
class Masthead:
    """What a contest shows of itself even while questions are open; empty where one asks for it."""

    issuer: str
    accent: str


def masthead(contest: Contest) -> Masthead:
    """The issuer and the colour: from the rules, before the opening from the rulebook's text."""
    if contest.is_open:
        rules = rules_of(contest)
        return Masthead(rules.issuer, rules.accent)
    book = book_of(contest).book
    issuer = book.notice.issuer
    return Masthead(issuer if isinstance(issuer, str) else "", book.accent)


def unit_classes(contest: Contest) -> dict[str, str]:
    """Ids of the classes of units with their names, known before the contest opens."""
    if contest.is_open:
        return {each.id: each.name for each in rules_of(contest).unit_classes}
    classes = book_of(contest).book.units.classes
    if not isinstance(classes, dict):
        return {}
    return {
        id: each.name
        for id, each in classes.items()
        if isinstance(each, UnitClassText) and isinstance(each.name, str)
    }


def answers_of(contest: Contest, book: Rulebook | None = None) -> Answers:
    """The answers given so far, in the shape that core knows. 1 SQL.

    Those that fit `book` (default: the contest's): an answer outlives a change of the text for as
    long as its question stands and knows what was answered.
    """
    return rulebook.parse_answers(answers_text(contest, book), name="答复")


def text_in_force(contest: Contest) -> str:
    """The rulebook's text that the rules in force come from."""
    return contest.version.text if contest.version else ""


def answers_text(contest: Contest, book: Rulebook | None = None) -> str:
    """The answers as a file that the rulebook's language knows (`examples/answers`). 1 SQL."""
    book = book or book_of(contest)
    decisions = {
        row.question: {
            **({"choice": row.choice} if row.choice else {}),
            **({"value": row.value} if row.value is not None else {}),
            "by": row.by,
            "at": row.at.isoformat(),
            "reason": row.reason,
        }
        for row in contest.answers.filter(replaced_at=None)
        if fits(book, row)
    }
    head = {"answers": 1, "rulebook": book.id, "decisions": decisions}
    return yaml.safe_dump(head, allow_unicode=True, sort_keys=False)


def fits(book: Rulebook, answer: Answer) -> bool:
    """Whether the answer's question stands in `book` and takes what was answered."""
    if answer.question not in book.book.questions:
        return False
    return values_of(book, answer.question, core_answer(answer))[1] is None


def questions(contest: Contest) -> list[QuestionRow]:
    """Every question that the notice leaves open, with its answer and those before it.

    1 SQL, 2 for a contest that follows another.
    """
    book = book_of(contest)
    given: dict[str, Answer] = {}
    former: dict[str, list[FormerAnswer]] = {}
    known = {question.id: question for question in book.questions}
    for row in contest.answers.all():
        question = known.get(row.question)
        if question is None:
            continue
        if row.replaced_at is None and fits(book, row):
            given[row.question] = row
        else:
            why = "replaced" if row.replaced_at else "misfit"
            former.setdefault(row.question, []).insert(
                0, FormerAnswer(row, _told(question, row), why)
            )
    for row in _of_edition_before(contest):
        if row.question in known and row.question not in given and fits(book, row):
            told = FormerAnswer(row, _told(known[row.question], row), "edition")
            former.setdefault(row.question, []).append(told)
    return [
        QuestionRow(
            question,
            given.get(question.id),
            _told(question, given[question.id]) if question.id in given else "",
            tuple(former.get(question.id, ())),
        )
        for question in book.questions
    ]


def _of_edition_before(contest: Contest) -> Sequence[Answer]:
    if contest.follows_id is None or contest.is_open:
        return []
    return list(Answer.objects.filter(contest=contest.follows_id, replaced_at=None))


def _told(question: Question, answer: Answer) -> str:
    """An answer in words; of one that no longer fits, the words that are left of it."""
    try:
        return says(question, core_answer(answer))
    except KeyError:
        return answer.choice or str(answer.value)


def core_answer(row: Answer) -> rulebook.Answer:
    """A stored answer in core's shape."""
    return rulebook.Answer(row.choice or None, row.value, row.by, row.at, row.reason)


def shift_of(contest: Contest) -> timedelta:
    """How far a demo edition's windows are moved."""
    return timedelta(days=contest.shift_days)


def seats_of(user: User) -> list[Seat]:
    """Every role that `user` holds now, in every contest. 1 SQL."""
    rows = without_texts(
        Membership.objects.filter(user=user, until=None).select_related("contest__version", "unit"),
        "contest__version",
    ).order_by("-contest__created_at", "pk")
    return [Seat(row.contest, row.role, str(Role(row.role).label), row.unit) for row in rows]


def units_of(contest: Contest, *, closed: bool = False) -> list[Unit]:
    """Every unit in roster order; those that were closed or merged away only where asked for. 1 SQL."""
    rows = contest.units.select_related("parent")
    return list(rows if closed else rows.filter(closed_at=None))


def units_for(user: User, contest: Contest, *roles: str) -> list[Unit]:
    """The units for which `user` acts as one of `roles` (default: contact or head), their superiors
    joined; `as_contact` says whether he is the unit's contact. 1 SQL."""
    wanted = roles or (Role.CONTACT, Role.HEAD)
    contact = Membership.objects.filter(
        unit=OuterRef("pk"), user=user, role=Role.CONTACT, until=None
    )
    return list(
        Unit.objects.filter(
            contest=contest,
            memberships__user=user,
            memberships__role__in=wanted,
            memberships__until=None,
        )
        .annotate(as_contact=Exists(contact))
        .select_related("parent")
        .distinct()
    )


def people_in(contest: Contest, *roles: str) -> Sequence[Membership]:
    """The memberships of `roles` (default: all) in force, people and units joined. 1 SQL."""
    rows = Membership.objects.filter(contest=contest, until=None).select_related("user", "unit")
    if roles:
        rows = rows.filter(role__in=roles)
    return list(rows.order_by("role", "unit__order", "pk"))


def freed_among(units: Iterable[Unit]) -> dict[int, str]:
    """Those of the units that an officer exempted from having to enter, with the reason. 1 SQL."""
    rows = UnitExemption.objects.filter(unit__in=[unit.pk for unit in units], ended_at=None)
    return {pk: reason or "不必报送" for pk, reason in rows.values_list("unit_id", "reason")}


def people_ever_in(contest: Contest) -> set[int]:
    """The accounts that have or had a seat. 1 SQL."""
    rows = Membership.objects.filter(contest=contest).order_by()
    return set(rows.values_list("user_id", flat=True).distinct())


def contacts_of(units: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """The contacts of the units with these ids, with their telephones. 1 SQL."""
    found: dict[int, list[tuple[str, str]]] = {}
    for _, unit, name, username, phone in sorted(_CONTACTS(units=list(units))):
        found.setdefault(unit, []).append((name or username, phone))
    return found


_CONTACTS: Prepared[Any] = Prepared(
    lambda: (
        Membership.objects.filter(until=None, role=Role.CONTACT, unit__in=Given("units", many=True))
        .order_by()
        .values_list("pk", "unit_id", "user__name", "user__username", "user__phone")
    )
)


def membership(contest: Contest, pk: int) -> Membership:
    """One membership of this contest. Raises `NotFound`."""
    row = (
        Membership.objects.filter(contest=contest, pk=pk, until=None)
        .select_related("user", "unit")
        .first()
    )
    if row is None:
        raise NotFound("名单中没有这个人。")
    return row


def unit(contest: Contest, pk: int) -> Unit:
    """One unit of this contest. Raises `NotFound`."""
    row = Unit.objects.filter(contest=contest, pk=pk).first()
    if row is None:
        raise NotFound("没有这个单位。")
    return row
