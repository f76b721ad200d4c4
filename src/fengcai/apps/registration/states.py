"""The states of a registration. Apart from the models, so that pages may name them."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """Where a registration stands between the form and the roster."""

    UPPER = "upper", "待上级单位确认"
    PENDING = "pending", "待主办方审核"
    ASKED = "asked", "请补充"
    ACCEPTED = "accepted", "已开通"
    MERGED = "merged", "已并入名单"
    REFUSED = "refused", "未通过"
