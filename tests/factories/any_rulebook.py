"""Any rulebook of examples/ with its questions answered, a contest of it, and an entrant who fills in
whatever its rules ask: so that a new example is tried without a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest, Membership, RulebookVersion, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions
from fengcai.apps.entries.governing import confirming, handing_in, registering, window_of_slot
from fengcai.apps.entries.lists import LISTS
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.promises import promises
from fengcai.apps.entries.scope import MADE_ON, PRIZES, Scope, track_of
from fengcai.apps.entries.values import asked_beside
from fengcai.apps.people.models import User
from fengcai.core import rulebook
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Field, Slot, Window
from tests.factories.judging import NOON, ROOT, person

BOOKS = sorted(path.stem for path in (ROOT / "examples" / "rulebooks").glob("*.yaml"))
ID_NUMBERS = ("11010519491231002X", "440524188001010014")


class Unresolved(Exception):
    """A question of this rulebook has no option to take: nobody but its organiser can answer."""


@cache
def rules_named(book: str) -> Rules:
    """The rules of an example: by its own answers, else by the first option of every question."""
    text = (ROOT / f"examples/rulebooks/{book}.yaml").read_text(encoding="utf-8")
    parsed = rulebook.parse(text, name=f"{book}.yaml")
    own = ROOT / f"examples/answers/{book}.yaml"
    answers = rulebook.no_answers(parsed.id)
    if own.is_file():
        answers = rulebook.parse_answers(own.read_text(encoding="utf-8"), name=own.name)
    given = dict(answers.decisions)
    for question in parsed.questions:
        if question.id in given:
            continue
        if not question.options:
            raise Unresolved(f"{book}: {question.id}")
        first = next(iter(question.options))
        given[question.id] = rulebook.Answer(first, None, "测试", NOON, "按第一个选项")
    resolved = type(answers)(answers.rulebook, given, answers.tree)
    return rulebook.resolve(parsed, resolved)


@dataclass
class Office:
    """A contest of some rules, with units, each with one person who is both contact and head."""

    contest: Contest
    rules: Rules
    organiser: User
    reviewer: User
    people: dict[int, User] = field(default_factory=dict)

    def unit(self, name: str, unit_class: str = "", parent: Unit | None = None) -> Unit:
        """A unit with its person."""
        first = next(c.id for c in self.rules.unit_classes if c.may_enter)
        row = Unit.objects.create(
            contest=self.contest, name=name, unit_class=unit_class or first, parent=parent
        )
        who = self.people[row.pk] = person(f"{name}的人")
        for role in (Role.CONTACT, Role.HEAD):
            Membership.objects.create(contest=self.contest, user=who, role=role, unit=row)
        return row

    def who(self, unit: Unit) -> User:
        """The unit's person."""
        return self.people[unit.pk]

    def begin(self, unit: Unit, track: str, at: datetime | None = None) -> Entry:
        """A draft."""
        at = at or inside(registering(self.rules, unit, track))
        return actions.start_entry(
            contest=self.contest, unit=unit, track=track, by=self.who(unit), at=at
        )

    def when(self, entry: Entry) -> datetime:
        """An instant at which this unit may hand this work in."""
        return inside(handing_in(self.rules, entry.unit, entry.track))

    def fill(self, entry: Entry, divisions: list[str] | None = None, **changes: Any) -> Scope:
        """Everything that the form asks; `changes` replaces single fields."""
        at, by = self.when(entry), self.who(entry.unit)
        track = track_of(self.rules, entry.track)
        axes = Scope(self.rules, track).axes
        chosen = divisions or [rows[0].id for rows in axes.values()]
        scope = Scope(self.rules, track, tuple(chosen))
        values: dict[str, Any] = {f.id: answer_to(f, scope) for f in track.fields}
        values |= dict.fromkeys(asked_beside(track.fields), "没有")
        if track.themes:
            options = track.themes.options
            some = [o.id for o in options if o.mandatory]
            more = [o.id for o in options if o.id not in some]
            values["themes"] = some + more[: max(0, track.themes.min - len(some))]
        for rule in scope.novelty:
            if rule.checked_by == "form" and rule.kind == "created_between":
                values[f"{MADE_ON}{rule.id}"] = str(rule.until or rule.since or date(2026, 1, 1))
            if rule.checked_by == "form" and rule.kind == "prior_award_ban":
                values[f"{PRIZES}{rule.id}"] = "无"
        saved = actions.save_draft(
            entry_id=entry.pk,
            changes={**values, "divisions": chosen, **changes},
            expected_version=Entry.objects.get(pk=entry.pk).version,
            by=by,
            at=at,
        )
        entry.refresh_from_db()
        assert saved.version == entry.version
        return scope

    def attach(self, entry: Entry, slot: Slot, at: datetime) -> None:
        """What a slot asks for, as rows: the upload has its own tests."""
        by = self.who(entry.unit)
        proof = next((n for n in self.rules.novelty if n.proof == slot.id), None)
        for n in range(1, max(slot.min, 1) + 1):
            if slot.kind in ("link", "physical"):
                day = str((proof and (proof.until or proof.since)) or date(2026, 1, 2))
                actions.save_item(
                    entry_id=entry.pk,
                    slot=slot.id,
                    place=None,
                    values={
                        "url": f"https://www.example.cn/{n}" if slot.kind == "link" else "",
                        "title": f"第{n}件",
                        "platform": "公众号",
                        "account": "健康一线",
                        "published_on": day if slot.kind == "link" else "",
                    },
                    by=by,
                    at=at,
                )
            if slot.kind == "physical" or (slot.kind == "link" and not slot.evidence):
                continue
            filed(entry, slot, by, place=n)

    def submit(self, entry: Entry, scope: Scope, at: datetime | None = None) -> Entry:
        """Everything signed, by everybody who signs."""
        wanted = promises(scope, "submit")
        return actions.submit_entry(
            entry_id=entry.pk,
            expected_version=Entry.objects.get(pk=entry.pk).version,
            declared=[each.id for each in wanted],
            signed_name="张三",
            signers={each.id: f"{each.who}甲" for each in wanted if each.own_name},
            by=self.who(entry.unit),
            at=at or self.when(entry),
        )

    def confirm(self, entry: Entry, scope: Scope, at: datetime | None = None) -> Entry:
        """By the head, where the rules want it."""
        window = confirming(self.rules, entry.unit, entry.track)
        wanted = promises(scope, "confirm")
        return actions.confirm_entry(
            entry_id=entry.pk,
            expected_version=Entry.objects.get(pk=entry.pk).version,
            declared=[each.id for each in wanted],
            signed_name="李四",
            signers={each.id: f"{each.who}甲" for each in wanted if each.own_name},
            by=self.who(entry.unit),
            at=at or inside(window or handing_in(self.rules, entry.unit, entry.track)),
        )

    def handed_in(self, unit: Unit, track: str, **changes: Any) -> Entry:
        """From nothing to a work that its unit answers for."""
        entry = self.begin(unit, track)
        scope = self.fill(entry, **changes)
        for slot in scope.slots:
            if slot.min or any(p.slot == slot.id for p in promises(scope, "submit")):
                later = window_of_slot(self.rules, slot)
                if slot.kind != "form" or slot.accept:
                    self.attach(entry, slot, inside(later) if later else self.when(entry))
        for rule in scope.novelty:
            proof = scope.slot(rule.proof or "")
            if proof is not None and proof.min == 0:
                self.attach(entry, proof, self.when(entry))
        self.submit(entry, scope)
        if self.rules.head_confirmation:
            self.confirm(entry, scope)
        return Entry.objects.get(pk=entry.pk)


