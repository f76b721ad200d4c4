"""A table of judges understood row by row, before anything is kept: who a row means, from which unit
the judge comes, what the judge keeps away from, why a row will not be taken. Writes nothing.

A judge who has an account already is found by mobile number, e-mail, or name within one unit, and
only among the people whom the asking organiser looks after anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from unicodedata import normalize

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.naming import folded, split_names
from fengcai.apps.contests.queries import book_of, rules_of, units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster_reading import is_mail
from fengcai.apps.contests.rules import require_role
from fengcai.apps.contests.table_columns import Columns, Rows
from fengcai.apps.people.erasing import POSTS
from fengcai.apps.people.models import User
from fengcai.apps.people.phones.numbers import mobiles_in

JUDGES = Columns(
    purpose="judges",
    names={
        "name": ("姓名", "评委姓名", "评委", "专家姓名", "专家", "评审专家"),
        "workplace": ("单位", "工作单位", "所在单位", "单位名称", "科室", "所在科室", "单位科室"),
        "title": ("职称", "职务", "职称职务", "职称/职务", "职务/职称", "专业技术职务"),
        "profession": ("专业", "从事专业", "专业方向", "研究方向", "专长"),
        "phone": ("手机", "手机号", "手机号码", "联系电话", "电话", "联系方式"),
        "email": ("邮箱", "电子邮箱", "电子邮件", "E-mail", "Email", "email"),
        "group": ("评审组别", "评委组", "评审组", "组别", "评审类别", "赛道", "参评类别"),
        "kinds": ("评委类型", "专家类型", "评委类别", "类型"),
        "recused": ("回避单位", "需回避单位", "应回避单位", "利益关系单位", "回避"),
    },
    required=("name",),
    mendable=("name", "workplace", "title", "phone", "email", "group", "kinds", "recused"),
)
LONGEST = {"name": 60, "workplace": 100, "title": 60, "profession": 60, "group": 100}


@dataclass(frozen=True)
class JudgeRow:
    """One row as understood. `problem` says why it will not be taken; `known` that the judge is one.

    `account` is whom the row means where there is an account; `units` those that the judge keeps
    away from, the own one first. `group`, `kinds_said` and `recused` are as written.
    """

    line: int
    name: str
    workplace: str = ""
    title: str = ""
    profession: str = ""
    phone: str = ""
    email: str = ""
    group: str = ""
    kinds_said: str = ""
    recused: str = ""
    account: int | None = None
    units: tuple[tuple[int, str], ...] = ()
    panels: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    known: bool = False
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def panel_names(self) -> str:
        """The groups in words."""
        return "、".join(name for _, name in self.panels) or self.group

    @property
    def unit_names(self) -> str:
        """The units in words."""
        return "、".join(name for _, name in self.units)


@dataclass(frozen=True)
class JudgesPreview:
    """What an import would do, before it does it."""

    rows: tuple[JudgeRow, ...]
    missing_columns: tuple[str, ...] = field(default=())

    @property
    def new(self) -> list[JudgeRow]:
        """Rows that would appoint a judge."""
        return [row for row in self.rows if not row.problem and not row.known]

    @property
    def known(self) -> list[JudgeRow]:
        """Rows whose judge is one already; only what is empty is added."""
        return [row for row in self.rows if not row.problem and row.known]

    @property
    def refused(self) -> list[JudgeRow]:
        """Rows that will not be taken, each with its problem."""
        return [row for row in self.rows if row.problem]

    @property
    def tied(self) -> int:
        """New judges who have an account already."""
        return sum(row.account is not None for row in self.new)


def panels_in_book(contest: Contest) -> dict[str, str]:
    """The ids of the rulebook's panels with their names, known before the contest opens. No SQL."""
    if contest.is_open:
        return {each.id: each.name for each in rules_of(contest).panels}
    panels = book_of(contest).book.panels
    if not isinstance(panels, dict):
        return {}
    names = {id: getattr(each, "name", "") for id, each in panels.items()}
    return {id: name for id, name in names.items() if name and isinstance(name, str)}


def kinds_in_book(contest: Contest) -> list[str]:
    """The kinds of judges that panels must have (院外专家 …); empty before the contest opens."""
    if not contest.is_open:
        return []
    seats = [seat.who for panel in rules_of(contest).panels for seat in panel.composition]
    return list(dict.fromkeys(seats))


