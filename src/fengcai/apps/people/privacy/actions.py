"""Telling people what is done with their data, and keeping what they agree to and ask for.

Consents are given one by one, each with the words that were read; nothing is ever ticked beforehand.
Where a consent matters, the context above asks `agreed` before it publishes or passes on.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from fengcai.apps.people.models import (
    Consent,
    DataRequest,
    Installation,
    PrivacyAnswer,
    PrivacyText,
    User,
)
from fengcai.apps.people.privacy.models import EVERYWHERE
from fengcai.apps.people.privacy.wording import KNOWN, Purpose
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable

MOST_OPEN = 5


@transaction.atomic
def answer_notice(
    *,
    user: User,
    agreed: Collection[str],
    version: int,
    at: datetime,
    contest: int = EVERYWHERE,
) -> None:
    """Keep that `user` has read the notice and which purposes were ticked. The others stay as they
    are: leaving a box empty withdraws nothing. Raises `Refused` when the text has changed meanwhile."""
    if version != newest_version(contest):
        raise Refused("说明刚刚更新过，请重新看一遍再选。没有保存任何内容。")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    PrivacyAnswer.objects.get_or_create(
        user=user, contest=contest, version=version, defaults={"at": at}
    )
    for purpose in KNOWN:
        if purpose in agreed:
            _give(user, purpose, version, at, contest)


@transaction.atomic
def give_consent(*, user: User, purpose: str, at: datetime, contest: int = EVERYWHERE) -> None:
    """Agree to one purpose, later on."""
    _known(purpose)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _give(user, purpose, newest_version(contest), at, contest)


@transaction.atomic
def withdraw_consent(*, user: User, purpose: str, at: datetime, contest: int = EVERYWHERE) -> bool:
    """Take a consent back; False when there was none. What asks `agreed` stops with the next reading;
    the office finds a request with a day, since what stands elsewhere must be dealt with by people."""
    kind = _known(purpose)
    gone = Consent.objects.filter(
        user=user, purpose=purpose, contest=contest, withdrawn_at=None
    ).update(withdrawn_at=at)
    if gone:
        text = f"撤回了单独同意：{kind.title}。已经停止：{kind.at_once}还要人工办理：{kind.by_hand}"
        DataRequest.objects.create(
            user=user, kind=DataRequest.Kind.WITHDRAWN, purpose=purpose, text=text, made_at=at
        )
    return bool(gone)


@transaction.atomic
def request_about_data(*, user: User, kind: str, text: str, at: datetime) -> DataRequest:
    """Ask the office to correct, delete or explain. Raises `Refused` for an empty text, one too long,
    or when several wait already."""
    if kind not in (DataRequest.Kind.CORRECT, DataRequest.Kind.DELETE, DataRequest.Kind.OTHER):
        raise Refused("请选择要办的事。", fields={"kind": "请选择"})
    text = storable(text).strip()
    if not text:
        raise Refused("请写明要办什么、涉及哪些内容。", fields={"text": "请填写"})
    if len(text) > 2000:
        raise Refused("请写在 2000 字以内。您填的内容还在页面上。", fields={"text": "太长"})
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    waiting = DataRequest.objects.filter(user=user, answered_at=None).exclude(
        kind=DataRequest.Kind.WITHDRAWN
    )
    if waiting.count() >= MOST_OPEN:
        raise Refused(f"您有 {MOST_OPEN} 条请求还在办理，请等答复后再提。")
    return DataRequest.objects.create(user=user, kind=kind, text=text, made_at=at)


@transaction.atomic
def answer_request(
    *, pk: int, answer: str, by: User, among: Collection[int] | None, at: datetime
) -> DataRequest:
    """Answer a request of one of the accounts `among` (None: of anybody, for administrators). Returns
    it. Raises `NotFound`, and `Refused` when the answer is empty or somebody was faster."""
    rows = DataRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("user").filter(pk=pk).first()
    if row is None or (among is not None and row.user_id not in among):
        raise NotFound("没有这条请求。")
    if row.answered_at is not None:
        raise Refused("这条请求已经有人答复，没有改动。")
    text = storable(answer).strip()[:2000]
    if not text:
        raise Refused("请写明怎么办理的，本人会看到。", fields={"answer": "请填写"})
    row.answer, row.answered_at, row.answered_by = text, at, by
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    return row


@transaction.atomic
def write_notice(
    *,
    by: User,
    at: datetime,
    controller: str,
    contact: str,
    retention: str = "",
    extra: str = "",
    contest: int = EVERYWHERE,
) -> int:
    """Publish a new version of the notice; everybody is asked again. Returns its number."""
    controller, contact = storable(controller).strip()[:120], storable(contact).strip()[:200]
    if not controller or not contact:
        raise Refused(
            "请写明谁在处理个人信息、怎么联系（个人信息保护法 §17）。",
            fields={
                name: "请填写"
                for name, value in (("controller", controller), ("contact", contact))
                if not value
            },
        )
    number = newest_version(contest) + 1
    try:
        with transaction.atomic():
            PrivacyText.objects.create(
                contest=contest, version=number, controller=controller, contact=contact,
                retention=storable(retention).strip()[:2000], extra=storable(extra).strip()[:4000],
                at=at, by=by,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("别人刚刚也改了这份说明，没有保存。请重新打开页面再改。") from None
    return number


@transaction.atomic
def describe_installation(
    *, name: str, contact: str, phone: str, email: str, at: datetime
) -> Installation:
    """Keep who runs this installation and whom people turn to. Raises `Refused` for an empty name."""
    name = storable(name).strip()[:60]
    if not name:
        raise Refused("请填单位名称。", fields={"name": "请填写"})
    row, _ = Installation.objects.update_or_create(
        pk=1,
        defaults={
            "name": name,
            "contact": storable(contact).strip()[:60],
            "phone": storable(phone).strip()[:40],
            "email": storable(email).strip()[:120],
            "changed_at": at,
        },
    )
    return row


def newest_version(contest: int = EVERYWHERE) -> int:
    """The number of the notice that holds now; 0 for the shipped text. 1 SQL."""
    found = PrivacyText.objects.filter(contest=contest).aggregate(newest=Max("version"))
    return int(found["newest"] or 0)


def _known(purpose: str) -> Purpose:
    if purpose not in KNOWN:
        raise NotFound("没有这一项同意。")
    return KNOWN[purpose]


def _give(user: User, purpose: str, version: int, at: datetime, contest: int) -> None:
    Consent.objects.get_or_create(
        user=user,
        purpose=purpose,
        contest=contest,
        withdrawn_at=None,
        defaults={"version": version, "wording": KNOWN[purpose].asks, "given_at": at},
    )
