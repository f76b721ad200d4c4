"""What makes works and results public, and what takes a work away again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.publishing.models import Publication, ResultsPublication
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.releases.queries import owed_before_showing
from fengcai.engines.jobs import enqueue


@transaction.atomic
def publish_works(
    *, contest: Contest, entries: Sequence[UUID], by: User, at: datetime
) -> list[Publication]:
    """Put works into the gallery, or back into it. All of them, or none with the reason.

    A work that is there already stays as it is.
    """
    require_role(by, contest, Role.ORGANISER)
    rows = list(
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .filter(contest=contest, pk__in=list(entries))
        .select_related("unit", "contest__version", "rulebook")
        .order_by("number")
    )
    if len(rows) != len(set(entries)) or not rows:
        raise NotFound("所选作品中有的不在本活动中。请刷新页面后重新选择。")
    unfit = [f"{row.unit.name}《{row}》" for row in rows if row.state != State.ACCEPTED]
    if unfit:
        raise Refused(f"只有审核通过的作品可以展播：{'、'.join(unfit)}尚未通过或已退出。")
    if owed := owed_before_showing(rows, at):
        said = "；".join(
            f"{row.unit.name}《{row}》：{'；'.join(owed[row.pk])}" for row in rows if row.pk in owed
        )
        raise Refused(f"有 {len(owed)} 件作品的出镜同意书还没有齐，一件也没有展播。{said}")
    found = []
    for row in rows:
        publication, new = Publication.objects.get_or_create(
            entry=row,
            defaults={
                "contest": contest,
                "number": row.number,
                "themes": row.themes,
                "published_at": at,
                "published_by": by,
            },
        )
        found.append(publication)
        if not new and publication.hidden_at is None:
            continue
        if not new:
            publication.themes = row.themes
            publication.published_at, publication.published_by = at, by
            publication.hidden_at, publication.hidden_by = None, None
            publication.hidden_reason = ""
            publication.save()
        record(
            contest.chain,
            actor=f"user:{by.pk}",
            action="publishing.show",
            subject=f"entry:{row.pk}",
            details={"number": publication.number, "again": not new},
            at=at,
        )
    return found


@transaction.atomic
def hide_work(
    *, contest: Contest, entry_id: UUID, reason: str, by: User, at: datetime
) -> Publication:
    """Take a work out of the gallery at once; its page and its film are gone with the next request."""
    require_role(by, contest, Role.ORGANISER)
    publication = (
        Publication.objects.select_for_update(of=("self",), no_key=True)
        .filter(contest=contest, entry_id=entry_id, hidden_at=None)
        .first()
    )
    if publication is None:
        raise NotFound("这件作品没有在展播。")
    if not reason.strip():
        raise Refused("请写明撤下的原因。", fields={"reason": "请填写"})
    publication.hidden_at, publication.hidden_by = at, by
    publication.hidden_reason = reason.strip()
    publication.save()
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="publishing.hide",
        subject=f"entry:{entry_id}",
        details={"number": publication.number},
        personal={"reason": publication.hidden_reason},
        at=at,
    )
    return publication


@transaction.atomic
def publish_results(*, contest: Contest, by: User, at: datetime) -> ResultsPublication:
    """Make the approved result public. Publishing twice changes nothing."""
    require_role(by, contest, Role.ORGANISER)
    contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    result = approved(contest)
    if result is None:
        raise Refused("评奖结果还没有核定，不能公布。请先核对并核定。")
    publication, new = ResultsPublication.objects.get_or_create(
        contest=contest, defaults={"result": result, "published_at": at, "published_by": by}
    )
    if new:
        enqueue("contests.tell_results", {"contest_id": contest.pk}, scope=contest.chain)
        record(
            contest.chain,
            actor=f"user:{by.pk}",
            action="publishing.results",
            subject=f"result:{result.pk}",
            details={"result": result.hash},
            at=at,
        )
    return publication
