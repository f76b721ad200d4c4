"""Fingerprints of files and texts, past winners that were never here, what two works have in common,
and what a person decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry


class PriorWork(models.Model):
    """What stood before this contest and was never in it, as an organiser's register names it: a winner
    of past years, or known music and footage (`unit` says whose, `year` when it was registered).

    It belongs to a series of editions and is compared with the works of that series only. No person is
    named. Of a film only the fingerprint is kept, never the film: what has arrived lies under
    `arrived_key` until it has been read; `film_trouble` says why it could not be.
    """

    class Kind(models.TextChoices):
        WINNER = "winner", "往届获奖作品"
        MATERIAL = "material", "已知的音乐或影像"

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.WINNER)
    series = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=100, blank=True)
    award = models.CharField(max_length=60, blank=True)
    link = models.CharField(max_length=500, blank=True)
    summary = models.TextField(blank=True)
    film_name = models.CharField(max_length=200, blank=True)
    film_trouble = models.CharField(max_length=100, blank=True)
    arrived_key = models.CharField(max_length=200, blank=True)
    arrived_sha256 = models.CharField(max_length=64, blank=True)
    added_in = models.ForeignKey(
        Contest, null=True, on_delete=models.SET_NULL, related_name="prior_works"
    )
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "kind", "year", "title", "unit"], name="one_prior_work_per_name"
            )
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.MATERIAL:
            return f"已知素材《{self.title}》"
        return f"{self.year} 年《{self.title}》"


class Fingerprint(models.Model):
    """The fingerprint of one file of a work, or of its text where `asset` is empty.

    Of a past winner (`prior`) there is one of its title and summary, and one of its `film` where a
    file was given. `data` are the bytes of `fengcai.media.fingerprints`, without a section where the
    text is too short; the index in memory is built from this table alone. A file's row stays when
    the work gets a newer file; it is not compared any more.
    """

    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.CASCADE, related_name="fingerprints"
    )
    prior = models.ForeignKey(
        PriorWork, null=True, blank=True, on_delete=models.CASCADE, related_name="fingerprints"
    )
    film = models.BooleanField(default=False)
    asset = models.OneToOneField(
        Asset, null=True, blank=True, on_delete=models.CASCADE, related_name="fingerprint"
    )
    data = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(asset=None), name="one_text_fingerprint"
            ),
            models.UniqueConstraint(
                fields=["prior", "film"],
                condition=models.Q(prior__isnull=False),
                name="one_fingerprint_per_prior_work",
            ),
            models.CheckConstraint(
                condition=models.Q(entry__isnull=False, prior=None)
                | models.Q(entry=None, prior__isnull=False, asset=None),
                name="fingerprint_of_one_work",
            ),
        ]

    @property
    def of_text(self) -> bool:
        """Whether it is of a title and texts, and of no file."""
        return self.asset_id is None and not self.film


class Twin(models.Model):
    """That a work is plainly a double of another, or may be: the same file, title, or topic.

    `entry` is the work that was handed in, the other is a work (`other`) or a past winner (`prior`).
    Written anew whenever the work's text is read. Nothing is refused by it: a person looks.
    """

    class Kind(models.TextChoices):
        FILE = "file", "同一个文件"
        TITLE = "title", "同名"
        TOPIC = "topic", "选题相近"
        PRIOR = "prior", "与往届获奖作品名称相同或相近"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="twins")
    kind = models.CharField(max_length=6, choices=Kind)
    other = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="+")
    prior = models.ForeignKey(PriorWork, null=True, on_delete=models.CASCADE, related_name="+")
    said = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "pk"]


class Likeness(models.Model):
    """That two fingerprints of different works have something in common, with the evidence.

    `first` and `second` are their works, empty for a past winner, which never meets another. `one` is
    the older row of the two. `evidence` is `media.likeness.Comparison.as_json()`, in which a is `one`
    and b is `other`. The decision is a person's: the machine's verdict stands beside it.
    """

    class Verdict(models.TextChoices):
        COPY = "copy", "疑似同一作品"
        SHARES = "shares", "部分素材相同"
        TEMPLATE = "template", "模板相似"

    class Decision(models.TextChoices):
        COPY = "copy", "认定重复"
        ALLOWED = "allowed", "允许"

    one = models.ForeignKey(Fingerprint, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Fingerprint, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    evidence = models.JSONField()
    compared_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    reason = models.TextField(blank=True)
    decided_in = models.ForeignKey(
        Contest, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_likeness_per_pair")
        ]
