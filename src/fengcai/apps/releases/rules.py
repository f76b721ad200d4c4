"""Who may see and change the register of a work: its unit, reviewers and the office. Judges never do."""

from __future__ import annotations

from uuid import UUID

from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.actions.desk import locked
from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.rules import roles_at
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases.models import Appearance, Release
from fengcai.apps.releases.registering import demands_on
from fengcai.core.rulebook.rules import Release as Demand

KEEPING = frozenset({Role.CONTACT, Role.HEAD, Role.ORGANISER})
"""Who writes the register: the work's unit, and the office where the unit cannot."""
SEEING = KEEPING | {Role.REVIEWER}


def kept_by(entry_id: UUID, by: User) -> Entry:
    """The entry, locked, for somebody who may write its register; for a stranger there is none."""
    entry = locked(entry_id)
    if not roles_at(by, entry) & KEEPING:
        raise NotFound("没有这件作品，或它不属于您的单位。")
    if entry.state == State.WITHDRAWN:
        raise Refused("作品已撤回，出镜人员名单不再改动；已有的记录都保留着。")
    return entry


def demanded(entry: Entry) -> tuple[Demand, ...]:
    """What the rules ask of the people in this work. Raises `Refused` where they ask nothing."""
    found = demands_on(rules_for(entry), entry.track)
    if not found:
        raise Refused("本活动的规则没有要求逐人登记出镜人员。")
    return found


def appearance_of(appearance_id: UUID, by: User) -> Appearance:
    """Somebody on screen, the work locked, for those who may write. Or `NotFound`."""
    row = Appearance.objects.filter(pk=appearance_id, removed_at=None).first()
    if row is None:
        raise NotFound("没有这位出镜人员，可能刚被删除。请刷新页面。")
    entry = kept_by(row.entry_id, by)
    fresh = Appearance.objects.get(pk=appearance_id)  # what stood before the lock may be old
    fresh.entry = entry
    if fresh.removed_at is not None:
        raise NotFound("没有这位出镜人员，可能刚被删除。请刷新页面。")
    return fresh


def release_of(release_id: UUID, by: User) -> Release:
    """A release that stands, its work locked, for those who may write. Or `NotFound`."""
    row = Release.objects.select_related("appearance").filter(pk=release_id).first()
    if row is None or row.appearance.removed_at is not None:
        raise NotFound("没有这份同意书，可能刚被删除。请刷新页面。")
    entry = kept_by(row.appearance.entry_id, by)
    fresh = Release.objects.select_related("appearance").get(pk=release_id)
    fresh.appearance.entry = entry
    if fresh.replaced_at is not None:
        raise NotFound("这份同意书已经另发了一份新的。请刷新页面。")
    return fresh


def office_only(by: User, entry: Entry) -> None:
    """Raise `NotPermitted` unless `by` organises the contest."""
    if Role.ORGANISER not in roles_at(by, entry):
        raise NotPermitted("只有活动组织者可以这样做。")
