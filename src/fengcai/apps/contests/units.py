"""One unit of the roster: added, changed, closed and opened again, exempted; two rows made one.

Tables of units are `roster`'s. Everything here is on record, and can be taken back or is previewed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ManyToManyField

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.duties import Handover, UnitExemption
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.naming import plain, split_names
from fengcai.apps.contests.queries import rules_of, unit_classes
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster import LONGEST_DISTRICT, LONGEST_NAME, MOST_ALIASES, is_mail
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable

SETTLED = frozenset({"judging", "awards", "publishing"})
"""Apps whose rows tell what was decided of a unit: a unit named there is not merged away."""


@dataclass(frozen=True)
class UnitText:
    """What an officer writes of a unit: as typed; `aliases` parted by commas."""

    name: str
    unit_class: str
    district: str = ""
    parent: str = ""
    aliases: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Merge:
    """What making two rows one would move, and why it cannot be."""

    source: Unit
    target: Unit
    moves: tuple[tuple[str, int], ...]
    objections: tuple[str, ...]

    @property
    def unlike(self) -> bool:
        """Whether the two are of different classes: hardly one unit that was put down twice."""
        return self.source.unit_class != self.target.unit_class


_objectors: dict[str, Callable[[Unit, Unit], Sequence[str]]] = {}


def object_to_merging(name: str, objections: Callable[[Unit, Unit], Sequence[str]]) -> None:
    """Have a context above asked why `(source, target)` must not be merged; once for each name."""
    _objectors[name] = objections


@transaction.atomic
def add_unit(*, contest: Contest, text: UnitText, by: User, at: datetime) -> Unit:
    """One more unit, at the end of the roster."""
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    unit = Unit(contest=contest, order=contest.units.count() + 1)
    _write(unit, text)
    _note(unit, by, "contests.add_unit", {"class": unit.unit_class}, at)
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, text: UnitText, by: User, at: datetime) -> Unit:
    """Correct a unit. A former name stays with it as another name, so that mails still find it."""
    contest = locked(unit.contest)
    require_role(by, contest, Role.ORGANISER)
    unit = _held(contest, unit.pk)
    was = unit.name
    if plain(text.name) != was and _named_by_rules(contest, was):
        raise Refused(
            f"规则书按名称写到了“{was}”（免报或赛区），改名后规则就认不出它。请先发布补充通知改规则；"
            "只是叫法不同的，请写在别名里。没有保存。",
            fields={"name": "规则书里写了这个名称"},
        )
    before = {name: getattr(unit, name) for name in _KEPT}
    _write(unit, text)
    if unit.name != was and was not in unit.aliases:
        unit.aliases = [*unit.aliases, was][-MOST_ALIASES:]
        unit.save(update_fields=["aliases"])
    changed = sorted(name for name in _KEPT if getattr(unit, name) != before[name])
    if changed:
        _note(unit, by, "contests.change_unit", {"changed": changed, "was": was}, at)
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, reason: str, by: User, at: datetime) -> None:
    """Take a unit out of the roster from now on: it owes nothing and begins nothing; all it did
    stays, and `reopen_unit` takes this back."""
    contest = locked(unit.contest)
    require_role(by, contest, Role.ORGANISER)
    unit = _held(contest, unit.pk)
    if unit.closed_at is not None:
        raise Refused(f"“{unit.name}”已经停用了。")
    unit.closed_at, unit.closed_reason = at, _reason(reason)[:200]
    unit.save(update_fields=["closed_at", "closed_reason"])
    _note(unit, by, "contests.close_unit", {}, at, reason=unit.closed_reason)


@transaction.atomic
def reopen_unit(*, unit: Unit, by: User, at: datetime) -> None:
    """Bring a closed unit back. What a merging moved stays where it went."""
    contest = locked(unit.contest)
    require_role(by, contest, Role.ORGANISER)
    unit = _held(contest, unit.pk)
    if unit.closed_at is None:
        raise Refused(f"“{unit.name}”没有停用。")
    unit.closed_at, unit.closed_reason, unit.merged_into = None, "", None
    unit.save(update_fields=["closed_at", "closed_reason", "merged_into"])
    _note(unit, by, "contests.reopen_unit", {}, at)


@transaction.atomic
def exempt_unit(*, unit: Unit, reason: str, by: User, at: datetime) -> UnitExemption:
    """A unit that has to enter need not, by the officer's word. The rulebook's own exemptions stand
    in the rules."""
    contest = locked(unit.contest)
    require_role(by, contest, Role.ORGANISER)
    unit = _held(contest, unit.pk)
    reason = _reason(reason)
    try:
        with transaction.atomic():
            row = UnitExemption.objects.create(
                contest=contest, unit=unit, reason=reason[:300], by=by, at=at
            )
    except IntegrityError:
        raise Refused(f"“{unit.name}”已经免报，没有重复登记。") from None
    _note(unit, by, "contests.exempt_unit", {"exemption": row.pk}, at, reason=row.reason)
    return row


@transaction.atomic
def end_exemption(*, unit: Unit, by: User, at: datetime) -> None:
    """The unit has to enter again; who had exempted it, when and why stays on record."""
    contest = locked(unit.contest)
    require_role(by, contest, Role.ORGANISER)
    row = UnitExemption.objects.filter(contest=contest, unit=unit, ended_at=None).first()
    if row is None:
        raise Refused(f"“{unit.name}”现在没有免报。")
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    _note(unit, by, "contests.end_exemption", {"exemption": row.pk}, at)


def preview_merge(*, contest: Contest, source: int, target: int, by: User) -> Merge:
    """What making `source` a part of `target` would move. Nothing is written."""
    require_role(by, contest, Role.ORGANISER)
    return _merge(_held(contest, source), _held(contest, target))


@transaction.atomic
def merge_units(*, contest: Contest, source: int, target: int, by: User, at: datetime) -> Merge:
    """Make two rows of one unit one: everything of `source` goes to `target`, its name stays as
    another name, its row is closed. Previewed by `preview_merge`, with which it must still agree."""
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    rows = {row.pk: row for row in contest.units.select_for_update(no_key=True).order_by("pk")
            .filter(pk__in=[source, target])}  # fmt: skip
    if source not in rows or target not in rows:
        raise NotFound("没有这个单位。")
    merge = _merge(rows[source], rows[target])
    if merge.objections:
        raise Refused(f"不能合并：{'；'.join(merge.objections)}。两个单位都没有改动。")
    gone, kept = merge.source, merge.target
    for seat in Membership.objects.filter(unit=gone):
        same = Membership.objects.filter(
            contest=contest, user=seat.user_id, role=seat.role, unit=kept
        ).first()
        if same is None:
            seat.unit = kept
            seat.save(update_fields=["unit"])
            continue
        if seat.until is None and same.until is not None:
            same.until = None
            same.save(update_fields=["until"])
        seat.until = seat.until or at
        seat.save(update_fields=["until"])
    Handover.objects.filter(unit=gone, taken_at=None, void_at=None).update(void_at=at)
    UnitExemption.objects.filter(unit=gone, ended_at=None).update(ended_at=at, ended_by=by)
    try:
        with transaction.atomic():
            for model, name in _others():
                model._base_manager.filter(**{name: gone}).update(**{name: kept})
    except IntegrityError:
        raise Refused(
            "两个单位有不能并在一起的记录，没有合并，两边都没有改动。请先处理重复的登记再试。"
        ) from None
    names = dict.fromkeys((*kept.aliases, gone.name, *gone.aliases))
    kept.aliases = [name for name in names if name != kept.name][:MOST_ALIASES]
    for name in ("district", "email", "phone"):
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    if kept.parent_id is None and gone.parent_id != kept.pk:
        kept.parent = gone.parent
    kept.save()
    gone.refresh_from_db()
    gone.closed_at, gone.closed_reason, gone.merged_into = at, f"并入{kept.name}"[:200], kept
    gone.save(update_fields=["closed_at", "closed_reason", "merged_into"])
    told = {"into": kept.pk, "moved": dict(merge.moves)}
    _note(gone, by, "contests.merge_units", told, at)
    return merge


_KEPT = ("name", "unit_class", "district", "parent_id", "aliases", "email", "phone")


def _write(unit: Unit, text: UnitText) -> None:
    """Check what was typed and save. Raises `Refused` with a word for each field."""
    contest, problems = unit.contest, {}
    name, district = plain(storable(text.name)), plain(storable(text.district))
    aliases = [each for each in split_names(storable(text.aliases)) if each != name]
    classes = unit_classes(contest)
    others = contest.units.exclude(pk=unit.pk)
    if not name:
        problems["name"] = "请填写名称"
    elif len(name) > LONGEST_NAME:
        problems["name"] = f"最多 {LONGEST_NAME} 字，现有 {len(name)} 字"
    elif others.filter(name=name).exists():
        problems["name"] = "名单中已有这个名称；同名的两个单位，请在名称里写明院区或片区"
    if text.unit_class not in classes:
        problems["unit_class"] = "请选择类别"
    if len(district) > LONGEST_DISTRICT:
        problems["district"] = f"最多 {LONGEST_DISTRICT} 字"
    if len(aliases) > MOST_ALIASES or any(len(each) > LONGEST_NAME for each in aliases):
        problems["aliases"] = f"最多 {MOST_ALIASES} 个，每个 {LONGEST_NAME} 字以内"
    elif taken := others.filter(name__in=aliases, closed_at=None).values_list("name", flat=True):
        problems["aliases"] = f"“{taken[0]}”是另一个单位的名称"
    email = plain(text.email)
    if email and not is_mail(email):
        problems["email"] = "邮箱写得不完整"
    parent = None
    if text.parent:
        parent = others.filter(pk=int(text.parent)).first() if text.parent.isdecimal() else None
        if parent is None:
            problems["parent"] = "请选择名单中的上级单位"
        elif _above(parent, unit):
            problems["parent"] = "它是本单位的下级，不能又做上级"
    if problems:
        raise Refused("有几处需要修改，没有保存。您填写的内容都还在。", fields=problems)
    unit.name, unit.unit_class, unit.district = name, text.unit_class, district
    unit.aliases, unit.email, unit.phone = aliases, email, plain(storable(text.phone))[:40]
    unit.parent = parent
    unit.save()


def _named_by_rules(contest: Contest, name: str) -> bool:
    """Whether the rules in force speak of this unit by its name."""
    if not contest.is_open:
        return False
    rules = rules_of(contest)
    return any(name in each.units for each in rules.exemptions) or any(
        name in each.members for each in rules.regions
    )


def _above(parent: Unit, unit: Unit) -> bool:
    """Whether `unit` stands somewhere above `parent`."""
    here: Unit | None = parent
    for _ in range(20):
        if here is None:
            return False
        if here.pk == unit.pk:
            return True
        here = here.parent
    return True


def _merge(source: Unit, target: Unit) -> Merge:
    objections = []
    if source.pk == target.pk:
        objections.append("是同一个单位")
    if source.closed_at is not None or target.closed_at is not None:
        objections.append("已停用的单位不能合并，请先恢复")
    if _named_by_rules(source.contest, source.name):
        objections.append(f"规则书按名称写到了{source.name}，请反过来合并")
    if _above(target, source):
        objections.append(f"{target.name}是{source.name}的下级")
    seats = Membership.objects.filter(unit=source, until=None).count()
    moves = [("联络员、负责人等身份", seats)] if seats else []
    for model, name in _others():
        many = model._base_manager.filter(**{name: source}).count()
        if many:
            moves.append((str(_CALLED.get((model._meta.label_lower, name), "其他记录")), many))
    for related in Unit._meta.related_objects:
        model = related.related_model
        if model._meta.app_label not in SETTLED:
            continue
        if model._base_manager.filter(**{related.field.name: source}).exists():
            objections.append(f"评审或评奖的记录里已有{source.name}")
            break
    for each in _objectors.values():
        objections += each(source, target)
    joined: dict[str, int] = {}
    for word, many in moves:
        joined[word] = joined.get(word, 0) + many
    return Merge(source, target, tuple(joined.items()), tuple(objections))


_CALLED = {
    ("contests.unit", "parent"): "下级单位",
    ("entries.entry", "unit"): "作品",
    ("entries.entry", "gathered_by"): "待汇总上报的作品",
    ("entries.passage", "collector"): "已汇总上报的作品",
}


def _others():  # type: ignore[no-untyped-def]
    """(model, field) of every row that names a unit and simply goes along with it; a model that
    says `stays_at_merging` is a log of what was, and stays."""
    special = (Membership, Handover, UnitExemption)
    for related in Unit._meta.related_objects:
        model = related.related_model
        if (
            model in special
            or model._meta.app_label in SETTLED
            or isinstance(related.field, ManyToManyField)
            or (model is Unit and related.field.name == "merged_into")
            or model._meta.auto_created
            or getattr(model, "stays_at_merging", False)
        ):
            continue
        yield model, related.field.name


def _held(contest: Contest, pk: int) -> Unit:
    row = Unit.objects.filter(contest=contest, pk=pk).select_related("contest", "parent").first()
    if row is None:
        raise NotFound("没有这个单位。")
    return row


def _reason(text: str) -> str:
    reason = plain(storable(text))
    if not reason:
        raise Refused("请写明原因：日后有人问起，要能说清。", fields={"reason": "请填写原因"})
    return reason


def _note(
    unit: Unit, by: User, action: str, details: dict[str, object], at: datetime, *, reason: str = ""
) -> None:
    record(
        unit.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"unit:{unit.pk}",
        details=details,
        personal={"reason": reason} if reason else {},
        at=at,
    )
