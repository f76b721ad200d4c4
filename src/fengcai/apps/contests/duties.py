"""Rows beside the roster: officers' exemptions, handovers of a unit's contact, mappings of tables.

The units themselves stand in `models`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class UnitExemption(models.Model):
    """An officer's word that a unit need not enter, and why. Taken back it gets `ended_at`.

    What the rulebook itself exempts stands in the rules, not here.
    """

    contest = models.ForeignKey(
        "contests.Contest", on_delete=models.PROTECT, related_name="unit_exemptions"
    )
    unit = models.ForeignKey(
        "contests.Unit", on_delete=models.PROTECT, related_name="exemption_rows"
    )
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=models.Q(ended_at=None),
                name="one_exemption_at_a_time",
            )
        ]


class Handover(models.Model):
    """That the contact of a unit hands over to a successor: offered by a link, taken, or void.

    Only the SHA-256 of the link's token is stored. `leaving` is whose place is taken.
    """

    contest = models.ForeignKey(
        "contests.Contest", on_delete=models.PROTECT, related_name="handovers"
    )
    unit = models.ForeignKey("contests.Unit", on_delete=models.PROTECT, related_name="handovers")
    leaving = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["offered_at", "pk"]

    def open_at(self, at: object) -> bool:
        """Whether the link can still be taken up at the instant `at`."""
        return (
            self.taken_at is None and self.void_at is None and at < self.expires_at  # type: ignore[operator]
        )


class TableMapping(models.Model):
    """Which column of a table with these headers is what, as an officer said by hand.

    `headers` is the SHA-256 of the headers in their order; `columns` maps a roster's key to the
    place of the column.
    """

    purpose = models.CharField(max_length=40)
    headers = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "headers"], name="one_mapping_per_headers")
        ]


class JudgeProfile(models.Model):
    """What the office knows of a judge beyond the account: from which place, of which rank, for what.

    `panels` and `kinds` are the rulebook's; a round's opening proposes them. `workplace` and `group`
    keep the table's own words where the roster or the rules have none such.
    """

    contest = models.ForeignKey("contests.Contest", on_delete=models.PROTECT, related_name="judges")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="judge_profiles"
    )
    workplace = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=60, blank=True)
    profession = models.CharField(max_length=60, blank=True)
    group = models.CharField(max_length=100, blank=True)
    panels = models.JSONField(default=list, blank=True)
    kinds = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "user"], name="one_profile_per_judge")
        ]
