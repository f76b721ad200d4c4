"""What is decided about a round beside its sheets: ties, shortlists, votes, penalties, the stage."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.models.rounds import Round


class Ruling(models.Model):
    """What a person decided about a round's works before its shortlist: the order of works that are
    tied at the border, or that a work is set aside (a screening). A new one replaces the former."""

    class Kind(models.TextChoices):
        ORDER = "order", "并列先后"
        ASIDE = "aside", "不予通过"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="rulings")
    kind = models.CharField(max_length=6, choices=Kind)
    entries = models.JSONField()
    reason = models.TextField()
    minutes = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Shortlist(models.Model):
    """Who goes on from a round, as a person confirmed it: what `core.selection` returned, its hash.

    `reason` and `minutes` say why it stands although the rules could not be kept in full.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="shortlists")
    selection = models.JSONField()
    hash = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    minutes = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(replaced_at=None),
                name="one_standing_shortlist",
            )
        ]


class VoteCount(models.Model):
    """The counts of a public vote as somebody vouched for them: entry id → votes.

    A correction is another row with its reason; the former keeps its numbers.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="vote_counts")
    vote_id = models.CharField(max_length=40)
    counts = models.JSONField()
    source = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "vote_id"],
                condition=models.Q(replaced_at=None),
                name="one_standing_vote_count",
            )
        ]


class VoteVoid(models.Model):
    """Votes for a work declared void (作废), how many and why; may be taken back."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="vote_voids")
    vote_id = models.CharField(max_length=40)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    votes = models.PositiveBigIntegerField()
    reason = models.TextField()
    minutes = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Draw(models.Model):
    """The order of appearance as it was drawn by lot (抽签): the newest one stands.

    `seed` is derived from the round's own, whose SHA-256 was told at the opening.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    seed = models.CharField(max_length=64)
    order = models.JSONField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_draw_per_number")
        ]


class Performance(models.Model):
    """How long a work took on stage, as it was measured; a correction is another row."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="performances")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    seconds = models.DecimalField(max_digits=7, decimal_places=1)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "entry"],
                condition=models.Q(replaced_at=None),
                name="one_standing_performance",
            )
        ]


class PenaltyRecord(models.Model):
    """A penalty that a work incurred in a round, `times` times; withdrawn ones are kept.

    With `performance` it follows from the measured time, and goes when that is corrected.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="penalties")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    penalty_id = models.CharField(max_length=40)
    times = models.PositiveIntegerField()
    performance = models.ForeignKey(
        Performance, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "entry", "penalty_id"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_penalty",
            )
        ]
