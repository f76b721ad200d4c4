"""What about an entry a person has to look into: nothing here refuses, everything names its clause."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fengcai.apps.entries.contributors import overstepped
from fengcai.apps.entries.fields import birth_in
from fengcai.apps.entries.lists import doubts_in
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.opinions import opinions_of
from fengcai.apps.entries.owed import between, span
from fengcai.apps.entries.scope import PRIZES, Scope, people_of
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Citation

NONE = frozenset({"无", "没有", "否", "未获奖", "未曾获奖", "none", "no", "/", "-"})
LEVELS = {"unit": "单位级", "city": "市级", "province": "省级", "nation": "国家级"}


@dataclass(frozen=True)
class Doubt:
    """One thing that a person has to settle; `id` names it on the reviewer's checklist."""

    id: str
    text: str
    cite: Citation
    found: str = ""


def doubts(entry: Entry, scope: Scope, files: Collection[FileVersion]) -> list[Doubt]:
    """Everything doubtful about an entry with these current `files`. At most 2 SQL, none where no rule gives rise to doubt."""
    found = [
        Doubt(f"doubt-cap-{each.cap.id}-{n}", f"同一人参加作品过多：{each.text}", each.cite)
        for n, each in enumerate(overstepped(entry, scope), 1)
    ]
    found += _ages(entry, scope) + _people_checked(scope) + _novelty(entry, scope)
    return found + _listed(entry, scope, files) + _opinions(entry, scope)


def _listed(entry: Entry, scope: Scope, files: Collection[FileVersion]) -> list[Doubt]:
    """Rights whose papers are missing where the rules do not insist, and licences with a catch."""
    lists = [field for field in scope.track.fields if field.kind == "rights"]
    if not lists:
        return []
    found = []
    for field in lists:
        papers = {str(row.asset_id) for row in files if row.slot == field.proof}
        for n, text in enumerate(doubts_in(field, entry.fields, papers=papers), 1):
            found.append(
                Doubt(f"doubt-rights-{field.id}-{n}", f"{field.label}：{text}", field.cite)
            )
    return found


def _opinions(entry: Entry, scope: Scope) -> list[Doubt]:
    """An expert who wants the work mended or refuses it, or who saw other files than those now."""
    slot = next((each for each in scope.slots if each.role == "opinion"), None)
    if slot is None:
        return []
    found = []
    for row in opinions_of(entry):
        said = ""
        if row.verdict in ("mend", "fail"):
            said = f"{row.name}的结论是“{row.verdict_name}”"
        elif row.outdated:
            said = f"{row.name}审核之后，作品又换过文件"
        if said:
            found.append(Doubt(f"doubt-opinion-{row.id}", f"{slot.name}：{said}", slot.cite))
    return found


def _ages(entry: Entry, scope: Scope) -> list[Doubt]:
    """Bounds of age where somebody's birth was not asked: a person has to look."""
    people = [row for _, row in people_of(scope, entry.fields)]
    found = []
    for each in scope.qualifications:
        mine = [row for row in people if not each.roles or row.get("role") in each.roles]
        if each.ages and any(birth_in(row) is None for row in mine):
            found.append(Doubt(f"doubt-age-{each.id}", f"{each.text}：年龄须{span(each.ages)}",
                               each.cite, "没有填写出生日期"))  # fmt: skip
    for division in scope.divisions:
        mine = [row for row in people if row.get("role", "") not in division.beside]
        if division.ages and any(birth_in(row) is None for row in mine):
            found.append(Doubt(f"doubt-age-{division.id}",
                               f"{division.name}：年龄须{span(division.ages)}",
                               division.cite, "没有填写出生日期"))  # fmt: skip
    return found


def _people_checked(scope: Scope) -> list[Doubt]:
    return [
        Doubt(f"qualification-{each.id}", each.text, each.cite)
        for each in scope.qualifications
        if each.checked_by == "human" and each.ages is None
    ]


def _novelty(entry: Entry, scope: Scope) -> list[Doubt]:
    if not scope.novelty:
        return []
    found = []
    before = _same_title_before(entry)
    for each in scope.novelty:
        bounds = between(each.since, each.until) if each.since or each.until else ""
        said = []
        if each.kind in ("unpublished", "prior_award_ban") and before:
            said.append(f"往届有同名作品：{before}")
        if each.kind == "prior_award_ban":
            prizes = str(entry.fields.get(f"{PRIZES}{each.id}", "")).strip()
            if prizes and prizes.casefold() not in NONE:
                said.append(f"自报曾获：{prizes}")
        if each.checked_by == "human" or said:
            levels = "、".join(LEVELS[level] for level in each.levels)
            text = each.text + (f"（{levels}）" if levels else "")
            text += f"；日期应在{bounds}" if bounds and each.checked_by == "human" else ""
            found.append(Doubt(f"novelty-{each.id}", text, each.cite, "；".join(said)))
    return found


def _same_title_before(entry: Entry) -> str:
    """A work of the same title in an earlier edition of this contest."""
    if not entry.title.strip():
        return ""
    row = (
        Entry.objects.filter(
            contest__series=entry.contest.series, title=entry.title, state=State.ACCEPTED
        )
        .exclude(contest=entry.contest_id)
        .values_list("contest__title", "unit__name", "title")
        .first()
    )
    return f"《{row[2]}》（{row[0]}，{row[1]}）" if row else ""