def inside(window: Window) -> datetime:
    """An instant well inside a window."""
    return window.opens + (window.closes - window.opens) / 2


def office(rules: Rules, *, slug: str = "any") -> Office:
    """An open contest of these rules."""
    rules = rules.model_copy(update={"hash": rulebook.fingerprint(rules)})
    row = Contest.objects.create(
        slug=slug, title=rules.title, state=Contest.State.OPEN, opened_at=NOON - timedelta(days=99)
    )
    row.version = RulebookVersion.objects.create(
        contest=row, number=1, text="", hash=rules.hash, resolved=rules.model_dump(mode="json")
    )
    row.save()
    organiser, reviewer = person("组织者"), person("审核员")
    for user, role in ((organiser, Role.ORGANISER), (reviewer, Role.REVIEWER)):
        Membership.objects.create(contest=row, user=user, role=role)
    return Office(row, rules, organiser, reviewer)


def answer_to(asked: Field, scope: Scope) -> Any:
    """A right answer to a field."""
    if asked.kind == "people":
        return people_for(asked, scope)
    if asked.kind == "choice":
        return asked.options[0]
    if asked.kind == "audience":
        return "、".join(asked.options[:2]) or "中老年人"
    if asked.kind == "references":
        return [source(n, asked.kinds) for n in range(1, max(asked.rows_min or 0, 1) + 1)]
    if asked.kind in LISTS:
        return []
    if asked.kind == "number":
        return str(asked.at_least if asked.at_least is not None else asked.at_most or 1)
    plain = {
        "date": "2026-01-02",
        "link": "https://www.example.cn/a",
        "phone": "13800138000",
        "email": "a@example.cn",
        "id_number": ID_NUMBERS[0],
        "yes_no": "是",
    }
    text = plain.get(asked.kind, "护佑健康")
    return text + "字" * max(0, (asked.min_chars or 0) - len(text))


