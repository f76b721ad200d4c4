"""A round of judging: its works, its panel, and everything that a judge signs or writes in it.

A row says what stood when; who did what in which order stands in the audit record.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest, RulebookVersion, Unit
from fengcai.apps.entries.models import Entry
from fengcai.core.ledger import canonical, salted


def fresh_salt() -> str:
    """16 random bytes in hex."""
    return secrets.token_hex(16)


class MarksField(models.PositiveSmallIntegerField):
    """How many marks the sheet's `values` hold, counted whenever the row is written, so that the
    database can tell finished sheets from others without reading any."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        """Count anew: saving and writing in bulk both pass here."""
        sheet: Any = model_instance  # a historical model in a migration
        sheet.marked = len(sheet.values)
        return int(sheet.marked)


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


class ScoreSheet(models.Model):
    """A judge's marks (评分表) for a work: criterion id → decimal in text. May be incomplete.

    Until the seal nobody but the judge reads it: the audit record holds `commitment` only, which
    `salt` (new at every save) keeps from being guessed.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="sheets")
    values = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    salt = models.CharField(max_length=64, default=fresh_salt)
    marked = MarksField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["round", "judge", "marked"], name="sheet_marked")]
        constraints = [
            models.UniqueConstraint(fields=["round", "judge", "entry"], name="one_sheet_each")
        ]

    @property
    def commitment(self) -> str:
        """A salted commitment (64 hex digits) to marks and comment as they stand."""
        content = canonical({"values": self.values, "comment": self.comment})
        return salted(content.decode(), self.salt)


class Note(models.Model):
    """A judge's private note at a moment of a film; nobody else reads it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notes")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    seconds = models.DecimalField(max_digits=9, decimal_places=3)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["seconds", "pk"]
        indexes = [models.Index(fields=["round", "judge", "entry"])]


class HandIn(models.Model):
    """A judge's signature under all of the judge's sheets; void once the stack is reopened."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="hand_ins")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    hash = models.CharField(max_length=64)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reopen_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "judge"],
                condition=models.Q(reopened_at=None),
                name="one_standing_hand_in",
            )
        ]


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
