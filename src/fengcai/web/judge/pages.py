"""The rows of the judging room's pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.urls import reverse

from fengcai.apps.judging.queries import Card, CriterionRow, Desk, Stack, Work
from fengcai.apps.refusals import Refused, Stale
from fengcai.core.rulebook import Citation
from fengcai.web.shared.cards import WorkCard, addresses, file_url, film_view, sprite_of

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

BADGES = {"todo": "waiting", "partial": "running", "done": "done"}
"""The shared badge that the state of a work to mark wears; the word is the card's own."""


@dataclass(frozen=True)
class Line:
    """A criterion on the score sheet with the mark and what is wrong with it."""

    id: str
    name: str
    description: str
    min: str
    max: str
    step: str
    weight: str
    value: str
    error: str
    cite: Citation

    @property
    def weighty(self) -> bool:
        """Whether the mark counts other than once."""
        return self.weight != "1"


@dataclass(frozen=True)
class StripStep:
    """A work in the strip that leads through the stack."""

    number: int
    title: str
    url: str
    state: str
    state_name: str
    here: bool


@dataclass(frozen=True)
class Filled:
    """A work's sheet as the judge filled it: each criterion's name with its mark (empty: none yet);
    `missing` says what is still to be given."""

    card: Card
    url: str
    values: list[tuple[str, str]]
    comment: str
    missing: str


def place(stack: Stack | Desk | Work) -> list[str]:
    """What every address of this round begins with."""
    return [stack.contest.slug, stack.round.round_id]


def stack_page(desk: Desk) -> dict[str, Any]:
    """A page of the stack as cards, with the step that comes next."""
    numbers = Paginator(range(desk.progress.due), desk.per_page)
    at = addresses("judge-work", *place(desk))
    return {
        "cards": [_card(desk, card, at(card.entry_id)) for card in desk.cards],
        "recused": desk.recused,
        "recused_works": desk.recused_works,
        "recused_unnamed": desk.recused_works - len(desk.recused),
        "page": numbers.page(desk.number),
        "step": _next_step(desk),
    }


def _card(stack: Desk, card: Card, url: str) -> WorkCard:
    word = f"已评 {card.total} 分" if card.total else card.state_name
    if card.state == "partial":
        word = f"评了 {card.marked}/{len(stack.criteria)} 项"
    return WorkCard(
        title=f"{card.number} 号　{card.title}",
        unit=card.unit,
        url=url,
        poster=file_url(card.film, "poster") if card.film and card.has_poster else "",
        duration=card.duration,
        sprite=sprite_of(card.film, card.sprite),
        state=BADGES[card.state],
        state_word=word,
        meta="、".join(card.themes),
        waiting="点开观看" if card.film else "点开查看",
    )


def _next_step(stack: Desk) -> dict[str, Any]:
    done = f"已评 {stack.progress.done} / {stack.progress.due} 件"
    deadline = stack.window.closes if stack.window else None
    cite = stack.window.cite if stack.window else stack.cite
    if stack.locked:
        return {
            "tone": "done",
            "title": "您的评分已签名提交" if stack.handed_in_at else "本轮评审已封存",
            "text": f"{done}，内容已锁定，可以查看和打印。",
            "url": reverse("judge-sheets", args=place(stack)),
            "action": "打印评分表",
        }
    if stack.going is not None:
        begun = bool(stack.progress.done) or stack.going.state == "partial"
        return {
            "title": f"还有 {stack.left} 件待评",
            "text": f"{done}。打分随时自动保存，休息一下再来，从这里接着看。",
            "deadline": deadline,
            "cite": cite,
            "url": reverse("judge-work", args=[*place(stack), stack.going.entry_id]),
            "action": f"接着看 {stack.going.number} 号" if begun else "开始评审",
        }
    return {
        "title": "都评完了，请核对后签名提交",
        "text": f"{done}。签名提交之前都可以改。",
        "deadline": deadline,
        "cite": cite,
        "url": reverse("judge-hand-in", args=place(stack)),
        "action": "核对并提交",
    }


