"""A round of judging, its works and its panel: who judges what, and who promised or stepped back."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest, RulebookVersion, Unit
from fengcai.apps.entries.models import Entry


class Round(models.Model):
    """One round of a contest, judged by the rulebook version that stood when it opened.

    `ranking` is what `core.scoring` returned at the seal, `hash` the SHA-256 of all its sheets and of
    `inputs`: what the seal took from elsewhere (rounds before, votes, penalties, absent sheets).
    `seed` decides lots, and what is drawn from it (`seeds`); its SHA-256 stands in the audit record
    from the opening on.
    """

    class State(models.TextChoices):
        OPEN = "open", "评审中"
        SEALED = "sealed", "已封存"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="rounds")
    round_id = models.CharField(max_length=40)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ranking = models.JSONField(null=True, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "round_id"], name="one_round_per_id")
        ]


class RoundEntry(models.Model):
    """A work that is judged in a round, under its number in the judges' list."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="entries")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "entry"], name="one_place_per_work"),
            models.UniqueConstraint(fields=["round", "number"], name="one_work_per_number"),
        ]


class Seat(models.Model):
    """A judge's seat on the panel. `units` are those that count as the judge's own when seated.

    `number` is how sheets and rankings name the judge without naming the person. `panel` is the id
    of the panel that the judge sits on where the round has several, `kinds` what the judge is in the
    words of the panel's composition (院外专家 …). A judge who is excused keeps the row; the sheets stay
    readable and no longer count.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="seats")
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats"
    )
    number = models.PositiveIntegerField()
    panel = models.CharField(max_length=40, blank=True, default="")
    kinds = models.JSONField(default=list, blank=True)
    units = models.ManyToManyField(Unit, related_name="+")
    seated_at = models.DateTimeField()
    excused_at = models.DateTimeField(null=True, blank=True)
    excuse = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "judge"], name="one_seat_each"),
            models.UniqueConstraint(fields=["round", "number"], name="one_seat_per_number"),
        ]

    @property
    def label(self) -> str:
        """How core's rankings name this judge."""
        return f"J{self.number}"


class Commitment(models.Model):
    """The promise of confidentiality (保密承诺) that a judge signed, with the words as they stood."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="commitments")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    signed_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "judge"], name="one_commitment_each")
        ]


class Conflict(models.Model):
    """A judge's interest in a work: declared by the judge, or found by the rules when the judge was
    seated. One's own unit needs no row where the whole round recuses from it."""

    class Kind(models.TextChoices):
        DECLARED = "declared", "本人声明"
        UNIT = "own_unit", "本单位"
        REGION = "own_region", "本赛区"
        STUDENT = "own_student", "本人指导"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="conflicts")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DECLARED)
    reason = models.TextField()
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["declared_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "judge", "entry"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_conflict",
            )
        ]


class Assignment(models.Model):
    """A work that a judge has to mark, where a panel shares its works out (`per_entry`).

    A row ends when the judge leaves the panel; what he marked stays and no longer counts.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "judge", "entry"],
                condition=models.Q(ended_at=None),
                name="one_standing_assignment",
            )
        ]
