"""The mailbox of a contest: where it is, with what it opens, and whether it does."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.mailbox.models import Connection
from fengcai.apps.mailbox.presets import preset as preset_of
from fengcai.apps.mailbox.states import Security
from fengcai.apps.mailbox.vault import shut
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.engines.jobs import enqueue

_HOST = re.compile(r"(?=.{1,200}\Z)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]+\]?")


@transaction.atomic
def connect(
    *,
    contest: Contest,
    preset: str,
    host: str,
    port: int | None,
    security: str,
    account: str,
    secret: str,
    address: str,
    folder: str,
    since: datetime,
    receipts: bool,
    by: User,
    at: datetime,
    registered_only: bool = True,
) -> Connection:
    """Keep where the contest's mailbox is. An empty `secret` keeps the one that is known, unless the
    account changes. Another mailbox or folder is read from its beginning, or rather from `since` on;
    letters that are cases already stay one case each. With `registered_only` a letter from an address
    of which nothing is known begins no work by itself. Raises `Refused` with the fields."""
    require_role(by, contest, Role.ORGANISER)
    known = preset_of(preset)
    host = storable(host).strip().lower() or (known.host if known else "")
    port = port or (known.port if known else 993)
    security = security or (known.security if known else Security.TLS)
    account, address = storable(account).strip(), storable(address).strip().lower()
    folder, secret = storable(folder).strip() or "INBOX", storable(secret).strip()
    if not address and "@" in account:
        address = account.lower()
    row = Connection.objects.select_for_update(no_key=True).filter(contest=contest).first()
    faults: dict[str, str] = {}
    if not _HOST.fullmatch(host):
        faults["host"] = "请填写收信服务器（IMAP）的地址，如 imap.163.com"
    if not 1 <= port <= 65535:
        faults["port"] = "端口在 1 至 65535 之间"
    if security not in Security.values:
        faults["security"] = "请选择连接方式"
    if not 1 <= len(account) <= 254:
        faults["account"] = "请填写登录邮箱的账号，多半就是邮箱地址"
    try:
        validate_email(address)
    except ValidationError:
        faults["address"] = "请填写完整的邮箱地址"
    if len(folder) > 100:
        faults["folder"] = "文件夹名太长"
    moved = row is None or (row.host, row.account) != (host, account)
    if not secret and (row is None or moved):
        faults["secret"] = "换了服务器或账号，请重新填写授权码" if row else "请填写授权码"
    if faults:
        raise Refused("有的内容还不对，请看各栏说明；没有保存。", fields=faults)
    if row is None:
        row = Connection(contest=contest)
    if moved or row.folder != folder or since < row.since:
        row.uidvalidity = row.position = 0
    row.preset, row.host, row.port, row.security = preset if known else "", host, port, security
    row.account, row.address, row.folder = account, address, folder
    row.since, row.receipts, row.active = since, receipts, True
    row.registered_only = registered_only
    row.trouble, row.trouble_since, row.refused = "", None, False
    if secret:
        row.secret = shut(secret)
    row.save()
    order_look(row)
    details = {"host": host, "port": port, "security": str(security), "secret": bool(secret),
               "registered_only": registered_only}  # fmt: skip
    _note(contest, "mailbox.connect", details, by, at)
    return row


@transaction.atomic
def disconnect(*, contest: Contest, by: User, at: datetime) -> None:
    """Look no more into the mailbox and forget its code. Letters and cases stay."""
    require_role(by, contest, Role.ORGANISER)
    row = Connection.objects.select_for_update(no_key=True).filter(contest=contest).first()
    if row is None:
        raise NotFound("本活动还没有设置邮箱。")
    row.active, row.secret, row.trouble, row.trouble_since = False, "", "", None
    row.save()
    _note(contest, "mailbox.disconnect", {}, by, at)


@transaction.atomic
def look_again(*, contest: Contest, by: User, at: datetime) -> None:
    """Have the mailbox looked at now."""
    require_role(by, contest, Role.ORGANISER)
    row = Connection.objects.filter(contest=contest, active=True).first()
    if row is None:
        raise NotFound("本活动还没有设置邮箱，或已停用。")
    order_look(row)


def order_look(row: Connection) -> None:
    """One look at a time for each mailbox."""
    enqueue(
        "mailbox.poll", {"connection": row.pk}, dedupe_key=f"mailbox.poll:{row.pk}",
        subject=f"mailbox:{row.pk}", scope=f"contest:{row.contest_id}", rerun=True,
    )  # fmt: skip


def _note(
    contest: Contest, action: str, details: dict[str, object], by: User, at: datetime
) -> None:
    record(
        contest.chain, actor=f"user:{by.pk}", action=action, subject=f"contest:{contest.slug}",
        details=details, at=at,
    )  # fmt: skip