def source(n: int, kinds: Sequence[str] = ()) -> dict[str, str]:
    """A source of the first kind that the rules take, with all that it must say."""
    row = {
        "kind": kinds[0] if kinds else "article",
        "title": f"第{n}篇",
        "source": "某杂志",
        "year": "2024",
    }
    if row["kind"] == "standard":
        row |= {"number": f"WS/T {n}-2024"}
    if row["kind"] == "web":
        row |= {"url": f"https://www.example.cn/{n}", "accessed": "2025-01-02"}
    return row


def people_for(asked: Field, scope: Scope) -> list[dict[str, str]]:
    """As many people as the field and the divisions want, each with what is asked."""
    roles = list(asked.roles) or [""]
    wanted = [c.role for c in asked.counts for _ in range(c.min)]
    full = {c.role for c in asked.counts if c.max == 0}
    usual = next((r for r in roles if r not in full and not _beside(r, scope)), roles[0])
    wanted = wanted or [usual]
    low = max([asked.people_min or 1, *(d.people_min or 0 for d in scope.divisions)])
    while sum(1 for role in wanted if not _beside(role, scope)) < low:
        wanted.append(usual)
    ages = [d.ages for d in scope.divisions if d.ages]
    ages += [q.ages for q in scope.qualifications if q.ages]
    young = max([a.min or 0 for a in ages], default=30)
    day = ages[0].on if ages else date(2026, 1, 1)
    birth = date(day.year - max(young, 1) - 1, 1, 1) if ages else date(1990, 1, 1)
    return [
        {"name": f"人员{n}", "role": role} | {name: _detail(name, n, birth) for name in asked.asks}
        for n, role in enumerate(wanted, 1)
    ]


def _beside(role: str, scope: Scope) -> bool:
    return any(role in d.beside for d in scope.divisions)


def _detail(name: str, n: int, birth: date) -> str:
    if name == "id_number":
        return id_number(birth, n)
    return {
        "phone": f"138{uuid4().int % 10**8:08d}",
        "email": f"p{n}@example.cn",
        "birth": str(birth),
        "gender": "女",
    }.get(name, "某医院")


def id_number(birth: date, n: int = 1) -> str:
    """A resident's number of nobody, with its right last digit."""
    body = f"360102{birth:%Y%m%d}{n % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def filed(entry: Entry, slot: Slot, by: User, *, place: int = 1) -> Asset:
    """A file in a slot as the inspection leaves it."""
    token = uuid4().hex
    suffix = Path(f"x{(slot.accept or ('.png',))[0]}").suffix
    asset = Asset.objects.create(
        contest=entry.contest, track=entry.track, slot=slot.id, filename=f"作品{place}{suffix}",
        key=f"{token[:2]}/{token[2:4]}/{token}{suffix}", size=2_000, sha256=token * 2, began_at=NOON, state="inspected",
        facts={"pictures": {"poster": None, "sprite": None}},
    )  # fmt: skip
    number = FileVersion.objects.filter(entry=entry, slot=slot.id).count() + 1
    FileVersion.objects.create(
        entry=entry, slot=slot.id, place=place, caption="说明", version=number, asset=asset, by=by
    )
    return asset