def work_page(
    work: Work,
    *,
    user: User,
    values: Mapping[str, str] | None,
    comment: str | None,
    error: Refused | None,
) -> dict[str, Any]:
    """One work in the room; `values` and `comment` are what a refused save held."""
    marks = work.values if values is None else values
    wrong = error.fields if error else {}
    where = [*place(work), work.card.entry_id]

    at = addresses("judge-work", *place(work))

    def to(entry_id: UUID | None) -> str:
        return at(entry_id) if entry_id else ""

    return {
        "work": work,
        "films": [film_view(film) for film in work.films],
        "lines": _lines(work.criteria, marks, wrong),
        "one_cite": _one_cite(work.criteria),
        "comment": work.comment if comment is None else comment,
        "theirs": _theirs(work, error),
        "save_url": reverse("judge-save", args=where),
        "draft_key": f"{user.pk}:{work.round.pk}:{work.card.entry_id}",
        "notes": notes_page(work),
        "previous": to(work.previous),
        "following": to(work.following),
        "next_todo": to(work.next_todo),
        "strip": [
            StripStep(
                number=step.number,
                title=step.title,
                url=to(step.entry_id),
                state=step.state,
                state_name=step.state_name,
                here=step.entry_id == work.card.entry_id,
            )
            for step in work.strip
        ],
        "more": work.progress.due - len(work.strip),
        "open": not work.sealed,
    }


def notes_page(work: Work) -> dict[str, Any]:
    """The private notes of a work with the addresses to add and delete."""
    where = [*place(work), work.card.entry_id]
    return {
        "rows": [
            {
                "seconds": note.seconds,
                "text": note.text,
                "delete_url": reverse("judge-note-delete", args=[*where, note.id]),
            }
            for note in work.notes
        ],
        "marks": ",".join(str(note.seconds) for note in work.notes),
        "add_url": reverse("judge-note", args=where),
    }


def filled_sheets(stack: Stack) -> list[Filled]:
    """Every sheet of the stack as it stands, in the order of the works. No SQL."""
    at = addresses("judge-work", *place(stack))
    return [_filled(stack, card, at(card.entry_id)) for card in stack.due]


def _filled(stack: Stack, card: Card, url: str) -> Filled:
    gaps = [one.name for one in stack.criteria if one.id not in card.values]
    return Filled(
        card=card,
        url=url,
        values=[(one.name, card.values.get(one.id, "")) for one in stack.criteria],
        comment=card.comment,
        missing="" if card.state == "done" else _missing(gaps, len(stack.criteria)),
    )


def _missing(gaps: Sequence[str], whole: int) -> str:
    return "还没有打分" if len(gaps) == whole else f"还缺：{'、'.join(gaps)}"


def hand_in_page(stack: Stack, rows: Sequence[Filled], *, error: Refused | None) -> dict[str, Any]:
    """The table that the judge signs, and what keeps it from being signed."""
    return {
        "stack": stack,
        "rows": rows,
        "missing": [row for row in rows if row.missing],
        "recused": [card for card in stack.cards if card.state == "recused"],
        "name_error": error.fields.get("signed_name", "") if error else "",
        "save_url": reverse("judge-hand-in", args=place(stack)),
    }


def moment(text: str) -> Decimal:
    """Seconds from `83.5`, `1:23` or `1：02：03`. Raises `Refused`."""
    parts = unicodedata.normalize("NFKC", text).strip().split(":")
    try:
        seconds = Decimal(0)
        for part in parts:
            seconds = seconds * 60 + Decimal(part)
    except InvalidOperation:
        raise Refused(
            "笔记的时间请写成“分:秒”，例如 1:23。笔记的文字还在页面上。",
            fields={"moment": "例如 1:23"},
        ) from None
    return seconds


def _lines(
    criteria: Sequence[CriterionRow], values: Mapping[str, str], wrong: Mapping[str, str]
) -> list[Line]:
    return [
        Line(
            id=one.id,
            name=one.name,
            description=one.description,
            min=one.min,
            max=one.max,
            step=one.step,
            weight=one.weight,
            value=values.get(one.id, ""),
            error=wrong.get(one.id, ""),
            cite=one.cite,
        )
        for one in criteria
    ]


def _one_cite(criteria: Sequence[CriterionRow]) -> dict[str, str] | None:
    """One chip for all criteria where they stand in one section; None where they have several."""
    sections = {one.cite.section for one in criteria}
    if len(sections) != 1:
        return None
    return {"section": sections.pop(), "words": "、".join(one.cite.words for one in criteria)}


def _theirs(work: Work, error: Refused | None) -> list[tuple[str, str]]:
    """What stands where another place saved first: each criterion's name and its mark there."""
    if not isinstance(error, Stale):
        return []
    current = error.current.get("values", {})
    there = current if isinstance(current, Mapping) else {}
    return [(one.name, str(there.get(one.id, "未评"))) for one in work.criteria]
