"""What a committee decided, what the rules made of it, and the certificates that say so."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.models import Round


class Decision(models.Model):
    """A recorded decision of the committee: who wins an award, or in which order a tie stands.

    `entries` are ids of works in order; where units get the award, ids of units. A
    vacancy leaves `places` of an award open, of the scope that `cell` names where each has its own.
    A new decision replaces the one before and says why; the replaced one stays.
    """

    class Kind(models.TextChoices):
        AWARD = "award", "评定奖项"
        TIE = "tie", "并列裁定"
        ORDER = "order", "奖项中的并列裁定"
        VACANT = "vacant", "空缺决定"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=6, choices=Kind)
    award_id = models.CharField(max_length=60)
    entries = models.JSONField()
    places = models.PositiveIntegerField(null=True, blank=True)
    cell = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField()
    minutes = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "award_id"],
                condition=models.Q(kind="award", replaced_at=None),
                name="one_standing_award_decision",
            )
        ]


class Result(models.Model):
    """An allocation of the awards over a sealed ranking. The current one may be approved, once.

    `round` is the last one; where awards rest on several rounds, `ranking` holds the standings of
    all, each with its round. `decisions` are the committee's as they went in; `hash` is the SHA-256 of the canonical JSON of
    ranking, decisions and allocation.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="results")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="results")
    ranking = models.JSONField()
    decisions = models.JSONField()
    allocation = models.JSONField()
    hash = models.CharField(max_length=64)
    current = models.BooleanField(default=True)
    computed_at = models.DateTimeField()
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["computed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest"],
                condition=models.Q(current=True),
                name="one_current_result",
            )
        ]


class Certificate(models.Model):
    """A certificate for one award to one work, or to one unit. Its id, random, is in the QR code.

    `data` is frozen at issue; the PDF is drawn from it and from nothing else. Serials count through
    a series (附院证〔2026〕), whichever contests of the institution share it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="certificates")
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="certificates")
    series = models.CharField(max_length=50)
    serial = models.PositiveIntegerField()
    award_id = models.CharField(max_length=60)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )
    data = models.JSONField()
    key = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    rendered_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoke_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["series", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["series", "serial"], name="one_certificate_a_serial"),
            models.UniqueConstraint(
                fields=["contest", "award_id", "entry"],
                condition=models.Q(revoked_at=None),
                name="one_standing_certificate",
            ),
            models.UniqueConstraint(
                fields=["contest", "award_id", "unit"],
                condition=models.Q(revoked_at=None),
                name="one_standing_certificate_a_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(entry=None, unit__isnull=False)
                | models.Q(entry__isnull=False, unit=None),
                name="certificate_of_work_or_unit",
            ),
        ]

    @property
    def number(self) -> str:
        """The certificate's number (证书编号)."""
        return f"{self.series}{self.serial:03d}"

    @property
    def home(self) -> Unit:
        """The unit that got it, by itself or for its work."""
        if self.unit is not None:
            return self.unit
        assert self.entry is not None  # the table's own constraint
        return self.entry.unit
