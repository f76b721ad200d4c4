"""The states of an entry, and what may be done in which. Apart from the models, so that pages may
name them."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """Where a work stands between draft and contest."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待负责人确认"
    GATHERED = "gathered", "待汇总上报"
    CONFIRMED = "confirmed", "待审核"
    RETURNED = "returned", "退回修改"
    ACCEPTED = "accepted", "审核通过"
    WITHDRAWN = "withdrawn", "已撤回"


WRITABLE = (State.DRAFT, State.RETURNED)
FILE_WRITABLE = (
    State.DRAFT,
    State.RETURNED,
    State.SUBMITTED,
    State.GATHERED,
    State.CONFIRMED,
)
HANDED_IN = (State.SUBMITTED, State.GATHERED, State.CONFIRMED, State.ACCEPTED)
"""What counts as handed in, for quotas of people and for collectors."""
