"""Who takes part in how many works: people are told apart by number, else by name and telephone.

Where the rulebook asks for the resident's number, one too many is refused; where it does not, two
people may have one name, and what looks like one too many is a doubt for a person to settle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries import identity
from fengcai.apps.entries.models import Contributor, Entry
from fengcai.apps.entries.quotas import COUNTED
from fengcai.apps.entries.scope import Scope, people_of
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Citation
from fengcai.core.rulebook.rules import PersonCap

SALT = "fengcai.entries.contributor"
_PER = {"contest": "本活动", "track": "本类别", "division": "本组别"}


@dataclass(frozen=True)
class Overstepped:
    """A person who seems to take part in more works than a rule allows."""

    cap: PersonCap
    name: str
    count: int
    others: tuple[str, ...]
    certain: bool

    @property
    def text(self) -> str:
        """In words, with the other works."""
        roles = "、".join(self.cap.roles)
        as_what = f"以{roles}身份" if roles else ""
        also = "、".join(self.others[:3]) + ("等" if len(self.others) > 3 else "")
        return (
            f"{self.name}在{_PER[self.cap.per]}{as_what}参加 {self.count} 件作品"
            f"（另见{also}），每人最多 {self.cap.max} 件"
        )

    @property
    def cite(self) -> Citation:
        """The clause."""
        return self.cap.cite


def marks_of(row: Mapping[str, str]) -> list[tuple[str, bool]]:
    """(mark, whether it is certain) of one person: by resident's number, by name and telephone."""
    found = []
    number = identity.plain(row.get("id_number", "")).upper()
    if number and not identity.id_problem(number):
        found.append((_mark("id", number), True))
    phone = identity.phone_key(row.get("phone", ""))
    if len(phone) >= 7:
        found.append((_mark("phone", f"{identity.plain(row['name'])}|{phone}"), False))
    return found


def write_contributors(entry: Entry, scope: Scope) -> None:
    """Keep who takes part in a work, in place of what was kept before. 2 SQL."""
    Contributor.objects.filter(entry=entry).delete()
    Contributor.objects.bulk_create(
        Contributor(
            entry=entry,
            name=row["name"].strip()[:60],
            role=row.get("role", "").strip()[:40],
            mark=mark,
            certain=certain,
        )
        for _, row in people_of(scope, entry.fields)
        for mark, certain in (marks_of(row) or [("", False)])
    )


def check_caps(entry: Entry, scope: Scope) -> None:
    """Refuse a work by which somebody surely takes part in too many. Holds the contest's row, so
    that two works of one person cannot pass beside each other."""
    if not scope.rules.person_caps:
        return
    Contest.objects.select_for_update(no_key=True).get(pk=entry.contest_id)
    sure = [each for each in overstepped(entry, scope) if each.certain]
    if sure:
        place = next((id for id, _ in people_of(scope, entry.fields)), "title")
        raise Refused(
            f"{sure[0].text}（依据通知{sure[0].cite}）。草稿保留着，请调整人员，或先取回另一件作品。",
            fields={place: "；".join(each.text for each in sure)},
        )


def overstepped(entry: Entry, scope: Scope) -> list[Overstepped]:
    """Who of this work's people seems to be in too many. 1 SQL, none without such rules."""
    caps = scope.rules.person_caps
    people = [(row, marks_of(row)) for _, row in people_of(scope, entry.fields)]
    marks = {mark for _, own in people for mark, _ in own}
    if not caps or not marks:
        return []
    rows = list(
        Contributor.objects.filter(
            mark__in=marks, entry__contest=entry.contest_id, entry__state__in=COUNTED
        )
        .exclude(entry=entry.pk)
        .values_list(
            *("mark", "role", "entry_id", "entry__track", "entry__divisions"),
            *("entry__title", "entry__unit__name"),
        )
    )
    found: dict[tuple[str, str], Overstepped] = {}
    for cap in caps:
        for row, own in people:
            if cap.roles and row.get("role", "").strip() not in cap.roles:
                continue
            for mark, certain in own:
                works = {
                    id: f"{unit}《{title or '未命名作品'}》"
                    for seen, role, id, track, divisions, title, unit in rows
                    if seen == mark
                    and (not cap.roles or role in cap.roles)
                    and (cap.per != "track" or track == entry.track)
                    and (cap.per != "division" or scope.division_ids.intersection(divisions))
                }
                if len(works) + 1 > cap.max and (cap.id, row["name"]) not in found:
                    found[cap.id, row["name"]] = Overstepped(
                        cap, row["name"].strip(), len(works) + 1, tuple(works.values()), certain
                    )
    return list(found.values())


def _mark(kind: str, text: str) -> str:
    return salted_hmac(SALT, f"{kind}:{text}", algorithm="sha256").hexdigest()
