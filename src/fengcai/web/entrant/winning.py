"""What a winning work's unit signs on the work's page before the certificate is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from fengcai.apps.awards.queries import asked_of
from fengcai.apps.entries.queries import Page
from fengcai.apps.refusals import Refused
from fengcai.web.entrant.pages import PromiseRow


@dataclass(frozen=True)
class Signed:
    """A promise that was signed at the award."""

    text: str
    name: str
    at: datetime


@dataclass(frozen=True)
class AwardPart:
    """The part of a work's page for what winners sign; `declarations` are still owed."""

    awards: str
    declarations: list[PromiseRow]
    signed: list[Signed]
    signed_name: str
    signed_error: str
    may_sign: bool

    @property
    def next_step(self) -> dict[str, Any]:
        """What the unit should do now."""
        return {
            "title": f"祝贺获奖，请签署 {len(self.declarations)} 项文书",
            "text": f"作品获{self.awards}。规则要求获奖者签署后，组织者才能制作证书、发放奖金。",
            "url": "#award",
            "action": "去签署",
        }


def award_part(
    page: Page, *, typed: QueryDict | None = None, error: Refused | None = None
) -> AwardPart | None:
    """What this work's winner is asked; None where nothing is. No SQL where the rules ask nothing."""
    asked = asked_of(page.entry)
    if asked is None:
        return None
    errors = error.fields if error else {}
    sent = typed or QueryDict()
    return AwardPart(
        awards="、".join(asked.awards),
        declarations=[
            PromiseRow(
                each,
                each.id in sent.getlist("declared"),
                sent.get(f"signer-{each.id}", ""),
                errors.get(f"declaration-{each.id}", ""),
            )
            for each in asked.owed
        ],
        signed=[Signed(row.text, row.signed_name, row.at) for row in asked.signed],
        signed_name=sent.get("signed_name", ""),
        signed_error=errors.get("signed_name", ""),
        may_sign=page.writable,
    )
