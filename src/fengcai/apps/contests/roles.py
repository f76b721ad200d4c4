"""The roles of a contest. Apart from the models, so that pages may name them."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """Who somebody is in one contest. The audience needs no row."""

    ORGANISER = "organiser", "组织者"
    REVIEWER = "reviewer", "审核员"
    CONTACT = "contact", "联络员"
    HEAD = "head", "负责人"
    JUDGE = "judge", "评委"