def preview_judges(
    *, contest: Contest, headers: Sequence[str], rows: Rows, by: User
) -> JudgesPreview:
    """Understand a table of judges. `rows`: (line in the file, cells as text). 3 SQL, and 1 where
    the headers do not say which column is what."""
    require_role(by, contest, Role.ORGANISER)
    where = JUDGES.found_in(headers)
    if missing := JUDGES.lacking(where):
        return JudgesPreview((), missing)
    reading = _Reading(contest, by)
    found = [
        reading.row(line, dict(zip(JUDGES.names, cells, strict=True)))
        for line, cells in JUDGES.canonical(rows, where)
    ]
    return JudgesPreview(tuple(found))


class _Reading:
    """Understands rows one after the other: each knows who stands and the rows before."""

    def __init__(self, contest: Contest, by: User) -> None:
        self.panels = panels_in_book(contest)
        self.kinds = kinds_in_book(contest)
        self.units: dict[str, list[Unit]] = {}
        for unit in units_of(contest):
            for name in dict.fromkeys((unit.name, *unit.aliases)):
                self.units.setdefault(folded(name), []).append(unit)
        mine = Membership.objects.filter(user=by, until=None, role=Role.ORGANISER)
        seats = Membership.objects.filter(
            contest__in=mine.values("contest"), user__is_active=True
        ).select_related("user")
        self.people: dict[int, User] = {}
        self.judges: dict[int, set[int]] = {}
        self.seated: dict[int, set[int]] = {}
        for seat in seats.order_by("pk"):
            self.people[seat.user_id] = seat.user
            if seat.contest_id != contest.pk or seat.until is not None:
                continue
            self.seated.setdefault(seat.user_id, set()).add(seat.unit_id or 0)
            if seat.role == Role.JUDGE:
                self.judges.setdefault(seat.user_id, set()).add(seat.unit_id or 0)
        self.by_mobile: dict[str, list[User]] = {}
        self.by_mail: dict[str, list[User]] = {}
        self.by_name: dict[str, list[User]] = {}
        for user in self.people.values():
            for number in mobiles_in(user.phone):
                self.by_mobile.setdefault(number, []).append(user)
            if user.email:
                self.by_mail.setdefault(user.email.casefold(), []).append(user)
            self.by_name.setdefault(folded(user.name), []).append(user)
        self.seen: list[JudgeRow] = []

    def row(self, line: int, cells: dict[str, str]) -> JudgeRow:
        row = JudgeRow(
            line=line,
            name=cells["name"],
            workplace=cells["workplace"],
            title=cells["title"],
            profession=cells["profession"],
            phone=normalize("NFKC", cells["phone"]),
            email=normalize("NFKC", cells["email"]),
            group=cells["group"],
            kinds_said=cells["kinds"],
            recused=cells["recused"],
        )
        problem = self._unfit(row)
        row = replace(row, problem=problem) if problem else self._placed(row)
        row = row if row.problem else self._told_apart(row)
        if not row.problem:
            self.seen.append(row)
        return row

    def _unfit(self, row: JudgeRow) -> str:
        if not row.name:
            return "没有姓名"
        said = {"name": "姓名", "workplace": "单位", "title": "职称", "profession": "专业"}
        for key, word in {**said, "group": "组别"}.items():
            if len(getattr(row, key)) > LONGEST[key]:
                return f"{word}超过 {LONGEST[key]} 字"
        digits = re.sub(r"\D", "", row.phone)
        if row.phone and (len(digits) < 3 or len(row.phone) > 40):
            return f"电话“{row.phone[:40]}”不像电话号码"
        if 10 <= len(digits) <= 12 and digits[0] == "1" and not mobiles_in(row.phone):
            return f"手机号“{row.phone}”不对，应为 11 位"
        if row.email and not is_mail(row.email):
            return f"邮箱“{row.email[:60]}”写得不完整"
        return ""

    def _placed(self, row: JudgeRow) -> JudgeRow:
        """With the units that the judge keeps away from, the panels and the kinds."""
        notes, units = [], []
        own = self.units.get(folded(row.workplace), []) if row.workplace else []
        if len(own) > 1:
            names = "、".join(unit.name for unit in own[:3])
            return replace(row, problem=f"“{row.workplace}”可以是 {names}，请写全名")
        if own:
            units.append(own[0])
        elif row.workplace and self.units:
            notes.append(f"“{row.workplace}”不在单位名单中，只作记录")
        for name in split_names(row.recused):
            named = self.units.get(folded(name), [])
            if not named:
                return replace(row, problem=f"回避单位“{name[:60]}”不在单位名单中")
            if len(named) > 1:
                names = "、".join(unit.name for unit in named[:3])
                return replace(row, problem=f"回避单位“{name}”可以是 {names}，请写全名")
            units.append(named[0])
        ids = {folded(name): id for id, name in self.panels.items()} | {
            id: id for id in self.panels
        }
        panels: list[str] = []
        for name in split_names(row.group) if self.panels else ():
            if (id := ids.get(name) or ids.get(folded(name))) is None:
                return replace(
                    row,
                    problem=f"规则中没有评委组“{name[:40]}”，应为：{'、'.join(self.panels.values())}",
                )
            panels.append(id)
        kinds = split_names(row.kinds_said)
        strange = [kind for kind in kinds if self.kinds and kind not in self.kinds]
        if strange:
            return replace(
                row,
                problem=f"规则中没有评委类型“{strange[0][:40]}”，应为：{'、'.join(self.kinds)}",
            )
        return replace(
            row,
            units=tuple(dict.fromkeys((unit.pk, unit.name) for unit in units)),
            panels=tuple((id, self.panels[id]) for id in dict.fromkeys(panels)),
            kinds=tuple(kinds) if self.kinds else (),
            notes=tuple(notes),
        )

    def _told_apart(self, row: JudgeRow) -> JudgeRow:
        """Whom the row means: somebody who has an account, or nobody yet; never the same twice."""
        for other in self.seen:
            if folded(other.name) == folded(row.name) and self._same(other, row):
                return replace(row, problem=f"与第 {other.line} 行重复，只取前一行")
            shared = mobiles_in(other.phone) & mobiles_in(row.phone)
            shared |= {row.email.casefold()} & {other.email.casefold()} - {""}
            if shared:
                return replace(
                    row,
                    problem=f"电话或邮箱与第 {other.line} 行的“{other.name}”相同，姓名不同，请核对",
                )
        user, row = self._account(row)
        if user is None or row.problem:
            return row
        if twin := next((other for other in self.seen if other.account == user.pk), None):
            return replace(row, problem=f"与第 {twin.line} 行是同一人，只取前一行")
        return replace(row, account=user.pk, known=user.pk in self.judges)

    def _account(self, row: JudgeRow) -> tuple[User | None, JudgeRow]:
        reached = {
            user.pk: user
            for number in mobiles_in(row.phone)
            for user in self.by_mobile.get(number, [])
        }
        reached |= {user.pk: user for user in self.by_mail.get(row.email.casefold(), [])}
        found = [user for user in reached.values() if folded(user.name) == folded(row.name)]
        if found:
            found.sort(key=lambda user: (user.pk not in self.judges, user.pk))
            return found[0], row
        posts = [user for user in reached.values() if user.name.endswith(POSTS)]
        if posts and len(reached) == 1:
            said = f"电话或邮箱与“{posts[0].name}”相同，按同一人办理"
            return posts[0], replace(row, notes=(*row.notes, said))
        if reached:
            name = next(iter(reached.values())).name
            return None, replace(
                row,
                problem=f"电话或邮箱与“{name}”的相同，姓名不同。是同一人请改成这个姓名，不是请改电话",
            )
        own = {pk for pk, _ in row.units[:1]} if row.workplace else set()
        for user in self.by_name.get(folded(row.name), []):
            held = self.judges.get(user.pk, set())
            here = bool(held) or bool(own & self.seated.get(user.pk, set()))
            if here and not self._differs(user, row):
                return user, row
        return None, row

    def _differs(self, user: User, row: JudgeRow) -> bool:
        """Whether both sides have a number, or an address, and not the same one."""
        phones, mails = (_digits(user.phone), _digits(row.phone)), (user.email, row.email)
        unlike = [a.casefold() != b.casefold() for a, b in (phones, mails) if a and b]
        return bool(unlike) and all(unlike)

    def _same(self, one: JudgeRow, other: JudgeRow) -> bool:
        told = ((_digits(one.phone), _digits(other.phone)), (one.email, other.email))
        unlike = [a.casefold() != b.casefold() for a, b in told if a and b]
        if unlike:
            return not all(unlike)
        return not (one.workplace and other.workplace and one.workplace != other.workplace)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).removeprefix("86")
