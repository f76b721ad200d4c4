"""To whom a message goes, and by which way it can reach them."""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.apps.messages.models import Channel
from fengcai.apps.messages.templates import Template
from fengcai.apps.people.models import User


@dataclass(frozen=True)
class Recipient:
    """A person with an account, or an address. `phone` doubles as nothing: a robot needs neither."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    phone: str = ""

    @classmethod
    def of(cls, user: User) -> Recipient:
        """The recipient that an account is."""
        return cls(user.pk, str(user), user.email, user.phone)

    def address(self, channel: str) -> str:
        """What a channel needs to reach this person; empty where it cannot, or needs nothing."""
        return {Channel.MAIL: self.email, Channel.SMS: self.phone}.get(Channel(channel), "")


def way_to(recipient: Recipient, template: Template) -> Channel:
    """The best way: mail, else a text message where the template has one, else the site."""
    if recipient.email:
        return Channel.MAIL
    if recipient.phone and template.sms:
        return Channel.SMS
    return Channel.SITE
