"""Which of the names in a work must not be published or handed on: asked at every reading.

A name belongs to an account where somebody who acts or acted for the work's unit bears it; such a person
is named only with a consent of his own (个人信息保护法 §23, §25). A name without an account stands on the
unit's word at the submission, until the office notes that its bearer does not want it (`withhold_name`).
Whatever is named to the unit itself, to reviewers and to the office is no publication and not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry, WithheldName
from fengcai.apps.people.models import User
from fengcai.apps.people.privacy.queries import agreed
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable

PUBLISH, PASS_ON = "publish", "pass_on"
UNNAMED = "（未同意转交）"
_BLANK = re.compile(r"[\s·•・\u3000]+")


def same(name: str) -> str:
    """A name as it is compared: 王 蕾 is 王蕾."""
    return _BLANK.sub("", name).casefold()


def unnamed(names: Mapping[UUID, Collection[str]], purpose: str) -> dict[UUID, frozenset[str]]:
    """Of the names in each work, those that are not to be told. Works without any are left out.

    Of two persons of one unit who bear one name both have to agree. At most 3 SQL.
    """
    asked: dict[UUID, dict[str, set[str]]] = {}
    for pk, some in names.items():
        for each in filter(str.strip, some):  # of one name there may be several ways to write it
            asked.setdefault(pk, {}).setdefault(same(each), set()).add(each)
    if not asked:
        return {}
    bearers: dict[tuple[UUID, str], set[int]] = {}
    seats = Membership.objects.filter(unit__entries__in=list(asked))
    for pk, user, name in seats.values_list("unit__entries", "user_id", "user__name").distinct():
        if pk in asked and same(name) in asked[pk]:
            bearers.setdefault((pk, same(name)), set()).add(user)
    found: dict[UUID, set[str]] = {}
    if bearers:
        willing = agreed({one for users in bearers.values() for one in users}, purpose)
        for (pk, name), users in bearers.items():
            if users - willing:
                found.setdefault(pk, set()).update(asked[pk][name])
    told_not = WithheldName.objects.filter(entry__in=list(asked), lifted_at=None)
    for pk, name in told_not.values_list("entry_id", "name"):
        if same(name) in asked[pk]:
            found.setdefault(pk, set()).update(asked[pk][same(name)])
    return {pk: frozenset(some) for pk, some in found.items()}


def told(names: Iterable[str], hidden: Collection[str]) -> tuple[str, ...]:
    """The names that may be told, in their order, and how many more there are."""
    rows = list(names)
    kept = [each for each in rows if each not in hidden]
    gone = len(rows) - len(kept)
    if not gone:
        return tuple(kept)
    return (*kept, f"{'另有' if kept else ''} {gone} 人不公开姓名".strip())


def named_in(contest: Contest, text: str) -> list[str]:
    """The names in a text of persons of this contest who have not agreed to be named in public, and
    of those whom the office withholds. At most 3 SQL."""
    plain = same(text)
    seats = Membership.objects.filter(contest=contest).exclude(user__name="")
    rows = seats.exclude(role=Role.ORGANISER).values_list("user_id", "user__name", "unit__name")
    # A post such as 心内科联络员 is nobody's name.
    borne = {
        user: name
        for user, name, unit in rows.distinct()
        if len(same(name)) > 1 and same(name) in plain and not (unit and unit in name)
    }
    willing = agreed(borne, PUBLISH) if borne else set()
    found = {name for user, name in borne.items() if user not in willing}
    withheld = WithheldName.objects.filter(entry__contest=contest, lifted_at=None)
    found |= {name for name in withheld.values_list("name", flat=True) if same(name) in plain}
    return sorted(found)


@transaction.atomic
def withhold_name(
    *, contest: Contest, number: str, name: str, why: str, by: User, at: datetime
) -> WithheldName:
    """Note that somebody in the work of this number is not to be named: it is gone from every page at
    the next reading. Raises `Refused` with `fields`."""
    require_role(by, contest, Role.ORGANISER)
    name, why = storable(name).strip(), storable(why).strip()
    entry = Entry.objects.filter(contest=contest, number=number.strip()).exclude(number="").first()
    wrong = {}
    if entry is None:
        wrong["number"] = "没有这个编号的作品"
    if not name or len(name) > 60:
        wrong["name"] = "请填写作品里写的姓名（不超过 60 字）"
    elif entry is not None and same(name) not in {same(each) for each in names_in(entry)}:
        wrong["name"] = "这件作品里没有这个姓名，请照作品里的写法填"
    if not why or len(why) > 200:
        wrong["why"] = "请写明本人怎样提出的（不超过 200 字）"
    if wrong or entry is None:
        raise Refused("没有登记：" + "；".join(wrong.values()), fields=wrong)
    row, new = WithheldName.objects.get_or_create(
        entry=entry, name=name, lifted_at=None, defaults={"why": why, "by": by, "at": at}
    )
    if new:
        record(
            contest.chain,
            actor=f"user:{by.pk}",
            action="entries.withhold_name",
            subject=f"entry:{entry.pk}",
            details={"row": row.pk},
            personal={"name": name, "why": why},
            at=at,
        )
    return row


@transaction.atomic
def name_again(*, contest: Contest, pk: int, by: User, at: datetime) -> None:
    """The person agrees again. Raises `NotFound`."""
    require_role(by, contest, Role.ORGANISER)
    row = WithheldName.objects.filter(pk=pk, entry__contest=contest, lifted_at=None).first()
    if row is None:
        raise NotFound("没有这条登记，或已经取消。")
    row.lifted_at = at
    row.save(update_fields=["lifted_at"])
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="entries.name_again",
        subject=f"entry:{row.entry_id}",
        details={"row": row.pk},
        at=at,
    )


def withheld_in(contest: Contest) -> Sequence[WithheldName]:
    """What stands of it in a contest, with the works. 1 SQL."""
    rows = WithheldName.objects.filter(entry__contest=contest, lifted_at=None)
    return list(rows.select_related("entry", "by"))


def names_in(entry: Entry) -> list[str]:
    """Every person's name in a work's form, whatever the field is called."""
    rows = [row for value in entry.fields.values() if isinstance(value, list) for row in value]
    names = [str(row.get("name") or "").strip() for row in rows if isinstance(row, Mapping)]
    return [name for name in names if name]
