"""What a unit that put itself down is told, by mail or text message: received, asked back, decided."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from fengcai.apps.messages.actions import Recipient, post, register_template
from fengcai.apps.messages.ways import address_of_site
from fengcai.apps.registration.links import token
from fengcai.apps.registration.models import Registration

_LINK = "\n\n查看进度、补充材料、通过后进入，都用这个链接（请勿转给别人）：\n{link}\n"


def register_templates() -> None:
    """Say the wordings to the outbox; called once when the app starts."""
    for name, title, subject, body, sms in (
        (
            "received",
            "报名已收到",
            "“{contest}”报名已收到",
            "{unit}：\n\n报名已收到，{state}。结果会再告知。" + _LINK,
            "{unit}报名“{contest}”已收到，{state}。",
        ),
        (
            "asked",
            "报名须补充",
            "“{contest}”报名须补充",
            "{unit}：\n\n主办方请您补充：{words}" + _LINK,
            "{unit}报名“{contest}”须补充材料，请打开报名页查看。",
        ),
        (
            "accepted",
            "报名已通过",
            "“{contest}”报名已通过",
            "{unit}：\n\n报名已通过，现在可以报送作品。{words}" + _LINK,
            "{unit}报名“{contest}”已通过，请打开报名页进入。",
        ),
        (
            "refused",
            "报名未通过",
            "“{contest}”报名未通过",
            "{unit}：\n\n报名未通过，原因：{words}\n如有疑问，请联系主办方。" + _LINK,
            "{unit}报名“{contest}”未通过，原因请打开报名页查看。",
        ),
    ):
        register_template(
            f"registration.{name}",
            title=title,
            subject=subject,
            body=body,
            sms=sms,
            secret=["link"],
        )


def tell(row: Registration, what: str, *, words: str = "", at: datetime) -> None:
    """Post one of the wordings to the contact, once for each turn of the registration."""
    path = reverse("registration", args=[row.contest.slug, token(row.pk, row.nonce)])
    post(
        template=f"registration.{what}",
        to=Recipient(row.user_id, row.contact, row.email, row.phone),
        context={
            "unit": row.name,
            "contest": row.contest.title,
            "state": str(row.get_state_display()),
            "words": words,
            "link": address_of_site(path) or "（请打开报名时保存的页面）",
        },
        key=f"registration.{what}:{row.pk}:{row.turn}",
        contest=row.contest_id,
        at=at,
    )
