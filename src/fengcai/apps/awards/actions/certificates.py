"""Certificates: numbered and frozen in one transaction, drawn by a job afterwards; and revoked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.awards.models import Certificate, Result
from fengcai.apps.awards.numbering import series_of
from fengcai.apps.awards.promising import awaited
from fengcai.apps.awards.queries.result import page_of
from fengcai.apps.awards.queries.rows import ResultPage, UnitWinnerRow, WinnerRow
from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines.jobs import Priority, enqueue

DEMO_SITE = "http://127.0.0.1:8000"
TRIES = 10


@transaction.atomic
def issue_certificates(
    *, contest: Contest, by: User, at: datetime, site: str = ""
) -> list[Certificate]:
    """Number and freeze a certificate for every award given that has none standing, and have all
    that are not drawn yet drawn by one job. Returns the new ones.

    `site` is the address that the QR codes lead to (`https://host`); default: the installation's
    public address, for a demonstration this very machine. Refused until the result is approved.
    Works whose winners still have to sign wait, the others do not wait for them.
    """
    require_role(by, contest, Role.ORGANISER)
    contest = (
        Contest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version")
        .get(pk=contest.pk)
    )
    result = approved(contest)
    if result is None:
        raise Refused("评奖结果还没有核定，不能制作证书。")
    address = (site or settings.FENGCAI_PUBLIC_URL).rstrip("/")
    if not address and contest.demo:
        address = DEMO_SITE
    if not address:
        raise Refused("还没有设置站点地址（FENGCAI_PUBLIC_URL），证书上的二维码无处可去。")
    page = page_of(result, judges=False)
    standing = Certificate.objects.filter(contest=contest, revoked_at=None)
    have = set(standing.values_list("award_id", "entry_id", "unit_id"))
    due = [one for one in page.all_winners if _key(one) not in have]
    waiting = awaited(result) if due else {}
    ready = [one for one in due if _key(one)[1] not in waiting]
    if due and not ready:
        raise Refused(
            f"还有 {len(waiting)} 件获奖作品等待获奖者签署规则要求的文书，签署之后才能制作证书。"
        )
    day = at.astimezone(ZoneInfo(page.rules.timezone)).date()
    series = series_of(page.rules, year=day.year, demo=contest.demo)
    made = _numbered(
        series,
        lambda first: [
            _certificate(page, result, winner, series, serial, address, by, at)
            for serial, winner in enumerate(ready, start=first)
        ],
    )
    if Certificate.objects.filter(contest=contest, key="", revoked_at=None).exists():
        order_drawing(contest)
    if made:
        record(
            contest.chain,
            actor=f"user:{by.pk}",
            action="awards.certify",
            subject=f"result:{result.pk}",
            details={"certificates": {row.number: str(row.pk) for row in made}},
            at=at,
        )
    return made


def _key(winner: WinnerRow | UnitWinnerRow) -> tuple[str, uuid.UUID | None, int | None]:
    if isinstance(winner, UnitWinnerRow):
        return winner.award_id, None, winner.unit_id
    return winner.award_id, winner.work.entry_id, None


def _numbered(series: str, made: Callable[[int], list[Certificate]]) -> list[Certificate]:
    """Write what `made` gives for the first free serial of the series.

    Contests of one institution share a series, and nothing holds it: the unique serial makes the
    later of two wait for the earlier one's commit, after which it counts again.
    """
    for _ in range(TRIES):
        last = Certificate.objects.filter(series=series).order_by("serial").last()
        rows = made(last.serial + 1 if last else 1)
        try:
            with transaction.atomic():
                return Certificate.objects.bulk_create(rows)
        except IntegrityError:
            continue
    raise Refused("证书编号正被另一个活动占用，没有编出新号。请过一会儿再试。")


def order_drawing(contest: Contest) -> None:
    """Have the certificates that have no PDF yet drawn. One job at a time for each contest."""
    enqueue(
        "awards.certificates",
        {"contest_id": contest.pk},
        dedupe_key=f"certificates:{contest.pk}",
        subject=certificates_subject(contest),
        scope=f"contest:{contest.pk}",
        priority=Priority.WAITED_FOR,
        rerun=True,
    )


def certificates_subject(contest: Contest) -> str:
    """The subject under which the drawing job is found."""
    return f"certificates:{contest.pk}"


@transaction.atomic
def revoke_certificate(
    *, certificate_id: uuid.UUID, reason: str, by: User, at: datetime
) -> Certificate:
    """Declare a certificate void from now on; its page says so, and a new one may be issued."""
    row = (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest")
        .filter(pk=certificate_id)
        .first()
    )
    if row is None:
        raise NotFound("没有这张证书。")
    require_role(by, row.contest, Role.ORGANISER)
    if row.revoked_at is not None:
        raise Refused(f"证书 {row.number} 已经作废。")
    if not reason.strip():
        raise Refused("请写明作废的原因，验证页会显示。", fields={"reason": "请填写"})
    row.revoked_at, row.revoked_by, row.revoke_reason = at, by, reason.strip()
    row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    record(
        row.contest.chain,
        actor=f"user:{by.pk}",
        action="awards.revoke",
        subject=f"certificate:{row.pk}",
        details={"number": row.number},
        personal={"reason": row.revoke_reason},
        at=at,
    )
    return row


def _certificate(
    page: ResultPage,
    result: Result,
    winner: WinnerRow | UnitWinnerRow,
    series: str,
    serial: int,
    address: str,
    by: User,
    at: datetime,
) -> Certificate:
    row = Certificate(
        id=uuid.uuid4(),
        contest_id=result.contest_id,
        result=result,
        series=series,
        serial=serial,
        award_id=winner.award_id,
        issued_at=at,
        issued_by=by,
    )
    if isinstance(winner, UnitWinnerRow):
        row.unit_id = winner.unit_id
        won = {"work_title": "", "unit": winner.unit, "recipients": [], "scope": ""}
    else:
        row.entry_id = winner.work.entry_id
        won = {
            "work_title": winner.work.title,
            "unit": winner.work.unit,
            "recipients": list(winner.recipients or winner.work.authors),
            "scope": winner.scope,
        }
    row.data = won | {
        "number": row.number,
        "contest_title": page.rules.title,
        "award": winner.award,
        "group": winner.group,
        "issuer": page.rules.issuer,
        "issued": at.astimezone(ZoneInfo(page.rules.timezone)).date().isoformat(),
        "verify_url": f"{address}/verify/{row.pk}",
        "document_number": page.rules.document_number or "",
        "demo": page.contest.demo,
        "accent": page.rules.accent,
    }
    return row
