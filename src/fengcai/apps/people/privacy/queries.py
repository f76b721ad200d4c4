"""What pages show of notice, consents and requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from fengcai.apps.people.log import newest
from fengcai.apps.people.models import (
    Consent,
    DataRequest,
    Installation,
    PrivacyAnswer,
    PrivacyText,
    User,
    VerifiedPhone,
)
from fengcai.apps.people.phones.numbers import masked
from fengcai.apps.people.privacy.actions import newest_version
from fengcai.apps.people.privacy.models import EVERYWHERE
from fengcai.apps.people.privacy.wording import KINDS, PURPOSES, RETENTION, RIGHTS, Purpose
from fengcai.apps.refusals import NotFound


@dataclass(frozen=True)
class Notice:
    """The notice that holds: who, for what, which kinds, how long, which rights."""

    version: int
    at: datetime | None
    controller: str
    contact: str
    kinds: tuple[tuple[str, str, str], ...]
    retention: str
    rights: str
    extra: str


@dataclass(frozen=True)
class Asked:
    """One purpose and how a person stands to it."""

    purpose: Purpose
    given_at: datetime | None
    withdrawn_at: datetime | None


def installation() -> Installation:
    """Who runs this installation; an empty row before anybody has said. 1 SQL."""
    return Installation.objects.filter(pk=1).first() or Installation()


def notice(contest: int = EVERYWHERE) -> Notice:
    """The newest text; the installation's own data where no text was written. At most 2 SQL."""
    row = PrivacyText.objects.filter(contest=contest).order_by("-version").first()
    if row is None and contest != EVERYWHERE:
        row = PrivacyText.objects.filter(contest=EVERYWHERE).order_by("-version").first()
    house = installation() if row is None else None
    contact = "，".join(filter(None, (house.contact, house.phone, house.email))) if house else ""
    return Notice(
        version=row.version if row else 0,
        at=row.at if row else None,
        controller=row.controller if row else (house.name if house else "") or "活动主办单位",
        contact=row.contact if row else contact or "各活动页底部的联系人",
        kinds=KINDS,
        retention=(row.retention if row else "") or RETENTION,
        rights=RIGHTS,
        extra=row.extra if row else "",
    )


def consents_of(user: User, *, contest: int = EVERYWHERE) -> list[Asked]:
    """Every purpose, in their order, with the newest word of `user`. 1 SQL."""
    rows: dict[str, Consent] = {}
    for row in Consent.objects.filter(user=user, contest=contest).order_by("given_at", "pk"):
        rows[row.purpose] = row
    found = []
    for purpose in PURPOSES:
        held = rows.get(purpose.key)
        open_ = held is not None and held.withdrawn_at is None
        found.append(
            Asked(
                purpose,
                held.given_at if held and open_ else None,
                held.withdrawn_at if held and not open_ else None,
            )
        )
    return found


def is_to_be_asked(user: User, *, contest: int = EVERYWHERE) -> bool:
    """Whether `user` has not answered the notice that holds. 2 SQL."""
    return not PrivacyAnswer.objects.filter(
        user=user, contest=contest, version=newest_version(contest)
    ).exists()


def agreed(users: Collection[int], purpose: str, *, contest: int = EVERYWHERE) -> set[int]:
    """Of these accounts, those that agree to a purpose now. 1 SQL."""
    return set(
        Consent.objects.filter(
            user__in=users, purpose=purpose, contest=contest, withdrawn_at=None
        ).values_list("user_id", flat=True)
    )


def requests_of(user: User) -> Sequence[DataRequest]:
    """What `user` asked for, the newest first. 1 SQL."""
    return list(DataRequest.objects.filter(user=user)[:50])


def requests_to_answer(among: Collection[int] | None) -> Sequence[DataRequest]:
    """Requests of the accounts `among` (None: of all), those that wait first, then the last answered. 1 SQL."""
    rows = DataRequest.objects.select_related("user", "answered_by")
    if among is not None:
        rows = rows.filter(user__in=among)
    waiting_first = F("answered_at").desc(nulls_first=True)
    return list(rows.order_by(waiting_first, "-made_at", "-pk")[:200])


def request_in(pk: int, *, among: Collection[int] | None) -> DataRequest:
    """A request for erasure of one of these accounts (None: of any). Raises `NotFound`. 1 SQL."""
    row = DataRequest.objects.filter(pk=pk, kind=DataRequest.Kind.DELETE).first()
    if row is None or (among is not None and row.user_id not in among):
        raise NotFound("没有这条请求。")
    return row


def open_requests(among: QuerySet[Any]) -> list[DataRequest]:
    """What waits to be answered of what these accounts (a query of their keys) ask, the oldest first.
    1 SQL."""
    rows = DataRequest.objects.filter(user__in=among, answered_at=None)
    return list(rows.order_by("made_at")[:500])


def copy_of(user: User) -> dict[str, object]:
    """Everything that this context keeps about `user`, as JSON may hold it (§45). No secret: no hash of
    a password, no link, no token. 8 SQL."""
    phone = VerifiedPhone.objects.filter(user=user).first()
    return {
        "账号": {
            "账号名": user.username,
            "姓名或岗位": user.name,
            "电话": user.phone,
            "邮箱": user.email,
            "建立于": user.date_joined.isoformat(),
            "上次登录": user.last_login.isoformat() if user.last_login else None,
            "系统管理员": user.is_staff,
            "已验证的手机号": masked(phone.number) if phone else None,
        },
        "单独同意": [
            {
                "目的": row.purpose,
                "所读的话": row.wording,
                "说明的版本": row.version,
                "同意于": row.given_at.isoformat(),
                "撤回于": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            }
            for row in Consent.objects.filter(user=user)
        ],
        "请求": [
            {
                "事项": row.get_kind_display(),
                "内容": row.text,
                "提出于": row.made_at.isoformat(),
                "答复": row.answer or None,
            }
            for row in DataRequest.objects.filter(user=user)
        ],
        "个人链接": [
            {
                "签发于": row.created_at.isoformat(),
                "有效至": row.expires_at.isoformat(),
                "使用次数": row.uses,
                "停用于": row.revoked_at.isoformat() if row.revoked_at else None,
            }
            for row in user.links.order_by("pk")
        ],
        "接口令牌": [
            {"用途": row.name, "建立于": row.created_at.isoformat(), "权限": row.scopes}
            for row in user.api_tokens.order_by("pk")
        ],
        "账号记录": [
            {
                "时间": line.at.isoformat(),
                "事项": line.what,
                "说明": line.detail,
                "设备": line.device,
                "地址": line.address,
            }
            for line in newest(user, limit=2000)
        ],
    }
