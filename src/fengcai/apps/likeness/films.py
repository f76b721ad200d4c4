"""Files that an organiser gives to the register on its page: known music and footage (已知素材), and the
films of past winners.

What arrives is read in the background behind the walls; only its fingerprint stays, the file goes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role, require_role
from fengcai.apps.likeness.models import PriorWork
from fengcai.apps.likeness.priors import LONGEST, MOST, keep_print, registered
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.engines import storage
from fengcai.engines.jobs import Priority, enqueue
from fengcai.engines.storage import Owned
from fengcai.engines.uploads import CompletedUpload, UploadRefused, issue_grant

PURPOSE = "likeness.film"
LARGEST_FILM = 20 * 1024**3
GRANT_LIFE = timedelta(days=2)


@transaction.atomic
def register_material(
    *, contest: Contest, title: str, origin: str, link: str, by: User, at: datetime
) -> PriorWork:
    """Put known music or footage into the register; its file follows. Organisers may.

    `origin` says whose it is. The same name and origin again gives the row that stands. Raises `Refused`.
    """
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    told = {"title": title, "unit": origin, "link": link}
    told = {key: " ".join(storable(text).split()) for key, text in told.items()}
    told["title"] = told["title"].strip("《》 ")
    if not told["title"]:
        raise Refused("请写素材的名称。", fields={"title": "请填写"})
    for key, text in told.items():
        if len(text) > LONGEST[key]:
            raise Refused(f"最多 {LONGEST[key]} 字，请写短一些。", fields={key: "太长"})
    if told["link"] and not told["link"].startswith(("http://", "https://")):
        raise Refused("链接应以 http:// 或 https:// 开头。", fields={"link": "请核对"})
    rows = PriorWork.objects.filter(series=contest.series, kind=PriorWork.Kind.MATERIAL)
    if standing := rows.filter(title=told["title"], unit=told["unit"]).first():
        return standing
    if rows.count() >= MOST:
        raise Refused(f"已知素材最多登记 {MOST} 件，请先删去用不着的。")
    made = PriorWork.objects.create(
        series=contest.series, kind=PriorWork.Kind.MATERIAL, year=at.year,
        added_in=contest, added_at=at, **told,
    )  # fmt: skip
    _note(contest, f"user:{by.pk}", "likeness.add_material", made, {}, at)
    return made


def ask_for_film(*, contest: Contest, prior: int, by: User, at: datetime) -> dict[str, Any]:
    """A signed grant with which the page may send the file of a row. Organisers may."""
    row = registered(contest=contest, prior=prior, by=by)
    expires_at = at + GRANT_LIFE
    grant = issue_grant(
        purpose=PURPOSE,
        subject={"contest": contest.pk, "prior": row.pk, "user": by.pk},
        owner=f"user:{by.pk}",
        max_size=LARGEST_FILM,
        expires_at=expires_at,
    )
    return {"grant": grant, "expires_at": expires_at.isoformat(), "max_size": LARGEST_FILM}


def take_film(upload: CompletedUpload) -> None:
    """A file has arrived (in the engine's transaction). Raises `UploadRefused`."""
    contest = Contest.objects.filter(pk=upload.subject["contest"]).first()
    by = User.objects.filter(pk=upload.subject["user"]).first()
    if contest is None or by is None or not has_role(by, contest, Role.ORGANISER):
        raise UploadRefused("您不再是这个活动的组织者，文件没有收下。")
    rows = PriorWork.objects.select_for_update(no_key=True)
    row = rows.filter(pk=upload.subject["prior"], series=contest.series).first()
    if row is None:
        raise UploadRefused("登记里已没有这件作品，文件没有收下。请刷新页面。")
    if row.arrived_key:
        storage.delete(row.arrived_key)  # a newer file came before the older was read
    suffix = storage.ending_of(upload.filename)
    stored = storage.adopt(upload.received, suffix=suffix, sha256=upload.sha256)
    row.arrived_key, row.arrived_sha256 = stored.key, stored.sha256
    row.film_name, row.film_trouble = upload.filename[:200], ""
    row.save(update_fields=["arrived_key", "arrived_sha256", "film_name", "film_trouble"])
    _note(contest, f"user:{by.pk}", "likeness.take_film", row, {"sha256": stored.sha256},
          upload.finished_at)  # fmt: skip
    enqueue(
        "likeness.film",
        {"prior_id": row.pk},
        dedupe_key=f"likeness.film:{row.pk}",
        subject=f"prior:{row.pk}",
        scope=f"contest:{contest.pk}",
        priority=Priority.WAITED_FOR,
        rerun=True,
    )


def keep_film(*, prior: int, key: str, data: bytes, trouble: str, at: datetime) -> bool:
    """Keep what was read of the file under `key`, or why nothing could be; the file goes. In a transaction.

    False when the row is gone, or has a newer file: then nothing is written.
    """
    row = PriorWork.objects.select_for_update(no_key=True).filter(pk=prior).first()
    if row is None or row.arrived_key != key:
        return False
    storage.delete(key)
    row.arrived_key, row.arrived_sha256, row.film_trouble = "", "", trouble[:100]
    row.save(update_fields=["arrived_key", "arrived_sha256", "film_trouble"])
    if not trouble:
        keep_print(row, data, film=True, at=at)
    return True


def arrived_after(after: str, limit: int) -> Sequence[Owned]:
    """Files that wait to be read, by their keys, for the storage engine."""
    rows = PriorWork.objects.filter(arrived_key__gt=after).order_by("arrived_key")
    return [Owned(*row) for row in rows.values_list("arrived_key", "arrived_sha256")[:limit]]


def arrived_among(keys: Collection[str]) -> Collection[str]:
    """Which of these keys are such files."""
    rows = PriorWork.objects.filter(arrived_key__in=keys)
    return set(rows.values_list("arrived_key", flat=True))


def _note(
    contest: Contest, actor: str, action: str, row: PriorWork, details: dict[str, Any], at: datetime
) -> None:
    record(contest.chain, actor=actor, action=action, subject=f"prior:{row.pk}",
           details=details, at=at)  # fmt: skip
